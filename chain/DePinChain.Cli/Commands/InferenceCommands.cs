using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;
using DePinChain.Client;
using DePinChain.Primitives;

namespace DePinChain.Cli.Commands;

/// <summary>Answers that can be held against who gave them: what miners committed to, what was audited, and how it ended.</summary>
internal static class InferenceCommands
{
    private const ulong UsualBlocks = 10_000;

    // Events by what they say of an answer; the first of each pair is the module's.
    private static readonly (string Event, string Word)[] Outcomes =
    [
        ("AuditPassed", "passed"), ("AuditFailed", "failed"), ("AuditUnserved", "unserved"), ("AuditUndetermined", "undetermined"),
    ];

    private static readonly Argument<uint> Net = new("netuid") { Description = "The subnet's number." };

    private static readonly Option<string?> Hotkey = new("--hotkey") { Description = "Of this miner only: an address or a key's name." };

    private static readonly Option<ulong> Blocks = new("--blocks")
    {
        Description = "So many blocks back.",
        DefaultValueFactory = _ => UsualBlocks,
    };

    public static Command Build() => new("inference", "Models, what miners answered by them, audits and disputes.")
    {
        InferenceModels.Build(), Miners(), Receipts(), Audits(), InferenceDisputes.Build(),
    };

    /// <summary>The Inference module of the node.</summary>
    public static async Task<ModuleGateway> GatewayAsync(Session session, CancellationToken cancellation) =>
        ModuleGateway.Of(session.Node, await session.ModulesAsync(cancellation), "inference");

    public static string Text(ulong number) => number.ToString(CultureInfo.InvariantCulture);

    /// <summary>The blocks that a search for logs looks at.</summary>
    public static async Task<(ulong From, ulong To)> RangeAsync(Session session, ulong blocks, CancellationToken cancellation)
    {
        ulong head = (ulong)await session.Node.QuantityAsync("eth_blockNumber", cancellation);
        return (head > blocks ? head - blocks : 0, head);
    }

    private static Command Miners()
    {
        var command = new Command("miners", "Miners of a subnet that answer for what they say, and how they stand.") { Net };
        command.Runs(async (session, parse, cancellation) =>
        {
            const ulong Page = 100;
            ModuleGateway inference = await GatewayAsync(session, cancellation);
            IReadOnlyList<AbiParameter> fields =
                inference.Module.Abi.Functions.First(static function => function.Name == "getMiners").Outputs[0].Components;
            ulong count = await inference.CountAsync("minerCount", cancellation);
            var rows = new List<IReadOnlyList<JsonNode?>>();
            for (ulong start = 0; start < count; start += Page)
            {
                object? page = await inference.ValueAsync("getMiners", cancellation, (UInt256)start, (UInt256)Page);
                foreach (AbiRecord miner in ((object?[])page!).Select(one => new AbiRecord(fields, (object?[])one!)))
                {
                    if (miner.Count("netuid") != parse.GetValue(Net)) continue;
                    ulong rate = await inference.CountAsync(
                        "auditRate", cancellation, miner.Number("netuid"), miner.Address("hotkey"));
                    rows.Add(
                    [
                        miner.Address("hotkey").ToString(), miner.Amount("deposit").ToString(), Text(miner.Count("answers")),
                        Text(miner.Count("passed")), Text(miner.Count("failed")), Text(miner.Count("unserved")),
                        Text(miner.Count("open")), (rate / 100m).ToString("0.##", CultureInfo.InvariantCulture) + " %",
                    ]);
                }
            }

            session.Output.Rows(["hotkey", "deposit", "answers", "passed", "failed", "unserved", "open", "auditRate"], rows);
        });
        return command;
    }

    private static Command Receipts()
    {
        var command = new Command("receipts", "Batches of answers that miners of a subnet committed to.") { Net, Hotkey, Blocks };
        command.Runs(async (session, parse, cancellation) =>
        {
            ModuleGateway inference = await GatewayAsync(session, cancellation);
            (ulong from, ulong to) = await RangeAsync(session, parse.GetValue(Blocks), cancellation);
            IReadOnlyList<ModuleLog> batches = await inference.LogsAsync(
                "ReceiptsCommitted", from, to, cancellation, LogTopic.Of(parse.GetValue(Net)), HotkeyOf(parse));
            ulong kept = (await GovernedParameters.LoadAsync(session.Node, cancellation)).Count("inference", "receiptBlocks");
            session.Output.Rows(
                ["batch", "hotkey", "root", "answers", "tokens", "block", "auditableUntil"],
                batches.Select(log => (IReadOnlyList<JsonNode?>)
                [
                    Text(log.Values.Count("batch")), log.Values.Address("hotkey").ToString(), log.Values.Hash("root").ToString(),
                    Text(log.Values.Count("count")), Text(log.Values.Count("tokens")), Text(log.Block), Text(log.Block + kept),
                ]));
        });
        return command;
    }

    private static Command Audits()
    {
        var command = new Command("audits", "Audits of answers and what committees said.") { Hotkey, Blocks };
        command.Subcommands.Add(RequestAudit());
        command.Runs(async (session, parse, cancellation) =>
        {
            ModuleGateway inference = await GatewayAsync(session, cancellation);
            (ulong from, ulong to) = await RangeAsync(session, parse.GetValue(Blocks), cancellation);
            Hash256? hotkey = HotkeyOf(parse);
            var said = new List<(string Word, ModuleLog Log)>();
            foreach ((string name, string word) in Outcomes)
            {
                IReadOnlyList<ModuleLog> logs = await inference.LogsAsync(name, from, to, cancellation, null, hotkey);
                said.AddRange(logs.Select(log => (word, log)));
            }

            IReadOnlyList<ModuleLog> opened = await inference.LogsAsync("AuditOpened", from, to, cancellation, null, hotkey);
            session.Output.Rows(
                ["job", "batch", "index", "hotkey", "block", "requester", "fee", "outcome", "slashed"],
                opened.Select(log => Row(log, said)));
        });
        return command;
    }

    // An answer may be audited twice: the first outcome after an audit began is its own.
    private static IReadOnlyList<JsonNode?> Row(ModuleLog opened, IReadOnlyList<(string Word, ModuleLog Log)> said)
    {
        AbiRecord audit = opened.Values;
        (string word, ModuleLog? end) = said
            .Where(one => one.Log.Block >= opened.Block && one.Log.Values.Count("batch") == audit.Count("batch")
                && one.Log.Values.Count("index") == audit.Count("index"))
            .OrderBy(static one => one.Log.Block).FirstOrDefault();
        bool isSlashed = word is "failed" or "unserved";
        Address requester = audit.Address("requester");
        return
        [
            Text(audit.Count("job")), Text(audit.Count("batch")), Text(audit.Count("index")), audit.Address("hotkey").ToString(),
            Text(opened.Block), requester.IsZero ? "drawn" : requester.ToString(), audit.Amount("fee").ToString(), word ?? "running",
            isSlashed ? end!.Values.Amount("slashed").ToString() : null,
        ];
    }

    private static Command RequestAudit()
    {
        var batch = new Argument<ulong>("batch") { Description = "The batch's number." };
        var index = new Argument<uint>("index") { Description = "Which answer of it." };
        var command = new Command("request", "Has one answer audited. The fee comes back out of what a miner at fault loses.")
        {
            batch, index,
        };
        command.Runs(async (session, parse, cancellation) =>
        {
            ModuleGateway inference = await GatewayAsync(session, cancellation);
            Amount fee = await inference.AmountAsync("auditFee", cancellation, (UInt256)parse.GetValue(batch));

            // The fee follows the base fee of the block that holds the call; what is too much comes back.
            TransactionPlan plan = inference.Plan(
                "requestAudit", fee * 2, (UInt256)parse.GetValue(batch), (UInt256)(ulong)parse.GetValue(index));
            await TransactionFlow.SendAsync(
                session, plan, $"audit answer {parse.GetValue(index)} of batch {parse.GetValue(batch)}",
                [("fee", $"about {fee}; what is too much comes back")], cancellation);
        });
        return command;
    }

    private static Hash256? HotkeyOf(ParseResult parse) =>
        parse.GetValue(Hotkey) is { } text ? LogTopic.Of(Session.AddressOf(text)) : null;
}
