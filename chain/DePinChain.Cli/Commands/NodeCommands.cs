using System.CommandLine;
using System.Text.Json.Nodes;

namespace DePinChain.Cli.Commands;

/// <summary>What a running node says of itself.</summary>
internal static class NodeCommands
{
    public static Command Build() => new("node", "Ask a running node about itself.") { Status() };

    public static async Task StatusAsync(Session session, CancellationToken cancellation)
    {
        string height = (await session.Node.QuantityAsync("eth_blockNumber", cancellation)).ToString();
        string chainId = (await session.Node.QuantityAsync("eth_chainId", cancellation)).ToString();
        JsonNode? version = await session.Node.CallAsync("web3_clientVersion", cancellation);
        string peers = (await session.Node.QuantityAsync("net_peerCount", cancellation)).ToString();
        var consensus = await session.Node.CallAsync("depin_getConsensusState", cancellation) as JsonObject;
        JsonNode? pool = await session.Node.CallAsync("txpool_status", cancellation);
        session.Output.Facts(
            ("rpc", session.Node.Endpoint.ToString().TrimEnd('/')),
            ("version", version),
            ("chainId", chainId),
            ("height", height),
            ("peers", peers),
            ("pending", TransactionFlow.Decimal(pool?["pending"])),
            ("queued", TransactionFlow.Decimal(pool?["queued"])),
            ("consensus", consensus));
    }

    private static Command Status()
    {
        var command = new Command("status", "Height, version, peers, waiting transactions and where consensus stands.");
        command.Runs((session, _, cancellation) => StatusAsync(session, cancellation));
        return command;
    }
}
