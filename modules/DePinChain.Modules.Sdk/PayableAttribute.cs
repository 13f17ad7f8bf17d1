namespace DePinChain.Modules.Sdk;

/// <summary>
/// Lets a function be called with native value. Every other function reverts with <see cref="NotPayable"/> when value comes along.
/// </summary>
[AttributeUsage(AttributeTargets.Method, Inherited = false)]
public sealed class PayableAttribute : Attribute;
