using System.Globalization;
using System.Net.Sockets;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace DePinChain.Cli.Commands;

/// <summary>Where a localnet's node and the programs beside it listen; 0 for what was not asked for.</summary>
internal sealed record LocalnetPorts(int Rpc, int Explorer, int Storage, int Compute, int Worker, int Subnet)
{
    private const int UsualExplorer = 4000;
    private const int UsualStorage = 5300;
    private const int UsualCompute = 5400;
    private const int UsualWorker = 9480;
    private const int UsualSubnet = 5500;

    private static readonly TimeSpan AnswerLimit = TimeSpan.FromSeconds(1);

    /// <summary>4000, unless the environment says otherwise.</summary>
    public static int DefaultExplorer => PortOf("DEPIN_EXPLORER_PORT", UsualExplorer);

    /// <summary>5300, unless the environment says otherwise.</summary>
    public static int DefaultStorage => PortOf("DEPIN_STORAGE_PORT", UsualStorage);

    /// <summary>5400, unless the environment says otherwise.</summary>
    public static int DefaultCompute => PortOf("DEPIN_COMPUTE_PORT", UsualCompute);

    /// <summary>9480, unless the environment says otherwise.</summary>
    public static int DefaultWorker => PortOf("DEPIN_WORKER_PORT", UsualWorker);

    /// <summary>5500, unless the environment says otherwise.</summary>
    public static int DefaultSubnet => PortOf("DEPIN_SUBNET_PORT", UsualSubnet);

    /// <summary>As the node takes them.</summary>
    public IEnumerable<string> Arguments =>
        new[]
        {
            ("--rpc-port", Rpc), ("--explorer-port", Explorer), ("--storage-port", Storage), ("--compute-port", Compute),
            ("--worker-port", Worker), ("--subnet-port", Subnet),
        }
        .SelectMany(static port => new[] { port.Item1, port.Item2.ToString(CultureInfo.InvariantCulture) });

    /// <summary>What <see cref="ToJson"/> wrote; nothing runs where there is nothing.</summary>
    public static LocalnetPorts From(JsonNode? json)
    {
        return new LocalnetPorts(Port("rpc"), Port("explorer"), Port("storage"), Port("compute"), Port("worker"), Port("subnet"));

        int Port(string name) => json?[name]?.GetValue<int>() ?? 0;
    }

    public JsonObject ToJson() => new()
    {
        ["rpc"] = Rpc,
        ["explorer"] = Explorer,
        ["storage"] = Storage,
        ["compute"] = Compute,
        ["worker"] = Worker,
        ["subnet"] = Subnet,
    };

    /// <summary>Each program with where it is and how it stands; null for what was not asked for.</summary>
    public async Task<(string Name, string? Stand)[]> DescribeAsync(CancellationToken cancellation) =>
    [
        ("explorer", await AskAsync(
            Explorer, "/api/v1/status", static status => $"indexed to block {status?["indexedHeight"]}", cancellation)),
        ("storage", await AskAsync(
            Storage, "/v1/status", static status => $"provider {status?["providerId"]}, {CountOf(status, "deals")} deals", cancellation)),
        ("compute", await KnockAsync(Compute, cancellation)),
        ("worker", await AskAsync(
            Worker, "/status", static status => $"{CountOf(status, "keys")} verifiers, at block {status?["head"]}, "
                + $"{status?["reveals"]} verdicts, {status?["receipts"]} receipts", cancellation)),
        ("subnet", await AskAsync(
            Subnet, "/v1/status", static status => $"netuid {status?["netuid"]}, {status?["miners"]} miners", cancellation)),
    ];

    private static int CountOf(JsonNode? status, string list) => (status?[list] as JsonArray)?.Count ?? 0;

    private static async Task<string?> AskAsync(int port, string path, Func<JsonNode?, string> words, CancellationToken cancellation)
    {
        if (port == 0) return null;
        string address = string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{port}");
        using var http = new HttpClient { Timeout = AnswerLimit };
        try
        {
            return $"{address} ({words(JsonNode.Parse(await http.GetStringAsync(address + path, cancellation)))})";
        }
        catch (Exception silent) when (silent is HttpRequestException or TaskCanceledException or JsonException)
        {
            return $"{address} (does not answer)";
        }
    }

    /// <summary>A provider of compute shows a certificate of its key on the chain, which a look at the port does not ask for.</summary>
    private static async Task<string?> KnockAsync(int port, CancellationToken cancellation)
    {
        if (port == 0) return null;
        string address = string.Create(CultureInfo.InvariantCulture, $"https://127.0.0.1:{port}");
        using var socket = new TcpClient();
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        limit.CancelAfter(AnswerLimit);
        try
        {
            await socket.ConnectAsync("127.0.0.1", port, limit.Token);
            return $"{address} (takes connections)";
        }
        catch (Exception silent) when (silent is SocketException or OperationCanceledException)
        {
            return $"{address} (does not answer)";
        }
    }

    private static int PortOf(string variable, int usual)
    {
        string? text = Environment.GetEnvironmentVariable(variable);
        return int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int port) && port <= ushort.MaxValue ? port : usual;
    }
}
