using System.Buffers.Binary;
using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;
using DePinChain.Client;
using DePinChain.Primitives;

namespace DePinChain.Cli.Commands;

/// <summary>How emission is split over subnets: the votes of stake, and what they gave.</summary>
internal static class SubnetGauge
{
    private const double Parts = 4_294_967_296;

    private static readonly Option<string> Hotkey = new("--hotkey")
    {
        Description = "The hotkey of --key that votes with all stake behind it: an address or a key's name.",
        Required = true,
    };

    public static IEnumerable<Command> Build() => [Vote(), Gauge()];

    /// <summary>Every subnet there is, with what the last count gave it.</summary>
    public static Task<IReadOnlyList<AbiRecord>> ReportsAsync(ModuleGateway subnets, CancellationToken cancellation) =>
        SubnetCommands.TuplesAsync(subnets, "gauge", cancellation);

    /// <summary>Where a subnet's part of each block's emission comes from, number by number.</summary>
    public static async Task<string> ExplainAsync(ModuleGateway subnets, uint net, CancellationToken cancellation)
    {
        IReadOnlyList<AbiRecord> reports = await ReportsAsync(subnets, cancellation);
        AbiRecord count = await subnets.RecordAsync("gaugeCount", cancellation);
        if (!count.Flag("isVoted")) return "equal parts for all subnets that emit: nobody votes";
        AbiRecord report = reports.First(one => one.Count("netuid") == net);
        string votes = $"rank {report.Count("rank")} · consensus {report.Count("consensus")} (trust {report.Count("trust")}) of 2^32";
        string bounded = $"normalised and bounded {report.Count("bounded")}, · verified {report.Count("verified")}";
        return $"{votes}, {bounded}: floor({report.Count("share")} · block / 2^32)";
    }

    private static Command Vote()
    {
        var votes = new Argument<string[]>("votes")
        {
            Description = "netuid=weight, as in 1=60 2=40; none takes the votes back.",
            Arity = ArgumentArity.ZeroOrMore,
        };
        var command = new Command("vote", "Votes on how emission is split over subnets, with the stake behind a hotkey.") { Hotkey, votes };
        command.Runs(async (session, parse, cancellation) =>
        {
            ModuleGateway subnets = await SubnetCommands.GatewayAsync(session, cancellation);
            (byte[] row, string preview) = Read(parse.GetValue(votes) ?? []);
            Address hotkey = Session.AddressOf(parse.GetValue(Hotkey)!);
            AbiRecord pool = await subnets.RecordAsync("hotkey", cancellation, hotkey);
            await TransactionFlow.SendAsync(
                session, subnets.Plan("setGaugeVotes", Amount.Zero, hotkey, row), "vote on the split of emission",
                [("votes", preview), ("stake", $"{pool.Amount("value")}, and what it is when votes are counted")], cancellation);
        });
        return command;
    }

    private static Command Gauge()
    {
        var command = new Command("gauge", "How emission is split over subnets, and the votes it comes from.");
        command.Runs(async (session, _, cancellation) =>
        {
            ModuleGateway subnets = await SubnetCommands.GatewayAsync(session, cancellation);
            bool isVoted = (await subnets.RecordAsync("gaugeCount", cancellation)).Flag("isVoted");
            IReadOnlyList<AbiRecord> reports = await ReportsAsync(subnets, cancellation);
            session.Output.Rows(
                ["netuid", "votes", "trust", "consensus", "bounded", "verified", "share", "average"],
                reports.Select(report => (IReadOnlyList<JsonNode?>)
                [
                    report.Count("netuid").ToString(CultureInfo.InvariantCulture), Part(report, "rank"), Part(report, "trust"),
                    Part(report, "consensus"), Part(report, "bounded"), Part(report, "verified"),
                    isVoted ? Part(report, "share") : "equal", Part(report, "average"),
                ]));
        });
        return command;
    }

    // netuid and value of two bytes each, big-endian, ascending; the largest weight becomes 65,535.
    private static (byte[] Row, string Preview) Read(string[] votes)
    {
        var read = new SortedDictionary<ushort, decimal>();
        foreach (string vote in votes)
        {
            string[] sides = vote.Split('=');
            ushort net = 0;
            decimal weight = 0;
            bool isRead = sides.Length == 2
                && ushort.TryParse(sides[0], NumberStyles.None, CultureInfo.InvariantCulture, out net)
                && decimal.TryParse(sides[1], NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out weight)
                && weight is > 0 and <= 1_000_000_000 && read.TryAdd(net, weight);
            if (!isRead) throw CliFailure.Usage($"'{vote}' is not netuid=weight, or its subnet came before", "for example 1=60 2=40");
        }

        decimal most = read.Count > 0 ? read.Values.Max() : 1;
        byte[] row = new byte[read.Count * 4];
        int at = 0;
        foreach ((ushort net, decimal weight) in read)
        {
            BinaryPrimitives.WriteUInt16BigEndian(row.AsSpan(at), net);
            BinaryPrimitives.WriteUInt16BigEndian(row.AsSpan(at + 2), (ushort)Math.Max(1, Math.Round(weight / most * 65_535)));
            at += 4;
        }

        return (row, read.Count == 0 ? "none: they are taken back" : string.Join(", ", read.Select(vote => $"{vote.Key}: {vote.Value}")));
    }

    private static string Part(AbiRecord report, string name) =>
        (report.Count(name) / Parts).ToString("0.0000", CultureInfo.InvariantCulture);
}
