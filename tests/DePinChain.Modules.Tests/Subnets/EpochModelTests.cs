using System.Numerics;
using DePinChain.Modules.Subnets.Yuma;
using FsCheck;
using FsCheck.Fluent;

namespace DePinChain.Modules.Tests.Subnets;

/// <summary>Random subnets: the epoch is the model's to the bit, knows no names, and shares out no more than there is.</summary>
public sealed class EpochModelTests
{
    private const ulong Block = 1_000;
    private const ulong LastTempo = 640;
    private const ulong Emission = 820_004_578;

    // One instance for all runs: what one epoch leaves in the arrays must not reach the next.
    private readonly YumaEpoch _epoch = new();

    [Test]
    public void An_epoch_is_the_models_to_the_bit() => ForSubnets((rules, model) =>
    {
        model.Run(rules, Block, LastTempo, Emission);
        int[] rows = Run(_epoch, rules, model);
        Assert.That(_epoch.NewPermit.ToArray(), Is.EqualTo(model.NewPermit));
        Assert.That(Big(_epoch.Consensus), Is.EqualTo(model.Consensus));
        Assert.That(Big(_epoch.Trust), Is.EqualTo(model.Trust));
        Assert.That(Big(_epoch.Incentive), Is.EqualTo(model.Incentive));
        Assert.That(Big(_epoch.Dividends), Is.EqualTo(model.Dividends));
        Assert.That(_epoch.Emission.ToArray().Select(static e => (BigInteger)e), Is.EqualTo(model.Emission));
        for (int uid = 0; uid < model.Uids; uid++)
        {
            if (rows[uid] >= 0) Assert.That(_epoch.BondsOf(rows[uid]).ToArray(), Is.EqualTo(model.NewBonds[uid]));
        }
    });

    [Test]
    public void Nothing_is_shared_out_twice() => ForSubnets((rules, model) =>
    {
        Run(_epoch, rules, model);
        ulong uids = (ulong)model.Uids;
        Assert.That(Sum(_epoch.Emission), Is.LessThanOrEqualTo(Emission));
        foreach (BigInteger part in new[] { Big(_epoch.Incentive), Big(_epoch.Dividends), Big(_epoch.Share), Big(_epoch.ActiveShare) }
            .Select(static values => values.Aggregate(BigInteger.Zero, static (sum, value) => sum + value)))
        {
            // All or nothing, but for one unit per uid that flooring loses.
            Assert.That(part == 0 || (part <= FixedPoint.One && part >= FixedPoint.One - uids), Is.True, part.ToString());
        }

        for (int uid = 0; uid < model.Uids; uid++)
        {
            Assert.That(_epoch.Trust[uid], Is.LessThanOrEqualTo(FixedPoint.One));
            if (_epoch.Consensus[uid] == 0) Assert.That(_epoch.Incentive[uid], Is.Zero);
            Assert.That(_epoch.ServerShare[uid] + _epoch.ValidatorShare[uid], Is.LessThanOrEqualTo(FixedPoint.One));
        }
    });

    [Test]
    public void Renaming_uids_renames_the_results() => ForSubnets((rules, model) =>
    {
        // Ties are broken by number: everybody gets a stake whose part in 2^32 is its own.
        for (int uid = 0; uid < model.Uids; uid++) model.Stake[uid] = (model.Stake[uid] % 1_000 * 16) + (ulong)uid + 1;
        Run(_epoch, rules, model);
        long[] dividends = _epoch.Dividends.ToArray();
        long[] incentive = _epoch.Incentive.ToArray();
        bool[] permits = _epoch.NewPermit.ToArray();
        ulong[] emission = _epoch.Emission.ToArray();

        int[] name = [.. Enumerable.Range(0, model.Uids).Select(uid => model.Uids - 1 - uid)];
        EpochModel renamed = new()
        {
            Uids = model.Uids,
            Owner = model.Owner < 0 ? model.Owner : name[model.Owner],
            Stake = Renamed(model.Stake, name),
            LastUpdate = Renamed(model.LastUpdate, name),
            RegisteredAt = Renamed(model.RegisteredAt, name),
            OpenCommit = Renamed(model.OpenCommit, name),
            Permit = Renamed(model.Permit, name),
            Weights = Renamed([.. model.Weights.Select(row => Renamed(row, name))], name),
            Bonds = Renamed([.. model.Bonds.Select(row => Renamed(row, name))], name),
        };
        Run(_epoch, rules, renamed);
        Assert.That(_epoch.Dividends.ToArray(), Is.EqualTo(Renamed(dividends, name)));
        Assert.That(_epoch.Incentive.ToArray(), Is.EqualTo(Renamed(incentive, name)));
        Assert.That(_epoch.NewPermit.ToArray(), Is.EqualTo(Renamed(permits, name)));
        Assert.That(_epoch.Emission.ToArray(), Is.EqualTo(Renamed(emission, name)));
    });

    [Test]
    public void A_warm_epoch_allocates_nothing()
    {
        EpochModel subnet = Subnet(new Random(7), 64);
        EpochRules rules = EpochRules.Default with { LiquidAlpha = true };
        YumaEpoch epoch = new();
        Run(epoch, rules, subnet);
        epoch.Run(rules, Block, LastTempo, Emission);
        long before = GC.GetAllocatedBytesForCurrentThread();
        epoch.Begin(subnet.Uids, subnet.Uids);
        epoch.Run(rules, Block, LastTempo, Emission);
        Assert.That(GC.GetAllocatedBytesForCurrentThread() - before, Is.Zero);
    }

    internal static int[] Run(YumaEpoch epoch, EpochRules rules, EpochModel subnet)
    {
        epoch.Begin(subnet.Uids, subnet.Uids, subnet.Owner);
        subnet.Stake.CopyTo(epoch.Stake);
        subnet.LastUpdate.CopyTo(epoch.LastUpdate);
        subnet.RegisteredAt.CopyTo(epoch.RegisteredAt);
        subnet.OpenCommit.CopyTo(epoch.OpenCommit);
        int[] rows = new int[subnet.Uids];
        for (int uid = 0; uid < subnet.Uids; uid++)
        {
            rows[uid] = subnet.Permit[uid] ? epoch.AddValidator(uid) : YumaEpoch.None;
            if (rows[uid] < 0) continue;
            subnet.Weights[uid].CopyTo(epoch.WeightsOf(rows[uid]));
            subnet.Bonds[uid].CopyTo(epoch.BondsOf(rows[uid]));
        }

        epoch.Run(rules, Block, LastTempo, Emission);
        return rows;
    }

    private static void ForSubnets(Action<EpochRules, EpochModel> check) =>
        Prop.ForAll(ArbMap.Default.ArbFor<int>(), seed =>
        {
            Random random = new(seed);
            check(Rules(random), Subnet(random, random.Next(1, 14)));
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(500));

    private static EpochRules Rules(Random random)
    {
        ushort low = (ushort)random.Next(0, 40_000);
        return new EpochRules(
            Kappa: (ushort)Pick(random, 32_767, 32_768, 65_535, 0, random.Next(65_536)),
            ValidatorsMax: random.Next(1, 8),
            ActivityCutoff: (ulong)Pick(random, 0, 500, 5_000),
            BondsMovingAverage: (uint)Pick(random, 900_000, 975_000, 0, 1_000_000, random.Next(1_000_001)),
            BondsPenalty: (ushort)Pick(random, 0, 65_535, random.Next(65_536)),
            Yuma3: random.Next(3) > 0,
            LiquidAlpha: random.Next(2) > 0,
            AlphaLow: low,
            AlphaHigh: (ushort)random.Next(low, 65_536),
            AlphaSteepness: (short)Pick(random, 1_000, 0, -500, random.Next(-32_768, 32_768)),
            StakeThreshold: (ulong)Pick(random, 0, 100),
            CommitReveal: random.Next(2) > 0);
    }

    private static EpochModel Subnet(Random random, int uids)
    {
        ulong[] stake = [.. Times(uids, () => (ulong)random.NextInt64(0, 1L << Pick(random, 3, 10, 40, 55)))];
        return new EpochModel
        {
            Uids = uids,
            Owner = random.Next(3) > 0 ? YumaEpoch.None : random.Next(uids),
            Stake = stake,
            LastUpdate = [.. Times(uids, () => (ulong)random.Next(1, 1_000))],
            RegisteredAt = [.. Times(uids, () => (ulong)Pick(random, 1, 1, 1, random.Next(1, 1_000)))],
            OpenCommit = [.. Times(uids, () => random.Next(3) > 0 ? ulong.MaxValue : (ulong)random.Next(1, 1_000))],
            Permit = [.. Times(uids, () => random.Next(3) > 0)],
            Weights = [.. Times(uids, () => Row(random, uids))],
            Bonds = [.. Times(uids, () => Row(random, uids))],
        };
    }

    private static ushort[] Row(Random random, int uids)
    {
        int zeros = random.Next(4);
        return [.. Times(uids, () => (ushort)(random.Next(4) < zeros ? 0 : random.Next(65_536)))];
    }

    private static int Pick(Random random, params int[] among) => among[random.Next(among.Length)];

    private static T[] Times<T>(int count, Func<T> make) => [.. Enumerable.Range(0, count).Select(_ => make())];

    // What uid i was is uid name[i] now.
    private static T[] Renamed<T>(T[] values, int[] name)
    {
        T[] renamed = new T[values.Length];
        for (int i = 0; i < values.Length; i++) renamed[name[i]] = values[i];
        return renamed;
    }

    private static BigInteger[] Big(ReadOnlySpan<long> values) => [.. values.ToArray().Select(static value => (BigInteger)value)];

    private static ulong Sum(ReadOnlySpan<ulong> values) => values.ToArray().Aggregate(0UL, static (sum, value) => sum + value);
}
