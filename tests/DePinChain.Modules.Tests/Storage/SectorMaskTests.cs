using DePinChain.Modules.Storage;
using DePinChain.Primitives;

namespace DePinChain.Modules.Tests.Storage;

/// <summary>Masks of sectors against one number for each sector.</summary>
public sealed class SectorMaskTests
{
    [Test]
    public void Ages_kept_bit_by_bit_count_as_numbers_do()
    {
        ulong draw = 1;
        int[] naive = new int[256];
        UInt256[] ages = PartitionRecord.Empty.Ages;
        for (int window = 0; window < 200; window++)
        {
            UInt256 faulty = UInt256.Zero;
            for (int place = 0; place < 256; place++)
            {
                draw = unchecked((draw * 6_364_136_223_846_793_005) + 1_442_695_040_888_963_407);
                bool isFaulty = draw >> 60 != 0;
                naive[place] = isFaulty ? Math.Min(63, naive[place] + 1) : 0;
                if (isFaulty) faulty |= SectorMask.Of(place);
            }

            ages = SectorMask.Older(ages, faulty);
            foreach (ulong limit in new ulong[] { 0, 1, 3, 42, 63 })
                Assert.That(
                    SectorMask.Places(SectorMask.AtLeast(ages, limit)),
                    Is.EqualTo(Enumerable.Range(0, 256).Where(place => naive[place] >= (int)limit)));
        }

        Assert.That(naive.Max(), Is.EqualTo(63), "some were faulty for longer than can be counted");
    }

    [Test]
    public void Places_and_counts_agree()
    {
        UInt256 mask = SectorMask.Of(0) | SectorMask.Of(63) | SectorMask.Of(64) | SectorMask.Of(255);
        Assert.That(SectorMask.Places(mask), Is.EqualTo(new[] { 0, 63, 64, 255 }));
        Assert.That(SectorMask.Count(mask), Is.EqualTo(4));
        Assert.That(SectorMask.Count(UInt256.MaxValue), Is.EqualTo(256));
    }

    [Test]
    public void A_new_sector_goes_to_the_emptiest_deadline_whose_challenge_nobody_knows()
    {
        // Deadline 1 runs and 2 is next: both are passed over however empty they are, as is a full one.
        Assert.That(SealedSectorsPolicy.EmptiestDeadline([5, 0, 0, 4, 3, 3], [0, 0, 0, 0, 0, 0], 1), Is.EqualTo(4));
        Assert.That(SealedSectorsPolicy.EmptiestDeadline([5, 0, 0, 4, 3, 3], [0, 0, 0, 0, 1, 0], 1), Is.EqualTo(5));
        Assert.That(SealedSectorsPolicy.EmptiestDeadline([0, 9, 9, 9], [0, 0, 0, 0], 3), Is.EqualTo(1));
        Assert.That(SealedSectorsPolicy.EmptiestDeadline([0, 1, 1, 0], [0, 1, 1, 0], 3), Is.EqualTo(-1));
    }

    [Test]
    public void A_calendar_says_when_each_window_opens()
    {
        // Period 60 in 6 windows of 10, from block 17 on: window 2 of period 1 is 17 + 60 + 20 = 97 to 106, challenged by block 95.
        ProvingCalendar calendar = new(0, 17, 60, 6, 2, 4);
        Assert.That((calendar.OpenOf(1, 2), calendar.CloseOf(1, 2), calendar.ChallengeOf(1, 2)), Is.EqualTo((97UL, 107UL, 95UL)));
        Assert.That((calendar.PeriodAt(16), calendar.PeriodAt(17), calendar.PeriodAt(77)), Is.EqualTo((0UL, 0UL, 1UL)));
        Assert.That((calendar.DeadlineAt(96), calendar.DeadlineAt(97), calendar.DeadlineAt(106)), Is.EqualTo((1UL, 2UL, 2UL)));
        Assert.That(
            new ulong[] { 0, 20, 106, 107, 166, 167 }.Select(height => calendar.NextPeriodOf(2, height)),
            Is.EqualTo(new ulong[] { 1, 1, 1, 2, 2, 3 }));
    }
}
