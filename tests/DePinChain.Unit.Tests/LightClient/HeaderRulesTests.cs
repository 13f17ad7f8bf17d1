using DePinChain.Blocks;
using DePinChain.Crypto;
using DePinChain.LightClient;
using DePinChain.Primitives;
using DePinChain.Unit.Tests.Blocks;

namespace DePinChain.Unit.Tests.LightClient;

[TestFixture]
internal sealed class HeaderRulesTests
{
    private static readonly int[] Four = [0, 1, 2, 3];

    private readonly LightChain _chain = new(10, _ => Four);

    [Test]
    public void The_next_header_is_trusted_when_the_named_validators_signed_it() =>
        Assert.That(Judge(_chain[1], _chain[2], LightChain.NowAt(2)), Is.EqualTo(LightVerdict.Trusted));

    [Test]
    public void A_header_far_ahead_is_trusted_when_more_than_a_third_of_the_trusted_power_signed_it() =>
        Assert.That(Judge(_chain[1], _chain[10], LightChain.NowAt(10)), Is.EqualTo(LightVerdict.Trusted));

    [Test]
    public void Only_later_heights_follow()
    {
        Refuses(_chain[3], _chain[3], LightChain.NowAt(4), "does not come after");
        Refuses(_chain[3], _chain[2], LightChain.NowAt(4), "does not come after");
    }

    [Test]
    public void A_trusted_header_vouches_until_its_trusting_period_is_over()
    {
        ulong last = LightChain.TimeOf(1) + 99_999;
        LightBlock late = Resign(_chain[9], header => header with { Timestamp = last });
        Assert.That(Judge(_chain[1], late, last).Outcome, Is.EqualTo(LightOutcome.Trusted));
        LightVerdict verdict = Judge(_chain[1], late, last + 1);
        Assert.That(verdict.Outcome, Is.EqualTo(LightOutcome.Expired));
        Assert.That(verdict.Why, Does.Contain("is 100000 s old"));
    }

    [Test]
    public void A_header_from_the_future_is_refused()
    {
        // Ten seconds of drift: 9 s ahead passes, 10 s does not.
        Assert.That(Judge(_chain[1], _chain[2], LightChain.TimeOf(2) - 9).IsTrusted, Is.True);
        Refuses(_chain[1], _chain[2], LightChain.TimeOf(2) - 10, "10 s in the future");
    }

    [Test]
    public void Time_does_not_run_backward()
    {
        LightBlock early = Resign(_chain[5], header => header with { Timestamp = LightChain.TimeOf(1) - 1 });
        Refuses(_chain[1], early, LightChain.NowAt(5), "before height 1's");
    }

    [Test]
    public void The_next_header_must_name_the_trusted_one_as_its_parent() =>
        Refuses(
            _chain[1],
            Resign(_chain[2], header => header with { ParentHash = Hash256.Zero }),
            LightChain.NowAt(2),
            "does not follow block");

    [Test]
    public void The_next_header_must_be_decided_by_the_named_set()
    {
        LightChain other = new(2, height => height == 1 ? Four : [0, 1, 2], _chain, forkAt: 2);
        Refuses(_chain[1], other[2], LightChain.NowAt(2), "other validators than height 1 names");
    }

    [Test]
    public void A_certificate_by_two_thirds_or_less_is_refused_near_and_far()
    {
        // 2 of 4 and, with three members, exactly two thirds.
        foreach (ulong height in new ulong[] { 2, 9 })
        {
            LightBlock good = _chain[height];
            LightBlock weak = LightChain.Sign(good.Header, good.Preimage, good.Validators, 0, 0, 1);
            Refuses(_chain[1], weak, LightChain.NowAt(9), "Power 20 of 40 signed; more than two thirds must");
        }
    }

    [Test]
    public void A_forged_seal_is_refused()
    {
        LightBlock good = _chain[5];
        Signature stranger = ConsensusKeys.Sign(7, VoteKind.Precommit, 5, 0, good.Hash).Seal;
        LightBlock forged = good with { Commit = good.Commit with { Seals = [.. good.Commit.Seals.Take(3), stranger] } };
        Refuses(_chain[1], forged, LightChain.NowAt(5), "The seal for validator 3 is not by");
    }

    [Test]
    public void Seals_of_another_chain_are_refused()
    {
        TrustRules rules = LightChain.Rules with { ChainId = 91200 };
        Assert.That(HeaderRules.Judge(rules, _chain[1], _chain[5], LightChain.NowAt(5)).Outcome, Is.EqualTo(LightOutcome.Refused));
    }

    [Test]
    public void The_parts_of_a_light_block_belong_together()
    {
        LightBlock good = _chain[5];
        Refuses(_chain[1], good with { Preimage = good.Preimage with { Epoch = 9 } }, LightChain.NowAt(5), "preimage");
        Refuses(_chain[1], good with { Validators = LightChain.SetOf(0, 1, 2) }, LightChain.NowAt(5), "validators are not those");
        Refuses(_chain[1], good with { Commit = _chain[6].Commit }, LightChain.NowAt(5), "certificate is for another block");
        LightBlock changed = good with { Header = good.Header with { GasUsed = 1 } };
        Refuses(_chain[1], changed, LightChain.NowAt(5), "certificate is for another block");
    }

    [Test]
    public void Exactly_a_third_of_the_trusted_power_is_not_enough_to_skip()
    {
        // Of three trusted validators one is left: 10 of 30 is a third; of two of three it is more.
        LightChain third = new(9, height => height < 5 ? [0, 1, 2] : [2, 3, 4]);
        LightVerdict verdict = Judge(third[1], third[9], LightChain.NowAt(9));
        Assert.That(verdict.Outcome, Is.EqualTo(LightOutcome.TooFarAhead));
        Assert.That(verdict.Why, Does.Contain("power 10 of 30 signed height 9; more than 1/3 must"));
        LightChain twoThirds = new(9, height => height < 5 ? [0, 1, 2] : [1, 2, 3]);
        Assert.That(Judge(twoThirds[1], twoThirds[9], LightChain.NowAt(9)).IsTrusted, Is.True);
    }

    [Test]
    public void A_client_may_ask_for_more_than_a_third()
    {
        LightChain chain = new(9, height => height < 5 ? [0, 1, 2] : [1, 2, 3]);
        TrustRules strict = LightChain.Rules with { Share = new TrustShare(2, 3) };
        Assert.That(HeaderRules.Judge(strict, chain[1], chain[9], LightChain.NowAt(9)).Outcome, Is.EqualTo(LightOutcome.TooFarAhead));
    }

    [TestCase(0u, 1u)]
    [TestCase(1u, 4u)]
    [TestCase(1u, 1u)]
    [TestCase(1u, 0u)]
    public void A_share_below_a_third_or_of_everything_is_refused(uint part, uint whole) =>
        Assert.That(() => new TrustShare(part, whole), Throws.TypeOf<ArgumentOutOfRangeException>());

    [Test]
    public void From_an_epochs_last_block_only_the_next_header_is_reached()
    {
        LightChain chain = new(9, height => height < 5 ? [0, 1, 2, 3] : [0, 1, 2, 4]);
        LightVerdict verdict = Judge(chain[4], chain[9], LightChain.NowAt(9));
        Assert.That(verdict.Outcome, Is.EqualTo(LightOutcome.TooFarAhead));
        Assert.That(verdict.Why, Does.Contain("known by their hash only"));
        Assert.That(Judge(chain[4], chain[5], LightChain.NowAt(5)).IsTrusted, Is.True);
    }

    private static LightBlock Resign(LightBlock good, Func<BlockHeader, BlockHeader> change) =>
        LightChain.Sign(change(good.Header), good.Preimage, good.Validators, 0, Four);

    private static LightVerdict Judge(LightBlock trusted, LightBlock later, ulong now) =>
        HeaderRules.Judge(LightChain.Rules, trusted, later, now);

    private static void Refuses(LightBlock trusted, LightBlock later, ulong now, string why)
    {
        LightVerdict verdict = Judge(trusted, later, now);
        Assert.That(verdict.Outcome, Is.EqualTo(LightOutcome.Refused));
        Assert.That(verdict.Why, Does.Contain(why));
    }
}
