using DePinChain.Primitives;
using DePinChain.Proofs.Availability;

namespace DePinChain.Engine.Blobs;

/// <summary>What a node knows and keeps of a blob in shards.</summary>
/// <param name="Name">The blob.</param>
/// <param name="ShardRoot">Root over all shards.</param>
/// <param name="Roots">Each shard's own root, so that one shard has its path without the others.</param>
/// <param name="Held">Bit i mod 8 of byte i / 8: shard i lies here.</param>
/// <param name="Until">The height from which it may be forgotten.</param>
public sealed record BlobSet(BlobName Name, Hash256 ShardRoot, IReadOnlyList<Hash256> Roots, byte[] Held, ulong Until)
{
    /// <summary>Shards that give the blob.</summary>
    public int DataShards => ShardSet.DataShardsOf(Name.Custodians);

    /// <summary>Shards that lie here.</summary>
    public IEnumerable<int> Shards => Enumerable.Range(0, Name.Custodians).Where(Has);

    /// <summary>Bytes on disk: below 16 custodians every shard is the same copy, which lies here once.</summary>
    public ulong Size => (DataShards == 1 ? Math.Min(1UL, (ulong)Shards.Count()) : (ulong)Shards.Count())
        * ShardSet.ShardBytesOf(Name.Bytes, Name.Custodians);

    /// <summary>Whether a shard lies here.</summary>
    public bool Has(int shard) => (Held[shard / 8] & (1 << (shard % 8))) != 0;

    /// <summary>With a shard more, or without it.</summary>
    public BlobSet With(int shard, bool isHeld)
    {
        byte[] held = [.. Held];
        byte bit = (byte)(1 << (shard % 8));
        held[shard / 8] = (byte)(isHeld ? held[shard / 8] | bit : held[shard / 8] & ~bit);
        return this with { Held = held };
    }

    /// <summary>What encoding a blob gives, nothing of it held yet.</summary>
    public static BlobSet Of(in BlobName name, ShardSet shards, ulong until) =>
        new(name, shards.Root, shards.Roots, new byte[(name.Custodians + 7) / 8], until);

    /// <summary>RLP [root, bytes, chunkBytes, custodians, [roots…], held, until].</summary>
    public byte[] Encode()
    {
        RlpWriter writer = new();
        int mark = writer.BeginList();
        writer.Write(Name.Root);
        writer.Write(Name.Bytes);
        writer.Write((ulong)Name.ChunkBytes);
        writer.Write((ulong)Name.Custodians);
        int roots = writer.BeginList();
        foreach (Hash256 root in Roots) writer.Write(root);
        writer.EndList(roots);
        writer.Write(Held);
        writer.Write(Until);
        writer.EndList(mark);
        return writer.ToArray();
    }

    /// <summary>Reads what <see cref="Encode"/> wrote; null for anything else.</summary>
    public static BlobSet? Decode(ReadOnlySpan<byte> encoded) =>
        RlpDecoding.TryDecode(encoded, Read, out BlobSet? set, out _) ? set : null;

    private static BlobSet Read(ref RlpReader reader)
    {
        RlpReader fields = reader.ReadList();
        BlobName name = new(fields.ReadHash256(), fields.ReadUInt64(), fields.ReadUInt32(), fields.ReadByte());
        RlpReader list = fields.ReadList();
        List<Hash256> roots = [];
        while (!list.AtEnd) roots.Add(list.ReadHash256());
        byte[] held = fields.ReadBytes((name.Custodians + 7) / 8).ToArray();
        ulong until = fields.ReadUInt64();
        fields.ExpectEnd();
        if (roots.Count != name.Custodians || roots.Count == 0) throw new RlpException("A root is missing.");
        return new BlobSet(name, ShardSet.RootOver(roots), roots, held, until);
    }
}
