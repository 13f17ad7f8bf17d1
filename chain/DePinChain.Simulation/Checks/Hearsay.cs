using DePinChain.Blocks;
using DePinChain.Primitives;

namespace DePinChain.Simulation.Checks;

/// <summary>Everything that ever reached one machine about one height, and what it said there itself.</summary>
/// <remarks>
/// More than the machine may remember after a crash, and counted without any rule of the product: whoever voted twice counts for
/// both. So a justification that is missing here is missing everywhere.
/// </remarks>
internal sealed class Hearsay
{
    private readonly Dictionary<(VoteKind Kind, uint Round), List<Ballot>> _ballots = [];
    private readonly Dictionary<(uint Round, Address Signer), List<(Hash256 Block, int ValidRound)>> _proposals = [];
    private readonly Dictionary<Address, uint> _highest = [];

    /// <summary>The machine's last precommit for a block at this height, in whatever life.</summary>
    public Vote? LastCommitted { get; set; }

    /// <summary>What the machine itself signed, by round and step; the check of double signatures.</summary>
    public Dictionary<(uint Round, int Step), (Hash256 Block, int ValidRound)> Signed { get; } = [];

    public void Add(Vote vote, Address signer)
    {
        if (!_ballots.TryGetValue((vote.Kind, vote.Round), out List<Ballot>? cast)) _ballots.Add((vote.Kind, vote.Round), cast = []);
        Ballot ballot = new(signer, vote.BlockHash, vote.ValidRound);
        if (!cast.Contains(ballot)) cast.Add(ballot);
        if (vote.Round > _highest.GetValueOrDefault(signer)) _highest[signer] = vote.Round;
    }

    public void Add(Proposal proposal, Address signer)
    {
        if (!_proposals.TryGetValue((proposal.Round, signer), out var made)) _proposals.Add((proposal.Round, signer), made = []);
        if (!made.Contains((proposal.BlockHash, proposal.ValidRound))) made.Add((proposal.BlockHash, proposal.ValidRound));
    }

    /// <summary>Whether a proposer proposed this in a round.</summary>
    public bool HasProposal(uint round, Address proposer, in Hash256 block, int validRound) =>
        _proposals.TryGetValue((round, proposer), out var made) && made.Contains((block, validRound));

    /// <summary>The power that voted anything in a round.</summary>
    public UInt128 PowerOf(ValidatorSet set, VoteKind kind, uint round) => Sum(set, kind, round, static (_, _) => true, default);

    /// <summary>The power that voted for a block, or for nil.</summary>
    public UInt128 PowerFor(ValidatorSet set, VoteKind kind, uint round, in Hash256 block) =>
        Sum(set, kind, round, static (ballot, wanted) => ballot.Block == wanted.Block, new Ballot(default, block, 0));

    /// <summary>The power that prevoted for a block with one valid round.</summary>
    public UInt128 PowerFor(ValidatorSet set, VoteKind kind, uint round, in Hash256 block, int validRound) => Sum(
        set,
        kind,
        round,
        static (ballot, wanted) => ballot.Block == wanted.Block && ballot.ValidRound == wanted.ValidRound,
        new Ballot(default, block, validRound));

    /// <summary>The power of those who voted in a round or in a later one.</summary>
    public UInt128 PowerFrom(ValidatorSet set, uint round)
    {
        UInt128 power = 0;
        foreach (Validator validator in set)
        {
            if (_highest.GetValueOrDefault(validator.Address) >= round) power += validator.Power;
        }

        return power;
    }

    private UInt128 Sum(ValidatorSet set, VoteKind kind, uint round, Func<Ballot, Ballot, bool> counts, Ballot wanted)
    {
        if (!_ballots.TryGetValue((kind, round), out List<Ballot>? cast)) return 0;
        UInt128 power = 0;
        foreach (Validator validator in set)
        {
            foreach (Ballot ballot in cast)
            {
                if (ballot.Signer != validator.Address || !counts(ballot, wanted)) continue;
                power += validator.Power;
                break;
            }
        }

        return power;
    }

    private readonly record struct Ballot(Address Signer, Hash256 Block, int ValidRound);
}
