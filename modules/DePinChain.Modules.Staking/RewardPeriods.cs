using DePinChain.Modules.Sdk;
using DePinChain.Primitives;

namespace DePinChain.Modules.Staking;

/// <summary>
/// Who earned what: one index for all seats that each block moves, and for each validator a reward per share that its settlements move.
/// </summary>
/// <remarks>
/// F1 (Ojha and Goes, "F1 Fee Distribution") with a lazy global index: a block writes one record instead of one per validator. F1's ratio
/// is kept per share instead of per token. A slash changes tokens and leaves shares, so no slash is ever replayed and no historical ratio
/// is
/// counted; each delegation remembers the ratio it was paid up to. All divisions round down; what they lose stays in Unsettled or
/// Outstanding and ends in the community pool.
/// </remarks>
[ModulePart]
internal sealed partial class RewardPeriods(ModuleState state, IBank bank)
{
    [Slot(10)] private partial Item<RewardIndex> Index { get; }
    [Slot(11)] private partial Map<Address, RewardRecord> Records { get; }

    public RewardIndex Now => Index.TryGet(out RewardIndex index) ? index : default;

    public RewardRecord Find(Address validator) => Records.TryGet(validator, out RewardRecord record) ? record : default;

    public bool HasSeat(Address validator) => Find(validator).Power > 0;

    /// <summary>Shares a block's coins among all seats by power; those that were absent earn nothing, their part is forfeited.</summary>
    /// <param name="shared">Coins for all seats.</param>
    /// <param name="totalPower">Power of all seats.</param>
    /// <param name="absent">Operators that must not earn.</param>
    /// <returns>What the absent ones forfeit: it leaves to the community pool.</returns>
    public Amount Share(Amount shared, UInt128 totalPower, IReadOnlyList<Address> absent)
    {
        UInt256 step = StakingPolicy.IndexStep(shared, totalPower);
        UInt128 absentPower = UInt128.Zero;
        foreach (Address validator in absent)
        {
            RewardRecord record = Find(validator);
            absentPower += record.Power;
            Records[validator] = record with { EarnedUpTo = record.EarnedUpTo + step };
        }

        Amount forfeited = StakingPolicy.Earned(absentPower, step);
        RewardIndex index = Now;
        Index.Value = new RewardIndex(index.Index + step, index.Unsettled + shared - forfeited);
        return forfeited;
    }

    /// <summary>Adds a bonus to what the validator will be credited with.</summary>
    public void AddBonus(Address validator, Amount bonus)
    {
        if (bonus.IsZero) return;
        RewardRecord record = Find(validator);
        Records[validator] = record with { Pending = record.Pending + bonus };
        RewardIndex index = Now;
        Index.Value = index with { Unsettled = index.Unsettled + bonus };
    }

    /// <summary>
    /// Credits a validator with all it earned: commission to the operator, the rest to its shares. Before any change of its stake,
    /// shares, commission or power.
    /// </summary>
    public RewardRecord Settle(Address validator, in ValidatorRecord stake)
    {
        RewardRecord record = Find(validator);
        RewardRecord settled = Credited(record, stake, out Amount earned, out Amount unowned);
        if (!earned.IsZero)
        {
            RewardIndex index = Now;
            Index.Value = index with { Unsettled = index.Unsettled - earned };
            ToPool(unowned);
        }

        if (settled != record) Records[validator] = settled;
        return settled;
    }

    /// <summary>Credits a validator up to now and lets it earn with another power from here; 0 takes its seat.</summary>
    public void Seat(Address validator, in ValidatorRecord stake, ulong power)
    {
        RewardRecord record = Settle(validator, stake);
        if (record.Power != power) Records[validator] = record with { Power = power };
    }

    /// <summary>What <see cref="Settle"/> would leave, without writing: for views.</summary>
    public RewardRecord Preview(Address validator, in ValidatorRecord stake) => Credited(Find(validator), stake, out _, out _);

    public void Save(Address validator, in RewardRecord record) => Records[validator] = record;

    /// <summary>The last delegator has left: what is outstanding now is dust of past divisions and goes to the pool.</summary>
    public RewardRecord SweepDust(in RewardRecord record)
    {
        ToPool(record.Outstanding);
        return record with { Outstanding = Amount.Zero };
    }

    /// <summary>Every seat has been settled: what is unsettled now is dust of past divisions and goes to the pool.</summary>
    public void SweepUnsettled()
    {
        RewardIndex index = Now;
        if (index.Unsettled.IsZero) return;
        ToPool(index.Unsettled);
        Index.Value = index with { Unsettled = Amount.Zero };
    }

    public void ToPool(Amount amount) => bank.Transfer(WellKnownAddresses.Staking, WellKnownAddresses.Treasury, amount);

    private RewardRecord Credited(in RewardRecord record, in ValidatorRecord stake, out Amount earned, out Amount unowned)
    {
        UInt256 index = Now.Index;
        earned = StakingPolicy.Earned(record.Power, index - record.EarnedUpTo) + record.Pending;
        Amount commission = StakingPolicy.CommissionOf(earned, stake.CommissionWad);
        Amount rest = earned - commission;
        RewardRecord settled = record with { EarnedUpTo = index, Pending = Amount.Zero, Commission = record.Commission + commission };

        // Everybody has unbonded while the seat lasts: nobody owns the delegators' part.
        unowned = stake.Shares == UInt128.Zero ? rest : Amount.Zero;
        if (stake.Shares == UInt128.Zero || rest.IsZero) return settled;
        return settled with
        {
            PerShare = record.PerShare + StakingPolicy.IndexStep(rest, stake.Shares),
            Outstanding = record.Outstanding + rest,
        };
    }
}
