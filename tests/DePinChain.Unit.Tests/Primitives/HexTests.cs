using DePinChain.Primitives;

namespace DePinChain.Unit.Tests.Primitives;

public sealed class HexTests
{
    [Test]
    public void Bytes_have_two_lower_case_digits_each()
    {
        Assert.That(Hex.Encode([0x00, 0xAB, 0xff]), Is.EqualTo("0x00abff"));
        Assert.That(Hex.Encode([0x00, 0xAB, 0xff], prefix: false), Is.EqualTo("00abff"));
        Assert.That(Hex.Encode([]), Is.EqualTo("0x"));
    }

    [TestCase("0x00aBFf")]
    [TestCase("00AbfF")]
    public void Digits_of_either_case_read_back(string text) => Assert.That(Hex.Decode(text), Is.EqualTo(new byte[] { 0x00, 0xab, 0xff }));

    [TestCase("0x0")]
    [TestCase("0xzz")]
    [TestCase("0X00")]
    [TestCase("0x 0")]
    public void What_is_no_data_is_refused(string text)
    {
        Assert.That(Hex.TryDecode(text, out byte[] bytes), Is.False);
        Assert.That(bytes, Is.Empty);
        Assert.That(() => Hex.Decode(text), Throws.TypeOf<FormatException>());
    }

    // The examples of the Ethereum JSON-RPC specification.
    [TestCase("0x41", 65)]
    [TestCase("0x400", 1024)]
    [TestCase("0x0", 0)]
    public void A_quantity_reads_back(string text, int value)
    {
        Assert.That(Hex.TryParseQuantity(text, out UInt256 parsed), Is.True);
        Assert.That(parsed, Is.EqualTo((UInt256)(ulong)value));
        Assert.That(Hex.Quantity((ulong)value), Is.EqualTo(text));
        Assert.That(Hex.Quantity((UInt128)(ulong)value), Is.EqualTo(text));
        Assert.That(Hex.Quantity((UInt256)(ulong)value), Is.EqualTo(text));
    }

    // The specification's wrong ones, and one bit too many.
    [TestCase("0x")]
    [TestCase("0x0400")]
    [TestCase("ff")]
    [TestCase("0x00")]
    [TestCase("0xg")]
    [TestCase("1024")]
    [TestCase(null)]
    [TestCase("0x10000000000000000000000000000000000000000000000000000000000000000")]
    public void What_is_no_quantity_is_refused(string? text) => Assert.That(Hex.TryParseQuantity(text, out _), Is.False);
}
