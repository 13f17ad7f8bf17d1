using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using DePinChain.Client;
using DePinChain.Client.Committees;
using DePinChain.Miners.Homes;
using DePinChain.Miners.Links;
using DePinChain.Miners.Receipts;
using DePinChain.Miners.Wire;
using DePinChain.Primitives;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace DePinChain.Miners.Serving;

/// <summary>
/// What validators reach: one address that answers signed tasks. In this order, each before anything dearer: the headers parse, the
/// receiver is this hotkey, the moment is now, the sender may ask, not too often; only then is the body read, the signature checked, the
/// nonce taken for ever, and the model run.
/// </summary>
internal sealed class MinerServer : IAsyncDisposable
{
    private const ulong WindowMs = 5_000;
    private const ulong WaitMsMax = 600_000;

    private readonly WebApplication _application;
    private readonly SubnetChain _chain;
    private readonly SubnetSettings _settings;
    private readonly ModelShelf _shelf;
    private readonly MinerDesk _desk;
    private readonly NonceBook _nonces;
    private readonly Rehearsal _rehearsal;
    private readonly ReceiptClerk? _clerk;
    private readonly TokenBuckets _buckets = new(burst: 64, perSecond: 16);
    private SubnetView? _view;
    private long _refused;

    public MinerServer(
        SubnetSettings settings, SubnetChain chain, ModelShelf shelf, MinerDesk desk, NonceBook nonces, Rehearsal rehearsal,
        ReceiptClerk? clerk)
    {
        (_settings, _chain, _shelf, _desk, _nonces, _rehearsal, _clerk) = (settings, chain, shelf, desk, nonces, rehearsal, clerk);
        _application = WebHouse.Build(settings, TaskRequest.BytesMax);
        _application.MapPost("/v1/subnet/{netuid}/task", TaskAsync);
        _application.MapGet("/v1/status", StatusAsync);
        _application.MapGet("/v1/receipts/{root}/{index}", ReceiptAsync);
    }

    /// <summary>Where it listens; known after <see cref="StartAsync"/>.</summary>
    public Uri Address { get; private set; } = new("http://127.0.0.1:0");

    /// <summary>The subnet as it is now: who may ask.</summary>
    public void Follow(SubnetView view) => Volatile.Write(ref _view, view);

    public async Task StartAsync(CancellationToken cancellation) =>
        Address = await WebHouse.StartAsync(_application, _settings, cancellation);

    public async ValueTask DisposeAsync()
    {
        await _application.StopAsync();
        await _application.DisposeAsync();
    }

    private async Task TaskAsync(HttpContext context)
    {
        try
        {
            (TaskEnvelope envelope, byte[] body) = await AdmitAsync(context);
            Hash256 hash = envelope.Digest();
            TaskRequest request = TaskRequest.Parse(body, _shelf.Manifest.Model.MaxTokens, out string fault)
                ?? throw new RefusedTaskException(400, "MalformedTask", fault);
            int[] prompt = _shelf.TokensOf(request.Prompt, request.MaxTokens, out fault)
                ?? throw new RefusedTaskException(400, "UnfitPrompt", fault);
            if (!_desk.TryEnter()) throw new RefusedTaskException(503, "Busy", "too many wait already", "ask another miner");
            ulong left = Math.Min(WaitMsMax, envelope.DeadlineMs - Math.Min(envelope.DeadlineMs, Now()));
            using var deadline = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted);
            deadline.CancelAfter(TimeSpan.FromMilliseconds(left));
            context.Response.ContentType = "application/x-ndjson";
            await _desk.AnswerAsync(
                hash, prompt, request,
                async line =>
                {
                    await context.Response.Body.WriteAsync(line, context.RequestAborted);
                    await context.Response.Body.FlushAsync(context.RequestAborted);
                },
                deadline.Token);
        }
        catch (RefusedTaskException refused)
        {
            Interlocked.Increment(ref _refused);
            await AnswerAsync(context, refused.Status, refused.Refusal, WireJson.Default.TaskRefusal);
        }
        catch (Exception gone) when (gone is OperationCanceledException or IOException)
        {
            // Nobody waits for the answer any more; a connection that is cut tells who still does.
            if (!context.RequestAborted.IsCancellationRequested) context.Abort();
        }
    }

    private async Task<(TaskEnvelope Envelope, byte[] Body)> AdmitAsync(HttpContext context)
    {
        if (context.Request.RouteValues["netuid"]?.ToString() != $"{_chain.Netuid}")
            throw new RefusedTaskException(404, "OtherSubnet", $"this miner serves subnet {_chain.Netuid}");
        TaskEnvelope envelope = TaskEnvelope.Read(_chain.ChainId, _chain.Netuid, name => context.Request.Headers[name])
            ?? throw new RefusedTaskException(400, "MalformedEnvelope", "a header of the envelope is missing or malformed");
        ulong now = Now();
        if (envelope.Receiver != _chain.Hotkey)
            throw new RefusedTaskException(403, "OtherReceiver", $"this miner is {_chain.Hotkey}", "look its address up on the chain");
        if (envelope.NonceMs + WindowMs < now || envelope.NonceMs > now + WindowMs || envelope.DeadlineMs <= now)
        {
            throw new RefusedTaskException(
                401, "OutsideWindow", $"the nonce is more than {WindowMs} ms from {now}, or the deadline has passed", "check the clock");
        }

        if (Volatile.Read(ref _view)?.HasPermit(envelope.Sender) != true)
            throw new RefusedTaskException(403, "NoPermit", $"{envelope.Sender} has no permit in subnet {_chain.Netuid}");
        if (!_buckets.TryTake(envelope.Sender, now)) throw new RefusedTaskException(429, "TooOften", "ask more slowly");
        byte[] body = await WebHouse.ReadBodyAsync(context, TaskRequest.BytesMax)
            ?? throw new RefusedTaskException(413, "TooLarge", $"a request has at most {TaskRequest.BytesMax} bytes");
        envelope = envelope with { BodyHash = Keccak256.Hash(body) };
        if (!TaskEnvelope.IsSignedBy(envelope.Digest(), context.Request.Headers[TaskEnvelope.SignatureHeader], envelope.Sender))
            throw new RefusedTaskException(401, "BadSignature", $"the request is not signed by {envelope.Sender}");
        if (!_nonces.TryTake(envelope.Sender, envelope.NonceMs))
            throw new RefusedTaskException(409, "StaleNonce", "a request with this nonce or a later one was answered", "sign a new one");
        return (envelope, body);
    }

    // An answer as it was committed to, for whoever attests for a verifier and says by a signature that it asks: prompts are not for all.
    private async Task ReceiptAsync(HttpContext context)
    {
        bool isWhole = Hash256.TryParse(context.Request.RouteValues["root"]?.ToString() ?? "", out Hash256 root)
            & uint.TryParse(context.Request.RouteValues["index"]?.ToString(), out uint index);
        Hash256 digest = ReceiptRequest.DigestOf(_chain.ChainId, _chain.Hotkey, root, index);
        string? signature = context.Request.Headers[ReceiptRequest.SignatureHeader];
        if (!isWhole || !Hex.TryDecode(signature ?? "", out byte[] bytes)
            || !ReceiptRequest.TrySigner(digest, bytes, out Address signer) || !await IsWorkerAsync(signer, context))
        {
            await AnswerAsync(
                context, 403, new TaskRefusal("NotAVerifier", "answers are shown to the workers of verifiers, by their signature"),
                WireJson.Default.TaskRefusal);
            return;
        }

        if (_clerk?.Find(root, index) is not { } found)
        {
            await AnswerAsync(
                context, 404, new TaskRefusal("UnknownReceipt", "this miner has no such answer"), WireJson.Default.TaskRefusal);
            return;
        }

        context.Response.ContentType = "application/octet-stream";
        await context.Response.Body.WriteAsync(ReceiptRequest.Encode(found.Path, found.Leaves, found.Receipt), context.RequestAborted);
    }

    private async Task<bool> IsWorkerAsync(Address signer, HttpContext context)
    {
        try
        {
            return await _chain.IsWorkerAsync(signer, context.RequestAborted);
        }
        catch (NodeUnreachableException)
        {
            return false;
        }
    }

    private Task StatusAsync(HttpContext context)
    {
        if (!WebHouse.IsLocal(context))
        {
            return AnswerAsync(
                context, 403, new TaskRefusal("LoopbackOnly", "the status is told on the miner's own machine only"),
                WireJson.Default.TaskRefusal);
        }

        NeuronView? self = Volatile.Read(ref _view)?.Find(_chain.Hotkey);
        var status = new MinerStatus(
            _chain.Hotkey.ToString(), _chain.Netuid, self?.Uid, _shelf.Manifest.Model.Id, self is not null, _desk.Served,
            (ulong)Interlocked.Read(ref _refused), _desk.Tokens, _clerk?.IsOpen == true,
            _rehearsal == Rehearsal.None ? null : _rehearsal.ToString());
        return AnswerAsync(context, 200, status, WireJson.Default.MinerStatus);
    }

    private static ulong Now() => (ulong)DateTimeOffset.UtcNow.ToUnixTimeMilliseconds();

    private static async Task AnswerAsync<T>(HttpContext context, int status, T value, JsonTypeInfo<T> type)
    {
        if (context.Response.HasStarted) return;
        context.Response.StatusCode = status;
        context.Response.ContentType = "application/json";
        await context.Response.Body.WriteAsync(JsonSerializer.SerializeToUtf8Bytes(value, type), CancellationToken.None);
    }

    private sealed class RefusedTaskException(int status, string error, string message, string? hint = null) : Exception(message)
    {
        public int Status => status;

        public TaskRefusal Refusal { get; } = new(error, message, hint);
    }
}
