using System.Numerics;
using System.Text.Json;
using DePinChain.Primitives;
using FsCheck;
using FsCheck.Fluent;

namespace DePinChain.Unit.Tests.Primitives;

public sealed class AbiCodecTests
{
    private static IEnumerable<JsonElement> Known(string property) =>
        KnownAnswers.Read("ethereum/abi.json").GetProperty(property).EnumerateArray();

    [TestCase("GithubWikiTest")]
    [TestCase("SingleInteger")]
    [TestCase("IntegerAndAddress")]
    public void The_public_suite_encodes_and_decodes(string name)
    {
        JsonElement test = KnownAnswers.Read("ethereum/basic_abi_tests.json").GetProperty(name);
        AbiType[] types = Types(test);
        object?[] values = new object?[types.Length];
        for (int i = 0; i < types.Length; i++)
        {
            JsonElement value = test.GetProperty("args")[i];
            // The suite writes bytes as ASCII text.
            bool isText = types[i].Kind is AbiKind.Bytes or AbiKind.FixedBytes;
            values[i] = isText ? System.Text.Encoding.ASCII.GetBytes(value.GetString()!) : AbiText.ReadValue(types[i], value);
        }

        string result = test.GetProperty("result").GetString()!;
        Assert.That(Hex.Encode(AbiCodec.Encode(types, values), prefix: false), Is.EqualTo(result));
        Assert.That(AbiCodec.Decode(types, Hex.Decode(result)), Is.EqualTo(values));
    }

    [Test]
    public void What_ethers_encodes_is_encoded_and_decoded_alike()
    {
        foreach (JsonElement vector in Known("vectors"))
        {
            AbiType[] types = Types(vector);
            object?[] values = Values(vector, types);
            string expected = vector.GetProperty("encoded").GetString()!;
            Assert.That(Hex.Encode(AbiCodec.Encode(types, values)), Is.EqualTo(expected), vector.GetProperty("types").ToString());
            Assert.That(AbiCodec.Decode(types, Hex.Decode(expected)), Is.EqualTo(values), vector.GetProperty("types").ToString());
        }
    }

    [Test]
    public void What_ethers_packs_is_packed_alike()
    {
        foreach (JsonElement vector in Known("packed"))
        {
            AbiType[] types = Types(vector);
            Assert.That(
                Hex.Encode(AbiCodec.EncodePacked(types, Values(vector, types))),
                Is.EqualTo(vector.GetProperty("packed").GetString()),
                vector.GetProperty("types").ToString());
        }
    }

    [Test]
    public void Numbers_bytes_and_texts_read_back() =>
        Prop.ForAll(Numbers.Any, ArbMap.Default.ArbFor<byte[]>(), ArbMap.Default.ArbFor<NonNull<string>>(), (number, bytes, text) =>
        {
            // A lone half of a surrogate pair has no UTF-8.
            string clean = string.Concat(text.Get.Where(character => !char.IsSurrogate(character)));
            AbiType[] types = [AbiType.Parse("uint256"), AbiType.Parse("(bytes,string)[]"), AbiType.Parse("int256")];
            BigInteger signed = number.ToBigInteger() - (BigInteger.One << 255);
            object?[] values = [number, new object?[] { new object?[] { bytes, clean }, new object?[] { bytes, "" } }, signed];
            object?[] read = AbiCodec.Decode(types, AbiCodec.Encode(types, values));
            return read[0]!.Equals(number) && read[2]!.Equals(signed)
                && read[1] is object?[] { Length: 2 } rows && rows[0] is object?[] row
                && ((byte[])row[0]!).SequenceEqual(bytes) && row[1]!.Equals(clean);
        }).QuickCheckThrowOnFailure();

    [TestCase("uint8", 256)]
    [TestCase("uint8", -1)]
    [TestCase("int8", 128)]
    [TestCase("int8", -129)]
    public void An_integer_that_does_not_fit_is_refused(string type, int value) =>
        Assert.That(
            () => AbiCodec.Encode([AbiType.Parse(type)], [value]),
            Throws.TypeOf<AbiException>().With.Message.Contains("does not fit"));

    // int8 with the word of 128, and uint24 with a dirty 25th bit: types that generated code has no reader for.
    [TestCase("int8", "0x80")]
    [TestCase("uint24", "0x1000000")]
    public void An_odd_width_with_dirty_bits_is_refused(string type, string word) =>
        Assert.That(
            () => AbiCodec.Decode([AbiType.Parse(type)], UInt256.Parse(word).ToHash256().ToArray()),
            Throws.TypeOf<AbiException>().With.Message.Contains("does not fit"));

    [Test]
    public void Values_of_another_shape_are_refused()
    {
        Refuse("uint256", "5");
        Refuse("bool", 1);
        Refuse("address", new byte[20]);
        Refuse("bytes4", new byte[3]);
        Refuse("bytes", "0x00");
        Refuse("string", new byte[1]);
        Refuse("string", "\ud800");
        Refuse("uint8[]", null);
        Refuse("uint8[2]", new object?[] { 1 });
        Refuse("(uint8,bool)", new object?[] { 1 });
        Assert.That(() => AbiCodec.Encode([AbiType.Parse("bool")], []), Throws.TypeOf<AbiException>());
        Assert.That(() => AbiCodec.EncodePacked([AbiType.Parse("string[]")], [new object?[] { "a" }]), Throws.TypeOf<AbiException>());
        Assert.That(() => AbiCodec.EncodePacked([AbiType.Parse("(bool)")], [new object?[] { true }]), Throws.TypeOf<AbiException>());

        static void Refuse(string type, object? value) =>
            Assert.That(() => AbiCodec.Encode([AbiType.Parse(type)], [value]), Throws.TypeOf<AbiException>(), $"{type} from {value}");
    }

    [TestCase("uint256", "\"0xzz\"")]
    [TestCase("uint256", "1.5")]
    [TestCase("uint256", "1e3")]
    [TestCase("uint256", "true")]
    [TestCase("bool", "1")]
    [TestCase("address", "\"0x00\"")]
    [TestCase("bytes4", "\"0x010203\"")]
    [TestCase("bytes", "\"0102\"")]
    [TestCase("string", "5")]
    [TestCase("uint8[]", "5")]
    [TestCase("(uint8,bool)", "[1,true,2]")]
    public void JSON_that_is_no_value_of_the_type_is_refused(string type, string json)
    {
        using JsonDocument document = JsonDocument.Parse(json);
        Assert.That(() => AbiText.ReadValue(AbiType.Parse(type), document.RootElement), Throws.TypeOf<AbiException>());
    }

    private static AbiType[] Types(JsonElement vector) =>
        [.. vector.GetProperty("types").EnumerateArray().Select(type => AbiType.Parse(type.GetString()!))];

    private static object?[] Values(JsonElement vector, AbiType[] types) =>
        [.. types.Zip(vector.GetProperty("values").EnumerateArray(), AbiText.ReadValue)];
}
