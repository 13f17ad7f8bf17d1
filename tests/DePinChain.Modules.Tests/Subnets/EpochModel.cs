using System.Numerics;
using DePinChain.Modules.Subnets.Yuma;

namespace DePinChain.Modules.Tests.Subnets;

/// <summary>
/// The epoch written a second time, step by step as its description reads, over lists of big integers: no saturation, no shortcut, no
/// sparse form, nothing shared with the product but the rules' record.
/// </summary>
internal sealed class EpochModel
{
    private static readonly BigInteger One = BigInteger.One << 32;

    public required int Uids { get; init; }
    public required int Owner { get; init; }
    public required ulong[] Stake { get; init; }
    public required ulong[] LastUpdate { get; init; }
    public required ulong[] RegisteredAt { get; init; }
    public required ulong[] OpenCommit { get; init; }
    public required bool[] Permit { get; init; }
    public required ushort[][] Weights { get; init; }
    public required ushort[][] Bonds { get; init; }

    public bool[] NewPermit { get; private set; } = [];
    public BigInteger[] Consensus { get; private set; } = [];
    public BigInteger[] Trust { get; private set; } = [];
    public BigInteger[] Incentive { get; private set; } = [];
    public BigInteger[] Dividends { get; private set; } = [];
    public BigInteger[] Emission { get; private set; } = [];
    public ushort[][] NewBonds { get; private set; } = [];

    private IEnumerable<int> All => Enumerable.Range(0, Uids);

    public void Run(EpochRules rules, ulong block, ulong lastTempo, ulong emission)
    {
        BigInteger[] counted = [.. All.Select(i => Stake[i] < rules.StakeThreshold && i != Owner ? 0 : (BigInteger)Stake[i])];
        BigInteger[] share = Normalised(counted);
        int[] ranked = [.. All.OrderByDescending(i => share[i]).ThenByDescending(i => i).Take(rules.ValidatorsMax)];
        NewPermit = [.. All.Select(i => i == Owner || (ranked.Contains(i) && share[i] > 0))];
        BigInteger[] active = Normalised([.. All.Select(i =>
            LastUpdate[i] + rules.ActivityCutoff < block || !Permit[i] ? BigInteger.Zero : share[i])]);

        BigInteger[][] weights = [.. All.Select(i => Normalised([.. All.Select(j =>
            !Permit[i] || (i == j && i != Owner) || LastUpdate[i] <= RegisteredAt[j]
                || (rules.CommitReveal && OpenCommit[i] < RegisteredAt[j]) ? BigInteger.Zero : Weights[i][j])]))];
        BigInteger kappa = rules.Kappa * One / 65_535;
        Consensus = [.. All.Select(j => Median(active, [.. All.Select(i => weights[i][j])], kappa))];
        BigInteger[][] clipped = [.. All.Select(i => All.Select(j => BigInteger.Min(weights[i][j], Consensus[j])).ToArray())];
        Trust = [.. All.Select(i => Sum(clipped[i]))];
        Incentive = Normalised([.. All.Select(j => Sum(All.Select(i => Times(active[i], clipped[i][j]))))]);

        BigInteger penalty = rules.BondsPenalty * One / 65_535;
        BigInteger[][] buying = [.. All.Select(i => All.Select(j =>
            BigInteger.Max(0, weights[i][j] + Times(penalty, clipped[i][j] - weights[i][j]))).ToArray())];
        BigInteger[][] old = [.. All.Select(i => All.Select(j =>
            Permit[i] && lastTempo > RegisteredAt[j] ? (BigInteger)Bonds[i][j] : 0).ToArray())];
        if (rules.Yuma3) ByPair(rules, active, buying, old);
        else ByStake(rules, active, buying, old);

        BigInteger[] earned = Normalised([.. All.Select(i => Incentive[i] + Dividends[i])]);
        if (earned.All(e => e == 0)) earned = active.Any(a => a > 0) ? active : share;
        Emission = [.. earned.Select(e => Times(e, emission))];
    }

    private void ByStake(EpochRules rules, BigInteger[] active, BigInteger[][] buying, BigInteger[][] old)
    {
        BigInteger[][] fresh = Columns([.. All.Select(i => buying[i].Select(w => Times(w, active[i])).ToArray())]);
        BigInteger[][] held = Columns(old);
        BigInteger alpha = Alpha(rules);
        BigInteger[][] bonds = Columns([.. All.Select(i => All.Select(j =>
            Times(alpha, fresh[i][j]) + Times(One - alpha, held[i][j])).ToArray())]);
        Dividends = Normalised([.. All.Select(i => Sum(All.Select(j => Times(Incentive[j], bonds[i][j]))))]);
        NewBonds = [.. All.Select(i => All.Select(j =>
        {
            BigInteger largest = All.Max(k => bonds[k][j]);
            return Proportion(largest == 0 ? 0 : bonds[i][j] * One / largest);
        }).ToArray())];
    }

    private void ByPair(EpochRules rules, BigInteger[] active, BigInteger[][] buying, BigInteger[][] old)
    {
        bool liquid = rules.LiquidAlpha && Consensus.Any(c => c != 0);
        BigInteger[][] bonds = [.. All.Select(i => All.Select(j =>
        {
            BigInteger bond = old[i][j] * One / 65_535;
            BigInteger alpha = liquid ? Liquid(rules, buying[i][j], bond, Consensus[j]) : Alpha(rules);
            return BigInteger.Min(One, Times(alpha, buying[i][j]) + Times(One - alpha, bond));
        }).ToArray())];
        BigInteger[][] parts = Columns(bonds);
        Dividends = Normalised([.. All.Select(i => Times(Sum(All.Select(j => Times(parts[i][j], Incentive[j]))), active[i]))]);
        NewBonds = [.. bonds.Select(row => row.Select(Proportion).ToArray())];
    }

    private static BigInteger Liquid(EpochRules rules, BigInteger weight, BigInteger bond, BigInteger consensus)
    {
        BigInteger low = rules.AlphaLow * One / 65_535;
        BigInteger high = rules.AlphaHigh * One / 65_535;
        BigInteger difference = BigInteger.Clamp(weight >= bond ? weight - consensus : bond - weight, 0, One);
        BigInteger x = Times(BigInteger.Divide(rules.AlphaSteepness * One, -100), difference - (One / 2));
        BigInteger sigmoid = One * One / (One + Exponential(x));
        return BigInteger.Clamp(low + Times(sigmoid, high - low), low, high);
    }

    private static BigInteger Exponential(BigInteger x)
    {
        x = BigInteger.Clamp(x, -20 * One, 20 * One);
        if (x.IsZero) return One;
        if (x == One) return (BigInteger)22_802_600 << 9;
        BigInteger size = BigInteger.Abs(x);
        BigInteger result = One + size;
        BigInteger term = size;
        for (int i = 2; i <= 31; i++)
        {
            term = Times(term, size) / i;
            result += term;
        }

        return x.Sign < 0 ? One * One / result : result;
    }

    private static BigInteger Median(BigInteger[] active, BigInteger[] scores, BigInteger kappa)
    {
        int[] voters = [.. Enumerable.Range(0, active.Length).Where(i => active[i] > 0)];
        if (voters.Length == 0) return 0;
        BigInteger[] stake = Normalised([.. voters.Select(i => active[i])]);
        BigInteger minority = Sum(stake) - kappa;
        BigInteger cumulative = 0;
        foreach ((BigInteger voice, BigInteger score) in stake.Zip(voters.Select(i => scores[i])).OrderBy(v => v.Second))
        {
            cumulative += voice;
            if (cumulative > minority) return score;
        }

        return voters.Max(i => scores[i]);
    }

    private static BigInteger Alpha(EpochRules rules) => One - (rules.BondsMovingAverage * One / 1_000_000);

    // BigInteger's right shift floors, as the product of the epoch does.
    private static BigInteger Times(BigInteger a, BigInteger b) => a * b >> 32;

    private static BigInteger Sum(IEnumerable<BigInteger> values) => values.Aggregate(BigInteger.Zero, (sum, value) => sum + value);

    private static BigInteger[] Normalised(BigInteger[] values)
    {
        BigInteger sum = Sum(values);
        return [.. values.Select(value => sum.IsZero ? 0 : value * One / sum)];
    }

    private BigInteger[][] Columns(BigInteger[][] cells)
    {
        BigInteger[] sums = [.. All.Select(j => Sum(All.Select(i => cells[i][j])))];
        return [.. All.Select(i => All.Select(j => sums[j].IsZero ? 0 : cells[i][j] * One / sums[j]).ToArray())];
    }

    private static ushort Proportion(BigInteger value) => (ushort)BigInteger.Clamp(value * 65_535 / One, 0, 65_535);
}
