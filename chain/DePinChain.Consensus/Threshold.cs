using DePinChain.Primitives;

namespace DePinChain.Consensus;

/// <summary>What enough votes prove.</summary>
internal enum ThresholdKind : byte
{
    /// <summary>More than two thirds prevoted anything.</summary>
    PolkaAny,

    PolkaNil,

    /// <summary>More than two thirds prevoted the value, whatever valid rounds the votes carry (L28).</summary>
    PolkaValue,

    /// <summary>More than two thirds prevoted the value with one valid round (L36).</summary>
    PolkaProposal,

    /// <summary>More than two thirds precommitted anything.</summary>
    PrecommitAny,

    /// <summary>More than two thirds precommitted the value (L49).</summary>
    PrecommitValue,

    /// <summary>More than one third is in the round or later (L55).</summary>
    Skip,
}

/// <summary>A threshold that votes reached. The keeper reports each once.</summary>
internal readonly record struct Threshold(ThresholdKind Kind, uint Round, Hash256 Value = default, int ValidRound = -1);
