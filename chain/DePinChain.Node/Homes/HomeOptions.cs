using DePinChain.Engine;

namespace DePinChain.Node.Homes;

/// <summary>What the command line asks of a new home; names and defaults are those of <c>depin node init</c>.</summary>
internal sealed record HomeOptions
{
    public const string Usage =
        "usage: DePinChain.Node init --home DIR [--network localnet|testnet|mainnet|GENESIS.json] [--name NAME] "
        + "[--listen MULTIADDRESS] [--external MULTIADDRESS]... "
        + "[--rpc-port N] [--peer MULTIADDRESS]... [--bootnode MULTIADDRESS]... [--archive] [--init-signer] [--json]";

    public required string Home { get; init; }

    /// <summary>A network that comes with the program, or the path of a genesis document.</summary>
    public string Network { get; init; } = "localnet";

    public string Name { get; init; } = "node";

    public string Listen { get; init; } = "/ip4/0.0.0.0/tcp/30333";

    public IReadOnlyList<string> External { get; init; } = [];

    public IReadOnlyList<string> Peers { get; init; } = [];

    public IReadOnlyList<string> Bootnodes { get; init; } = [];

    public int RpcPort { get; init; } = 8545;

    /// <summary>Keeps the state of every block.</summary>
    public bool Archive { get; init; }

    /// <summary>Makes a validator's keys and begins their signing mark: they have never signed.</summary>
    public bool InitSigner { get; init; }

    public bool Json { get; init; }

    /// <summary>Reads the arguments.</summary>
    /// <exception cref="RefusalException">One of them is unknown or out of its range.</exception>
    public static HomeOptions Parse(IEnumerable<string> arguments)
    {
        HomeOptions options = new() { Home = "" };
        ArgumentReader reader = new(arguments, Usage);
        while (reader.TryNext(out string name)) options = options.With(name, reader);
        return options.Home.Length > 0 ? options : throw reader.Wrong("--home is missing");
    }

    private HomeOptions With(string name, ArgumentReader reader) => name switch
    {
        "--home" => this with { Home = new NodeHome(reader.Value(name)).Path },
        "--network" => this with { Network = reader.Value(name) },
        "--name" => this with { Name = reader.Value(name) },
        "--listen" => this with { Listen = reader.Value(name) },
        "--external" => this with { External = [.. External, reader.Value(name)] },
        "--peer" => this with { Peers = [.. Peers, reader.Value(name)] },
        "--bootnode" => this with { Bootnodes = [.. Bootnodes, reader.Value(name)] },
        "--rpc-port" => this with { RpcPort = reader.Port(name) },
        "--archive" => this with { Archive = true },
        "--init-signer" => this with { InitSigner = true },
        "--json" => this with { Json = true },
        _ => throw reader.Unknown(name),
    };
}
