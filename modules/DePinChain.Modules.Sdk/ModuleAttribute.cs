namespace DePinChain.Modules.Sdk;

/// <summary>Marks a partial class as a module: its attributed methods are its ABI, its <see cref="SlotAttribute"/> properties its storage.</summary>
/// <param name="name">Lower-case name, as <c>depin_getModules</c> and a genesis file show it.</param>
/// <param name="address">The module's account: 0x and 40 hexadecimal digits.</param>
[AttributeUsage(AttributeTargets.Class, Inherited = false)]
public sealed class ModuleAttribute(string name, string address) : Attribute
{
    /// <summary>Lower-case name, unique in the catalog.</summary>
    public string Name { get; } = name;

    /// <summary>The module's account as hexadecimal text.</summary>
    public string Address { get; } = address;

    /// <summary>Classes marked <see cref="ModulePartAttribute"/> that hold some of this module's slots.</summary>
    public Type[] Parts { get; set; } = [];
}

/// <summary>
/// Marks a partial class that holds slots of a module it is a part of (an unbonding queue, reward periods). It takes the module's
/// <see cref="ModuleState"/>; the module names it in <see cref="ModuleAttribute.Parts"/>, so that slots collide at compile time.
/// </summary>
[AttributeUsage(AttributeTargets.Class, Inherited = false)]
public sealed class ModulePartAttribute : Attribute;
