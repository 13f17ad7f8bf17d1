using System.Globalization;
using DePinChain.Modules.Subnets.Yuma;

namespace DePinChain.Modules.Tests.Subnets;

/// <summary>
/// What a validator earns that copies the consensus instead of checking anybody: eleven honest validators whose scores have 5 % noise and
/// one copier of equal stake, 36 miners whose quality walks at random (and begins anew with 2 % a step), 45 epochs after 15 of running in,
/// three seeds. The quotient is the copier's dividends over an honest validator's.
/// </summary>
public sealed class CopierTests
{
    private const int Honest = 11;
    private const int Validators = Honest + 1;
    private const int Miners = 36;
    private const int RunIn = 15;
    private const int Scored = 45;

    // The specification's measurements, of an emulation written independently: steps 0.01, 0.1 and 0.3, each with a lag of 1 and 3 epochs.
    private static readonly (string Engine, EpochRules Rules, double[] Expected)[] Engines =
    [
        ("classic", EpochRules.Default with { Yuma3 = false }, [0.95, 0.91, 0.89, 0.83, 0.83, 0.76]),
        ("Yuma3", EpochRules.Default, [0.99, 0.94, 0.94, 0.87, 0.90, 0.79]),
        ("Yuma3 + liquid alpha", EpochRules.Default with { LiquidAlpha = true, AlphaLow = 6_554, AlphaHigh = 58_982 },
            [0.99, 0.94, 0.91, 0.84, 0.83, 0.74]),
    ];

    private static readonly (double Step, int Lag)[] Cases = [(0.01, 1), (0.01, 3), (0.1, 1), (0.1, 3), (0.3, 1), (0.3, 3)];

    // Each validator's own tasks are its own evidence: a copier has none to show, and is silenced in the epochs in which it is asked.
    [Test]
    public void A_copier_loses_little_by_secrecy_and_every_epoch_in_which_it_is_asked_for_evidence()
    {
        var lines = new List<string> { "engine                 step lag   spec   here   asked every 4th   asked always" };
        foreach ((string engine, EpochRules rules, double[] expected) in Engines)
        {
            for (int at = 0; at < Cases.Length; at++)
            {
                (double step, int lag) = Cases[at];
                double free = Mean(rules, step, lag, askedEvery: 0);
                double fourth = Mean(rules, step, lag, askedEvery: 4), always = Mean(rules, step, lag, askedEvery: 1);
                lines.Add(string.Create(
                    CultureInfo.InvariantCulture,
                    $"{engine,-22} {step,4} {lag,3}   {expected[at]:0.00}   {free:0.00}   {fourth,15:0.00}   {always,12:0.00}"));
                using (Assert.EnterMultipleScope())
                {
                    // Other noise, other walks: the same within a tenth.
                    Assert.That(free, Is.EqualTo(expected[at]).Within(0.1), lines[^1]);
                    Assert.That(fourth, Is.LessThan(free - 0.15), lines[^1]);
                    Assert.That(always, Is.Zero, lines[^1]);
                }
            }
        }

        TestContext.Out.WriteLine(string.Join('\n', lines));
    }

    private static double Mean(EpochRules rules, double step, int lag, int askedEvery)
    {
        double sum = 0;
        for (int seed = 1; seed <= 3; seed++) sum += Quotient(rules, step, lag, askedEvery, new Random(seed));
        return sum / 3;
    }

    private static double Quotient(EpochRules rules, double step, int lag, int askedEvery, Random random)
    {
        const int Uids = Validators + Miners;
        double[] quality = [.. Enumerable.Range(0, Miners).Select(_ => random.NextDouble())];
        ushort[][] bonds = [.. Enumerable.Range(0, Validators).Select(static _ => new ushort[Uids])];
        List<ushort[]> seen = [];
        double copier = 0, honest = 0;
        var epoch = new YumaEpoch();
        for (int number = 0; number < RunIn + Scored; number++)
        {
            Walk(quality, step, random);
            epoch.Begin(Uids, Validators);
            int[] rows = new int[Validators];
            bool isAsked = askedEvery > 0 && number % askedEvery == 0;
            for (int uid = 0; uid < Uids; uid++)
            {
                epoch.LastUpdate[uid] = (ulong)(number + 1) * 360;
                epoch.Stake[uid] = uid < Validators ? 1_000_000U : 0;
                if (uid >= Validators || (uid == Honest && isAsked)) continue;
                rows[uid] = epoch.AddValidator(uid);
                ushort[] weights = uid < Honest || seen.Count < lag ? Noisy(quality, random) : seen[^lag];
                weights.CopyTo(epoch.WeightsOf(rows[uid])[Validators..]);
                bonds[uid].CopyTo(epoch.BondsOf(rows[uid]));
            }

            // Everybody was there before the first epoch: bonds are kept.
            epoch.Run(rules, (ulong)(number + 1) * 360, lastTempo: 1, 1_000_000_000);
            seen.Add(Scaled([.. Enumerable.Range(Validators, Miners).Select(uid => (double)epoch.Consensus[uid])]));
            for (int uid = 0; uid < Validators; uid++)
            {
                if (uid < Honest || !isAsked) epoch.BondsOf(rows[uid]).CopyTo(bonds[uid]);
                if (number < RunIn) continue;
                if (uid < Honest) honest += (double)epoch.Dividends[uid] / Honest;
                else if (!isAsked) copier += epoch.Dividends[uid];
            }
        }

        return copier / honest;
    }

    private static void Walk(double[] quality, double step, Random random)
    {
        for (int miner = 0; miner < quality.Length; miner++)
        {
            quality[miner] = random.NextDouble() < 0.02
                ? random.NextDouble()
                : Math.Clamp(quality[miner] + (step * ((2 * random.NextDouble()) - 1)), 0, 1);
        }
    }

    private static ushort[] Noisy(double[] quality, Random random) =>
        Scaled([.. quality.Select(value => Math.Max(0, value * (1 + (0.05 * Normal(random)))))]);

    private static ushort[] Scaled(double[] scores)
    {
        double most = scores.Max();
        return [.. scores.Select(score => most > 0 ? (ushort)Math.Round(score / most * ushort.MaxValue) : (ushort)0)];
    }

    // Box and Muller.
    private static double Normal(Random random) =>
        Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());
}
