using System.Diagnostics.CodeAnalysis;
using DePinChain.Modules.Sdk;
using DePinChain.Primitives;

namespace DePinChain.Modules.Staking;

/// <summary>The validator sets of this epoch, the next and those that evidence may still name.</summary>
/// <remarks>
/// The set of epoch e + 1 is computed in the last pass of e's last block, whose header names it as the next. It takes over in the last pass
/// of its own first block: until then that block's start still judges and pays the commit that the old set signed.
/// </remarks>
[ModulePart]
internal sealed partial class Epochs(ModuleState state)
{
    /// <summary>Sets forgotten at one boundary: one becomes too old at each, more only after governance shortens the unbonding.</summary>
    private const int ForgottenPerBoundaryMax = 4;

    /// <summary>Epochs kept beyond the unbonding period.</summary>
    private const ulong EpochsKeptBeyond = 2;

    [Slot(70)] private partial Item<EpochRecord> Ruling { get; }
    [Slot(71)] private partial Item<EpochRecord> Elected { get; }
    [Slot(72)] private partial BlobMap<ulong, EpochSet> Sets { get; }
    [Slot(73)] private partial Map<ulong, EpochRecord> History { get; }
    [Slot(74)] private partial Item<ulong> Oldest { get; }
    [Slot(75)] private partial CountedMap<Address, bool> Muted { get; }
    [Slot(76)] private partial Map<Address, uint> MissedProposals { get; }

    /// <summary>The epoch whose set earns and is judged now.</summary>
    public EpochRecord Current => Ruling.Value;

    /// <summary>The epoch that decides the next block: the elected one from its predecessor's last block on.</summary>
    public EpochRecord Next => Elected.TryGet(out EpochRecord elected) ? elected : Ruling.Value;

    /// <summary>True from the election of a set until it takes over.</summary>
    public bool HasElected => Elected.Exists;

    /// <summary>The epoch that decided or decides a block that is not past the next one.</summary>
    public EpochRecord At(ulong height) => Elected.TryGet(out EpochRecord elected) && height >= elected.Start ? elected : Ruling.Value;

    public EpochSet SetOf(ulong epoch) => Sets[epoch];

    public bool TryGetSet(ulong epoch, [NotNullWhen(true)] out EpochSet? set) => Sets.TryGet(epoch, out set);

    /// <summary>The kept epoch of a past block; false when its set is no longer kept.</summary>
    public bool TryFind(ulong height, out EpochRecord epoch)
    {
        epoch = At(height);
        if (height > epoch.End) return false;
        ulong low = Oldest.Value;
        ulong high = epoch.Number;
        if (height == 0 || height < History[low].Start) return false;
        while (low < high)
        {
            ulong middle = (low + high + 1) / 2;
            if (History[middle].Start <= height) low = middle;
            else high = middle - 1;
        }

        epoch = History[low];
        return true;
    }

    /// <summary>A member of the set that decided a past block.</summary>
    public bool TryFindMember(ulong height, Address signer, out EpochMember member)
    {
        member = default;
        if (!TryFind(height, out EpochRecord epoch)) return false;
        EpochSet set = Sets[epoch.Number];
        int index = set.IndexOf(signer);
        if (index < 0) return false;
        member = set.Members[index];
        return true;
    }

    public bool AnyMuted => Muted.Count > 0;

    public bool IsMuted(Address validator) => Muted.Contains(validator);

    /// <summary>A jailed validator keeps its seat until the set changes, but neither earns nor is judged.</summary>
    public void Mute(Address validator, bool mute)
    {
        if (mute == Muted.Contains(validator)) return;
        if (mute) Muted[validator] = true;
        else Muted.Remove(validator);
    }

    public uint MissedProposalsOf(Address validator) => MissedProposals[validator];

    /// <summary>A block was not decided in its first round: its first proposer missed.</summary>
    public void MissProposal(Address validator) => MissedProposals[validator] += 1;

    public void ForgetMissedProposals(Address validator)
    {
        if (MissedProposals[validator] > 0) MissedProposals.Remove(validator);
    }

    /// <summary>The first epoch, from genesis.</summary>
    public void Found(EpochSet set, ulong length)
    {
        EpochRecord record = RecordOf(number: 0, start: 1, length, set);
        Sets[0] = set;
        History[0] = record;
        Ruling.Value = record;
    }

    /// <summary>
    /// Ends the current epoch with this block: an epoch lasts longer than planned when its boundary could not be worked on.
    /// </summary>
    public EpochRecord EndAt(ulong now)
    {
        EpochRecord current = Current;
        if (current.End == now) return current;
        current = current with { Length = now - current.Start + 1 };
        Ruling.Value = current;
        History[current.Number] = current;
        return current;
    }

    /// <summary>Names the set of the next epoch and forgets sets no evidence may name any more.</summary>
    public EpochRecord Elect(EpochSet set, in StakingParameters parameters)
    {
        EpochRecord current = Current;
        EpochRecord next = RecordOf(current.Number + 1, current.End + 1, parameters.EpochBlocks, set);
        Sets[next.Number] = set;
        History[next.Number] = next;
        Elected.Value = next;

        ulong kept = parameters.UnbondingBlocks + (EpochsKeptBeyond * parameters.EpochBlocks);
        ulong oldest = Oldest.Value;
        for (int i = 0; i < ForgottenPerBoundaryMax && oldest < current.Number && History[oldest].End + kept < next.Start; i++, oldest++)
        {
            Sets.Remove(oldest);
            History.Remove(oldest);
        }

        if (oldest != Oldest.Value) Oldest.Value = oldest;
        return next;
    }

    /// <summary>The elected set takes over.</summary>
    public void TakeOver()
    {
        Ruling.Value = Elected.Value;
        Elected.Remove();
    }

    private static EpochRecord RecordOf(ulong number, ulong start, ulong length, EpochSet set)
    {
        ulong power = 0;
        Amount stake = Amount.Zero;
        foreach (EpochMember member in set.Members)
        {
            power += member.Power;
            stake += member.Stake;
        }

        return new EpochRecord(number, start, length, power, stake, set.ToValidatorSet().Hash);
    }
}
