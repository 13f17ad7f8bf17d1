using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;
using DePinChain.Client;
using DePinChain.Primitives;

namespace DePinChain.Cli.Commands;

/// <summary>Governance: propose, deposit, vote, and see how it stands.</summary>
internal static class GovernanceCommands
{
    private const int PageSize = 20;
    private const int Weights = 10_000;

    // As the module numbers them.
    private static readonly string[] Kinds = ["text", "parameter", "spend", "fork", "order"];

    private static readonly string[] Statuses =
        ["deposit", "voting", "expired", "rejected", "vetoed", "queued", "executed", "failed"];

    private static readonly string[] Options = ["yes", "abstain", "no", "veto"];

    private static readonly Argument<ulong> Id = new("id") { Description = "The proposal's number." };

    public static Command Build() => new("gov", "Govern: propose, deposit, vote, and see how it stands.")
    {
        GovernanceProposals.Build(), Vote(), Deposit(), List(), Show(), Tally(),
    };

    /// <summary>The Governance module of the node.</summary>
    public static async Task<ModuleGateway> GatewayAsync(Session session, CancellationToken cancellation) =>
        ModuleGateway.Of(session.Node, await session.ModulesAsync(cancellation), "governance");

    private static Command Vote()
    {
        var choice = new Argument<string>("choice")
        {
            Description = "yes, abstain, no or veto; or parts of one: yes=0.7,abstain=0.3",
        };
        var command = new Command("vote", "Votes with --key: a delegator for its own stake, an operator for all that are silent.")
        {
            Id, choice,
        };
        command.Runs(async (session, parse, cancellation) =>
        {
            ModuleGateway governance = await GatewayAsync(session, cancellation);
            UInt256[] weights = WeightsOf(parse.GetValue(choice)!);
            TransactionPlan plan = governance.Plan(
                "voteWeighted", Amount.Zero, (UInt256)parse.GetValue(Id), weights[0], weights[1], weights[2], weights[3]);
            await TransactionFlow.SendAsync(session, plan, $"vote {parse.GetValue(choice)} on {parse.GetValue(Id)}", cancellation);
        });
        return command;
    }

    private static Command Deposit()
    {
        var amount = new Argument<string>("amount") { Description = "In DPN." };
        var command = new Command("deposit", "Adds to a proposal's deposit; the vote begins when it is complete.") { Id, amount };
        command.Runs(async (session, parse, cancellation) =>
        {
            ModuleGateway governance = await GatewayAsync(session, cancellation);
            Amount given = Session.AmountOf(parse.GetValue(amount)!);
            await TransactionFlow.SendAsync(
                session, governance.Plan("deposit", given, (UInt256)parse.GetValue(Id)), $"deposit on {parse.GetValue(Id)}",
                [("deposited", given.ToString()), ("back", "when it is decided, unless it is vetoed")], cancellation);
        });
        return command;
    }

    private static Command List()
    {
        var command = new Command("list", "All proposals, the latest last.");
        command.Runs(async (session, _, cancellation) =>
        {
            ModuleGateway governance = await GatewayAsync(session, cancellation);
            ulong count = await governance.CountAsync("proposalCount", cancellation);
            IReadOnlyList<AbiParameter> fields =
                governance.Module.Abi.Functions.First(function => function.Name == "proposals").Outputs[0].Components;
            var rows = new List<IReadOnlyList<JsonNode?>>();
            for (ulong first = 1; first <= count; first += PageSize)
            {
                object? page = await governance.ValueAsync("proposals", cancellation, (UInt256)first, (UInt256)PageSize);
                foreach (object? entry in (object?[])page!) // of tuples, as its ABI says
                {
                    var proposal = new AbiRecord(fields, (object?[])entry!);
                    rows.Add(
                    [
                        Text(proposal.Count("id")), Named(Kinds, proposal, "kind"), Named(Statuses, proposal, "status"),
                        proposal.Text("title"), proposal.Amount("deposited").ToString(), Text(EndOf(proposal)),
                    ]);
                }
            }

            session.Output.Rows(["id", "kind", "status", "title", "deposited", "until"], rows);
        });
        return command;
    }

    private static Command Show()
    {
        var command = new Command("show", "A proposal: what it asks for, how far it is, who deposited.") { Id };
        command.Runs(async (session, parse, cancellation) =>
        {
            ModuleGateway governance = await GatewayAsync(session, cancellation);
            AbiRecord proposal = await governance.RecordAsync("proposal", cancellation, (UInt256)parse.GetValue(Id));
            session.Output.Facts(
            [
                ("id", Text(proposal.Count("id"))), ("title", proposal.Text("title")), ("uri", proposal.Text("uri")),
                ("kind", Named(Kinds, proposal, "kind")), ("status", Named(Statuses, proposal, "status")),
                .. AsksFor(proposal),
                ("proposer", proposal.Address("proposer").ToString()), ("deposited", proposal.Amount("deposited").ToString()),
                ("submittedAt", Text(proposal.Count("submittedAt"))), ("depositEnds", Text(proposal.Count("depositEnds"))),
                ("votingEnds", Text(proposal.Count("votingEnds"))), ("effectAt", Text(proposal.Count("effectAt"))),
            ]);
        });
        return command;
    }

    private static Command Tally()
    {
        var command = new Command("tally", "The count of a proposal's votes, and what it takes: final, or as it stands now.") { Id };
        command.Runs(async (session, parse, cancellation) =>
        {
            ModuleGateway governance = await GatewayAsync(session, cancellation);
            UInt256 id = parse.GetValue(Id);
            AbiRecord proposal = await governance.RecordAsync("proposal", cancellation, id);
            AbiRecord tally = await governance.RecordAsync("tally", cancellation, id);
            GovernedParameters rules = await GovernedParameters.LoadAsync(session.Node, cancellation);
            UInt128 yes = tally.Amount("yes").Wei, abstain = tally.Amount("abstain").Wei, no = tally.Amount("no").Wei,
                veto = tally.Amount("veto").Wei, bonded = tally.Amount("bonded").Wei, voted = yes + abstain + no + veto;
            session.Output.Facts(
                ("status", Named(Statuses, proposal, "status")), ("yes", new Amount(yes).ToString()),
                ("abstain", new Amount(abstain).ToString()), ("no", new Amount(no).ToString()), ("veto", new Amount(veto).ToString()),
                ("bonded", new Amount(bonded).ToString()),
                ("quorum", $"{Part(voted, bonded)} of {Percent(rules.Count("governance", "quorumWad"))} voted"),
                ("threshold", $"{Part(yes, voted - abstain)} yes, must exceed {Percent(rules.Count("governance", "thresholdWad"))}"),
                ("veto limit", $"{Part(veto, voted)} veto, burns above {Percent(rules.Count("governance", "vetoWad"))}"));
        });
        return command;
    }

    private static (string Name, JsonNode? Value)[] AsksFor(AbiRecord proposal) => Named(Kinds, proposal, "kind") switch
    {
        "parameter" =>
        [
            ("module", proposal.Text("subject")), ("key", proposal.Text("key")), ("value", proposal.Number("number").ToString()),
        ],
        "spend" =>
        [
            ("to", proposal.Address("account").ToString()),
            ("amount", proposal.Count("token") == 0
                ? proposal.Amount("number").ToString()
                : $"{proposal.Number("number")} base units of token {proposal.Count("token")}"),
        ],
        "fork" => [("fork", proposal.Text("subject")), ("height", proposal.Number("number").ToString())],
        "order" => [("module", proposal.Text("subject")), ("calldata", Hex.Encode(proposal.Bytes("calldata")))],
        _ => [],
    };

    private static ulong EndOf(AbiRecord proposal) => Named(Statuses, proposal, "status") switch
    {
        "deposit" => proposal.Count("depositEnds"),
        "queued" or "executed" or "failed" => proposal.Count("effectAt"),
        _ => Math.Max(proposal.Count("votingEnds"), proposal.Count("depositEnds")),
    };

    private static UInt256[] WeightsOf(string choice)
    {
        var weights = new UInt256[Options.Length];
        int single = Array.IndexOf(Options, choice);
        if (single >= 0)
        {
            weights[single] = Weights;
            return weights;
        }

        foreach (string part in choice.Split(','))
        {
            string[] sides = part.Split('=');
            int option = sides.Length == 2 ? Array.IndexOf(Options, sides[0].Trim()) : -1;
            if (option < 0 || !weights[option].IsZero || !TryWeight(sides[1], out UInt256 weight))
                throw CliFailure.Usage($"'{part}' is no part of a vote", "for example yes=0.7,abstain=0.3 (yes, abstain, no, veto)");
            weights[option] = weight;
        }

        return weights;
    }

    private static bool TryWeight(string text, out UInt256 weight)
    {
        bool isPart = decimal.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out decimal part)
            && part is >= 0 and <= 1 && part * Weights == decimal.Truncate(part * Weights);
        weight = isPart ? (ulong)(part * Weights) : UInt256.Zero;
        return isPart;
    }

    private static string Named(string[] names, AbiRecord record, string field)
    {
        ulong number = record.Count(field);
        return number < (ulong)names.Length ? names[number] : Text(number);
    }

    private static string Part(UInt128 part, UInt128 whole) => whole == UInt128.Zero
        ? "nothing"
        : ((double)part / (double)whole).ToString("0.00 %", CultureInfo.InvariantCulture);

    private static string Percent(ulong wad) => (wad / 1e18).ToString("0.0 %", CultureInfo.InvariantCulture);

    private static string Text(ulong number) => number.ToString(CultureInfo.InvariantCulture);
}
