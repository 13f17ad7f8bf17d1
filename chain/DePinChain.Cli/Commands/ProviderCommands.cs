using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using DePinChain.Client;
using DePinChain.Crypto;
using DePinChain.Primitives;

namespace DePinChain.Cli.Commands;

/// <summary>A provider of storage: its home, its place on the chain, its agent.</summary>
internal static class ProviderCommands
{
    private const string Agent = "DePinChain.Providers";

    private static readonly Option<DirectoryInfo> Home = new("--home")
    {
        Description = "The provider's folder (environment: DEPIN_PROVIDER).",
        DefaultValueFactory = _ => new DirectoryInfo(Environment.GetEnvironmentVariable("DEPIN_PROVIDER")
            ?? Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".depin", "storage-provider")),
    };

    public static Command Build() => new("provider", "Serve the markets: store, run and render what others pay for.")
    {
        new Command("storage", "A provider of storage.")
        {
            Init(), Register(), Run(), Status(), Ask(), Maintenance(), Exit(),
            SectorCommands.Seal(Home), SectorCommands.List(Home), SectorCommands.Unseal(Home),
        },
        ComputeProviderCommands.Build(),
        RenderProviderCommands.Build(),
    };

    private static Command Init()
    {
        var capacity = new Option<string>("--capacity") { Description = "Room for pieces.", DefaultValueFactory = _ => "10GiB" };
        var host = new Option<string>("--host") { Description = "The address to listen on.", DefaultValueFactory = _ => "127.0.0.1" };
        var port = new Option<int>("--port") { Description = "The port to listen on.", DefaultValueFactory = _ => 5310 };
        var endpoint = new Option<string?>("--endpoint") { Description = "What clients are told, where it is not http://host:port." };
        var price = new Option<string>("--price") { Description = "DPN for a GiB and a day.", DefaultValueFactory = _ => "0.01" };
        var retrieval = new Option<string>("--retrieval-price")
        {
            Description = "DPN for a MiB that somebody fetches.",
            DefaultValueFactory = _ => "0",
        };
        var command = new Command("init", "Makes a provider's home: settings that explain themselves, and the agent's own key.")
        {
            Home, capacity, host, port, endpoint, price, retrieval,
        };
        command.SetAction(async (parse, _) =>
        {
            using var session = new Session(parse);
            List<string> arguments =
            [
                "storage", "init", "--home", parse.GetValue(Home)!.FullName, "--rpc", session.Node.Endpoint.ToString().TrimEnd('/'),
                "--capacity", BytesOf(parse.GetValue(capacity)!).ToString(CultureInfo.InvariantCulture),
                "--host", parse.GetValue(host)!, "--port", parse.GetValue(port).ToString(CultureInfo.InvariantCulture),
                "--price", parse.GetValue(price)!, "--retrieval-price", parse.GetValue(retrieval)!,
            ];
            if (parse.GetValue(endpoint) is { } address) arguments.AddRange(["--endpoint", address]);
            int code = await SiblingProgram.RunAsync(Agent, arguments);
            if (code == 0) session.Output.Say($"home {parse.GetValue(Home)!.FullName}; next: depin provider storage register --key OWNER");
            return code;
        });
        return command;
    }

    private static Command Register()
    {
        var collateral = new Option<string>("--collateral")
        {
            Description = "DPN put into the market's escrow; deals lock parts of it.",
            DefaultValueFactory = _ => "10",
        };
        var gas = new Option<string>("--gas") { Description = "DPN for the agent's transactions.", DefaultValueFactory = _ => "5" };
        var command = new Command("register", "Puts the provider on the chain, with collateral and gas for its agent.")
        {
            Home, collateral, gas,
        };
        command.Runs((session, parse, cancellation) => RegisterAsync(
            session, parse.GetValue(Home)!.FullName, Session.AmountOf(parse.GetValue(collateral)!), Session.AmountOf(parse.GetValue(gas)!),
            cancellation));
        return command;
    }

    private static async Task RegisterAsync(
        Session session, string home, Amount collateral, Amount gas, CancellationToken cancellation)
    {
        JsonNode settings = SettingsOf(home);
        if (File.Exists(Path.Combine(home, "enrolment.json")))
            throw CliFailure.LocalState("RegisteredAlready", $"{home} is registered already", "depin provider storage run");
        using PrivateKey agent = PrivateKey.Parse(File.ReadAllText(Path.Combine(home, "agent.key")).Trim());
        using StorageDesk desk = await StorageDesk.OpenAsync(session, cancellation);
        string endpoint = EndpointOf(settings);
        Confirmation.Ask(session, "register a provider of storage", [("endpoint", endpoint), ("agent", agent.Address.ToString()),
            ("collateral", collateral.ToString()), ("gas", gas.ToString())]);
        ulong block = await desk.SendAsync(
            desk.Market.Plan("registerProvider", Amount.Zero, agent.Address, endpoint, Array.Empty<byte>()), cancellation);
        IReadOnlyList<ModuleLog> logs = await desk.Market.LogsAsync(
            "ProviderRegistered", block, block, cancellation, null, LogTopic.Of(desk.Key.Address));
        ulong id = logs[^1].Values.Count("providerId");
        int code = await SiblingProgram.RunAsync(Agent,
        [
            "storage", "enrol", "--home", home, "--provider", Text(id), "--chain", Text(desk.ChainId), "--block", Text(block),
        ]);
        if (code != 0) throw CliFailure.LocalState("NotEnrolled", $"provider {id} is on the chain, but {home} could not be written");
        if (!collateral.IsZero)
        {
            await desk.SendAsync(
                desk.Market.Plan("deposit", collateral, desk.Key.Address, Address.Zero, collateral.ToUInt256()), cancellation);
        }

        if (!gas.IsZero) await desk.SendAsync(new TransactionPlan(agent.Address, gas.ToUInt256(), []), cancellation);
        session.Output.Facts(("provider", Text(id)), ("owner", desk.Key.Address.ToString()), ("agent", agent.Address.ToString()),
            ("endpoint", endpoint), ("collateral", collateral.ToString()), ("next", "depin provider storage run"));
    }

    private static Command Run()
    {
        var command = new Command("run", "Runs the agent in the foreground until Ctrl-C: takes data, proves it, hands it out.") { Home };
        command.SetAction((parse, _) =>
        {
            List<string> arguments = ["storage", "run", "--home", parse.GetValue(Home)!.FullName];
            if (GlobalOptions.ChosenFormat(parse) is OutputFormat.Json or OutputFormat.Ndjson) arguments.Add("--json");
            return SiblingProgram.RunAsync(Agent, arguments);
        });
        return command;
    }

    private static Command Status()
    {
        var command = new Command("status", "Deals, room, the next proofs and what missing one costs, collateral, gas.") { Home };
        command.Runs(async (session, parse, cancellation) =>
        {
            string home = parse.GetValue(Home)!.FullName;
            JsonNode settings = SettingsOf(home);
            ulong id = IdOf(home);
            ModuleDirectory modules = await session.ModulesAsync(cancellation);
            ModuleGateway market = ModuleGateway.Of(session.Node, modules, "storageMarket");
            AbiRecord record = await market.RecordAsync("getProvider", cancellation, (UInt256)id);
            AbiRecord escrow = await market.RecordAsync("getEscrow", cancellation, record.Address("owner"), Address.Zero);
            UInt256 gas = await session.Node.QuantityAsync(
                "eth_getBalance", cancellation, record.Address("operator").ToString(), "latest");
            session.Output.Facts(
                ("provider", Text(id)), ("owner", record.Address("owner").ToString()), ("agent", record.Address("operator").ToString()),
                ("endpoint", record.Text("endpoint")), ("escrow", escrow.Amount("total").ToString()),
                ("locked", escrow.Amount("locked").ToString()),
                ("gas", Amount.TryFrom(gas, out Amount left) ? left.ToString() : "-"),
                ("head", (await session.Node.QuantityAsync("eth_blockNumber", cancellation)).ToString()),
                ("running", await AskAgentAsync(settings, cancellation)));
        });
        return command;
    }

    private static Command Ask()
    {
        var policy = new Argument<string>("policy") { Description = "An account that set a policy with Credentials; 'none' asks nothing." };
        var command = new Command("ask", "Names the policy that clients must satisfy when a deal is made. Deals that were made go on.")
        {
            policy, Home,
        };
        command.Runs(async (session, parse, cancellation) =>
        {
            string named = parse.GetValue(policy)!;
            Address account = named == "none" ? Address.Zero : Session.AddressOf(named);
            ModuleGateway market = ModuleGateway.Of(session.Node, await session.ModulesAsync(cancellation), "storageMarket");
            await TransactionFlow.SendAsync(
                session, market.Plan("setClientPolicy", Amount.Zero, (UInt256)IdOf(parse.GetValue(Home)!.FullName), account),
                "name a policy for clients", cancellation);
        });
        return command;
    }

    private static Command Maintenance()
    {
        var until = new Option<string>("--until")
        {
            Description = "How long no new deals are taken: 30m, 2h, or 0 to end it. Proofs of live deals are due all the same.",
            Required = true,
        };
        var command = new Command("maintenance", "Takes no new deals for a while; the agent closes and opens the offer on the chain.")
        {
            Home, until,
        };
        command.SetAction((parse, _) =>
        {
            using var session = new Session(parse);
            string home = parse.GetValue(Home)!.FullName, file = Path.Combine(home, "maintenance"), text = parse.GetValue(until)!;
            SettingsOf(home);
            if (text == "0")
            {
                File.Delete(file);
                session.Output.Facts(("maintenance", "ended"));
                return Task.FromResult((int)ExitCode.Ok);
            }

            DateTimeOffset end = DateTimeOffset.UtcNow + DurationOf(text);
            File.WriteAllText(file, end.ToString("O", CultureInfo.InvariantCulture));
            session.Output.Facts(("maintenance", "until " + end.ToString("u", CultureInfo.InvariantCulture)));
            return Task.FromResult((int)ExitCode.Ok);
        });
        return command;
    }

    private static Command Exit()
    {
        var command = new Command("exit", "Leaves the market: refused while deals live; then the offer is closed and the escrow paid out.")
        {
            Home,
        };
        command.Runs(async (session, parse, cancellation) =>
        {
            ulong id = IdOf(parse.GetValue(Home)!.FullName);
            using StorageDesk desk = await StorageDesk.OpenAsync(session, cancellation);
            IReadOnlyList<ulong> live = await LiveDealsAsync(desk, id, cancellation);
            if (live.Count > 0)
            {
                throw new CliFailure(ExitCode.RefusedForSafety, "DealsLive",
                    $"provider {id} has {live.Count} deals that are not over: {string.Join(", ", live.Take(20))}")
                {
                    Hint = "serve them to their end, or end each with 'depin call storageMarket.terminateDeal': that costs its collateral",
                };
            }

            object?[] closed = [UInt256.Zero, UInt256.Zero, UInt256.Zero, UInt256.Zero, UInt256.Zero, UInt256.Zero];
            await desk.SendAsync(desk.Market.Plan("setOffer", Amount.Zero, (UInt256)id, closed), cancellation);
            AbiRecord escrow = await desk.Market.RecordAsync("getEscrow", cancellation, desk.Key.Address, Address.Zero);
            UInt256 free = escrow.Number("total") - escrow.Number("locked");
            await desk.SendAsync(desk.Market.Plan("withdraw", Amount.Zero, Address.Zero, free), cancellation);
            session.Output.Facts(("provider", Text(id)), ("offer", "closed"),
                ("withdrawn", Amount.TryFrom(free, out Amount paid) ? paid.ToString() : "-"));
        });
        return command;
    }

    private static async Task<IReadOnlyList<ulong>> LiveDealsAsync(StorageDesk desk, ulong id, CancellationToken cancellation)
    {
        ulong head = await desk.HeadAsync(cancellation);
        var live = new SortedSet<ulong>();
        foreach (string name in (string[])["DealProposed", "DealPublished"])
        {
            foreach (ModuleLog log in await desk.Market.LogsAsync(name, 0, head, cancellation, null, null, LogTopic.Of(id)))
            {
                ulong deal = log.Values.Count("id");
                AbiRecord record = await desk.Market.RecordAsync("getDeal", cancellation, (UInt256)deal);
                if (StorageWords.StateOf(record.Count("state")) is "proposed" or "published" or "active") live.Add(deal);
            }
        }

        return [.. live];
    }

    private static async Task<JsonNode?> AskAgentAsync(JsonNode settings, CancellationToken cancellation)
    {
        try
        {
            using var http = new HttpClient { Timeout = TimeSpan.FromSeconds(3) };
            string at = $"http://{settings["host"]!.GetValue<string>()}:{settings["port"]!.GetValue<int>()}/v1/status";
            return JsonNode.Parse(await http.GetStringAsync(at, cancellation));
        }
        catch (Exception trouble) when (trouble is HttpRequestException or TaskCanceledException or JsonException)
        {
            return "no: the agent does not answer; depin provider storage run";
        }
    }

    private static JsonNode SettingsOf(string home)
    {
        string path = Path.Combine(home, "provider.json");
        if (!File.Exists(path))
            throw CliFailure.LocalState("NoProviderHome", $"{home} is no provider's home", "depin provider storage init makes one");
        return JsonNode.Parse(File.ReadAllText(path), documentOptions: new JsonDocumentOptions
        {
            CommentHandling = JsonCommentHandling.Skip,
            AllowTrailingCommas = true,
        })!;
    }

    private static ulong IdOf(string home)
    {
        string path = Path.Combine(home, "enrolment.json");
        return File.Exists(path) ? JsonNode.Parse(File.ReadAllText(path))!["providerId"]!.GetValue<ulong>()
            : throw CliFailure.LocalState("NotRegistered", $"{home} is not registered on a chain",
                "depin provider storage register --key OWNER");
    }

    private static string EndpointOf(JsonNode settings)
    {
        if (settings["endpoint"]?.GetValue<string>() is { } given) return given;
        string scheme = settings["certificate"] is null ? "http" : "https", host = settings["host"]!.GetValue<string>();
        return string.Create(CultureInfo.InvariantCulture, $"{scheme}://{host}:{settings["port"]!.GetValue<int>()}");
    }

    private static ulong BytesOf(string text)
    {
        (string Ending, int Shift)[] units = [("KiB", 10), ("MiB", 20), ("GiB", 30), ("TiB", 40), ("", 0)];
        (string ending, int shift) = units.First(unit => text.EndsWith(unit.Ending, StringComparison.OrdinalIgnoreCase));
        return ulong.TryParse(text[..^ending.Length].Trim(), NumberStyles.None, CultureInfo.InvariantCulture, out ulong number)
            && number <= ulong.MaxValue >> shift && number > 0
            ? number << shift
            : throw CliFailure.Usage($"'{text}' is not a size", "for example 10GiB or 500MiB");
    }

    private static TimeSpan DurationOf(string text)
    {
        double number = 0;
        bool isRead = text.Length > 1
            && double.TryParse(text[..^1], NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out number);
        char unit = isRead ? text[^1] : ' ';
        double minutes = unit switch { 'm' => number, 'h' => number * 60, 'd' => number * 1_440, _ => double.NaN };
        return isRead && minutes is > 0 and < 100_000 ? TimeSpan.FromMinutes(minutes)
            : throw CliFailure.Usage($"'{text}' is not a duration", "for example 30m, 2h or 1d");
    }

    private static string Text(ulong number) => number.ToString(CultureInfo.InvariantCulture);
}
