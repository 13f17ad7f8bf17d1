using DePinChain.Engine.Blobs;
using DePinChain.Network;
using DePinChain.Primitives;
using DePinChain.Rpc;

namespace DePinChain.Node;

/// <summary>The node's blobs, as programs on its machine use them.</summary>
internal sealed class NodeBlobs(BlobExchange exchange, Func<ulong> height) : INodeBlobs
{
    // Blobs that are being brought in parts; the oldest gives way.
    private const int BroughtMax = 4;

    private readonly Lock _gate = new();
    private readonly List<(BlobName Name, MemoryStream Parts)> _brought = [];

    /// <inheritdoc/>
    public BlobHouse House => new(
        exchange.Folder.Size, exchange.Folder.Quota,
        [.. exchange.Folder.Sets.Select(static set => (set.Name, (IReadOnlyList<int>)[.. set.Shards], set.Until))]);

    /// <inheritdoc/>
    public BlobAnswer Put(BlobName name, ulong until, ulong offset, byte[] part)
    {
        if ((BlobFolder.FaultOf(name) ?? FaultOf(until)) is { } wrong) return new BlobAnswer(0, null, wrong);
        byte[] blob;
        lock (_gate)
        {
            int at = _brought.FindIndex(one => one.Name == name);
            MemoryStream parts = at >= 0 && offset > 0 ? _brought[at].Parts : new MemoryStream();
            ulong had = (ulong)parts.Length;
            if (offset != had || had + (ulong)part.Length > name.Bytes)
                return new BlobAnswer(had, null, $"the part must begin at {had} and end at {name.Bytes} or before");
            if (at >= 0) _brought.RemoveAt(at);
            parts.Write(part);
            if ((ulong)parts.Length < name.Bytes)
            {
                _brought.Add((name, parts));
                if (_brought.Count > BroughtMax) _brought.RemoveAt(0);
                return new BlobAnswer((ulong)parts.Length, null, null);
            }

            blob = parts.ToArray();
        }

        BlobSet? set = exchange.Folder.Keep(name, blob, shard: null, until, out string? fault);
        return new BlobAnswer((ulong)blob.Length, set?.ShardRoot, fault);
    }

    /// <inheritdoc/>
    public async Task<BlobBytes> GetAsync(BlobName name)
    {
        BlobFetch found = await exchange.FetchAsync(name);
        return new BlobBytes(found.Blob, found.Fault);
    }

    /// <inheritdoc/>
    public async Task<BlobAnswer> KeepAsync(BlobName name, byte shard, ulong until)
    {
        if ((BlobFolder.FaultOf(name) ?? FaultOf(until)) is { } wrong) return new BlobAnswer(0, null, wrong);
        if (exchange.Folder.Find(name.Root, name.Custodians) is { } known && known.Has(shard))
        {
            exchange.Folder.TryExtend(name.Root, name.Custodians, until);
            return new BlobAnswer(name.Bytes, known.ShardRoot, null);
        }

        BlobFetch found = await exchange.FetchAsync(name);
        if (found.Blob is not { } blob) return new BlobAnswer(0, null, found.Fault);
        BlobSet? set = exchange.Folder.Keep(name, blob, shard, until, out string? fault);
        return new BlobAnswer(name.Bytes, set?.ShardRoot, fault);
    }

    /// <inheritdoc/>
    public (byte[] Piece, Hash256[] Path)? FindPiece(Hash256 root, byte custodians, byte shard, ulong piece) =>
        exchange.Folder.FindPiece(root, custodians, shard, piece);

    /// <inheritdoc/>
    public bool PutReceipt(Hash256 root, byte custodians, ulong job, byte index, byte[] signature) =>
        exchange.Folder.AddReceipt(root, custodians, job, new SignedReceipt(index, signature));

    /// <inheritdoc/>
    public async Task<IReadOnlyList<(byte Index, byte[] Signature)>> ReceiptsAsync(Hash256 root, byte custodians, ulong job) =>
        [.. (await exchange.ReceiptsAsync(root, custodians, job)).Select(static receipt => (receipt.Index, receipt.Signature))];

    private string? FaultOf(ulong until)
    {
        ulong now = height();
        return until > now && until <= now + BlobFolder.BlocksAheadMax
            ? null
            : $"a blob is kept to a height from {now + 1} to {now + BlobFolder.BlocksAheadMax}, not {until}";
    }
}
