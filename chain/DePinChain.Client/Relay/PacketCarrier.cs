using DePinChain.Blocks;
using DePinChain.Primitives;

namespace DePinChain.Client.Relay;

/// <summary>
/// Carries the packets of a lane: brings over what was sent, brings back what became of it, and proves what was not received in time.
/// </summary>
/// <remarks>
/// It keeps nothing. Each round asks both chains what there is to do, so that it may be killed anywhere and run any number of times at
/// once: what another carrier has done by then is refused by the chain, and counts as done.
/// </remarks>
public sealed class PacketCarrier
{
    /// <summary>Packets in one transaction unless told otherwise: a transaction's gas and logs hold that many of any kind.</summary>
    public const int BatchDefault = 50;

    /// <summary>The most packets that the chain takes at once.</summary>
    public const int BatchMax = 128;

    // What the chain says when somebody else was first.
    private static readonly string[] DoneByOthers = ["AlreadyReceived", "NotOutstanding", "PacketExpired"];

    private readonly Action<string, ulong, int> _tell;
    private readonly int _batch;

    /// <param name="batch">Packets in one transaction.</param>
    /// <param name="tell">Told what was done, on which chain, for how many packets.</param>
    public PacketCarrier(int batch, Action<string, ulong, int> tell)
    {
        if (batch is < 1 or > BatchMax) throw new ArgumentOutOfRangeException(nameof(batch), $"1 to {BatchMax} packets, not {batch}");
        (_batch, _tell) = (batch, tell);
    }

    /// <summary>Carries everything there is in both directions, once.</summary>
    /// <returns>How many steps of packets were made: one that went over and came back is two.</returns>
    public async Task<int> RoundAsync(LaneEnd one, LaneEnd other, CancellationToken cancellation) =>
        await CarryAsync(one, other, cancellation) + await CarryAsync(other, one, cancellation);

    private async Task<int> CarryAsync(LaneEnd from, LaneEnd to, CancellationToken cancellation)
    {
        ulong[] outstanding = await from.OutstandingAsync(cancellation);
        if (outstanding.Length == 0 || await to.HeadAsync(cancellation) is not { } head) return 0;
        SortedSet<ulong> missing = await to.UnreceivedAsync(outstanding, cancellation);
        var fresh = new List<ulong>();
        foreach (ulong sequence in missing)
        {
            ulong timeout = await from.TimeoutOfAsync(sequence, cancellation);
            if (timeout > head.Timestamp) fresh.Add(sequence);
        }

        int steps = await BringAsync(from, to, fresh, cancellation);
        missing = await to.UnreceivedAsync(outstanding, cancellation);
        steps += await BringBackAsync(from, to, [.. outstanding.Where(one => !missing.Contains(one))], cancellation);
        return steps + await TimeOutAsync(from, to, [.. missing], cancellation);
    }

    private async Task<int> BringAsync(LaneEnd from, LaneEnd to, List<ulong> fresh, CancellationToken cancellation)
    {
        if (fresh.Count == 0) return 0;
        ulong height = await BelieveAsync(to, from, cancellation);
        return await InBatchesAsync(fresh, to, "receivePackets", async batch =>
        {
            LaneProof proof = await from.ProveAsync(LanePlace.Commitment, batch, height, cancellation);
            var items = new List<object?>();
            foreach (RecordProof record in proof.Records.Where(static record => record.IsThere))
            {
                byte[] packet = await from.PacketOfAsync(record.Sequence, cancellation);
                if (packet.Length > 0) items.Add(new object?[] { packet, record.Nodes.ToArray<object?>() });
            }

            return (proof, items);
        }, cancellation);
    }

    private async Task<int> BringBackAsync(LaneEnd from, LaneEnd to, IReadOnlyList<ulong> settled, CancellationToken cancellation)
    {
        // An order is received at once and answered when its market has decided.
        var answered = new List<ulong>();
        foreach (ulong sequence in settled)
            if ((await to.AcknowledgementOfAsync(sequence, cancellation)).Length > 0) answered.Add(sequence);
        if (answered.Count == 0) return 0;
        ulong height = await BelieveAsync(from, to, cancellation);
        return await InBatchesAsync(answered, from, "acknowledgePackets", async batch =>
        {
            LaneProof proof = await to.ProveAsync(LanePlace.Acknowledgement, batch, height, cancellation);
            var items = new List<object?>();
            foreach (RecordProof record in proof.Records.Where(static record => record.IsThere))
            {
                byte[] written = await to.AcknowledgementOfAsync(record.Sequence, cancellation);
                items.Add(new object?[] { (UInt256)record.Sequence, written, record.Nodes.ToArray<object?>() });
            }

            return (proof, items);
        }, cancellation);
    }

    private async Task<int> TimeOutAsync(LaneEnd from, LaneEnd to, IReadOnlyList<ulong> missing, CancellationToken cancellation)
    {
        if (missing.Count == 0 || await to.HeadAsync(cancellation) is not { } head) return 0;
        var late = new List<ulong>();
        foreach (ulong sequence in missing)
        {
            ulong timeout = await from.TimeoutOfAsync(sequence, cancellation);
            if (timeout != 0 && timeout <= head.Timestamp) late.Add(sequence);
        }

        if (late.Count == 0) return 0;
        ulong height = await BelieveAsync(from, to, cancellation);
        return await InBatchesAsync(late, from, "timeOutPackets", async batch =>
        {
            LaneProof proof = await to.ProveAsync(LanePlace.Receipt, batch, height, cancellation);
            return (proof, [.. proof.Records.Where(static record => !record.IsThere)
                .Select(static record => new object?[] { (UInt256)record.Sequence, record.Nodes.ToArray<object?>() })]);
        }, cancellation);
    }

    // A batch that a transaction does not hold is halved; one that another carrier was faster with is done.
    private async Task<int> InBatchesAsync(
        IReadOnlyList<ulong> sequences,
        LaneEnd at,
        string method,
        Func<IReadOnlyList<ulong>, Task<(LaneProof Proof, List<object?> Items)>> prepare,
        CancellationToken cancellation)
    {
        int done = 0;
        var waiting = new Stack<ulong[]>(sequences.Chunk(_batch).Reverse());
        while (waiting.TryPop(out ulong[]? batch))
        {
            (LaneProof proof, List<object?> items) = await prepare(batch);
            if (items.Count == 0) continue;
            try
            {
                if (!await at.SendPacketsAsync(method, proof.Height, proof.Account, [.. items], cancellation)) continue;
                done += items.Count;
                _tell(method, at.ChainId, items.Count);
            }
            catch (NodeRefusedException refused) when (DoneByOthers.Contains(at.NameOf(refused)))
            {
                _tell("done by another carrier", at.ChainId, items.Count);
            }
            catch (NodeRefusedException refused) when (batch.Length > 1 && IsTooMuch(at, refused))
            {
                waiting.Push(batch[(batch.Length / 2)..]);
                waiting.Push(batch[..(batch.Length / 2)]);
            }
        }

        return done;
    }

    // More logs or more gas than a transaction may have; the latter has no revert data.
    private static bool IsTooMuch(LaneEnd at, NodeRefusedException refused) =>
        at.NameOf(refused) is "BatchTooLarge" or "Panic" || (refused.RevertData.Length == 0 && refused.Method == "eth_estimateGas");

    // Makes one end believe the other's last block; where a skip is too wide, by halving. Another carrier may be faster: all the better.
    private static async Task<ulong> BelieveAsync(LaneEnd at, LaneEnd of, CancellationToken cancellation)
    {
        LightBlock head = await of.HeadAsync(cancellation) ?? throw new FormatException("nobody has sealed a block yet");
        ulong wanted = head.Height;
        while (true)
        {
            ulong believed = await at.BelievedAsync(cancellation);
            if (believed >= head.Height) return believed;
            if (wanted <= believed) wanted = head.Height;
            LightBlock block = wanted == head.Height ? head : await of.BlockAsync(wanted, cancellation);
            try
            {
                await at.UpdateAsync(block, cancellation);
                wanted = head.Height;
            }
            catch (NodeRefusedException refused) when (at.NameOf(refused) == "HeaderRefused" && wanted > believed + 1)
            {
                wanted = believed + ((wanted - believed) / 2);
            }
        }
    }
}
