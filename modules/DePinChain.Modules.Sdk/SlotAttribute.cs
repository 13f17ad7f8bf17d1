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
