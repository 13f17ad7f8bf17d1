using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;
using DePinChain.Client;
using DePinChain.Primitives;

namespace DePinChain.Cli.Commands;

/// <summary>Subnets: what they cost, who is in them, what they pay and why.</summary>
internal static class SubnetCommands
{
    private static readonly Argument<uint> Net = new("netuid") { Description = "The subnet's number." };
    // As the module numbers what an owner may choose.
    private static readonly string[] Choices =
    [
        "tempo", "immunity", "validatorsMax", "weightsRateLimit", "weightsMin", "commitReveal", "revealPeriod", "kappa",
        "bondsMovingAverage", "bondsPenalty", "yuma3", "liquidAlpha", "alphaLow", "alphaHigh", "alphaSteepness", "registrationOpen",
        "versionKey", "uidsMax",
    ];

    private static readonly Option<string> Hotkey = new("--hotkey")
    {
        Description = "The hotkey: an address or a key's name.",
        Required = true,
    };

    public static Command Build()
    {
        var command = new Command("subnet", "Markets for intelligence: register, join, serve, score, and see why who earned what.")
        {
            Cost(), Register(), Start(), List(), Show(), Join(), Metagraph(), SubnetWeights.Build(), Emission(), Eligibility(),
            Parameters(), Stake(), Unstake(), Swap(),
        };
        foreach (Command more in (IEnumerable<Command>)[.. SubnetGauge.Build(), .. SubnetChildren.Build(), .. SubnetPrograms.Build()])
            command.Subcommands.Add(more);
        return command;
    }

    /// <summary>The Subnets module of the node.</summary>
    public static async Task<ModuleGateway> GatewayAsync(Session session, CancellationToken cancellation) =>
        ModuleGateway.Of(session.Node, await session.ModulesAsync(cancellation), "subnets");

    private static Command Cost()
    {
        var command = new Command("cost", "What registering a subnet locks now, and what the next ones will after it.");
        command.Runs(async (session, _, cancellation) =>
        {
            ModuleGateway subnets = await GatewayAsync(session, cancellation);
            GovernedParameters rules = await GovernedParameters.LoadAsync(session.Node, cancellation);
            Amount now = await subnets.AmountAsync("lockCost", cancellation);
            session.Output.Facts(
                ("lock", now.ToString()),
                ("least", rules.Amount("subnets", "lockMin").ToString()),
                ("decay", $"to the least over {rules.Count("subnets", "lockInterval")} blocks; doubles with each registration"),
                ("immunity", $"{rules.Count("subnets", "immunity")} blocks for a new neuron"),
                ("subnets", $"{(await SubnetGauge.ReportsAsync(subnets, cancellation)).Count} of {rules.Count("subnets", "subnetsMax")}"),
                ("makesRoom", await subnets.CountAsync("nextToDissolve", cancellation) is > 0 and ulong leaving
                    ? $"subnet {leaving}, which has the smallest share" : "nobody"));
        });
        return command;
    }

    private static Command Register()
    {
        var name = new Option<string>("--name") { Description = "1 to 32 printable ASCII characters.", Required = true };
        var manifest = new Option<FileInfo?>("--manifest") { Description = "The description of the task; its hash goes on the chain." };
        var command = new Command("register", "Registers a subnet: locks the price, and seats the hotkey as its first neuron.")
        {
            name, Hotkey, manifest,
        };
        command.Runs(async (session, parse, cancellation) =>
        {
            ModuleGateway subnets = await GatewayAsync(session, cancellation);
            Amount price = await subnets.AmountAsync("lockCost", cancellation);
            FileInfo? file = parse.GetValue(manifest);
            byte[] hash = file is null ? new byte[Hash256.Size]
                : Keccak256.Hash(await File.ReadAllBytesAsync(file.FullName, cancellation)).ToArray();
            await TransactionFlow.SendAsync(
                session, subnets.Plan("registerSubnet", price, HotkeyOf(parse), hash, parse.GetValue(name)), "register a subnet",
                [("locked", price.ToString())], cancellation);
        });
        return command;
    }

    private static Command Start()
    {
        var command = new Command("start", "Lets a subnet take part in emission; its owner decides when.") { Net };
        command.Runs(async (session, parse, cancellation) =>
        {
            ModuleGateway subnets = await GatewayAsync(session, cancellation);
            await TransactionFlow.SendAsync(
                session, subnets.Plan("startEmission", Amount.Zero, NetOf(parse)), "start emission", cancellation);
        });
        return command;
    }

    private static Command List()
    {
        var command = new Command("list", "All subnets.");
        command.Runs(async (session, _, cancellation) =>
        {
            ModuleGateway subnets = await GatewayAsync(session, cancellation);
            var rows = new List<IReadOnlyList<JsonNode?>>();
            foreach (AbiRecord report in await SubnetGauge.ReportsAsync(subnets, cancellation))
            {
                ulong net = report.Count("netuid");
                AbiRecord subnet = await subnets.RecordAsync("subnet", cancellation, (UInt256)net);
                Amount price = await subnets.AmountAsync("price", cancellation, (UInt256)net);
                Amount pending = await subnets.AmountAsync("pendingEmission", cancellation, (UInt256)net);
                rows.Add(
                [
                    Text(net), subnet.Text("name"), subnet.Address("owner").ToString(), Text(subnet.Count("uids")),
                    subnet.Flag("emits") ? "yes" : "no", Text(subnet.Count("nextEpochAt")), price.ToString(), pending.ToString(),
                ]);
            }

            session.Output.Rows(["netuid", "name", "owner", "neurons", "emits", "nextEpoch", "price", "pending"], rows);
        });
        return command;
    }

    private static Command Show()
    {
        var command = new Command("show", "A subnet: its owner, its epochs, what a place costs, who would lose one.") { Net };
        command.Runs(async (session, parse, cancellation) =>
        {
            ModuleGateway subnets = await GatewayAsync(session, cancellation);
            AbiRecord subnet = await subnets.RecordAsync("subnet", cancellation, NetOf(parse));
            ulong prune = await subnets.CountAsync("nextToPrune", cancellation, NetOf(parse));
            session.Output.Facts(
                ("netuid", Text(parse.GetValue(Net))), ("name", subnet.Text("name")), ("owner", subnet.Address("owner").ToString()),
                ("ownerHotkey", subnet.Address("ownerHotkey").ToString()), ("locked", subnet.Amount("lock").ToString()),
                ("registeredAt", Text(subnet.Count("registeredAt"))), ("emits", subnet.Flag("emits")),
                ("neurons", Text(subnet.Count("uids"))), ("epoch", Text(subnet.Count("epochIndex"))),
                ("lastEpochAt", Text(subnet.Count("lastEpochAt"))), ("nextEpochAt", Text(subnet.Count("nextEpochAt"))),
                ("price", (await subnets.AmountAsync("price", cancellation, NetOf(parse))).ToString()),
                ("pending", (await subnets.AmountAsync("pendingEmission", cancellation, NetOf(parse))).ToString()),
                ("nextToPrune", prune >= subnet.Count("uids") ? "nobody: a place is free" : $"uid {prune}"));
        });
        return command;
    }

    private static Command Join()
    {
        var command = new Command("join", "Buys a hotkey of --key a place in a subnet. The price is recycled.") { Net, Hotkey };
        command.Runs(async (session, parse, cancellation) =>
        {
            ModuleGateway subnets = await GatewayAsync(session, cancellation);
            Amount price = await subnets.AmountAsync("price", cancellation, NetOf(parse));
            ulong prune = await subnets.CountAsync("nextToPrune", cancellation, NetOf(parse));
            AbiRecord subnet = await subnets.RecordAsync("subnet", cancellation, NetOf(parse));
            await TransactionFlow.SendAsync(
                session, subnets.Plan("register", price, NetOf(parse), HotkeyOf(parse)), $"join subnet {parse.GetValue(Net)}",
                [
                    ("price", $"at most {price}; what is too much comes back"),
                    ("place", prune >= subnet.Count("uids") ? "a free one" : $"that of uid {prune}, which loses it"),
                ],
                cancellation);
        });
        return command;
    }

    private static Command Metagraph()
    {
        var command = new Command("metagraph", "All neurons of a subnet as the last epoch left them.") { Net };
        command.Runs(async (session, parse, cancellation) =>
        {
            ModuleGateway subnets = await GatewayAsync(session, cancellation);
            IReadOnlyList<AbiRecord> neurons = await NeuronsAsync(subnets, parse.GetValue(Net), cancellation);
            session.Output.Rows(
                ["uid", "hotkey", "stake", "permit", "consensus", "incentive", "dividends", "trust", "emission", "updatedAt"],
                neurons.Select(neuron => (IReadOnlyList<JsonNode?>)
                [
                    Text(neuron.Count("uid")), neuron.Address("hotkey").ToString(), neuron.Amount("stake").ToString(),
                    neuron.Flag("permit") ? "yes" : "no", Part(neuron, "consensus"), Part(neuron, "incentive"), Part(neuron, "dividends"),
                    Part(neuron, "trust"), new Amount((UInt128)neuron.Count("emission") * SubnetExplanation.Unit).ToString(),
                    Text(neuron.Count("updatedAt")),
                ]));
        });
        return command;
    }

    private static Command Emission()
    {
        var uid = new Option<uint?>("--explain") { Description = "A uid: each number of its reward, computed again." };
        var command = new Command("emission", "What the last epochs paid, and to whom; with --explain the arithmetic of one neuron.")
        {
            Net, uid,
        };
        command.Runs(async (session, parse, cancellation) =>
        {
            ModuleGateway subnets = await GatewayAsync(session, cancellation);
            await SubnetExplanation.ShowAsync(session, subnets, parse.GetValue(Net), parse.GetValue(uid), cancellation);
        });
        return command;
    }

    private static Command Eligibility()
    {
        var command = new Command("eligibility", "Whether --hotkey could set weights now: each rule, what it needs, what there is.")
        {
            Net, Hotkey,
        };
        command.Runs(async (session, parse, cancellation) =>
        {
            ModuleGateway subnets = await GatewayAsync(session, cancellation);
            await SubnetExplanation.EligibilityAsync(session, subnets, parse.GetValue(Net), HotkeyOf(parse), cancellation);
        });
        return command;
    }

    private static Command Parameters()
    {
        var name = new Argument<string?>("name") { Description = "One to change, with a value.", Arity = ArgumentArity.ZeroOrOne };
        var value = new Argument<ulong?>("value") { Description = "Its new value.", Arity = ArgumentArity.ZeroOrOne };
        var command = new Command("params", "A subnet's parameters; with a name and a value its owner changes one.") { Net, name, value };
        command.Runs(async (session, parse, cancellation) =>
        {
            ModuleGateway subnets = await GatewayAsync(session, cancellation);
            AbiRecord rules = await subnets.RecordAsync("rulesOf", cancellation, NetOf(parse));
            AbiParameter[] fields = [.. subnets.Module.Abi.Functions.First(function => function.Name == "rulesOf").Outputs[0].Components];
            if (parse.GetValue(name) is not { } chosen)
            {
                session.Output.Facts([.. fields.Select(field => (field.Name, AbiValues.ToJson(rules[field.Name])))]);
                return;
            }

            int index = Array.FindIndex(Choices, choice => string.Equals(choice, chosen, StringComparison.OrdinalIgnoreCase));
            if (index < 0 || parse.GetValue(value) is not { } next)
            {
                throw CliFailure.Usage(
                    $"'{chosen}' is not a parameter, or its value is missing", $"there are: {string.Join(", ", Choices)}");
            }

            TransactionPlan plan = subnets.Plan("setParameter", Amount.Zero, NetOf(parse), (UInt256)(ulong)index, (UInt256)next);
            await TransactionFlow.SendAsync(session, plan, $"set {chosen}", cancellation);
        });
        return command;
    }

    private static Command Stake()
    {
        var amount = new Argument<string>("amount") { Description = "In DPN." };
        var command = new Command("stake", "Puts stake of --key behind a hotkey; it counts from the epoch after the next.")
        {
            Hotkey, amount,
        };
        command.Runs(async (session, parse, cancellation) =>
        {
            ModuleGateway subnets = await GatewayAsync(session, cancellation);
            Amount stake = Session.AmountOf(parse.GetValue(amount)!);
            await TransactionFlow.SendAsync(session, subnets.Plan("stake", stake, HotkeyOf(parse)), $"stake {stake}", cancellation);
        });
        return command;
    }

    private static Command Unstake()
    {
        var amount = new Argument<string>("amount") { Description = "In DPN." };
        var command = new Command("unstake", "Takes stake back; it is paid after the unstaking period.") { Hotkey, amount };
        command.Runs(async (session, parse, cancellation) =>
        {
            ModuleGateway subnets = await GatewayAsync(session, cancellation);
            GovernedParameters rules = await GovernedParameters.LoadAsync(session.Node, cancellation);
            Amount stake = Session.AmountOf(parse.GetValue(amount)!);
            await TransactionFlow.SendAsync(
                session, subnets.Plan("unstake", Amount.Zero, HotkeyOf(parse), stake.ToUInt256()), $"unstake {stake}",
                [("paid", $"after {rules.Count("subnets", "unstakeBlocks")} blocks")], cancellation);
        });
        return command;
    }

    private static Command Swap()
    {
        var next = new Option<string>("--next") { Description = "The new hotkey: an address or a key's name.", Required = true };
        var command = new Command("swap", "Puts a new hotkey in the place of one of --key's, everywhere; for one that may have leaked.")
        {
            Hotkey, next,
        };
        command.Runs(async (session, parse, cancellation) =>
        {
            ModuleGateway subnets = await GatewayAsync(session, cancellation);
            Amount price = Amount.FromWei(100_000_000_000_000_000);
            TransactionPlan plan = subnets.Plan("swapHotkey", price, HotkeyOf(parse), Session.AddressOf(parse.GetValue(next)!));
            await TransactionFlow.SendAsync(session, plan, "exchange a hotkey", [("price", $"{price}, recycled")], cancellation);
        });
        return command;
    }

    /// <summary>All neurons of a subnet by uid.</summary>
    public static Task<IReadOnlyList<AbiRecord>> NeuronsAsync(ModuleGateway subnets, uint net, CancellationToken cancellation) =>
        TuplesAsync(subnets, "neurons", net, cancellation);

    /// <summary>What a view of a subnet lists.</summary>
    public static Task<IReadOnlyList<AbiRecord>> TuplesAsync(
        ModuleGateway subnets, string view, uint net, CancellationToken cancellation) =>
        TuplesAsync(subnets, view, cancellation, (UInt256)net);

    /// <summary>What a view lists.</summary>
    public static async Task<IReadOnlyList<AbiRecord>> TuplesAsync(
        ModuleGateway subnets, string view, CancellationToken cancellation, params object?[] arguments)
    {
        object? answer = await subnets.ValueAsync(view, cancellation, arguments);
        IReadOnlyList<AbiParameter> fields =
            subnets.Module.Abi.Functions.First(function => function.Name == view).Outputs[0].Components;
        return [.. ((object?[])answer!).Select(neuron => new AbiRecord(fields, (object?[])neuron!))]; // of tuples, as the ABI says
    }

    private static Address HotkeyOf(ParseResult parse) => Session.AddressOf(parse.GetValue(Hotkey)!);

    private static UInt256 NetOf(ParseResult parse) => parse.GetValue(Net);

    private static string Part(AbiRecord neuron, string name) =>
        (neuron.Count(name) / 65_535.0).ToString("0.0000", CultureInfo.InvariantCulture);

    private static string Text(ulong number) => number.ToString(CultureInfo.InvariantCulture);
}
