using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using System.Threading.Channels;
using DePinChain.Crypto;
using DePinChain.Inference;
using DePinChain.Inference.Commitments;
using DePinChain.Inference.Sampling;
using DePinChain.Miners.Receipts;
using DePinChain.Miners.Wire;
using DePinChain.Primitives;

namespace DePinChain.Miners.Serving;

/// <summary>Answers prompts: one after the other on the model, with tokens sent as they come and a signature over all of it.</summary>
internal sealed class MinerDesk(ModelShelf shelf, PrivateKey key, Rehearsal rehearsal, ReceiptClerk? clerk) : IDisposable
{
    private const int WaitingMax = 16;

    private readonly SemaphoreSlim _slots = new(1);
    private readonly StaleAnswer _stale = new(() => new TextGenerator(shelf.Model).Generate(
        [.. shelf.Tokenizer.Encode("the same answer to every question")], (int)shelf.Manifest.Model.MaxTokens, SamplingOptions.Greedy));

    private int _waiting;
    private long _served;
    private long _tokens;

    public ulong Served => (ulong)Interlocked.Read(ref _served);

    public ulong Tokens => (ulong)Interlocked.Read(ref _tokens);

    /// <summary>Whether one more may wait.</summary>
    public bool TryEnter()
    {
        if (Interlocked.Increment(ref _waiting) <= WaitingMax) return true;
        Interlocked.Decrement(ref _waiting);
        return false;
    }

    /// <summary>Answers one request; the caller has entered.</summary>
    /// <param name="requestHash">What the answer is bound to.</param>
    /// <param name="prompt">Its tokens.</param>
    /// <param name="request">The rest of it.</param>
    /// <param name="write">Takes a line at a time.</param>
    /// <param name="deadline">Nobody waits any longer.</param>
    public async Task AnswerAsync(
        Hash256 requestHash, int[] prompt, TaskRequest request, Func<ReadOnlyMemory<byte>, Task> write, CancellationToken deadline)
    {
        try
        {
            await _slots.WaitAsync(deadline);
            try
            {
                await GenerateAsync(requestHash, prompt, request, write, deadline);
            }
            finally
            {
                _slots.Release();
            }
        }
        finally
        {
            Interlocked.Decrement(ref _waiting);
        }
    }

    public void Dispose() => _slots.Dispose();

    private async Task GenerateAsync(
        Hash256 requestHash, int[] prompt, TaskRequest request, Func<ReadOnlyMemory<byte>, Task> write, CancellationToken deadline)
    {
        var lines = Channel.CreateUnbounded<int>(new UnboundedChannelOptions { SingleReader = true, SingleWriter = true });
        // Settled before the first token: an answer whose trace was not recorded from its first position is not committed to.
        bool isKept = clerk is { IsOpen: true };
        AnswerTrace? trace = isKept && clerk!.IsExact ? new AnswerTrace() : null;
        Task<Generation> running = Task.Run(
            () =>
            {
                try
                {
                    return Generate(requestHash, prompt, request, token => lines.Writer.TryWrite(token), trace, deadline);
                }
                finally
                {
                    lines.Writer.Complete();
                }
            },
            CancellationToken.None);
        var body = new Keccak256.Hasher();
        async Task SendAsync<T>(T frame, JsonTypeInfo<T> type)
        {
            byte[] line = [.. JsonSerializer.SerializeToUtf8Bytes(frame, type), (byte)'\n'];
            body.Append(line);
            await write(line);
        }

        while (await lines.Reader.WaitToReadAsync(CancellationToken.None))
        {
            var ready = new List<int>();
            while (lines.Reader.TryRead(out int token)) ready.Add(token);
            await SendAsync(new TokenFrame([.. ready]), WireJson.Default.TokenFrame);
        }

        Generation answer = await running;
        if (isKept)
        {
            IReadOnlyList<Hash256> leaves = trace?.Leaves ?? [];
            clerk!.Add(
                new AnswerReceipt(
                    trace?.Root ?? Hash256.Zero, prompt, (int)request.MaxTokens, request.Sampling(requestHash), answer), leaves);
        }

        await SendAsync(
            new FinishFrame(answer.Finish.ToString(), Convert.ToBase64String(answer.Transcript.Encode())), WireJson.Default.FinishFrame);
        Hash256 work = TaskEnvelope.WorkId(requestHash, answer.Transcript.Root());
        Signature signature = key.Sign(TaskEnvelope.AnswerDigest(requestHash, 200, body.Finish(), work));
        await write(Encoding.UTF8.GetBytes(JsonSerializer.Serialize(
            new SignatureFrame(work.ToString(), signature.ToString()), WireJson.Default.SignatureFrame) + "\n"));
        Interlocked.Increment(ref _served);
        Interlocked.Add(ref _tokens, answer.Tokens.Count);
    }

    private Generation Generate(
        Hash256 requestHash, int[] prompt, TaskRequest request, Action<int> onToken, AnswerTrace? trace, CancellationToken deadline)
    {
        var generator = new TextGenerator(shelf.Model);
        if (rehearsal != Rehearsal.Lazy)
        {
            return generator.Generate(
                prompt, (int)request.MaxTokens, request.Sampling(requestHash), onToken, trace, deadline);
        }

        Generation stale = _stale.CutTo((int)request.MaxTokens);
        foreach (int token in stale.Tokens) onToken(token);
        return stale;
    }
}
