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
    public static bool TryDecode(ReadOnlySpan<byte> encoded, [NotNullWhen(true)] out PooledTransactionsRequest? request)
    {
        request = null;
        try
        {
            RlpReader reader = new(encoded);
            RlpReader items = reader.ReadList();
            reader.ExpectEnd();
            int count = items.CountItems();
            if (count is 0 or > CountMax) return false;
            Hash256[] hashes = new Hash256[count];
            for (int index = 0; index < hashes.Length; index++) hashes[index] = items.ReadHash256();
            request = new PooledTransactionsRequest(hashes);
            return true;
        }
        catch (RlpException)
        {
            return false;
        }
    }
}
