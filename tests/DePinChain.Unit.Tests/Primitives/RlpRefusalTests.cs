using DePinChain.Primitives;
using FsCheck;
using FsCheck.Fluent;

namespace DePinChain.Unit.Tests.Primitives;

/// <summary>What is not canonical RLP is refused with a sentence, never read as something and never a crash.</summary>
public sealed class RlpRefusalTests
{
    [TestCase("", "an item is missing")]
    [TestCase("0x8100", "a single byte below 0x80 has a header")]
    [TestCase("0x817f", "a single byte below 0x80 has a header")]
    [TestCase("0x83646f", "an item of 3 bytes passes the end")]
    [TestCase("0xb8", "the length passes the end")]
    [TestCase("0xb800", "a length with a leading zero")]
    [TestCase("0xb80100", "a length that fits the short form")]
    [TestCase("0xb83700", "a length that fits the short form")]
    [TestCase("0xb838", "an item of 56 bytes passes the end")]
    [TestCase("0xb90038", "a length with a leading zero")]
    [TestCase("0xba010000", "an item of 65536 bytes passes the end")]
    [TestCase("0xbb7fffffff", "an item of 2147483647 bytes passes the end")]
    [TestCase("0xbbffffffff", "an item of 4294967295 bytes passes the end")]
    [TestCase("0xbc0100000000", "an item of 4 GiB or more passes the end")]
    [TestCase("0xbfffffffffffffffff", "an item of 4 GiB or more passes the end")]
    [TestCase("0xbf0f000000000000021111", "an item of 4 GiB or more passes the end")]
    [TestCase("0xc0", "a string was expected, a list is there")]
    public void A_string_that_is_not_canonical_is_refused(string hex, string reason)
    {
        byte[] bytes = Hex.Decode(hex);
        Assert.That(() => new RlpReader(bytes).ReadBytes().ToArray(), Refused(reason));
    }

    [TestCase("", "an item is missing")]
    [TestCase("0x80", "a list was expected, a string is there")]
    [TestCase("0xc180", null)]
    [TestCase("0xc2", "an item of 2 bytes passes the end")]
    [TestCase("0xf7", "an item of 55 bytes passes the end")]
    [TestCase("0xf800", "a length with a leading zero")]
    [TestCase("0xf83700", "a length that fits the short form")]
    [TestCase("0xf90038", "a length with a leading zero")]
    [TestCase("0xff00000000000000ff", "a length with a leading zero")]
    [TestCase("0xffffffffffffffffff", "an item of 4 GiB or more passes the end")]
    public void A_list_that_is_not_canonical_is_refused(string hex, string? reason)
    {
        byte[] bytes = Hex.Decode(hex);
        Assert.That(() => new RlpReader(bytes).ReadList().AtEnd, reason is null ? Throws.Nothing : Refused(reason));
    }

    [TestCase("0x00", "a number with a leading zero")]
    [TestCase("0x820001", "a number with a leading zero")]
    [TestCase("0x89010000000000000000", "a number of 9 bytes where at most 8 fit")]
    public void A_number_that_is_not_canonical_is_refused(string hex, string reason)
    {
        byte[] bytes = Hex.Decode(hex);
        Assert.That(() => new RlpReader(bytes).ReadUInt64(), Refused(reason));
    }

    [Test]
    public void A_number_wider_than_its_type_is_refused()
    {
        Assert.That(() => new RlpReader([0x82, 0x01, 0x00]).ReadByte(), Refused("a number of 2 bytes where at most 1 fit"));
        Assert.That(() => new RlpReader([0x85, 1, 0, 0, 0, 0]).ReadUInt32(), Refused("a number of 5 bytes where at most 4 fit"));
        Assert.That(() => new RlpReader([0x91, 1, .. new byte[16]]).ReadUInt128(), Refused("a number of 17 bytes where at most 16 fit"));
        Assert.That(() => new RlpReader([0xa1, 1, .. new byte[32]]).ReadUInt256(), Refused("a number of 33 bytes where at most 32 fit"));
        Assert.That(() => new RlpReader([0x02]).ReadBool(), Refused("a flag is neither 0 nor 1"));
    }

    [Test]
    public void Addresses_and_hashes_have_their_exact_size()
    {
        byte[] short19 = [0x93, .. new byte[19]];
        Assert.That(() => new RlpReader(short19).ReadAddress(), Refused("20 bytes were expected, 19 are there"));
        Assert.That(() => new RlpReader(short19).ReadOptionalAddress(), Refused("an address has 20 bytes or none, not 19"));
        Assert.That(() => new RlpReader(short19).ReadHash256(), Refused("32 bytes were expected, 19 are there"));
    }

    [Test]
    public void Bytes_after_the_last_item_are_refused() =>
        Assert.That(
            () =>
            {
                RlpReader reader = new([0x01, 0x02]);
                reader.ReadUInt64();
                reader.ExpectEnd();
            },
            Refused("1 bytes too many"));

    [Test]
    public void Counting_refuses_a_list_whose_items_are_not_canonical() =>
        Assert.That(
            () => new RlpReader([0xc3, 0x01, 0x81, 0x05]).ReadList().CountItems(),
            Refused("a single byte below 0x80 has a header"));

    // Whatever bytes come, the reader answers or refuses; what it accepts has one encoding, so writing it again gives the same bytes.
    [Test]
    public void Arbitrary_bytes_are_read_back_exactly_or_refused() =>
        Prop.ForAll(ArbMap.Default.ArbFor<byte[]>(), bytes =>
        {
            try
            {
                RlpReader reader = new(bytes);
                RlpWriter writer = new();
                while (!reader.AtEnd)
                {
                    if (reader.PeekIsList()) writer.WriteEncoded(reader.ReadRawItem());
                    else writer.Write(reader.ReadBytes());
                }

                return writer.Written.SequenceEqual(bytes);
            }
            catch (RlpException)
            {
                return true;
            }
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(5_000));

    private static NUnit.Framework.Constraints.IResolveConstraint Refused(string reason) =>
        Throws.TypeOf<RlpException>().With.Message.Contains(reason);
}
