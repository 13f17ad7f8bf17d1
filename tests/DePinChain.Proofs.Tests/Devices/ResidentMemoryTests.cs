using System.Security.Cryptography;
using DePinChain.Primitives;
using DePinChain.Proofs.Devices;

namespace DePinChain.Proofs.Tests.Devices;

/// <summary>The proof of memory: known answers of an independent model, and devices that have less than they say.</summary>
public sealed class ResidentMemoryTests
{
    private static readonly Hash256 Seed = new([.. Enumerable.Range(0, 32).Select(static at => (byte)at)]);
    private static readonly Hash256 Key = new(SHA256.HashData("key"u8));
    private static readonly Hash256 Secret = new(SHA256.HashData("secret"u8));
    private static readonly MemoryShape Small = new(16, 64);

    // Of a model in Python written from RFC 9106, sections 3.5 and 3.6, and hashlib's SHA-256: the root, and the last of 4,096 states.
    [TestCase(2, 16, "0x9449ee8b24e0f666a54ab47da36db61d01acf8adac83f8f6842d3f741b5f1a05",
        "0x5c8fd8caecabb329a213b6624826d7d6d89208209fa878ed37d6429fc65fba38")]
    [TestCase(4, 64, "0x124c97e4f0d2ecd495b7b89be12f18053243c1112d69db1ef6f2f5dbfb5822d1",
        "0x421aa6169293a7d0aec6b1b00ddedd674d56a8aae124950e0bee9587c8aa886d")]
    public void Memory_has_the_root_and_the_chase_of_the_independent_model(int lanes, int blocks, string root, string end)
    {
        var memory = ResidentMemory.Fill(new MemoryShape(lanes, blocks), Seed);
        Assert.That(memory.Root, Is.EqualTo(Hash256.Parse(root)));
        Assert.That(memory.Chase(Key)[^1], Is.EqualTo(Hash256.Parse(end)));
    }

    [Test]
    public void A_device_that_kept_everything_is_right_in_every_lane_and_step_that_is_drawn()
    {
        var memory = ResidentMemory.Fill(Small, Seed);
        Hash256[] states = memory.Chase(Key);
        foreach (int lane in ResidentMemory.Drawn(Secret, ResidentMemory.ShownLanes, Small.Lanes))
        {
            MemoryVerdict verdict = ResidentMemory.CheckLane(Small, Seed, memory.Root, lane, memory.ShowLane(lane));
            Assert.That(verdict, Is.EqualTo(MemoryVerdict.Right), $"lane {lane}");
        }

        foreach (int step in ResidentMemory.Drawn(Secret, ResidentMemory.ShownSteps, ResidentMemory.ChaseSteps))
        {
            MemoryVerdict verdict = ResidentMemory.CheckStep(Small, memory.Root, Key, states, memory.ShowStep(states, step));
            Assert.That(verdict, Is.EqualTo(MemoryVerdict.Right), $"step {step}");
        }
    }

    [Test]
    public void Memory_that_was_never_filled_is_found_in_a_lane_that_is_filled_again()
    {
        // Half of the lanes are the first one again, and one of another seed: a card that has half of what it says.
        byte[] first = ResidentMemory.FillLane(Small, Seed, 0);
        var memory = new ResidentMemory(
            Small, [.. Enumerable.Range(0, 16).Select(lane => lane < 8 ? ResidentMemory.FillLane(Small, Seed, lane) : first)]);
        for (int lane = 0; lane < 16; lane++)
        {
            Assert.That(
                ResidentMemory.CheckLane(Small, Seed, memory.Root, lane, memory.ShowLane(lane)),
                Is.EqualTo(lane < 8 ? MemoryVerdict.Right : MemoryVerdict.WrongPath), $"lane {lane}");
        }

        // Eight drawn lanes miss all of them once in 256 times.
        Assert.That(ResidentMemory.CheckLane(Small, Secret, memory.Root, 0, memory.ShowLane(0)), Is.EqualTo(MemoryVerdict.WrongPath));
    }

    [Test]
    public void States_that_were_made_up_are_found_in_the_step_that_made_them_up()
    {
        var memory = ResidentMemory.Fill(Small, Seed);
        Hash256[] states = memory.Chase(Key);
        StepOpening right = memory.ShowStep(states, 100);
        Hash256[] guessed = [.. states];
        guessed[101] = Seed;
        MemoryVerdict Judged(StepOpening opening, Hash256[] all) => ResidentMemory.CheckStep(Small, memory.Root, Key, all, opening);
        Assert.Multiple(() =>
        {
            Assert.That(Judged(right, states), Is.EqualTo(MemoryVerdict.Right));
            Assert.That(Judged(right, guessed), Is.EqualTo(MemoryVerdict.WrongState));
            Assert.That(Judged(memory.ShowStep(states, 101) with { Step = 100 }, states), Is.EqualTo(MemoryVerdict.WrongPath));
            Assert.That(Judged(right with { Block = new byte[1_024] }, states), Is.EqualTo(MemoryVerdict.WrongPath));
            Assert.That(Judged(right with { Path = [.. right.Path.Reverse()] }, states), Is.EqualTo(MemoryVerdict.WrongPath));
            Assert.That(Judged(right with { LanePath = [.. right.LanePath.Reverse()] }, states), Is.EqualTo(MemoryVerdict.WrongPath));
            Assert.That(
                ResidentMemory.CheckStep(Small, memory.Root, Seed, states, right), Is.EqualTo(MemoryVerdict.WrongState), "another key");
        });
    }

    [Test]
    public void What_has_another_length_is_refused_before_anything_is_hashed()
    {
        var memory = ResidentMemory.Fill(Small, Seed);
        Hash256[] states = memory.Chase(Key);
        StepOpening right = memory.ShowStep(states, 0);
        StepOpening[] wrong = [right with { Step = -1 }, right with { Step = 4_096 }, right with { Block = [] }, right with { Path = [] }];
        foreach (StepOpening opening in wrong)
        {
            Assert.That(
                ResidentMemory.CheckStep(Small, memory.Root, Key, states, opening), Is.EqualTo(MemoryVerdict.WrongShape));
        }

        Assert.That(ResidentMemory.CheckStep(Small, memory.Root, Key, states.AsSpan(1), right), Is.EqualTo(MemoryVerdict.WrongShape));
        Assert.That(ResidentMemory.CheckLane(Small, Seed, memory.Root, 16, []), Is.EqualTo(MemoryVerdict.WrongShape));
        Assert.That(ResidentMemory.CheckLane(Small, Seed, memory.Root, -1, []), Is.EqualTo(MemoryVerdict.WrongShape));
        Assert.That(() => new MemoryShape(3, 64), Throws.InstanceOf<ArgumentOutOfRangeException>());
        Assert.That(() => new MemoryShape(131_072, 64), Throws.InstanceOf<ArgumentOutOfRangeException>());
        Assert.That(() => new MemoryShape(2, 2), Throws.InstanceOf<ArgumentOutOfRangeException>());
        Assert.That(() => new MemoryShape(2, 131_072), Throws.InstanceOf<ArgumentOutOfRangeException>());
    }

    // Work is counted in mixes, since they come one after the other. A chase by a device that dropped one lane of sixteen after the root
    // was sent meets it about 4,096 / 16 = 256 times, and fills it up to the block each time: 63 / 2 of 64 blocks here, 32,767.5 of 65,536
    // in a lane of 64 MiB. At 0.1 µs a mix those are 256 · 3.3 ms = 0.84 s, where the chase of one that kept everything may take 0.1 s.
    [Test]
    public void A_device_that_dropped_a_sixteenth_after_it_committed_has_hundreds_of_lanes_to_fill_in_a_tenth_of_a_second()
    {
        var memory = ResidentMemory.Fill(Small, Seed);
        Hash256[] states = memory.Chase(Key);
        ulong[] missed = [.. states[..^1].Select(state => ResidentMemory.PlaceOf(Small, state))
            .Where(static place => place / 64 == 5).Select(static place => place % 64)];
        Assert.That(missed, Has.Length.InRange(192, 320), "256, and four standard deviations of 15.5");
        double mean = missed.Average(static block => (double)block);
        Assert.That(mean, Is.InRange(31.5 - 5, 31.5 + 5), "four standard deviations of 18.5 / 16");
        double seconds = missed.Length * (mean / 63) * 65_535 * 0.1e-6;
        Assert.That(seconds, Is.GreaterThan(0.5));
    }
}
