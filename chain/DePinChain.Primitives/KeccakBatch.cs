using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace DePinChain.Primitives;

/// <summary>Hashes many messages side by side. A lane that finishes its message takes the next one, so lengths may differ.</summary>
internal static unsafe class KeccakBatch
{
    private const int LanesMax = 8;
    private const int Alignment = 64;
    private const int StateBytes = KeccakPermutation.StateWords * LanesMax * sizeof(ulong);

    /// <summary>Lanes of the widest vectors this machine has: 8, 4, or 1 without them.</summary>
    internal static int LanesSupported => Avx512F.IsSupported ? 8 : Avx2.IsSupported ? 4 : 1;

    /// <param name="lanes">8, 4 or 1, at most <see cref="LanesSupported"/>.</param>
    /// <param name="messages">Any number of any length.</param>
    /// <param name="digests">A place for each message.</param>
    [SkipLocalsInit]
    internal static void Hash(int lanes, ReadOnlySpan<ReadOnlyMemory<byte>> messages, Span<Hash256> digests)
    {
        if (lanes == 1 || messages.Length < lanes)
        {
            for (int i = 0; i < messages.Length; i++) digests[i] = Keccak256.Hash(messages[i].Span);
            return;
        }

        // Vectors that straddle cache lines are slow: the state starts on one. The pointer stays inside its own stack block.
        byte* block = stackalloc byte[StateBytes + Alignment];
        ulong* words = (ulong*)(((nuint)block + Alignment - 1) & ~(nuint)(Alignment - 1));
        Span<ulong> state = new(words, KeccakPermutation.StateWords * lanes);
        state.Clear();

        Span<int> current = stackalloc int[LanesMax];
        Span<int> offset = stackalloc int[LanesMax];
        for (int lane = 0; lane < lanes; lane++) current[lane] = lane;
        offset.Clear();
        int next = lanes;
        int active = lanes;

        // With fewer than half of the lanes busy the scalar permutation is as fast.
        while (active > lanes / 2)
        {
            for (int lane = 0; lane < lanes; lane++)
            {
                if (current[lane] >= 0) AbsorbBlock(state, lanes, lane, messages[current[lane]].Span, offset[lane]);
            }

            Permute(state, lanes);
            for (int lane = 0; lane < lanes; lane++)
            {
                if (current[lane] < 0) continue;
                offset[lane] += Keccak256.Rate;
                // The block that holds the padding was the last: it is there even when the message fills its blocks.
                if (offset[lane] <= messages[current[lane]].Length) continue;
                digests[current[lane]] = Squeeze(state, lanes, lane);
                offset[lane] = 0;
                current[lane] = next < messages.Length ? next++ : -1;
                if (current[lane] < 0) active--;
                for (int i = lane; i < state.Length; i += lanes) state[i] = 0;
            }
        }

        for (int lane = 0; lane < lanes; lane++)
        {
            if (current[lane] >= 0) digests[current[lane]] = FinishAlone(state, lanes, lane, messages[current[lane]].Span[offset[lane]..]);
        }
    }

    private static void Permute(Span<ulong> state, int lanes)
    {
        if (lanes == 8) KeccakLanes.Permute(MemoryMarshal.Cast<ulong, Vector512<ulong>>(state));
        else KeccakLanes.Permute(MemoryMarshal.Cast<ulong, Vector256<ulong>>(state));
    }

    private static void AbsorbBlock(Span<ulong> state, int lanes, int lane, ReadOnlySpan<byte> message, int offset)
    {
        ReadOnlySpan<byte> rest = message[offset..];
        if (rest.Length >= Keccak256.Rate)
        {
            XorBlock(state, lanes, lane, rest);
            return;
        }

        Span<byte> last = stackalloc byte[Keccak256.Rate];
        Keccak256.Pad(rest, last);
        XorBlock(state, lanes, lane, last);
    }

    private static void XorBlock(Span<ulong> state, int lanes, int lane, ReadOnlySpan<byte> block)
    {
        // Inside the state: lane is less than lanes, and 17 words of each lane are less than its 25. Inside the block: its length is
        // checked.
        ref ulong word = ref Unsafe.Add(ref MemoryMarshal.GetReference(state), lane);
        ReadOnlySpan<ulong> input = MemoryMarshal.Cast<byte, ulong>(block[..Keccak256.Rate]);
        for (int i = 0; i < input.Length; i++)
        {
            word ^= BitConverter.IsLittleEndian ? input[i] : BinaryPrimitives.ReverseEndianness(input[i]);
            word = ref Unsafe.Add(ref word, lanes);
        }
    }

    private static Hash256 Squeeze(ReadOnlySpan<ulong> state, int lanes, int lane) =>
        Keccak256.Squeeze([state[lane], state[lanes + lane], state[(2 * lanes) + lane], state[(3 * lanes) + lane]]);

    private static Hash256 FinishAlone(ReadOnlySpan<ulong> state, int lanes, int lane, ReadOnlySpan<byte> rest)
    {
        Span<ulong> alone = stackalloc ulong[KeccakPermutation.StateWords];
        for (int i = 0; i < alone.Length; i++) alone[i] = state[(i * lanes) + lane];
        Keccak256.Absorb(alone, rest);
        return Keccak256.Squeeze(alone);
    }
}
