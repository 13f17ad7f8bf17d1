namespace DePinChain.Modules.Sdk;

/// <summary>
/// Marks a partial class as a module: its attributed methods are its ABI, its <see cref="SlotAttribute"/> properties its storage.
/// </summary>
[AttributeUsage(AttributeTargets.Class, Inherited = false)]
public sealed class ModuleAttribute : Attribute
{
    /// <summary>A module with one account.</summary>
    /// <param name="name">Lower-case name, as <c>depin_getModules</c> and a genesis file show it.</param>
    /// <param name="address">The module's account: 0x and 40 hexadecimal digits.</param>
    public ModuleAttribute(string name, string address)
    {
        Name = name;
        Address = address;
    }

    /// <summary>
    /// A module of which each instance answers at the account of its <see cref="ModuleState"/>: a facade (<see cref="IFacades"/>).
    /// </summary>
    /// <param name="name">Lower-case name, as <c>depin_getModules</c> shows it.</param>
    public ModuleAttribute(string name)
    {
        Name = name;
        Address = "";
    }

    /// <summary>Lower-case name, unique in the catalog.</summary>
    public string Name { get; }

    /// <summary>The module's account as hexadecimal text; empty when each instance has its own.</summary>
    public string Address { get; }

    /// <summary>Classes marked <see cref="ModulePartAttribute"/> that hold some of this module's slots.</summary>
    public Type[] Parts { get; set; } = [];
}
