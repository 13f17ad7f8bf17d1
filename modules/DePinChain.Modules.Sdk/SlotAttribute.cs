namespace DePinChain.Modules.Sdk;

/// <summary>
/// Places a state collection at a slot of the module's account, as a Solidity state variable would lie there. The property is partial
/// and has only a getter; the generator implements it.
/// </summary>
/// <param name="number">0 to 65,534. A number is never reused, even when its collection is gone.</param>
[AttributeUsage(AttributeTargets.Property, Inherited = false)]
public sealed class SlotAttribute(int number) : Attribute
{
    /// <summary>The slot.</summary>
    public int Number { get; } = number;
}

/// <summary>
/// Stores a record in the versioned form even when its fields would fit a packed word. Needed when a record of zeros alone means something:
/// a packed word of zeros is an absent record.
/// </summary>
[AttributeUsage(AttributeTargets.Struct | AttributeTargets.Class, Inherited = false)]
public sealed class RecordAttribute : Attribute
{
    /// <summary>1 to 255: the first byte of the stored record.</summary>
    public byte Version { get; set; } = 1;
}
