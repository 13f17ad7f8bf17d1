namespace DePinChain.Explorer.Parts;

/// <summary>One value of a chart.</summary>
public sealed record ChartPoint(string Label, double Value);
