using DePinChain.Client;
using DePinChain.Client.Programs;
using DePinChain.Primitives;
using DePinChain.Proofs.Availability;
using DePinChain.Proofs.Replication;
using DePinChain.Providers.Files;

namespace DePinChain.Providers.Sealing;

/// <summary>
/// Proofs of windows that are too large for a block: the blob is written down, announced, and brought to the custodians until its job
/// opens. Whatever goes wrong before the window is over, the proof is brought in parts.
/// </summary>
internal sealed class WindowClaims(SectorChain sectors, SectorHome home, ProgramLog log)
{
    // The committee's kind for windows, and a job's first state; numbers as the module's.
    private const ulong SpacetimeKind = 2;
    private const ulong Announced = 1;

    private readonly BlobJobs _jobs = new(sectors.Chain, log);
    private readonly HashSet<(uint Partition, ulong Period)> _failed = [];

    private StorageChain Chain => sectors.Chain;

    /// <summary>Announces parts of a partition's window as a blob.</summary>
    /// <param name="shape">The sectors' shape.</param>
    /// <param name="partition">The partition.</param>
    /// <param name="period">The window's period.</param>
    /// <param name="parts">The sectors' parts by ascending place.</param>
    /// <param name="cancellation">Ends the wait.</param>
    /// <returns>False when it must be brought in parts.</returns>
    public async Task<bool> TryClaimAsync(
        SectorShape shape, uint partition, ulong period, IReadOnlyList<(byte Place, byte[] Part)> parts, CancellationToken cancellation)
    {
        if (parts.Sum(static one => one.Part.Length) <= SectorChain.ProofBytesMax || _failed.Contains((partition, period))) return false;
        byte[] blob = [.. parts.SelectMany(static one => one.Part)];
        UInt256 places = parts.Aggregate(UInt256.Zero, static (mask, one) => mask | (UInt256.One << one.Place));
        Hash256 root = BlobTree.RootOf(blob, (uint)SpacetimeBlob.ChunkBytesOf(shape));
        try
        {
            home.SaveWindow(partition, period, blob);
            Amount missing = await MissingAsync(cancellation);
            await Chain.SendAsync(
                Chain.Sectors.Plan(
                    "commitWindowBlob", missing, (UInt256)sectors.Provider, (UInt256)partition, places, root.ToArray()),
                cancellation);
            log.Tell("window announced", ("partition", partition), ("period", period), ("sectors", parts.Count), ("bytes", blob.Length));
            return true;
        }
        catch (NodeRefusedException refused)
        {
            log.Warn(
                "a window's blob was refused; it is brought in parts", ("partition", partition), ("why", Chain.Words(refused)));
            home.ForgetWindow(partition, period);
            return false;
        }
    }

    /// <summary>Opens what was announced.</summary>
    /// <returns>Deadlines with a claim that came to nothing before it was opened.</returns>
    public async Task<IReadOnlyList<ulong>> OpenAsync(SectorShape shape, ulong head, CancellationToken cancellation)
    {
        List<ulong> again = [];
        uint chunkBytes = (uint)SpacetimeBlob.ChunkBytesOf(shape);
        foreach ((uint partition, ulong period) in home.Windows())
        {
            byte[] blob = home.ReadWindow(partition, period);
            ulong job = await FindJobAsync(partition, BlobTree.RootOf(blob, chunkBytes), cancellation);
            if (job == 0)
            {
                home.ForgetWindow(partition, period);
                _failed.Add((partition, period));
                again.Add(partition >> 16);
                log.Warn("a window's blob was not opened in time", ("partition", partition), ("period", period));
            }
            else if (await _jobs.TryOpenAsync(job, blob, chunkBytes, head, cancellation))
            {
                home.ForgetWindow(partition, period);
                log.Tell("committee asked", ("partition", partition), ("period", period), ("job", job));
            }
        }

        return again;
    }

    // The job that waits for this blob; 0 when it is over.
    private async Task<ulong> FindJobAsync(uint partition, Hash256 root, CancellationToken cancellation)
    {
        object?[] jobs = (object?[])(await Chain.Sectors.ValueAsync(
            "windowJobsOf", cancellation, (UInt256)sectors.Provider, (UInt256)partition))!; // an array of numbers
        foreach (object? number in jobs)
        {
            AbiRecord report = await Chain.Committees.RecordAsync("getJob", cancellation, (UInt256)number!);
            bool waits = report.Record("progress").Count("state") == Announced;
            if (waits && report.Record("record").Hash("blobRoot") == root) return (ulong)(UInt256)number!;
        }

        return 0;
    }

    // The base fee may rise until the announcement is in its block.
    private async Task<Amount> MissingAsync(CancellationToken cancellation)
    {
        UInt256 baseFee = await Chain.Node.QuantityAsync("eth_gasPrice", cancellation);
        Amount needed = await Chain.Committees.AmountAsync("quoteFee", cancellation, (UInt256)SpacetimeKind, baseFee * 2);
        AbiRecord funds = await Chain.Sectors.RecordAsync("fundsOf", cancellation, (UInt256)sectors.Provider);
        Amount free = funds.Amount("free");
        return free >= needed ? Amount.Zero : needed - free;
    }
}
