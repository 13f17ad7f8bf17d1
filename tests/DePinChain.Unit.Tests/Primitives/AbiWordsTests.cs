using DePinChain.Primitives;

namespace DePinChain.Unit.Tests.Primitives;

/// <summary>The writer and reader that generated code uses, against the examples of the Solidity ABI specification.</summary>
public sealed class AbiWordsTests
{
    // "Use of Dynamic Types": f(uint256,uint32[],bytes10,bytes) with (0x123, [0x456, 0x789], "1234567890", "Hello, world!").
    private const string Dynamic =
        "0x0000000000000000000000000000000000000000000000000000000000000123"
        + "0000000000000000000000000000000000000000000000000000000000000080"
        + "3132333435363738393000000000000000000000000000000000000000000000"
        + "00000000000000000000000000000000000000000000000000000000000000e0"
        + "0000000000000000000000000000000000000000000000000000000000000002"
        + "0000000000000000000000000000000000000000000000000000000000000456"
        + "0000000000000000000000000000000000000000000000000000000000000789"
        + "000000000000000000000000000000000000000000000000000000000000000d"
        + "48656c6c6f2c20776f726c642100000000000000000000000000000000000000";

    // g(uint256[][],string[]) with ([[1, 2], [3]], ["one", "two", "three"]).
    private const string Nested =
        "0x0000000000000000000000000000000000000000000000000000000000000040"
        + "0000000000000000000000000000000000000000000000000000000000000140"
        + "0000000000000000000000000000000000000000000000000000000000000002"
        + "0000000000000000000000000000000000000000000000000000000000000040"
        + "00000000000000000000000000000000000000000000000000000000000000a0"
        + "0000000000000000000000000000000000000000000000000000000000000002"
        + "0000000000000000000000000000000000000000000000000000000000000001"
        + "0000000000000000000000000000000000000000000000000000000000000002"
        + "0000000000000000000000000000000000000000000000000000000000000001"
        + "0000000000000000000000000000000000000000000000000000000000000003"
        + "0000000000000000000000000000000000000000000000000000000000000003"
        + "0000000000000000000000000000000000000000000000000000000000000060"
        + "00000000000000000000000000000000000000000000000000000000000000a0"
        + "00000000000000000000000000000000000000000000000000000000000000e0"
        + "0000000000000000000000000000000000000000000000000000000000000003"
        + "6f6e650000000000000000000000000000000000000000000000000000000000"
        + "0000000000000000000000000000000000000000000000000000000000000003"
        + "74776f0000000000000000000000000000000000000000000000000000000000"
        + "0000000000000000000000000000000000000000000000000000000000000005"
        + "7468726565000000000000000000000000000000000000000000000000000000";

    [Test]
    public void Dynamic_values_lie_behind_offsets()
    {
        AbiWriter elements = new(2);
        elements.WriteUInt(0x456UL);
        elements.WriteUInt((UInt128)0x789);
        AbiWriter writer = new(4);
        writer.WriteUInt256(0x123);
        writer.WriteArray(2, elements);
        writer.WriteFixedBytes("1234567890"u8);
        writer.WriteBytes("Hello, world!"u8);
        Assert.That(Hex.Encode(writer.ToArray()), Is.EqualTo(Dynamic));

        AbiReader reader = new(Hex.Decode(Dynamic));
        Assert.That(reader.ReadUInt256(), Is.EqualTo((UInt256)0x123));
        AbiReader array = reader.ReadArray(maxCount: 2, out int count);
        Assert.That(count, Is.EqualTo(2));
        Assert.That(array.ReadUInt32(), Is.EqualTo(0x456));
        Assert.That(array.ReadUInt128(), Is.EqualTo((UInt128)0x789));
        Assert.That(reader.ReadFixedBytes(10).ToArray(), Is.EqualTo("1234567890"u8.ToArray()));
        Assert.That(reader.ReadBytes(maxLength: 13).ToArray(), Is.EqualTo("Hello, world!"u8.ToArray()));
    }

    [Test]
    public void Arrays_of_arrays_and_strings_have_frames_of_their_own()
    {
        AbiWriter writer = new(2);
        AbiWriter rows = new(2);
        rows.WriteArray(2, Words(1, 2));
        rows.WriteArray(1, Words(3));
        writer.WriteArray(2, rows);
        AbiWriter names = new(3);
        names.WriteString("one");
        names.WriteString("two");
        names.WriteString("three");
        writer.WriteArray(3, names);
        Assert.That(Hex.Encode(writer.ToArray()), Is.EqualTo(Nested));

        AbiReader reader = new(Hex.Decode(Nested));
        AbiReader outer = reader.ReadArray(maxCount: 8, out int rowCount);
        AbiReader first = outer.ReadArray(maxCount: 8, out int firstCount);
        Assert.That((rowCount, firstCount, first.ReadUInt64(), first.ReadUInt64()), Is.EqualTo((2, 2, 1UL, 2UL)));
        AbiReader second = outer.ReadArray(maxCount: 8, out int secondCount);
        Assert.That((secondCount, second.ReadUInt8()), Is.EqualTo((1, (byte)3)));
        AbiReader strings = reader.ReadArray(maxCount: 8, out int stringCount);
        Assert.That(stringCount, Is.EqualTo(3));
        Assert.That(strings.ReadString() + strings.ReadString() + strings.ReadString(), Is.EqualTo("onetwothree"));
    }

    [Test]
    public void Tuples_lie_in_place_when_static_and_behind_an_offset_when_dynamic()
    {
        // ((uint8,bool),(string,int64)) by hand: two words in place, an offset of three words, then that tuple's own frame.
        string expected = "0x" + Word("05") + Word("01") + Word("60") + Word("40") + new string('f', 63) + "e" + Word("02") + "6869" + new string('0', 60);
        AbiWriter fixedPart = new(2);
        fixedPart.WriteUInt(5UL);
        fixedPart.WriteBool(true);
        AbiWriter dynamicPart = new(2);
        dynamicPart.WriteString("hi");
        dynamicPart.WriteInt(-2L);
        AbiWriter writer = new(3);
        writer.WriteTuple(fixedPart, isDynamic: false);
        writer.WriteTuple(dynamicPart, isDynamic: true);
        Assert.That(Hex.Encode(writer.ToArray()), Is.EqualTo(expected));

        AbiReader reader = new(Hex.Decode(expected));
        AbiReader fixedFrame = reader.ReadTuple(isDynamic: false, headWords: 2);
        Assert.That((fixedFrame.ReadUInt8(), fixedFrame.ReadBool()), Is.EqualTo(((byte)5, true)));
        AbiReader dynamicFrame = reader.ReadTuple(isDynamic: true, headWords: 2);
        Assert.That((dynamicFrame.ReadString(), dynamicFrame.ReadInt64()), Is.EqualTo(("hi", -2L)));
    }

    [Test]
    public void Every_word_reads_back()
    {
        Address address = Address.FromLow(0x1005);
        AbiWriter writer = new(12);
        writer.WriteUInt256(UInt256.MaxValue);
        writer.WriteUInt(UInt128.MaxValue);
        writer.WriteUInt(ulong.MaxValue);
        writer.WriteUInt((ulong)uint.MaxValue);
        writer.WriteUInt((ulong)ushort.MaxValue);
        writer.WriteUInt((ulong)byte.MaxValue);
        writer.WriteInt(Int128.MinValue);
        writer.WriteInt(long.MinValue);
        writer.WriteInt((long)int.MaxValue);
        writer.WriteBool(false);
        writer.WriteAddress(address);
        writer.WriteHash(Keccak256.Empty);
        AbiReader reader = new(writer.ToArray());
        Assert.That(reader.ReadUInt256(), Is.EqualTo(UInt256.MaxValue));
        Assert.That(reader.ReadUInt128(), Is.EqualTo(UInt128.MaxValue));
        Assert.That(reader.ReadUInt64(), Is.EqualTo(ulong.MaxValue));
        Assert.That(reader.ReadUInt32(), Is.EqualTo(uint.MaxValue));
        Assert.That(reader.ReadUInt16(), Is.EqualTo(ushort.MaxValue));
        Assert.That(reader.ReadUInt8(), Is.EqualTo(byte.MaxValue));
        Assert.That(reader.ReadInt128(), Is.EqualTo(Int128.MinValue));
        Assert.That(reader.ReadInt64(), Is.EqualTo(long.MinValue));
        Assert.That(reader.ReadInt32(), Is.EqualTo(int.MaxValue));
        Assert.That(reader.ReadBool(), Is.False);
        Assert.That(reader.ReadAddress(), Is.EqualTo(address));
        Assert.That(reader.ReadHash(), Is.EqualTo(Keccak256.Empty));
    }

    [Test]
    public void A_frame_with_too_few_or_too_many_values_is_a_bug_of_ours()
    {
        Assert.That(() => new AbiWriter(1).ToArray(), Throws.TypeOf<InvariantBrokenException>());
        Assert.That(
            () =>
            {
                AbiWriter writer = new(1);
                writer.WriteBool(true);
                writer.WriteBool(true);
            },
            Throws.TypeOf<InvariantBrokenException>());
    }

    private static AbiWriter Words(params ulong[] values)
    {
        AbiWriter writer = new(values.Length);
        foreach (ulong value in values) writer.WriteUInt(value);
        return writer;
    }

    private static string Word(string hex) => hex.PadLeft(64, '0');
}
