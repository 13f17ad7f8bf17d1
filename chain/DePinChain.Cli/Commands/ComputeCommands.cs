using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;
using DePinChain.Client;
using DePinChain.Client.Containers;
using DePinChain.Primitives;

namespace DePinChain.Cli.Commands;

/// <summary>What a tenant of the compute market does.</summary>
internal static class ComputeCommands
{
    private const uint PageMax = 100;

    private static readonly Argument<FileInfo> File =
        new("file") { Description = "A deployment in YAML; 'depin compute template' prints one." };
    private static readonly Argument<ulong> Deployment =
        new("deployment") { Description = "Its number, as 'depin compute leases' shows it." };

    // The market's rules in the order in which it asks them.
    private static readonly string[] Rules =
    [
        "eligible", "not taking part", "another region", "an attribute is missing", "an auditor of allOf has not signed",
        "no auditor of anyOf has signed", "a class of storage is missing", "no such GPU", "too little processor time",
        "too little memory", "too little disk", "too few GPUs free", "asks for credentials that you do not present",
    ];

    public static Command Build() => new("compute", "Rent machines: containers at the lowest bid, paid by the block.")
    {
        Template(), Quote(), Deploy(), Bids(), Accept(), Leases(), Status(), Send(), Restart(), ComputeLines.Logs(), ComputeLines.Exec(),
            TopUp(),
            Close(),
    };

    /// <summary>Which services of a lease run, and where they are reached.</summary>
    public static JsonArray ServicesOf(LeaseStanding standing) =>
        new([.. standing.Replicas.Select(static replica => (JsonNode?)new JsonObject
    {
        ["service"] = replica.Service,
        ["replica"] = replica.Replica,
        ["state"] = replica.State,
        ["restarts"] = replica.Restarts,
        ["lastExit"] = replica.Restarts > 0 || replica.State == "crashed" ? replica.ExitCode : null,
        ["outOfMemory"] = replica.OutOfMemory,
        ["ports"] = new JsonArray([.. replica.Ports.Select(static port => (JsonNode?)string.Create(
            CultureInfo.InvariantCulture, $"{port.Port}/{port.Protocol} {port.Host}:{port.HostPort}"))]),
    })]);

    /// <summary>The bids of an order, the lowest first.</summary>
    public static async Task<IReadOnlyList<BidView>> BidsAsync(ComputeDesk desk, Hash256 order, CancellationToken cancellation)
    {
        var bids = new List<BidView>();
        object?[] keys = (object?[])(await desk.Market.ValueAsync(
            "getBids", cancellation, order.ToArray(), UInt256.Zero, (UInt256)PageMax))!;
        foreach (object? key in keys)
        {
            AbiRecord bid = await desk.Market.RecordAsync("getBid", cancellation, key);
            Address provider = bid.Address("provider");
            AbiRecord record = await desk.Market.RecordAsync("getProvider", cancellation, provider);
            ulong score = await desk.Market.CountAsync("getScore", cancellation, provider);
            bids.Add(new BidView(
                new Hash256((byte[])key!), provider, bid.Amount("price"), bid.Count("reclaimBlocks"),
                    ComputeDesk.BidState(bid.Count("state")),
                record.Text("uri"), record.Count("region"), record.Amount("stake"), score));
        }

        return [.. bids.OrderBy(static bid => bid.Price)];
    }

    private static Command Template()
    {
        var command = new Command("template", "Prints a deployment that runs as it is, with an explanation of each part.");
        command.SetAction(static (parse, _) =>
        {
            using var session = new Session(parse);
            session.Output.Raw(ManifestText.Template.TrimEnd());
            return Task.FromResult((int)ExitCode.Ok);
        });
        return command;
    }

    private static Command Quote()
    {
        var command = new Command("quote", "Who could serve a deployment now, why the others cannot, and what it costs at most.") { File };
        command.Runs(async (session, parse, cancellation) =>
        {
            IReadOnlyList<PlannedGroup> groups = ReadFile(parse.GetValue(File)!);
            ModuleDirectory modules = await session.ModulesAsync(cancellation);
            ModuleGateway market = ModuleGateway.Of(session.Node, modules, "computeMarket");
            var rows = new List<IReadOnlyList<JsonNode?>>();
            foreach (PlannedGroup group in groups)
            {
                foreach ((string rule, int count) in await ScreenAsync(market, session.KeyAddress, group, cancellation))
                    rows.Add([group.Manifest.Group, new Amount(group.Ceiling).ToString(), rule, count]);
            }

            session.Output.Rows(["group", "atMostPerBlock", "providers", "count"], rows);
        });
        return command;
    }

    private static Command Deploy()
    {
        var deposit = new Option<string>("--deposit")
        {
            Description = "DPN into the deployment's escrow; what is not used comes back.",
            DefaultValueFactory = _ => "5",
        };
        var mode = new Option<string>("--mode")
        {
            Description = "lowest: the lowest bid wins by itself; choose: you accept one.",
            DefaultValueFactory = _ => "lowest",
        };
        var bidding = new Option<uint>("--bidding") { Description = "Blocks that bids are taken; 0 for the network's usual." };
        var notice = new Option<uint>("--notice") { Description = "Blocks of notice that a provider must give before it ends a lease." };
        var command = new Command("deploy", "Orders, waits for the lowest bid, brings the manifest, and says where it runs.")
        {
            File, deposit, mode, bidding, notice,
        };
        command.Runs(async (session, parse, cancellation) =>
        {
            IReadOnlyList<PlannedGroup> groups = ReadFile(parse.GetValue(File)!);
            ulong chosen = parse.GetValue(mode) switch
            {
                "lowest" => 0,
                "choose" => 1,
                var other => throw CliFailure.Usage($"'{other}' is no mode", "lowest or choose"),
            };
            using ComputeDesk desk = await ComputeDesk.OpenAsync(session, cancellation);
            await new ComputeDeploy(session, desk).RunAsync(
                groups, Session.AmountOf(parse.GetValue(deposit)!), chosen, parse.GetValue(bidding), parse.GetValue(notice), cancellation);
        });
        return command;
    }

    private static Command Bids()
    {
        var command = new Command("bids", "The bids for a deployment's open orders, the lowest first.") { Deployment };
        command.Runs(async (session, parse, cancellation) =>
        {
            using ComputeDesk desk = await ComputeDesk.OpenAsync(session, cancellation);
            var rows = new List<IReadOnlyList<JsonNode?>>();
            foreach (GroupView group in await desk.GroupsAsync(parse.GetValue(Deployment), cancellation))
            {
                foreach (BidView bid in await BidsAsync(desk, group.OrderKey, cancellation))
                {
                    rows.Add([
                        Text(group.Gseq), bid.Price.ToString(), bid.Provider.ToString(), bid.State, Text(bid.Notice), Text(bid.Region),
                            bid.Stake.ToString(),
                        string.Create(CultureInfo.InvariantCulture, $"{bid.Score / 1e7:0.0} %"), bid.Bid.ToString()]);
                }
            }

            session.Output.Rows(["group", "perBlock", "provider", "state", "notice", "region", "stake", "leasesKept", "bid"], rows);
        });
        return command;
    }

    private static Command Accept()
    {
        var bid = new Argument<string>("bid") { Description = "The bid's number, as 'depin compute bids' shows it." };
        var command = new Command("accept", "Takes a bid, where the deployment left the choice to you.") { bid };
        command.Runs(async (session, parse, cancellation) =>
        {
            if (!Hash256.TryParse(parse.GetValue(bid), out Hash256 key)) throw CliFailure.Usage("a bid is 0x and 64 hex digits");
            using ComputeDesk desk = await ComputeDesk.OpenAsync(session, cancellation);
            await TransactionFlow.SendAsync(
                session, desk.Market.Plan("createLease", Amount.Zero, key.ToArray()), "accept a bid", cancellation);
        });
        return command;
    }

    private static Command Leases()
    {
        var command = new Command("leases", "Your deployments, and how each of their groups stands.");
        command.Runs(async (session, _, cancellation) =>
        {
            using ComputeDesk desk = await ComputeDesk.OpenAsync(session, cancellation);
            ulong head = await desk.HeadAsync(cancellation);
            var rows = new List<IReadOnlyList<JsonNode?>>();
            foreach (ModuleLog log in await desk.Market.LogsAsync("DeploymentCreated", 0, head, cancellation,
                LogTopic.Of(desk.Key.Address)))
            {
                ulong dseq = log.Values.Count("dseq");
                foreach (GroupView group in await desk.GroupsAsync(dseq, cancellation))
                {
                    rows.Add([
                        Text(dseq), Text(group.Gseq), ComputeDesk.GroupState(group.Group.Count("state")),
                        group.Record is { } record ? ComputeDesk.LeaseState(record.Count("state"))
                            : ComputeDesk.OrderState(group.Order.Count("state")),
                        group.Record?.Address("provider").ToString(), group.Record?.Amount("price").ToString(),
                        group.Record is { } lease ? ComputeDesk.ReasonOf(lease.Count("reason")) : null]);
                }
            }

            session.Output.Rows(["deployment", "group", "state", "lease", "provider", "perBlock", "reason"], rows);
        });
        return command;
    }

    private static Command Status()
    {
        var command = new Command("status", "What a deployment runs, where it is reached, what it has paid and how long its money lasts.")
        {
            Deployment,
        };
        command.Runs(async (session, parse, cancellation) =>
        {
            using ComputeDesk desk = await ComputeDesk.OpenAsync(session, cancellation);
            await ComputeLines.ShowAsync(session, desk, parse.GetValue(Deployment), cancellation);
        });
        return command;
    }

    private static Command Send()
    {
        var command = new Command("send",
            "Brings the manifest to whoever won since: after a change of provider, or when deploying was cut off.")
        {
            Deployment,
        };
        command.Runs(async (session, parse, cancellation) =>
        {
            using ComputeDesk desk = await ComputeDesk.OpenAsync(session, cancellation);
            ulong dseq = parse.GetValue(Deployment);
            var deploy = new ComputeDeploy(session, desk);
            await deploy.SendAsync(dseq, ComputeBook.Open(desk.ChainId, desk.Key.Address, dseq), cancellation);
            await deploy.ShowAsync(dseq, cancellation);
        });
        return command;
    }

    private static Command Restart()
    {
        var command = new Command("restart",
            "Looks for a provider again for groups that lost theirs, and brings the manifest.") { Deployment };
        command.Runs(async (session, parse, cancellation) =>
        {
            using ComputeDesk desk = await ComputeDesk.OpenAsync(session, cancellation);
            await new ComputeDeploy(session, desk).RestartAsync(parse.GetValue(Deployment), cancellation);
        });
        return command;
    }

    private static Command TopUp()
    {
        var amount = new Argument<string>("amount") { Description = "DPN." };
        var command = new Command("topup", "Puts more money into a deployment's escrow.") { Deployment, amount };
        command.Runs(async (session, parse, cancellation) =>
        {
            using ComputeDesk desk = await ComputeDesk.OpenAsync(session, cancellation);
            Amount more = Session.AmountOf(parse.GetValue(amount)!);
            Hash256 account = await desk.AccountOfAsync(parse.GetValue(Deployment), cancellation);
            await TransactionFlow.SendAsync(
                session, desk.Escrow.Plan("deposit", more, account.ToArray(), more.ToUInt256()), $"top up {parse.GetValue(Deployment)}",
                    cancellation);
        });
        return command;
    }

    private static Command Close()
    {
        var command = new Command("close", "Ends everything a deployment runs; the rest of its money comes back.") { Deployment };
        command.Runs(async (session, parse, cancellation) =>
        {
            using ComputeDesk desk = await ComputeDesk.OpenAsync(session, cancellation);
            ulong dseq = parse.GetValue(Deployment);
            await desk.RequireDeploymentAsync(dseq, cancellation);
            await TransactionFlow.SendAsync(
                session, desk.Market.Plan("closeDeployment", Amount.Zero, (UInt256)dseq), $"close deployment {dseq}", cancellation);
        });
        return command;
    }

    private static async Task<IReadOnlyList<(string Rule, int Count)>> ScreenAsync(
        ModuleGateway market, Address tenant, PlannedGroup group, CancellationToken cancellation)
    {
        int[] counts = new int[Rules.Length];
        for (ulong start = 0; ; start += PageMax)
        {
            object?[] page = (object?[])(await market.ValueAsync(
                "screenOrder", cancellation, tenant, group.Spec, (UInt256)start, (UInt256)PageMax))!;
            foreach (object? row in page)
            {
                ulong failed = (ulong)(UInt256)((object?[])row!)[1]!; // (provider, firstFailed), as the ABI says
                counts[(int)(failed % (ulong)Rules.Length)]++;
            }

            if (page.Length < PageMax) break;
        }

        return [.. counts.Select((count, rule) => (Rules[rule], count)).Where(static row => row.count > 0 || row.Item1 == Rules[0])];
    }

    internal static IReadOnlyList<PlannedGroup> ReadFile(FileInfo file)
    {
        if (!file.Exists) throw CliFailure.LocalState("NoSuchFile", $"there is no file {file.FullName}");
        try
        {
            return ManifestText.Read(System.IO.File.ReadAllText(file.FullName));
        }
        catch (ManifestTextException wrong)
        {
            throw CliFailure.Usage($"{file.Name}, {wrong.Message}", "depin compute template prints one that works");
        }
    }

    private static string Text(ulong number) => number.ToString(CultureInfo.InvariantCulture);
}

/// <summary>A bid with what is known of its provider.</summary>
internal sealed record BidView(
    Hash256 Bid, Address Provider, Amount Price, ulong Notice, string State, string Uri, ulong Region, Amount Stake, ulong Score);
