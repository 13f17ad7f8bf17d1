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
