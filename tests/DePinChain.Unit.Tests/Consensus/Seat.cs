using DePinChain.Blocks;
using DePinChain.Consensus;
using DePinChain.Primitives;

namespace DePinChain.Unit.Tests.Consensus;

/// <summary>
/// One real core at the table; the other validators are the test's voice. Its own votes and proposals come back to it, and values are
/// valid unless the test says otherwise, as with a host that answers at once.
/// </summary>
internal sealed class Seat
{
    private readonly SortedSet<Hash256> _invalid = [];
    private readonly int _self;
    private ulong _height = 1;

    /// <param name="self">Our index, or -1 to follow only.</param>
    /// <param name="powers">One validator for each.</param>
    public Seat(int self, params ulong[] powers)
    {
        _self = self;
        Set = Ballots.Set(powers);
        Rotation = Ballots.Rotation(Set);
    }

    public Core Core { get; } = new(Ballots.Timeouts);

    public ValidatorSet Set { get; }

    public ProposerRotation Rotation { get; }

    /// <summary>Every input given, in order, the answers of the host included.</summary>
    public List<Input> Inputs { get; } = [];

    /// <summary>The effects of the last call, the consequences of own messages included.</summary>
    public List<Effect> Last { get; private set; } = [];

    /// <summary>The paper's lines of the last call.</summary>
    public List<PaperLine> Lines { get; private set; } = [];

    /// <summary>Whether the host answers ValidateValue at once.</summary>
    public bool JudgesAtOnce { get; set; } = true;

    /// <summary>Whether signed votes and proposals come back to the core.</summary>
    public bool Signs { get; set; } = true;

    public IEnumerable<Effect.SignVote> Signed => Last.OfType<Effect.SignVote>();

    public Effect.Decide? Decision => Last.OfType<Effect.Decide>().SingleOrDefault();

    public Seat Open(ulong height = 1, ulong step = 0, CommitCertificate? lastCommit = null)
    {
        _height = height;
        return Give(new Input.StartHeight(
            height, Rotation, step, _self < 0 ? null : Ballots.Validator(_self), lastCommit, lastCommit is null ? null : Set));
    }

    public Seat Invalid(Hash256 value)
    {
        _invalid.Add(value);
        return this;
    }

    /// <summary>The proposer of the round speaks, or another if <paramref name="by"/> says so.</summary>
    public Seat Propose(uint round, Hash256 value, int validRound = -1, bool isAcceptable = true, int? by = null)
    {
        int signer = by ?? Set.IndexOf(Rotation.ProposerAt(round));
        return Give(new Input.ProposalReceived(
            Ballots.Proposal(_height, round, value, signer, validRound), Ballots.Validator(signer), isAcceptable));
    }

    public Seat Prevote(uint round, Hash256 value, params int[] by) => PrevoteOf(round, value, -1, by);

    /// <summary>Prevotes that carry a valid round.</summary>
    public Seat PrevoteOf(uint round, Hash256 value, int validRound, params int[] by) => Give([.. by.Select(index =>
        new Input.VoteReceived(Ballots.Vote(VoteKind.Prevote, _height, round, value, index, validRound), Ballots.Validator(index)))]);

    public Seat Precommit(uint round, Hash256 value, params int[] by) => Give([.. by.Select(index =>
        new Input.VoteReceived(Ballots.Vote(VoteKind.Precommit, _height, round, value, index), Ballots.Validator(index)))]);

    public Seat Elapse(TimeoutKind kind, uint round) => Give(new Input.TimeoutElapsed(_height, round, kind));

    public Seat Judge(Hash256 value, bool isValid) => Give(new Input.ValueJudged(_height, value, isValid));

    public Seat Build(uint round, Hash256 value) => Give(new Input.ValueBuilt(_height, round, value));

    /// <summary>A commit certificate by these validators.</summary>
    public CommitCertificate Commit(uint round, Hash256 value, params int[] by) => CommitCertificate.Assemble(
        _height, round, value, ByIndex(by, index => Ballots.Vote(VoteKind.Precommit, _height, round, value, index)));

    /// <summary>A polka certificate by these validators.</summary>
    public PolkaCertificate Polka(uint round, Hash256 value, int validRound, params int[] by) => PolkaCertificate.Assemble(
        _height, round, validRound, value, ByIndex(by, index => Ballots.Vote(VoteKind.Prevote, _height, round, value, index, validRound)));

    public Seat Give(params Input[] inputs)
    {
        Last = [];
        Lines = [];
        Queue<Input> queue = new(inputs);
        while (queue.TryDequeue(out Input? input))
        {
            Inputs.Add(input);
            IReadOnlyList<Effect> effects = Core.Step(input);
            Last.AddRange(effects);
            Lines.AddRange(Core.Trace.Select(entry => entry.Line));
            foreach (Effect effect in effects)
            {
                if (Answer(effect) is { } answer) queue.Enqueue(answer);
            }
        }

        return this;
    }

    private Input? Answer(Effect effect) => effect switch
    {
        Effect.ValidateValue asked when JudgesAtOnce =>
            new Input.ValueJudged(asked.Height, asked.BlockHash, !_invalid.Contains(asked.BlockHash)),
        Effect.SignVote vote when Signs => new Input.VoteReceived(
            Ballots.Vote(vote.Kind, vote.Height, vote.Round, vote.BlockHash, _self, vote.ValidRound), Ballots.Validator(_self)),
        Effect.SignProposal proposal when Signs => new Input.ProposalReceived(
            Ballots.Proposal(proposal.Height, proposal.Round, proposal.BlockHash, _self, proposal.ValidRound),
            Ballots.Validator(_self),
            IsAcceptable: true),
        _ => null,
    };

    private Vote?[] ByIndex(int[] by, Func<int, Vote> vote)
    {
        Vote?[] votes = new Vote?[Set.Count];
        foreach (int index in by) votes[index] = vote(index);
        return votes;
    }
}
