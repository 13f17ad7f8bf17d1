using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace DePinChain.Primitives;

/// <summary>The permutation Keccak-f[1600] on eight (AVX-512) or four (AVX2) states side by side: word i of every state lies in vector i.</summary>
/// <remarks>The same script wrote these rounds as those of <see cref="KeccakPermutation"/>.</remarks>
internal static class KeccakLanes
{
    private static ReadOnlySpan<ulong> RoundConstants => KeccakPermutation.RoundConstants;

    /// <summary>Permutes eight states in place. AVX-512F must be supported.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    [SkipLocalsInit]
    internal static void Permute(Span<Vector512<ulong>> state)
    {
        Invariant.Assert(state.Length == KeccakPermutation.StateWords, "A Keccak state has 25 words.");
        Vector512<ulong> a00 = state[0];
        Vector512<ulong> a01 = state[1];
        Vector512<ulong> a02 = state[2];
        Vector512<ulong> a03 = state[3];
        Vector512<ulong> a04 = state[4];
        Vector512<ulong> a05 = state[5];
        Vector512<ulong> a06 = state[6];
        Vector512<ulong> a07 = state[7];
        Vector512<ulong> a08 = state[8];
        Vector512<ulong> a09 = state[9];
        Vector512<ulong> a10 = state[10];
        Vector512<ulong> a11 = state[11];
        Vector512<ulong> a12 = state[12];
        Vector512<ulong> a13 = state[13];
        Vector512<ulong> a14 = state[14];
        Vector512<ulong> a15 = state[15];
        Vector512<ulong> a16 = state[16];
        Vector512<ulong> a17 = state[17];
        Vector512<ulong> a18 = state[18];
        Vector512<ulong> a19 = state[19];
        Vector512<ulong> a20 = state[20];
        Vector512<ulong> a21 = state[21];
        Vector512<ulong> a22 = state[22];
        Vector512<ulong> a23 = state[23];
        Vector512<ulong> a24 = state[24];
        Vector512<ulong> b0, b1, b2, b3, b4;
        Vector512<ulong> c0, c1, c2, c3, c4;
        Vector512<ulong> d0, d1, d2, d3, d4;
        Vector512<ulong> e00, e01, e02, e03, e04;
        Vector512<ulong> e05, e06, e07, e08, e09;
        Vector512<ulong> e10, e11, e12, e13, e14;
        Vector512<ulong> e15, e16, e17, e18, e19;
        Vector512<ulong> e20, e21, e22, e23, e24;

        for (int round = 0; round < RoundConstants.Length; round += 2)
        {
            c0 = Xor(Xor(a00, a05, a10), a15, a20);
            c1 = Xor(Xor(a01, a06, a11), a16, a21);
            c2 = Xor(Xor(a02, a07, a12), a17, a22);
            c3 = Xor(Xor(a03, a08, a13), a18, a23);
            c4 = Xor(Xor(a04, a09, a14), a19, a24);
            d0 = c4 ^ Avx512F.RotateLeft(c1, 1);
            d1 = c0 ^ Avx512F.RotateLeft(c2, 1);
            d2 = c1 ^ Avx512F.RotateLeft(c3, 1);
            d3 = c2 ^ Avx512F.RotateLeft(c4, 1);
            d4 = c3 ^ Avx512F.RotateLeft(c0, 1);
            b0 = a00 ^ d0;
            b1 = Avx512F.RotateLeft(a06 ^ d1, 44);
            b2 = Avx512F.RotateLeft(a12 ^ d2, 43);
            b3 = Avx512F.RotateLeft(a18 ^ d3, 21);
            b4 = Avx512F.RotateLeft(a24 ^ d4, 14);
            e00 = Chi(b0, b1, b2) ^ Vector512.Create(RoundConstants[round]);
            e01 = Chi(b1, b2, b3);
            e02 = Chi(b2, b3, b4);
            e03 = Chi(b3, b4, b0);
            e04 = Chi(b4, b0, b1);
            b0 = Avx512F.RotateLeft(a03 ^ d3, 28);
            b1 = Avx512F.RotateLeft(a09 ^ d4, 20);
            b2 = Avx512F.RotateLeft(a10 ^ d0, 3);
            b3 = Avx512F.RotateLeft(a16 ^ d1, 45);
            b4 = Avx512F.RotateLeft(a22 ^ d2, 61);
            e05 = Chi(b0, b1, b2);
            e06 = Chi(b1, b2, b3);
            e07 = Chi(b2, b3, b4);
            e08 = Chi(b3, b4, b0);
            e09 = Chi(b4, b0, b1);
            b0 = Avx512F.RotateLeft(a01 ^ d1, 1);
            b1 = Avx512F.RotateLeft(a07 ^ d2, 6);
            b2 = Avx512F.RotateLeft(a13 ^ d3, 25);
            b3 = Avx512F.RotateLeft(a19 ^ d4, 8);
            b4 = Avx512F.RotateLeft(a20 ^ d0, 18);
            e10 = Chi(b0, b1, b2);
            e11 = Chi(b1, b2, b3);
            e12 = Chi(b2, b3, b4);
            e13 = Chi(b3, b4, b0);
            e14 = Chi(b4, b0, b1);
            b0 = Avx512F.RotateLeft(a04 ^ d4, 27);
            b1 = Avx512F.RotateLeft(a05 ^ d0, 36);
            b2 = Avx512F.RotateLeft(a11 ^ d1, 10);
            b3 = Avx512F.RotateLeft(a17 ^ d2, 15);
            b4 = Avx512F.RotateLeft(a23 ^ d3, 56);
            e15 = Chi(b0, b1, b2);
            e16 = Chi(b1, b2, b3);
            e17 = Chi(b2, b3, b4);
            e18 = Chi(b3, b4, b0);
            e19 = Chi(b4, b0, b1);
            b0 = Avx512F.RotateLeft(a02 ^ d2, 62);
            b1 = Avx512F.RotateLeft(a08 ^ d3, 55);
            b2 = Avx512F.RotateLeft(a14 ^ d4, 39);
            b3 = Avx512F.RotateLeft(a15 ^ d0, 41);
            b4 = Avx512F.RotateLeft(a21 ^ d1, 2);
            e20 = Chi(b0, b1, b2);
            e21 = Chi(b1, b2, b3);
            e22 = Chi(b2, b3, b4);
            e23 = Chi(b3, b4, b0);
            e24 = Chi(b4, b0, b1);

            c0 = Xor(Xor(e00, e05, e10), e15, e20);
            c1 = Xor(Xor(e01, e06, e11), e16, e21);
            c2 = Xor(Xor(e02, e07, e12), e17, e22);
            c3 = Xor(Xor(e03, e08, e13), e18, e23);
            c4 = Xor(Xor(e04, e09, e14), e19, e24);
            d0 = c4 ^ Avx512F.RotateLeft(c1, 1);
            d1 = c0 ^ Avx512F.RotateLeft(c2, 1);
            d2 = c1 ^ Avx512F.RotateLeft(c3, 1);
            d3 = c2 ^ Avx512F.RotateLeft(c4, 1);
            d4 = c3 ^ Avx512F.RotateLeft(c0, 1);
            b0 = e00 ^ d0;
            b1 = Avx512F.RotateLeft(e06 ^ d1, 44);
            b2 = Avx512F.RotateLeft(e12 ^ d2, 43);
            b3 = Avx512F.RotateLeft(e18 ^ d3, 21);
            b4 = Avx512F.RotateLeft(e24 ^ d4, 14);
            a00 = Chi(b0, b1, b2) ^ Vector512.Create(RoundConstants[round + 1]);
            a01 = Chi(b1, b2, b3);
            a02 = Chi(b2, b3, b4);
            a03 = Chi(b3, b4, b0);
            a04 = Chi(b4, b0, b1);
            b0 = Avx512F.RotateLeft(e03 ^ d3, 28);
            b1 = Avx512F.RotateLeft(e09 ^ d4, 20);
            b2 = Avx512F.RotateLeft(e10 ^ d0, 3);
            b3 = Avx512F.RotateLeft(e16 ^ d1, 45);
            b4 = Avx512F.RotateLeft(e22 ^ d2, 61);
            a05 = Chi(b0, b1, b2);
            a06 = Chi(b1, b2, b3);
            a07 = Chi(b2, b3, b4);
            a08 = Chi(b3, b4, b0);
            a09 = Chi(b4, b0, b1);
            b0 = Avx512F.RotateLeft(e01 ^ d1, 1);
            b1 = Avx512F.RotateLeft(e07 ^ d2, 6);
            b2 = Avx512F.RotateLeft(e13 ^ d3, 25);
            b3 = Avx512F.RotateLeft(e19 ^ d4, 8);
            b4 = Avx512F.RotateLeft(e20 ^ d0, 18);
            a10 = Chi(b0, b1, b2);
            a11 = Chi(b1, b2, b3);
            a12 = Chi(b2, b3, b4);
            a13 = Chi(b3, b4, b0);
            a14 = Chi(b4, b0, b1);
            b0 = Avx512F.RotateLeft(e04 ^ d4, 27);
            b1 = Avx512F.RotateLeft(e05 ^ d0, 36);
            b2 = Avx512F.RotateLeft(e11 ^ d1, 10);
            b3 = Avx512F.RotateLeft(e17 ^ d2, 15);
            b4 = Avx512F.RotateLeft(e23 ^ d3, 56);
            a15 = Chi(b0, b1, b2);
            a16 = Chi(b1, b2, b3);
            a17 = Chi(b2, b3, b4);
            a18 = Chi(b3, b4, b0);
            a19 = Chi(b4, b0, b1);
            b0 = Avx512F.RotateLeft(e02 ^ d2, 62);
            b1 = Avx512F.RotateLeft(e08 ^ d3, 55);
            b2 = Avx512F.RotateLeft(e14 ^ d4, 39);
            b3 = Avx512F.RotateLeft(e15 ^ d0, 41);
            b4 = Avx512F.RotateLeft(e21 ^ d1, 2);
            a20 = Chi(b0, b1, b2);
            a21 = Chi(b1, b2, b3);
            a22 = Chi(b2, b3, b4);
            a23 = Chi(b3, b4, b0);
            a24 = Chi(b4, b0, b1);
        }

        state[0] = a00;
        state[1] = a01;
        state[2] = a02;
        state[3] = a03;
        state[4] = a04;
        state[5] = a05;
        state[6] = a06;
        state[7] = a07;
        state[8] = a08;
        state[9] = a09;
        state[10] = a10;
        state[11] = a11;
        state[12] = a12;
        state[13] = a13;
        state[14] = a14;
        state[15] = a15;
        state[16] = a16;
        state[17] = a17;
        state[18] = a18;
        state[19] = a19;
        state[20] = a20;
        state[21] = a21;
        state[22] = a22;
        state[23] = a23;
        state[24] = a24;
    }

    /// <summary>Permutes four states in place. AVX2 must be supported.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    [SkipLocalsInit]
    internal static void Permute(Span<Vector256<ulong>> state)
    {
        Invariant.Assert(state.Length == KeccakPermutation.StateWords, "A Keccak state has 25 words.");
        Vector256<ulong> a00 = state[0];
        Vector256<ulong> a01 = state[1];
        Vector256<ulong> a02 = state[2];
        Vector256<ulong> a03 = state[3];
        Vector256<ulong> a04 = state[4];
        Vector256<ulong> a05 = state[5];
        Vector256<ulong> a06 = state[6];
        Vector256<ulong> a07 = state[7];
        Vector256<ulong> a08 = state[8];
        Vector256<ulong> a09 = state[9];
        Vector256<ulong> a10 = state[10];
        Vector256<ulong> a11 = state[11];
        Vector256<ulong> a12 = state[12];
        Vector256<ulong> a13 = state[13];
        Vector256<ulong> a14 = state[14];
        Vector256<ulong> a15 = state[15];
        Vector256<ulong> a16 = state[16];
        Vector256<ulong> a17 = state[17];
        Vector256<ulong> a18 = state[18];
        Vector256<ulong> a19 = state[19];
        Vector256<ulong> a20 = state[20];
        Vector256<ulong> a21 = state[21];
        Vector256<ulong> a22 = state[22];
        Vector256<ulong> a23 = state[23];
        Vector256<ulong> a24 = state[24];
        Vector256<ulong> b0, b1, b2, b3, b4;
        Vector256<ulong> c0, c1, c2, c3, c4;
        Vector256<ulong> d0, d1, d2, d3, d4;
        Vector256<ulong> e00, e01, e02, e03, e04;
        Vector256<ulong> e05, e06, e07, e08, e09;
        Vector256<ulong> e10, e11, e12, e13, e14;
        Vector256<ulong> e15, e16, e17, e18, e19;
        Vector256<ulong> e20, e21, e22, e23, e24;

        for (int round = 0; round < RoundConstants.Length; round += 2)
        {
            c0 = a00 ^ a05 ^ a10 ^ a15 ^ a20;
            c1 = a01 ^ a06 ^ a11 ^ a16 ^ a21;
            c2 = a02 ^ a07 ^ a12 ^ a17 ^ a22;
            c3 = a03 ^ a08 ^ a13 ^ a18 ^ a23;
            c4 = a04 ^ a09 ^ a14 ^ a19 ^ a24;
            d0 = c4 ^ RotateLeft(c1, 1, 63);
            d1 = c0 ^ RotateLeft(c2, 1, 63);
            d2 = c1 ^ RotateLeft(c3, 1, 63);
            d3 = c2 ^ RotateLeft(c4, 1, 63);
            d4 = c3 ^ RotateLeft(c0, 1, 63);
            b0 = a00 ^ d0;
            b1 = RotateLeft(a06 ^ d1, 44, 20);
            b2 = RotateLeft(a12 ^ d2, 43, 21);
            b3 = RotateLeft(a18 ^ d3, 21, 43);
            b4 = RotateLeft(a24 ^ d4, 14, 50);
            e00 = b0 ^ Avx2.AndNot(b1, b2) ^ Vector256.Create(RoundConstants[round]);
            e01 = b1 ^ Avx2.AndNot(b2, b3);
            e02 = b2 ^ Avx2.AndNot(b3, b4);
            e03 = b3 ^ Avx2.AndNot(b4, b0);
            e04 = b4 ^ Avx2.AndNot(b0, b1);
            b0 = RotateLeft(a03 ^ d3, 28, 36);
            b1 = RotateLeft(a09 ^ d4, 20, 44);
            b2 = RotateLeft(a10 ^ d0, 3, 61);
            b3 = RotateLeft(a16 ^ d1, 45, 19);
            b4 = RotateLeft(a22 ^ d2, 61, 3);
            e05 = b0 ^ Avx2.AndNot(b1, b2);
            e06 = b1 ^ Avx2.AndNot(b2, b3);
            e07 = b2 ^ Avx2.AndNot(b3, b4);
            e08 = b3 ^ Avx2.AndNot(b4, b0);
            e09 = b4 ^ Avx2.AndNot(b0, b1);
            b0 = RotateLeft(a01 ^ d1, 1, 63);
            b1 = RotateLeft(a07 ^ d2, 6, 58);
            b2 = RotateLeft(a13 ^ d3, 25, 39);
            b3 = RotateLeft(a19 ^ d4, 8, 56);
            b4 = RotateLeft(a20 ^ d0, 18, 46);
            e10 = b0 ^ Avx2.AndNot(b1, b2);
            e11 = b1 ^ Avx2.AndNot(b2, b3);
            e12 = b2 ^ Avx2.AndNot(b3, b4);
            e13 = b3 ^ Avx2.AndNot(b4, b0);
            e14 = b4 ^ Avx2.AndNot(b0, b1);
            b0 = RotateLeft(a04 ^ d4, 27, 37);
            b1 = RotateLeft(a05 ^ d0, 36, 28);
            b2 = RotateLeft(a11 ^ d1, 10, 54);
            b3 = RotateLeft(a17 ^ d2, 15, 49);
            b4 = RotateLeft(a23 ^ d3, 56, 8);
            e15 = b0 ^ Avx2.AndNot(b1, b2);
            e16 = b1 ^ Avx2.AndNot(b2, b3);
            e17 = b2 ^ Avx2.AndNot(b3, b4);
            e18 = b3 ^ Avx2.AndNot(b4, b0);
            e19 = b4 ^ Avx2.AndNot(b0, b1);
            b0 = RotateLeft(a02 ^ d2, 62, 2);
            b1 = RotateLeft(a08 ^ d3, 55, 9);
            b2 = RotateLeft(a14 ^ d4, 39, 25);
            b3 = RotateLeft(a15 ^ d0, 41, 23);
            b4 = RotateLeft(a21 ^ d1, 2, 62);
            e20 = b0 ^ Avx2.AndNot(b1, b2);
            e21 = b1 ^ Avx2.AndNot(b2, b3);
            e22 = b2 ^ Avx2.AndNot(b3, b4);
            e23 = b3 ^ Avx2.AndNot(b4, b0);
            e24 = b4 ^ Avx2.AndNot(b0, b1);

            c0 = e00 ^ e05 ^ e10 ^ e15 ^ e20;
            c1 = e01 ^ e06 ^ e11 ^ e16 ^ e21;
            c2 = e02 ^ e07 ^ e12 ^ e17 ^ e22;
            c3 = e03 ^ e08 ^ e13 ^ e18 ^ e23;
            c4 = e04 ^ e09 ^ e14 ^ e19 ^ e24;
            d0 = c4 ^ RotateLeft(c1, 1, 63);
            d1 = c0 ^ RotateLeft(c2, 1, 63);
            d2 = c1 ^ RotateLeft(c3, 1, 63);
            d3 = c2 ^ RotateLeft(c4, 1, 63);
            d4 = c3 ^ RotateLeft(c0, 1, 63);
            b0 = e00 ^ d0;
            b1 = RotateLeft(e06 ^ d1, 44, 20);
            b2 = RotateLeft(e12 ^ d2, 43, 21);
            b3 = RotateLeft(e18 ^ d3, 21, 43);
            b4 = RotateLeft(e24 ^ d4, 14, 50);
            a00 = b0 ^ Avx2.AndNot(b1, b2) ^ Vector256.Create(RoundConstants[round + 1]);
            a01 = b1 ^ Avx2.AndNot(b2, b3);
            a02 = b2 ^ Avx2.AndNot(b3, b4);
            a03 = b3 ^ Avx2.AndNot(b4, b0);
            a04 = b4 ^ Avx2.AndNot(b0, b1);
            b0 = RotateLeft(e03 ^ d3, 28, 36);
            b1 = RotateLeft(e09 ^ d4, 20, 44);
            b2 = RotateLeft(e10 ^ d0, 3, 61);
            b3 = RotateLeft(e16 ^ d1, 45, 19);
            b4 = RotateLeft(e22 ^ d2, 61, 3);
            a05 = b0 ^ Avx2.AndNot(b1, b2);
            a06 = b1 ^ Avx2.AndNot(b2, b3);
            a07 = b2 ^ Avx2.AndNot(b3, b4);
            a08 = b3 ^ Avx2.AndNot(b4, b0);
            a09 = b4 ^ Avx2.AndNot(b0, b1);
            b0 = RotateLeft(e01 ^ d1, 1, 63);
            b1 = RotateLeft(e07 ^ d2, 6, 58);
            b2 = RotateLeft(e13 ^ d3, 25, 39);
            b3 = RotateLeft(e19 ^ d4, 8, 56);
            b4 = RotateLeft(e20 ^ d0, 18, 46);
            a10 = b0 ^ Avx2.AndNot(b1, b2);
            a11 = b1 ^ Avx2.AndNot(b2, b3);
            a12 = b2 ^ Avx2.AndNot(b3, b4);
            a13 = b3 ^ Avx2.AndNot(b4, b0);
            a14 = b4 ^ Avx2.AndNot(b0, b1);
            b0 = RotateLeft(e04 ^ d4, 27, 37);
            b1 = RotateLeft(e05 ^ d0, 36, 28);
            b2 = RotateLeft(e11 ^ d1, 10, 54);
            b3 = RotateLeft(e17 ^ d2, 15, 49);
            b4 = RotateLeft(e23 ^ d3, 56, 8);
            a15 = b0 ^ Avx2.AndNot(b1, b2);
            a16 = b1 ^ Avx2.AndNot(b2, b3);
            a17 = b2 ^ Avx2.AndNot(b3, b4);
            a18 = b3 ^ Avx2.AndNot(b4, b0);
            a19 = b4 ^ Avx2.AndNot(b0, b1);
            b0 = RotateLeft(e02 ^ d2, 62, 2);
            b1 = RotateLeft(e08 ^ d3, 55, 9);
            b2 = RotateLeft(e14 ^ d4, 39, 25);
            b3 = RotateLeft(e15 ^ d0, 41, 23);
            b4 = RotateLeft(e21 ^ d1, 2, 62);
            a20 = b0 ^ Avx2.AndNot(b1, b2);
            a21 = b1 ^ Avx2.AndNot(b2, b3);
            a22 = b2 ^ Avx2.AndNot(b3, b4);
            a23 = b3 ^ Avx2.AndNot(b4, b0);
            a24 = b4 ^ Avx2.AndNot(b0, b1);
        }

        state[0] = a00;
        state[1] = a01;
        state[2] = a02;
        state[3] = a03;
        state[4] = a04;
        state[5] = a05;
        state[6] = a06;
        state[7] = a07;
        state[8] = a08;
        state[9] = a09;
        state[10] = a10;
        state[11] = a11;
        state[12] = a12;
        state[13] = a13;
        state[14] = a14;
        state[15] = a15;
        state[16] = a16;
        state[17] = a17;
        state[18] = a18;
        state[19] = a19;
        state[20] = a20;
        state[21] = a21;
        state[22] = a22;
        state[23] = a23;
        state[24] = a24;
    }

    // a ^ b ^ c in one instruction: truth table 0x96.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<ulong> Xor(Vector512<ulong> a, Vector512<ulong> b, Vector512<ulong> c) => Avx512F.TernaryLogic(a, b, c, 0x96);

    // a ^ (~b & c) in one instruction: truth table 0xD2.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<ulong> Chi(Vector512<ulong> a, Vector512<ulong> b, Vector512<ulong> c) => Avx512F.TernaryLogic(a, b, c, 0xD2);

    // AVX2 has no rotation: right is 64 - left.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<ulong> RotateLeft(
        Vector256<ulong> value,
        [ConstantExpected] byte left,
        [ConstantExpected] byte right) => Avx2.ShiftLeftLogical(value, left) | Avx2.ShiftRightLogical(value, right);
}
