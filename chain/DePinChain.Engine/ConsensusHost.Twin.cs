namespace DePinChain.Engine;

/// <remarks>
/// Another machine with this validator's key: listened for before the first vote of a node that never ran here, and looked for in every
/// block that is decided. The mark of one machine knows nothing of what the other signs.
/// </remarks>
public sealed partial class ConsensusHost
{
    private const ulong ListenHeights = 2;

    // From the time in a genesis until its network has surely begun, or is begun by hand.
    private const long GenesisSeconds = 120;

    // A network that stands still must not wait for somebody who waits for it.
    private static readonly TimeSpan ListenAtMost = TimeSpan.FromSeconds(30);

    private bool _isUnheard;

    // 0 when it need not listen, or no more.
    private ulong _votesFrom;
    private long _listensSince;

    /// <summary>Whether a second machine with the same key is looked for; a simulation has its own ways to make one.</summary>
    public bool WatchesForTwin { get; init; }

    private bool IsListening => NextHeight < _votesFrom;

    // When a network begins, nobody can have signed anything before. One whose genesis is old began long ago, whoever stands at block 0.
    private void ListenIfUnheard()
    {
        if (!_isUnheard) return;
        _isUnheard = false;
        bool isBeginning = NextHeight == 1 && _edge.Clock.NowMs / 1000 < (long)_chain.Head.Header.Timestamp + GenesisSeconds;
        if (isBeginning) return;
        Listen();
        Report(new HostReport.Listening(_votesFrom));
    }

    private void Listen()
    {
        _votesFrom = NextHeight + ListenHeights;
        _listensSince = _edge.Clock.GetTimestamp();
        _mayVote = false;
    }

    // What others decided while we were away says nothing of who signs now.
    private void ListenOnAfterCatchUp()
    {
        if (_votesFrom > 0) Listen();
    }

    private void EndListening()
    {
        if (!IsListening) _votesFrom = 0;
    }

    private void ListenNoLongerThanAllowed()
    {
        if (!IsListening || _edge.Clock.GetElapsedTime(_listensSince) < ListenAtMost) return;
        _votesFrom = 0;
        if (_signer is null || _signer.Mark.Slot.Height >= NextHeight) return;

        // The open height was begun without a vote, and nothing was signed in it: it is begun again.
        _mayVote = true;
        _core = NewCore();
        _log.Reset(NextHeight);
        TryBeginHeight();
    }

    private void RefuseTwin()
    {
        if (!WatchesForTwin || _signer is null) return;
        ulong head = _chain.Head.Number;
        for (ulong height = Math.Max(1, head - Math.Min(head, 1)); height <= head; height++)
        {
            if (height <= _signer.Mark.Slot.Height || !_chain.HasSigned(_signer.Address, height)) continue;
            throw new RefusalException(
                ExitCode.RefusedForSafety,
                $"Block {height} bears a signature of {_signer.Address} that this node did not give: another machine signs with the same "
                + "key. Find it and stop it; to move a validator use depin validator move, which lets one of the two sign.");
        }
    }
}
