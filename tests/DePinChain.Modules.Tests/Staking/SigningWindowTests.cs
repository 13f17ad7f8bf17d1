using DePinChain.Modules.Staking;

namespace DePinChain.Modules.Tests.Staking;

public sealed class SigningWindowTests
{
    [Test]
    public void A_bit_is_written_only_when_it_flips()
    {
        var window = new SigningWindow(blocks: 10, missed: null);

        Assert.That(window.Mark(7, missed: false), Is.Zero);
        Assert.That(window.Mark(7, missed: true), Is.EqualTo(1));
        Assert.That(window.Mark(17, missed: true), Is.Zero, "height 17 shares the bit of height 7");
        Assert.That(window.Mark(27, missed: false), Is.EqualTo(-1));
    }

    [Test]
    public void Bits_are_stored_least_significant_first()
    {
        // Heights 3 and 9 of a window of 10: bit 3 of byte 0 and bit 1 of byte 1.
        var window = new SigningWindow(10, null);
        window.Mark(3, missed: true);
        window.Mark(9, missed: true);

        Assert.That(window.Bits, Is.EqualTo(new byte[] { 0b0000_1000, 0b0000_0010 }));
        Assert.That(new SigningWindow(10, window.Bits).IsMissed(13), Is.True);
    }

    [Test]
    public void A_window_of_another_length_starts_empty()
    {
        Assert.That(new SigningWindow(100, [0xff, 0x03]).Bits, Is.All.EqualTo(0));
    }

    [Test]
    public void Marking_does_not_change_the_stored_bytes_it_was_given()
    {
        byte[] stored = [0, 0];
        new SigningWindow(10, stored).Mark(0, missed: true);

        Assert.That(stored, Is.EqualTo(new byte[] { 0, 0 }));
    }
}
