namespace DePinChain.Simulation;

/// <summary>A rule that every run must keep was broken: the product has a bug, or the simulator has.</summary>
internal sealed class ViolationException(string what) : Exception(what);
