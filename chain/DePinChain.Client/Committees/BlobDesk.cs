using System.Text.Json.Nodes;
using DePinChain.Primitives;

namespace DePinChain.Client.Committees;

/// <summary>A node's store of blobs in shards, over its JSON-RPC on this machine.</summary>
public sealed class BlobDesk(JsonRpcConnection node)
{
    // What the node takes and gives in one call.
    private const int PartBytes = 2 * 1024 * 1024;

    /// <summary>Brings a blob to the node, which makes its shards and gives them to custodians who ask.</summary>
    /// <param name="name">Which blob.</param>
    /// <param name="blob">Its bytes.</param>
    /// <param name="until">The height from which it may be forgotten.</param>
    /// <param name="cancellation">Ends the wait.</param>
    /// <returns>The root over the shards.</returns>
    /// <exception cref="NodeRefusedException">It is full, or the bytes are not that blob's.</exception>
    public async Task<Hash256> PutAsync(BlobName name, ReadOnlyMemory<byte> blob, ulong until, CancellationToken cancellation)
    {
        for (int offset = 0; ;)
        {
            int length = Math.Min(PartBytes, blob.Length - offset);
            JsonNode? answer = await node.CallAsync(
                "depin_putBlob", cancellation,
                [.. NameOf(name), until, offset, Hex.Encode(blob.Span.Slice(offset, length))]);
            offset += length;
            if (offset == blob.Length) return Hash256.Parse(answer!["shardRoot"]!.GetValue<string>());
        }
    }

    /// <summary>The whole blob, out of whatever shards the node finds.</summary>
    /// <exception cref="NodeRefusedException">Too few are to be had.</exception>
    public async Task<byte[]> GetAsync(BlobName name, CancellationToken cancellation)
    {
        byte[] blob = new byte[name.Bytes];
        for (int offset = 0; offset < blob.Length;)
        {
            JsonNode? answer = await node.CallAsync(
                "depin_getBlob", cancellation, [.. NameOf(name), offset, Math.Min(PartBytes, blob.Length - offset)]);
            byte[] part = Hex.Decode(answer!.GetValue<string>());
            part.AsSpan(0, Math.Min(part.Length, blob.Length - offset)).CopyTo(blob.AsSpan(offset));
            offset += part.Length > 0 ? part.Length
                : throw new NodeUnreachableException(node.Endpoint, "depin_getBlob answered no bytes");
        }

        return blob;
    }

    /// <summary>Has the node fetch a custodian's shard and keep it.</summary>
    /// <returns>The root over all shards.</returns>
    /// <exception cref="NodeRefusedException">The blob is not to be had, or there is no room.</exception>
    public async Task<Hash256> KeepAsync(BlobName name, byte shard, ulong until, CancellationToken cancellation)
    {
        JsonNode? answer = await node.CallAsync("depin_keepShard", cancellation, [.. NameOf(name), shard, until]);
        return Hash256.Parse(answer!["shardRoot"]!.GetValue<string>());
    }

    /// <summary>A piece of a shard that lies at the node, with its path.</summary>
    /// <exception cref="NodeRefusedException">It does not lie there.</exception>
    public async Task<(byte[] Piece, Hash256[] Path)> PieceAsync(
        Hash256 root, byte custodians, byte shard, ulong piece, CancellationToken cancellation)
    {
        JsonNode? answer = await node.CallAsync("depin_getShard", cancellation, root.ToString(), custodians, shard, piece);
        return (
            Hex.Decode(answer!["piece"]!.GetValue<string>()),
            [.. answer["path"]!.AsArray().Select(static path => Hash256.Parse(path!.GetValue<string>()))]);
    }

    /// <summary>Leaves a receipt at the node for whoever collects them.</summary>
    public Task PutReceiptAsync(BlobName name, ulong job, byte index, byte[] signature, CancellationToken cancellation) => node.CallAsync(
        "depin_putReceipt", cancellation, name.Root.ToString(), name.Custodians, job, index, Hex.Encode(signature));

    /// <summary>Receipts for a job from everywhere; whether they are true, whoever uses them checks.</summary>
    public async Task<IReadOnlyList<(byte Index, byte[] Signature)>> ReceiptsAsync(
        BlobName name, ulong job, CancellationToken cancellation)
    {
        JsonNode? answer = await node.CallAsync("depin_getReceipts", cancellation, name.Root.ToString(), name.Custodians, job);
        return [.. (answer as JsonArray ?? []).Select(static one => (
            (byte)one!["index"]!.GetValue<int>(), Hex.Decode(one["signature"]!.GetValue<string>())))];
    }

    private static JsonNode?[] NameOf(BlobName name) => [name.Root.ToString(), name.Bytes, name.ChunkBytes, name.Custodians];
}
