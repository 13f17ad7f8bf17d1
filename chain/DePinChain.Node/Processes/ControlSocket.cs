using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using DePinChain.Engine;

namespace DePinChain.Node.Processes;

/// <summary>Where <c>depin localnet chaos</c> and <c>status</c> reach a running localnet: a socket file of its owner's.</summary>
/// <remarks>One request per connection, one JSON object each way. It lies beside the data folder, which a snapshot copies whole.</remarks>
internal sealed class ControlSocket : IDisposable
{
    // struct sockaddr_un holds 107 bytes and a zero.
    private const int PathBytesMax = 107;
    private const int RequestCharsMax = 64 * 1024;

    private readonly string _path;
    private readonly Socket _socket;
    private readonly Func<ChaosRequest, Task<ChaosAnswer>> _carry;

    private ControlSocket(string path, Socket socket, Func<ChaosRequest, Task<ChaosAnswer>> carry) =>
        (_path, _socket, _carry) = (path, socket, carry);

    /// <summary>Where the socket of a data folder lies; <c>depin</c> computes the same.</summary>
    public static string PathOf(string dataFolder)
    {
        string beside = Path.TrimEndingDirectorySeparator(dataFolder) + ".sock";
        if (Encoding.UTF8.GetByteCount(beside) <= PathBytesMax) return beside;
        byte[] hash = SHA256.HashData(Encoding.UTF8.GetBytes(beside));
        return Path.Combine(Path.GetTempPath(), $"depin-{Convert.ToHexStringLower(hash.AsSpan(0, 8))}.sock");
    }

    /// <summary>Listens until disposed. The caller holds the folder's lock, so a file that is there is a dead process's.</summary>
    public static ControlSocket Open(string dataFolder, Func<ChaosRequest, Task<ChaosAnswer>> carry)
    {
        string path = PathOf(dataFolder);
        Socket socket = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            File.Delete(path);
            socket.Bind(new UnixDomainSocketEndPoint(path));
            if (!OperatingSystem.IsWindows()) File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite);
            socket.Listen();
        }
        catch (Exception trouble) when (trouble is SocketException or IOException or UnauthorizedAccessException)
        {
            socket.Dispose();
            throw new RefusalException(ExitCode.LocalState, $"The control socket {path} cannot be made ({trouble.Message}).", trouble);
        }

        ControlSocket control = new(path, socket, carry);
        _ = control.ServeAsync();
        return control;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _socket.Dispose();
        File.Delete(_path);
    }

    private async Task ServeAsync()
    {
        try
        {
            while (true) _ = AnswerAsync(await _socket.AcceptAsync());
        }
        catch (Exception closed) when (closed is SocketException or ObjectDisposedException)
        {
            // The network ends.
        }
    }

    private async Task AnswerAsync(Socket client)
    {
        try
        {
            await using NetworkStream stream = new(client, ownsSocket: true);
            using StreamReader reader = new(stream);
            string line = await reader.ReadLineAsync() ?? "";
            ChaosAnswer answer = await AnswerAsync(line);
            await stream.WriteAsync(Encoding.UTF8.GetBytes(JsonSerializer.Serialize(answer, ControlJson.Default.ChaosAnswer) + "\n"));
        }
        catch (IOException)
        {
            // The caller did not wait.
        }
    }

    private async Task<ChaosAnswer> AnswerAsync(string line)
    {
        if (line.Length > RequestCharsMax) return ChaosAnswer.Refusal("the request is too long");
        try
        {
            ChaosRequest? request = JsonSerializer.Deserialize(line, ControlJson.Default.ChaosRequest);
            return request is null ? ChaosAnswer.Refusal("the request is empty") : await _carry(request);
        }
        catch (JsonException unreadable)
        {
            return ChaosAnswer.Refusal($"the request cannot be read: {unreadable.Message}");
        }
        catch (RefusalException refusal)
        {
            return ChaosAnswer.Refusal(refusal.Message);
        }
    }
}
