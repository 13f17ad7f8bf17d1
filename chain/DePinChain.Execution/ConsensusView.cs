using DePinChain.Modules.Sdk;
using DePinChain.Primitives;

namespace DePinChain.Execution;

/// <summary>What consensus needs to know to decide the block after a state: validators, proposers, keys.</summary>
public sealed class ConsensusView
{
    // Nobody was ever a proposer so late; the bound keeps a certificate's round from costing us time.
    private const uint RoundsMax = 10_000;

    private readonly byte[]?[] _vrfKeys;
    private readonly Address?[] _operators;

    internal ConsensusView(IValidatorSource source, ulong height)
    {
        Height = height;
        Validators = source.NextSet;
        EpochStart = source.NextEpochStart;
        Rotation = ProposerRotation.StartOf(Validators, source.Priorities);
        _vrfKeys = [.. Validators.Select(v => source.FindVrfKey(v.Address))];
        _operators = [.. Validators.Select(v => source.FindOperator(v.Address))];
    }

    /// <summary>The height that this set decides.</summary>
    public ulong Height { get; }

    /// <summary>Who decides the block at <see cref="Height"/>.</summary>
    public ValidatorSet Validators { get; }

    /// <summary>First height of that block's epoch.</summary>
    public ulong EpochStart { get; }

    /// <summary>Proposers from <see cref="EpochStart"/> on.</summary>
    public ProposerRotation Rotation { get; }

    /// <summary>Signing address of the proposer of a round; skipped rounds do not shift later heights (as in CometBFT).</summary>
    public Address ProposerAt(uint round) => Rotation.ProposerAt(Height - EpochStart + round);

    /// <summary>Whether a validator proposed in one of the rounds up to <paramref name="roundMax"/>.</summary>
    public bool MayHaveBuilt(Address miner, uint roundMax)
    {
        for (uint round = 0; round <= Math.Min(roundMax, RoundsMax); round++)
            if (ProposerAt(round) == miner) return true;
        return false;
    }

    /// <summary>The 33-byte VRF key that a validator's proofs verify under; null for a stranger.</summary>
    public ReadOnlyMemory<byte>? FindVrfKey(Address signer)
    {
        int index = Validators.IndexOf(signer);
        if (index < 0 || _vrfKeys[index] is not { } key) return null;
        return key;
    }

    /// <summary>The operator of a validator of this set; null for a stranger.</summary>
    public Address? FindOperator(Address signer) => Validators.IndexOf(signer) is >= 0 and var index ? _operators[index] : null;
}
