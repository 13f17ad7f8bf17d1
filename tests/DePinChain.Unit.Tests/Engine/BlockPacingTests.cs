using DePinChain.Engine;

namespace DePinChain.Unit.Tests.Engine;

public sealed class BlockPacingTests
{
    private const ulong Parent = 1_800_000_000;
    private const long ParentMs = (long)Parent * 1000;

    [Test]
    public void Whole_seconds_are_counted_from_the_parents_timestamp()
    {
        BlockPacing pacing = new(PacingMode.Interval, 12_000, Clock(ParentMs + 345));
        Assert.That(pacing.BeginAt(8, Parent, ParentMs + 300, transactionWaits: false), Is.EqualTo(ParentMs + 12_000));
    }

    [Test]
    public void Parts_of_a_second_are_counted_from_when_the_parent_began()
    {
        BlockPacing pacing = new(PacingMode.Interval, 200, Clock(ParentMs + 345));
        Assert.That(pacing.BeginAt(8, Parent, ParentMs + 300, transactionWaits: false), Is.EqualTo(ParentMs + 500));
    }

    [Test]
    public void An_instant_block_waits_for_a_transaction()
    {
        BlockPacing pacing = new(PacingMode.Instant, 1_000, Clock(ParentMs + 345));
        Assert.That(pacing.BeginAt(8, Parent, ParentMs, transactionWaits: false), Is.Null);
        Assert.That(pacing.BeginAt(8, Parent, ParentMs, transactionWaits: true), Is.EqualTo(ParentMs + 345));
    }

    [Test]
    public void A_manual_block_waits_for_the_command()
    {
        BlockPacing pacing = new(PacingMode.Manual, 1_000, Clock(ParentMs));
        int nudges = 0;
        pacing.Changed += () => nudges++;
        Assert.That(pacing.BeginAt(8, Parent, ParentMs, transactionWaits: true), Is.Null);

        pacing.MineTo(head: 7, height: 8);

        Assert.That(nudges, Is.EqualTo(1));
        Assert.That(pacing.BeginAt(8, Parent, ParentMs, transactionWaits: false), Is.Not.Null);
        Assert.That(pacing.BeginAt(9, Parent, ParentMs, transactionWaits: true), Is.Null);
    }

    [Test]
    public void A_run_that_is_expected_has_a_time_for_each_of_its_blocks_and_begins_nothing()
    {
        // Blocks 8 to 10 of 12 s after 7: 12, 24 and 36 s after the command.
        BlockPacing pacing = new(PacingMode.Manual, 12_000, Clock(ParentMs));
        pacing.Expect(new MiningRun(From: 7, To: 10, ParentMs));
        Assert.That(
            new[] { pacing.MinedAtMs(7), pacing.MinedAtMs(8), pacing.MinedAtMs(10), pacing.MinedAtMs(11) },
            Is.EqualTo(new long?[] { null, ParentMs + 12_000, ParentMs + 36_000, null }));
        Assert.That(pacing.BeginAt(8, Parent, ParentMs, transactionWaits: false), Is.Null);
    }

    [Test]
    public void A_longer_order_goes_on_with_the_run_that_is_under_way()
    {
        BlockPacing pacing = new(PacingMode.Manual, 1_000, Clock(ParentMs));
        pacing.MineTo(head: 7, height: 10);
        Assert.That(pacing.Plan(head: 8, height: 20), Is.EqualTo(new MiningRun(From: 7, To: 20, ParentMs)));
        Assert.That(pacing.Plan(head: 10, height: 20), Is.EqualTo(new MiningRun(From: 10, To: 20, ParentMs)));
    }

    [Test]
    public void A_clock_that_is_wrong_on_purpose_keeps_its_error_when_the_network_moves_the_time()
    {
        // The network moves to +60 s; this clock is 5 s slow and stays so: 60 - 5 = 55.
        LocalClock clock = Clock(ParentMs);
        clock.SkewMs = -5_000;
        clock.AdvanceTo(ParentMs + 60_000);
        Assert.That((clock.NowMs, clock.OffsetMs), Is.EqualTo((ParentMs + 55_000, 60_000L)));
        clock.SkewMs = 0;
        Assert.That(clock.NowMs, Is.EqualTo(ParentMs + 60_000));
    }

    [Test]
    public void Mined_blocks_are_one_interval_apart_on_the_shared_clock()
    {
        // Two nodes ask in turn for the same heights; the clock moves once a height: 3 blocks of 12 s are 36 s.
        LocalClock clock = Clock(ParentMs);
        BlockPacing pacing = new(PacingMode.Interval, 12_000, clock);
        pacing.MineTo(head: 7, height: 10);
        for (ulong height = 8; height <= 10; height++)
        {
            long first = pacing.BeginAt(height, Parent, ParentMs, false)!.Value;
            long second = pacing.BeginAt(height, Parent, ParentMs, false)!.Value;
            Assert.That(first, Is.EqualTo(ParentMs + ((long)(height - 7) * 12_000)));
            Assert.That(second, Is.EqualTo(first));
        }

        Assert.That(clock.OffsetMs, Is.EqualTo(36_000));
    }

    private static LocalClock Clock(long nowMs) => new(new StoppedTime(nowMs));

    private sealed class StoppedTime(long nowMs) : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => DateTimeOffset.FromUnixTimeMilliseconds(nowMs);
    }
}
