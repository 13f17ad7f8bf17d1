using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;
using DePinChain.LightClient;
using DePinChain.Primitives;

namespace DePinChain.Cli.Commands;

/// <summary>Accounts, records and transactions that nobody has to be believed for: proven from a trusted block.</summary>
internal static class VerifyCommands
{
    public static Command Build() =>
        new("verify", "Prove an account, a record or a transaction from a block that you trust, instead of believing a node.")
        {
            Account(), Storage(), Transaction(), VerifyFile.Build(),
        };

    private static Command Account()
    {
        var who = new Argument<string>("account") { Description = "0x…, a key's name, or dev0 to dev9." };
        Command command = WithProof(new Command("account", "Balance and nonce of an account, proven.") { who, HeaderProof.At });
        command.Runs(async (session, parse, cancellation) =>
        {
            Address address = Session.AddressOf(parse.GetValue(who)!);
            HeaderProof proof = await HeaderProof.FindAsync(session, parse, HeightOf(parse), cancellation);
            (ProvenAccount account, _) = await ProveAsync(session, proof, address, [], cancellation);
            session.Output.Facts(
            [
                ("proven", account.Exists ? "account" : "no such account"),
                ("address", address.ToString()),
                ("balance", Amount.TryFrom(account.Balance, out Amount amount) ? amount.ToString() : "-"),
                ("wei", account.Balance.ToString()),
                ("nonce", account.Nonce.ToString(CultureInfo.InvariantCulture)),
                .. proof.Facts(),
            ]);
        });
        return command;
    }

    private static Command Storage()
    {
        var who = new Argument<string>("account") { Description = "The module's address." };
        var where = new Argument<string>("location") { Description = "The storage key, 32 bytes of hex, or a slot number." };
        Command command = WithProof(new Command("storage", "A record of a module, proven.") { who, where, HeaderProof.At });
        command.Runs(async (session, parse, cancellation) =>
        {
            Address address = Session.AddressOf(parse.GetValue(who)!);
            Hash256 location = LocationOf(parse.GetValue(where)!);
            HeaderProof proof = await HeaderProof.FindAsync(session, parse, HeightOf(parse), cancellation);
            (_, byte[]? record) = await ProveAsync(session, proof, address, [location], cancellation);
            session.Output.Facts(
            [
                ("proven", record is null ? "no record" : "record"),
                ("address", address.ToString()),
                ("location", location.ToString()),
                ("record", record is null ? null : Hex.Encode(record)),
                .. proof.Facts(),
            ]);
        });
        return command;
    }

    private static Command Transaction()
    {
        var which = new Argument<string>("hash") { Description = "The transaction's hash." };
        Command command = WithProof(new Command("tx", "That a transaction is in a block, and what it came to, proven.") { which });
        command.Runs(async (session, parse, cancellation) =>
        {
            if (!Hash256.TryParse(parse.GetValue(which), out Hash256 hash))
                throw CliFailure.Usage("a transaction's hash is 0x and 64 hex digits");
            var found = await session.Node.CallAsync("eth_getTransactionByHash", cancellation, hash.ToString()) as JsonObject;
            if (!Hex.TryParseQuantity(TextOf(found?["blockNumber"]), out UInt256 height) || !height.FitsUInt64 || height.IsZero)
                throw new CliFailure(ExitCode.RejectedByChain, "UnknownTransaction", $"the node has no block with transaction {hash}");
            HeaderProof proof = await HeaderProof.FindAsync(session, parse, (ulong)height, cancellation);
            ProvenTransaction transaction = await ProvenTransaction.FindAsync(session, proof, hash, cancellation);
            session.Output.Facts(
            [
                ("proven", "transaction in block"),
                ("hash", hash.ToString()),
                ("index", transaction.Index),
                ("status", transaction.Succeeded ? "success" : "failed"),
                ("logs", transaction.LogCount),
                .. proof.Facts(),
            ]);
        });
        return command;
    }

    /// <summary>Fetches a Merkle proof and checks it against the believed header, and the node's plain words against it.</summary>
    private static async Task<(ProvenAccount Account, byte[]? Record)> ProveAsync(
        Session session, HeaderProof proof, Address address, Hash256[] locations, CancellationToken cancellation)
    {
        JsonArray keys = [.. locations.Select(location => (JsonNode)location.ToString())];
        var answer = await session.Node.CallAsync(
            "eth_getProof", cancellation, address.ToString(), keys, Hex.Quantity(proof.Header.Number)) as JsonObject;
        Hash256 root = proof.Header.StateRoot;
        if (!ProvenAccount.TryProve(root, address, NodesOf(answer?["accountProof"]), out ProvenAccount? account))
            throw HeaderProof.Fails("ProofFailed", $"the node's proof for {address} does not lead to state root {root}");
        Compare("balance", account.Balance, answer!["balance"]); // it is there: the account was proven from it
        Compare("nonce", account.Nonce, answer["nonce"]);
        byte[]? record = null;
        if (locations.Length > 0)
        {
            var item = (answer["storageProof"] as JsonArray)?.FirstOrDefault() as JsonObject;
            if (!account.TryProveRecord(locations[0], NodesOf(item?["proof"]), out record))
            {
                throw HeaderProof.Fails(
                    "ProofFailed", $"the node's proof for {locations[0]} does not lead to storage root {account.StorageRoot}");
            }

            if (record is { Length: <= 32 }) Compare("value", UInt256.FromBigEndian(record), item!["value"]);
        }

        return (account, record);
    }

    private static void Compare(string what, UInt256 proven, JsonNode? claimed)
    {
        if (Hex.TryParseQuantity(TextOf(claimed), out UInt256 said) && said == proven) return;
        throw new CliFailure(ExitCode.RejectedByChain, "ProofFailed", $"the node says another {what} than its own proof shows")
        {
            Needed = proven.ToString(),
            Had = TextOf(claimed) ?? "nothing",
            Hint = "the node is wrong or lies; ask another one",
        };
    }

    private static List<byte[]> NodesOf(JsonNode? node)
    {
        List<byte[]> nodes = [];
        foreach (JsonNode? item in node as JsonArray ?? [])
            nodes.Add(Hex.TryDecode(TextOf(item), out byte[] bytes) ? bytes : []);
        return nodes;
    }

    private static Hash256 LocationOf(string text)
    {
        if (Hash256.TryParse(text, out Hash256 location)) return location;
        return UInt256.TryParse(text, out UInt256 slot)
            ? slot.ToHash256()
            : throw CliFailure.Usage($"'{text}' is neither 32 bytes of hex nor a slot number");
    }

    private static ulong? HeightOf(ParseResult parse)
    {
        string text = parse.GetValue(HeaderProof.At)!;
        if (text == "latest") return null;
        return ulong.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out ulong height) && height > 0
            ? height
            : throw CliFailure.Usage($"'{text}' is neither a height from 1 on nor latest");
    }

    private static string? TextOf(JsonNode? node) => node is JsonValue value && value.TryGetValue(out string? text) ? text : null;

    private static Command WithProof(Command command)
    {
        foreach (Option option in new Option[] { HeaderProof.Trusted, HeaderProof.Witness, HeaderProof.TrustingSeconds })
            command.Options.Add(option);
        return command;
    }
}
