using System.Buffers.Binary;
using DePinChain.Primitives;

namespace DePinChain.Inference.Commitments;

/// <summary>What a miner keeps of one chunk of an answer.</summary>
/// <param name="Tokens">Its tokens.</param>
/// <param name="Proof">The commitment to the activations that chose them.</param>
/// <param name="ActivationDigest">In the exact profiles SHA-256 of the activations' bytes, little-endian singles; zero otherwise.</param>
public sealed record TranscriptChunk(IReadOnlyList<int> Tokens, ReadOnlyMemory<byte> Proof, Hash256 ActivationDigest);

/// <summary>
/// An answer with its commitments: rows P − 1 … P − 2 + n of a prompt of P tokens chose the n tokens, so the same rows serve the check of
/// activations and the check of tokens. Chunks of 32 rows, the last may be short.
/// </summary>
/// <param name="Chunks">The chunks in order.</param>
public sealed record Transcript(IReadOnlyList<TranscriptChunk> Chunks)
{
    /// <summary>Tokens of a chunk.</summary>
    public const int ChunkTokens = 32;

    private const int ChunksMax = 4096;
    private const int ProofBytesMax = 1024;

    /// <summary>All tokens.</summary>
    public IReadOnlyList<int> Tokens => [.. Chunks.SelectMany(static chunk => chunk.Tokens)];

    /// <summary>
    /// keccak over the leaves' binary tree: leaf c = keccak(0 ‖ u32 c ‖ u16 tokens ‖ u32 each ‖ u16 length ‖ proof ‖ digest 32), inner =
    /// keccak(1 ‖ left ‖ right), a node without a neighbour moves up; zero without chunks.
    /// </summary>
    public Hash256 Root()
    {
        List<Hash256> nodes = [.. Chunks.Select(static (chunk, at) => LeafOf(chunk, at))];
        if (nodes.Count == 0) return Hash256.Zero;
        Span<byte> pair = stackalloc byte[65];
        pair[0] = 1;
        while (nodes.Count > 1)
        {
            List<Hash256> above = [];
            for (int at = 0; at + 1 < nodes.Count; at += 2)
            {
                nodes[at].CopyTo(pair[1..]);
                nodes[at + 1].CopyTo(pair[33..]);
                above.Add(Keccak256.Hash(pair));
            }

            if (nodes.Count % 2 == 1) above.Add(nodes[^1]);
            nodes = above;
        }

        return nodes[0];
    }

    /// <summary>The transcript as bytes: u32 chunks, then each chunk as in its leaf, without the tag.</summary>
    public byte[] Encode()
    {
        using MemoryStream stream = new();
        Span<byte> count = stackalloc byte[4];
        BinaryPrimitives.WriteUInt32BigEndian(count, (uint)Chunks.Count);
        stream.Write(count);
        for (int at = 0; at < Chunks.Count; at++) stream.Write(Encode(Chunks[at], at).AsSpan(1));
        return stream.ToArray();
    }

    /// <summary>Reads a transcript from a stranger: every length is bounded before anything is made of it.</summary>
    public static bool TryDecode(ReadOnlySpan<byte> bytes, out Transcript transcript)
    {
        transcript = new Transcript([]);
        if (bytes.Length < 4) return false;
        uint count = BinaryPrimitives.ReadUInt32BigEndian(bytes);
        if (count > ChunksMax) return false;
        bytes = bytes[4..];
        List<TranscriptChunk> chunks = [];
        for (uint at = 0; at < count; at++)
        {
            if (bytes.Length < 6 || BinaryPrimitives.ReadUInt32BigEndian(bytes) != at) return false;
            int tokens = BinaryPrimitives.ReadUInt16BigEndian(bytes[4..]);
            bytes = bytes[6..];
            bool last = at + 1 == count;
            if (tokens is 0 or > ChunkTokens || (!last && tokens != ChunkTokens) || bytes.Length < (4 * tokens) + 2) return false;
            int[] own = new int[tokens];
            for (int token = 0; token < tokens; token++)
            {
                uint value = BinaryPrimitives.ReadUInt32BigEndian(bytes[(4 * token)..]);
                if (value > int.MaxValue) return false;
                own[token] = (int)value;
            }

            bytes = bytes[(4 * tokens)..];
            int length = BinaryPrimitives.ReadUInt16BigEndian(bytes);
            if (length > ProofBytesMax || bytes.Length < 2 + length + Hash256.Size) return false;
            chunks.Add(new TranscriptChunk(own, bytes.Slice(2, length).ToArray(), new Hash256(bytes.Slice(2 + length, Hash256.Size))));
            bytes = bytes[(2 + length + Hash256.Size)..];
        }

        transcript = new Transcript(chunks);
        return bytes.IsEmpty;
    }

    private static Hash256 LeafOf(TranscriptChunk chunk, int number) => Keccak256.Hash(Encode(chunk, number));

    private static byte[] Encode(TranscriptChunk chunk, int number)
    {
        byte[] bytes = new byte[1 + 4 + 2 + (4 * chunk.Tokens.Count) + 2 + chunk.Proof.Length + Hash256.Size];
        BinaryPrimitives.WriteUInt32BigEndian(bytes.AsSpan(1), (uint)number);
        BinaryPrimitives.WriteUInt16BigEndian(bytes.AsSpan(5), checked((ushort)chunk.Tokens.Count));
        int at = 7;
        foreach (int token in chunk.Tokens)
        {
            BinaryPrimitives.WriteUInt32BigEndian(bytes.AsSpan(at), (uint)token);
            at += 4;
        }

        BinaryPrimitives.WriteUInt16BigEndian(bytes.AsSpan(at), checked((ushort)chunk.Proof.Length));
        chunk.Proof.Span.CopyTo(bytes.AsSpan(at + 2));
        chunk.ActivationDigest.CopyTo(bytes.AsSpan(at + 2 + chunk.Proof.Length));
        return bytes;
    }
}
