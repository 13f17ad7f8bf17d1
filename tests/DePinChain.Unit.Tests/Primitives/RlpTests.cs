using System.Globalization;
using System.Numerics;
using System.Text;
using System.Text.Json;
using DePinChain.Primitives;
using FsCheck;
using FsCheck.Fluent;

namespace DePinChain.Unit.Tests.Primitives;

public sealed class RlpTests
{
    private static IEnumerable<string> Names() => KnownAnswers.Read("ethereum/rlptest.json").EnumerateObject().Select(test => test.Name);

    [TestCaseSource(nameof(Names))]
    public void The_public_suite_encodes_and_reads_back(string name)
    {
        JsonElement test = KnownAnswers.Read("ethereum/rlptest.json").GetProperty(name);
        RlpWriter writer = new();
        Write(writer, test.GetProperty("in"));
        string expected = test.GetProperty("out").GetString()!;
        Assert.That(Hex.Encode(writer.Written), Is.EqualTo(expected));

        RlpReader reader = new(Hex.Decode(expected));
        Expect(ref reader, test.GetProperty("in"));
        reader.ExpectEnd();
        RlpReader raw = new(Hex.Decode(expected));
        Assert.That(Hex.Encode(raw.ReadRawItem()), Is.EqualTo(expected));
    }

    [Test]
    public void Every_value_type_reads_back()
    {
        Address address = Address.FromLow(0x1001);
        Hash256 hash = Keccak256.Empty;
        RlpWriter writer = new(capacity: 1);
        int outer = writer.BeginList();
        writer.Write(ulong.MaxValue);
        writer.Write(UInt128.MaxValue);
        writer.Write(UInt256.MaxValue);
        writer.Write(address);
        writer.Write((Address?)null);
        writer.Write((Address?)address);
        writer.Write(hash);
        writer.Write(uint.MaxValue);
        writer.WriteEncoded([0xc1, 0x05]);
        writer.EndList(outer);

        RlpReader reader = new(writer.Written);
        RlpReader list = reader.ReadList();
        Assert.That(list.CountItems(), Is.EqualTo(9));
        Assert.That(list.ReadUInt64(), Is.EqualTo(ulong.MaxValue));
        Assert.That(list.ReadUInt128(), Is.EqualTo(UInt128.MaxValue));
        Assert.That(list.ReadUInt256(), Is.EqualTo(UInt256.MaxValue));
        Assert.That(list.ReadAddress(), Is.EqualTo(address));
        Assert.That(list.ReadOptionalAddress(), Is.Null);
        Assert.That(list.ReadOptionalAddress(), Is.EqualTo(address));
        Assert.That(list.ReadHash256(), Is.EqualTo(hash));
        Assert.That(list.ReadUInt32(), Is.EqualTo(uint.MaxValue));
        Assert.That(list.PeekIsList(), Is.True);
        Assert.That(list.ReadList().ReadByte(), Is.EqualTo(5));
        list.ExpectEnd();
        reader.ExpectEnd();
    }

    // The header grows by a byte at 56 bytes of payload, at 256 and at 65,536; nested lists shift with it.
    [TestCase(0)]
    [TestCase(54)]
    [TestCase(55)]
    [TestCase(56)]
    [TestCase(255)]
    [TestCase(256)]
    [TestCase(65_535)]
    [TestCase(65_536)]
    [TestCase(16_777_216)]
    public void Lengths_around_a_header_border_read_back(int length)
    {
        byte[] bytes = new byte[length];
        RlpWriter writer = new();
        int outer = writer.BeginList();
        int inner = writer.BeginList();
        writer.Write(bytes);
        writer.EndList(inner);
        writer.Write(7UL);
        writer.EndList(outer);
        int expected = RlpWriter.LengthOf(RlpWriter.LengthOf(RlpWriter.LengthOf(bytes)) + 1);
        Assert.That(writer.Written.Length, Is.EqualTo(expected));

        RlpReader reader = new(writer.Written);
        RlpReader list = reader.ReadList();
        RlpReader innerList = list.ReadList();
        Assert.That(innerList.ReadBytes().SequenceEqual(bytes), Is.True);
        innerList.ExpectEnd();
        Assert.That(list.ReadUInt64(), Is.EqualTo(7));
        list.ExpectEnd();
        reader.ExpectEnd();
    }

    [Test]
    public void Numbers_and_bytes_read_back_and_have_the_length_that_was_foretold() =>
        Prop.ForAll(Numbers.Any, ArbMap.Default.ArbFor<byte[]>(), (number, bytes) =>
        {
            RlpWriter writer = new();
            writer.Write(number);
            writer.Write(bytes);
            RlpReader reader = new(writer.Written);
            bool sameNumber = reader.ReadUInt256() == number && reader.Position == RlpWriter.LengthOf(number);
            return sameNumber && reader.ReadBytes().SequenceEqual(bytes) && reader.AtEnd
                && writer.Written.Length == RlpWriter.LengthOf(number) + RlpWriter.LengthOf(bytes);
        }).QuickCheckThrowOnFailure();

    [Test]
    public void A_cleared_writer_starts_again()
    {
        RlpWriter writer = new();
        writer.Write(new byte[100]);
        writer.Clear();
        writer.Write(1UL);
        Assert.That(writer.ToArray(), Is.EqualTo(new byte[] { 1 }));
    }

    private static void Write(RlpWriter writer, JsonElement value)
    {
        switch (value.ValueKind)
        {
            case JsonValueKind.Array:
                int mark = writer.BeginList();
                foreach (JsonElement item in value.EnumerateArray()) Write(writer, item);
                writer.EndList(mark);
                break;
            case JsonValueKind.Number:
                writer.Write(value.GetUInt64());
                break;
            default:
                if (NumberOf(value) is not { } number) writer.Write(BytesOf(value));
                else if (UInt256.TryFrom(number, out UInt256 fits)) writer.Write(fits);
                else writer.Write(number.ToByteArray(isUnsigned: true, isBigEndian: true)); // "bigint" is 2^256: 33 bytes.
                break;
        }
    }

    private static void Expect(ref RlpReader reader, JsonElement value)
    {
        switch (value.ValueKind)
        {
            case JsonValueKind.Array:
                Assert.That(reader.PeekIsList(), Is.True);
                RlpReader list = reader.ReadList();
                Assert.That(list.CountItems(), Is.EqualTo(value.GetArrayLength()));
                foreach (JsonElement item in value.EnumerateArray()) Expect(ref list, item);
                list.ExpectEnd();
                break;
            case JsonValueKind.Number:
                Assert.That(reader.ReadUInt64(), Is.EqualTo(value.GetUInt64()));
                break;
            default:
                byte[] expected = NumberOf(value)?.ToByteArray(isUnsigned: true, isBigEndian: true) ?? BytesOf(value);
                Assert.That(reader.ReadBytes().ToArray(), Is.EqualTo(expected));
                break;
        }
    }

    // "#123" is a number in the suite.
    private static BigInteger? NumberOf(JsonElement value) =>
        value.GetString() is ['#', .. string digits] ? BigInteger.Parse(digits, CultureInfo.InvariantCulture) : null;

    private static byte[] BytesOf(JsonElement value) => Encoding.Latin1.GetBytes(value.GetString()!);
}
