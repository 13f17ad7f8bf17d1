using DePinChain.Blocks;
using DePinChain.Primitives;

namespace DePinChain.Consensus;

/// <summary>
/// Everything that consensus can be told. Messages arrive verified: the seal was recovered, and the signer is who the seal names. A step
/// on an input is a pure function of the inputs before it.
/// </summary>
public abstract record Input
{
    private Input()
    {
    }

    /// <summary>Opens a height; also after a jump by block sync. The host sends it when the proposer's wake-up time has come.</summary>
    /// <param name="Height">Above every height opened before.</param>
    /// <param name="Rotation">The height's validators and their turns.</param>
    /// <param name="RotationStep">Height minus the first height of the epoch.</param>
    /// <param name="Self">Our signing address, or null when we only follow: no key, or a key whose write-ahead log is lost.</param>
    /// <param name="LastCommit">A commit of the parent, null at height 1. Precommits that come late are added to it.</param>
    /// <param name="LastValidators">The set that signed <paramref name="LastCommit"/>; null exactly when that is.</param>
    public sealed record StartHeight(
        ulong Height,
        ProposerRotation Rotation,
        ulong RotationStep,
        Address? Self,
        CommitCertificate? LastCommit,
        ValidatorSet? LastValidators) : Input;

    /// <summary>A proposal whose block is at hand and hashes to the proposal's hash.</summary>
    /// <param name="Proposal">What was signed.</param>
    /// <param name="Signer">Who signed it.</param>
    /// <param name="IsAcceptable">
    /// For a first proposal (valid round -1): it was timely when it came in, and its header's miner is the signer. Our own is. Not asked
    /// otherwise.
    /// </param>
    public sealed record ProposalReceived(Proposal Proposal, Address Signer, bool IsAcceptable) : Input;

    /// <summary>A vote by anyone, ourselves included.</summary>
    public sealed record VoteReceived(Vote Vote, Address Signer) : Input;

    /// <summary>A polka certificate of this height that verified under its validators.</summary>
    public sealed record PolkaReceived(PolkaCertificate Certificate) : Input;

    /// <summary>
    /// A commit certificate of this height that verified under its validators: the height is decided elsewhere, and we follow.
    /// </summary>
    public sealed record CommitReceived(CommitCertificate Certificate) : Input;

    /// <summary>A timer of <see cref="Effect.ScheduleTimeout"/> ran out. Timers of a round that is over change nothing.</summary>
    public sealed record TimeoutElapsed(ulong Height, uint Round, TimeoutKind Kind) : Input;

    /// <summary>The block that <see cref="Effect.BuildValue"/> asked for. The host built and executed it, so it counts as valid.</summary>
    public sealed record ValueBuilt(ulong Height, uint Round, Hash256 BlockHash) : Input;

    /// <summary>The answer to <see cref="Effect.ValidateValue"/>.</summary>
    /// <param name="Height">The height of the block.</param>
    /// <param name="BlockHash">The block.</param>
    /// <param name="IsValid">
    /// A pure function of the block and its parent's state: the same on every node, at any time, in every round.
    /// </param>
    public sealed record ValueJudged(ulong Height, Hash256 BlockHash, bool IsValid) : Input;

    /// <summary>The write-ahead log of this height was replayed, its effects thrown away: say again what is still owed.</summary>
    public sealed record Recovered(ulong Height) : Input;
}
