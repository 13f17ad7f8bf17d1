using System.Numerics;
using DePinChain.Primitives;
using FsCheck;
using FsCheck.Fluent;

namespace DePinChain.Unit.Tests.Primitives;

/// <summary>
/// 256-bit numbers for properties: 32-bit digits that are often all zeros or ones, because carries and estimates go wrong there.
/// </summary>
internal static class Numbers
{
    internal static readonly BigInteger Limit = BigInteger.One << 256;

    internal static Arbitrary<UInt256> Any { get; } = Arb.From(Gen.Select(
        Gen.ArrayOf(
            Gen.Frequency(
                (3, Gen.Constant(0u)),
                (2, Gen.Constant(uint.MaxValue)),
                (1, Gen.Constant(1u)),
                (1, Gen.Constant(0x80000000u)),
                (1, Gen.Constant(0x7fffffffu)),
                (4, Gen.Select(Gen.Choose(int.MinValue, int.MaxValue), value => unchecked((uint)value)))),
            8),
        FromDigits));

    internal static UInt256 From(BigInteger number) =>
        UInt256.TryFrom(number, out UInt256 value) ? value : throw new ArgumentOutOfRangeException(nameof(number));

    private static UInt256 FromDigits(uint[] digits)
    {
        UInt256 value = UInt256.Zero;
        foreach (uint digit in digits) value = (value << 32) | digit;
        return value;
    }
}
