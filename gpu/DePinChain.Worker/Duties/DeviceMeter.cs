using System.Diagnostics;
using System.Security.Cryptography;
using DePinChain.Client.Containers;
using DePinChain.Client.Files;
using DePinChain.Primitives;
using DePinChain.Proofs.Devices;
using DePinChain.Worker.Following;

namespace DePinChain.Worker.Duties;

/// <summary>
/// One measuring of a device that has given its time: its work by this machine's clock, drawn rounds of it, its connection. None of
/// it needs a GPU.
/// </summary>
internal sealed class DeviceMeter(DeviceLink link, DeviceFacts device, Address member)
{
    private const int Pings = 3;
    private const long ShownBytesMax = 64L << 20;
    private const ulong WayMax = 500_000;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    /// <summary>The numbers of a verdict against a device.</summary>
    public static ulong[] NoNumbers => [0, 0, 0];

    /// <summary>Measures.</summary>
    /// <returns>The verdict, and why.</returns>
    public async Task<(Finding Found, string Why)> MeasureAsync(CancellationToken stopping)
    {
        ulong way = await WayAsync(stopping);
        var nonce = new Hash256(RandomNumberGenerator.GetBytes(Hash256.Size));
        UInt128 most = device.ReferenceGops == 0
            ? ulong.MaxValue : DeviceTiming.Limit(device.Shape, device.ReferenceGops, Math.Min(way, WayMax));
        byte[] roots;
        ulong elapsed;
        using (CancellationTokenSource limit = CancellationTokenSource.CreateLinkedTokenSource(stopping))
        {
            // Somewhat longer than it may take, so that what is too slow is told from what is not there.
            if (device.ReferenceGops != 0) limit.CancelAfter(TimeSpan.FromMicroseconds((double)most) + Patience);
            long began = Stopwatch.GetTimestamp();
            try
            {
                roots = await link.WorkAsync(nonce, device.Gpus, limit.Token);
            }
            catch (OperationCanceledException) when (!stopping.IsCancellationRequested)
            {
                return (Against(nonce, [], ulong.MaxValue), "it did not come to an end");
            }

            elapsed = (ulong)Stopwatch.GetElapsedTime(began).TotalMicroseconds;
        }

        RoundVerdict verdict = await JudgeAsync(nonce, roots, stopping);
        if (verdict != RoundVerdict.Right) return (Against(nonce, roots, elapsed), $"a round is {verdict}");
        if (elapsed > most) return (Against(nonce, roots, elapsed), $"it took {elapsed} us, more than the {most} of its model");
        (ulong down, ulong up) = await StreamAsync(way, stopping);
        try
        {
            await link.CloseAsync(stopping);
        }
        catch (Exception gone) when (gone is ProviderUnreachableException or ProviderRefusedException)
        {
            // It gives its own time back then.
        }

        ulong gops = DeviceTiming.Score(device.Shape, elapsed, Math.Min(way, WayMax)) * (ulong)device.Gpus;
        Hash256 evidence = DeviceSession.EvidenceOf(device.Seed, nonce, roots, elapsed);
        return (new Finding(VerdictWord.Valid, evidence, [gops, down, up]), $"it took {elapsed} us");
    }

    private Finding Against(in Hash256 nonce, byte[] roots, ulong elapsed) => new(
        VerdictWord.Invalid, DeviceSession.EvidenceOf(device.Seed, nonce, roots, elapsed), NoNumbers);

    private async Task<ulong> WayAsync(CancellationToken stopping)
    {
        ulong least = ulong.MaxValue;
        for (int ping = 0; ping < Pings; ping++)
        {
            long began = Stopwatch.GetTimestamp();
            await link.PingAsync(stopping);
            least = Math.Min(least, (ulong)Stopwatch.GetElapsedTime(began).TotalMicroseconds);
        }

        return least;
    }

    // Products are shown where they are few bytes, and then checked by Freivalds; else this machine multiplies again.
    private async Task<RoundVerdict> JudgeAsync(Hash256 nonce, byte[] roots, CancellationToken stopping)
    {
        GemmShape shape = device.Shape;
        int count = device.Gpus * GemmChain.ShownRounds;
        bool withProducts = (long)count * DeviceSession.SizeOf(shape, true) <= ShownBytesMax;
        int size = DeviceSession.SizeOf(shape, withProducts);
        var secret = new Hash256(RandomNumberGenerator.GetBytes(Hash256.Size));
        byte[] shown = await link.RoundsAsync(secret, withProducts, count * size, stopping);
        return await Task.Run(
            () =>
            {
                for (int lane = 0; lane < device.Gpus; lane++)
                {
                    var root = new Hash256(roots.AsSpan(lane * Hash256.Size, Hash256.Size));
                    int start = lane * GemmChain.ShownRounds * size;
                    RoundVerdict verdict = JudgeLane(
                        (uint)lane, nonce, root, secret, shown.AsSpan(start, GemmChain.ShownRounds * size), withProducts);
                    if (verdict != RoundVerdict.Right) return verdict;
                }

                return RoundVerdict.Right;
            },
            stopping);
    }

    private RoundVerdict JudgeLane(
        uint lane, in Hash256 nonce, in Hash256 root, in Hash256 secret, ReadOnlySpan<byte> shown, bool withProducts)
    {
        GemmShape shape = device.Shape;
        Hash256 seed = DeviceSession.SeedOf(device.Seed, member, nonce, lane);
        sbyte[] left = shape.FixedMatrix(seed);
        int[] drawn = GemmChain.Drawn(shape, root, secret);
        int size = DeviceSession.SizeOf(shape, withProducts);
        for (int at = 0; at < drawn.Length; at++)
        {
            RoundOpening opening = DeviceSession.Decode(shape, withProducts, shown.Slice(at * size, size));
            if (opening.Round != drawn[at]) return RoundVerdict.WrongShape;

            // Another vector for each: one that the prover has seen in use shows nothing any more.
            var own = new Hash256(RandomNumberGenerator.GetBytes(Hash256.Size));
            RoundVerdict verdict = GemmChain.Check(shape, seed, root, opening, left, own);
            if (verdict != RoundVerdict.Right) return verdict;
        }

        return RoundVerdict.Right;
    }

    private async Task<(ulong Down, ulong Up)> StreamAsync(ulong way, CancellationToken stopping)
    {
        byte[] bytes = RandomNumberGenerator.GetBytes(DeviceSession.StreamBytes);
        long began = Stopwatch.GetTimestamp();
        byte[] digest = await link.BringAsync(bytes, stopping);
        TimeSpan down = Stopwatch.GetElapsedTime(began);
        began = Stopwatch.GetTimestamp();
        byte[] back = await link.FetchAsync(bytes.Length, stopping);
        TimeSpan up = Stopwatch.GetElapsedTime(began);
        bool came = digest.AsSpan().SequenceEqual(SHA256.HashData(bytes)), wentBack = back.AsSpan().SequenceEqual(bytes);
        return (came ? Rate(bytes.Length, down, way) : 0, wentBack ? Rate(bytes.Length, up, way) : 0);
    }

    // Bits by microseconds are 10^6 bits by seconds.
    private static ulong Rate(int bytes, TimeSpan took, ulong way)
    {
        ulong elapsed = (ulong)took.TotalMicroseconds;
        return (ulong)bytes * 8 / Math.Max(1, elapsed - Math.Min(elapsed, Math.Min(way, WayMax)));
    }
}
