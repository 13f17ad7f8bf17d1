using DePinChain.Primitives;

namespace DePinChain.Rpc;

/// <summary>
/// The blobs that lie in shards on nodes outside the state, for programs on this machine: workers, and whoever makes blobs.
/// </summary>
public interface INodeBlobs
{
    /// <summary>Takes a part of a blob; once all is there, makes its shards, keeps them and gives them to peers who ask.</summary>
    /// <param name="name">Which blob.</param>
    /// <param name="until">The height from which it may be forgotten.</param>
    /// <param name="offset">Where the part begins: where the last one ended, or 0 to begin again.</param>
    /// <param name="part">Its bytes.</param>
    BlobAnswer Put(BlobName name, ulong until, ulong offset, byte[] part);

    /// <summary>The whole blob, from here or from any peers whose shards give it.</summary>
    Task<BlobBytes> GetAsync(BlobName name);

    /// <summary>Fetches a blob as a custodian does, and keeps one shard of it.</summary>
    /// <param name="name">Which blob.</param>
    /// <param name="shard">Which shard.</param>
    /// <param name="until">The height from which it may be forgotten.</param>
    Task<BlobAnswer> KeepAsync(BlobName name, byte shard, ulong until);

    /// <summary>A piece of a shard that lies here, with its path to the root over all shards; null when it does not.</summary>
    (byte[] Piece, Hash256[] Path)? FindPiece(Hash256 root, byte custodians, byte shard, ulong piece);

    /// <summary>Leaves a custodian's receipt here for whoever collects them; false when the blob is not known here.</summary>
    bool PutReceipt(Hash256 root, byte custodians, ulong job, byte index, byte[] signature);

    /// <summary>Receipts for a job, from here and from peers; nothing about them is checked.</summary>
    Task<IReadOnlyList<(byte Index, byte[] Signature)>> ReceiptsAsync(Hash256 root, byte custodians, ulong job);

    /// <summary>What lies here.</summary>
    BlobHouse House { get; }
}

/// <summary>What became of a blob that was brought or fetched.</summary>
/// <param name="Received">Bytes of it that are here.</param>
/// <param name="ShardRoot">The root over its shards once it is whole.</param>
/// <param name="Fault">Why it was not taken; null when it was.</param>
public sealed record BlobAnswer(ulong Received, Hash256? ShardRoot, string? Fault);

/// <summary>A blob, or why it could not be had.</summary>
public sealed record BlobBytes(byte[]? Blob, string? Fault);

/// <summary>How full the store of blobs is.</summary>
/// <param name="Size">Bytes that lie here.</param>
/// <param name="Quota">Bytes that may.</param>
/// <param name="Blobs">Each blob, the shards of it that lie here, and until when.</param>
public sealed record BlobHouse(ulong Size, ulong Quota, IReadOnlyList<(BlobName Name, IReadOnlyList<int> Shards, ulong Until)> Blobs);
