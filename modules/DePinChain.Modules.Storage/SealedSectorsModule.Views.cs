using System.Buffers.Binary;
using DePinChain.Modules.Sdk;
using DePinChain.Primitives;
using DePinChain.Proofs.Replication;

namespace DePinChain.Modules.Storage;

/// <content>Views, deals of sectors, genesis and what always holds.</content>
public sealed partial class SealedSectorsModule : IServiceShares
{
    // Periods of a container that are judged in one call.
    private const ulong PeriodsPerCallMax = 64;

    /// <summary>A sector as it was kept, and where it stands now, faults included.</summary>
    [Function]
    public (SectorRecord Sector, SectorState State) GetSector(ulong providerId, ulong sector)
    {
        SectorRecord record = _book.Get(providerId, sector);
        return (record, _book.StateOf(providerId, record));
    }

    /// <summary>The sector whose windows prove a container's time; zeros for a container of no sector.</summary>
    [Function]
    public SectorKey SectorOf(ulong containerId) => _book.SectorOf(containerId);

    /// <summary>A partition's masks; the partition is deadline · 2^16 + its place there.</summary>
    [Function]
    public PartitionRecord GetPartition(ulong providerId, uint partition) => _book.PartitionOf(providerId, partition);

    /// <summary>A deadline: its partitions, and the period whose window is judged next.</summary>
    [Function]
    public DeadlineRecord GetDeadline(ulong providerId, ulong deadline) => _book.DeadlineOf(providerId, deadline);

    /// <summary>When a provider proves.</summary>
    [Function]
    public ProvingCalendar GetCalendar(ulong providerId) => _book.CalendarOf(providerId);

    /// <summary>What a provider holds here.</summary>
    [Function]
    public FundsRecord FundsOf(ulong providerId) => _funds.Of(providerId);

    /// <summary>Rewards that become free by the day, and those that could be claimed now.</summary>
    [Function]
    public (VestingRecord Vesting, Amount Claimable) VestingOf(ulong providerId) =>
        (_funds.VestingOf(providerId), _rewards.OwedTo(providerId));

    /// <summary>What a provider loses of its rewards by serving badly, and what of that waits to be burned with its next claim.</summary>
    [Function]
    public (ushort LossBps, Amount Forgone) ForgoneOf(ulong providerId) =>
        (_rewards.PowerOf(providerId).LossBps, _rewards.ForgoneBy(providerId));

    /// <inheritdoc/>
    void IServiceShares.SetLoss(ulong provider, ushort lossBps) => _rewards.SetLoss(provider, lossBps);

    /// <summary>A provider's proven bytes. Quality is 1 for all, so raw and adjusted power are the same.</summary>
    [Function]
    public UInt128 PowerOf(ulong providerId) => _rewards.PowerOf(providerId).Bytes;

    /// <summary>The network's proven bytes, the baseline it is measured by, and what the last block was worth.</summary>
    [Function]
    public (UInt128 Bytes, UInt128 Baseline, Amount Reward) NetworkPower()
    {
        MintingRecord mint = _rewards.LastMint;
        return (_rewards.NetworkBytes, mint.Baseline, mint.Reward);
    }

    /// <summary>The smoothed numbers that fees are computed from, and how far minting has come.</summary>
    [Function]
    public (EstimateRecord Estimates, MintingRecord Minting) Inputs() => (_rewards.LastEstimates, _rewards.LastMint);

    /// <summary>What a sector of a size would deposit, pledge, and pay for a faulty period now.</summary>
    [Function]
    public (Amount Deposit, Amount Pledge, Amount FaultFee) Quote(SectorKind kind) =>
        (DepositOf(kind, Rules.Value), PledgeOf(kind, Rules.Value), FaultFeeOf(1, kind));

    /// <summary>What a day's demand shares out; zeros before the day is over, or when nothing was burned.</summary>
    [Function]
    public DemandPool DemandOf(ulong day) => _rewards.PoolOf(day);

    /// <summary>The ticket a sector is sealed with, out of a past block's beacon.</summary>
    [Function]
    public Hash256 TicketOf(BlockContext block, ulong providerId, ulong ticketBlock) =>
        block.Randomness.At(ticketBlock, SealedSectorsPolicy.TicketDomain, providerId);

    /// <summary>The seed a promised sector's proof answers, once its block has passed.</summary>
    [Function]
    public Hash256 SeedOf(BlockContext block, ulong providerId, ulong sector) =>
        SealSeed(block, providerId, sector, _book.Get(providerId, sector));

    /// <summary>The seed that a window, or a recovery, answers.</summary>
    [Function]
    public Hash256 ChallengeOf(BlockContext block, ulong providerId, ulong seedBlock) =>
        block.Randomness.At(seedBlock, SealedSectorsPolicy.SpacetimeDomain, providerId);

    /// <summary>
    /// What the provider has to prove next: the window that runs and has sectors to show, or the next one that will have.
    /// </summary>
    [Function]
    public SpacetimeDuty NextDuty(BlockContext block, ulong providerId)
    {
        ProvingCalendar calendar = _book.CalendarOf(providerId);
        uint[] loads = _book.LoadsOf(providerId);
        SpacetimeDuty best = default;
        for (ulong deadline = 0; deadline < calendar.Deadlines; deadline++)
        {
            if (loads[deadline] == 0) continue;
            ulong period = calendar.NextPeriodOf(deadline, block.Number);
            ushort partitions = _book.DeadlineOf(providerId, deadline).Partitions;
            if (!IsOpen(providerId, deadline, partitions, period)) period++;
            ulong opens = calendar.OpenOf(period, deadline);
            if (best.Partitions != 0 && opens >= best.Opens) continue;
            best = new SpacetimeDuty(
                deadline, period, calendar.ChallengeOf(period, deadline), opens, opens + calendar.Window - 1, partitions);
        }

        return best;
    }

    /// <inheritdoc/>
    public void Initialize(SealedSectorsGenesis section, GenesisContext context)
    {
        Rules.Value = section.ToParameters();
        ChainId.Value = context.ChainId;
        _rewards.Begin(new StreamScale(section.SimpleTotal, section.BaselineTotal), section.InitialBaseline);
    }

    /// <inheritdoc/>
    public IEnumerable<string> Violations() => SealedSectorsInvariants.Of(
        _bank.BalanceOf(_state.Module), _funds, _rewards, _book, _market.ProvidersCount);

    private bool IsOpen(ulong providerId, ulong deadline, ushort partitions, ulong period)
    {
        for (int index = 0; index < partitions; index++)
        {
            PartitionRecord partition = _book.PartitionOf(providerId, SealedSectorsPolicy.PartitionOf(deadline, index));
            if ((partition.Due & ~partition.ProvenIn(period)) != UInt256.Zero) return true;
        }

        return false;
    }

    private static SectorIdentity IdentityOf(BlockContext block, ulong providerId, ulong sector, SectorRecord record) =>
        new(block.ChainId, providerId, sector, record.Ticket, record.CommD);

    private Hash256 SealSeed(BlockContext block, ulong providerId, ulong sector, SectorRecord record)
    {
        byte[] key = new byte[2 * sizeof(ulong)];
        BinaryPrimitives.WriteUInt64BigEndian(key, providerId);
        BinaryPrimitives.WriteUInt64BigEndian(key.AsSpan(sizeof(ulong)), sector);
        return block.Randomness.At(record.PreCommittedAt + Rules.Value.PreCommitDelay, SealedSectorsPolicy.SealDomain, key);
    }

    // Deals earn from here, as far as they still wait for their data; a container is opened for those that do.
    private SectorRecord WithDeals(ulong now, ulong providerId, SectorRecord record, in ProvingCalendar calendar, ulong home)
    {
        ulong container = 0;
        foreach (ulong deal in record.Deals)
        {
            if (deal == 0 || !_market.IsAwaited(deal, now)) continue;

            // A container's periods end with its deadline's windows.
            if (container == 0) container = _market.OpenContainerAt(providerId, calendar.Period, calendar.CloseOf(0, home) - 1);
            _market.ActivateSealed(deal, container, now);
        }

        return record with { Container = container };
    }

    private ulong ClosePeriods(ulong now, ulong providerId, SectorRecord record)
    {
        if (record.Container == 0) return 0;
        ProvingCalendar calendar = _book.CalendarOf(providerId);
        ulong home = SealedSectorsPolicy.DeadlineOf(record.Partition);
        DeadlineRecord deadline = _book.DeadlineOf(providerId, home);
        ulong judged = deadline.Scheduled ? deadline.Period : calendar.NextPeriodOf(home, now);
        ulong period = Math.Max(_market.ContainerOf(record.Container).LastClosed + 1, calendar.NextPeriodOf(home, record.SealedAt));
        ulong done = 0;
        for (; period < judged && done < PeriodsPerCallMax; period++, done++)
        {
            // Whoever is paid for it has the money for good: only when nobody can show any more that it was false.
            if (_claims.FindJob(providerId, record.Partition, record.Place, period) != 0) break;
            UInt256 proven = _book.ProvenIn(providerId, record.Partition, period) & SectorMask.Of(record.Place);
            _market.ClosePeriod(record.Container, period, proven != UInt256.Zero);
        }

        return done;
    }
}
