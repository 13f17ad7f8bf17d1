using System.Buffers.Binary;
using DePinChain.Primitives;

namespace DePinChain.Modules.Sdk;

/// <summary>What generated dispatch shares: selectors and the refusal of calldata that does not decode.</summary>
public static class Calldata
{
    /// <summary>Bytes of a selector.</summary>
    public const int SelectorSize = 4;

    /// <summary>The first four bytes as a big-endian number; missing bytes count as zero.</summary>
    public static uint SelectorOf(ReadOnlySpan<byte> calldata)
    {
        Span<byte> selector = stackalloc byte[SelectorSize];
        calldata[..Math.Min(calldata.Length, SelectorSize)].CopyTo(selector);
        return BinaryPrimitives.ReadUInt32BigEndian(selector);
    }

    /// <summary>The four bytes of <paramref name="selector"/>, big-endian.</summary>
    public static byte[] SelectorBytes(uint selector)
    {
        byte[] bytes = new byte[SelectorSize];
        BinaryPrimitives.WriteUInt32BigEndian(bytes, selector);
        return bytes;
    }

    /// <summary>True when <paramref name="data"/> starts with exactly this selector.</summary>
    public static bool Selects(ReadOnlySpan<byte> data, uint selector) => data.Length >= SelectorSize && SelectorOf(data) == selector;

    /// <summary>A value read as uint256 that a ledger can hold.</summary>
    /// <exception cref="AbiException">2^128 wei or more, which nobody can own.</exception>
    public static Amount AmountOf(UInt256 value) =>
        Amount.TryFrom(value, out Amount amount) ? amount : throw new AbiException("an amount of 2^128 wei or more");

    /// <summary>The refusal of arguments that do not decode.</summary>
    public static Revert Refuse(AbiException malformed) => Revert.With(new MalformedCalldata(malformed.Message));

    /// <summary>The refusal of a selector that the module does not have at this height.</summary>
    public static Revert Unknown(ReadOnlySpan<byte> calldata) => Revert.With(new UnknownSelector(SelectorOf(calldata)));
}
