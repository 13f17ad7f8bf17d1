using DePinChain.Network;

namespace DePinChain.Engine;

/// <summary>Questions to peers one at a time, before there is a node that asks; who was caught or is silent is asked no more.</summary>
public sealed class PeerInquiry(ITransport transport, TimeProvider clock)
{
    private static readonly TimeSpan AnswerWithin = TimeSpan.FromSeconds(15);

    private readonly Lock _gate = new();
    private readonly Dictionary<ulong, Answer> _early = [];
    private readonly SortedSet<PeerId> _dropped = [];
    private TaskCompletionSource<Answer>? _awaited;
    private ulong _awaitedNumber;

    /// <summary>A peer is asked no more, and why.</summary>
    public event Action<PeerId, string>? Dropped;

    /// <summary>Whoever is attached to the transport hands over what comes.</summary>
    public void Answered(ulong requestNumber, Answer answer)
    {
        lock (_gate)
        {
            // An answer may come before the asker knows the question's number.
            if (_awaited is { } waiting && _awaitedNumber == requestNumber) waiting.TrySetResult(answer);
            else _early[requestNumber] = answer;
        }
    }

    /// <summary>The one chunk of a peer's answer; null when it has none, says nothing, or is asked no more.</summary>
    public async Task<ReadOnlyMemory<byte>?> AskAsync(
        PeerId peer, RequestProtocol protocol, byte[] question, CancellationToken stopping)
    {
        if (_dropped.Contains(peer)) return null;
        TaskCompletionSource<Answer> awaited = new(TaskCreationOptions.RunContinuationsAsynchronously);
        ulong number = transport.Request(peer, protocol, question);
        lock (_gate)
        {
            (_awaited, _awaitedNumber) = (awaited, number);
            if (_early.Remove(number, out Answer? came)) awaited.TrySetResult(came);
            _early.Clear();
        }

        try
        {
            Answer answer = await awaited.Task.WaitAsync(AnswerWithin, clock, stopping);
            return answer.Status == AnswerStatus.Success && answer.Chunks.Count == 1 ? answer.Chunks[0] : null;
        }
        catch (TimeoutException)
        {
            Drop(peer, PeerConduct.Timeout, $"it says nothing for {AnswerWithin.TotalSeconds} s");
            return null;
        }
    }

    /// <summary>Reports a peer and asks it no more.</summary>
    public void Drop(PeerId peer, PeerConduct conduct, string why)
    {
        if (!_dropped.Add(peer)) return;
        transport.Judge(peer, conduct);
        Dropped?.Invoke(peer, why);
    }
}
