using System.Buffers.Binary;
using DePinChain.Modules.Attestations;
using DePinChain.Modules.Economy;
using DePinChain.Modules.Sdk;
using DePinChain.Primitives;
using static DePinChain.Modules.Sdk.Guard;

namespace DePinChain.Modules.Compute;

// How devices come to be measured: a committee for each, once an epoch, paid out of the compute stream.
public sealed partial class DevicesModule
{
    private const int Measurements = 3;

    /// <inheritdoc/>
    public JobTerms Terms { get; } = JobTerms.OfQuorum(
        JobKind.Device, VerifierRole.Compute, numerator: 4, denominator: 5, Measurements, isExact: false, Amount.Zero);

    /// <summary>
    /// Takes what a committee found: valid with throughput, Mbit/s down and Mbit/s up, or anything else for down. Without a decision the
    /// epoch counts for nothing; a decision that comes after the epoch in which it was due is passed over.
    /// </summary>
    public void Decided(JobOutcome outcome, BlockContext block)
    {
        Hash256 device = outcome.Subject;
        if (!_jobs.TryTake(device, outcome.Job, out ulong epoch)) return;
        DeviceParameters rules = Rules.Value;
        if (epoch + 1 != block.Number / rules.EpochBlocks) return;
        if (!_registry.TryGet(device, out DeviceRecord? record) || epoch <= record!.JudgedEpoch) return;
        if (outcome.Decision != JobDecision.Decided)
        {
            _registry.Save(device, Passed(record, epoch, rules));
            return;
        }

        bool isUp = outcome.Verdict == Verdict.Valid && outcome.Numbers.Length == Measurements;
        Measurement found = isUp
            ? new Measurement(true, outcome.Numbers[0], Clamped(outcome.Numbers[1]), Clamped(outcome.Numbers[2]))
            : default;
        RecordVerdict(device, epoch, found, block.Number);
    }

    /// <summary>
    /// What the committee of a device asks of it. The seed is of the block in which the committee was ordered, which comes before the draw
    /// of its members; each member adds a number of its own when it asks, so that nothing can be computed ahead.
    /// </summary>
    /// <param name="block">A later block than the order's.</param>
    /// <param name="device">The device.</param>
    [Function]
    public DeviceChallenge GetChallenge(BlockContext block, Hash256 device)
    {
        DeviceJob open = _jobs.OpenOf(device);
        Require(open.Job != 0 && _attestations.IsLive(open.Job), new NoChallenge(device));
        DeviceRecord record = _registry.Get(device);
        ulong reference = _registry.GetModel(record.Model).ReferenceGops;
        byte[] key = new byte[Hash256.Size + (2 * sizeof(ulong))];
        device.CopyTo(key);
        BinaryPrimitives.WriteUInt64BigEndian(key.AsSpan(Hash256.Size), open.Epoch);
        BinaryPrimitives.WriteUInt64BigEndian(key.AsSpan(Hash256.Size + sizeof(ulong)), open.Job);
        (uint size, uint rounds) = DevicesPolicy.WorkOf(reference);
        return new DeviceChallenge(
            open.Job, open.Epoch, record.Owner, record.Gpus, reference, size, rounds,
            block.Randomness.At(open.OrderedAt, DevicesPolicy.ChallengeDomain, key));
    }

    // From the last device to the first: one that is removed has its place taken by one that had its turn.
    private void OrderJobs(BlockContext block, ulong running, in DeviceParameters rules)
    {
        if (running == 0 || !_attestations.HasVerifiers(JobKind.Device)) return;
        JudgingRound round = _jobs.Current;
        if (round.Running != running) round = new JudgingRound(running, _registry.Count);
        if (round.Left == 0) return;
        for (int visited = 0; visited < DevicesPolicy.JobsPerBlockMax && round.Left > 0; visited++)
        {
            round = round with { Left = Math.Min(round.Left, _registry.Count) };
            if (round.Left == 0) break;
            round = round with { Left = round.Left - 1 };
            bool isPaid = TryOrder(_registry.Page(round.Left, 1)[0], running - 1, block, rules);
            if (!isPaid) round = round with { Left = 0 };
        }

        _jobs.Save(round);
    }

    // False when the epoch's part for committees is used up.
    private bool TryOrder(Hash256 device, ulong epoch, BlockContext block, in DeviceParameters rules)
    {
        DeviceRecord record = _registry.Get(device);

        // Without a stake registering is free, so it buys no committee.
        Amount least = DeviceScores.MinStake(rules.StakeUnit, _registry.GetModel(record.Model).MultiplierMilli, record.Gpus);
        if (epoch <= record.JudgedEpoch || record.Stake + record.CoStake < least) return true;
        Amount fee = _attestations.FeeOf(JobKind.Device, block.BaseFee);
        if (!_jobs.MaySpend(epoch, fee)) return false;
        Amount minted = _emission.Mint(EmissionStream.Compute, Address, fee);
        if (minted != fee)
        {
            _bank.Transfer(Address, WellKnownAddresses.Treasury, minted);
            return false;
        }

        JobOrder order = JobOrder.OfSubject(JobKind.Device, device, record.Owner, Address, WellKnownAddresses.Treasury);
        _jobs.Add(device, new DeviceJob(_attestations.Announce(order, block), epoch, block.Number), fee);
        return true;
    }

    // Nobody decided: epochs before without a word count as down, this one changes nothing.
    private static DeviceRecord Passed(DeviceRecord record, ulong epoch, in DeviceParameters rules)
    {
        ulong missed = epoch - record.JudgedEpoch - 1;
        return record with
        {
            JudgedEpoch = epoch,
            Uptime = DeviceScores.Decayed(record.Uptime, missed, rules.UptimeWindow),
            Streak = missed > 0 ? 0 : record.Streak,
        };
    }

    private static uint Clamped(ulong number) => (uint)Math.Min(number, uint.MaxValue);
}
