using System.Globalization;
using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using DePinChain.Proofs.Hashing;
using DePinChain.Proofs.Pieces;

namespace DePinChain.Client.Files;

/// <summary>A provider of storage over HTTP(S): asks, brings data, fetches data. Safe for concurrent use.</summary>
public sealed class ProviderLink : IDisposable
{
    /// <summary>The header of the path that shows which chunk came.</summary>
    public const string PathHeader = "Depin-Path";

    /// <summary>The header with the deal that data is brought for, and with its client's signature.</summary>
    public const string DealHeader = "Depin-Deal", SignatureHeader = "Depin-Signature";

    private const int AnswerBytesMax = ChunkLayout.ChunkSize + 1;
    private readonly HttpClient _http;

    /// <param name="endpoint">As the chain names it.</param>
    /// <param name="timeout">The longest wait for an answer.</param>
    /// <exception cref="FormatException">Not an http or https address.</exception>
    public ProviderLink(string endpoint, TimeSpan timeout)
    {
        if (!Uri.TryCreate(endpoint, UriKind.Absolute, out Uri? address) || address.Scheme is not ("http" or "https"))
            throw new FormatException($"'{endpoint}' is not an http or https address");
        Endpoint = address;
        _http = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false, UseProxy = false, UseCookies = false })
        {
            BaseAddress = address,
            Timeout = timeout,
            MaxResponseContentBufferSize = AnswerBytesMax,
        };
    }

    public Uri Endpoint { get; }

    /// <summary>What the provider says of itself.</summary>
    public async Task<ProviderTerms> TermsAsync(CancellationToken cancellation)
    {
        using HttpResponseMessage answer = await AskAsync(new HttpRequestMessage(HttpMethod.Get, "v1/terms"), cancellation);
        return await ReadAsync(answer, ProviderJson.Default.ProviderTerms, cancellation);
    }

    /// <summary>How far an upload has come; nothing received when the provider knows none.</summary>
    public async Task<UploadState> UploadStateAsync(PieceCid piece, CancellationToken cancellation)
    {
        using HttpResponseMessage answer = await AskAsync(new HttpRequestMessage(HttpMethod.Get, $"v1/uploads/{piece}"), cancellation);
        return await ReadAsync(answer, ProviderJson.Default.UploadState, cancellation);
    }

    /// <summary>Brings bytes from an offset on; how many are safe when it is cut off is what <see cref="UploadStateAsync"/>
    /// tells.</summary>
    /// <param name="piece">The piece.</param>
    /// <param name="offset">Where these bytes begin: what the provider has.</param>
    /// <param name="bytes">The bytes as they come.</param>
    /// <param name="deal">The deal they belong to.</param>
    /// <param name="signature">Its client's, in hex.</param>
    /// <param name="cancellation">Ends it.</param>
    public async Task<UploadState> UploadAsync(
        PieceCid piece, ulong offset, IAsyncEnumerable<ReadOnlyMemory<byte>> bytes, ulong deal, string signature,
        CancellationToken cancellation)
    {
        using var request = new HttpRequestMessage(
            HttpMethod.Put, string.Create(CultureInfo.InvariantCulture, $"v1/uploads/{piece}?offset={offset}"))
        {
            Content = new StreamedContent(bytes, (long)(piece.RawSize - offset)),
        };
        request.Headers.Add(DealHeader, deal.ToString(CultureInfo.InvariantCulture));
        request.Headers.Add(SignatureHeader, signature);
        using HttpResponseMessage answer = await AskAsync(request, cancellation);
        return await ReadAsync(answer, ProviderJson.Default.UploadState, cancellation);
    }

    /// <summary>Fetches a chunk and checks that it is the right one.</summary>
    /// <exception cref="WrongChunkException">It is not.</exception>
    public async Task<byte[]> ChunkAsync(PieceCid piece, ulong chunk, VoucherNote? voucher, CancellationToken cancellation)
    {
        using var request = new HttpRequestMessage(
            HttpMethod.Get, string.Create(CultureInfo.InvariantCulture, $"v1/pieces/{piece}/chunks/{chunk}"));
        if (voucher is not null) request.Headers.Add(VoucherNote.HeaderName, voucher.ToHeader());
        using HttpResponseMessage answer = await AskAsync(request, cancellation);
        byte[] bytes = await BytesAsync(answer, cancellation);
        string text = answer.Headers.TryGetValues(PathHeader, out IEnumerable<string>? values) ? values.First() : "";
        byte[] path = new byte[NodeHash.HeightMax * NodeHash.Size];
        if (!Convert.TryFromBase64String(text, path, out int length) || !ChunkLayout.Verify(piece, chunk, bytes, path.AsSpan(0, length)))
            throw new WrongChunkException(Endpoint, chunk);
        return bytes;
    }

    /// <summary>Asks the provider to move a deal's end.</summary>
    public async Task ExtendAsync(ExtensionWish wish, CancellationToken cancellation)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "v1/extensions")
        {
            Content = JsonContent.Create(wish, ProviderJson.Default.ExtensionWish),
        };
        using HttpResponseMessage answer = await AskAsync(request, cancellation);
    }

    /// <summary>Hands over a voucher for what has come.</summary>
    public async Task PayAsync(VoucherNote voucher, CancellationToken cancellation)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "v1/vouchers");
        request.Headers.Add(VoucherNote.HeaderName, voucher.ToHeader());
        using HttpResponseMessage answer = await AskAsync(request, cancellation);
    }

    public void Dispose() => _http.Dispose();

    private async Task<HttpResponseMessage> AskAsync(HttpRequestMessage request, CancellationToken cancellation)
    {
        try
        {
            HttpResponseMessage answer = await _http.SendAsync(request, HttpCompletionOption.ResponseContentRead, cancellation);
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

    private async Task<byte[]> BytesAsync(HttpResponseMessage answer, CancellationToken cancellation)
    {
        try
        {
            return await answer.Content.ReadAsByteArrayAsync(cancellation);
        }
        catch (HttpRequestException cut)
        {
            throw new ProviderUnreachableException(Endpoint, cut.Message);
        }
    }

    private async Task<T> ReadAsync<T>(
        HttpResponseMessage answer, System.Text.Json.Serialization.Metadata.JsonTypeInfo<T> type, CancellationToken cancellation)
    {
        try
        {
            return await answer.Content.ReadFromJsonAsync(type, cancellation)
                ?? throw new ProviderUnreachableException(Endpoint, "its answer is null");
        }
        catch (Exception trouble) when (trouble is JsonException or NotSupportedException)
        {
            throw new ProviderUnreachableException(Endpoint, "its answer is not what a provider of storage says");
        }
    }

    private async Task<Exception> RefusalAsync(HttpResponseMessage answer, CancellationToken cancellation)
    {
        try
        {
            ProviderRefusal? refusal = await answer.Content.ReadFromJsonAsync(ProviderJson.Default.ProviderRefusal, cancellation);
            if (refusal is { Error: not null, Message: not null })
                return new ProviderRefusedException(Endpoint, answer.StatusCode, refusal);
        }
        catch (Exception trouble) when (trouble is JsonException or NotSupportedException)
        {
            // Not a provider's words: the status has to do.
        }

        return new ProviderUnreachableException(Endpoint, $"HTTP {(int)answer.StatusCode}");
    }

    // Bytes go out as they are read from the file: memory stays flat, and a slow provider slows the reading down.
    private sealed class StreamedContent(IAsyncEnumerable<ReadOnlyMemory<byte>> bytes, long length) : HttpContent
    {
        protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context)
        {
            await foreach (ReadOnlyMemory<byte> block in bytes) await stream.WriteAsync(block);
        }

        protected override bool TryComputeLength(out long computed)
        {
            computed = length;
            return true;
        }
    }
}

/// <summary>No answer from a provider, or not a provider's.</summary>
public sealed class ProviderUnreachableException(Uri endpoint, string why)
    : Exception($"the provider at {endpoint} does not answer: {why}");

/// <summary>A provider refused, and says why.</summary>
public sealed class ProviderRefusedException(Uri endpoint, HttpStatusCode status, ProviderRefusal refusal)
    : Exception($"the provider at {endpoint} refuses: {refusal.Message}")
{
    public HttpStatusCode Status => status;

    public ProviderRefusal Refusal => refusal;
}

/// <summary>A provider gave bytes that are not the chunk it was asked for.</summary>
public sealed class WrongChunkException(Uri endpoint, ulong chunk)
    : Exception($"the provider at {endpoint} gave wrong bytes for chunk {chunk}: they do not lead to the piece's root");
