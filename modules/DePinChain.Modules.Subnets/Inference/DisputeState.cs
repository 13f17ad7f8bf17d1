using DePinChain.Primitives;

namespace DePinChain.Modules.Subnets.Inference;

/// <summary>Whose turn it is in a dispute; who lets its time pass has lost.</summary>
public enum DisputeStage : byte
{
    /// <summary>There is no such dispute, or it is over.</summary>
    None = 0,

    /// <summary>The miner lists the digests of all vectors of the position.</summary>
    Listing = 1,

    /// <summary>The challenger names one product.</summary>
    Naming = 2,

    /// <summary>The miner shows what went into it and what came out.</summary>
    Showing = 3,

    /// <summary>The challenger shows one row of weights; the chain computes one element.</summary>
    Proving = 4,
}

/// <summary>A product of a layer.</summary>
public enum Projection : byte
{
    /// <summary>q_proj.</summary>
    Query = 0,

    /// <summary>k_proj.</summary>
    Key = 1,

    /// <summary>v_proj.</summary>
    Value = 2,

    /// <summary>o_proj.</summary>
    Output = 3,

    /// <summary>gate_proj.</summary>
    Gate = 4,

    /// <summary>up_proj.</summary>
    Up = 5,

    /// <summary>down_proj.</summary>
    Down = 6,
}

/// <summary>The two vectors of a product that a miner shows.</summary>
public enum ProductSide : byte
{
    /// <summary>What went in.</summary>
    Input = 0,

    /// <summary>What came out.</summary>
    Output = 1,
}

/// <summary>A dispute that is not over.</summary>
/// <param name="Miner">The miner's number.</param>
/// <param name="Challenger">Who says that its answer is wrong.</param>
/// <param name="Batch">The batch.</param>
/// <param name="Index">Which answer of it.</param>
/// <param name="Model">The model.</param>
/// <param name="Position">Which position of prompt and answer.</param>
/// <param name="Trace">keccak-256 of the digests of the position's vectors, which the answer commits to.</param>
/// <param name="Stage">Whose turn it is.</param>
/// <param name="Serial">Turns so far: what is planned for an earlier one is void.</param>
/// <param name="Until">Block at whose start the turn is over.</param>
/// <param name="Layer">The layer that was named.</param>
/// <param name="Product">The product that was named.</param>
/// <param name="Bond">What the challenger put up.</param>
public sealed record DisputeRecord(
    ulong Miner, Address Challenger, ulong Batch, uint Index, ulong Model, uint Position, Hash256 Trace, DisputeStage Stage, uint Serial,
    ulong Until, uint Layer, Projection Product, Amount Bond);

/// <summary>A turn that ends at a planned block.</summary>
/// <param name="Dispute">The dispute.</param>
/// <param name="Serial">The turn.</param>
public readonly record struct DisputeTurn(ulong Dispute, uint Serial);
