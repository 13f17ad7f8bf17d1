using DePinChain.Modules.Sdk;
using DePinChain.Primitives;

namespace DePinChain.Modules.Staking;

/// <summary>What misbehaviour costs: a part of the stake, the seat, or both for ever.</summary>
internal sealed class Penalties(
    Logs logs, ICoinIssuer issuer, ValidatorRegistry registry, Delegations delegations, Epochs epochs, SlashQueue slashes)
{
    /// <summary>Why evidence does not count, if it does not.</summary>
    public EvidenceVerdict Judge(in Misbehaviour misbehaviour, ulong now, in StakingParameters parameters, out EpochMember member)
    {
        member = default;
        if (misbehaviour.Height > now) return EvidenceVerdict.NotSeated;
        if (misbehaviour.Height + parameters.UnbondingBlocks < now) return EvidenceVerdict.TooOld;
        if (!epochs.TryFindMember(misbehaviour.Height, misbehaviour.Signer, out member)) return EvidenceVerdict.NotSeated;
        return registry.Get(member.Operator).Standing == Standing.Tombstoned ? EvidenceVerdict.AlreadyTombstoned : EvidenceVerdict.Counts;
    }

    /// <summary>Punishes signing twice, once in a validator's life: slashes the stake of that epoch and excludes the validator.</summary>
    public void Tombstone(in Misbehaviour misbehaviour, in EpochMember member, ulong now, in StakingParameters parameters)
    {
        PenaltyReason reason = misbehaviour.Kind == MisbehaviourKind.DuplicateProposal
            ? PenaltyReason.DuplicateProposal
            : PenaltyReason.DuplicateVote;
        Slash(member.Operator, parameters.DoubleSignSlashWad, reason, misbehaviour.Height, member.Stake);
        slashes.Visit(member.Operator, parameters.DoubleSignSlashWad, misbehaviour.Height, now);
        Exclude(member.Operator, Standing.Tombstoned, ulong.MaxValue);
        logs.Emit(new Jailed(member.Operator, reason, ulong.MaxValue));
        logs.Emit(new Tombstoned(member.Operator, misbehaviour.Signer, misbehaviour.Height));
    }

    /// <summary>Punishes absence: a small slash and jail.</summary>
    public void PunishDowntime(Address validator, ulong now, in StakingParameters parameters)
    {
        // The infraction is this block's: nothing can have left since.
        Slash(validator, parameters.DowntimeSlashWad, PenaltyReason.Downtime, now, new Amount(UInt128.MaxValue));
        Jail(validator, PenaltyReason.Downtime, now + parameters.JailBlocks);
    }

    public void Jail(Address validator, PenaltyReason reason, ulong until)
    {
        Exclude(validator, Standing.Jailed, until);
        logs.Emit(new Jailed(validator, reason, until));
    }

    // Burns a part of the validator's stake, of at most what it had in the infraction's epoch.
    private void Slash(Address validator, ulong fractionWad, PenaltyReason reason, ulong infractionHeight, Amount stakeThen)
    {
        ValidatorRecord stake = registry.Get(validator);
        Amount burned = Amount.Min(StakingPolicy.SlashOf(Amount.Min(stake.Tokens, stakeThen), fractionWad), stake.Tokens);
        registry.Save(validator, stake with { Tokens = stake.Tokens - burned });
        delegations.SubtractBonded(burned);
        issuer.Burn(WellKnownAddresses.Staking, burned);
        logs.Emit(new Slashed(validator, reason, burned, infractionHeight));
    }

    private void Exclude(Address validator, Standing standing, ulong until)
    {
        registry.Save(validator, registry.Get(validator) with { Standing = standing, JailedUntil = until });
        registry.Withdraw(validator);
        epochs.Mute(validator, mute: true);
    }
}

/// <summary>Whether evidence counts.</summary>
internal enum EvidenceVerdict
{
    /// <summary>It must be punished.</summary>
    Counts,

    /// <summary>The stake of that time has left.</summary>
    TooOld,

    /// <summary>The signer had no seat at that height.</summary>
    NotSeated,

    /// <summary>The validator was punished for signing twice already.</summary>
    AlreadyTombstoned,
}
