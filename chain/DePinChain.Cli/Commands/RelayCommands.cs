using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;
using DePinChain.Blocks;
using DePinChain.Client;
using DePinChain.Primitives;

namespace DePinChain.Cli.Commands;

/// <summary>What another chain needs to believe this one: arguments and calldata for the Solidity light client.</summary>
internal static class RelayCommands
{
    private static readonly Option<ulong?> Height = new("--height") { Description = "The block; the latest when left out." };

    public static Command Build()
    {
        var command = new Command("relay", "Lanes between two DePinChain networks, and proofs for the Solidity light client of others.");
        foreach (Command verb in LaneCommands.Build().Concat([Trust(), Update(), Prove()])) command.Subcommands.Add(verb);
        return command;
    }

    private static Command Trust()
    {
        var command = new Command("trust", "What the contract is deployed with: a header that its users can look up here.") { Height };
        command.Runs(async (session, parse, cancellation) =>
        {
            LightBlock block = await BlockAsync(session, parse, cancellation);
            UInt256 chainId = await session.Node.QuantityAsync("eth_chainId", cancellation);
            session.Output.Facts(
                ("chainId", chainId.ToString()),
                ("trustingSeconds", Text(LightClient.TrustRules.DefaultTrustingSeconds)),
                ("blockHash", block.Hash.ToString()), ("height", Text(block.Height)), ("timestamp", Text(block.Timestamp)),
                ("nextValidatorsHash", block.Preimage.NextValidatorsHash.ToString()));
        });
        return command;
    }

    private static Command Update()
    {
        var command = new Command("update", "The call by which the contract believes a block.") { Height };
        command.Runs(async (session, parse, cancellation) =>
        {
            LightBlock block = await BlockAsync(session, parse, cancellation);
            session.Output.Facts(
                ("height", Text(block.Height)), ("blockHash", block.Hash.ToString()), ("epoch", Text(block.Preimage.Epoch)),
                ("changesSet", block.Preimage.NextValidatorsHash != block.Preimage.ValidatorsHash),
                ("calldata", Hex.Encode(EthereumLightClient.Update(block))));
        });
        return command;
    }

    private static Command Prove()
    {
        var who = new Argument<string>("account") { Description = "An address; a module's for a record." };
        var where = new Argument<string?>("location")
        {
            Description = "A record's storage key, 32 bytes of hex; the account itself when left out.",
            Arity = ArgumentArity.ZeroOrOne,
        };
        var command = new Command("prove", "The call that proves an account or a record at a block the contract believes.")
        {
            who, where, Height,
        };
        command.Runs(async (session, parse, cancellation) =>
        {
            Address account = Session.AddressOf(parse.GetValue(who)!);
            LightBlock block = await BlockAsync(session, parse, cancellation);
            Hash256? location = parse.GetValue(where) is { } text
                ? Hash256.TryParse(text, out Hash256 key) ? key : throw CliFailure.Usage("a storage key is 0x and 64 hex digits")
                : null;
            JsonArray keys = location is { } one ? [one.ToString()] : [];
            JsonNode? answer = await session.Node.CallAsync(
                "eth_getProof", cancellation, account.ToString(), keys, Hex.Quantity(block.Height));
            byte[][] nodes = NodesOf(answer?["accountProof"]);
            byte[] calldata = location is { } record
                ? EthereumLightClient.ProveRecord(block.Header, account, record, nodes, NodesOf(answer?["storageProof"]?[0]?["proof"]))
                : EthereumLightClient.ProveAccount(block.Header, account, nodes);
            session.Output.Facts(
                ("height", Text(block.Height)), ("blockHash", block.Hash.ToString()), ("account", account.ToString()),
                ("location", location?.ToString()), ("calldata", Hex.Encode(calldata)));
        });
        return command;
    }

    // Checked before anybody pays for it: the contract would refuse what this refuses.
    private static async Task<LightBlock> BlockAsync(Session session, ParseResult parse, CancellationToken cancellation)
    {
        LightBlock block = await LightBlockReader.FetchAsync(session.Node, parse.GetValue(Height), cancellation);
        ulong chainId = (ulong)await session.Node.QuantityAsync("eth_chainId", cancellation);
        return block.Fault(chainId) is { } fault ? throw HeaderProof.Fails("HeaderRefused", fault) : block;
    }

    private static byte[][] NodesOf(JsonNode? nodes) =>
        [.. (nodes as JsonArray ?? []).Select(static node => Hex.Decode(node?.GetValue<string>() ?? ""))];

    private static string Text(ulong number) => number.ToString(CultureInfo.InvariantCulture);
}
