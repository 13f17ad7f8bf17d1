using System.Security.Cryptography;
using DePinChain.Primitives;
using DePinChain.Proofs.Devices;

namespace DePinChain.Proofs.Tests.Devices;

/// <summary>The proof of time: a chain of hashes through a window.</summary>
public sealed class TimeLockTests
{
    private const int Length = 1_000;
    private static readonly Hash256 Seed = new([.. Enumerable.Range(0, 32).Select(static at => (byte)at)]);
    private static readonly Hash256 Secret = new(SHA256.HashData("secret"u8));

    // Of three segments of a thousand hashes in Python's hashlib, and the tree over its four states.
    [Test]
    public void A_lock_has_the_root_of_the_independent_model() => Assert.That(
        TimeLock.Run(Seed, 3, Length).Root,
        Is.EqualTo(Hash256.Parse("0x56907b179d0d306e0ce7b1c5ffebc30e902eedf38322e49b4cb173256b053ff8")));

    [Test]
    public void Every_segment_that_was_hashed_is_right_and_the_window_ends_it()
    {
        int asked = 0;
        var held = TimeLock.Run(Seed, 100, Length, () => asked++ == 5);
        Assert.That(held.Segments, Is.EqualTo(5));
        for (int segment = 0; segment < 5; segment++)
            Assert.That(TimeLock.Check(Seed, held.Root, 5, Length, held.Show(segment)), Is.EqualTo(TimeVerdict.Right), $"{segment}");
    }

    [Test]
    public void A_host_that_slept_and_made_a_state_up_is_found_in_the_segment_that_leads_there()
    {
        // States 0 to 2 are right, 3 is made up and 4 follows from it.
        var honest = TimeLock.Run(Seed, 4, Length);
        Hash256[] states = [.. Enumerable.Range(0, 3).Select(at => honest.Show(at).Start), Secret, Secret];
        var slept = new TimeLock(states);
        TimeVerdict[] verdicts = [.. Enumerable.Range(0, 4).Select(at => TimeLock.Check(Seed, slept.Root, 4, Length, slept.Show(at)))];
        TimeVerdict[] expected = [TimeVerdict.Right, TimeVerdict.Right, TimeVerdict.WrongEnd, TimeVerdict.WrongEnd];
        Assert.That(verdicts, Is.EqualTo(expected));
    }

    [Test]
    public void Another_seed_another_root_and_other_places_are_found()
    {
        var held = TimeLock.Run(Seed, 4, Length);
        SegmentOpening first = held.Show(0), second = held.Show(1);
        Assert.Multiple(() =>
        {
            Assert.That(TimeLock.Check(Secret, held.Root, 4, Length, first), Is.EqualTo(TimeVerdict.WrongPath));
            Assert.That(TimeLock.Check(Seed, Secret, 4, Length, second), Is.EqualTo(TimeVerdict.WrongPath));
            Assert.That(TimeLock.Check(Seed, held.Root, 4, Length, second with { Segment = 2 }), Is.EqualTo(TimeVerdict.WrongPath));
            Assert.That(TimeLock.Check(Seed, held.Root, 4, Length - 1, second), Is.EqualTo(TimeVerdict.WrongEnd));
            Assert.That(TimeLock.Check(Seed, held.Root, 4, Length, second with { Segment = 4 }), Is.EqualTo(TimeVerdict.WrongShape));
            Assert.That(TimeLock.Check(Seed, held.Root, 4, Length, second with { Segment = -1 }), Is.EqualTo(TimeVerdict.WrongShape));
            Assert.That(TimeLock.Check(Seed, held.Root, 4, Length, second with { EndPath = [] }), Is.EqualTo(TimeVerdict.WrongPath));
        });
        Assert.That(TimeLock.Drawn(Secret, 4), Has.Length.EqualTo(3).And.All.InRange(0, 3));
        Assert.That(TimeLock.Drawn(Secret, 1_000), Is.Not.EqualTo(TimeLock.Drawn(Seed, 1_000)));
    }

    // A window of an hour at 5 million hashes a second are 1.8 · 10^10: 17,166 segments of 2^20. A host that slept for a quarter of it made
    // a quarter of them up, and passes three draws with 0.75³ = 0.42, 24 hours of them with 10^-9.
    [Test]
    public void Three_segments_find_a_quarter_of_an_hours_sleep_within_a_day()
    {
        Assert.That(5_000_000L * 3_600 / TimeLock.UsualLength, Is.EqualTo(17_166));
        Assert.That(Math.Pow(0.75, TimeLock.ShownSegments), Is.EqualTo(0.42).Within(0.01));
        Assert.That(Math.Pow(0.75, TimeLock.ShownSegments * 24), Is.LessThan(1.1e-9));
    }
}
