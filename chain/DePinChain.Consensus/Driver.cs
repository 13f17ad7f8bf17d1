using DePinChain.Blocks;
using DePinChain.Primitives;

namespace DePinChain.Consensus;

/// <summary>What is known of a value.</summary>
internal enum Verdict : byte
{
    Unknown = 0,
    Asked = 1,
    Valid = 2,
    Invalid = 3,
}

/// <summary>
/// The facts of one height, over all its rounds, and the multiplexer: which of the paper's events they enable now, the most important
/// first.
/// </summary>
/// <remarks>
/// Order on a proposal: L49 before anything of the round, then L36, L28, L22. An invalid value enables neither L36 nor L49. A re-proposal
/// whose polka is unknown enables nothing.
/// </remarks>
internal sealed class Driver(ProposerRotation rotation, ulong rotationStep, Address? self)
{
    /// <summary>No round beyond is entered or heard: two hundred days at the longest timeouts.</summary>
    public const uint RoundMax = 1 << 19;

    // By round. Proposals reach RoundsAhead above the current round; the verdicts and polkas belong to them.
    private readonly SortedDictionary<uint, ProposalSlot> _proposals = [];
    private readonly SortedDictionary<uint, PolkaCertificate> _polkas = [];
    private readonly SortedDictionary<Hash256, Verdict> _verdicts = [];

    public RoundState State { get; set; } = new();

    public ValidatorSet Validators => rotation.Set;

    public VoteKeeper Votes { get; } = new(rotation.Set);

    /// <summary>The first value with more than two thirds of precommits, and their round.</summary>
    public (uint Round, Hash256 Value)? Quorum { get; private set; }

    /// <summary>The commit certificate that came from outside, if that is where the quorum is from.</summary>
    public CommitCertificate? Commit { get; private set; }

    public Address ProposerOf(uint round) => rotation.ProposerAt(rotationStep + round);

    public bool IsProposer(uint round) => self is { } address && ProposerOf(round) == address;

    public ProposalSlot? FindProposal(uint round) => _proposals.GetValueOrDefault(round);

    public void SetProposal(ProposalSlot slot) => _proposals.Add(slot.First.Round, slot);

    public Verdict VerdictOf(Hash256 value) => _verdicts.GetValueOrDefault(value);

    public void SetVerdict(Hash256 value, Verdict verdict) => _verdicts[value] = verdict;

    /// <summary>Takes the thresholds that a vote reached.</summary>
    public void Reach(IReadOnlyList<Threshold> reached)
    {
        foreach (Threshold threshold in reached)
        {
            if (threshold.Kind == ThresholdKind.PrecommitValue) Quorum ??= (threshold.Round, threshold.Value);
        }
    }

    public void SetCommit(CommitCertificate certificate)
    {
        if (Quorum is not null) return;
        Commit = certificate;
        Quorum = (certificate.Round, certificate.BlockHash);
    }

    /// <summary>Keeps the round's first certificate; two different ones need more than a third of equivocators.</summary>
    public bool TryAddPolka(PolkaCertificate certificate) => _polkas.TryAdd(certificate.Round, certificate);

    /// <summary>L28: by hash alone.</summary>
    public bool IsPolka(uint round, Hash256 value) =>
        Votes.IsPolka(round, value) || (_polkas.TryGetValue(round, out PolkaCertificate? polka) && polka.BlockHash == value);

    /// <summary>L36: with the proposal's valid round.</summary>
    public bool IsPolka(uint round, Hash256 value, int validRound) =>
        Votes.IsPolka(round, value, validRound)
        || (_polkas.TryGetValue(round, out PolkaCertificate? polka) && polka.BlockHash == value && polka.ValidRound == validRound);

    /// <summary>The proof of a round's polka, or null: the votes may carry two valid rounds when the proposer equivocated.</summary>
    public PolkaCertificate? FindPolka(ulong height, uint round)
    {
        if (_polkas.TryGetValue(round, out PolkaCertificate? polka)) return polka;
        if (FindProposal(round)?.First is not { } proposal || !Votes.IsPolka(round, proposal.BlockHash, proposal.ValidRound)) return null;
        return PolkaCertificate.Assemble(
            height, round, proposal.ValidRound, proposal.BlockHash, Votes.VotesOf(VoteKind.Prevote, round));
    }

    /// <summary>A value whose validity is needed and was not asked for: the round's proposal, or what a quorum committed.</summary>
    public (uint Round, Hash256 Value, bool IsProposed)? FindUnjudged()
    {
        if (Quorum is { } quorum && VerdictOf(quorum.Value) == Verdict.Unknown)
        {
            return (quorum.Round, quorum.Value, IsProposed: _proposals.Values.Any(slot => slot.First.BlockHash == quorum.Value));
        }

        Proposal? proposal = FindProposal(State.Round)?.First;
        return proposal is not null && VerdictOf(proposal.BlockHash) == Verdict.Unknown
            ? (proposal.Round, proposal.BlockHash, IsProposed: true)
            : null;
    }

    /// <summary>The values whose validity was asked for and not answered.</summary>
    public IEnumerable<(uint Round, Hash256 Value, bool IsProposed)> FindAsked()
    {
        foreach ((Hash256 value, Verdict verdict) in _verdicts)
        {
            if (verdict != Verdict.Asked) continue;
            ProposalSlot? slot = _proposals.Values.FirstOrDefault(known => known.First.BlockHash == value);
            yield return (slot?.First.Round ?? Quorum?.Round ?? State.Round, value, IsProposed: slot is not null);
        }
    }

    /// <summary>The valid round whose polka the round's re-proposal waits for, or null.</summary>
    public uint? FindMissingPolka() =>
        State.Step == RoundStep.Propose && FindProposal(State.Round)?.First is { ValidRound: >= 0 } proposal
            && !IsPolka((uint)proposal.ValidRound, proposal.BlockHash)
            ? (uint)proposal.ValidRound
            : null;

    /// <summary>The most important event that the facts enable, or null when there is nothing to do.</summary>
    public RoundEvent? Next()
    {
        if (State.Step is RoundStep.Unstarted or RoundStep.Decided) return null;

        // L49. The votes of a quorum vouch for the proposer, so the value alone is asked for, by whatever way it came.
        if (Quorum is { } quorum && VerdictOf(quorum.Value) == Verdict.Valid)
        {
            return new RoundEvent(RoundEventKind.ProposalAndPrecommits, quorum.Round, quorum.Value);
        }

        return NextOfProposal() ?? NextOfVotes();
    }

    private RoundEvent? NextOfProposal()
    {
        if (FindProposal(State.Round) is not { } slot) return null;
        Proposal proposal = slot.First;
        Verdict verdict = VerdictOf(proposal.BlockHash);
        RoundEvent happened = new(default, State.Round, proposal.BlockHash, proposal.ValidRound);

        // L36
        if (State.Step >= RoundStep.Prevote)
        {
            return !State.HasPolka && verdict == Verdict.Valid && IsPolka(State.Round, proposal.BlockHash, proposal.ValidRound)
                ? happened with { Kind = RoundEventKind.ProposalAndPolkaCurrent }
                : null;
        }

        // L28
        if (proposal.ValidRound >= 0)
        {
            if (verdict < Verdict.Valid || !IsPolka((uint)proposal.ValidRound, proposal.BlockHash)) return null;
            return happened with
            {
                Kind = verdict == Verdict.Valid ? RoundEventKind.ProposalAndPolkaPrevious : RoundEventKind.BadProposalAndPolkaPrevious,
            };
        }

        // L22. What is not acceptable gets a nil prevote at once; its validity is still asked for, because others may accept it.
        if (!slot.IsAcceptable || verdict == Verdict.Invalid) return happened with { Kind = RoundEventKind.BadProposal };
        return verdict == Verdict.Valid ? happened with { Kind = RoundEventKind.Proposal } : null;
    }

    private RoundEvent? NextOfVotes()
    {
        uint round = State.Round;

        // L44 before L34: no timer for a prevote step that ends now.
        if (State.Step == RoundStep.Prevote && Votes.IsPolkaNil(round)) return new RoundEvent(RoundEventKind.PolkaNil, round);
        if (State.Step == RoundStep.Prevote && !State.HasPrevoteTimer && Votes.IsPolkaAny(round))
        {
            return new RoundEvent(RoundEventKind.PolkaAny, round);
        }

        // L47
        if (!State.HasPrecommitTimer && Votes.IsPrecommitAny(round)) return new RoundEvent(RoundEventKind.PrecommitAny, round);

        // L55, last: what this round still proves, a polka above all, is taken along.
        return Votes.FindSkipRound(round) is { } skip ? new RoundEvent(RoundEventKind.SkipRound, skip) : null;
    }
}
