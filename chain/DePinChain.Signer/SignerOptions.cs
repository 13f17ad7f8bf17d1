using System.Globalization;
using DePinChain.Engine;
using DePinChain.Primitives;

namespace DePinChain.Signer;

/// <summary>What the command line asks for.</summary>
internal sealed record SignerOptions
{
    public const string Usage =
        "usage: depin signer init|run|status|export|import|reset --home DIR [--chain-id N --genesis HASH] [--socket PATH] [--file PATH] "
        + "[--min-height N --i-know] [--json]";

    public required string Verb { get; init; }

    /// <summary>Where the keys and the mark lie.</summary>
    public required string Home { get; init; }

    public string? Socket { get; init; }

    public string? File { get; init; }

    public ulong? ChainId { get; init; }

    /// <summary>Hash of block 0.</summary>
    public Hash256? Genesis { get; init; }

    public ulong? MinHeight { get; init; }

    /// <summary>Whether the user has said that no other machine signs with this key.</summary>
    public bool IKnow { get; init; }

    public bool Json { get; init; }

    public string SocketPath => Socket ?? Path.Combine(Home, "signer.sock");

    /// <exception cref="RefusalException">One of them is unknown or out of its range.</exception>
    public static SignerOptions Parse(IReadOnlyList<string> arguments)
    {
        Queue<string> rest = new(arguments);
        string verb = rest.TryDequeue(out string? first) ? first : throw Wrong("a verb is missing");
        SignerOptions options = new() { Verb = verb, Home = "" };
        while (rest.TryDequeue(out string? name)) options = options.With(name, rest);
        return options.Home.Length > 0 ? options : throw Wrong("--home is missing");
    }

    public static RefusalException Wrong(string what) => new(ExitCode.Usage, $"{what}; {Usage}");

    private SignerOptions With(string name, Queue<string> rest) => name switch
    {
        "--home" => this with { Home = Path.GetFullPath(Value(name, rest)) },
        "--socket" => this with { Socket = Path.GetFullPath(Value(name, rest)) },
        "--file" => this with { File = Path.GetFullPath(Value(name, rest)) },
        "--chain-id" => this with { ChainId = Number(name, rest) },
        "--genesis" => this with { Genesis = Hash(name, rest) },
        "--min-height" => this with { MinHeight = Number(name, rest) },
        "--i-know" => this with { IKnow = true },
        "--json" => this with { Json = true },
        _ => throw Wrong($"{name} is not an option"),
    };

    private static string Value(string name, Queue<string> rest) =>
        rest.TryDequeue(out string? value) && value.Length > 0 ? value : throw Wrong($"{name} needs a value");

    private static ulong Number(string name, Queue<string> rest)
    {
        string text = Value(name, rest);
        bool isRead = ulong.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out ulong number);
        return isRead && number > 0 ? number : throw Wrong($"{name} {text} is not a number above 0");
    }

    private static Hash256 Hash(string name, Queue<string> rest)
    {
        string text = Value(name, rest);
        return Hash256.TryParse(text, out Hash256 hash) ? hash : throw Wrong($"{name} {text} is not a hash of 32 bytes");
    }
}
