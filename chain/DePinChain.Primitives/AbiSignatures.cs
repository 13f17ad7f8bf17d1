using System.Buffers.Binary;
using System.Text;

namespace DePinChain.Primitives;

/// <summary>What functions, errors and events have in common: a signature, four bytes of its keccak, arguments after them.</summary>
public static class AbiSignatures
{
    public const int SelectorSize = 4;

    /// <summary>The first four bytes of keccak(signature), big-endian.</summary>
    public static uint SelectorOf(string signature)
    {
        Span<byte> hash = stackalloc byte[Hash256.Size];
        Keccak256.Hash(Encoding.UTF8.GetBytes(signature), hash);
        return BinaryPrimitives.ReadUInt32BigEndian(hash);
    }

    internal static string Of(string name, IReadOnlyList<AbiParameter> inputs) =>
        $"{name}({string.Join(',', inputs.Select(input => input.Type))})";

    internal static AbiType[] TypesOf(IReadOnlyList<AbiParameter> parameters) => [.. parameters.Select(parameter => parameter.Type)];

    internal static byte[] Encode(uint selector, IReadOnlyList<AbiParameter> inputs, IReadOnlyList<object?> arguments)
    {
        byte[] encoded = AbiCodec.Encode(TypesOf(inputs), arguments);
        byte[] data = new byte[SelectorSize + encoded.Length];
        BinaryPrimitives.WriteUInt32BigEndian(data, selector);
        encoded.CopyTo(data, SelectorSize);
        return data;
    }

    internal static object?[] Decode(string signature, IReadOnlyList<AbiParameter> inputs, ReadOnlySpan<byte> data)
    {
        if (data.Length < SelectorSize || BinaryPrimitives.ReadUInt32BigEndian(data) != SelectorOf(signature))
            throw new AbiException($"The data do not begin with the selector of {signature}.");
        return AbiCodec.Decode(TypesOf(inputs), data[SelectorSize..]);
    }
}
