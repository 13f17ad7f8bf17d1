using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace DePinChain.Primitives;

/// <summary>The permutation Keccak-f[1600], one state at a time.</summary>
/// <remarks>
/// The two rounds of the loop are straight-line code that a script wrote out (theta, rho with pi, chi, iota; lane x + 5y is word x +
/// 5y): with the state in locals instead of an array it is eight times as fast as the textbook loop.
/// </remarks>
internal static class KeccakPermutation
{
    internal const int StateWords = 25;

    // FIPS 202, 3.2.5.
    internal static ReadOnlySpan<ulong> RoundConstants =>
    [
        0x0000000000000001, 0x0000000000008082, 0x800000000000808a, 0x8000000080008000, 0x000000000000808b, 0x0000000080000001,
        0x8000000080008081, 0x8000000000008009, 0x000000000000008a, 0x0000000000000088, 0x0000000080008009, 0x000000008000000a,
        0x000000008000808b, 0x800000000000008b, 0x8000000000008089, 0x8000000000008003, 0x8000000000008002, 0x8000000000000080,
        0x000000000000800a, 0x800000008000000a, 0x8000000080008081, 0x8000000000008080, 0x0000000080000001, 0x8000000080008008,
    ];

    /// <summary>Permutes 25 words in place.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    [SkipLocalsInit]
    internal static void Permute(Span<ulong> words)
    {
        Invariant.Assert(words.Length == StateWords, "A Keccak state has 25 words.");
        ref ulong state = ref MemoryMarshal.GetReference(words);
        unchecked
        {
            ulong a00 = Unsafe.Add(ref state, 0);
            ulong a01 = Unsafe.Add(ref state, 1);
            ulong a02 = Unsafe.Add(ref state, 2);
            ulong a03 = Unsafe.Add(ref state, 3);
            ulong a04 = Unsafe.Add(ref state, 4);
            ulong a05 = Unsafe.Add(ref state, 5);
            ulong a06 = Unsafe.Add(ref state, 6);
            ulong a07 = Unsafe.Add(ref state, 7);
            ulong a08 = Unsafe.Add(ref state, 8);
            ulong a09 = Unsafe.Add(ref state, 9);
            ulong a10 = Unsafe.Add(ref state, 10);
            ulong a11 = Unsafe.Add(ref state, 11);
            ulong a12 = Unsafe.Add(ref state, 12);
            ulong a13 = Unsafe.Add(ref state, 13);
            ulong a14 = Unsafe.Add(ref state, 14);
            ulong a15 = Unsafe.Add(ref state, 15);
            ulong a16 = Unsafe.Add(ref state, 16);
            ulong a17 = Unsafe.Add(ref state, 17);
            ulong a18 = Unsafe.Add(ref state, 18);
            ulong a19 = Unsafe.Add(ref state, 19);
            ulong a20 = Unsafe.Add(ref state, 20);
            ulong a21 = Unsafe.Add(ref state, 21);
            ulong a22 = Unsafe.Add(ref state, 22);
            ulong a23 = Unsafe.Add(ref state, 23);
            ulong a24 = Unsafe.Add(ref state, 24);
            ulong b0, b1, b2, b3, b4;
            ulong c0, c1, c2, c3, c4;
            ulong d0, d1, d2, d3, d4;
            ulong e00, e01, e02, e03, e04;
            ulong e05, e06, e07, e08, e09;
            ulong e10, e11, e12, e13, e14;
            ulong e15, e16, e17, e18, e19;
            ulong e20, e21, e22, e23, e24;

            for (int round = 0; round < RoundConstants.Length; round += 2)
            {
                c0 = a00 ^ a05 ^ a10 ^ a15 ^ a20;
                c1 = a01 ^ a06 ^ a11 ^ a16 ^ a21;
                c2 = a02 ^ a07 ^ a12 ^ a17 ^ a22;
                c3 = a03 ^ a08 ^ a13 ^ a18 ^ a23;
                c4 = a04 ^ a09 ^ a14 ^ a19 ^ a24;
                d0 = c4 ^ BitOperations.RotateLeft(c1, 1);
                d1 = c0 ^ BitOperations.RotateLeft(c2, 1);
                d2 = c1 ^ BitOperations.RotateLeft(c3, 1);
                d3 = c2 ^ BitOperations.RotateLeft(c4, 1);
                d4 = c3 ^ BitOperations.RotateLeft(c0, 1);
                b0 = a00 ^ d0;
                b1 = BitOperations.RotateLeft(a06 ^ d1, 44);
                b2 = BitOperations.RotateLeft(a12 ^ d2, 43);
                b3 = BitOperations.RotateLeft(a18 ^ d3, 21);
                b4 = BitOperations.RotateLeft(a24 ^ d4, 14);
                e00 = b0 ^ (~b1 & b2) ^ RoundConstants[round];
                e01 = b1 ^ (~b2 & b3);
                e02 = b2 ^ (~b3 & b4);
                e03 = b3 ^ (~b4 & b0);
                e04 = b4 ^ (~b0 & b1);
                b0 = BitOperations.RotateLeft(a03 ^ d3, 28);
                b1 = BitOperations.RotateLeft(a09 ^ d4, 20);
                b2 = BitOperations.RotateLeft(a10 ^ d0, 3);
                b3 = BitOperations.RotateLeft(a16 ^ d1, 45);
                b4 = BitOperations.RotateLeft(a22 ^ d2, 61);
                e05 = b0 ^ (~b1 & b2);
                e06 = b1 ^ (~b2 & b3);
                e07 = b2 ^ (~b3 & b4);
                e08 = b3 ^ (~b4 & b0);
                e09 = b4 ^ (~b0 & b1);
                b0 = BitOperations.RotateLeft(a01 ^ d1, 1);
                b1 = BitOperations.RotateLeft(a07 ^ d2, 6);
                b2 = BitOperations.RotateLeft(a13 ^ d3, 25);
                b3 = BitOperations.RotateLeft(a19 ^ d4, 8);
                b4 = BitOperations.RotateLeft(a20 ^ d0, 18);
                e10 = b0 ^ (~b1 & b2);
                e11 = b1 ^ (~b2 & b3);
                e12 = b2 ^ (~b3 & b4);
                e13 = b3 ^ (~b4 & b0);
                e14 = b4 ^ (~b0 & b1);
                b0 = BitOperations.RotateLeft(a04 ^ d4, 27);
                b1 = BitOperations.RotateLeft(a05 ^ d0, 36);
                b2 = BitOperations.RotateLeft(a11 ^ d1, 10);
                b3 = BitOperations.RotateLeft(a17 ^ d2, 15);
                b4 = BitOperations.RotateLeft(a23 ^ d3, 56);
                e15 = b0 ^ (~b1 & b2);
                e16 = b1 ^ (~b2 & b3);
                e17 = b2 ^ (~b3 & b4);
                e18 = b3 ^ (~b4 & b0);
                e19 = b4 ^ (~b0 & b1);
                b0 = BitOperations.RotateLeft(a02 ^ d2, 62);
                b1 = BitOperations.RotateLeft(a08 ^ d3, 55);
                b2 = BitOperations.RotateLeft(a14 ^ d4, 39);
                b3 = BitOperations.RotateLeft(a15 ^ d0, 41);
                b4 = BitOperations.RotateLeft(a21 ^ d1, 2);
                e20 = b0 ^ (~b1 & b2);
                e21 = b1 ^ (~b2 & b3);
                e22 = b2 ^ (~b3 & b4);
                e23 = b3 ^ (~b4 & b0);
                e24 = b4 ^ (~b0 & b1);

                c0 = e00 ^ e05 ^ e10 ^ e15 ^ e20;
                c1 = e01 ^ e06 ^ e11 ^ e16 ^ e21;
                c2 = e02 ^ e07 ^ e12 ^ e17 ^ e22;
                c3 = e03 ^ e08 ^ e13 ^ e18 ^ e23;
                c4 = e04 ^ e09 ^ e14 ^ e19 ^ e24;
                d0 = c4 ^ BitOperations.RotateLeft(c1, 1);
                d1 = c0 ^ BitOperations.RotateLeft(c2, 1);
                d2 = c1 ^ BitOperations.RotateLeft(c3, 1);
                d3 = c2 ^ BitOperations.RotateLeft(c4, 1);
                d4 = c3 ^ BitOperations.RotateLeft(c0, 1);
                b0 = e00 ^ d0;
                b1 = BitOperations.RotateLeft(e06 ^ d1, 44);
                b2 = BitOperations.RotateLeft(e12 ^ d2, 43);
                b3 = BitOperations.RotateLeft(e18 ^ d3, 21);
                b4 = BitOperations.RotateLeft(e24 ^ d4, 14);
                a00 = b0 ^ (~b1 & b2) ^ RoundConstants[round + 1];
                a01 = b1 ^ (~b2 & b3);
                a02 = b2 ^ (~b3 & b4);
                a03 = b3 ^ (~b4 & b0);
                a04 = b4 ^ (~b0 & b1);
                b0 = BitOperations.RotateLeft(e03 ^ d3, 28);
                b1 = BitOperations.RotateLeft(e09 ^ d4, 20);
                b2 = BitOperations.RotateLeft(e10 ^ d0, 3);
                b3 = BitOperations.RotateLeft(e16 ^ d1, 45);
                b4 = BitOperations.RotateLeft(e22 ^ d2, 61);
                a05 = b0 ^ (~b1 & b2);
                a06 = b1 ^ (~b2 & b3);
                a07 = b2 ^ (~b3 & b4);
                a08 = b3 ^ (~b4 & b0);
                a09 = b4 ^ (~b0 & b1);
                b0 = BitOperations.RotateLeft(e01 ^ d1, 1);
                b1 = BitOperations.RotateLeft(e07 ^ d2, 6);
                b2 = BitOperations.RotateLeft(e13 ^ d3, 25);
                b3 = BitOperations.RotateLeft(e19 ^ d4, 8);
                b4 = BitOperations.RotateLeft(e20 ^ d0, 18);
                a10 = b0 ^ (~b1 & b2);
                a11 = b1 ^ (~b2 & b3);
                a12 = b2 ^ (~b3 & b4);
                a13 = b3 ^ (~b4 & b0);
                a14 = b4 ^ (~b0 & b1);
                b0 = BitOperations.RotateLeft(e04 ^ d4, 27);
                b1 = BitOperations.RotateLeft(e05 ^ d0, 36);
                b2 = BitOperations.RotateLeft(e11 ^ d1, 10);
                b3 = BitOperations.RotateLeft(e17 ^ d2, 15);
                b4 = BitOperations.RotateLeft(e23 ^ d3, 56);
                a15 = b0 ^ (~b1 & b2);
                a16 = b1 ^ (~b2 & b3);
                a17 = b2 ^ (~b3 & b4);
                a18 = b3 ^ (~b4 & b0);
                a19 = b4 ^ (~b0 & b1);
                b0 = BitOperations.RotateLeft(e02 ^ d2, 62);
                b1 = BitOperations.RotateLeft(e08 ^ d3, 55);
                b2 = BitOperations.RotateLeft(e14 ^ d4, 39);
                b3 = BitOperations.RotateLeft(e15 ^ d0, 41);
                b4 = BitOperations.RotateLeft(e21 ^ d1, 2);
                a20 = b0 ^ (~b1 & b2);
                a21 = b1 ^ (~b2 & b3);
                a22 = b2 ^ (~b3 & b4);
                a23 = b3 ^ (~b4 & b0);
                a24 = b4 ^ (~b0 & b1);
            }

            Unsafe.Add(ref state, 0) = a00;
            Unsafe.Add(ref state, 1) = a01;
            Unsafe.Add(ref state, 2) = a02;
            Unsafe.Add(ref state, 3) = a03;
            Unsafe.Add(ref state, 4) = a04;
            Unsafe.Add(ref state, 5) = a05;
            Unsafe.Add(ref state, 6) = a06;
            Unsafe.Add(ref state, 7) = a07;
            Unsafe.Add(ref state, 8) = a08;
            Unsafe.Add(ref state, 9) = a09;
            Unsafe.Add(ref state, 10) = a10;
            Unsafe.Add(ref state, 11) = a11;
            Unsafe.Add(ref state, 12) = a12;
            Unsafe.Add(ref state, 13) = a13;
            Unsafe.Add(ref state, 14) = a14;
            Unsafe.Add(ref state, 15) = a15;
            Unsafe.Add(ref state, 16) = a16;
            Unsafe.Add(ref state, 17) = a17;
            Unsafe.Add(ref state, 18) = a18;
            Unsafe.Add(ref state, 19) = a19;
            Unsafe.Add(ref state, 20) = a20;
            Unsafe.Add(ref state, 21) = a21;
            Unsafe.Add(ref state, 22) = a22;
            Unsafe.Add(ref state, 23) = a23;
            Unsafe.Add(ref state, 24) = a24;
        }
    }
}
