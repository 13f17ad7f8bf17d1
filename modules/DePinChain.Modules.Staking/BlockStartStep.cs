using DePinChain.Modules.Economy;
using DePinChain.Modules.Sdk;
using DePinChain.Primitives;

namespace DePinChain.Modules.Staking;

/// <summary>
/// What staking does at the start of each block: judges evidence and absence, pays the last block, goes on with slashes, pays what has
/// unbonded.
/// </summary>
internal sealed class BlockStartStep(
    StakingParts parts, StepRunner runner, Logs logs, ICoinIssuer issuer, IEmission emission)
{
    public void Run(BlockContext block, in StakingParameters parameters)
    {
        Punish(block, parameters);
        if (block.LastCommit is { } commit) NoteSeals(commit, block.Number, parameters);
        PayLastBlock(block, parameters);

        // A block whose last pass changes sets leaves its work to that: a full queue must never hold up a jailed validator's removal.
        bool isBoundary = parts.Epochs.HasElected || block.Number >= parts.Epochs.Current.End;
        if (!isBoundary) WorkOffQueues(block.Number);
        StakeTotals totals = parts.Delegations.Totals;
        emission.ReportLocked(LockedFor.Bond, totals.Bonded + totals.Unbonding);
    }

    /// <summary>Pays an unbonding entry to its delegator.</summary>
    public void Pay(ulong id, in UnbondingRecord entry)
    {
        parts.Unbondings.Remove(id, entry);
        parts.Delegations.SubtractUnbonding(entry.Balance);
        parts.Part(entry.Delegator, entry.Validator);
        issuer.Transfer(WellKnownAddresses.Staking, entry.Delegator, entry.Balance, Delegations.ReferenceOf(entry.Validator));
        logs.Emit(new Unbonded(entry.Delegator, entry.Validator, id, entry.Balance));
    }

    private void WorkOffQueues(ulong now)
    {
        parts.Slashes.Continue(StakingPolicy.SlashEntriesPerBlockMax);
        ForgetExpired(now);
        PayMatured(now);
    }

    // A block that carries evidence that does not count is not valid; here it is passed over.
    private void Punish(BlockContext block, in StakingParameters parameters)
    {
        foreach (Misbehaviour misbehaviour in block.Evidence)
        {
            if (parts.Penalties.Judge(misbehaviour, block.Number, parameters, out EpochMember member) != EvidenceVerdict.Counts) continue;
            parts.Penalties.Tombstone(misbehaviour, member, block.Number, parameters);
        }
    }

    private void NoteSeals(LastCommit commit, ulong now, in StakingParameters parameters)
    {
        EpochRecord epoch = parts.Epochs.At(commit.Height);
        EpochSet set = parts.Epochs.SetOf(epoch.Number);
        bool anyMuted = parts.Epochs.AnyMuted;
        foreach (CommitSigner signer in commit.Signers)
        {
            int index = set.IndexOf(signer.Address);
            if (index < 0) continue;
            Address validator = set.Members[index].Operator;
            if (anyMuted && parts.Epochs.IsMuted(validator)) continue;
            if (!parts.Signing.Mark(validator, commit.Height, signer.Signed, parameters)) continue;
            parts.Signing.Clear(validator);
            parts.Penalties.PunishDowntime(validator, now, parameters);
        }

        if (commit.Round == 0 || set.Members.Count == 0) return;
        Address proposer = set.ToRotation().ProposerAt(commit.Height - epoch.Start);
        parts.Epochs.MissProposal(set.Members[set.IndexOf(proposer)].Operator);
    }

    private void PayLastBlock(BlockContext block, in StakingParameters parameters)
    {
        Amount fees = issuer.BalanceOf(WellKnownAddresses.FeePot);
        issuer.Transfer(WellKnownAddresses.FeePot, WellKnownAddresses.Staking, fees);
        Amount pot = fees + emission.MintSecurity(WellKnownAddresses.Staking, parts.Epochs.Current.Stake);
        if (pot.IsZero) return;

        (UInt128 included, UInt128 all) = PowerOf(block.LastCommit);
        PotSplit split = StakingPolicy.Split(pot, included, all, parameters.CommunityTaxWad, parameters.ProposerBonusWad);
        Address proposer = parts.Registry.OperatorOf(block.Proposer);
        bool earnsBonus = !proposer.IsZero && !parts.Epochs.IsMuted(proposer);
        Amount bonus = earnsBonus ? split.Bonus : Amount.Zero;
        if (earnsBonus) parts.Rewards.AddBonus(proposer, bonus);

        Amount forfeited = parts.Epochs.Current.TotalPower == 0 ? split.Shared : Share(split.Shared, block.LastCommit);
        forfeited += split.Bonus - bonus;
        parts.Rewards.ToPool(split.Tax + forfeited);
        logs.Emit(new RewardsDistributed(block.Number - 1, pot, split.Tax, bonus, forfeited, proposer));
    }

    // The set that earns is the current one, whose powers the reward records hold. Block 1 has no commit before it: all seats are present.
    private Amount Share(Amount shared, LastCommit? commit)
    {
        EpochRecord epoch = parts.Epochs.Current;
        bool anyMuted = parts.Epochs.AnyMuted;
        var absent = new List<Address>();
        IReadOnlyList<CommitSigner> signers = commit?.Signers ?? [];
        int at = 0;
        foreach (EpochMember member in parts.Epochs.SetOf(epoch.Number).Members)
        {
            // Both lists ascend by signing address.
            while (at < signers.Count && signers[at].Address < member.Signer) at++;
            bool isSealed = commit is null || (at < signers.Count && signers[at].Address == member.Signer && signers[at].Signed);
            if (!isSealed || (anyMuted && parts.Epochs.IsMuted(member.Operator))) absent.Add(member.Operator);
        }

        return parts.Rewards.Share(shared, epoch.TotalPower, absent);
    }

    private static (UInt128 Included, UInt128 All) PowerOf(LastCommit? commit)
    {
        UInt128 included = UInt128.Zero;
        UInt128 all = UInt128.Zero;
        foreach (CommitSigner signer in commit?.Signers ?? [])
        {
            all += signer.Power;
            if (signer.Signed) included += signer.Power;
        }

        return (included, all);
    }

    private void PayMatured(ulong now) => runner.ForEachDue(parts.Unbondings.Schedule, now, StakingPolicy.MaturedPerBlockMax, id =>
    {
        if (!parts.Unbondings.TryGet(id, out UnbondingRecord entry)) return;
        if (parts.Slashes.IsFrozen(entry)) parts.Unbondings.Schedule.Add(now + StakingPolicy.FrozenRetryBlocks, id);
        else Pay(id, entry);
    });

    private void ForgetExpired(ulong now) => runner.ForEachDue(parts.Redelegations.Schedule, now, StakingPolicy.ExpiredPerBlockMax, id =>
    {
        if (!parts.Redelegations.TryGet(id, out RedelegationRecord entry)) return;
        if (parts.Slashes.IsOpen(entry.Source))
        {
            parts.Redelegations.Schedule.Add(now + StakingPolicy.FrozenRetryBlocks, id);
            return;
        }

        parts.Redelegations.Remove(id, entry);
        parts.Part(entry.Delegator, entry.Target);
    });
}
