using DePinChain.Modules.Sdk;

namespace DePinChain.Modules.Tests.Sdk;

public sealed class ScheduleTests
{
    private InMemoryWorld _world = null!;
    private Schedule<ulong> _due = null!;

    [SetUp]
    public void Build()
    {
        _world = new InMemoryWorld();
        _due = new SamplesQueue(new ModuleState(SamplesModule.Descriptor.Address, _world)).Due;
    }

    [Test]
    public void Nothing_is_due_before_its_height()
    {
        _due.Add(10, 1);
        Assert.That(_due.TakeDue(9, 5), Is.Empty);
        Assert.That(_due.TakeDue(10, 5), Is.EqualTo(new ulong[] { 1 }));
        Assert.That(_due.TakeDue(10, 5), Is.Empty);
    }

    [Test]
    public void What_exceeds_the_bound_is_carried_over_before_what_is_newer()
    {
        for (ulong i = 1; i <= 5; i++) _due.Add(10, i);
        _due.Add(11, 6);
        Assert.That(_due.TakeDue(10, 2), Is.EqualTo(new ulong[] { 1, 2 }));
        Assert.That(_due.Peek(10, 9), Is.EqualTo(new ulong[] { 3, 4, 5 }));
        Assert.That(_due.TakeDue(11, 2), Is.EqualTo(new ulong[] { 3, 4 }));
        Assert.That(_due.TakeDue(12, 5), Is.EqualTo(new ulong[] { 5, 6 }));
        Assert.That(_world.RecordCount, Is.Zero);
    }

    [Test]
    public void An_overdue_item_comes_first()
    {
        _due.Add(10, 1);
        _due.Add(3, 2);
        Assert.That(_due.TakeDue(10, 5), Is.EqualTo(new ulong[] { 2, 1 }));
    }

    [Test]
    public void An_item_added_to_a_height_half_taken_is_not_lost()
    {
        _due.Add(10, 1);
        _due.Add(10, 2);
        Assert.That(_due.TakeDue(10, 1), Is.EqualTo(new ulong[] { 1 }));
        _due.Add(10, 3);
        Assert.That(_due.TakeDue(10, 9), Is.EqualTo(new ulong[] { 2, 3 }));
    }

    [Test]
    public void A_long_gap_is_crossed_in_bounded_steps()
    {
        _due.Add(1, 1);
        _due.Add(1_000, 2);
        Assert.That(_due.TakeDue(1, 5), Is.EqualTo(new ulong[] { 1 }));

        int calls = 0;
        IReadOnlyList<ulong> taken = [];
        while (taken.Count == 0)
        {
            ulong reads = _world.Reads;
            taken = _due.TakeDue(1_000, 5);
            calls++;

            // One read of the cursor, one of each bucket visited, one of the item.
            Assert.That(_world.Reads - reads, Is.LessThanOrEqualTo(Schedule<ulong>.HeightsPerCallMax + 2));
        }

        // Heights 2 to 1,000 are 999 buckets: four calls of at most 256.
        Assert.That(calls, Is.EqualTo(4));
        Assert.That(taken, Is.EqualTo(new ulong[] { 2 }));
    }

    [Test]
    public void Waiting_for_a_far_height_costs_one_read_a_block()
    {
        _due.Add(1_000_000, 1);
        ulong reads = _world.Reads;
        ulong writes = _world.Writes;
        for (ulong height = 1; height <= 100; height++) Assert.That(_due.TakeDue(height, 5), Is.Empty);
        Assert.That((_world.Reads - reads, _world.Writes - writes), Is.EqualTo((100UL, 0UL)));
    }

    [Test]
    public void A_bound_of_zero_takes_nothing_and_loses_nothing()
    {
        _due.Add(1, 1);
        Assert.That(_due.TakeDue(1, 0), Is.Empty);
        Assert.That(_due.Count, Is.EqualTo(1));
        Assert.That(() => _due.TakeDue(1, -1), Throws.TypeOf<ArgumentOutOfRangeException>());
    }
}
