using DePinChain.Modules.Economy;
using DePinChain.Modules.Sdk;
using DePinChain.Primitives;
using static DePinChain.Modules.Sdk.Guard;

namespace DePinChain.Modules.Compute;

// What committees find of devices, and what devices earn by it.
public sealed partial class DevicesModule
{
    /// <summary>
    /// Takes a committee's decision about a device for the epoch that has just ended: moves its marks, and weighs it when it earns. The
    /// committee is the Attestations module's; no account can call this.
    /// </summary>
    /// <param name="device">The device; one that is gone is passed over.</param>
    /// <param name="epoch">The epoch before the running one.</param>
    /// <param name="found">Medians of the committee.</param>
    /// <param name="now">This block.</param>
    public void RecordVerdict(Hash256 device, ulong epoch, in Measurement found, ulong now)
    {
        DeviceParameters rules = Rules.Value;
        ulong running = now / rules.EpochBlocks;
        Require(epoch + 1 == running, new WrongEpoch(epoch, running));
        if (!_registry.TryGet(device, out DeviceRecord? record)) return;
        Require(epoch > record!.JudgedEpoch, new AlreadyJudged(device, epoch));

        ModelRecord model = _registry.GetModel(record.Model);
        record = Judged(record, epoch, found, model, rules);
        _registry.Save(device, record);
        UInt128 weight = found.IsUp ? WeightOf(record, model, rules) : UInt128.Zero;
        if (weight != UInt128.Zero)
        {
            CoStakeOffer offer = record.CoStake.IsZero ? default : _registry.FindOffer(record.Offer);
            _registry.Weigh(device, epoch, new EpochShare(record.Owner, offer.CoStaker, offer.RewardBps, weight),
                model.MultiplierMilli, record.Gpus);
        }

        _logs.Emit(new DeviceJudged(device, epoch, found.IsUp, record.Uptime, record.Bandwidth, record.Bench, weight));
    }

    /// <summary>Counts a job that a device ended. Clusters calls it.</summary>
    public void CountJob(Hash256 device, bool endedWell)
    {
        if (!_registry.TryGet(device, out DeviceRecord? record)) return;
        _registry.Save(device, record! with { JobsOk = record.JobsOk + (endedWell ? 1u : 0u), JobsAll = record.JobsAll + 1 });
    }

    /// <summary>Pays what a device earned in epochs: floor(budget · weight / all weights) each. The rest is never minted.</summary>
    /// <param name="call">Anybody; the owner and the co-staker of the epoch are paid.</param>
    /// <param name="device">The device.</param>
    /// <param name="epochs">At most 64 settled epochs.</param>
    [Function]
    public void ClaimRewards(Call call, Hash256 device, [Limit(DevicesPolicy.ClaimsMax)] ulong[] epochs)
    {
        foreach (ulong epoch in epochs)
        {
            RewardEpoch settled = _registry.FindEpoch(epoch);
            EpochShare share = _registry.ShareOf(device, epoch);
            Require(settled.Weight != UInt128.Zero && share.Weight != UInt128.Zero, new NothingEarned(device, epoch));
            _registry.RemoveShare(device, epoch);
            Amount reward = settled.Budget.MulDiv(share.Weight, settled.Weight, Rounding.Down);
            Amount shared = reward.MulDiv(share.RewardBps, EscrowPolicy.BpsScale, Rounding.Down);
            Amount toOwner = _emission.Mint(EmissionStream.Compute, share.Owner, reward - shared);
            Amount toCoStaker = shared.IsZero ? shared : _emission.Mint(EmissionStream.Compute, share.CoStaker, shared);
            _logs.Emit(new DeviceRewarded(device, share.Owner, epoch, toOwner, toCoStaker));
        }
    }

    /// <summary>A device; reverts for one that is not registered.</summary>
    [Function]
    public DeviceRecord GetDevice(Hash256 device) => _registry.Get(device);

    /// <summary>A device's rank, in 10^-9: (35 · uptime + 30 · jobs + 15 · bandwidth + 20 · bench) / 100.</summary>
    [Function]
    public long GetRank(Hash256 device) => RankOf(_registry.Get(device));

    /// <summary>Least stake with which a device earns.</summary>
    [Function]
    public Amount GetMinStake(uint model, ushort gpus) =>
        DeviceScores.MinStake(Rules.Value.StakeUnit, _registry.GetModel(model).MultiplierMilli, gpus);

    /// <summary>How many devices there are.</summary>
    [Function]
    public ulong DeviceCount() => _registry.Count;

    /// <summary>At most 100 devices.</summary>
    /// <param name="start">How many to pass over.</param>
    /// <param name="limit">How many at most.</param>
    [Function]
    public Hash256[] GetDevices(ulong start, uint limit)
    {
        Require(limit <= DevicesPolicy.PageMax, new DevicePageTooLarge(DevicesPolicy.PageMax));
        return [.. _registry.Page(start, (int)limit)];
    }

    /// <summary>An offer of co-staking; all zeros when there is none.</summary>
    [Function]
    public CoStakeOffer GetOffer(ulong offer) => _registry.FindOffer(offer);

    /// <summary>Stakes of an account on their way back from a device.</summary>
    [Function]
    public Unstaking[] GetUnstakings(Hash256 device, Address owner) => _registry.UnstakingsOf(device, owner);

    /// <summary>What a settled epoch pays in all, and for which weight; all zeros when nobody earned or it is not settled.</summary>
    [Function]
    public RewardEpoch GetEpoch(ulong epoch) => _registry.FindEpoch(epoch);

    /// <summary>What a device has not claimed of an epoch: its weight, and who is paid.</summary>
    [Function]
    public EpochShare GetShare(Hash256 device, ulong epoch) => _registry.ShareOf(device, epoch);

    /// <summary>Fixes what the epoch before the last pays, since its verdicts are in, and has devices measured for the last.</summary>
    public void BeginBlock(BlockContext block)
    {
        DeviceParameters rules = Rules.Value;
        ulong running = block.Number / rules.EpochBlocks;
        ulong epoch = _registry.UnsettledEpoch;
        if (epoch + 2 <= running)
        {
            Amount budget = _registry.BudgetOf(epoch, rules);
            Amount net = budget - Amount.Min(budget, _jobs.EndEpoch(epoch, budget));
            if (rules.EmissionMode == 1) net = _registry.Release(epoch, net, rules.Target, PriceAt(block.Number));
            RewardEpoch settled = _registry.Settle(epoch, net);
            if (settled.Weight != UInt128.Zero) _logs.Emit(new EpochSettled(epoch, settled.Budget, settled.Weight));
        }

        OrderJobs(block, running, rules);
    }

    /// <summary>Budgets of epochs that needed less, in the demand-driven mode, for later ones. Nothing of it is minted yet.</summary>
    [Function]
    public Amount GetUnneeded() => _registry.Unneeded;

    /// <inheritdoc/>
    public void Initialize(DevicesGenesis section, GenesisContext context)
    {
        Rules.Value = section.ToParameters();
        _registry.StartEmission(new EmissionMonth(0, section.FirstMonthBudget, Start: 0), firstEpoch: 0);
        foreach (GenesisModel model in section.Models)
            _registry.SetModel(model.Id, new ModelRecord(model.MultiplierMilli, model.ReferenceGops));
    }

    private ulong PriceAt(ulong now)
    {
        PriceQuote quote = _oracle.Quote(now);
        return quote.IsFresh ? quote.Average : 0;
    }

    private static DeviceRecord Judged(
        DeviceRecord record, ulong epoch, in Measurement found, in ModelRecord model, in DeviceParameters rules)
    {
        // Epochs without a word count as down.
        ulong missed = epoch - record.JudgedEpoch - 1;
        long uptime = DeviceScores.Decayed(record.Uptime, missed, rules.UptimeWindow);
        uint streak = missed > 0 ? 0 : record.Streak;
        record = record with { JudgedEpoch = epoch, Streak = found.IsUp ? streak + 1 : 0 };
        if (!found.IsUp) return record with { Uptime = DeviceScores.Ewma(uptime, 0, rules.UptimeWindow) };
        long bandwidth = DeviceScores.Bandwidth(found.DownMbps, found.UpMbps);
        long bench = DeviceScores.Bench(found.Gops, model.ReferenceGops * record.Gpus);
        return record with
        {
            Uptime = DeviceScores.Ewma(uptime, DeviceScores.One, rules.UptimeWindow),
            Bandwidth = DeviceScores.Ewma(record.Bandwidth, bandwidth, rules.BandwidthWindow),
            Bench = DeviceScores.Ewma(record.Bench, bench, rules.BenchWindow),
        };
    }

    private static UInt128 WeightOf(DeviceRecord record, in ModelRecord model, in DeviceParameters rules)
    {
        Amount least = DeviceScores.MinStake(rules.StakeUnit, model.MultiplierMilli, record.Gpus);
        Amount stake = record.Stake + record.CoStake;
        bool earns = record.Uptime >= DeviceScores.UptimeMin && record.Streak >= rules.MinUpEpochs && stake >= least;
        if (!earns) return UInt128.Zero;
        return DeviceScores.Weight(model.MultiplierMilli, record.Gpus, RankOf(record), DeviceScores.Boost(stake, least));
    }

    private static long RankOf(DeviceRecord record) => DeviceScores.Rank(
        record.Uptime, (long)ComputeMarketPolicy.JobsScore(record.JobsOk, record.JobsAll), record.Bandwidth, record.Bench);
}
