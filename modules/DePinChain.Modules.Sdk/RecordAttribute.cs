namespace DePinChain.Modules.Sdk;

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
