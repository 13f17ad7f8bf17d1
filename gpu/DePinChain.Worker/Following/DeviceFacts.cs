using DePinChain.Primitives;
using DePinChain.Proofs.Devices;

namespace DePinChain.Worker.Following;

/// <summary>What the members of a device's committee ask of it.</summary>
/// <param name="Job">Their job.</param>
/// <param name="Device">The device.</param>
/// <param name="Owner">The provider that runs it.</param>
/// <param name="Endpoint">Where that is reached; null when it is no provider.</param>
/// <param name="Seed">What the chain drew.</param>
/// <param name="Gpus">Chains that run at once.</param>
/// <param name="ReferenceGops">What one GPU is said to do, in 10^9 operations a second.</param>
/// <param name="Shape">The work of one.</param>
internal sealed record DeviceFacts(
    ulong Job, Hash256 Device, Address Owner, string? Endpoint, Hash256 Seed, int Gpus, ulong ReferenceGops, GemmShape Shape);
