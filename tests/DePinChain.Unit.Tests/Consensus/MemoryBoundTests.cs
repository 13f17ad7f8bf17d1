using DePinChain.Blocks;
using DePinChain.Consensus;
using DePinChain.Primitives;

namespace DePinChain.Unit.Tests.Consensus;

/// <summary>What one byzantine validator, or a stranger, can make a core keep and write.</summary>
[TestFixture]
internal sealed class MemoryBoundTests
{
    private static readonly Hash256 V = Ballots.Value('v');

    [Test]
    public void Far_rounds_of_one_validator_are_kept_as_one_vote_and_not_logged()
    {
        HeightRun run = Run(4);
        StepResult result = new();
        for (uint round = 0; round < 10_000; round++) Vote(run, result, Ballots.Vote(VoteKind.Prevote, 1, round, V, 0));
        Assert.That(run.Driver.Votes.RoundsKept, Is.EqualTo(9), "Rounds 0 to 8.");
        Assert.That(run.Driver.Votes.NotedAbove(8), Is.EqualTo(new[] { (0, Ballots.Vote(VoteKind.Prevote, 1, 9_999, V, 0)) }));
        Assert.That(result.Effects.OfType<Effect.Persist>().Count(), Is.EqualTo(9));
        Assert.That(run.Driver.State.Round, Is.Zero);
    }

    [Test]
    public void Different_votes_in_one_slot_are_neither_kept_nor_logged_nor_reported_again()
    {
        HeightRun run = Run(4);
        StepResult result = new();
        for (int i = 0; i < 5_000; i++) Vote(run, result, Ballots.Vote(VoteKind.Prevote, 1, 0, Numbered(i), 0));
        Assert.That(result.Effects.OfType<Effect.Persist>().Count(), Is.EqualTo(1));
        Assert.That(result.Effects.OfType<Effect.ReportEvidence>().Count(), Is.EqualTo(1));
        Assert.That(result.Effects, Has.Count.EqualTo(2));
    }

    [Test]
    public void Proposals_are_kept_for_eight_rounds_ahead_two_for_each_of_the_right_proposer()
    {
        HeightRun run = Run(4);
        StepResult result = new();
        for (uint round = 0; round < 100; round++)
        {
            int proposer = (int)(round % 4);
            for (int i = 0; i < 5; i++)
            {
                Proposal proposal = Ballots.Proposal(1, round, Numbered(i), proposer);
                run.OnProposal(new Input.ProposalReceived(proposal, Ballots.Validator(proposer), IsAcceptable: true), result);
            }
        }

        Assert.That(result.Effects.OfType<Effect.Persist>().Count(), Is.EqualTo(9));
        Assert.That(result.Effects.OfType<Effect.ReportEvidence>().Count(), Is.EqualTo(9));
        Assert.That(result.Effects.OfType<Effect.ValidateValue>().Count(), Is.EqualTo(1), "Blocks of later rounds are not executed yet.");
        Assert.That(run.Driver.FindProposal(8), Is.Not.Null);
        Assert.That(run.Driver.FindProposal(9), Is.Null);
    }

    [Test]
    public void A_proposal_for_a_far_round_does_not_make_us_compute_its_proposer()
    {
        HeightRun run = Run(4);
        StepResult result = new();
        Proposal far = Ballots.Proposal(1, Driver.RoundMax, V, 0);
        run.OnProposal(new Input.ProposalReceived(far, Ballots.Validator(0), IsAcceptable: true), result);
        Assert.That(((Effect.Refuse)result.Effects.Single()).Reason, Is.EqualTo(RefusalReason.TooFarAhead));
    }

    [Test]
    public void Each_signer_has_its_share_of_the_next_heights()
    {
        Seat seat = new Seat(3, 1, 1, 1, 1).Open();
        int refused = 0;
        for (ulong height = 2; height < 12; height++)
        {
            for (uint round = 0; round < 10; round++)
            {
                Input.VoteReceived vote = new(Ballots.Vote(VoteKind.Prevote, height, round, V, 0), Ballots.Validator(0));
                Input.ProposalReceived proposal = new(Ballots.Proposal(height, round, V, 0), Ballots.Validator(0), IsAcceptable: true);
                refused += seat.Give(vote, proposal).Last.Count(effect => effect is Effect.Refuse { Reason: RefusalReason.TooFarAhead });
            }
        }

        // Heights 2 to 5, four votes and two proposals each, of 10 heights with 10 of both.
        Assert.That(refused, Is.EqualTo(200 - (4 * 6)));
        Input.VoteReceived other = new(Ballots.Vote(VoteKind.Prevote, 2, 0, V, 1), Ballots.Validator(1));
        Assert.That(seat.Give(other).Last, Is.Empty, "Another's share is untouched.");
    }

    [Test]
    public void Strangers_share_a_small_place_because_some_may_be_in_the_next_set()
    {
        Seat seat = new Seat(3, 1, 1, 1, 1).Open();
        int refused = 0;
        for (int i = 10; i < 60; i++)
        {
            Input.VoteReceived vote = new(Ballots.Vote(VoteKind.Prevote, 2, 0, V, i), Ballots.Validator(i));
            Input.ProposalReceived proposal = new(Ballots.Proposal(2, 0, V, i), Ballots.Validator(i), IsAcceptable: true);
            refused += seat.Give(vote, proposal).Last.Count;
        }

        Assert.That(refused, Is.EqualTo(100 - 4 - 2));
        seat.Open(2, step: 1);
        IEnumerable<RefusalReason> reasons = seat.Last.OfType<Effect.Refuse>().Select(refuse => refuse.Reason);
        Assert.That(reasons, Is.EqualTo(Enumerable.Repeat(RefusalReason.UnknownSigner, 6)), "They are no validators of height 2.");
    }

    [Test]
    public void A_height_of_a_thousand_rounds_keeps_little_of_the_rounds_that_are_over()
    {
        Seat seat = new Seat(3, 1, 1, 1, 1).Open();
        for (uint round = 0; round < 1_000; round++)
        {
            seat.Prevote(round, Ballots.Nil, 0, 1, 2).Precommit(round, Ballots.Nil, 0, 1, 2).Elapse(TimeoutKind.Precommit, round);
        }

        Assert.That(seat.Core.Round, Is.EqualTo(1_000));
        VoteRepair kept = seat.Core.Answer(new VoteRequest(1, 500, [0], [0]));
        Assert.That(kept.Votes, Is.Empty, "Nil votes of past rounds are gone.");
    }

    private static HeightRun Run(int validators)
    {
        ValidatorSet set = Ballots.Set([.. Enumerable.Repeat(1ul, validators)]);
        Input.StartHeight start = new(1, Ballots.Rotation(set), 0, Self: null, LastCommit: null, LastValidators: null);
        HeightRun run = new(start, Ballots.Timeouts, lastCommit: null);
        run.Open(new StepResult());
        return run;
    }

    private static void Vote(HeightRun run, StepResult result, Vote vote) =>
        run.OnVote(new Input.VoteReceived(vote, SimulatedNetwork.SignerOf(vote)), result);

    private static Hash256 Numbered(int number)
    {
        byte[] bytes = new byte[Hash256.Size];
        BitConverter.TryWriteBytes(bytes, number + 1);
        return new Hash256(bytes);
    }
}
