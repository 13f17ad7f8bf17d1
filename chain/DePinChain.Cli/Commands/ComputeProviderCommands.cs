using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;
using DePinChain.Client;
using DePinChain.Crypto;
using DePinChain.Primitives;

namespace DePinChain.Cli.Commands;

/// <summary>A provider of compute: its home, its place on the chain, its agent.</summary>
internal static class ComputeProviderCommands
{
    private const string Agent = "DePinChain.Providers";

    private static readonly Option<DirectoryInfo> Home = new("--home")
    {
        Description = "The provider's folder (environment: DEPIN_COMPUTE_PROVIDER).",
        DefaultValueFactory = _ => new DirectoryInfo(Environment.GetEnvironmentVariable("DEPIN_COMPUTE_PROVIDER")
            ?? Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".depin", "compute-provider")),
    };

    public static Command Build() => new("compute", "A provider of compute: rents this machine out in containers.")
    {
        Init(), Register(), Device(), Run(), Check(), Status(), Drain(), Resume(), Ask(), Exit(),
    };

    private static Command Init()
    {
        var host = new Option<string>("--host") { Description = "The address to listen on.", DefaultValueFactory = _ => "127.0.0.1" };
        var port = new Option<int>("--port") { Description = "The port to listen on.", DefaultValueFactory = _ => 8443 };
        var endpoint = new Option<string?>("--endpoint") { Description = "What tenants are told, where it is not https://host:port." };
        var cpu = new Option<uint?>("--cpu") { Description = "Thousandths of a core to let; three quarters of the machine when left out." };
        var memory = new Option<uint?>("--memory") { Description = "MiB of memory to let." };
        var disk = new Option<uint?>("--disk") { Description = "MiB of disk to let." };
        var publish = new Option<int?>("--publish-from") { Description = "The first of a thousand ports for containers." };
        var publishHost = new Option<string?>("--publish-host") { Description = "The address on which containers' ports are published." };
        var priceCpu = new Option<string?>("--price-cpu") { Description = "DPN a block for a thousandth of a core." };
        var priceMemory = new Option<string?>("--price-memory") { Description = "DPN a block for a MiB of memory." };
        var command = new Command("init", "Makes a provider's home: settings that explain themselves, its account and its TLS key.")
        {
            Home, host, port, endpoint, cpu, memory, disk, publish, publishHost, priceCpu, priceMemory,
        };
        command.SetAction(async (parse, _) =>
        {
            using var session = new Session(parse);
            List<string> arguments =
            [
                "compute", "init", "--home", parse.GetValue(Home)!.FullName, "--rpc", session.Node.Endpoint.ToString().TrimEnd('/'),
                "--host", parse.GetValue(host)!, "--port", parse.GetValue(port).ToString(CultureInfo.InvariantCulture),
            ];
            void Add(string name, object? value)
            {
                if (value is not null) arguments.AddRange([name, Convert.ToString(value, CultureInfo.InvariantCulture)!]);
            }

            Add("--endpoint", parse.GetValue(endpoint));
            Add("--cpu", parse.GetValue(cpu));
            Add("--memory", parse.GetValue(memory));
            Add("--disk", parse.GetValue(disk));
            Add("--publish-from", parse.GetValue(publish));
            Add("--publish-host", parse.GetValue(publishHost));
            Add("--price-cpu", parse.GetValue(priceCpu));
            Add("--price-memory", parse.GetValue(priceMemory));
            int code = await SiblingProgram.RunAsync(Agent, arguments);
            if (code == 0) session.Output.Say($"home {parse.GetValue(Home)!.FullName}; next: depin provider compute register --key OWNER");
            return code;
        });
        return command;
    }

    private static Command Register()
    {
        var stake = new Option<string>("--stake") { Description = "DPN that answer for the provider.", DefaultValueFactory = _ => "10" };
        var purse = new Option<string>("--purse")
        {
            Description = "DPN for gas and for the deposits of bids.",
            DefaultValueFactory = _ => "20",
        };
        var command = new Command("register", "Puts the provider on the chain, with a stake, gas and deposits from --key.")
        {
            Home, stake, purse,
        };
        command.Runs(async (session, parse, cancellation) =>
        {
            string home = HomeOf(parse);
            Amount staked = Session.AmountOf(parse.GetValue(stake)!), kept = Session.AmountOf(parse.GetValue(purse)!);
            Address provider = AccountOf(home);
            (string, JsonNode?)[] effects = [("provider", provider.ToString()), ("stake", staked.ToString()), ("purse", kept.ToString())];
            await TransactionFlow.CarryAsync(
                session, new TransactionPlan(provider, (staked + kept).ToUInt256(), []), "fund a provider of compute", effects,
                    cancellation);
            if (session.IsDryRun) return;
            int code = await SiblingProgram.RunAsync(Agent,
                ["compute", "register", "--home", home, "--stake", staked.ToString().Split(' ')[0]]);
            if (code != 0)
            {
                throw new CliFailure((ExitCode)code, "NotRegistered", $"{provider} got the coins, but was not registered")
                {
                    Hint = "mend what it says and run the command again with --purse 0",
                };
            }

            session.Output.Facts([.. effects, ("next", "depin provider compute run")]);
        });
        return command;
    }

    private static Command Device()
    {
        var model = new Option<uint>("--model") { Description = "The number of its GPUs' model on the chain.", Required = true };
        var gpus = new Option<ushort>("--gpus") { Description = "How many GPUs.", DefaultValueFactory = _ => 1 };
        var memory = new Option<uint>("--vram") { Description = "MiB of memory of each." };
        var stake = new Option<string?>("--stake") { Description = "DPN that answer for it; the least that it earns with when left out." };
        var command = new Command("device", "Enters this machine as a device that committees measure and that earns by it.")
        {
            Home, model, gpus, memory, stake,
        };
        command.SetAction((parse, _) =>
        {
            List<string> arguments =
            [
                "compute", "device", "--home", HomeOf(parse), "--model", parse.GetValue(model).ToString(CultureInfo.InvariantCulture),
                "--gpus", parse.GetValue(gpus).ToString(CultureInfo.InvariantCulture),
                "--vram", parse.GetValue(memory).ToString(CultureInfo.InvariantCulture),
            ];
            if (parse.GetValue(stake) is { } staked) arguments.AddRange(["--stake", staked]);
            return SiblingProgram.RunAsync(Agent, arguments);
        });
        return command;
    }

    private static Command Run()
    {
        var command = new Command("run",
            "Runs the agent in the foreground until Ctrl-C: bids, runs containers, is paid by the block.") { Home };
        command.SetAction((parse, _) =>
        {
            List<string> arguments = ["compute", "run", "--home", parse.GetValue(Home)!.FullName];
            if (GlobalOptions.ChosenFormat(parse) is OutputFormat.Json or OutputFormat.Ndjson) arguments.Add("--json");
            return SiblingProgram.RunAsync(Agent, arguments);
        });
        return command;
    }

    private static Command Check() => Passing(
        "check", "Tries from inside a container what a hostile tenant would; exit 5 when anything succeeds.");

    private static Command Resume() => Passing("resume", "Bids again after 'drain'.");

    private static Command Ask()
    {
        var policy = new Argument<string>("policy") { Description = "An account that set a policy with Credentials; 'none' asks nothing." };
        var command = new Command("ask", "Names the policy that tenants must satisfy when a lease or a cluster is made.") { policy, Home };
        command.SetAction((parse, _) =>
        {
            string named = parse.GetValue(policy)!;
            Address account = named == "none" ? Address.Zero : Session.AddressOf(named);
            return SiblingProgram.RunAsync(Agent, ["compute", "ask", "--home", HomeOf(parse), "--policy", account.ToString()]);
        });
        return command;
    }

    private static Command Exit() =>
        Passing("exit", "Leaves the market; refused while leases live. The stake comes back after the unbonding time.");

    private static Command Drain()
    {
        var notice = new Option<bool>(
            "--notice")
        { Description = "Give notice to every lease: a running agent ends each when it is over." };
        var command = new Command("drain", "Takes no new leases; what runs goes on.") { Home, notice };
        command.SetAction((parse, _) =>
        {
            List<string> arguments = ["compute", "drain", "--home", HomeOf(parse)];
            if (parse.GetValue(notice)) arguments.Add("--notice");
            return SiblingProgram.RunAsync(Agent, arguments);
        });
        return command;
    }

    private static Command Status()
    {
        var command = new Command("status", "What is let and what of it is sold, leases and what they earn, stake, gas.") { Home };
        command.Runs(async (session, parse, cancellation) =>
        {
            Address provider = AccountOf(HomeOf(parse));
            ModuleDirectory modules = await session.ModulesAsync(cancellation);
            ModuleGateway market = ModuleGateway.Of(session.Node, modules, "computeMarket");
            ModuleGateway escrow = ModuleGateway.Of(session.Node, modules, "escrow");
            AbiRecord record = await market.RecordAsync("getProvider", cancellation, provider);
            AbiRecord host = await ModuleGateway.Of(session.Node, modules, "devices").RecordAsync("capacityOf", cancellation, provider);
            var leases = new JsonArray();
            object?[] live = (object?[])(await market.ValueAsync("getLeases", cancellation, provider, UInt256.Zero, (UInt256)100UL))!;
            foreach (object? lease in live)
            {
                AbiRecord one = await market.RecordAsync("getLease", cancellation, lease);
                bool isPaid = one.Count("startedAt") > 0;
                leases.Add(new JsonObject
                {
                    ["lease"] = Hex.Encode((byte[])lease!),
                    ["tenant"] = one.Address("owner").ToString(),
                    ["state"] = ComputeDesk.LeaseState(one.Count("state")),
                    ["price"] = one.Amount("price").ToString(),
                    ["earned"] = isPaid ? (await escrow.RecordAsync("getPayment", cancellation, lease)).Amount("pending").ToString() : "0",
                });
            }

            AbiRecord total = host.Record("total");
            UInt256 gas = await session.Node.QuantityAsync("eth_getBalance", cancellation, provider.ToString(), "latest");
            session.Output.Facts(
                ("provider", provider.ToString()), ("state", StateOf(record.Count("state"))), ("endpoint", record.Text("uri")),
                ("stake", record.Amount("stake").ToString()), ("purse", Amount.TryFrom(gas, out Amount left) ? left.ToString() : "-"),
                ("cpuMilli", Sold(host.Count("cpuMilli"), total.Count("cpuMilli"))),
                    ("memMiB", Sold(host.Count("memMiB"), total.Count("memMiB"))),
                ("diskMiB", Sold(host.Count("diskMiB"), total.Count("diskMiB"))),
                ("jobs", string.Create(CultureInfo.InvariantCulture, $"{record.Count("jobsOk")} of {record.Count("jobsAll")} ended well")),
                ("leases", leases));
        });
        return command;
    }

    private static Command Passing(string verb, string description)
    {
        var command = new Command(verb, description) { Home };
        command.SetAction((parse, _) => SiblingProgram.RunAsync(Agent, ["compute", verb, "--home", HomeOf(parse)]));
        return command;
    }

    private static string StateOf(ulong state) => state switch
    {
        1 => "active",
        2 => "draining",
        3 => "jailed",
        4 => "exiting",
        _ => "unknown",
    };

    private static string Sold(ulong sold, ulong total) => string.Create(CultureInfo.InvariantCulture, $"{sold} of {total} sold");

    private static string HomeOf(ParseResult parse)
    {
        string home = parse.GetValue(Home)!.FullName;
        return File.Exists(Path.Combine(home, "compute.json")) ? home
            : throw CliFailure.LocalState("NoProviderHome", $"{home} is no provider's home", "depin provider compute init makes one");
    }

    private static Address AccountOf(string home)
    {
        using PrivateKey key = PrivateKey.Parse(File.ReadAllText(Path.Combine(home, "agent.key")).Trim());
        return key.Address;
    }
}
