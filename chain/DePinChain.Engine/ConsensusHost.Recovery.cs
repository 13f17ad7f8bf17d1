using DePinChain.Blocks;
using DePinChain.Consensus;
using DePinChain.Primitives;

namespace DePinChain.Engine;

/// <remarks>Going on after a stop: what the write-ahead log and the signer's mark say together.</remarks>
public sealed partial class ConsensusHost
{
    // Whoever restores an old signer's file finds the proof of what it signed since in the chain itself (CometBFT ADR-051).
    private const ulong DoubleSignCheckHeights = 3;

    private void Recover()
    {
        RefuseOldMark();
        _isUnheard = WatchesForTwin && _signer is not null && _log.IsNew;
        bool hasSigned = _signer is not null && _signer.Mark.Slot.Height >= NextHeight;
        IReadOnlyList<Input> inputs = _log.Height == NextHeight ? _log.Read(_proposed.Add) : [];
        bool isWhole = _log.Height == NextHeight && _log.Condition == LogCondition.Whole;
        if (isWhole && inputs.Count > 0 && Replay(inputs, hasSigned))
        {
            Report(new HostReport.Recovered(inputs.Count, _chain.Head.Number, _signer?.Mark));
            _heightBeganMs = _edge.Clock.NowMs;
            Feed(new Input.Recovered(NextHeight));

            // What we said may have died in a peer's queue, and what the peers said in ours: repeat and ask now, not in two seconds.
            if (IsOpen) Feed(new Input.TimeoutElapsed(NextHeight, _core.Round, TimeoutKind.Rebroadcast));
            return;
        }

        // Something was signed at this height and the log does not tell what we were locked on: follow
        // without a vote until the height after the mark's is decided. Nothing signed: nothing to remember.
        _mayVote = !hasSigned;
        if (hasSigned) Report(new HostReport.VotingSuspended(_signer!.Mark));
        _core = NewCore();
        _log.Reset(NextHeight);
    }

    private void RefuseOldMark()
    {
        if (_signer is null) return;
        ulong head = _chain.Head.Number;
        for (ulong height = head; height > 0 && height + DoubleSignCheckHeights > head; height--)
        {
            if (height <= _signer.Mark.Slot.Height || !_chain.HasSigned(_signer.Address, height)) continue;
            throw new RefusalException(
                ExitCode.RefusedForSafety,
                $"The chain holds a signature of {_signer.Address} at height {height}, "
                + $"but the signer's mark stands at {_signer.Mark.Slot}: an older file was put in its place; restore the newest one.");
        }
    }

    // The mark was written after the log was durable, so an undamaged log leads to the mark's very signature again. One that
    // does not has lost records, even when each that is left has its checksum.
    private bool Replay(IReadOnlyList<Input> inputs, bool hasSigned)
    {
        bool isMarkSeen = false;
        foreach (Input input in inputs.Prepend(OpeningOf(_signer?.Address)))
        {
            foreach (Effect effect in _core.Step(input)) isMarkSeen |= IsMark(effect);
        }

        return isMarkSeen || !hasSigned;
    }

    private bool IsMark(Effect effect)
    {
        if (_signer is null) return false;
        (SigningSlot slot, Hash256 digest) = effect switch
        {
            Effect.SignProposal sign => (
                new SigningSlot(sign.Height, sign.Round, SigningStep.Propose),
                ConsensusSignBytes.OfProposal(_chain.ChainId, sign.Height, sign.Round, sign.ValidRound, sign.BlockHash)),
            Effect.SignVote sign => (
                new SigningSlot(sign.Height, sign.Round, sign.Kind == VoteKind.Prevote ? SigningStep.Prevote : SigningStep.Precommit),
                ConsensusSignBytes.OfVote(_chain.ChainId, sign.Kind, sign.Height, sign.Round, sign.ValidRound, sign.BlockHash)),
            _ => default,
        };
        return slot == _signer.Mark.Slot && digest == _signer.Mark.Digest;
    }
}
