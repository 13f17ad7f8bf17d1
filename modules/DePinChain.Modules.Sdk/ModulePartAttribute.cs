namespace DePinChain.Modules.Sdk;

/// <summary>
/// Marks a partial class that holds slots of a module it is a part of (an unbonding queue, reward periods). It takes the module's
/// <see cref="ModuleState"/>; the module names it in <see cref="ModuleAttribute.Parts"/>, so that slots collide at compile time.
/// </summary>
[AttributeUsage(AttributeTargets.Class, Inherited = false)]
public sealed class ModulePartAttribute : Attribute;
