using System.Net;
using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using DePinChain.Crypto;
using DePinChain.Inference;
using DePinChain.Inference.Commitments;
using DePinChain.Miners.Links;
using DePinChain.Miners.Wire;
using DePinChain.Primitives;

namespace DePinChain.Miners.Judging;

/// <summary>An answer that a miner signed.</summary>
/// <param name="Answer">What was signed, and by whom.</param>
/// <param name="Generation">The tokens and commitments; null when what was signed is no answer.</param>
/// <param name="Elapsed">From asking to the signature.</param>
internal sealed record MinerAnswer(SignedAnswer Answer, Generation? Generation, TimeSpan Elapsed);

/// <summary>A miner did not answer, or not so that it can be held to it.</summary>
internal sealed class MinerSilentException(string why) : Exception(why);

/// <summary>Asks miners: signs the request, reads the answer as it comes, checks the signature over the raw bytes.</summary>
internal sealed class MinerLink(ulong chainId, uint netuid, PrivateKey key) : IDisposable
{
    private const int LineBytesMax = 4 << 20;
    private const int AnswerBytesMax = 8 << 20;
    private const int TriesMax = 3;

    // A clock that was set back has used nonces of the time that comes: the next tries go ahead of it, within the miner's window.
    private const ulong AheadMs = 1_500;

    private readonly HttpClient _http = new(new SocketsHttpHandler
    {
        AllowAutoRedirect = false,
        UseProxy = false,
        UseCookies = false,
        ConnectTimeout = TimeSpan.FromSeconds(5),
    })
    { Timeout = Timeout.InfiniteTimeSpan };

    private readonly Lock _gate = new();
    private ulong _lastNonce;

    /// <summary>Asks one miner.</summary>
    /// <param name="axon">Where it serves.</param>
    /// <param name="request">The task.</param>
    /// <param name="limit">The longest wait.</param>
    /// <param name="onRequest">Told the request's hash before it is sent.</param>
    /// <param name="onTokens">Sees tokens as they come.</param>
    /// <param name="cancellation">Ends it.</param>
    /// <exception cref="MinerSilentException">No signed answer came.</exception>
    public async Task<MinerAnswer> AskAsync(
        AxonView axon, TaskRequest request, TimeSpan limit, Action<Hash256>? onRequest, Func<int[], Task>? onTokens,
        CancellationToken cancellation)
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        deadline.CancelAfter(limit);
        try
        {
            for (int attempt = 1; ; attempt++)
            {
                var clock = System.Diagnostics.Stopwatch.StartNew();
                byte[] body = request.Encode();
                TaskEnvelope envelope = Sign(axon.Hotkey, body, limit, (ulong)(attempt - 1) * AheadMs);
                Hash256 hash = envelope.Digest();
                onRequest?.Invoke(hash);
                using var message = new HttpRequestMessage(HttpMethod.Post, new Uri(axon.Endpoint, $"/v1/subnet/{netuid}/task"))
                {
                    Content = new ByteArrayContent(body),
                };
                foreach ((string name, string value) in envelope.Headers(key)) message.Headers.Add(name, value);
                HttpResponseMessage? answered = await TrySendAsync(message, attempt, deadline.Token);
                if (answered is null) continue;
                using HttpResponseMessage response = answered;
                if (response.StatusCode == HttpStatusCode.OK)
                    return await ReadAsync(axon.Hotkey, hash, response, clock, onTokens, deadline.Token);
                string why = await RefusalAsync(response, deadline.Token);

                // Two requests of ours may overtake each other on the way.
                if (response.StatusCode != HttpStatusCode.Conflict || attempt == TriesMax)
                    throw new MinerSilentException($"{(int)response.StatusCode} {why}");
            }
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            throw new MinerSilentException($"no answer within {limit.TotalMilliseconds:0} ms");
        }
        catch (Exception broken) when (broken is HttpRequestException or IOException)
        {
            throw new MinerSilentException(broken.Message);
        }
    }

    public void Dispose() => _http.Dispose();

    // Once more when the line breaks before anything came: a miner that was started anew has closed the old connections.
    private async Task<HttpResponseMessage?> TrySendAsync(HttpRequestMessage message, int attempt, CancellationToken deadline)
    {
        try
        {
            return await _http.SendAsync(message, HttpCompletionOption.ResponseHeadersRead, deadline);
        }
        catch (HttpRequestException) when (attempt == 1)
        {
            return null;
        }
    }

    // Nonces are times, but each is higher than the last: two requests of one millisecond are two.
    private TaskEnvelope Sign(Address receiver, byte[] body, TimeSpan limit, ulong aheadMs)
    {
        ulong now = (ulong)DateTimeOffset.UtcNow.ToUnixTimeMilliseconds();
        ulong nonce;
        lock (_gate) nonce = _lastNonce = Math.Max(now + aheadMs, _lastNonce + 1);
        return new TaskEnvelope(
            chainId, netuid, key.Address, receiver, nonce, Hex.Encode(RandomNumberGenerator.GetBytes(TaskEnvelope.RequestIdSize)),
            Keccak256.Hash(body), now + (ulong)limit.TotalMilliseconds);
    }

    private static async Task<MinerAnswer> ReadAsync(
        Address miner, Hash256 request, HttpResponseMessage response, System.Diagnostics.Stopwatch clock, Func<int[], Task>? onTokens,
        CancellationToken cancellation)
    {
        await using Stream stream = await response.Content.ReadAsStreamAsync(cancellation);
        var lines = new LineReader(stream, LineBytesMax, AnswerBytesMax);
        var body = new Keccak256.Hasher();
        var tokens = new List<int>();
        FinishFrame? finish = null;
        while (await lines.NextAsync(cancellation) is { } line)
        {
            if (finish is not null)
            {
                SignatureFrame frame = Parse(line, WireJson.Default.SignatureFrame);
                return Checked(miner, request, body.Finish(), frame, tokens, finish, clock.Elapsed);
            }

            body.Append(line).Append("\n"u8);
            if (line.AsSpan().StartsWith("{\"finish\""u8))
            {
                finish = Parse(line, WireJson.Default.FinishFrame);
                continue;
            }

            int[] some = Parse(line, WireJson.Default.TokenFrame).Tokens;
            tokens.AddRange(some);
            if (onTokens is not null) await onTokens(some);
        }

        throw new MinerSilentException("the answer ends without a signature");
    }

    private static MinerAnswer Checked(
        Address miner, in Hash256 request, in Hash256 body, SignatureFrame frame, List<int> tokens, FinishFrame finish, TimeSpan elapsed)
    {
        if (!Hash256.TryParse(frame.WorkId, out Hash256 work)) throw new MinerSilentException("the answer names no work");
        Hash256 digest = TaskEnvelope.AnswerDigest(request, 200, body, work);
        if (!TaskEnvelope.IsSignedBy(digest, frame.Signature, miner))
            throw new MinerSilentException("the answer is not signed by the miner");
        var answer = new SignedAnswer(request, 200, body, work, Hex.Decode(frame.Signature));

        // From here on the miner has signed it: what does not fit is its fault, not the line's.
        byte[] bytes = new byte[finish.Transcript.Length];
        bool isRead = Convert.TryFromBase64String(finish.Transcript, bytes, out int written)
            & Transcript.TryDecode(bytes.AsSpan(0, written), out Transcript transcript)
            & Enum.TryParse(finish.Finish, out FinishReason reason);
        bool fits = isRead && transcript.Tokens.SequenceEqual(tokens) && work == TaskEnvelope.WorkId(request, transcript.Root());
        return new MinerAnswer(answer, fits ? new Generation(tokens, reason, transcript) : null, elapsed);
    }

    private static T Parse<T>(byte[] line, JsonTypeInfo<T> type)
        where T : class
    {
        try
        {
            return JsonSerializer.Deserialize(line, type) ?? throw new MinerSilentException("an empty line");
        }
        catch (JsonException malformed)
        {
            throw new MinerSilentException($"a line is malformed: {malformed.Message}");
        }
    }

    private static async Task<string> RefusalAsync(HttpResponseMessage response, CancellationToken cancellation)
    {
        await using Stream stream = await response.Content.ReadAsStreamAsync(cancellation);
        byte[] line = await new LineReader(stream, 4_096, 4_096).NextAsync(cancellation) ?? [];
        try
        {
            TaskRefusal? refusal = JsonSerializer.Deserialize(line, WireJson.Default.TaskRefusal);
            return refusal is null ? "" : $"{refusal.Error}: {refusal.Message}";
        }
        catch (JsonException)
        {
            return "";
        }
    }
}
