using DePinChain.Primitives;

namespace DePinChain.Unit.Tests.Primitives;

public sealed class AbiTypeTests
{
    [TestCase("uint256", AbiKind.UnsignedInteger, false, 1)]
    [TestCase("int8", AbiKind.SignedInteger, false, 1)]
    [TestCase("bool", AbiKind.Bool, false, 1)]
    [TestCase("address", AbiKind.Address, false, 1)]
    [TestCase("bytes32", AbiKind.FixedBytes, false, 1)]
    [TestCase("bytes", AbiKind.Bytes, true, 1)]
    [TestCase("string", AbiKind.String, true, 1)]
    [TestCase("uint8[3][2]", AbiKind.FixedArray, false, 6)]
    [TestCase("string[2]", AbiKind.FixedArray, true, 1)]
    [TestCase("uint8[3][]", AbiKind.Array, true, 1)]
    [TestCase("(address,uint64)", AbiKind.Tuple, false, 2)]
    [TestCase("(address,(bool,bytes4)[2])", AbiKind.Tuple, false, 5)]
    [TestCase("(address,bytes)[]", AbiKind.Array, true, 1)]
    public void A_canonical_type_is_read(string text, AbiKind kind, bool isDynamic, int headWords)
    {
        AbiType type = AbiType.Parse(text);
        Assert.That(type.ToString(), Is.EqualTo(text));
        Assert.That(type.Kind, Is.EqualTo(kind));
        Assert.That(type.IsDynamic, Is.EqualTo(isDynamic));
        Assert.That(type.HeadWordsInParent, Is.EqualTo(headWords));
        Assert.That(type, Is.EqualTo(AbiType.Parse(text)));
    }

    [TestCase("")]
    [TestCase("uint")]
    [TestCase("int")]
    [TestCase("uint7")]
    [TestCase("uint0")]
    [TestCase("uint264")]
    [TestCase("uint08")]
    [TestCase("bytes0")]
    [TestCase("bytes33")]
    [TestCase("fixed128x18")]
    [TestCase("uint256 ")]
    [TestCase("uint256[")]
    [TestCase("uint256]")]
    [TestCase("uint256[0]")]
    [TestCase("uint256[-1]")]
    [TestCase("uint256[01]")]
    [TestCase("uint256[1048577]")]
    [TestCase("uint256[99999999999]")]
    [TestCase("uint256[1024][1025]")]
    [TestCase("()")]
    [TestCase("(uint8")]
    [TestCase("(uint8,)")]
    [TestCase("(uint8)x")]
    [TestCase("uint8[][][][][][][][][]")]
    [TestCase("(((((((((uint8)))))))))")]
    public void What_is_no_canonical_type_is_refused(string text) => Assert.That(() => AbiType.Parse(text), Throws.TypeOf<AbiException>());

    [Test]
    public void A_bomb_of_parentheses_is_refused_without_recursion() =>
        Assert.That(() => AbiType.Parse(new string('(', 1_000_000)), Throws.TypeOf<AbiException>());
}
