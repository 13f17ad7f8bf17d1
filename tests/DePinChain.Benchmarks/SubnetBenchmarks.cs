using DePinChain.Modules.Subnets.Yuma;

namespace DePinChain.Benchmarks;

/// <summary>Epochs of a full subnet: 64 validators who weigh 256 uids each.</summary>
internal static class SubnetBenchmarks
{
    private const int Validators = 64;
    private const int Uids = 256;
    private const int Rounds = 20;

    /// <summary>The floor is two divisions for each pair of validator and uid, which no form of the epoch avoids.</summary>
    public static Task EpochAsync()
    {
        EpochRules rules = EpochRules.Default;
        YumaEpoch epoch = new();
        ulong sink = 0;
        ulong[] cells = new ulong[Validators * Uids];
        Random random = new(5);
        foreach (ref ulong cell in cells.AsSpan()) cell = (ulong)random.NextInt64(1, 1L << 48);
        double Floor() => Rounds / Figures.Seconds(() =>
        {
            for (int round = 0; round < 2 * Rounds; round++)
            {
                foreach (ulong cell in cells) sink ^= ulong.MaxValue / cell;
            }
        });
        foreach ((string name, EpochRules of, double goal) in new[]
        {
            ("classic", rules with { Yuma3 = false }, 1.5), ("Yuma3", rules, 1.5),
            ("Yuma3 with liquid alpha", rules with { LiquidAlpha = true }, 4),
        })
        {
            double One() => Rounds / Figures.Seconds(() =>
            {
                for (int round = 0; round < Rounds; round++) Run(epoch, of);
            });
            for (int warm = 0; warm < 3; warm++) One();
            (double ours, double floor, double ratio) = Figures.Interleave(5, One, Floor);
            double allocated = Allocated(epoch, of);
            Figures.Print(
                $"epoch {Validators} x {Uids}, {name}",
                $"{1e3 / ours:0.00} ms, {allocated:0} B  (its divisions: {1e3 / floor:0.00} ms, {1 / ratio:0.0} x)",
                1e3 / ours <= goal && allocated == 0, $"goal {goal} ms, 0 B");
        }

        GC.KeepAlive(sink);
        return Task.CompletedTask;
    }

    private static double Allocated(YumaEpoch epoch, EpochRules rules)
    {
        long before = GC.GetAllocatedBytesForCurrentThread();
        Run(epoch, rules);
        return GC.GetAllocatedBytesForCurrentThread() - before;
    }

    // Dense rows of values that differ, and bonds that differ from them.
    private static void Run(YumaEpoch epoch, EpochRules rules)
    {
        epoch.Begin(Uids, Validators);
        for (int uid = 0; uid < Uids; uid++)
        {
            epoch.Stake[uid] = uid < Validators ? 1_000_000_000UL * (ulong)(1 + uid) : 0;
            epoch.LastUpdate[uid] = 900;
            epoch.RegisteredAt[uid] = 1;
        }

        for (int row = 0; row < Validators; row++)
        {
            epoch.AddValidator(row);
            Span<ushort> weights = epoch.WeightsOf(row);
            Span<ushort> bonds = epoch.BondsOf(row);
            uint state = unchecked((uint)(row + 1) * 2_654_435_761u);
            for (int uid = 0; uid < Uids; uid++)
            {
                state = unchecked((state * 1_664_525) + 1_013_904_223);
                weights[uid] = (ushort)(state >> 16);
                bonds[uid] = unchecked((ushort)(state >> 8));
            }
        }

        epoch.Run(rules, 1_000, 640, 820_004_578);
    }
}
