namespace DePinChain.Primitives;

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
