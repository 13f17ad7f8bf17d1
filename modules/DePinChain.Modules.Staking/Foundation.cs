using DePinChain.Modules.Sdk;
using DePinChain.Primitives;

namespace DePinChain.Modules.Staking;

// Block 0: the founding validators bond, and the first epoch begins.
public sealed partial class StakingModule
{
    /// <inheritdoc/>
    public void Initialize(StakingGenesis section, GenesisContext context)
    {
        StakingParameters rules = section.ToParameters();
        Rules.Value = rules;
        var candidates = new List<Candidate>();
        foreach (FoundingValidator founder in context.Validators) candidates.Add(Found(founder, rules));

        var members = new List<EpochMember>();
        foreach (Seat seat in ValidatorSetChange.Rank(candidates, (int)rules.ValidatorsMax))
        {
            ValidatorRecord record = _parts.Registry.Get(seat.Operator);
            members.Add(new EpochMember(record.Signer, seat.Operator, seat.Power, record.Tokens, record.VrfKey, Priority: 0));
            _parts.Rewards.Seat(seat.Operator, record, seat.Power);
        }

        members.Sort(static (a, b) => a.Signer.CompareTo(b.Signer));
        var set = new EpochSet(members);
        IReadOnlyList<long> priorities = ProposerRotation.GenesisOf(set.ToValidatorSet());
        for (int i = 0; i < members.Count; i++) members[i] = members[i] with { Priority = priorities[i] };
        _parts.Epochs.Found(set, rules.EpochBlocks);
    }

    private Candidate Found(FoundingValidator founder, in StakingParameters rules)
    {
        bool isKey = _cryptography.TryAddressOf(founder.SigningKey, out Address signer);
        Invariant.Assert(isKey, "The genesis rules let only validators with valid keys through.");
        ulong maxCommission = Math.Max(founder.Commission, StakingPolicy.FounderMaxCommissionWad);
        _parts.Registry.Add(founder.Operator, new ValidatorRecord(
            founder.Name, signer, founder.VrfKey, ActiveFrom: 0, Amount.Zero, UInt128.Zero, founder.Commission, maxCommission,
            StakingPolicy.FounderMaxDailyChangeWad, CommissionChangedAt: 0, rules.MinSelfBond, JailedUntil: 0, Standing.Free));
        _issuer.Transfer(founder.Operator, Address, founder.SelfBond, Delegations.ReferenceOf(founder.Operator));
        _parts.Delegations.Bond(founder.Operator, founder.Operator, founder.SelfBond, rules.CandidatesMax);
        _logs.Emit(new ValidatorCreated(founder.Operator, signer, founder.Name));
        return new Candidate(founder.Operator, founder.SelfBond);
    }
}
