using System.CommandLine;
using System.Text.Json.Nodes;
using DePinChain.Client;
using DePinChain.Primitives;

namespace DePinChain.Cli.Commands;

/// <summary>Disputes about answers: whose turn it is, and how they ended. Workers and miners play them by themselves.</summary>
internal static class InferenceDisputes
{
    // As the module numbers them.
    private static readonly string[] Stages =
    [
        "over", "the miner lists its vectors", "the challenger names a product", "the miner shows the product",
        "the challenger shows a row of weights",
    ];

    private static readonly string[] Products = ["q_proj", "k_proj", "v_proj", "o_proj", "gate_proj", "up_proj", "down_proj"];

    private static readonly Argument<ulong> Dispute = new("dispute") { Description = "The dispute's number." };

    private static readonly Option<ulong> Blocks = new("--blocks")
    {
        Description = "So many blocks back.",
        DefaultValueFactory = _ => 10_000,
    };

    public static Command Build() => new("dispute", "Disputes about answers, down to one element that the chain computes.")
    {
        List(), Status(),
    };

    private static Command List()
    {
        var command = new Command("list", "Disputes that were opened lately.") { Blocks };
        command.Runs(async (session, parse, cancellation) =>
        {
            ModuleGateway inference = await InferenceCommands.GatewayAsync(session, cancellation);
            (ulong from, ulong to) = await InferenceCommands.RangeAsync(session, parse.GetValue(Blocks), cancellation);
            IReadOnlyList<ModuleLog> opened = await inference.LogsAsync("DisputeOpened", from, to, cancellation);
            IReadOnlyList<ModuleLog> proven = await inference.LogsAsync("DisputeProven", from, to, cancellation);
            IReadOnlyList<ModuleLog> failed = await inference.LogsAsync("DisputeFailed", from, to, cancellation);
            session.Output.Rows(
                ["dispute", "miner", "challenger", "batch", "index", "position", "block", "outcome"],
                opened.Select(log => (IReadOnlyList<JsonNode?>)
                [
                    InferenceCommands.Text(log.Values.Count("dispute")), log.Values.Address("hotkey").ToString(),
                    log.Values.Address("challenger").ToString(), InferenceCommands.Text(log.Values.Count("batch")),
                    InferenceCommands.Text(log.Values.Count("index")), InferenceCommands.Text(log.Values.Count("position")),
                    InferenceCommands.Text(log.Block), Has(proven, log) ? "proven" : Has(failed, log) ? "failed" : "running",
                ]));
        });
        return command;
    }

    private static Command Status()
    {
        var command = new Command("status", "A dispute: whose turn it is and until when, or what the chain computed.") { Dispute, Blocks };
        command.Runs(async (session, parse, cancellation) =>
        {
            ModuleGateway inference = await InferenceCommands.GatewayAsync(session, cancellation);
            ulong dispute = parse.GetValue(Dispute);
            if (await FindAsync(inference, dispute, cancellation) is { } running)
            {
                ulong stage = running.Count("stage");
                session.Output.Facts(
                    ("dispute", InferenceCommands.Text(dispute)), ("turn", Stages[stage]),
                    ("until", InferenceCommands.Text(running.Count("until"))), ("challenger", running.Address("challenger").ToString()),
                    ("batch", InferenceCommands.Text(running.Count("batch"))), ("index", InferenceCommands.Text(running.Count("index"))),
                    ("position", InferenceCommands.Text(running.Count("position"))),
                    ("layer", stage > 2 ? InferenceCommands.Text(running.Count("layer")) : null),
                    ("product", stage > 2 ? Products[running.Count("product")] : null), ("bond", running.Amount("bond").ToString()));
                return;
            }

            session.Output.Facts(await EndAsync(session, inference, dispute, parse.GetValue(Blocks), cancellation));
        });
        return command;
    }

    private static async Task<(string Name, JsonNode? Value)[]> EndAsync(
        Session session, ModuleGateway inference, ulong dispute, ulong blocks, CancellationToken cancellation)
    {
        ulong count = await inference.CountAsync("disputeCount", cancellation);
        if (dispute == 0 || dispute > count)
        {
            throw new CliFailure(ExitCode.RejectedByChain, "UnknownDispute", $"there is no dispute {dispute}")
            {
                Hint = "depin inference dispute list",
                Needed = $"1 to {count}",
            };
        }

        (ulong from, ulong to) = await InferenceCommands.RangeAsync(session, blocks, cancellation);
        Hash256 topic = LogTopic.Of(dispute);
        async Task<ModuleLog?> FindAsync(string name) =>
            await inference.LogsAsync(name, from, to, cancellation, topic) is [var log, ..] ? log : null;
        ModuleLog? proven = await FindAsync("DisputeProven");
        ModuleLog? end = proven ?? await FindAsync("DisputeFailed");
        if (end is null)
        {
            throw new CliFailure(ExitCode.RejectedByChain, "TooLongAgo", $"dispute {dispute} ended more than {blocks} blocks ago")
            {
                Hint = "look further back with --blocks",
            };
        }

        ModuleLog? computed = await FindAsync("ElementComputed");
        return
        [
            ("dispute", InferenceCommands.Text(dispute)),
            ("turn", Stages[0]),
            ("outcome", proven is null ? "failed: the challenger's bond is burned" : "proven: the miner was wrong"),
            ("block", InferenceCommands.Text(end.Block)),
            ("miner", end.Values.Address("hotkey").ToString()),
            ("challenger", end.Values.Address("challenger").ToString()),
            ("slashed", proven?.Values.Amount("slashed").ToString()),
            ("reward", proven?.Values.Amount("reward").ToString()),
            ("element", computed is null ? null : InferenceCommands.Text(computed.Values.Count("element"))),
            ("claimed", computed is null ? null : $"0x{computed.Values.Count("claimed"):x8}"),
            ("right", computed is null ? null : $"0x{computed.Values.Count("right"):x8}"),
        ];
    }

    private static bool Has(IReadOnlyList<ModuleLog> logs, ModuleLog opened) =>
        logs.Any(log => log.Values.Count("dispute") == opened.Values.Count("dispute"));

    private static async Task<AbiRecord?> FindAsync(ModuleGateway inference, ulong dispute, CancellationToken cancellation)
    {
        try
        {
            return await inference.RecordAsync("getDispute", cancellation, (UInt256)dispute);
        }
        catch (NodeRefusedException over) when (over.RevertData.Length > 0)
        {
            return null;
        }
    }
}
