using System.CommandLine;
using System.Globalization;
using DePinChain.Client;
using DePinChain.Primitives;

namespace DePinChain.Cli.Commands;

/// <summary>A validator's worker: the program that judges proofs, the bond behind it, and the key that may attest for it.</summary>
internal static class WorkerCommands
{
    // Storage proofs and the keeping of shards.
    private const ulong UsualRoles = 17;
    private const ulong AllRoles = 31;

    // A year of blocks of 12 s, less what passes until the call is in a block.
    private const ulong UsualBlocks = 2_628_000 - 100;

    private static readonly Option<DirectoryInfo> Home = new("--home")
    {
        Description = "The worker's folder (environment: DEPIN_WORKER).",
        DefaultValueFactory = _ => new DirectoryInfo(Environment.GetEnvironmentVariable("DEPIN_WORKER")
            ?? Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".depin", "worker")),
    };

    public static Command Build() => new("worker", "Judge storage proofs for a validator, and keep shards of them.")
    {
        Init(), Register(), Run(), Rejoin(), Status(), Calibrate(),
    };

    private static Command Init()
    {
        var keys = new Option<int>("--keys") { Description = "How many keys, one for each verifier.", DefaultValueFactory = _ => 1 };
        var port = new Option<int>("--port") { Description = "Status and metrics; 0 for none.", DefaultValueFactory = _ => 9480 };
        var command = new Command("init", "Makes a worker's home: settings that explain themselves, and keys that can only attest.")
        {
            Home, keys, port,
        };
        command.SetAction(async (parse, _) =>
        {
            using var session = new Session(parse);
            int code = await SiblingProgram.RunAsync(SiblingProgram.Worker,
            [
                "init", "--home", parse.GetValue(Home)!.FullName, "--rpc", session.Node.Endpoint.ToString().TrimEnd('/'),
                "--keys", Text((ulong)parse.GetValue(keys)), "--port", Text((ulong)parse.GetValue(port)),
            ]);
            if (code == 0) session.Output.Say("next: depin worker register --worker ADDRESS --key OPERATOR");
            return code;
        });
        return command;
    }

    private static Command Register()
    {
        var worker = new Option<string>("--worker") { Description = "The key that attests: an address.", Required = true };
        var bond = new Option<string?>("--bond") { Description = "DPN, on the first time; the network's least when it is left out." };
        var gas = new Option<string>("--gas") { Description = "DPN for the worker's transactions.", DefaultValueFactory = _ => "1" };
        var roles = new Option<ulong>("--roles")
        {
            Description = "What it judges, a bit each: 1 storage, 2 compute, 4 render, 8 inference; 16 keeps shards.",
            DefaultValueFactory = _ => UsualRoles,
        };
        var command = new Command("register", "Bonds a verifier and gives its key the right to attest; again to give it to another key.")
        {
            worker, bond, gas, roles,
        };
        command.Runs((session, parse, cancellation) => RegisterAsync(
            session, Session.AddressOf(parse.GetValue(worker)!), parse.GetValue(bond), Session.AmountOf(parse.GetValue(gas)!),
            parse.GetValue(roles), cancellation));
        return command;
    }

    private static async Task RegisterAsync(
        Session session, Address worker, string? bondText, Amount gas, ulong roles, CancellationToken cancellation)
    {
        if (roles is 0 or > AllRoles) throw CliFailure.Usage($"--roles takes 1 to {AllRoles}");
        using StorageDesk desk = await StorageDesk.OpenAsync(session, cancellation);
        ModuleGateway committees = ModuleGateway.Of(session.Node, await session.ModulesAsync(cancellation), "attestations");
        ulong until = await desk.HeadAsync(cancellation) + UsualBlocks;
        object?[] rights = [worker, (UInt256)roles, (UInt256)until];
        bool isKnown = await FindAsync(committees, desk.Key.Address, cancellation) is not null;
        Amount bond = Amount.Zero;
        if (!isKnown)
        {
            bond = bondText is not null ? Session.AmountOf(bondText)
                : (await GovernedParameters.LoadAsync(session.Node, cancellation)).Amount("attestations", "bondMin");
        }

        Confirmation.Ask(session, isKnown ? "give the right to attest to a key" : "bond a verifier",
            [("verifier", desk.Key.Address.ToString()), ("worker", worker.ToString()), ("bond", bond.ToString()), ("gas", gas.ToString())]);
        await desk.SendAsync(committees.Plan(isKnown ? "delegateWorker" : "registerVerifier", bond, rights), cancellation);
        if (!gas.IsZero) await desk.SendAsync(new TransactionPlan(worker, gas.ToUInt256(), []), cancellation);
        session.Output.Facts(("verifier", desk.Key.Address.ToString()), ("worker", worker.ToString()), ("roles", Text(roles)),
            ("until", Text(until)), ("bond", bond.ToString()), ("next", "depin worker run"));
    }

    private static Command Run()
    {
        var command = new Command("run", "Runs the worker in the foreground until Ctrl-C.") { Home };
        command.SetAction((parse, _) =>
        {
            List<string> arguments = ["run", "--home", parse.GetValue(Home)!.FullName];
            if (GlobalOptions.ChosenFormat(parse) is OutputFormat.Json or OutputFormat.Ndjson) arguments.Add("--json");
            return SiblingProgram.RunAsync(SiblingProgram.Worker, arguments);
        });
        return command;
    }

    private static Command Rejoin()
    {
        var command = new Command(
            "rejoin", "Lets the verifier of --key be drawn again, which missed so many duties in a row that it was left out.");
        command.Runs(async (session, _, cancellation) =>
        {
            ModuleGateway committees = ModuleGateway.Of(session.Node, await session.ModulesAsync(cancellation), "attestations");
            await TransactionFlow.SendAsync(session, committees.Plan("rejoin", Amount.Zero), "be drawn again", cancellation);
        });
        return command;
    }

    private static Command Status()
    {
        var verifier = new Argument<string?>("verifier")
        {
            Description = "Whose bond: an address or a key's name; without it, what the worker of --home says of itself.",
            DefaultValueFactory = _ => null,
        };
        var command = new Command("status", "A verifier's bond, duties and earnings on the chain, or how the worker here stands.")
        {
            verifier, Home,
        };
        command.Runs(async (session, parse, cancellation) =>
        {
            if (parse.GetValue(verifier) is not { } name)
            {
                int code = await SiblingProgram.RunAsync(SiblingProgram.Worker, ["status", "--home", parse.GetValue(Home)!.FullName]);
                if (code != 0) throw CliFailure.LocalState("WorkerSilent", "the worker does not answer", "depin worker run");
                return;
            }

            Address owner = Session.AddressOf(name);
            ModuleGateway committees = ModuleGateway.Of(session.Node, await session.ModulesAsync(cancellation), "attestations");
            AbiRecord record = await FindAsync(committees, owner, cancellation) ?? throw new CliFailure(
                ExitCode.RejectedByChain, "UnknownVerifier", $"{owner} is no verifier")
            { Hint = "depin worker register --worker ADDRESS --key OPERATOR" };
            session.Output.Facts(("verifier", owner.ToString()), ("bond", record.Amount("bond").ToString()),
                ("worker", record.Address("worker").ToString()), ("roles", Text(record.Count("roles"))),
                ("workerUntil", Text(record.Count("workerUntil"))), ("earned", record.Amount("earned").ToString()),
                ("served", Text(record.Count("served"))), ("missed", Text(record.Count("missed"))),
                ("jailedUntil", Text(record.Count("jailedUntil"))));
        });
        return command;
    }

    private static Command Calibrate()
    {
        var model = new Option<DirectoryInfo>("--model") { Description = "A Hugging Face folder.", Required = true };
        var prompts = new Option<FileInfo?>("--prompts") { Description = "A prompt a line; tokens at random without it." };
        var answers = new Option<int>("--answers") { Description = "How many.", DefaultValueFactory = _ => 200 };
        var tokens = new Option<int>("--tokens") { Description = "Of each answer.", DefaultValueFactory = _ => 256 };
        var command = new Command(
            "calibrate", "Measures how far honest answers of a model spread here, and proposes its thresholds as a tolerant one.")
        {
            model, prompts, answers, tokens,
        };
        command.SetAction((parse, _) =>
        {
            List<string> arguments =
            [
                "calibrate", "--model", parse.GetValue(model)!.FullName, "--answers", Text((ulong)Math.Max(0, parse.GetValue(answers))),
                "--tokens", Text((ulong)Math.Max(0, parse.GetValue(tokens))),
            ];
            if (parse.GetValue(prompts) is { } file) arguments.AddRange(["--prompts", file.FullName]);
            if (GlobalOptions.ChosenFormat(parse) is OutputFormat.Json or OutputFormat.Ndjson) arguments.Add("--json");
            return SiblingProgram.RunAsync(SiblingProgram.Worker, arguments);
        });
        return command;
    }

    private static async Task<AbiRecord?> FindAsync(ModuleGateway committees, Address owner, CancellationToken cancellation)
    {
        try
        {
            return await committees.RecordAsync("getVerifier", cancellation, owner);
        }
        catch (NodeRefusedException unknown) when (unknown.RevertData.Length > 0)
        {
            return null;
        }
    }

    private static string Text(ulong number) => number.ToString(CultureInfo.InvariantCulture);
}
