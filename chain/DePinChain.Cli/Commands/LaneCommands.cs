using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;
using DePinChain.Blocks;
using DePinChain.Client;
using DePinChain.Client.Relay;
using DePinChain.Crypto;
using DePinChain.Primitives;

namespace DePinChain.Cli.Commands;

/// <summary>Lanes between two DePinChain networks: opening one, sending over it, carrying its packets, looking at it.</summary>
internal static class LaneCommands
{
    // The header of a new light client vouches for others so long: two thirds of an unbonding of 14 days.
    private const ulong TrustingSeconds = LightClient.TrustRules.DefaultTrustingSeconds;

    private static readonly Option<string> To = new("--to")
    {
        Description = "The other network's node.",
        Required = true,
    };

    private static readonly Option<ulong> Lane = new("--lane") { Description = "The lane's number on --rpc's network.", Required = true };

    public static IEnumerable<Command> Build() => [Connect(), Run(), Send(), RemoteOrderCommand.Build(To, Lane), Status()];

    private static Command Connect()
    {
        var command = new Command("connect", "Open a lane between two networks: a light client and a lane's end on each.") { To };
        command.Runs(async (session, parse, cancellation) =>
        {
            using JsonRpcConnection other = Other(session, parse);
            using PrivateKey key = await session.KeyAsync(cancellation);
            (LaneDesk here, LaneDesk there) = (
                await LaneDesk.AtAsync(session.Node, key, cancellation), await LaneDesk.AtAsync(other, key, cancellation));
            Confirmation.Ask(session, $"open a lane between chains {here.ChainId} and {there.ChainId}", []);
            (LightBlock ours, LightBlock theirs) = (await here.SoundHeadAsync(cancellation), await there.SoundHeadAsync(cancellation));
            ulong lane = await here.FollowAsync(there.ChainId, TrustingSeconds, theirs, cancellation);
            ulong counterparty = await there.FollowAsync(here.ChainId, TrustingSeconds, ours, cancellation);
            await here.OpenAsync(lane, counterparty, cancellation);
            await there.OpenAsync(counterparty, lane, cancellation);
            session.Output.Facts(
                ("chain", Text(here.ChainId)), ("lane", Text(lane)), ("trusted", $"{theirs.Height} {theirs.Hash}"),
                ("otherChain", Text(there.ChainId)), ("otherLane", Text(counterparty)), ("otherTrusted", $"{ours.Height} {ours.Hash}"));
        });
        return command;
    }

    private static Command Run()
    {
        var once = new Option<bool>("--once") { Description = "End when there is nothing left to carry." };
        var batch = new Option<int>("--batch")
        {
            Description = "Packets in one transaction, 1 to 128.",
            DefaultValueFactory = static _ => PacketCarrier.BatchDefault,
        };
        var poll = new Option<double>("--poll") { Description = "Seconds between two looks.", DefaultValueFactory = static _ => 2 };
        var command = new Command("run", "Carry a lane's packets in both directions. Keeps nothing; may be killed, and run twice.")
        {
            To, Lane, once, batch, poll,
        };
        command.Runs(async (session, parse, cancellation) =>
        {
            int size = parse.GetValue(batch);
            if (size is < 1 or > PacketCarrier.BatchMax) throw CliFailure.Usage($"--batch takes 1 to {PacketCarrier.BatchMax}");
            double seconds = parse.GetValue(poll);
            if (seconds is not (>= 0.05 and <= 3_600)) throw CliFailure.Usage("--poll takes 0.05 to 3600 seconds");
            using JsonRpcConnection other = Other(session, parse);
            using PrivateKey key = await session.KeyAsync(cancellation);
            LaneEnd here = await LaneEnd.OpenAsync(session.Node, key, parse.GetValue(Lane), cancellation);
            LaneEnd there = await LaneEnd.OpenAsync(other, key, here.Counterparty, cancellation);
            if (there.Counterparty != here.Lane)
                throw new CliFailure(ExitCode.RejectedByChain, "NotOneLane", $"lane {there.Lane} there leads to lane {there.Counterparty}");
            var carrier = new PacketCarrier(size, (what, chain, count) => Tell(
                session, $"{what}\t{chain}\t{count}", new JsonObject { ["step"] = what, ["chain"] = chain, ["packets"] = count }));
            await CarryAsync(session, carrier, here, there, parse.GetValue(once), TimeSpan.FromSeconds(seconds), cancellation);
        });
        return command;
    }

    // What a network refuses or does not answer now may go well in the next round; only whoever carries once wants to know at once.
    private static async Task CarryAsync(
        Session session, PacketCarrier carrier, LaneEnd here, LaneEnd there, bool once, TimeSpan poll, CancellationToken cancellation)
    {
        string last = "";
        while (true)
        {
            try
            {
                int steps = await carrier.RoundAsync(here, there, cancellation);
                last = "";
                if (once && steps == 0) return;
                if (steps > 0) continue;
            }
            catch (Exception trouble) when (!once
                && trouble is (NodeRefusedException or NodeUnreachableException or ReceiptTimeoutException or FormatException))
            {
                string why = trouble is NodeRefusedException refused ? $"{here.NameOf(refused)} {refused.Message}" : trouble.Message;
                if (why != last) Tell(session, $"waits\t{why}", new JsonObject { ["step"] = "waits", ["reason"] = why });
                last = why;
            }

            await Task.Delay(poll, cancellation);
        }
    }

    // One line for each step, also as JSON: whoever reads along need not wait for the end.
    private static void Tell(Session session, string line, JsonObject step) => session.Output.Raw(
        session.Output.Format is OutputFormat.Json or OutputFormat.Ndjson ? step.ToJsonString() : line);

    private static Command Send()
    {
        var amount = new Argument<string>("amount") { Description = "DPN, or with --asset base units of a token." };
        var receiver = new Argument<string>("receiver") { Description = "Who gets it on the other network." };
        var asset = new Option<uint>("--asset") { Description = "The number of a token; DPN when left out." };
        var within = new Option<ulong>("--within")
        {
            Description = "Seconds until it comes back if it has not arrived, at most a week.",
            DefaultValueFactory = static _ => 600,
        };
        var memo = new Option<string>("--memo") { Description = "A public text for the receiver.", DefaultValueFactory = static _ => "" };
        var command = new Command("send", "Send coins over a lane.") { amount, receiver, Lane, asset, within, memo };
        command.Runs(async (session, parse, cancellation) =>
        {
            uint token = parse.GetValue(asset);
            UInt128 units = UnitsOf(parse.GetValue(amount)!, token);
            ModuleGateway packets = ModuleGateway.Of(session.Node, await session.ModulesAsync(cancellation), "packets");
            JsonNode? head = await session.Node.CallAsync("eth_getBlockByNumber", cancellation, "latest", false);
            UInt256 timeout = JsonQuantity.OrZero(head?["timestamp"]) + (UInt256)parse.GetValue(within);
            TransactionPlan plan = packets.Plan(
                "transfer", token == 0 ? new Amount(units) : Amount.Zero, (UInt256)parse.GetValue(Lane), (UInt256)(ulong)token,
                (UInt256)units, Session.AddressOf(parse.GetValue(receiver)!), timeout, parse.GetValue(memo)!);
            await TransactionFlow.SendAsync(session, plan, "send over a lane", [("timeout", timeout.ToString())], cancellation);
        });
        return command;
    }

    private static Command Status()
    {
        var command = new Command("status", "A lane: where it leads, what its light client believes, what is under way.") { Lane };
        command.Runs(async (session, parse, cancellation) =>
        {
            ModuleDirectory modules = await session.ModulesAsync(cancellation);
            UInt256 number = parse.GetValue(Lane);
            AbiRecord lane = await ModuleGateway.Of(session.Node, modules, "packets").RecordAsync("lane", cancellation, number);
            AbiRecord client = await ModuleGateway.Of(session.Node, modules, "lightClients").RecordAsync("client", cancellation, number);
            using PrivateKey nobody = PrivateKey.Generate();
            LaneEnd end = await LaneEnd.OpenAsync(session.Node, nobody, (ulong)number, cancellation);
            ulong[] outstanding = await end.OutstandingAsync(cancellation);
            session.Output.Facts(
                ("lane", number.ToString()), ("otherChain", Text(lane.Count("chainId"))), ("otherLane", Text(lane.Count("counterparty"))),
                ("paused", lane.Flag("isPaused")), ("frozen", client.Count("frozenAt") != 0), ("believes", Text(client.Count("height"))),
                ("sent", Text(lane.Count("lastSequence"))), ("outstanding", Text((ulong)outstanding.Length)),
                ("vouchers", Text(lane.Count("vouchers"))));
        });
        return command;
    }

    internal static UInt128 UnitsOf(string amount, uint token) => token == 0
        ? Session.AmountOf(amount).Wei
        : UInt128.TryParse(amount, NumberStyles.None, CultureInfo.InvariantCulture, out UInt128 number)
            ? number : throw CliFailure.Usage("a token's amount is in whole base units");

    internal static JsonRpcConnection Other(Session session, ParseResult parse) =>
        Uri.TryCreate(parse.GetValue(To), UriKind.Absolute, out Uri? endpoint) && endpoint.Scheme is ("http" or "https")
            ? new JsonRpcConnection(endpoint, session.Timeout)
            : throw CliFailure.Usage($"'{parse.GetValue(To)}' is not an http address", "for example --to http://127.0.0.1:8546");

    private static string Text(ulong number) => number.ToString(CultureInfo.InvariantCulture);
}
