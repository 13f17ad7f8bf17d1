using System.Buffers.Binary;
using System.Runtime.CompilerServices;

namespace DePinChain.Primitives;

/// <summary>Keccak-256 with Ethereum's padding (0x01, not SHA-3's 0x06).</summary>
public static class Keccak256
{
    /// <summary>Bytes absorbed between two permutations: 1600 − 2 · 256 bits.</summary>
    internal const int Rate = 136;

    internal const int RateWords = Rate / 8;

    /// <summary>The digest of no bytes.</summary>
    public static readonly Hash256 Empty = Hash([]);

    public static Hash256 Hash(ReadOnlySpan<byte> message)
    {
        Span<ulong> state = stackalloc ulong[KeccakPermutation.StateWords];
        state.Clear();
        Absorb(state, message);
        return Squeeze(state);
    }

    /// <summary>Writes the 32-byte digest to <paramref name="digest"/>, which may overlap the message.</summary>
    public static void Hash(ReadOnlySpan<byte> message, Span<byte> digest)
    {
        Span<ulong> state = stackalloc ulong[KeccakPermutation.StateWords];
        state.Clear();
        Absorb(state, message);
        Squeeze(state).CopyTo(digest);
    }

    /// <summary>Hashes each message; <paramref name="digests"/> holds one place for each.</summary>
    /// <remarks>Eight at a time with AVX-512, four with AVX2; the digests are the same everywhere.</remarks>
    public static void HashMany(ReadOnlySpan<ReadOnlyMemory<byte>> messages, Span<Hash256> digests) =>
        KeccakBatch.Hash(KeccakBatch.LanesSupported, messages, digests);

    internal static Hash256 Squeeze(ReadOnlySpan<ulong> state) =>
        new(
            BinaryPrimitives.ReverseEndianness(state[0]),
            BinaryPrimitives.ReverseEndianness(state[1]),
            BinaryPrimitives.ReverseEndianness(state[2]),
            BinaryPrimitives.ReverseEndianness(state[3]));

    internal static void AbsorbBlock(Span<ulong> state, ReadOnlySpan<byte> block)
    {
        for (int i = 0; i < RateWords; i++) state[i] ^= BinaryPrimitives.ReadUInt64LittleEndian(block[(8 * i)..]);
    }

    /// <summary>Absorbs the rest of a message with its padding into a state that took whole blocks so far.</summary>
    [SkipLocalsInit]
    internal static void Absorb(Span<ulong> state, ReadOnlySpan<byte> message)
    {
        while (message.Length >= Rate)
        {
            AbsorbBlock(state, message);
            KeccakPermutation.Permute(state);
            message = message[Rate..];
        }

        Span<byte> last = stackalloc byte[Rate];
        Pad(message, last);
        AbsorbBlock(state, last);
        KeccakPermutation.Permute(state);
    }

    /// <summary>Fills one block: the last bytes of a message (fewer than <see cref="Rate"/>), then the padding 0x01 … 0x80.</summary>
    internal static void Pad(ReadOnlySpan<byte> tail, Span<byte> block)
    {
        tail.CopyTo(block);
        block[tail.Length..Rate].Clear();
        block[tail.Length] = 0x01;
        block[Rate - 1] |= 0x80;
    }

    /// <summary>Hashes a message that comes in parts. Not for several threads.</summary>
    public sealed class Hasher
    {
        private readonly ulong[] _state = new ulong[KeccakPermutation.StateWords];
        private readonly byte[] _block = new byte[Rate];
        private int _filled;

        public Hasher Append(ReadOnlySpan<byte> part)
        {
            while (part.Length > 0)
            {
                int taken = Math.Min(part.Length, Rate - _filled);
                part[..taken].CopyTo(_block.AsSpan(_filled));
                _filled += taken;
                part = part[taken..];
                if (_filled < Rate) continue;
                AbsorbBlock(_state, _block);
                KeccakPermutation.Permute(_state);
                _filled = 0;
            }

            return this;
        }

        /// <summary>The digest of all that was appended. The hasher is then empty again.</summary>
        public Hash256 Finish()
        {
            Pad(_block.AsSpan(0, _filled), _block);
            AbsorbBlock(_state, _block);
            KeccakPermutation.Permute(_state);
            Hash256 digest = Squeeze(_state);
            _state.AsSpan().Clear();
            _filled = 0;
            return digest;
        }
    }
}
