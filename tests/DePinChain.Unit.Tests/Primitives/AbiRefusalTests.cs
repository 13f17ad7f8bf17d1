using DePinChain.Primitives;
using FsCheck;
using FsCheck.Fluent;
using NUnit.Framework.Constraints;

namespace DePinChain.Unit.Tests.Primitives;

/// <summary>Dirty bits, offsets and counts that lie, text that is none: refused before anything is allocated for them.</summary>
public sealed class AbiRefusalTests
{
    private delegate void Reading(AbiReader reader);

    private static readonly string Ones = new('f', 64);

    private static IEnumerable<TestCaseData> DirtyWords()
    {
        yield return Case("uint8", reader => reader.ReadUInt8(), Word("0100"), "dirty high bits");
        yield return Case("uint16", reader => reader.ReadUInt16(), Word("010000"), "dirty high bits");
        yield return Case("uint32", reader => reader.ReadUInt32(), Word("0100000000"), "dirty high bits");
        yield return Case("uint64", reader => reader.ReadUInt64(), Word("010000000000000000"), "dirty high bits");
        yield return Case("uint128", reader => reader.ReadUInt128(), "01" + new string('0', 62), "dirty high bits");
        yield return Case("int32", reader => reader.ReadInt32(), Word("80000000"), "dirty high bits");
        yield return Case("int32 below", reader => reader.ReadInt32(), new string('f', 56) + "7fffffff", "dirty high bits");
        yield return Case("int64", reader => reader.ReadInt64(), "00" + new string('f', 62), "dirty high bits");
        yield return Case("int128", reader => reader.ReadInt128(), Word("80" + new string('0', 30)), "dirty high bits");
        yield return Case("bool", reader => reader.ReadBool(), Word("02"), "neither 0 nor 1");
        yield return Case("bool high", reader => reader.ReadBool(), Word("0101"), "dirty high bits");
        yield return Case("address", reader => reader.ReadAddress(), new string('0', 22) + "01" + new string('0', 40), "dirty high bits");
        yield return Case("bytes4", reader => reader.ReadFixedBytes(4), "0102030401" + new string('0', 54), "dirty low bits");
        yield return Case("short", reader => reader.ReadUInt256(), new string('0', 62), "the data end before the value");
        yield return Case("none", reader => reader.ReadHash(), "", "the data end before the value");
    }

    private static IEnumerable<TestCaseData> LyingTails()
    {
        yield return Case("offset", reader => reader.ReadBytes(), Word("21"), "an offset outside the data");
        yield return Case("offset at end", reader => reader.ReadBytes(), Word("20"), "an offset outside the data");
        yield return Case("offset huge", reader => reader.ReadBytes(), Ones, "an offset outside the data");
        yield return Case("offset 2^63", reader => reader.ReadBytes(), Word("8000000000000000"), "an offset outside the data");
        yield return Case("length huge", reader => reader.ReadBytes(), Word("20") + Ones, "where at most");
        yield return Case("length 2^31-1", reader => reader.ReadBytes(), Word("20") + Word("7fffffff"), "pass the end");
        yield return Case(
            "length over cap",
            reader => reader.ReadBytes(4),
            Word("20") + Word("05") + Word("00"),
            "5 bytes where at most 4");
        yield return Case("unpadded", reader => reader.ReadBytes(), Word("20") + Word("01") + "aa", "pass the end");
        yield return Case(
            "padding",
            reader => reader.ReadBytes(),
            Word("20") + Word("01") + "aa01" + new string('0', 60),
            "padding that is not zero");
        yield return Case("utf8", reader => reader.ReadString(), Word("20") + Word("01") + "ff" + new string('0', 62), "not UTF-8");
        yield return Case(
            "overlong utf8",
            reader => reader.ReadString(),
            Word("20") + Word("02") + "c080" + new string('0', 60),
            "not UTF-8");
        yield return Case(
            "surrogate",
            reader => reader.ReadString(),
            Word("20") + Word("03") + "eda080" + new string('0', 58),
            "not UTF-8");
        yield return Case("count huge", reader => reader.ReadArray(int.MaxValue, out _), Word("20") + Ones, "where at most");
        yield return Case(
            "count 2^31-1",
            reader => reader.ReadArray(int.MaxValue, out _),
            Word("20") + Word("7fffffff"),
            "elements pass the end");
        yield return Case(
            "count over cap",
            reader => reader.ReadArray(1, out _),
            Word("20") + Word("02") + Word("00") + Word("00"),
            "2 elements where");
        yield return Case(
            "wide elements",
            reader => reader.ReadArray(9, 2, out _),
            Word("20") + Word("01") + Word("00"),
            "1 elements pass the end");
        yield return Case("tuple offset", reader => reader.ReadTuple(isDynamic: true), Word("40"), "an offset outside the data");
        yield return Case(
            "tuple short",
            reader => reader.ReadTuple(isDynamic: true, headWords: 2),
            Word("20") + Word("00"),
            "a tuple passes the end");
        yield return Case(
            "static tuple short",
            reader => reader.ReadTuple(isDynamic: false, headWords: 2),
            Word("20"),
            "a tuple passes the end");
    }

    [TestCaseSource(nameof(DirtyWords))]
    [TestCaseSource(nameof(LyingTails))]
    public void What_does_not_follow_the_ABI_is_refused(object reading, string hex, string reason) =>
        Assert.That(() => ((Reading)reading)(new AbiReader(Hex.Decode(hex))), Refused(reason));

    // Two offsets to one tail are readable, but they would let a sender make us build more than was sent.
    [Test]
    public void The_same_bytes_may_not_count_twice()
    {
        string twice = Word("40") + Word("40") + Word("20") + Ones;
        Assert.That(
            () =>
            {
                AbiReader reader = new(Hex.Decode(twice));
                reader.ReadBytes();
                reader.ReadBytes();
            },
            Refused("count the same bytes more than once"));
    }

    [Test]
    public void Nine_frames_inside_each_other_are_refused()
    {
        string nested = string.Concat(Enumerable.Repeat(Word("20"), 10));
        Assert.That(() => Descend(nested, 8), Throws.Nothing);
        Assert.That(() => Descend(nested, 9), Refused("more than 8 frames"));

        static void Descend(string hex, int depth)
        {
            AbiReader reader = new(Hex.Decode(hex));
            for (int i = 0; i < depth; i++) reader = reader.ReadTuple(isDynamic: true);
        }
    }

    [Test]
    public void A_huge_count_allocates_nothing()
    {
        AbiType[] types = [AbiType.Parse("uint256[]")];
        byte[] lie = Hex.Decode(Word("20") + Word("7fffffff") + Word("00"));
        Decode();
        long before = GC.GetAllocatedBytesForCurrentThread();
        Decode();
        Assert.That(GC.GetAllocatedBytesForCurrentThread() - before, Is.LessThan(64 * 1024), "an exception and its text, not an array");

        void Decode() => Assert.That(() => AbiCodec.Decode(types, lie), Refused("elements pass the end"));
    }

    // Whatever bytes come, the codec gives values or refuses; values it gives encode again.
    [Test]
    public void Arbitrary_bytes_decode_or_are_refused()
    {
        AbiType[] types = Array.ConvertAll(["(uint8,bytes)[]", "string", "int16[2][]", "address"], AbiType.Parse);
        Gen<byte[]> words = Gen.Select(
            Gen.ArrayOf(Gen.Frequency((3, Gen.Choose(0, 16)), (1, Gen.Choose(0, 255)))),
            numbers => numbers.SelectMany(SmallWord).ToArray());
        Prop.ForAll(Arb.From(words), bytes =>
        {
            try
            {
                object?[] values = AbiCodec.Decode(types, bytes);
                return AbiCodec.Encode(types, values).Length <= bytes.Length;
            }
            catch (AbiException)
            {
                return true;
            }
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(3_000));

        // Offsets and lengths in words make the tails reachable.
        static byte[] SmallWord(int number) => ((UInt256)(ulong)(number * (number % 3 == 0 ? 1 : 32))).ToHash256().ToArray();
    }

    private static TestCaseData Case(string name, Reading reading, string hex, string reason) =>
        new TestCaseData(reading, hex, reason).SetName("What_does_not_follow_the_ABI_is_refused: " + name);

    private static IResolveConstraint Refused(string reason) => Throws.TypeOf<AbiException>().With.Message.Contains(reason);

    private static string Word(string hex) => hex.PadLeft(64, '0');
}
