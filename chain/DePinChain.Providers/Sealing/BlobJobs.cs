using DePinChain.Client;
using DePinChain.Client.Committees;
using DePinChain.Client.Programs;
using DePinChain.Crypto;
using DePinChain.Primitives;
using DePinChain.Proofs.Availability;
using DePinChain.Providers.Files;

namespace DePinChain.Providers.Sealing;

/// <summary>
/// Opens the jobs of committees: a blob goes to this agent's node, from which the custodians' nodes fetch it; their receipts open the job.
/// </summary>
internal sealed class BlobJobs(StorageChain chain, ProgramLog log)
{
    // How long a blob is asked for at most, and some more.
    private const ulong BlobBlocks = 10_000;

    /// <summary>Brings a job's blob and, once enough custodians have signed, opens it.</summary>
    /// <returns>False while receipts are missing: it is tried again.</returns>
    public async Task<bool> TryOpenAsync(ulong job, byte[] blob, uint chunkBytes, ulong head, CancellationToken cancellation)
    {
        object? addresses = await chain.Committees.ValueAsync("getCustodians", cancellation, (UInt256)job);
        object?[] custodians = (object?[])addresses!; // an array, as its ABI says
        BlobName name = new(BlobTree.RootOf(blob, chunkBytes), (ulong)blob.Length, chunkBytes, (byte)custodians.Length);
        BlobDesk desk = new(chain.Node);
        Hash256 shardRoot = await desk.PutAsync(name, blob, head + BlobBlocks, cancellation);
        SortedDictionary<byte, byte[]> signed = [];
        foreach ((byte index, byte[] signature) in await desk.ReceiptsAsync(name, job, cancellation))
        {
            if (index >= custodians.Length || signed.ContainsKey(index)) continue;
            Hash256 digest = ShardReceipts.DigestOf(chain.ChainId, chain.Committees.Address, job, shardRoot, index, name.Root);
            bool isSigned = Secp256k1.TryRecover(digest, signature.AsSpan(0, 64), signature[64], out Address signer);
            if (isSigned && signer == await WorkerOfAsync((Address)custodians[index]!, cancellation)) signed[index] = signature;
        }

        int needed = ((2 * custodians.Length) + 2) / 3;
        log.Tell("receipts", ("job", job), ("signed", $"{signed.Count} of {needed}"));
        if (signed.Count < needed) return false;
        object?[] receipts = [.. signed.Select(static one => (object?)new object?[] { (UInt256)(ulong)one.Key, one.Value })];
        await chain.SendAsync(
            chain.Committees.Plan("openJob", Amount.Zero, (UInt256)job, shardRoot.ToArray(), receipts), cancellation);
        return true;
    }

    private async Task<Address> WorkerOfAsync(Address verifier, CancellationToken cancellation)
    {
        try
        {
            return (await chain.Committees.RecordAsync("getVerifier", cancellation, verifier)).Address("worker");
        }
        catch (NodeRefusedException none) when (none.RevertData.Length > 0)
        {
            return Address.Zero;
        }
    }
}
