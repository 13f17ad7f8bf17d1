using DePinChain.Engine;
using DePinChain.Node.Homes;
using DePinChain.Node.Metrics;

namespace DePinChain.Node;

/// <summary>What the command line asks of one node; names and defaults are those of <c>depin node run</c>.</summary>
internal sealed record RunOptions
{
    public const string Usage =
        "usage: DePinChain.Node run --home DIR [--rpc-port N] [--metrics-port N] "
        + "[--block-time 12s|1s|0.2s|instant|manual] [--trusted HEIGHT:HASH] [--otlp URL] [--init-signer] [--json]";

    public required string Home { get; init; }

    /// <summary>Null is the settings' own.</summary>
    public int? RpcPort { get; init; }

    /// <summary>Null is the usual one, if it is free; 0 is none.</summary>
    public int? MetricsPort { get; init; }

    /// <summary>Only a development network may be paced.</summary>
    public Pace Pace { get; init; } = Pace.OfGenesis;

    /// <summary>A block of the right history; null is the settings' own. A node without a state begins from a snapshot after it.</summary>
    public TrustedBlock? Trusted { get; init; }

    /// <summary>Where metrics are sent by OTLP; null is the settings' own.</summary>
    public Uri? Collector { get; init; }

    /// <summary>Begin a missing signer's mark: only for a key that has never signed.</summary>
    public bool InitSigner { get; init; }

    /// <summary>One JSON object per line instead of text.</summary>
    public bool Json { get; init; }

    /// <summary>A localnet's process started this one: it gives orders on the standard input, and its end is ours.</summary>
    public bool IsSupervised { get; init; }

    /// <summary>Reads the arguments.</summary>
    /// <exception cref="RefusalException">One of them is unknown or out of its range.</exception>
    public static RunOptions Parse(IEnumerable<string> arguments)
    {
        RunOptions options = new() { Home = "" };
        ArgumentReader reader = new(arguments, Usage);
        while (reader.TryNext(out string name)) options = options.With(name, reader);
        return options.Home.Length > 0 ? options : throw reader.Wrong("--home is missing");
    }

    private RunOptions With(string name, ArgumentReader reader) => name switch
    {
        "--home" => this with { Home = new NodeHome(reader.Value(name)).Path },
        "--rpc-port" => this with { RpcPort = reader.Port(name) },
        "--metrics-port" => this with { MetricsPort = reader.Port(name) },
        "--block-time" => this with { Pace = reader.Pace(name) },
        "--trusted" => this with { Trusted = TrustedBlock.Parse(reader.Value(name), reader.Wrong) },
        "--otlp" => this with { Collector = OtlpExport.Parse(reader.Value(name), reader.Wrong) },
        "--init-signer" => this with { InitSigner = true },
        "--json" => this with { Json = true },
        "--supervised" => this with { IsSupervised = true, Json = true },
        _ => throw reader.Unknown(name),
    };
}
