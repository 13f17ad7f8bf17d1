using DePinChain.Modules.Sdk;
using DePinChain.Primitives;
using static DePinChain.Modules.Sdk.Guard;

namespace DePinChain.Modules.Staking;

// What staking answers without changing anything: its views, consensus' questions and other modules'.
public sealed partial class StakingModule
{
    /// <inheritdoc/>
    public Amount Bonded => _parts.Delegations.Totals.Bonded;

    /// <inheritdoc/>
    public ulong Epoch => _parts.Epochs.Current.Number;

    /// <inheritdoc/>
    public ulong EpochStart => _parts.Epochs.Current.Start;

    /// <inheritdoc/>
    public ulong NextEpochStart => _parts.Epochs.Next.Start;

    /// <inheritdoc/>
    public ValidatorSet CurrentSet => CurrentMembers.ToValidatorSet();

    /// <inheritdoc/>
    public ValidatorSet NextSet => NextMembers.ToValidatorSet();

    /// <inheritdoc/>
    public IReadOnlyList<long> Priorities => [.. NextMembers.Members.Select(static member => member.Priority)];

    private static byte[]? VrfKeyIn(EpochSet set, Address signer) =>
        set.IndexOf(signer) is >= 0 and int index ? set.Members[index].VrfKey : null;

    private EpochSet CurrentMembers => _parts.Epochs.SetOf(_parts.Epochs.Current.Number);

    private EpochSet NextMembers => _parts.Epochs.SetOf(_parts.Epochs.Next.Number);

    /// <summary>A validator by its operator.</summary>
    /// <param name="validator">The operator.</param>
    [Function]
    public ValidatorReport GetValidator(Address validator) => ReportOf(validator, _parts.Registry.Get(validator));

    /// <summary>A page of validators in the order they came.</summary>
    /// <param name="status">0 any, 1 active, 2 waiting, 3 jailed, 4 tombstoned.</param>
    /// <param name="offset">How many validators of any status to pass over.</param>
    /// <param name="limit">How many to look at, at most 100; those of another status are left out.</param>
    [Function]
    public ValidatorReport[] GetValidators(ValidatorStatus status, UInt256 offset, UInt256 limit)
    {
        Require(limit <= StakingPolicy.PageMax, new PageTooLarge(StakingPolicy.PageMax));
        if (!offset.FitsUInt64) return [];
        var page = new List<ValidatorReport>();
        foreach (Address validator in _parts.Registry.Page((ulong)offset, (int)(ulong)limit))
        {
            ValidatorReport report = GetValidator(validator);
            if (status == ValidatorStatus.Any || report.Status == status) page.Add(report);
        }

        return [.. page];
    }

    /// <summary>How many validators there ever were.</summary>
    [Function]
    public ulong ValidatorCount() => _parts.Registry.Count;

    /// <summary>
    /// The seats of an epoch whose set is still kept: signing key, operator, power, stake at the election, VRF key and proposer priority.
    /// </summary>
    /// <param name="epoch">Its number.</param>
    [Function]
    public IReadOnlyList<EpochMember> GetValidatorSet(ulong epoch)
    {
        Require(_parts.Epochs.TryGetSet(epoch, out EpochSet? set), new UnknownEpoch(epoch));
        return set.Members;
    }

    /// <summary>What one delegator has with one validator.</summary>
    /// <param name="delegator">The delegator.</param>
    /// <param name="validator">The validator's operator.</param>
    [Function]
    public DelegationReport GetDelegation(Address delegator, Address validator) => new(
        validator,
        _parts.Delegations.Find(delegator, validator).Shares,
        _parts.Delegations.StakeOf(delegator, validator),
        _parts.Delegations.PendingOf(delegator, validator));

    /// <summary>A page of a delegator's validators: those with stake, unbonding stake or redelegated stake of its own.</summary>
    /// <param name="delegator">The delegator.</param>
    /// <param name="offset">How many to pass over.</param>
    /// <param name="limit">How many at most, at most 100.</param>
    [Function]
    public DelegationReport[] GetDelegations(Address delegator, ulong offset, ulong limit)
    {
        Require(limit <= StakingPolicy.PageMax, new PageTooLarge(StakingPolicy.PageMax));
        IReadOnlyList<Address> page = _parts.Delegations.PartnersOf(delegator).Page(offset, (int)limit);
        return [.. page.Select(validator => GetDelegation(delegator, validator))];
    }

    /// <summary>A delegator's unbondings at the first 100 of its validators.</summary>
    /// <param name="delegator">The delegator.</param>
    [Function]
    public UnbondingReport[] GetUnbondings(Address delegator)
    {
        var reports = new List<UnbondingReport>();
        foreach (Address validator in _parts.Delegations.PartnersOf(delegator).Page(0, StakingPolicy.PageMax))
        {
            foreach (ulong id in _parts.Unbondings.Of(delegator, validator).Page(0, StakingPolicy.EntriesPerPairMax))
            {
                UnbondingRecord entry = _parts.Unbondings.Get(id);
                bool frozen = _parts.Slashes.IsFrozen(entry);
                reports.Add(new UnbondingReport(id, validator, entry.Initial, entry.Balance, entry.CreatedAt, entry.CompletesAt, frozen));
            }
        }

        return [.. reports];
    }

    /// <summary>A delegator's redelegations into the first 100 of its validators that still answer for the validator they left.</summary>
    /// <param name="delegator">The delegator.</param>
    [Function]
    public RedelegationReport[] GetRedelegations(Address delegator)
    {
        var reports = new List<RedelegationReport>();
        foreach (Address validator in _parts.Delegations.PartnersOf(delegator).Page(0, StakingPolicy.PageMax))
        {
            foreach (ulong id in _parts.Redelegations.Into(delegator, validator).Page(0, StakingPolicy.EntriesPerPairMax))
                if (_parts.Redelegations.TryGet(id, out RedelegationRecord entry))
                    reports.Add(new RedelegationReport(id, entry.Source, entry.Target, entry.Initial, entry.CompletesAt));
        }

        return [.. reports];
    }

    /// <summary>What a delegator could withdraw now from one validator.</summary>
    /// <param name="delegator">The delegator.</param>
    /// <param name="validator">The validator's operator.</param>
    [Function]
    public Amount PendingRewards(Address delegator, Address validator) => _parts.Delegations.PendingOf(delegator, validator);

    /// <summary>What a validator has earned up to now and not paid out: the inputs of every reward.</summary>
    /// <param name="validator">The operator.</param>
    [Function]
    public EarningsReport GetEarnings(Address validator)
    {
        RewardRecord record = _parts.Rewards.Preview(validator, _parts.Registry.Get(validator));
        return new EarningsReport(record.Outstanding, record.Commission, record.PerShare);
    }

    /// <summary>The account that a delegator's rewards go to.</summary>
    /// <param name="delegator">The delegator.</param>
    [Function]
    public Address WithdrawAddress(Address delegator) => _parts.Delegations.RecipientOf(delegator);

    /// <summary>The operator that a signing address belongs to, for ever; zero for a stranger.</summary>
    /// <param name="signer">The signing address.</param>
    [Function]
    public Address OperatorOf(Address signer) => _parts.Registry.OperatorOf(signer);

    /// <summary>The parameters.</summary>
    [Function]
    public StakingParameters GetParams() => Rules.Value;

    /// <summary>Tokens of all validators.</summary>
    [Function]
    public Amount TotalBonded() => Bonded;

    /// <summary>Tokens on their way back to delegators.</summary>
    [Function]
    public Amount TotalUnbonding() => _parts.Delegations.Totals.Unbonding;

    /// <summary>The epoch that decides the next block.</summary>
    [Function]
    public EpochReport EpochInfo()
    {
        EpochRecord epoch = _parts.Epochs.Next;
        uint seats = (uint)NextMembers.Members.Count;
        return new EpochReport(epoch.Number, epoch.Start, epoch.End, epoch.TotalPower, epoch.Stake, seats, epoch.SetHash);
    }

    /// <summary>What a validator signed lately.</summary>
    /// <param name="validator">The operator.</param>
    [Function]
    public SigningReport GetSigningInfo(Address validator)
    {
        ValidatorRecord record = _parts.Registry.Get(validator);
        StakingParameters rules = Rules.Value;
        _parts.Signing.TryGet(validator, out SigningRecord signing);
        return new SigningReport(
            signing.Since, rules.LivenessWindow, signing.Missed, rules.MissedMax, _parts.Epochs.MissedProposalsOf(validator),
            record.JailedUntil, record.Standing == Standing.Tombstoned);
    }

    /// <inheritdoc/>
    public byte[]? FindVrfKey(Address signer)
    {
        // Both sets are bodies that take time to decode, and they differ at the end of an epoch only.
        return VrfKeyIn(NextMembers, signer) ?? VrfKeyIn(CurrentMembers, signer);
    }

    /// <inheritdoc/>
    public Address? FindOperator(Address signer)
    {
        Address validator = _parts.Registry.OperatorOf(signer);
        return validator.IsZero ? null : validator;
    }

    /// <inheritdoc/>
    public ValidatorSet? FindSet(ulong height) =>
        _parts.Epochs.TryFind(height, out EpochRecord epoch) ? _parts.Epochs.SetOf(epoch.Number).ToValidatorSet() : null;

    /// <inheritdoc/>
    public bool IsPunishable(in Misbehaviour misbehaviour, ulong height) =>
        _parts.Penalties.Judge(misbehaviour, height, Rules.Value, out _) == EvidenceVerdict.Counts;

    /// <inheritdoc/>
    public bool IsActive(Address validator) => _parts.Rewards.HasSeat(validator) && !_parts.Epochs.IsMuted(validator);

    /// <inheritdoc/>
    public Amount StakeOf(Address validator) => _parts.Registry.TryGet(validator, out ValidatorRecord record) ? record.Tokens : Amount.Zero;

    /// <inheritdoc/>
    public Amount StakeOf(Address delegator, Address validator) => _parts.Delegations.StakeOf(delegator, validator);

    /// <inheritdoc/>
    public UInt128 SharesOf(Address validator) =>
        _parts.Registry.TryGet(validator, out ValidatorRecord record) ? record.Shares : UInt128.Zero;

    /// <inheritdoc/>
    public UInt128 SharesOf(Address delegator, Address validator) => _parts.Delegations.Find(delegator, validator).Shares;

    /// <inheritdoc/>
    public ulong EpochEnd => _parts.Epochs.Current.End;

    /// <inheritdoc/>
    public IReadOnlyList<(Address Validator, Amount Stake)> StakesOf(Address delegator, ulong start, int limit) =>
        [.. _parts.Delegations.PartnersOf(delegator).Page(start, limit).Select(validator => (validator, StakeOf(delegator, validator)))];

    /// <inheritdoc/>
    public IReadOnlyList<(Address Validator, Amount Stake)> Seats() =>
        [.. CurrentMembers.Members.Select(static member => (member.Operator, member.Stake))];

    /// <inheritdoc/>
    public IEnumerable<string> Violations() => StakingInvariants.Violations(_parts, _issuer.BalanceOf(Address));

    private ValidatorReport ReportOf(Address validator, in ValidatorRecord record)
    {
        ulong power = _parts.Rewards.Find(validator).Power;
        ValidatorStatus status = record.Standing switch
        {
            Standing.Tombstoned => ValidatorStatus.Tombstoned,
            Standing.Jailed => ValidatorStatus.Jailed,
            _ => power > 0 ? ValidatorStatus.Active : ValidatorStatus.Waiting,
        };
        return new ValidatorReport(
            validator, record.Moniker, status, record.Signer, record.VrfKey, record.ActiveFrom, record.Tokens, record.Shares, power,
            _parts.Delegations.StakeOf(validator, validator), record.MinSelfBond, record.CommissionWad, record.MaxCommissionWad,
            record.MaxDailyChangeWad, record.CommissionChangedAt, record.JailedUntil);
    }
}
