namespace DePinChain.Consensus;

/// <summary>
/// The lines of Algorithm 1 of "The latest gossip on BFT consensus" (arXiv:1807.04938) that act. A trace of them tells what the machine
/// did and lets a reviewer tick the paper off against <see cref="RoundMachine"/>.
/// </summary>
public enum PaperLine : byte
{
    /// <summary>Propose the valid value of an earlier round.</summary>
    L16 = 16,

    /// <summary>Ask for a value to propose.</summary>
    L18 = 18,

    /// <summary>Propose the value that was built.</summary>
    L19 = 19,

    /// <summary>Wait for the proposer's proposal.</summary>
    L21 = 21,

    /// <summary>Prevote a first proposal.</summary>
    L24 = 24,

    /// <summary>Prevote nil: the first proposal is invalid, not acceptable, or not what we are locked on.</summary>
    L26 = 26,

    /// <summary>Prevote a value that had a polka in an earlier round.</summary>
    L30 = 30,

    /// <summary>Prevote nil: invalid, or locked on another value in a later round.</summary>
    L32 = 32,

    /// <summary>More than two thirds prevoted anything: wait for a polka.</summary>
    L35 = 35,

    /// <summary>Polka for the proposal: lock it and precommit it (lines 38 to 43).</summary>
    L40 = 40,

    /// <summary>Polka for the proposal after our precommit: only the valid value changes.</summary>
    L42 = 42,

    /// <summary>Polka for nil: precommit nil.</summary>
    L45 = 45,

    /// <summary>More than two thirds precommitted anything: wait for a decision.</summary>
    L48 = 48,

    /// <summary>Decide.</summary>
    L51 = 51,

    /// <summary>More than one third is in a later round: go there.</summary>
    L56 = 56,

    /// <summary>No proposal in time: prevote nil.</summary>
    L59 = 59,

    /// <summary>No polka in time: precommit nil.</summary>
    L63 = 63,

    /// <summary>No decision in time: next round.</summary>
    L67 = 67,
}

/// <summary>One line that fired.</summary>
public readonly record struct TraceEntry(PaperLine Line, ulong Height, uint Round)
{
    public override string ToString() => $"{Height}/{Round} {Line}";
}
