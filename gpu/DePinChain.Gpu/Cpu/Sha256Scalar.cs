using System.Buffers.Binary;
using System.Numerics;
using DePinChain.Proofs.Hashing;

namespace DePinChain.Gpu.Cpu;

/// <summary>
/// SHA-256 without vectors and without a native library: the reference of all other backends, and of machines that have neither.
/// </summary>
/// <remarks>FIPS 180-4, section 6.2.</remarks>
public static class Sha256Scalar
{
    /// <summary>Bytes of a digest.</summary>
    public const int DigestSize = 32;

    internal const int BlockSize = 64;

    internal static ReadOnlySpan<uint> Initial => Sha256Constants.Initial;

    /// <summary>The digest of a message.</summary>
    public static byte[] Hash(ReadOnlySpan<byte> message)
    {
        byte[] digest = new byte[DigestSize];
        Hash(message, digest);
        return digest;
    }

    /// <summary>The digest of a message.</summary>
    public static void Hash(ReadOnlySpan<byte> message, Span<byte> digest)
    {
        Span<uint> state = stackalloc uint[8];
        Initial.CopyTo(state);
        int whole = message.Length / BlockSize;
        for (int block = 0; block < whole; block++) Compress(state, message.Slice(block * BlockSize, BlockSize));
        Span<byte> last = stackalloc byte[2 * BlockSize];
        int blocks = PadTail(message[(whole * BlockSize)..], message.Length, last);
        for (int block = 0; block < blocks; block++) Compress(state, last.Slice(block * BlockSize, BlockSize));
        for (int word = 0; word < 8; word++) BinaryPrimitives.WriteUInt32BigEndian(digest[(4 * word)..], state[word]);
    }

    /// <summary>Writes the one or two blocks that end a message.</summary>
    /// <param name="tail">What is left after its whole blocks.</param>
    /// <param name="length">The message's length.</param>
    /// <param name="blocks">128 bytes.</param>
    internal static int PadTail(ReadOnlySpan<byte> tail, long length, Span<byte> blocks)
    {
        blocks.Clear();
        tail.CopyTo(blocks);
        blocks[tail.Length] = 0x80;
        int count = tail.Length + 9 > BlockSize ? 2 : 1;
        BinaryPrimitives.WriteUInt64BigEndian(blocks[((count * BlockSize) - 8)..], (ulong)length * 8);
        return count;
    }

    /// <summary>The compression function on one block.</summary>
    internal static void Compress(Span<uint> state, ReadOnlySpan<byte> block)
    {
        Span<uint> w = stackalloc uint[64];
        for (int t = 0; t < 16; t++) w[t] = BinaryPrimitives.ReadUInt32BigEndian(block[(4 * t)..]);
        unchecked
        {
            for (int t = 16; t < 64; t++)
            {
                uint s0 = BitOperations.RotateRight(w[t - 15], 7) ^ BitOperations.RotateRight(w[t - 15], 18) ^ (w[t - 15] >> 3);
                uint s1 = BitOperations.RotateRight(w[t - 2], 17) ^ BitOperations.RotateRight(w[t - 2], 19) ^ (w[t - 2] >> 10);
                w[t] = w[t - 16] + s0 + w[t - 7] + s1;
            }

            uint a = state[0], b = state[1], c = state[2], d = state[3], e = state[4], f = state[5], g = state[6], h = state[7];
            for (int t = 0; t < 64; t++)
            {
                uint sum1 = BitOperations.RotateRight(e, 6) ^ BitOperations.RotateRight(e, 11) ^ BitOperations.RotateRight(e, 25);
                uint first = h + sum1 + (g ^ (e & (f ^ g))) + Sha256Constants.K[t] + w[t];
                uint sum0 = BitOperations.RotateRight(a, 2) ^ BitOperations.RotateRight(a, 13) ^ BitOperations.RotateRight(a, 22);
                uint second = sum0 + ((a & b) ^ (a & c) ^ (b & c));
                (h, g, f, e, d, c, b, a) = (g, f, e, d + first, c, b, a, first + second);
            }

            state[0] += a;
            state[1] += b;
            state[2] += c;
            state[3] += d;
            state[4] += e;
            state[5] += f;
            state[6] += g;
            state[7] += h;
        }
    }
}
