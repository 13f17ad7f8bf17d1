using DePinChain.Blocks;

namespace DePinChain.LightClient;

/// <summary>What two votes of one validator show.</summary>
public enum OffenceKind : byte
{
    /// <summary>Two ballots in one slot: proven by the two alone, and slashed.</summary>
    Equivocation = 1,

    /// <summary>A lock that was forgotten, in favour of a block that two thirds prevoted: part of what can fork a chain.</summary>
    Amnesia = 2,

    /// <summary>A lock that seems forgotten, though nothing came of it in these records.</summary>
    Suspicion = 3,
}

/// <summary>Two votes of one validator that do not go together.</summary>
/// <param name="Kind">What they show.</param>
/// <param name="Index">The validator's, in the height's set.</param>
/// <param name="First">The earlier vote; of an amnesiac the precommit that locked it.</param>
/// <param name="Second">The later one; of an amnesiac the prevote that its lock forbade.</param>
/// <remarks>
/// A lock may be left for a block that got a polka in a later round. So an amnesiac is cleared by a polka for the second vote's block in a
/// round between the two, which these records do not hold; without one there is none.
/// </remarks>
public sealed record Offence(OffenceKind Kind, int Index, Vote First, Vote Second);
