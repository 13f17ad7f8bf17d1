using DePinChain.Consensus;

namespace DePinChain.Unit.Tests.Consensus;

[TestFixture]
internal sealed class TimeoutScheduleTests
{
    // By hand: propose 4 s + 1 s·r, votes 1.5 s + 0.5 s·r, rebroadcast 5 s, all capped at 60 s.
    [TestCase(TimeoutKind.Propose, 0u, 4_000u)]
    [TestCase(TimeoutKind.Propose, 3u, 7_000u)]
    [TestCase(TimeoutKind.Propose, 56u, 60_000u)]
    [TestCase(TimeoutKind.Propose, 57u, 60_000u)]
    [TestCase(TimeoutKind.Prevote, 0u, 1_500u)]
    [TestCase(TimeoutKind.Prevote, 4u, 3_500u)]
    [TestCase(TimeoutKind.Precommit, 117u, 60_000u)]
    [TestCase(TimeoutKind.Precommit, uint.MaxValue, 60_000u)]
    [TestCase(TimeoutKind.Rebroadcast, 9u, 5_000u)]
    public void A_timer_grows_with_the_round_up_to_the_cap(TimeoutKind kind, uint round, uint expected) =>
        Assert.That(Ballots.Timeouts.DurationMs(kind, round), Is.EqualTo(expected));

    // floor(4000 · 1.1^r): 4400, 4840, 5324, 5856.4, and 4000 · 11^16 / 10^16 = 18379.89… from round 16 on.
    [TestCase(0u, 4_000ul)]
    [TestCase(1u, 4_400ul)]
    [TestCase(2u, 4_840ul)]
    [TestCase(3u, 5_324ul)]
    [TestCase(4u, 5_856ul)]
    [TestCase(16u, 18_379ul)]
    [TestCase(17u, 18_379ul)]
    [TestCase(uint.MaxValue, 18_379ul)]
    public void The_message_delay_grows_by_a_tenth_a_round_in_integers(uint round, ulong expected) =>
        Assert.That(Ballots.Timeouts.MessageDelayMs(round), Is.EqualTo(expected));

    // Precision 500 ms and a second of granularity: [ts - 1500, ts + 1500 + 4000] in round 0.
    [TestCase(98_499ul, false)]
    [TestCase(98_500ul, true)]
    [TestCase(100_000ul, true)]
    [TestCase(105_500ul, true)]
    [TestCase(105_501ul, false)]
    public void A_first_proposal_is_timely_around_its_timestamp(ulong receivedAtMs, bool isTimely) =>
        Assert.That(Ballots.Timeouts.IsTimely(receivedAtMs, timestamp: 100, round: 0), Is.EqualTo(isTimely));

    [Test]
    public void Lost_rounds_allow_more_delay_and_extreme_clocks_do_not_overflow()
    {
        Assert.That(Ballots.Timeouts.IsTimely(105_900, timestamp: 100, round: 1), Is.True);
        Assert.That(Ballots.Timeouts.IsTimely(105_901, timestamp: 100, round: 1), Is.False);
        Assert.That(Ballots.Timeouts.IsTimely(0, timestamp: 0, round: 0), Is.True);
        Assert.That(Ballots.Timeouts.IsTimely(0, ulong.MaxValue, uint.MaxValue), Is.False);
        Assert.That(Ballots.Timeouts.IsTimely(ulong.MaxValue, 0, uint.MaxValue), Is.False);
    }
}
