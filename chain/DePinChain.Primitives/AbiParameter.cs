namespace DePinChain.Primitives;

/// <summary>
/// A named value of a signature. <paramref name="Components"/> names a tuple's parts (through arrays of it as well); empty otherwise.
/// </summary>
public sealed record AbiParameter(string Name, AbiType Type, bool Indexed, IReadOnlyList<AbiParameter> Components)
{
    /// <summary>The source's type, as solc gives it: <c>enum DealState</c>, <c>struct Offer</c>; empty when the ABI lacks it.</summary>
    public string InternalType { get; init; } = "";
}
