using System.Globalization;
using DePinChain.Engine;

namespace DePinChain.Node;

/// <summary>What the command line asks for; names and defaults are those of <c>depin localnet start</c>.</summary>
internal sealed record NodeOptions
{
    public const string Usage =
        "usage: DePinChain.Node [localnet] --data DIR [--rpc-port N] [--block-time 12s|1s|0.2s|instant|manual] [--validators N] "
        + "[--chain-id N] [--fresh] [--init-signer] [--json]";

    private const int ValidatorsMax = 100;

    /// <summary>Where everything of the network lies.</summary>
    public required string DataFolder { get; init; }

    public int RpcPort { get; init; } = 8545;

    /// <summary>Null keeps what the genesis says.</summary>
    public PacingMode Pacing { get; init; } = PacingMode.Interval;

    /// <summary>Milliseconds between blocks; null is the genesis' own.</summary>
    public uint? BlockTimeMs { get; init; }

    /// <summary>Null is 4 for a new network and what it has for an old one.</summary>
    public int? Validators { get; init; }

    public ulong? ChainId { get; init; }

    /// <summary>Forget the state and take the next chain id.</summary>
    public bool Fresh { get; init; }

    /// <summary>Begin a missing signer's mark: only for a key that has never signed.</summary>
    public bool InitSigner { get; init; }

    /// <summary>One JSON object per line instead of text.</summary>
    public bool Json { get; init; }

    /// <summary>Reads the arguments.</summary>
    /// <exception cref="RefusalException">One of them is unknown or out of its range.</exception>
    public static NodeOptions Parse(IReadOnlyList<string> arguments)
    {
        NodeOptions options = new() { DataFolder = "" };
        Queue<string> rest = new(arguments);
        if (rest.TryPeek(out string? verb) && verb == "localnet") rest.Dequeue();
        while (rest.TryDequeue(out string? name)) options = options.With(name, rest);
        return options.DataFolder.Length > 0 ? options : throw Wrong("--data is missing");
    }

    private NodeOptions With(string name, Queue<string> rest) => name switch
    {
        "--data" => this with { DataFolder = Path.GetFullPath(Value(name, rest)) },
        "--rpc-port" => this with { RpcPort = (int)Number(name, rest, 0, ushort.MaxValue) },
        "--block-time" => WithBlockTime(Value(name, rest)),
        "--validators" => this with { Validators = (int)Number(name, rest, 1, ValidatorsMax) },
        "--chain-id" => this with { ChainId = Number(name, rest, 1, int.MaxValue) },
        "--fresh" => this with { Fresh = true },
        "--init-signer" => this with { InitSigner = true },
        "--json" => this with { Json = true },
        _ => throw Wrong($"{name} is not an option"),
    };

    private NodeOptions WithBlockTime(string text)
    {
        if (text == "instant") return this with { Pacing = PacingMode.Instant };
        if (text == "manual") return this with { Pacing = PacingMode.Manual };
        bool isRead = text.EndsWith('s')
            & decimal.TryParse(text.TrimEnd('s'), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out decimal seconds);
        if (!isRead || seconds < 0.001m || seconds > 3600m || seconds * 1000 % 1 != 0)
            throw Wrong($"--block-time {text} is none of 0.001s to 3600s, instant and manual");
        return this with { Pacing = PacingMode.Interval, BlockTimeMs = (uint)(seconds * 1000) };
    }

    private static string Value(string name, Queue<string> rest) =>
        rest.TryDequeue(out string? value) && value.Length > 0 ? value : throw Wrong($"{name} needs a value");

    private static ulong Number(string name, Queue<string> rest, ulong least, ulong most)
    {
        string text = Value(name, rest);
        bool isRead = ulong.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out ulong number);
        return isRead && number >= least && number <= most ? number : throw Wrong($"{name} {text} is not a number from {least} to {most}");
    }

    private static RefusalException Wrong(string what) => new(ExitCode.Usage, $"{what}; {Usage}");
}
