using DePinChain.Primitives;

namespace DePinChain.Modules.Sdk;

/// <summary>A governed parameter as <c>depin_getParams</c> shows it.</summary>
/// <param name="Key">Its name in camel case.</param>
/// <param name="Type">Its ABI type; an amount is uint256 in wei.</param>
/// <param name="Value">The value now; a flag is 0 or 1.</param>
/// <param name="Min">The smallest value governance may set.</param>
/// <param name="Max">The largest value governance may set.</param>
/// <param name="Documentation">What it is.</param>
public sealed record ModuleParameter(string Key, string Type, UInt256 Value, UInt256 Min, UInt256 Max, string Documentation);
