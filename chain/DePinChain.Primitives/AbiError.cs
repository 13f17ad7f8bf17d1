namespace DePinChain.Primitives;

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
