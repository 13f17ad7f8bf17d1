using DePinChain.Client;
using DePinChain.Primitives;

namespace DePinChain.Miners.Disputes;

/// <summary>Whose turn it is; numbers as the module's.</summary>
internal enum TurnStage : byte
{
    Over = 0,
    Listing = 1,
    Naming = 2,
    Showing = 3,
    Proving = 4,
}

/// <summary>A dispute as the chain has it.</summary>
internal sealed record DisputeView(
    ulong Dispute, Address Challenger, ulong Batch, uint Index, uint Position, Hash256 Trace, TurnStage Stage, ulong Until, uint Layer,
    int Product)
{
    public static DisputeView From(ulong dispute, AbiRecord record) => new(
        dispute, record.Address("challenger"), record.Count("batch"), (uint)record.Count("index"), (uint)record.Count("position"),
        record.Hash("trace"), (TurnStage)record.Count("stage"), record.Count("until"), (uint)record.Count("layer"),
        (int)record.Count("product"));
}
