using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;

namespace DePinChain.Cli.Commands;

/// <summary>A node of one's own: its home, its process, its health; and what a running node says of itself.</summary>
internal static class NodeCommands
{
    private static readonly Option<DirectoryInfo> Home = new("--home")
    {
        Description = "The node's folder (environment: DEPIN_NODE).",
        DefaultValueFactory = _ => new DirectoryInfo(Environment.GetEnvironmentVariable("DEPIN_NODE")
            ?? Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".depin", "node")),
    };

    private static readonly Option<bool> InitSigner = new("--init-signer")
    {
        Description = "Begin the signing mark of a key that has never signed; never to be used after a mark was lost.",
    };

    public static Command Build() => new("node", "Make, run and look after a node; ask a running one about itself.")
    {
        Init(), Run(), Status(), Peers(), Doctor(),
    };

    /// <param name="session">Whom to ask, and how to write.</param>
    /// <param name="cancellation">Ends the wait.</param>
    /// <param name="nodes">All nodes of a localnet, for a program to read; null where there is one.</param>
    public static async Task StatusAsync(
        Session session, CancellationToken cancellation, JsonArray? nodes = null,
        params (string Name, string? Stand)[] companions)
    {
        string height = (await session.Node.QuantityAsync("eth_blockNumber", cancellation)).ToString();
        string chainId = (await session.Node.QuantityAsync("eth_chainId", cancellation)).ToString();
        JsonNode? version = await session.Node.CallAsync("web3_clientVersion", cancellation);
        string peers = (await session.Node.QuantityAsync("net_peerCount", cancellation)).ToString();
        JsonNode? syncing = await session.Node.CallAsync("eth_syncing", cancellation);
        JsonNode? identity = await session.Node.CallAsync("admin_nodeInfo", cancellation);
        JsonNode? signer = await session.Node.CallAsync("eth_coinbase", cancellation);
        var consensus = await session.Node.CallAsync("depin_getConsensusState", cancellation) as JsonObject;
        JsonNode? pool = await session.Node.CallAsync("txpool_status", cancellation);
        List<(string, JsonNode?)> facts =
        [
            ("rpc", session.Node.Endpoint.ToString().TrimEnd('/')),
            ("version", version),
            ("network", identity?["network"]),
            ("chainId", chainId),
            ("height", height),
            ("syncing", syncing),
            ("peerId", identity?["id"]),
            ("listen", identity?["listenAddrs"]),
            ("signer", signer),
            ("peers", peers),
            ("pending", TransactionFlow.Decimal(pool?["pending"])),
            ("queued", TransactionFlow.Decimal(pool?["queued"])),
            ("consensus", session.Output.Format is OutputFormat.Json or OutputFormat.Ndjson ? consensus : WordsOf(consensus)),
        ];
        facts.InsertRange(1, companions.Where(static one => one.Stand is not null).Select(static one => (one.Name, (JsonNode?)one.Stand)));
        if (nodes is not null && session.Output.Format is OutputFormat.Json or OutputFormat.Ndjson) facts.Add(("nodes", nodes));
        session.Output.Facts([.. facts]);
    }

    private static Command Init()
    {
        var network = new Option<string>("--network")
        {
            Description = "localnet, testnet, mainnet, or the path of a genesis document.",
            Required = true,
        };
        var name = new Option<string>("--name") { Description = "What people call the node.", DefaultValueFactory = _ => "node" };
        var listen = new Option<string>("--listen")
        {
            Description = "The multiaddress to listen on.",
            DefaultValueFactory = _ => "/ip4/0.0.0.0/tcp/30333",
        };
        var external = new Option<string[]>("--external")
        {
            Description = "A multiaddress at which others reach this node behind a router.",
        };
        var peers = new Option<string[]>("--peer") { Description = "A node to stay connected to: a multiaddress with /p2p/PEERID." };
        var bootnodes = new Option<string[]>("--bootnode") { Description = "A node to begin with: a multiaddress with /p2p/PEERID." };
        var rpcPort = new Option<int>("--rpc-port") { Description = "JSON-RPC, HTTP and WebSocket.", DefaultValueFactory = _ => 8545 };
        var archive = new Option<bool>("--archive") { Description = "Keep the state of every block, not only of the last 90,000." };
        var command = new Command("init",
            "Makes a node's home: identity, settings, its copy of the genesis; with --init-signer a validator's keys.")
        {
            Home, network, name, listen, external, peers, bootnodes, rpcPort, archive, InitSigner,
        };
        command.SetAction((parse, _) =>
        {
            List<string> arguments = Verb("init", parse);
            arguments.AddRange(["--network", parse.GetValue(network)!, "--name", parse.GetValue(name)!]);
            arguments.AddRange(["--listen", parse.GetValue(listen)!]);
            arguments.AddRange(["--rpc-port", parse.GetValue(rpcPort).ToString(CultureInfo.InvariantCulture)]);
            foreach ((string option, string[]? values) in new[]
            {
                ("--external", parse.GetValue(external)), ("--peer", parse.GetValue(peers)), ("--bootnode", parse.GetValue(bootnodes)),
            })
                arguments.AddRange((values ?? []).SelectMany(value => new[] { option, value }));
            if (parse.GetValue(archive))
                arguments.Add("--archive");
            if (parse.GetValue(InitSigner))
                arguments.Add("--init-signer");
            return SiblingProgram.RunAsync(SiblingProgram.Node, arguments);
        });
        return command;
    }

    private static Command Run()
    {
        var rpcPort = new Option<int?>("--rpc-port") { Description = "Instead of the settings' own." };
        var blockTime = new Option<string?>("--block-time") { Description = "12s, 1s, instant or manual, on a development network only." };
        var metricsPort = new Option<int?>("--metrics-port") { Description = "Prometheus metrics; 9464 if it is free, 0 for none." };
        var otlp = new Option<string?>("--otlp") { Description = "Send metrics to this OpenTelemetry collector, http://127.0.0.1:4318." };
        var trusted = new Option<string?>("--trusted")
        {
            Description = "HEIGHT:HASH of a block that you trust: a node without a state begins from a snapshot of its peers.",
        };
        var command = new Command("run", "Runs the node of a home in the foreground until Ctrl-C.")
        {
            Home, rpcPort, metricsPort, blockTime, trusted, otlp, InitSigner,
        };
        command.SetAction((parse, _) =>
        {
            List<string> arguments = Verb("run", parse);
            if (parse.GetValue(metricsPort) is { } metrics)
                arguments.AddRange(["--metrics-port", metrics.ToString(CultureInfo.InvariantCulture)]);
            if (parse.GetValue(rpcPort) is { } port)
                arguments.AddRange(["--rpc-port", port.ToString(CultureInfo.InvariantCulture)]);
            if (parse.GetValue(blockTime) is { } pace)
                arguments.AddRange(["--block-time", pace]);
            if (parse.GetValue(trusted) is { } block)
                arguments.AddRange(["--trusted", block]);
            if (parse.GetValue(otlp) is { } collector)
                arguments.AddRange(["--otlp", collector]);
            if (parse.GetValue(InitSigner))
                arguments.Add("--init-signer");
            return SiblingProgram.RunAsync(SiblingProgram.Node, arguments);
        });
        return command;
    }

    private static Command Status()
    {
        var command = new Command("status", "Height, version, addresses, peers, waiting transactions and where consensus stands.");
        command.Runs((session, _, cancellation) => StatusAsync(session, cancellation));
        return command;
    }

    /// <summary>Where consensus is, for people; scripts read the whole object.</summary>
    private static JsonNode? WordsOf(JsonObject? consensus) => consensus is null ? null
        : $"height {TransactionFlow.Decimal(consensus["height"])}, round {TransactionFlow.Decimal(consensus["round"])}, "
            + $"{consensus["step"]}, proposer {consensus["proposer"]}";

    private static Command Peers()
    {
        var command = new Command("peers", "Whom the node is connected to.");
        command.Runs(async (session, _, cancellation) =>
        {
            var peers = await session.Node.CallAsync("admin_peers", cancellation) as JsonArray ?? [];
            session.Output.Rows(["peerId", "address", "direction", "height"], peers.Select(peer => (IReadOnlyList<JsonNode?>)
            [
                peer!["id"], peer["address"], peer["inbound"]!.GetValue<bool>() ? "inbound" : "outbound",
                TransactionFlow.Decimal(peer["height"]),
            ]));
        });
        return command;
    }

    private static Command Doctor()
    {
        var command = new Command("doctor",
            "Looks over settings, keys, genesis, signing mark, disk, clock, ports and the running node. Exit 0 when nothing is wrong.")
        {
            Home,
        };
        command.SetAction((parse, _) => SiblingProgram.RunAsync(SiblingProgram.Node, Verb("doctor", parse)));
        return command;
    }

    private static List<string> Verb(string verb, ParseResult parse)
    {
        List<string> arguments = [verb, "--home", parse.GetValue(Home)!.FullName];
        if (GlobalOptions.ChosenFormat(parse) is OutputFormat.Json or OutputFormat.Ndjson)
            arguments.Add("--json");
        return arguments;
    }
}
