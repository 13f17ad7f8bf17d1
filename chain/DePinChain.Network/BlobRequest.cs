using System.Diagnostics.CodeAnalysis;
using DePinChain.Primitives;

namespace DePinChain.Network;

/// <summary>What is asked of <c>/dpc/blob/1</c>.</summary>
public enum BlobQuestion : byte
{
    /// <summary>Which shards of a blob a peer has.</summary>
    Holdings = 0,

    /// <summary>One shard with its path.</summary>
    Shard = 1,

    /// <summary>The receipts for a job that a peer has.</summary>
    Receipts = 2,
}

/// <summary>Asks about a blob in shards.</summary>
/// <param name="Question">What is wanted.</param>
/// <param name="Root">The blob's root.</param>
/// <param name="Custodians">How many shards it is cut into: with the root this names every shard.</param>
/// <param name="Number">The shard, or the job whose receipts are asked for; nothing for holdings.</param>
public sealed record BlobRequest(BlobQuestion Question, Hash256 Root, byte Custodians, ulong Number)
{
    /// <summary>RLP [question, root, custodians, number].</summary>
    public byte[] Encode()
    {
        RlpWriter writer = new();
        int mark = writer.BeginList();
        writer.Write((ulong)Question);
        writer.Write(Root);
        writer.Write((ulong)Custodians);
        writer.Write(Number);
        writer.EndList(mark);
        return writer.ToArray();
    }

    /// <summary>Reads a request from anyone; a shard's number is below the custodians'.</summary>
    public static bool TryDecode(ReadOnlySpan<byte> encoded, [NotNullWhen(true)] out BlobRequest? request) =>
        RlpDecoding.TryDecode(encoded, Read, out request, out _);

    private static BlobRequest Read(ref RlpReader reader)
    {
        RlpReader fields = reader.ReadList();
        byte question = fields.ReadByte();
        BlobRequest read = new((BlobQuestion)question, fields.ReadHash256(), fields.ReadByte(), fields.ReadUInt64());
        fields.ExpectEnd();
        if (read.Question > BlobQuestion.Receipts) throw new RlpException($"There is no question {question} about blobs.");
        if (read.Custodians == 0) throw new RlpException("A blob is cut into at least one shard.");
        if (read.Question == BlobQuestion.Shard && read.Number >= read.Custodians)
            throw new RlpException($"Shard {read.Number} of {read.Custodians} is asked for.");
        return read;
    }
}

/// <summary>Which shards a peer says it has.</summary>
/// <param name="ShardRoot">The root over all shards, as the peer sees it.</param>
/// <param name="Held">Bit i mod 8 of byte i / 8 is shard i.</param>
public sealed record BlobHoldings(Hash256 ShardRoot, byte[] Held)
{
    private const int HeldBytesMax = 32;

    /// <summary>Whether a shard is among them.</summary>
    public bool Has(int shard) => shard / 8 < Held.Length && (Held[shard / 8] & (1 << (shard % 8))) != 0;

    /// <summary>RLP [shardRoot, held].</summary>
    public byte[] Encode()
    {
        RlpWriter writer = new();
        int mark = writer.BeginList();
        writer.Write(ShardRoot);
        writer.Write(Held);
        writer.EndList(mark);
        return writer.ToArray();
    }

    /// <summary>Reads an answer from anyone.</summary>
    public static bool TryDecode(ReadOnlySpan<byte> encoded, [NotNullWhen(true)] out BlobHoldings? holdings) =>
        RlpDecoding.TryDecode(encoded, Read, out holdings, out _);

    private static BlobHoldings Read(ref RlpReader reader)
    {
        RlpReader fields = reader.ReadList();
        BlobHoldings read = new(fields.ReadHash256(), fields.ReadBytes().ToArray());
        fields.ExpectEnd();
        return read.Held.Length <= HeldBytesMax ? read : throw new RlpException("More shards than there can be.");
    }
}

/// <summary>A shard with its path to the root over all shards, so that whoever asked can check it alone.</summary>
/// <param name="ShardRoot">The root over all shards, as the peer sees it.</param>
/// <param name="Path">From the shard's own root upwards.</param>
/// <param name="Bytes">The shard.</param>
public sealed record BlobShard(Hash256 ShardRoot, Hash256[] Path, byte[] Bytes)
{
    private const int PathMax = 8;

    /// <summary>RLP [shardRoot, [path…], bytes].</summary>
    public byte[] Encode()
    {
        RlpWriter writer = new(Bytes.Length + 512);
        int mark = writer.BeginList();
        writer.Write(ShardRoot);
        int path = writer.BeginList();
        foreach (Hash256 node in Path) writer.Write(node);
        writer.EndList(path);
        writer.Write(Bytes);
        writer.EndList(mark);
        return writer.ToArray();
    }

    /// <summary>Reads an answer from anyone; the path is as long as 255 shards need at most.</summary>
    public static bool TryDecode(ReadOnlySpan<byte> encoded, [NotNullWhen(true)] out BlobShard? shard) =>
        RlpDecoding.TryDecode(encoded, Read, out shard, out _);

    private static BlobShard Read(ref RlpReader reader)
    {
        RlpReader fields = reader.ReadList();
        Hash256 root = fields.ReadHash256();
        RlpReader nodes = fields.ReadList();
        List<Hash256> path = [];
        while (!nodes.AtEnd)
        {
            if (path.Count == PathMax) throw new RlpException($"A path has more than {PathMax} nodes.");
            path.Add(nodes.ReadHash256());
        }

        BlobShard read = new(root, [.. path], fields.ReadBytes().ToArray());
        fields.ExpectEnd();
        return read;
    }
}

/// <summary>Custodians' signed words that they hold their shards.</summary>
/// <param name="Receipts">By custodian; nothing about them is checked here.</param>
public sealed record BlobReceipts(IReadOnlyList<SignedReceipt> Receipts)
{
    /// <summary>Receipts in one answer: two of each custodian.</summary>
    public const int CountMax = 512;

    private const int SignatureSize = 65;

    /// <summary>RLP [[index, signature]…].</summary>
    public byte[] Encode()
    {
        RlpWriter writer = new();
        int mark = writer.BeginList();
        foreach (SignedReceipt receipt in Receipts)
        {
            int item = writer.BeginList();
            writer.Write((ulong)receipt.Index);
            writer.Write(receipt.Signature);
            writer.EndList(item);
        }

        writer.EndList(mark);
        return writer.ToArray();
    }

    /// <summary>Reads an answer from anyone.</summary>
    public static bool TryDecode(ReadOnlySpan<byte> encoded, [NotNullWhen(true)] out BlobReceipts? receipts) =>
        RlpDecoding.TryDecode(encoded, Read, out receipts, out _);

    private static BlobReceipts Read(ref RlpReader reader)
    {
        RlpReader items = reader.ReadList();
        List<SignedReceipt> read = [];
        while (!items.AtEnd)
        {
            if (read.Count == CountMax) throw new RlpException($"More than {CountMax} receipts.");
            RlpReader fields = items.ReadList();
            read.Add(new SignedReceipt(fields.ReadByte(), fields.ReadBytes(SignatureSize).ToArray()));
            fields.ExpectEnd();
        }

        return new BlobReceipts(read);
    }
}

/// <summary>A custodian's signature that it holds its shard.</summary>
/// <param name="Index">The custodian and its shard.</param>
/// <param name="Signature">65 bytes.</param>
public sealed record SignedReceipt(byte Index, byte[] Signature);
