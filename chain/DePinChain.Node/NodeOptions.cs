using DePinChain.Engine;

namespace DePinChain.Node;

/// <summary>What the command line asks of a localnet; names and defaults are those of <c>depin localnet start</c>.</summary>
internal sealed record NodeOptions
{
    public const string Usage =
        "usage: DePinChain.Node [localnet] --data DIR [--rpc-port N] [--p2p-port N] [--metrics-port N] [--explorer-port N] "
        + "[--storage-port N] [--compute-port N] [--worker-port N] [--subnet-port N] [--block-time 12s|1s|0.2s|instant|manual] "
        + "[--validators N] "
        + "[--chain-id N] [--in-process] "
        + "[--fresh] [--archive] [--init-signer] [--json]";

    private const int ValidatorsMax = 100;

    /// <summary>Where everything of the network lies.</summary>
    public required string DataFolder { get; init; }

    /// <summary>Of the first node; the others take the following ones.</summary>
    public int RpcPort { get; init; } = 8545;

    /// <summary>Where the first node listens for peers; the others take the following ports.</summary>
    public int PeerPort { get; init; } = 30333;

    /// <summary>Of the first node; the others take the following ones. Null is the usual one, for the first alone.</summary>
    public int? MetricsPort { get; init; }

    /// <summary>Where the explorer listens; 0 for none.</summary>
    public int ExplorerPort { get; init; }

    /// <summary>Where a provider of storage listens; 0 for none.</summary>
    public int StoragePort { get; init; }

    /// <summary>Where a provider of compute listens; 0 for none.</summary>
    public int ComputePort { get; init; }

    /// <summary>Where the verifiers' worker tells how it stands; 0 for none.</summary>
    public int WorkerPort { get; init; }

    /// <summary>Where a text subnet's validator listens for people; its miners take the next two ports. 0 for none.</summary>
    public int SubnetPort { get; init; }

    public Pace Pace { get; init; } = Pace.OfGenesis;

    /// <summary>Null is 4 for a new network and what it has for an old one.</summary>
    public int? Validators { get; init; }

    public ulong? ChainId { get; init; }

    /// <summary>All validators in this process, without a wire between them.</summary>
    public bool InProcess { get; init; }

    /// <summary>Forget the state and take the next chain id.</summary>
    public bool Fresh { get; init; }

    /// <summary>Keep the state of every block; a network begun with it keeps it.</summary>
    public bool Archive { get; init; }

    /// <summary>Begin a missing signer's mark: only for a key that has never signed.</summary>
    public bool InitSigner { get; init; }

    /// <summary>One JSON object per line instead of text.</summary>
    public bool Json { get; init; }

    /// <summary>Reads the arguments.</summary>
    /// <exception cref="RefusalException">One of them is unknown or out of its range.</exception>
    public static NodeOptions Parse(IEnumerable<string> arguments)
    {
        NodeOptions options = new() { DataFolder = "" };
        ArgumentReader reader = new(arguments, Usage);
        while (reader.TryNext(out string name)) options = options.With(name, reader);
        return options.DataFolder.Length > 0 ? options : throw reader.Wrong("--data is missing");
    }

    private NodeOptions With(string name, ArgumentReader reader) => name switch
    {
        "--data" => this with { DataFolder = Path.GetFullPath(reader.Value(name)) },
        "--rpc-port" => this with { RpcPort = reader.Port(name) },
        "--metrics-port" => this with { MetricsPort = reader.Port(name) },
        "--explorer-port" => this with { ExplorerPort = reader.Port(name) },
        "--storage-port" => this with { StoragePort = reader.Port(name) },
        "--compute-port" => this with { ComputePort = reader.Port(name) },
        "--worker-port" => this with { WorkerPort = reader.Port(name) },
        "--subnet-port" => this with { SubnetPort = reader.Port(name) },
        "--p2p-port" => this with { PeerPort = reader.Port(name) },
        "--block-time" => this with { Pace = reader.Pace(name) },
        "--validators" => this with { Validators = (int)reader.Number(name, 1, ValidatorsMax) },
        "--chain-id" => this with { ChainId = reader.Number(name, 1, int.MaxValue) },
        "--in-process" => this with { InProcess = true },
        "--fresh" => this with { Fresh = true },
        "--archive" => this with { Archive = true },
        "--init-signer" => this with { InitSigner = true },
        "--json" => this with { Json = true },
        _ => throw reader.Unknown(name),
    };
}
