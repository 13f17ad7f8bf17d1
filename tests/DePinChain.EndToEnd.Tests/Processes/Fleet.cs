using System.Diagnostics;
using System.Globalization;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using DePinChain.Engine;

namespace DePinChain.EndToEnd.Tests.Processes;

/// <summary>A running localnet of processes: orders to its supervisor, and questions to each node.</summary>
internal sealed class Fleet(Localnet localnet) : IAsyncDisposable
{
    private static readonly HttpClient Http = new() { Timeout = TimeSpan.FromSeconds(5) };

    public Localnet Localnet => localnet;

    public IReadOnlyList<string> Names { get; } = ["v0", "v1", "v2", "v3"];

    public static async Task<Fleet> StartAsync(string folder, params string[] arguments) =>
        new(await Localnet.StartProcessesAsync(folder, null, arguments));

    /// <summary>Gives an order as <c>depin localnet chaos</c> does, and returns how the nodes are doing after it.</summary>
    public async Task<JsonArray> OrderAsync(string what, string[] nodes, params (string Name, JsonNode Value)[] more)
    {
        JsonObject request = new() { ["do"] = what, ["nodes"] = new JsonArray([.. nodes.Select(node => (JsonNode)node)]) };
        foreach ((string name, JsonNode value) in more) request[name] = value;
        using Socket socket = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        await socket.ConnectAsync(new UnixDomainSocketEndPoint(localnet.Folder + ".sock"));
        await using NetworkStream stream = new(socket);
        await stream.WriteAsync(Encoding.UTF8.GetBytes(request.ToJsonString() + "\n"));
        using StreamReader reader = new(stream);
        JsonNode answer = JsonNode.Parse(await reader.ReadLineAsync() ?? "")!;
        Assert.That(answer["error"]?.GetValue<string>(), Is.Null, what);
        return answer["nodes"]!.AsArray();
    }

    public async Task<string> StateOfAsync(string node) =>
        (await OrderAsync("status", [])).Single(report => report!["name"]!.GetValue<string>() == node)!["state"]!.GetValue<string>();

    /// <summary>Where a node answers; ports are fixed while the localnet runs.</summary>
    public string UrlOf(string node)
    {
        string settings = File.ReadAllText(Path.Combine(localnet.Folder, node, "node.json"));
        JsonDocumentOptions lenient = new() { CommentHandling = JsonCommentHandling.Skip };
        return $"http://127.0.0.1:{JsonNode.Parse(settings, null, lenient)!["rpcPort"]!.GetValue<int>()}";
    }

    public static async Task<JsonElement> AskAsync(string url, string method, params object?[] parameters)
    {
        Dictionary<string, object?> call = new() { ["jsonrpc"] = "2.0", ["id"] = 1, ["method"] = method, ["params"] = parameters };
        using StringContent body = new(JsonSerializer.Serialize(call), Encoding.UTF8, "application/json");
        using HttpResponseMessage response = await Http.PostAsync(url, body);
        using JsonDocument document = JsonDocument.Parse(await response.Content.ReadAsStringAsync());
        if (document.RootElement.TryGetProperty("error", out JsonElement error))
            throw new InvalidOperationException($"{method}: {error.GetRawText()}");
        return document.RootElement.GetProperty("result").Clone();
    }

    /// <summary>A node's height; null while it does not answer.</summary>
    public static async Task<ulong?> HeightAsync(string url)
    {
        try
        {
            return Convert.ToUInt64((await AskAsync(url, "eth_blockNumber")).GetString(), 16);
        }
        catch (Exception away) when (away is HttpRequestException or TaskCanceledException or IOException)
        {
            return null;
        }
    }

    /// <summary>The highest block that any node has.</summary>
    public async Task<ulong> BestAsync() => (await Task.WhenAll(Names.Select(node => HeightAsync(UrlOf(node))))).Max() ?? 0;

    /// <summary>Waits until a node has a height.</summary>
    public async Task WaitAsync(string url, ulong height, TimeSpan limit)
    {
        Stopwatch clock = Stopwatch.StartNew();
        while (await HeightAsync(url) is not { } at || at < height)
        {
            Assert.That(clock.Elapsed, Is.LessThan(limit), $"{url} did not reach {height}:\n{localnet.Output}");
            await Task.Delay(30);
        }
    }

    /// <summary>The last slot a node has signed, as its mark says it.</summary>
    public SigningSlot MarkOf(string node) =>
        SignerMark.Decode(File.ReadAllBytes(Path.Combine(localnet.Folder, node, "signer.mark")))?.Slot ?? default;

    /// <summary>Waits until a node signs something new, and says how long that took.</summary>
    public async Task<TimeSpan> UntilSignsAsync(string node, SigningSlot after, TimeSpan limit)
    {
        Stopwatch clock = Stopwatch.StartNew();
        while (MarkOf(node) <= after)
        {
            Assert.That(clock.Elapsed, Is.LessThan(limit), $"{node} does not sign again:\n{localnet.Output}");
            await Task.Delay(10);
        }

        return clock.Elapsed;
    }

    /// <summary>What the nodes have said so far, line for line; a line that is being written is left out.</summary>
    public IEnumerable<JsonElement> LogOf(string node)
    {
        string file = Path.Combine(localnet.Folder, node, "node.log");
        using FileStream stream = new(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        using StreamReader reader = new(stream);
        while (reader.ReadLine() is { } line)
        {
            if (line.EndsWith('}')) yield return JsonDocument.Parse(line).RootElement;
        }
    }

    public static string Number(double value) => value.ToString("0.0", CultureInfo.InvariantCulture);

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => localnet.DisposeAsync();
}
