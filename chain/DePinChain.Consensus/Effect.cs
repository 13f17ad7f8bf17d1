using DePinChain.Blocks;
using DePinChain.Primitives;

namespace DePinChain.Consensus;

/// <summary>Why an input was turned away.</summary>
public enum RefusalReason : byte
{
    /// <summary>The signer is no validator of the height. The peer that forwarded it is to blame.</summary>
    UnknownSigner = 1,

    /// <summary>A proposal by another than the round's proposer. The peer is to blame.</summary>
    WrongProposer = 2,

    /// <summary>Fields that no correct validator signs. The peer is to blame.</summary>
    Malformed = 3,

    /// <summary>A height or round beyond what is buffered, or more than one signer's share of the buffer. Nobody is to blame.</summary>
    TooFarAhead = 4,
}

/// <summary>Everything that consensus can ask of its host, to be carried out in order. Each case says what the host owes.</summary>
public abstract record Effect
{
    private Effect()
    {
    }

    /// <summary>True where every <see cref="Persist"/> before it must be on disk first: a signature leaves the process.</summary>
    public virtual bool NeedsDurableLog => false;

    /// <summary>
    /// Append the input to the height's write-ahead log. Flush at the latest before the next effect that needs a durable log.
    /// </summary>
    public sealed record Persist(Input Input) : Effect;

    /// <summary>
    /// Sign through the guard, publish with the block (and the polka, where there is one), and feed it back as received and acceptable.
    /// </summary>
    /// <param name="Height">The height.</param>
    /// <param name="Round">The round in which we are the proposer.</param>
    /// <param name="ValidRound">-1 for what we built, else the round whose polka vouches for the block.</param>
    /// <param name="BlockHash">A block that the host built or validated.</param>
    /// <param name="Polka">The proof for a re-proposal: it reaches those who counted an equivocator's other vote.</param>
    public sealed record SignProposal(ulong Height, uint Round, int ValidRound, Hash256 BlockHash, PolkaCertificate? Polka) : Effect
    {
        public override bool NeedsDurableLog => true;
    }

    /// <summary>
    /// Sign through the guard, publish, and feed the vote back as received. A guard that refuses is final: nothing is fed back.
    /// </summary>
    public sealed record SignVote(VoteKind Kind, ulong Height, uint Round, int ValidRound, Hash256 BlockHash) : Effect
    {
        public override bool NeedsDurableLog => true;
    }

    /// <summary>Publish again a proposal of ours, with its block and polka.</summary>
    public sealed record RebroadcastProposal(Proposal Proposal, PolkaCertificate? Polka) : Effect;

    /// <summary>Publish again a vote of ours.</summary>
    public sealed record RebroadcastVote(Vote Vote) : Effect;

    /// <summary>Feed back <see cref="Input.TimeoutElapsed"/> with these values after so many milliseconds.</summary>
    public sealed record ScheduleTimeout(ulong Height, uint Round, TimeoutKind Kind, uint DelayMs) : Effect;

    /// <summary>The timers of this height are of no more use. Late ones do no harm.</summary>
    public sealed record CancelTimeouts(ulong Height) : Effect;

    /// <summary>
    /// Build a block on the parent and feed back <see cref="Input.ValueBuilt"/>. A build that fails feeds nothing: the timer goes on.
    /// </summary>
    /// <param name="Height">The height.</param>
    /// <param name="Round">The round to answer for.</param>
    /// <param name="LastCommit">The fullest commit of the parent that we know: it goes into the block.</param>
    public sealed record BuildValue(ulong Height, uint Round, CommitCertificate? LastCommit) : Effect;

    /// <summary>Judge the block by its parent's state, once for each hash, and feed back <see cref="Input.ValueJudged"/>.</summary>
    /// <param name="Height">The height.</param>
    /// <param name="Round">The round that named the block.</param>
    /// <param name="BlockHash">The block.</param>
    /// <param name="IsProposed">
    /// False when only a commit names the block: the host fetches it from those who signed, and keeps trying.
    /// </param>
    public sealed record ValidateValue(ulong Height, uint Round, Hash256 BlockHash, bool IsProposed) : Effect;

    /// <summary>The height is decided: write block, state and certificate, then open the next height.</summary>
    public sealed record Decide(ulong Height, uint Round, Hash256 BlockHash, CommitCertificate Certificate) : Effect;

    /// <summary>Ask some peers for votes; what they answer comes in verified, one input each.</summary>
    public sealed record RequestVotes(VoteRequest Request) : Effect;

    /// <summary>Keep the evidence and publish it.</summary>
    public sealed record ReportEvidence(Evidence Evidence, Address Signer) : Effect;

    /// <summary>The input was not taken. The reason says whether its sender is to blame.</summary>
    public sealed record Refuse(Input Input, RefusalReason Reason) : Effect;

    /// <summary>
    /// Stop with a diagnostic bundle: more than two thirds committed a block that is invalid here, so this state machine has diverged.
    /// Every later input is ignored.
    /// </summary>
    public sealed record Halt(ulong Height, uint Round, Hash256 BlockHash) : Effect;
}
