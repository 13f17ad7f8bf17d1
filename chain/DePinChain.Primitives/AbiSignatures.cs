using System.Buffers.Binary;
using System.Text;

namespace DePinChain.Primitives;

/// <summary>
/// A named value of a signature. <paramref name="Components"/> names a tuple's parts (through arrays of it as well); empty otherwise.
/// </summary>
public sealed record AbiParameter(string Name, AbiType Type, bool Indexed, IReadOnlyList<AbiParameter> Components);

/// <summary>A function that can be called.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Inputs">Its arguments in order.</param>
/// <param name="Outputs">What it returns in order.</param>
/// <param name="StateMutability">pure, view, nonpayable or payable.</param>
public sealed record AbiFunction(
    string Name,
    IReadOnlyList<AbiParameter> Inputs,
    IReadOnlyList<AbiParameter> Outputs,
    string StateMutability)
{
    /// <summary>As <c>transfer(address,uint256)</c>.</summary>
    public string Signature => AbiSignatures.Of(Name, Inputs);

    /// <summary>The first four bytes of the signature's keccak, big-endian.</summary>
    public uint Selector => AbiSignatures.SelectorOf(Signature);

    /// <summary>Selector and arguments.</summary>
    /// <exception cref="AbiException">An argument does not fit its type.</exception>
    public byte[] EncodeCall(IReadOnlyList<object?> arguments) => AbiSignatures.Encode(Selector, Inputs, arguments);

    /// <summary>The arguments of a call's data.</summary>
    /// <exception cref="AbiException">Another selector, or not the arguments' types.</exception>
    public object?[] DecodeCall(ReadOnlySpan<byte> data) => AbiSignatures.Decode(Signature, Inputs, data);

    public object?[] DecodeResult(ReadOnlySpan<byte> data) => AbiCodec.Decode(AbiSignatures.TypesOf(Outputs), data);
}

/// <summary>A reason that a call was refused for.</summary>
public sealed record AbiError(string Name, IReadOnlyList<AbiParameter> Inputs)
{
    /// <inheritdoc cref="AbiFunction.Signature"/>
    public string Signature => AbiSignatures.Of(Name, Inputs);

    /// <inheritdoc cref="AbiFunction.Selector"/>
    public uint Selector => AbiSignatures.SelectorOf(Signature);

    public byte[] Encode(IReadOnlyList<object?> arguments) => AbiSignatures.Encode(Selector, Inputs, arguments);

    /// <summary>The arguments of a failure's data.</summary>
    /// <exception cref="AbiException">Another selector, or not the arguments' types.</exception>
    public object?[] Decode(ReadOnlySpan<byte> data) => AbiSignatures.Decode(Signature, Inputs, data);
}

/// <summary>An event: a log whose first topic is the signature's keccak, unless it is anonymous.</summary>
public sealed record AbiEvent(string Name, IReadOnlyList<AbiParameter> Inputs, bool Anonymous)
{
    /// <inheritdoc cref="AbiFunction.Signature"/>
    public string Signature => AbiSignatures.Of(Name, Inputs);

    public Hash256 Topic => Keccak256.Hash(Encoding.UTF8.GetBytes(Signature));

    /// <summary>
    /// The event's values in the order of its inputs. An indexed value that is not one word is there as the <see cref="Hash256"/> of
    /// it.
    /// </summary>
    /// <exception cref="AbiException">The log is not this event.</exception>
    public object?[] Decode(IReadOnlyList<Hash256> topics, ReadOnlySpan<byte> data)
    {
        int indexed = Inputs.Count(input => input.Indexed);
        int first = Anonymous ? 0 : 1;
        if (topics.Count != indexed + first || (!Anonymous && topics[0] != Topic))
            throw new AbiException($"The log is not {Signature}: its topics are others.");
        object?[] plain = AbiCodec.Decode(AbiSignatures.TypesOf([.. Inputs.Where(input => !input.Indexed)]), data);
        object?[] values = new object?[Inputs.Count];
        int topic = first;
        int next = 0;
        for (int i = 0; i < values.Length; i++)
        {
            AbiType type = Inputs[i].Type;
            if (!Inputs[i].Indexed) values[i] = plain[next++];
            else if (type.Kind >= AbiKind.Bytes) values[i] = topics[topic++];
            else values[i] = AbiCodec.Decode([type], topics[topic++].ToArray())[0];
        }

        return values;
    }
}

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
