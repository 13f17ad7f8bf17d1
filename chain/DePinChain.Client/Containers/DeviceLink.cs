using System.Globalization;
using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json;
using DePinChain.Client.Files;
using DePinChain.Primitives;

namespace DePinChain.Client.Containers;

/// <summary>
/// A member of a committee and the provider whose device it measures, over HTTPS. The first request is signed; what follows names the
/// session that it opened. The other end is believed once the chain knows the key that it showed, and every connection must show the same.
/// </summary>
public sealed class DeviceLink : IDisposable
{
    private const int AnswerBytesMax = 1 << 20;

    private readonly HttpClient _http;
    private readonly ulong _chainId;
    private readonly Address _provider;
    private readonly Lock _gate = new();
    private Hash256? _key;
    private string _session = "";

    /// <param name="endpoint">As the chain names it.</param>
    /// <param name="chainId">The chain.</param>
    /// <param name="provider">The provider's account.</param>
    /// <param name="timeout">The longest wait for an answer's beginning.</param>
    /// <exception cref="FormatException">Not an https address.</exception>
    public DeviceLink(string endpoint, ulong chainId, Address provider, TimeSpan timeout)
    {
        if (!Uri.TryCreate(endpoint, UriKind.Absolute, out Uri? address) || address.Scheme != "https")
            throw new FormatException($"'{endpoint}' is not an https address");
        (Endpoint, _chainId, _provider) = (address, chainId, provider);
        var handler = new SocketsHttpHandler { AllowAutoRedirect = false, UseProxy = false, UseCookies = false };
        handler.SslOptions.RemoteCertificateValidationCallback = IsSame;
        handler.SslOptions.EnabledSslProtocols = SslProtocols.Tls13;
        _http = new HttpClient(handler) { BaseAddress = address, Timeout = timeout, MaxResponseContentBufferSize = AnswerBytesMax };
    }

    public Uri Endpoint { get; }

    /// <summary>SHA-256 of the key that the other end showed; zero before the first answer.</summary>
    public Hash256 ShownKey
    {
        get
        {
            lock (_gate) return _key ?? Hash256.Zero;
        }
    }

    /// <summary>Asks for the smallest thing there is: what that takes is the way there and back.</summary>
    public async Task PingAsync(CancellationToken cancellation)
    {
        using HttpResponseMessage answer = await SendAsync(new HttpRequestMessage(HttpMethod.Get, "/v1/version"), cancellation);
        await ReadAsync(answer, AnswerBytesMax, isExact: false, cancellation);
    }

    /// <summary>Asks for the device's time in the name of a member of its committee.</summary>
    /// <exception cref="ProviderRefusedException">Somebody else has it now, or the member is none.</exception>
    public async Task OpenAsync(Hash256 device, ulong job, Func<Hash256, byte[]> sign, CancellationToken cancellation)
    {
        byte[] body = JsonSerializer.SerializeToUtf8Bytes(new DeviceAsk(job), ComputeJson.Default.DeviceAsk);
        string target = $"/v1/devices/{device}/challenges", once = Hex.Encode(RandomNumberGenerator.GetBytes(16));
        long time = DateTimeOffset.UtcNow.ToUnixTimeSeconds();
        var request = new HttpRequestMessage(HttpMethod.Post, target) { Content = new ByteArrayContent(body) };
        Hash256 digest = ComputeSigning.RequestDigest(_chainId, _provider, "POST", target, body, time, once);
        request.Headers.Add(ComputeSigning.SignatureHeader, Hex.Encode(sign(digest)));
        request.Headers.Add(ComputeSigning.TimeHeader, time.ToString(CultureInfo.InvariantCulture));
        request.Headers.Add(ComputeSigning.OnceHeader, once);
        using HttpResponseMessage answer = await SendAsync(request, cancellation);
        byte[] bytes = await ReadAsync(answer, AnswerBytesMax, isExact: false, cancellation);
        try
        {
            _session = JsonSerializer.Deserialize(bytes, ComputeJson.Default.DeviceGrant)?.Session ?? "";
        }
        catch (JsonException)
        {
            throw new ProviderUnreachableException(Endpoint, "its answer is not what a provider of compute says");
        }
    }

    /// <summary>Has the device work; what comes is the root of each GPU's chain.</summary>
    public async Task<byte[]> WorkAsync(Hash256 nonce, int lanes, CancellationToken cancellation)
    {
        using HttpResponseMessage answer = await PostAsync("work", nonce.ToArray(), cancellation);
        return await ReadAsync(answer, lanes * Hash256.Size, isExact: true, cancellation);
    }

    /// <summary>Has the rounds shown that the device cannot have foreseen.</summary>
    /// <param name="secret">Which: drawn after the roots came.</param>
    /// <param name="withProducts">Whether their products are shown too.</param>
    /// <param name="bytes">How many bytes they are.</param>
    /// <param name="cancellation">Ends it.</param>
    public async Task<byte[]> RoundsAsync(Hash256 secret, bool withProducts, int bytes, CancellationToken cancellation)
    {
        byte[] wish = [.. secret.ToArray(), withProducts ? (byte)1 : (byte)0];
        using HttpResponseMessage answer = await PostAsync("rounds", wish, cancellation);
        return await ReadAsync(answer, bytes, isExact: true, cancellation);
    }

    /// <summary>Sends bytes to the device, which answers with their SHA-256.</summary>
    public async Task<byte[]> BringAsync(byte[] bytes, CancellationToken cancellation)
    {
        using HttpResponseMessage answer = await PostAsync("stream", bytes, cancellation);
        return await ReadAsync(answer, Hash256.Size, isExact: true, cancellation);
    }

    /// <summary>Has the device send back what was brought.</summary>
    public async Task<byte[]> FetchAsync(int bytes, CancellationToken cancellation)
    {
        using HttpResponseMessage answer = await SendAsync(
            new HttpRequestMessage(HttpMethod.Get, $"/v1/challenges/{_session}/stream"), cancellation);
        return await ReadAsync(answer, bytes, isExact: true, cancellation);
    }

    /// <summary>Gives the device back to the next member.</summary>
    public async Task CloseAsync(CancellationToken cancellation)
    {
        using HttpResponseMessage answer = await SendAsync(
            new HttpRequestMessage(HttpMethod.Delete, $"/v1/challenges/{_session}"), cancellation);
    }

    public void Dispose() => _http.Dispose();

    private Task<HttpResponseMessage> PostAsync(string what, byte[] body, CancellationToken cancellation) => SendAsync(
        new HttpRequestMessage(HttpMethod.Post, $"/v1/challenges/{_session}/{what}") { Content = new ByteArrayContent(body) },
        cancellation);

    private bool IsSame(object sender, X509Certificate? certificate, X509Chain? chain, SslPolicyErrors errors)
    {
        if (certificate is not X509Certificate2 shown) return false;
        Hash256 key = ComputeSigning.SpkiOf(shown);
        lock (_gate) return (_key ??= key) == key;
    }

    private async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellation)
    {
        using (request)
        {
            try
            {
                HttpResponseMessage answer = await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellation);
                if (answer.IsSuccessStatusCode) return answer;
                using (answer) throw await RefusalAsync(answer, cancellation);
            }
            catch (HttpRequestException trouble)
            {
                throw new ProviderUnreachableException(Endpoint, trouble.InnerException?.Message ?? trouble.Message);
            }
            catch (TaskCanceledException) when (!cancellation.IsCancellationRequested)
            {
                throw new ProviderUnreachableException(Endpoint, $"no answer within {_http.Timeout.TotalSeconds:0} s");
            }
        }
    }

    // So many bytes and no more are read, whatever the other end would send.
    private async Task<byte[]> ReadAsync(HttpResponseMessage answer, int most, bool isExact, CancellationToken cancellation)
    {
        try
        {
            await using Stream stream = await answer.Content.ReadAsStreamAsync(cancellation);
            if (isExact)
            {
                byte[] exact = new byte[most];
                await stream.ReadExactlyAsync(exact, cancellation);
                return exact;
            }

            using MemoryStream all = new();
            byte[] buffer = new byte[4 << 10];
            while (all.Length <= most && await stream.ReadAsync(buffer, cancellation) is > 0 and var read) all.Write(buffer, 0, read);
            return all.ToArray();
        }
        catch (Exception broken) when (broken is IOException or HttpRequestException)
        {
            throw new ProviderUnreachableException(Endpoint, "its answer broke off");
        }
    }

    private async Task<Exception> RefusalAsync(HttpResponseMessage answer, CancellationToken cancellation)
    {
        try
        {
            byte[] bytes = await ReadAsync(answer, AnswerBytesMax, isExact: false, cancellation);
            ProviderRefusal? refusal = JsonSerializer.Deserialize(bytes, ComputeJson.Default.ProviderRefusal);
            if (refusal is { Error: not null, Message: not null })
                return new ProviderRefusedException(Endpoint, answer.StatusCode, refusal);
        }
        catch (JsonException)
        {
            // Not a provider's words: the status has to do.
        }

        return new ProviderUnreachableException(Endpoint, $"HTTP {(int)answer.StatusCode}");
    }
}
