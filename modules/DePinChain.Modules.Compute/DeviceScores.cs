using DePinChain.Primitives;

namespace DePinChain.Modules.Compute;

/// <summary>How good a device is, from what committees measured. Marks are integers in 10^-9.</summary>
/// <remarks>Sources: io.net (stake, five hours of uptime); Render RNP-006 and RNP-019 (bandwidth steps).</remarks>
public static class DeviceScores
{
    /// <summary>The best mark.</summary>
    public const long One = 1_000_000_000;

    /// <summary>A device without history.</summary>
    public const long UptimeAtStart = One / 2;

    /// <summary>Least uptime of a device that earns.</summary>
    public const long UptimeMin = One * 6 / 10;

    /// <summary>Most that stake adds to a weight: half.</summary>
    public const long BoostMax = One / 2;

    // RNP-006 and RNP-019: 100/75, 400/300 and 1,600/1,200 Mbit/s down and up earn 0.2, 0.4 and all; in between it is a line.
    private static readonly (uint Mbps, long Mark)[] BandwidthSteps = [(100, One / 5), (400, One * 2 / 5), (1_600, One)];

    /// <summary>Moves a mark towards a measurement by one part in a window, rounded towards zero.</summary>
    public static long Ewma(long mark, long measured, uint window) => mark + ((measured - mark) / window);

    /// <summary>An uptime after epochs without a word of the device.</summary>
    public static long Decayed(long uptime, ulong epochs, uint window)
    {
        // Twenty windows leave less than 3 in 10^9 of anything.
        if (epochs > 20UL * window) return 0;
        for (ulong i = 0; i < epochs && uptime > 0; i++) uptime = Ewma(uptime, 0, window);
        return uptime;
    }

    /// <summary>The mark of a connection: by what is worse, the way down or 4/3 of the way up.</summary>
    public static long Bandwidth(uint downMbps, uint upMbps)
    {
        uint mbps = (uint)Math.Min(downMbps, (ulong)upMbps * 4 / 3);
        if (mbps < BandwidthSteps[0].Mbps) return 0;
        for (int i = 1; i < BandwidthSteps.Length; i++)
        {
            (uint high, long top) = BandwidthSteps[i];
            if (mbps >= high) continue;
            (uint low, long bottom) = BandwidthSteps[i - 1];
            return bottom + ((top - bottom) * (mbps - low) / (high - low));
        }

        return One;
    }

    /// <summary>Measured by reference throughput, at most 1.</summary>
    public static long Bench(ulong measured, ulong reference) =>
        reference == 0 || measured >= reference ? One : (long)((UInt128)measured * One / reference);

    /// <summary>(35 · uptime + 30 · jobs + 15 · bandwidth + 20 · bench) / 100.</summary>
    public static long Rank(long uptime, long jobs, long bandwidth, long bench) =>
        ((35 * uptime) + (30 * jobs) + (15 * bandwidth) + (20 * bench)) / 100;

    /// <summary>Least stake of a device: unit · max(1, multiplier) · GPUs.</summary>
    /// <param name="unit">200 DPN on mainnet.</param>
    /// <param name="multiplierMilli">The model's multiplier in thousandths.</param>
    /// <param name="gpus">How many.</param>
    public static Amount MinStake(Amount unit, uint multiplierMilli, ushort gpus) =>
        unit.MulDiv((UInt128)Math.Max(1_000, multiplierMilli) * gpus, 1_000, Rounding.Down);

    /// <summary>1 + min(0.5, 0.25 · log2(stake / least)): stake lifts a weight, never the right to one.</summary>
    public static long Boost(Amount stake, Amount least)
    {
        if (stake <= least) return One;

        // From four times the least on it is the most.
        if (stake.Wei / 4 >= least.Wei) return One + BoostMax;
        return One + (long)((UInt128)(One / 4) * Log2(stake, least) >> 16);
    }

    /// <summary>multiplier · GPUs · rank · boost, in 10^-9; the multiplier is in thousandths.</summary>
    public static UInt128 Weight(uint multiplierMilli, ushort gpus, long rank, long boost) =>
        (UInt128)multiplierMilli * gpus * (UInt128)rank * (UInt128)boost / (1_000UL * (ulong)One);

    // log2(stake / least) of a ratio between 1 and 4 in 16.16 fixed point, rounded down: the whole part first, the rest by squaring.
    private static UInt128 Log2(Amount stake, Amount least)
    {
        // 32 digits after the point.
        UInt128 x = stake.MulDiv(UInt128.One << 32, least.Wei, Rounding.Down).Wei;
        UInt128 result = UInt128.Zero;
        if (x >= UInt128.One << 33)
        {
            x >>= 1;
            result = UInt128.One << 16;
        }

        for (int bit = 15; bit >= 0; bit--)
        {
            x = x * x >> 32;
            if (x < UInt128.One << 33) continue;
            x >>= 1;
            result |= UInt128.One << bit;
        }

        return result;
    }
}
