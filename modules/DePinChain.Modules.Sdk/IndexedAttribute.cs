namespace DePinChain.Modules.Sdk;

/// <summary>
/// Puts an event's field into the topics, so that it can be filtered by: at most three. Strings, bytes, arrays and tuples are hashed.
/// </summary>
[AttributeUsage(AttributeTargets.Parameter, Inherited = false)]
public sealed class IndexedAttribute : Attribute;
