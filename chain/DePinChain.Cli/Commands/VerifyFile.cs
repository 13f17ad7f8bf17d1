using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using DePinChain.Blocks;
using DePinChain.Client;
using DePinChain.LightClient;
using DePinChain.Primitives;

namespace DePinChain.Cli.Commands;

/// <summary>A proof that an explorer wrote into a file: checked without believing the explorer, and without a node where the file's own
/// block, or its validators, are trusted.</summary>
internal static class VerifyFile
{
    private const string Format = "depin-proof-1";
    private const int BytesMax = 1 << 20;

    private static readonly Argument<string> FileName = new("file") { Description = "What an explorer's page gave under Proof." };

    private static readonly Option<string> Validators = new("--validators")
    {
        Description = "Hash of the set of validators that you know to be the chain's at that height; no node is asked.",
    };

    private static readonly Option<string> Trusted = new("--trusted")
    {
        Description = "HEIGHT:HASH of a block that you know to be of this chain. No node is asked when it is the file's own.",
    };

    public static Command Build()
    {
        var command = new Command("file", "An account, deal, lease or other record out of an explorer's proof file, proven.")
        {
            FileName, Validators, Trusted, HeaderProof.Witness, HeaderProof.TrustingSeconds,
        };
        command.Runs(async (session, parse, cancellation) =>
        {
            JsonNode file = Read(parse.GetValue(FileName)!);
            LightBlock block = BlockOf(file);
            string by = await TrustAsync(session, parse, block, cancellation);
            IEnumerable<(string, JsonNode?)> values = Prove(file, block.Header.StateRoot);
            UInt128 power = block.Commit.PowerOf(block.Validators);
            string signers = $"{block.Commit.Seals.Count} of {block.Validators.Count} validators";
            session.Output.Facts(
            [
                ("proven", Text(file["kind"])),
                ("key", Text(file["key"])),
                ("address", Text(file["address"])),
                .. values,
                ("height", block.Height.ToString(CultureInfo.InvariantCulture)),
                ("block", block.Hash.ToString()),
                ("stateRoot", block.Header.StateRoot.ToString()),
                ("signedBy", $"{signers}, power {power} of {block.Validators.TotalPower}"),
                ("validators", block.Validators.Hash.ToString()),
                ("trusted", by),
            ]);
        });
        return command;
    }

    private static JsonNode Read(string name)
    {
        var found = new FileInfo(name);
        if (!found.Exists) throw CliFailure.Usage($"there is no file {name}");
        if (found.Length > BytesMax) throw CliFailure.Usage($"{name} is larger than any proof");
        try
        {
            var options = new JsonDocumentOptions { MaxDepth = 32 };
            JsonNode? file = JsonNode.Parse(File.ReadAllText(name), documentOptions: options);
            if (file is JsonObject fields && Text(fields["format"]) == Format) return file;
        }
        catch (JsonException)
        {
            // Said below.
        }

        throw CliFailure.Usage($"{name} is no proof of the form {Format}", "take it from an explorer's page, under Proof");
    }

    private static LightBlock BlockOf(JsonNode file)
    {
        bool isRead = ulong.TryParse(Text(file["chainId"]), NumberStyles.None, CultureInfo.InvariantCulture, out ulong chainId)
            & ulong.TryParse(Text(file["height"]), NumberStyles.None, CultureInfo.InvariantCulture, out ulong height);
        LightBlock? block = isRead && file["lightBlock"] is { } light ? LightBlockReader.Read(light) : null;
        if (block is null) throw HeaderProof.Fails("HeaderMissing", "the file's header, validators or certificate do not read");
        if (block.Height != height) throw HeaderProof.Fails("HeaderRefused", $"the header is of height {block.Height}, not of {height}");
        return block.Fault(chainId) is { } fault ? throw HeaderProof.Fails("HeaderRefused", fault) : block;
    }

    private static async Task<string> TrustAsync(Session session, ParseResult parse, LightBlock block, CancellationToken cancellation)
    {
        if (parse.GetValue(Validators) is { } text)
        {
            if (!Hash256.TryParse(text, out Hash256 known)) throw CliFailure.Usage("--validators takes 0x and 64 hex digits");
            if (known == block.Validators.Hash) return "these validators";
            throw new CliFailure(ExitCode.RejectedByChain, "OtherValidators", "other validators signed the block than the trusted ones")
            {
                Needed = known.ToString(),
                Had = block.Validators.Hash.ToString(),
                Hint = "the set changes with an epoch: give the hash of the set of that height, or a trusted block with --trusted",
            };
        }

        string checkpoint = parse.GetValue(Trusted)
            ?? throw CliFailure.Usage("give --validators HASH or --trusted HEIGHT:HASH: a proof starts from something that you know");
        if (checkpoint.StartsWith(block.Height.ToString(CultureInfo.InvariantCulture) + ":", StringComparison.Ordinal))
        {
            if (checkpoint.EndsWith(":" + block.Hash, StringComparison.OrdinalIgnoreCase)) return checkpoint;
            throw HeaderProof.Fails("CheckpointMismatch", $"the file's block {block.Height} is {block.Hash}");
        }

        HeaderProof proof = await HeaderProof.FindAsync(session, parse, checkpoint, block.Height, cancellation);
        return proof.Header.Hash == block.Hash ? checkpoint
            : throw HeaderProof.Fails("HeaderRefused", $"from the trusted block on, height {block.Height} is {proof.Header.Hash}");
    }

    private static List<(string Name, JsonNode? Value)> Prove(JsonNode file, Hash256 root)
    {
        if (!Address.TryParse(Text(file["address"]), out Address address)) throw Unproven("it names no account");
        if (!ProvenAccount.TryProve(root, address, NodesOf(file["proof"]?["accountProof"]), out ProvenAccount? account))
            throw Unproven($"its proof for {address} does not lead to the block's state root");
        if (file["record"] is not JsonObject record)
            return [("wei", account.Balance.ToString()), ("nonce", account.Nonce.ToString(CultureInfo.InvariantCulture))];
        Hash256 location = LocationOf(record, Text(file["key"]) ?? "");
        JsonNode? item = (file["proof"]?["storageProof"] as JsonArray)?.FirstOrDefault();
        if (!account.TryProveRecord(location, NodesOf(item?["proof"]), out byte[]? stored))
            throw Unproven($"its proof for {location} does not lead to the storage root");
        if (stored is null) return [("record", "proven that there is none")];
        try
        {
            return
            [
                ("module", Text(record["module"])), ("slot", Text(record["slot"])), ("location", location.ToString()),
                ("record", Hex.Encode(stored)),
                .. RecordFields.Decode(record["types"], Text(record["type"]) ?? "", stored)
                    .Select(field => ($"{Text(file["kind"])}.{field.Name}", (JsonNode?)JsonValue.Create(field.Value))),
            ];
        }
        catch (FormatException malformed)
        {
            throw Unproven(malformed.Message);
        }
    }

    /// <summary>keccak(key ‖ slot): computed here, so that a file cannot show one object's record as another's.</summary>
    private static Hash256 LocationOf(JsonObject record, string key)
    {
        Span<byte> place = stackalloc byte[64];
        place.Clear();
        bool isRead = Text(record["keyType"]) switch
        {
            "address" when Address.TryParse(key, out Address account) => Put(account.ToArray(), place[12..]),
            "bytes32" when Hash256.TryParse(key, out Hash256 hash) => Put(hash.ToArray(), place),
            "uint64" or "uint32" when ulong.TryParse(key, NumberStyles.None, CultureInfo.InvariantCulture, out ulong number) =>
                Put(((UInt256)number).ToHash256().ToArray(), place),
            _ => false,
        };
        if (!isRead || !uint.TryParse(Text(record["slot"]), NumberStyles.None, CultureInfo.InvariantCulture, out uint slot))
            throw Unproven($"'{key}' is no key of a slot that it names");
        ((UInt256)slot).WriteBigEndian(place[32..]);
        return Keccak256.Hash(place);
    }

    private static bool Put(byte[] bytes, Span<byte> place)
    {
        bytes.CopyTo(place);
        return true;
    }

    private static List<byte[]> NodesOf(JsonNode? node) =>
        [.. (node as JsonArray ?? []).Select(item => Hex.TryDecode(Text(item), out byte[] bytes) ? bytes : [])];

    private static CliFailure Unproven(string why) => new(ExitCode.RejectedByChain, "ProofFailed", $"the file proves nothing: {why}")
    {
        Hint = "nothing of the file is shown; take another one from the explorer, or ask a node with depin verify account or storage",
    };

    private static string? Text(JsonNode? node) => node is JsonValue value ? value.ToString() : null;
}
