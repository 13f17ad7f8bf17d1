using DePinChain.Client;
using DePinChain.Client.Committees;
using DePinChain.Client.Programs;
using DePinChain.Primitives;
using DePinChain.Worker.Following;
using DePinChain.Worker.Reports;

namespace DePinChain.Worker.Duties;

/// <summary>
/// Custody: has the validator's node fetch and keep its shard of an announced blob, signs for it, and leaves the receipt there for whoever
/// opens the job; serves pieces that somebody asks for on the chain.
/// </summary>
internal sealed class CustodyDuty(
    AttestationChain chain, IReadOnlyList<Keyholder> keys, Journal journal, Drill drill, ProgramLog log, WorkerMetrics metrics)
{
    /// <summary>Takes every step for an announced job that can be taken now; what is slow goes on beside it.</summary>
    public async Task KeepAsync(JobWork work, JobFacts job, ulong head, CancellationToken cancellation)
    {
        work.Custodians ??= await chain.CustodiansAsync(work.Job, cancellation);
        for (int index = 0; index < work.Custodians.Length; index++)
        {
            if (keys.FirstOrDefault(one => one.Verifier == work.Custodians[index]) is not { } key) continue;
            if (work.Keeping.TryGetValue(index, out Task<bool>? running) && (!running.IsCompleted || await running)) continue;
            byte shard = (byte)index;
            int custodians = work.Custodians.Length;
            work.Keeping[index] = Task.Run(() => KeepOneAsync(job, key, shard, custodians, head, cancellation), cancellation);
        }
    }

    /// <summary>Serves what was asked for on the chain of the shards that this worker signed for.</summary>
    public async Task ServeAsync(JobWork work, JobFacts job, ulong head, CancellationToken cancellation)
    {
        work.Custodians ??= await chain.CustodiansAsync(work.Job, cancellation);
        for (int index = 0; index < work.Custodians.Length; index++)
        {
            if (keys.FirstOrDefault(one => one.Verifier == work.Custodians[index]) is not { } key) continue;
            AbiRecord asked = await chain.Committees.RecordAsync("getShardRequest", cancellation, (UInt256)work.Job, (UInt256)(ulong)index);
            if (asked.Count("until") <= head + 1) continue;
            ulong piece = asked.Count("piece");
            string act = Act.Shard(work.Job, (uint)index, piece);
            if (key.Outbox.IsTaken(act)) continue;
            try
            {
                (byte[] bytes, Hash256[] path) = await key.Custody.PieceAsync(
                    job.BlobRoot, (byte)work.Custodians.Length, (byte)index, piece, cancellation);
                object?[] nodes = [.. path.Select(static node => (object?)node.ToArray())];
                await key.Outbox.SendAsync(
                    chain.Committees.Plan("provideShard", Amount.Zero, (UInt256)work.Job, (UInt256)(ulong)index, bytes, nodes),
                    [act], null, head, cancellation);
                log.Tell("shard served", ("job", work.Job), ("shard", index), ("piece", piece));
                metrics.Count("shards_served");
            }
            catch (NodeRefusedException refused)
            {
                log.Warn("a shard that is asked for cannot be served: its deposit is lost and the bond is slashed", ("job", work.Job),
                    ("shard", index), ("why", chain.Words(refused)));
            }
        }
    }

    private async Task<bool> KeepOneAsync(
        JobFacts job, Keyholder key, byte shard, int custodians, ulong head, CancellationToken cancellation)
    {
        try
        {
            await drill.ReachAsync("announced");
            BlobName name = job.NameFor(custodians);
            Hash256 shardRoot = await key.Custody.KeepAsync(name, shard, head + chain.Rules.Longest, cancellation);
            await drill.ReachAsync("kept");
            if (!journal.TryFixReceipt(job.Job, key.Verifier, shard, shardRoot))
            {
                log.Warn("another root was signed for in this job before; nothing is signed now", ("job", job.Job), ("shard", shard));
                return true;
            }

            await drill.ReachAsync("receipt-written");
            Hash256 digest = ShardReceipts.DigestOf(
                chain.ChainId, chain.Committees.Address, job.Job, shardRoot, shard, job.BlobRoot);
            await key.Custody.PutReceiptAsync(name, job.Job, shard, key.Sign(digest), cancellation);
            await drill.ReachAsync("receipt-left");
            log.Tell("shard kept", ("job", job.Job), ("shard", shard), ("verifier", key.Verifier));
            metrics.Count("receipts");
            return true;
        }
        catch (NodeRefusedException refused)
        {
            log.Tell("a shard is not to be had yet", ("job", job.Job), ("shard", shard), ("why", refused.Message));
            return false;
        }
        catch (NodeUnreachableException silent)
        {
            log.Warn(silent.Message, ("job", job.Job), ("shard", shard));
            return false;
        }
    }
}
