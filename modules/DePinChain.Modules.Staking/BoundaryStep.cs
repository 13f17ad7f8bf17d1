using DePinChain.Modules.Sdk;
using DePinChain.Primitives;

namespace DePinChain.Modules.Staking;

/// <summary>The last pass around an epoch's boundary: elects the next set in the last block, lets it take over in the first.</summary>
internal sealed class BoundaryStep(
    Logs logs, ValidatorRegistry registry, RewardPeriods rewards, Epochs epochs, SigningLog signing, Penalties penalties)
{
    /// <summary>Jails who missed more than half of its proposals of the epoch, then elects the next set.</summary>
    public void Elect(ulong now, in StakingParameters parameters)
    {
        EpochRecord current = epochs.EndAt(now);
        EpochSet set = epochs.SetOf(current.Number);
        IReadOnlyList<long> priorities = JudgeProposers(set, current, now, parameters);

        ulong nextEpoch = current.Number + 1;
        ulong budget = ValidatorSetChange.Budget(current.TotalPower, parameters.ChurnDivisor);
        var seated = new List<Seat>();
        foreach (EpochMember member in set.Members) seated.Add(new Seat(member.Operator, member.Power));
        List<Seat> wanted = ValidatorSetChange.Rank(CandidatesFor(nextEpoch), (int)parameters.ValidatorsMax);
        List<Seat> seats = ValidatorSetChange.Move(seated, wanted, budget);

        AdoptKeys(seats, seated, nextEpoch, budget);
        EpochSet next = SetOf(seats, set.ToValidatorSet(), priorities);
        EpochRecord elected = epochs.Elect(next, parameters);
        logs.Emit(new ValidatorSetChanged(elected.Number, elected.SetHash));
    }

    /// <summary>
    /// Credits every seat of the old set, gives the new one its power, and sends the dust of the epoch's divisions to the pool.
    /// </summary>
    public void TakeOver()
    {
        EpochSet old = epochs.SetOf(epochs.Current.Number);
        EpochSet next = epochs.SetOf(epochs.Next.Number);
        var powers = new SortedDictionary<Address, ulong>();
        foreach (EpochMember member in old.Members) powers[member.Operator] = 0;
        foreach (EpochMember member in next.Members) powers[member.Operator] = member.Power;

        foreach ((Address validator, ulong power) in powers)
        {
            ValidatorRecord stake = registry.Get(validator);
            rewards.Seat(validator, stake, power);
            epochs.Mute(validator, mute: power > 0 && stake.Standing != Standing.Free);
            if (power == 0) signing.Clear(validator);
        }

        rewards.SweepUnsettled();
        epochs.TakeOver();
    }

    // Counts the proposer of each height's first round only: later rounds are others' failures. Returns the priorities the epoch ends with.
    private IReadOnlyList<long> JudgeProposers(EpochSet set, in EpochRecord epoch, ulong now, in StakingParameters parameters)
    {
        if (set.Members.Count == 0) return [];
        ProposerRotation rotation = set.ToRotation();
        foreach (EpochMember member in set.Members)
        {
            uint missed = epochs.MissedProposalsOf(member.Operator);
            epochs.ForgetMissedProposals(member.Operator);
            if (missed < parameters.MissedProposalsMin || registry.Get(member.Operator).Standing != Standing.Free) continue;
            ulong duties = 0;
            for (ulong step = 0; step < epoch.Length; step++)
                if (rotation.ProposerAt(step) == member.Signer) duties++;
            if (2UL * missed > duties) penalties.Jail(member.Operator, PenaltyReason.MissedProposals, now + parameters.JailBlocks);
        }

        return rotation.PrioritiesAfter(epoch.Length);
    }

    private List<Candidate> CandidatesFor(ulong epoch)
    {
        var candidates = new List<Candidate>();
        foreach (Address validator in registry.Candidates())
        {
            ValidatorRecord record = registry.Get(validator);
            if (record.ActiveFrom <= epoch) candidates.Add(new Candidate(validator, record.Tokens));
        }

        return candidates;
    }

    // To light clients a new signing key is a stranger, so the power whose keys change is bounded like the power that moves: by the same
    // budget
    // again, in order of address. The first always changes, or a validator with more than the budget never could.
    private void AdoptKeys(List<Seat> seats, List<Seat> seated, ulong epoch, ulong budget)
    {
        ulong changed = 0;
        foreach (Seat seat in seats)
        {
            if (registry.TryFindPendingVrfKey(seat.Operator, out PendingKey key) && key.Epoch <= epoch)
                registry.AdoptVrfKey(seat.Operator, key.Key);
            if (!registry.TryFindPendingSigner(seat.Operator, out Address signer, out ulong from) || from > epoch) continue;

            bool isNew = !seated.Exists(old => old.Operator == seat.Operator);
            if (!isNew && changed > 0 && seat.Power > budget - Math.Min(changed, budget)) continue;
            if (!isNew) changed += seat.Power;
            registry.AdoptSigner(seat.Operator, signer);
        }
    }

    private EpochSet SetOf(List<Seat> seats, ValidatorSet old, IReadOnlyList<long> endPriorities)
    {
        var members = new List<EpochMember>();
        foreach (Seat seat in seats)
        {
            ValidatorRecord record = registry.Get(seat.Operator);
            members.Add(new EpochMember(record.Signer, seat.Operator, seat.Power, record.Tokens, record.VrfKey, Priority: 0));
        }

        members.Sort(static (a, b) => a.Signer.CompareTo(b.Signer));
        var set = new EpochSet(members);
        IReadOnlyList<long> priorities = ProposerRotation.Carry(old, endPriorities, set.ToValidatorSet());
        for (int i = 0; i < members.Count; i++) members[i] = members[i] with { Priority = priorities[i] };
        return set;
    }
}
