using DePinChain.Primitives;

namespace DePinChain.Unit.Tests.Primitives;

public sealed class Hash256Tests
{
    private const string Text = "0x000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f";

    [Test]
    public void A_hash_reads_back()
    {
        Hash256 hash = Hash256.Parse(Text);
        Assert.That(hash.ToString(), Is.EqualTo(Text));
        Assert.That(hash.ToArray(), Is.EqualTo(Enumerable.Range(0, 32)));
        Assert.That(new Hash256(hash.ToArray()), Is.EqualTo(hash));
        Assert.That(hash.ToUInt256().ToHash256(), Is.EqualTo(hash));
        Assert.That(hash.IsZero, Is.False);
        Assert.That(Hash256.Zero.IsZero, Is.True);
    }

    [Test]
    public void Hashes_are_ordered_as_their_bytes()
    {
        for (int position = 0; position < 32; position++)
        {
            byte[] higher = new byte[32];
            higher[position] = 1;
            byte[] lower = new byte[32];
            lower.AsSpan(position + 1).Fill(0xff);
            Assert.That(new Hash256(lower), Is.LessThan(new Hash256(higher)), $"byte {position}");
        }
    }

    [TestCase("")]
    [TestCase("0x00")]
    [TestCase("000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f")]
    [TestCase("0x000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1g")]
    public void What_is_no_hash_is_refused(string text)
    {
        Assert.That(Hash256.TryParse(text, out _), Is.False);
        Assert.That(() => Hash256.Parse(text), Throws.TypeOf<FormatException>());
    }

    [Test]
    public void A_hash_has_32_bytes() => Assert.That(() => new Hash256(new byte[31]), Throws.TypeOf<ArgumentException>());
}
