using DePinChain.Primitives;

namespace DePinChain.Modules.Sdk;

/// <summary>A proven equivocation.</summary>
/// <param name="Kind">What was signed twice.</param>
/// <param name="Signer">Signing address at that height.</param>
/// <param name="Height">Height of the two messages.</param>
public readonly record struct Misbehaviour(MisbehaviourKind Kind, Address Signer, ulong Height);

/// <summary>What a validator signed twice for one height and round.</summary>
public enum MisbehaviourKind : byte
{
    /// <summary>Two votes of one kind for different blocks.</summary>
    DuplicateVote = 1,

    /// <summary>Two proposals of different blocks or valid rounds.</summary>
    DuplicateProposal = 2,
}
