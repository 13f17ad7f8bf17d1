using System.Globalization;
using System.Net.Http.Json;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json;
using DePinChain.Client.Files;
using DePinChain.Crypto;
using DePinChain.Primitives;

namespace DePinChain.Client.Containers;

/// <summary>
/// A provider of compute over HTTPS. The other end is believed when its TLS key is one that the provider's account published on the
/// chain; each request is signed with the tenant's account.
/// </summary>
public sealed class ComputeLink : IDisposable
{
    private const int AnswerBytesMax = 1 << 20;

    private readonly HttpClient _http;
    private readonly ulong _chainId;
    private readonly Address _provider;
    private readonly PrivateKey _tenant;

    /// <param name="endpoint">As the chain names it.</param>
    /// <param name="chainId">The chain.</param>
    /// <param name="provider">The provider's account.</param>
    /// <param name="keys">The TLS keys that it published and that are valid now.</param>
    /// <param name="tenant">Signs; stays its owner's.</param>
    /// <param name="timeout">The longest wait for an answer's beginning.</param>
    /// <exception cref="FormatException">Not an https address.</exception>
    public ComputeLink(
        string endpoint, ulong chainId, Address provider, IReadOnlyCollection<Hash256> keys, PrivateKey tenant, TimeSpan timeout)
    {
        if (!Uri.TryCreate(endpoint, UriKind.Absolute, out Uri? address) || address.Scheme != "https")
            throw new FormatException($"'{endpoint}' is not an https address: its provider cannot be spoken to in private");
        (Endpoint, _chainId, _provider, _tenant) = (address, chainId, provider, tenant);
        var handler = new SocketsHttpHandler { AllowAutoRedirect = false, UseProxy = false, UseCookies = false };

        // Neither names nor authorities: the chain says whose key it is.
        handler.SslOptions.RemoteCertificateValidationCallback = (_, certificate, _, _) =>
            certificate is X509Certificate2 shown && keys.Contains(ComputeSigning.SpkiOf(shown));
        handler.SslOptions.EnabledSslProtocols = System.Security.Authentication.SslProtocols.Tls13;
        _http = new HttpClient(handler) { BaseAddress = address, Timeout = timeout, MaxResponseContentBufferSize = AnswerBytesMax };
    }

    public Uri Endpoint { get; }

    /// <summary>Brings the manifest of a lease.</summary>
    public async Task<LeaseStanding> DeliverAsync(Hash256 lease, ManifestDelivery delivery, CancellationToken cancellation)
    {
        byte[] body = JsonSerializer.SerializeToUtf8Bytes(delivery, ComputeJson.Default.ManifestDelivery);
        using HttpResponseMessage answer = await AskAsync(HttpMethod.Put, $"/v1/leases/{lease}/manifest", body, cancellation);
        return await ReadAsync(answer, cancellation);
    }

    /// <summary>How a lease stands.</summary>
    public async Task<LeaseStanding> StandingAsync(Hash256 lease, CancellationToken cancellation)
    {
        using HttpResponseMessage answer = await AskAsync(HttpMethod.Get, $"/v1/leases/{lease}/status", [], cancellation);
        return await ReadAsync(answer, cancellation);
    }

    /// <summary>The output of a container so far, and as it comes when asked to follow, in frames of <see cref="OutputFrames"/>.</summary>
    public async Task<Stream> LogsAsync(
        Hash256 lease, string service, int replica, int tail, bool follow, CancellationToken cancellation)
    {
        string target = string.Create(CultureInfo.InvariantCulture,
            $"/v1/leases/{lease}/logs?service={Uri.EscapeDataString(service)}&replica={replica}&tail={tail}&follow={(follow ? 1 : 0)}");
        HttpResponseMessage answer = await AskAsync(HttpMethod.Get, target, [], cancellation);
        return await answer.Content.ReadAsStreamAsync(cancellation);
    }

    /// <summary>Runs a command in a container; its output and its exit code come in frames of <see cref="OutputFrames"/>.</summary>
    public async Task<Stream> ExecAsync(Hash256 lease, ExecWish wish, CancellationToken cancellation)
    {
        byte[] body = JsonSerializer.SerializeToUtf8Bytes(wish, ComputeJson.Default.ExecWish);
        HttpResponseMessage answer = await AskAsync(HttpMethod.Post, $"/v1/leases/{lease}/exec", body, cancellation);
        return await answer.Content.ReadAsStreamAsync(cancellation);
    }

    public void Dispose() => _http.Dispose();

    private async Task<HttpResponseMessage> AskAsync(HttpMethod method, string target, byte[] body, CancellationToken cancellation)
    {
        long time = DateTimeOffset.UtcNow.ToUnixTimeSeconds();
        string once = Hex.Encode(RandomNumberGenerator.GetBytes(16));
        Hash256 digest = ComputeSigning.RequestDigest(_chainId, _provider, method.Method, target, body, time, once);
        using var request = new HttpRequestMessage(method, target);
        if (body.Length > 0) request.Content = new ByteArrayContent(body);
        request.Headers.Add(ComputeSigning.SignatureHeader, Hex.Encode(_tenant.Sign(digest).ToArray()));
        request.Headers.Add(ComputeSigning.TimeHeader, time.ToString(CultureInfo.InvariantCulture));
        request.Headers.Add(ComputeSigning.OnceHeader, once);
        try
        {
            HttpResponseMessage answer = await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellation);
            if (answer.IsSuccessStatusCode) return answer;
            using (answer) throw await RefusalAsync(answer, cancellation);
        }
        catch (HttpRequestException trouble) when (trouble.InnerException is System.Security.Authentication.AuthenticationException)
        {
            throw new ProviderUnreachableException(Endpoint, "its TLS key is none that the provider's account published on the chain");
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

    private async Task<LeaseStanding> ReadAsync(HttpResponseMessage answer, CancellationToken cancellation)
    {
        try
        {
            return await answer.Content.ReadFromJsonAsync(ComputeJson.Default.LeaseStanding, cancellation)
                ?? throw new ProviderUnreachableException(Endpoint, "its answer is null");
        }
        catch (Exception trouble) when (trouble is JsonException or NotSupportedException or HttpRequestException)
        {
            throw new ProviderUnreachableException(Endpoint, "its answer is not what a provider of compute says");
        }
    }

    private async Task<Exception> RefusalAsync(HttpResponseMessage answer, CancellationToken cancellation)
    {
        try
        {
            ProviderRefusal? refusal = await answer.Content.ReadFromJsonAsync(ComputeJson.Default.ProviderRefusal, cancellation);
            if (refusal is { Error: not null, Message: not null })
                return new ProviderRefusedException(Endpoint, answer.StatusCode, refusal);
        }
        catch (Exception trouble) when (trouble is JsonException or NotSupportedException or HttpRequestException)
        {
            // Not a provider's words: the status has to do.
        }

        return new ProviderUnreachableException(Endpoint, $"HTTP {(int)answer.StatusCode}");
    }
}
