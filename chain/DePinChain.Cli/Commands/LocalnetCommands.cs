using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;
using DePinChain.Primitives;

namespace DePinChain.Cli.Commands;

/// <summary>A network of its own on this machine: several validators, funded accounts, real blocks.</summary>
internal static class LocalnetCommands
{
    private const ulong WarpStepSeconds = 50;

    private static readonly Option<DirectoryInfo> DataFolder = new("--data")
    {
        Description = "Where the network keeps its state (environment: DEPIN_LOCALNET).",
        DefaultValueFactory = _ => new DirectoryInfo(LocalnetProcess.DefaultFolder),
        Recursive = true,
    };

    public static Command Build()
    {
        var command = new Command("localnet", "Start, stop, steer, snapshot and reset a network of your own on this machine.")
        {
            Start(), Stop(), Status(), Logs(), Reset(), Accounts(), Mine(), Warp(), Faucet(), Snapshot(), ChaosCommands.Build(DataFolder),
        };
        command.Options.Add(DataFolder);
        return command;
    }

    private static LocalnetProcess Localnet(ParseResult parse) => new(parse.GetValue(DataFolder)!.FullName);

    private static readonly Option<int> ExplorerPort = new("--explorer-port")
    {
        Description = "The explorer's web site; 0 for none (environment: DEPIN_EXPLORER_PORT).",
        DefaultValueFactory = _ => LocalnetPorts.DefaultExplorer,
    };

    private static readonly Option<int> StoragePort = new("--storage-port")
    {
        Description = "A provider of storage, registered and ready; 0 for none (environment: DEPIN_STORAGE_PORT).",
        DefaultValueFactory = _ => LocalnetPorts.DefaultStorage,
    };

    private static readonly Option<int> ComputePort = new("--compute-port")
    {
        Description = "A provider of compute, where there is a container engine; 0 for none (environment: DEPIN_COMPUTE_PORT).",
        DefaultValueFactory = _ => LocalnetPorts.DefaultCompute,
    };

    private static readonly Option<int> WorkerPort = new("--worker-port")
    {
        Description = "Status and metrics of the verifiers' worker; 0 for none (environment: DEPIN_WORKER_PORT).",
        DefaultValueFactory = _ => LocalnetPorts.DefaultWorker,
    };

    private static readonly Option<int?> SubnetPort = new("--subnet-port")
    {
        Description = "A text subnet with a small model: its OpenAI-compatible endpoint, and two ports more for its miners; 0 for none "
            + "(environment: DEPIN_SUBNET_PORT). Without timed blocks there is none unless asked for.",
    };

    // Its epochs and duties follow blocks that come by themselves.
    private static int SubnetPortOf(ParseResult parse, string? blockTime) =>
        parse.GetValue(SubnetPort) ?? (blockTime is "instant" or "manual" ? 0 : LocalnetPorts.DefaultSubnet);

    private static Command Start()
    {
        var rpcPort = new Option<int>("--rpc-port")
        {
            Description = "JSON-RPC of the first node; the others take the following ports.",
            DefaultValueFactory = _ => 8545
        };
        var blockTime = new Option<string>("--block-time")
        {
            Description = "12s, 1s, 0.2s, instant or manual.",
            DefaultValueFactory = _ => "1s"
        };
        var validators = new Option<int>("--validators") { Description = "1 to 16.", DefaultValueFactory = _ => 4 };
        var chainId = new Option<ulong?>("--chain-id") { Description = "Instead of the next free one, on a first start." };
        var fresh = new Option<bool>("--fresh")
        {
            Description = "Forget the state and take the next chain id, so that wallets do " +
            "not mix it up with the last one."
        };
        var archive = new Option<bool>("--archive")
        {
            Description = "Keep the state of every block, not only of the last 90,000; a network begun with it keeps it.",
        };
        var peerPort = new Option<int>("--p2p-port")
        {
            Description = "Where the first node listens for peers; the others take the following ports.",
            DefaultValueFactory = _ => 30333
        };
        var metricsPort = new Option<int?>("--metrics-port")
        {
            Description = "Prometheus metrics of the first node, 9464 if it is free; the others take the following ports."
        };
        var inProcess = new Option<bool>("--in-process") { Description = "All validators in one process, without a wire between them." };
        var detach = new Option<bool>("--detach")
        {
            Description = "Return when the first block is there; stop it with: depin " +
            "localnet stop."
        };
        var command = new Command("start", "Starts the network, in the foreground until Ctrl-C. The state is kept for the next start.")
        {
            rpcPort, ExplorerPort, StoragePort, ComputePort, WorkerPort, SubnetPort, peerPort, metricsPort, blockTime, validators, chainId,
            fresh, archive, inProcess, detach,
        };
        command.SetAction(async (parse, cancellation) =>
        {
            var ports = new LocalnetPorts(
                parse.GetValue(rpcPort), parse.GetValue(ExplorerPort), parse.GetValue(StoragePort), parse.GetValue(ComputePort),
                parse.GetValue(WorkerPort), SubnetPortOf(parse, parse.GetValue(blockTime)));
            List<string> arguments =
            [
                .. ports.Arguments, "--block-time", parse.GetValue(blockTime)!,
                "--validators", parse.GetValue(validators).ToString(CultureInfo.InvariantCulture),
                "--p2p-port", parse.GetValue(peerPort).ToString(CultureInfo.InvariantCulture),
            ];
            if (parse.GetValue(chainId) is { } id)
                arguments.AddRange(["--chain-id", id.ToString(CultureInfo.InvariantCulture)]);
            if (parse.GetValue(metricsPort) is { } metrics)
                arguments.AddRange(["--metrics-port", metrics.ToString(CultureInfo.InvariantCulture)]);
            arguments.AddRange(new[] { inProcess, fresh, archive }.Where(parse.GetValue).Select(static flag => flag.Name));
            if (GlobalOptions.ChosenFormat(parse) is OutputFormat.Json or OutputFormat.Ndjson)
                arguments.Add("--json");
            return parse.GetValue(detach)
                ? await Localnet(parse).StartDetachedAsync(arguments, ports, cancellation)
                : await Localnet(parse).RunAsync(arguments, ports);
        });
        return command;
    }

    private static Command Stop()
    {
        var command = new Command("stop", "Stops the network cleanly; its state stays.");
        command.Runs(async (session, parse, cancellation) =>
        {
            int id = await Localnet(parse).StopAsync(cancellation);
            session.Output.Facts(("stopped", id));
        });
        return command;
    }

    private static Command Status()
    {
        var command = new Command("status", "Whether the network runs, and where it stands.");
        command.Runs(async (session, parse, cancellation) =>
        {
            if (Localnet(parse).FindRunning() is null)
                session.Output.Say("no localnet was started from this data folder; asking the RPC address");
            JsonArray? nodes = await ControlClient.FindNodesAsync(Localnet(parse).Folder, cancellation);
            await NodeCommands.StatusAsync(session, cancellation, nodes, await Localnet(parse).DescribeCompanionsAsync(cancellation));
            if (nodes is not null && session.Output.Format is (OutputFormat.Table or OutputFormat.Plain))
                ChaosCommands.Show(session.Output, nodes);
        });
        return command;
    }

    private static Command Logs()
    {
        var follow = new Option<bool>("--follow", "-f") { Description = "Go on printing until Ctrl-C." };
        var node = new Argument<string?>("node") { Description = "v0, v1, … for that node's own log.", DefaultValueFactory = _ => null };
        var command = new Command("logs", "What a detached network has printed, or what one of its nodes has.") { node, follow };
        command.SetAction((parse, cancellation) =>
            Localnet(parse).PrintLogAsync(parse.GetValue(node), parse.GetValue(follow), cancellation));
        return command;
    }

    private static Command Reset()
    {
        var command = new Command("reset", "Deletes the state of a stopped network. The next start takes a new chain id.");
        command.Runs((session, parse, _) =>
        {
            LocalnetProcess localnet = Localnet(parse);
            if (!parse.GetValue(GlobalOptions.Yes))
                throw new CliFailure(ExitCode.RefusedForSafety, "ConfirmationNeeded",
                    $"this deletes everything in {localnet.Folder}")
                { Hint = "run it again with --yes" };
            localnet.Reset();
            session.Output.Facts(("reset", localnet.Folder));
            return Task.CompletedTask;
        });
        return command;
    }

    private static Command Accounts()
    {
        var command = new Command("accounts", "The funded accounts and their publicly known keys.");
        command.Runs((session, _, _) =>
        {
            session.Output.Rows(["name", "address", "privateKey"], Enumerable.Range(0, DevelopmentKeys.Count).Select(index =>
            {
                using Crypto.PrivateKey key = DevelopmentKeys.At(index);
                return (IReadOnlyList<JsonNode?>)[$"dev{index}", key.Address.ToString(), Hex.Encode(key.ToArray())];
            }));
            return Task.CompletedTask;
        });
        return command;
    }

    private static Command Mine()
    {
        var count = new Argument<uint>("blocks") { Description = "1 to 100000.", DefaultValueFactory = _ => 1 };
        var command = new Command("mine", "Makes blocks at once, each through consensus.") { count };
        command.Runs(async (session, parse, cancellation) =>
        {
            JsonNode? height = await session.Node.CallAsync("dev_mine", cancellation, Hex.Quantity(parse.GetValue(count)));
            session.Output.Facts(("height", TransactionFlow.Decimal(height)));
        });
        return command;
    }

    private static Command Warp()
    {
        var duration = new Argument<string>("duration") { Description = "For example 90s, 15m, 7d, 12h." };
        var command = new Command("warp", "Lets time pass at once: every block of it is really made.") { duration };
        command.Runs(async (session, parse, cancellation) =>
        {
            ulong seconds = Seconds(parse.GetValue(duration)!);
            for (ulong done = 0; done < seconds;)
            {
                // The node really runs every block of the time that passes, so a long warp goes in steps and shows how far it is.
                ulong step = Math.Min(WarpStepSeconds, seconds - done);
                await session.Node.CallAsync("dev_warp", cancellation, Hex.Quantity(step));
                done += step;
                if (session.Output.IsForPeople && done % (20 * WarpStepSeconds) == 0)
                    await Console.Error.WriteLineAsync($"warped {done} of {seconds} s");
            }

            session.Output.Facts(("warpedSeconds", seconds.ToString(CultureInfo.InvariantCulture)));
        });
        return command;
    }

    private static Command Faucet()
    {
        var to = new Argument<string>("to") { Description = "Who gets it." };
        var amount = new Argument<string>("amount") { Description = "In DPN.", DefaultValueFactory = _ => "100" };
        var command = new Command("faucet", "Gives DPN to an account of a localnet.") { to, amount };
        command.Runs(async (session, parse, cancellation) =>
        {
            Amount gift = Session.AmountOf(parse.GetValue(amount)!);
            JsonNode? hash = await session.Node.CallAsync("dev_faucet", cancellation, Session.AddressOf(parse.GetValue(to)!).ToString(),
                Hex.Quantity(gift.Wei));
            if (session.Waits && Hash256.TryParse(hash?.GetValue<string>(), out Hash256 transaction))
                await TransactionFlow.FinishAsync(session, sender: null, transaction, cancellation);
            else
                session.Output.Facts(("transaction", hash));
        });
        return command;
    }

    private static Command Snapshot()
    {
        var name = new Argument<string>("name") { Description = "1 to 64 letters, digits, '-' or '_'." };
        var save = new Command("save", "Copies the state of a stopped network, databases and signer files together.") { name };
        save.Runs((session, parse, _) =>
        {
            session.Output.Facts(("saved", Localnet(parse).Snapshots.Save(parse.GetValue(name)!)));
            return Task.CompletedTask;
        });
        var load = new Command("load", "Replaces the state of a stopped network by a saved one.") { name };
        load.Runs((session, parse, _) =>
        {
            session.Output.Facts(("loaded", Localnet(parse).Snapshots.Load(parse.GetValue(name)!)));
            return Task.CompletedTask;
        });
        var list = new Command("list", "The saved states.");
        list.Runs((session, parse, _) =>
        {
            session.Output.Rows(["name", "saved", "bytes"], Localnet(parse).Snapshots.List().Select(snapshot =>
                (IReadOnlyList<JsonNode?>)[snapshot.Name, snapshot.SavedAt.ToString("u", CultureInfo.InvariantCulture), snapshot.Bytes]));
            return Task.CompletedTask;
        });
        var remove = new Command("rm", "Deletes a saved state.") { name };
        remove.Runs((session, parse, _) =>
        {
            Localnet(parse).Snapshots.Remove(parse.GetValue(name)!);
            session.Output.Facts(("removed", parse.GetValue(name)));
            return Task.CompletedTask;
        });
        return new Command("snapshot", "Save and load named states of a stopped network.") { save, load, list, remove };
    }

    /// <summary>Reads a duration such as 90s, 15m, 12h or 7d.</summary>
    public static ulong Seconds(string text)
    {
        ulong unit = text.Length == 0 ? 0UL : text[^1] switch { 's' => 1, 'm' => 60, 'h' => 3_600, 'd' => 86_400, _ => 0 };
        return unit != 0 && ulong.TryParse(text.AsSpan(0, text.Length - 1), NumberStyles.None, CultureInfo.InvariantCulture,
            out ulong count) && count is > 0 and <= 1_000_000
            ? count * unit
            : throw CliFailure.Usage($"'{text}' is not a duration", "for example 90s, 15m, 12h or 7d");
    }
}
