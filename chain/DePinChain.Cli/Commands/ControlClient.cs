using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;

namespace DePinChain.Cli.Commands;

/// <summary>Talks to the process of a running localnet through its socket file: one JSON object each way.</summary>
internal static class ControlClient
{
    private const int PathBytesMax = 107;

    /// <summary>How each node is doing; null when no network of processes runs from the folder.</summary>
    public static async Task<JsonArray?> FindNodesAsync(string folder, CancellationToken cancellation)
    {
        try
        {
            return await AskAsync(folder, new JsonObject { ["do"] = "status" }, cancellation);
        }
        catch (CliFailure)
        {
            return null;
        }
    }

    /// <summary>Asks for something and returns how each node is doing after it.</summary>
    /// <exception cref="CliFailure">Nothing runs there, or it was refused.</exception>
    public static async Task<JsonArray> AskAsync(string folder, JsonObject request, CancellationToken cancellation)
    {
        using var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            await socket.ConnectAsync(new UnixDomainSocketEndPoint(PathOf(folder)), cancellation);
        }
        catch (SocketException)
        {
            throw CliFailure.LocalState("NotRunning", $"no localnet of processes runs from {folder}",
                "depin localnet start (without --in-process)");
        }

        await using var stream = new NetworkStream(socket);
        await stream.WriteAsync(Encoding.UTF8.GetBytes(request.ToJsonString() + "\n"), cancellation);
        using var reader = new StreamReader(stream);
        string line = await reader.ReadLineAsync(cancellation) ?? "";
        if (line.Length == 0)
            throw CliFailure.LocalState("NotRunning", $"the localnet of {folder} ended before it answered");
        var answer = (JsonObject)JsonNode.Parse(line)!; // it came from our own program
        return answer["error"]?.GetValue<string>() is { } error
            ? throw CliFailure.Usage(error, "depin localnet status shows the nodes")
            : answer["nodes"]!.AsArray();
    }

    // The rule is the node program's (ControlSocket): beside the data folder, or a short name where that path is too long.
    private static string PathOf(string folder)
    {
        string beside = Path.TrimEndingDirectorySeparator(Path.GetFullPath(folder)) + ".sock";
        if (Encoding.UTF8.GetByteCount(beside) <= PathBytesMax)
            return beside;
        byte[] hash = SHA256.HashData(Encoding.UTF8.GetBytes(beside));
        return Path.Combine(Path.GetTempPath(), $"depin-{Convert.ToHexStringLower(hash.AsSpan(0, 8))}.sock");
    }
}
