using System.Diagnostics.CodeAnalysis;
using DePinChain.Primitives;

namespace DePinChain.Network;

/// <summary>Asks for pending transactions by hash (<c>/dpc/pooled-tx/1</c>); each chunk is one raw transaction that the peer has.</summary>
public sealed record PooledTransactionsRequest(IReadOnlyList<Hash256> Hashes)
{
    /// <summary>Hashes in one request.</summary>
    public const int CountMax = 256;

    /// <summary>Bytes after which an answer stops; what is missing is asked for again.</summary>
    public const int AnswerBytesMax = 2 * 1024 * 1024;

    /// <summary>RLP [hash…].</summary>
    public byte[] Encode()
    {
        RlpWriter writer = new();
        int mark = writer.BeginList();
        foreach (Hash256 hash in Hashes) writer.Write(hash);
        writer.EndList(mark);
        return writer.ToArray();
    }

    /// <summary>Reads a request from anyone; the count is within its bounds.</summary>
    public static bool TryDecode(ReadOnlySpan<byte> encoded, [NotNullWhen(true)] out PooledTransactionsRequest? request) =>
        RlpDecoding.TryDecode(encoded, Read, out request, out _);

    private static PooledTransactionsRequest Read(ref RlpReader reader)
    {
        RlpReader fields = reader.ReadList();
        int count = fields.CountItems();
        if (count is 0 or > CountMax) throw new RlpException($"{count} transactions are asked for, where 1 to {CountMax} may be.");
        Hash256[] hashes = new Hash256[count];
        for (int index = 0; index < hashes.Length; index++) hashes[index] = fields.ReadHash256();
        return new PooledTransactionsRequest(hashes);
    }
}
