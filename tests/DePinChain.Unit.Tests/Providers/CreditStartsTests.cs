using DePinChain.Providers.Files;
using DePinChain.Unit.Tests.Network;

namespace DePinChain.Unit.Tests.Providers;

/// <summary>First chunks before the first voucher: sixty-four in ten minutes from one machine.</summary>
public sealed class CreditStartsTests
{
    [Test]
    public void A_machine_begins_so_many_lanes_and_no_more_until_its_time_is_over()
    {
        ManualTime clock = new();
        CreditStarts credits = new(clock);
        for (int start = 0; start < CreditStarts.StartsMax; start++) Assert.That(credits.TryBegin("10.0.0.1", out _), Is.True);
        Assert.That(credits.TryBegin("10.0.0.1", out _), Is.False);
        Assert.That(credits.TryBegin("10.0.0.2", out _), Is.True, "another machine");
        clock.Advance(CreditStarts.Span - TimeSpan.FromSeconds(1));
        Assert.That(credits.TryBegin("10.0.0.1", out _), Is.False);
        clock.Advance(TimeSpan.FromSeconds(1));
        Assert.That(credits.TryBegin("10.0.0.1", out _), Is.True);
    }

    [Test]
    public void Too_many_machines_are_forgotten_together()
    {
        CreditStarts credits = new(new ManualTime());
        for (int origin = 0; origin < CreditStarts.OriginsMax; origin++)
        {
            Assert.That(credits.TryBegin($"machine {origin}", out bool early), Is.True);
            Assert.That(early, Is.False);
        }

        Assert.That(credits.TryBegin("machine 7", out bool known), Is.True);
        Assert.That(known, Is.False, "it has its place");
        Assert.That(credits.TryBegin("one more", out bool isForgotten), Is.True);
        Assert.That(isForgotten, Is.True);
    }
}
