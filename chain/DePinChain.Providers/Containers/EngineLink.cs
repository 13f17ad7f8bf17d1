using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace DePinChain.Providers.Containers;

/// <summary>A container engine over its socket: the part of Docker's API that Docker and Podman share. Safe for concurrent use.</summary>
/// <remarks>Source: Docker Engine API 1.41.</remarks>
internal sealed class EngineLink : IDisposable
{
    private const string Api = "http://engine/v1.41/";
    private const int AnswerBytesMax = 16 << 20;
    private static readonly TimeSpan AnswerLimit = TimeSpan.FromSeconds(60);

    private readonly HttpClient _http;

    /// <param name="socket">The path of a Unix socket.</param>
    public EngineLink(string socket)
    {
        var handler = new SocketsHttpHandler
        {
            UseProxy = false,
            UseCookies = false,
            ConnectCallback = async (_, cancellation) =>
            {
                var unix = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
                try
                {
                    await unix.ConnectAsync(new UnixDomainSocketEndPoint(socket), cancellation);
                    return new NetworkStream(unix, ownsSocket: true);
                }
                catch
                {
                    unix.Dispose();
                    throw;
                }
            },
        };
        _http = new HttpClient(handler) { Timeout = AnswerLimit, MaxResponseContentBufferSize = AnswerBytesMax };
    }

    /// <summary>Name and version; null when nobody answers.</summary>
    public async Task<string?> FindVersionAsync(CancellationToken cancellation)
    {
        try
        {
            JsonNode? version = await GetAsync("version", cancellation);
            string? name = version?["Components"]?[0]?["Name"]?.GetValue<string>();
            return $"{name ?? "engine"} {version?["Components"]?[0]?["Version"] ?? version?["Version"]}";
        }
        catch (EngineFailure)
        {
            return null;
        }
    }

    public async Task<bool> HasImageAsync(string image, CancellationToken cancellation)
    {
        try
        {
            await GetAsync($"images/{Uri.EscapeDataString(image)}/json", cancellation);
            return true;
        }
        catch (EngineFailure failure) when (failure.Status == 404)
        {
            return false;
        }
    }

    /// <summary>Fetches an image from its registry; its progress is read to the end.</summary>
    public async Task PullAsync(string image, CancellationToken cancellation)
    {
        using HttpResponseMessage answer = await SendAsync(
            HttpMethod.Post, $"images/create?fromImage={Uri.EscapeDataString(image)}", null, cancellation);
        await FinishAsync(answer, cancellation);
    }

    /// <summary>Makes an image of a root file system as a tar.</summary>
    /// <param name="image">Its name with its tag: Podman passes over a tag that is given apart.</param>
    /// <param name="tar">The file system.</param>
    /// <param name="cancellation">Ends it.</param>
    public async Task ImportAsync(string image, Stream tar, CancellationToken cancellation)
    {
        using var content = new StreamContent(tar);
        content.Headers.ContentType = new MediaTypeHeaderValue("application/x-tar");
        using HttpResponseMessage answer = await SendAsync(
            HttpMethod.Post, $"images/create?fromSrc=-&repo={Uri.EscapeDataString(image)}", content, cancellation);
        await FinishAsync(answer, cancellation);
    }

    // The engine works while it tells how far it is: who hangs up early gets no image.
    private static async Task FinishAsync(HttpResponseMessage answer, CancellationToken cancellation)
    {
        using var lines = new StreamReader(await answer.Content.ReadAsStreamAsync(cancellation));
        while (await lines.ReadLineAsync(cancellation) is { } line)
        {
            if (line.Contains("\"error\"", StringComparison.Ordinal)) throw new EngineFailure(404, line);
        }
    }

    /// <summary>Makes a network of its own, unless it is there.</summary>
    /// <returns>Its IPv4 subnet, such as <c>10.89.3.0/24</c>.</returns>
    public async Task<string> EnsureNetworkAsync(string name, string bridge, string label, CancellationToken cancellation)
    {
        var wish = new JsonObject
        {
            ["Name"] = name,
            ["Driver"] = "bridge",
            ["CheckDuplicate"] = true,
            ["Options"] = new JsonObject { ["com.docker.network.bridge.name"] = bridge },
            ["Labels"] = new JsonObject { [ContainerRules.ProviderLabel] = label },
        };
        try
        {
            return SubnetOf(await GetAsync($"networks/{name}", cancellation));
        }
        catch (EngineFailure failure) when (failure.Status == 404)
        {
            (await SendAsync(HttpMethod.Post, "networks/create", JsonOf(wish), cancellation)).Dispose();
            return SubnetOf(await GetAsync($"networks/{name}", cancellation));
        }
    }

    public Task RemoveNetworkAsync(string name, CancellationToken cancellation) => RemoveAsync($"networks/{name}", cancellation);

    /// <summary>The networks with a label.</summary>
    public async Task<IReadOnlyList<string>> NetworksAsync(string label, CancellationToken cancellation) =>
        [.. ((await GetAsync("networks" + FilterOf(label), cancellation)) as JsonArray ?? [])
            .Select(one => one!["Name"]!.GetValue<string>())];

    /// <summary>Makes a container; its wish is Docker's.</summary>
    public async Task CreateAsync(string name, JsonObject wish, CancellationToken cancellation) =>
        (await SendAsync(HttpMethod.Post, $"containers/create?name={name}", JsonOf(wish), cancellation)).Dispose();

    public async Task StartAsync(string name, CancellationToken cancellation) =>
        (await SendAsync(HttpMethod.Post, $"containers/{name}/start", null, cancellation)).Dispose();

    /// <summary>Ends a container, running or not, and forgets it.</summary>
    public Task RemoveContainerAsync(string name, CancellationToken cancellation) =>
        RemoveAsync($"containers/{name}?force=true&v=true", cancellation);

    /// <summary>What the engine knows of a container; null when it has none of that name.</summary>
    public async Task<JsonNode?> FindAsync(string name, CancellationToken cancellation)
    {
        try
        {
            return await GetAsync($"containers/{name}/json", cancellation);
        }
        catch (EngineFailure failure) when (failure.Status == 404)
        {
            return null;
        }
    }

    /// <summary>Containers with a label, running or not: name and labels.</summary>
    public async Task<IReadOnlyList<(string Name, JsonNode Labels)>> ContainersAsync(string label, CancellationToken cancellation) =>
        [.. ((await GetAsync("containers/json" + FilterOf(label) + "&all=true", cancellation)) as JsonArray ?? [])
            .Select(one => (one!["Names"]![0]!.GetValue<string>().TrimStart('/'), one["Labels"]!))];

    /// <summary>A container's output, in frames.</summary>
    public async Task<Stream> LogsAsync(string name, int tail, bool follow, CancellationToken cancellation)
    {
        string path = string.Create(CultureInfo.InvariantCulture,
            $"containers/{name}/logs?stdout=true&stderr=true&tail={tail}&follow={(follow ? "true" : "false")}");
        HttpResponseMessage answer = await SendAsync(HttpMethod.Get, path, null, cancellation);
        return await answer.Content.ReadAsStreamAsync(cancellation);
    }

    /// <summary>Runs a command in a container: its number, and its output in frames.</summary>
    public async Task<(string Id, Stream Output)> ExecAsync(string name, IEnumerable<string> command, CancellationToken cancellation)
    {
        var wish = new JsonObject
        {
            ["AttachStdout"] = true,
            ["AttachStderr"] = true,
            ["Cmd"] = new JsonArray([.. command.Select(static word => (JsonNode?)word)]),
        };
        using HttpResponseMessage made = await SendAsync(HttpMethod.Post, $"containers/{name}/exec", JsonOf(wish), cancellation);
        string id = (await ReadAsync(made, cancellation))!["Id"]!.GetValue<string>();
        HttpResponseMessage answer = await SendAsync(
            HttpMethod.Post, $"exec/{id}/start", JsonOf(new JsonObject { ["Detach"] = false, ["Tty"] = false }), cancellation);
        return (id, await answer.Content.ReadAsStreamAsync(cancellation));
    }

    public async Task<int> ExitCodeOfAsync(string exec, CancellationToken cancellation) =>
        (await GetAsync($"exec/{exec}/json", cancellation))?["ExitCode"]?.GetValue<int>() ?? -1;

    public void Dispose() => _http.Dispose();

    private static string SubnetOf(JsonNode? network) => network?["IPAM"]?["Config"]?[0]?["Subnet"]?.GetValue<string>()
        ?? throw new EngineFailure(500, "the engine made a network without a subnet");

    private static string FilterOf(string label) =>
        "?filters=" + Uri.EscapeDataString($"{{\"label\":[\"{ContainerRules.ProviderLabel}={label}\"]}}");

    private static StringContent JsonOf(JsonNode node) => new(node.ToJsonString(), Encoding.UTF8, "application/json");

    private async Task RemoveAsync(string path, CancellationToken cancellation)
    {
        try
        {
            (await SendAsync(HttpMethod.Delete, path, null, cancellation)).Dispose();
        }
        catch (EngineFailure failure) when (failure.Status == 404)
        {
            // It is gone already.
        }
    }

    private async Task<JsonNode?> GetAsync(string path, CancellationToken cancellation)
    {
        using HttpResponseMessage answer = await SendAsync(HttpMethod.Get, path, null, cancellation);
        return await ReadAsync(answer, cancellation);
    }

    private static async Task<JsonNode?> ReadAsync(HttpResponseMessage answer, CancellationToken cancellation)
    {
        try
        {
            return JsonNode.Parse(await answer.Content.ReadAsStringAsync(cancellation));
        }
        catch (Exception trouble) when (trouble is JsonException or HttpRequestException or IOException)
        {
            throw new EngineFailure(0, $"the engine's answer is none: {trouble.Message}");
        }
    }

    private async Task<HttpResponseMessage> SendAsync(HttpMethod method, string path, HttpContent? content, CancellationToken cancellation)
    {
        using var request = new HttpRequestMessage(method, Api + path) { Content = content };
        try
        {
            HttpResponseMessage answer = await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellation);
            if (answer.IsSuccessStatusCode || answer.StatusCode == HttpStatusCode.NotModified) return answer;
            using (answer)
            {
                string text = await answer.Content.ReadAsStringAsync(cancellation);
                throw new EngineFailure((int)answer.StatusCode, WordsOf(text));
            }
        }
        catch (Exception trouble) when (trouble is HttpRequestException or IOException)
        {
            throw new EngineFailure(0, $"the container engine does not answer: {trouble.InnerException?.Message ?? trouble.Message}");
        }
        catch (TaskCanceledException) when (!cancellation.IsCancellationRequested)
        {
            throw new EngineFailure(0, $"the container engine gave no answer within {AnswerLimit.TotalSeconds:0} s");
        }
    }

    private static string WordsOf(string text)
    {
        try
        {
            return JsonNode.Parse(text)?["message"]?.GetValue<string>() ?? text;
        }
        catch (Exception other) when (other is JsonException or InvalidOperationException)
        {
            return text;
        }
    }
}
