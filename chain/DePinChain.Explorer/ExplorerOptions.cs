using System.Globalization;

namespace DePinChain.Explorer;

/// <summary>What the command line asks for.</summary>
public sealed record ExplorerOptions
{
    public const string Usage =
        "usage: DePinChain.Explorer [run|reindex|check] [--rpc URL] [--port N] [--data DIR] [--postgres CONNECTION] [--public-rpc URL] "
        + "[--supervised]";

    /// <summary>run, reindex (forget the index and make it again), or check (compare every ledger with the node).</summary>
    public string Verb { get; init; } = "run";

    /// <summary>The node that is asked.</summary>
    public Uri Rpc { get; init; } = new("http://127.0.0.1:8545");

    /// <summary>What wallets are told; the node's address as this program sees it when null.</summary>
    public Uri? PublicRpc { get; init; }

    /// <summary>On the loopback interface; a reverse proxy brings it to the world.</summary>
    public int Port { get; init; } = 4000;

    /// <summary>Where the index lies.</summary>
    public string Data { get; init; } = Path.Combine(
        Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".depin", "explorer");

    /// <summary>Npgsql's connection string; SQLite when null.</summary>
    public string? Postgres { get; init; }

    /// <summary>Ends when its standard input does: the process that started it is gone.</summary>
    public bool Supervised { get; init; }

    /// <summary>Reads the arguments.</summary>
    /// <exception cref="ArgumentException">One of them is unknown or malformed.</exception>
    public static ExplorerOptions Parse(IReadOnlyList<string> arguments)
    {
        var options = new ExplorerOptions();
        for (int i = 0; i < arguments.Count; i++)
        {
            string name = arguments[i];
            string Value() => i + 1 < arguments.Count ? arguments[++i] : throw new ArgumentException($"{name} needs a value. {Usage}");
            options = name switch
            {
                "run" or "reindex" or "check" when i == 0 => options with { Verb = name },
                "--rpc" => options with { Rpc = Address(name, Value()) },
                "--public-rpc" => options with { PublicRpc = Address(name, Value()) },
                "--port" => options with { Port = PortOf(Value()) },
                "--data" => options with { Data = Path.GetFullPath(Value()) },
                "--postgres" => options with { Postgres = Value() },
                "--supervised" => options with { Supervised = true },
                _ => throw new ArgumentException($"'{name}' is unknown. {Usage}"),
            };
        }

        return options;
    }

    private static Uri Address(string name, string text) =>
        Uri.TryCreate(text, UriKind.Absolute, out Uri? address) && (address.Scheme == "http" || address.Scheme == "https") ? address
            : throw new ArgumentException($"{name} takes an http address, not '{text}'");

    private static int PortOf(string text) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int port) && port <= ushort.MaxValue ? port
            : throw new ArgumentException($"--port takes 0 to 65535, not '{text}'");
}
