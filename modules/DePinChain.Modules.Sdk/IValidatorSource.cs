using DePinChain.Primitives;

namespace DePinChain.Modules.Sdk;

/// <summary>What consensus reads from the state: Staking implements it, the execution kernel asks it after each block.</summary>
public interface IValidatorSource
{
    /// <summary>The epoch of the block that the state is of.</summary>
    ulong Epoch { get; }

    /// <summary>Height of that epoch's first block.</summary>
    ulong EpochStart { get; }

    /// <summary>The validators that decide that block.</summary>
    ValidatorSet CurrentSet { get; }

    /// <summary>The validators that decide the next block.</summary>
    ValidatorSet NextSet { get; }

    /// <summary>Proposer priorities at the start of the next block's epoch, one for each validator of <see cref="NextSet"/>.</summary>
    IReadOnlyList<long> Priorities { get; }

    /// <summary>Height of the first block of the next block's epoch, where <see cref="Priorities"/> count from.</summary>
    ulong NextEpochStart { get; }

    /// <summary>The VRF key of a validator of <see cref="CurrentSet"/> or <see cref="NextSet"/>, 33 bytes; null for a stranger.</summary>
    byte[]? FindVrfKey(Address signer);

    /// <summary>The operator that a signing address belongs to, for ever; null for a stranger.</summary>
    Address? FindOperator(Address signer);

    /// <summary>The validators that decided a block; null before the oldest kept set or after the next block.</summary>
    ValidatorSet? FindSet(ulong height);

    /// <summary>
    /// True when a block at <paramref name="height"/> may carry this evidence: the signer had a seat, the stake has not left, and its
    /// validator was not punished for signing twice already.
    /// </summary>
    bool IsPunishable(in Misbehaviour misbehaviour, ulong height);
}
