using DePinChain.Client;
using DePinChain.Inference.Commitments;
using DePinChain.Inference.Models;

namespace DePinChain.Worker.Disputes;

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
internal sealed record DisputeFacts(ulong Dispute, TurnStage Stage, ulong Until, uint Layer, int Product)
{
    /// <summary>The weights of the named product.</summary>
    public string Tensor => TensorNames.InLayer((int)Layer, TracedProducts.All[Product].Part);

    public static DisputeFacts From(ulong dispute, AbiRecord record) => new(
        dispute, (TurnStage)record.Count("stage"), record.Count("until"), (uint)record.Count("layer"), (int)record.Count("product"));
}

/// <summary>What the challenger shows in its last turn.</summary>
internal sealed record ElementProof(int Element, RowProof Row);

/// <summary>Which answers a worker disputes.</summary>
internal enum DisputePolicy
{
    /// <summary>Those that no committee found wrong: the chain has not settled them otherwise.</summary>
    Passed = 0,

    /// <summary>Every answer whose trace is wrong, at once.</summary>
    All = 1,

    /// <summary>None.</summary>
    None = 2,
}
