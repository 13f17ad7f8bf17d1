namespace DePinChain.Primitives;

/// <summary>
/// A named value of a signature. <paramref name="Components"/> names a tuple's parts (through arrays of it as well); empty otherwise.
/// </summary>
public sealed record AbiParameter(string Name, AbiType Type, bool Indexed, IReadOnlyList<AbiParameter> Components);
