namespace DePinChain.Modules.Sdk;

/// <summary>Makes a readonly partial record struct an event of the ABI; the generator writes its codec.</summary>
/// <remarks>It belongs to every module of its namespace, or to the one that is named.</remarks>
[AttributeUsage(AttributeTargets.Struct, Inherited = false)]
public sealed class EventAttribute : Attribute
{
    /// <summary>An event of every module in the namespace.</summary>
    public EventAttribute()
    {
    }

    /// <summary>An event of <paramref name="module"/> only.</summary>
    public EventAttribute(Type module) => Module = module;

    /// <summary>The one module it belongs to; null for every module in the namespace.</summary>
    public Type? Module { get; }
}
