using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace DePinChain.Proofs.Hashing;

/// <summary>SHA-256's compression function on sixteen states side by side (AVX-512F): word i of every state lies in vector i.</summary>
/// <remarks>FIPS 180-4, section 6.2.2. A script wrote the rounds; the roles of the eight words move by one place each round.</remarks>
internal static class Sha256Lanes16
{
    /// <summary>States that move together.</summary>
    internal const int Lanes = 16;

    internal static bool IsSupported => Avx512F.IsSupported && Avx512BW.IsSupported;

    /// <summary>Compresses one block of every lane. The 16 words of the blocks are used up as the ring of the message schedule.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    [SkipLocalsInit]
    internal static void Compress(Span<Vector512<uint>> state, ReadOnlySpan<Vector512<uint>> block)
    {
        Vector512<uint> w00 = block[0];
        Vector512<uint> w01 = block[1];
        Vector512<uint> w02 = block[2];
        Vector512<uint> w03 = block[3];
        Vector512<uint> w04 = block[4];
        Vector512<uint> w05 = block[5];
        Vector512<uint> w06 = block[6];
        Vector512<uint> w07 = block[7];
        Vector512<uint> w08 = block[8];
        Vector512<uint> w09 = block[9];
        Vector512<uint> w10 = block[10];
        Vector512<uint> w11 = block[11];
        Vector512<uint> w12 = block[12];
        Vector512<uint> w13 = block[13];
        Vector512<uint> w14 = block[14];
        Vector512<uint> w15 = block[15];
        Vector512<uint> a = state[0];
        Vector512<uint> b = state[1];
        Vector512<uint> c = state[2];
        Vector512<uint> d = state[3];
        Vector512<uint> e = state[4];
        Vector512<uint> f = state[5];
        Vector512<uint> g = state[6];
        Vector512<uint> h = state[7];
        ref uint k = ref Unsafe.AsRef(in Sha256Constants.K[0]);
        for (int round = 0; ; round += 16)
        {
            h += Vector512.Create(Unsafe.Add(ref k, round + 0)) + w00 + Sum1(e) + Choose(e, f, g);
            d += h;
            h += Sum0(a) + Majority(a, b, c);
            g += Vector512.Create(Unsafe.Add(ref k, round + 1)) + w01 + Sum1(d) + Choose(d, e, f);
            c += g;
            g += Sum0(h) + Majority(h, a, b);
            f += Vector512.Create(Unsafe.Add(ref k, round + 2)) + w02 + Sum1(c) + Choose(c, d, e);
            b += f;
            f += Sum0(g) + Majority(g, h, a);
            e += Vector512.Create(Unsafe.Add(ref k, round + 3)) + w03 + Sum1(b) + Choose(b, c, d);
            a += e;
            e += Sum0(f) + Majority(f, g, h);
            d += Vector512.Create(Unsafe.Add(ref k, round + 4)) + w04 + Sum1(a) + Choose(a, b, c);
            h += d;
            d += Sum0(e) + Majority(e, f, g);
            c += Vector512.Create(Unsafe.Add(ref k, round + 5)) + w05 + Sum1(h) + Choose(h, a, b);
            g += c;
            c += Sum0(d) + Majority(d, e, f);
            b += Vector512.Create(Unsafe.Add(ref k, round + 6)) + w06 + Sum1(g) + Choose(g, h, a);
            f += b;
            b += Sum0(c) + Majority(c, d, e);
            a += Vector512.Create(Unsafe.Add(ref k, round + 7)) + w07 + Sum1(f) + Choose(f, g, h);
            e += a;
            a += Sum0(b) + Majority(b, c, d);
            h += Vector512.Create(Unsafe.Add(ref k, round + 8)) + w08 + Sum1(e) + Choose(e, f, g);
            d += h;
            h += Sum0(a) + Majority(a, b, c);
            g += Vector512.Create(Unsafe.Add(ref k, round + 9)) + w09 + Sum1(d) + Choose(d, e, f);
            c += g;
            g += Sum0(h) + Majority(h, a, b);
            f += Vector512.Create(Unsafe.Add(ref k, round + 10)) + w10 + Sum1(c) + Choose(c, d, e);
            b += f;
            f += Sum0(g) + Majority(g, h, a);
            e += Vector512.Create(Unsafe.Add(ref k, round + 11)) + w11 + Sum1(b) + Choose(b, c, d);
            a += e;
            e += Sum0(f) + Majority(f, g, h);
            d += Vector512.Create(Unsafe.Add(ref k, round + 12)) + w12 + Sum1(a) + Choose(a, b, c);
            h += d;
            d += Sum0(e) + Majority(e, f, g);
            c += Vector512.Create(Unsafe.Add(ref k, round + 13)) + w13 + Sum1(h) + Choose(h, a, b);
            g += c;
            c += Sum0(d) + Majority(d, e, f);
            b += Vector512.Create(Unsafe.Add(ref k, round + 14)) + w14 + Sum1(g) + Choose(g, h, a);
            f += b;
            b += Sum0(c) + Majority(c, d, e);
            a += Vector512.Create(Unsafe.Add(ref k, round + 15)) + w15 + Sum1(f) + Choose(f, g, h);
            e += a;
            a += Sum0(b) + Majority(b, c, d);
            if (round == 48) break;
            w00 += Schedule0(w01) + w09 + Schedule1(w14);
            w01 += Schedule0(w02) + w10 + Schedule1(w15);
            w02 += Schedule0(w03) + w11 + Schedule1(w00);
            w03 += Schedule0(w04) + w12 + Schedule1(w01);
            w04 += Schedule0(w05) + w13 + Schedule1(w02);
            w05 += Schedule0(w06) + w14 + Schedule1(w03);
            w06 += Schedule0(w07) + w15 + Schedule1(w04);
            w07 += Schedule0(w08) + w00 + Schedule1(w05);
            w08 += Schedule0(w09) + w01 + Schedule1(w06);
            w09 += Schedule0(w10) + w02 + Schedule1(w07);
            w10 += Schedule0(w11) + w03 + Schedule1(w08);
            w11 += Schedule0(w12) + w04 + Schedule1(w09);
            w12 += Schedule0(w13) + w05 + Schedule1(w10);
            w13 += Schedule0(w14) + w06 + Schedule1(w11);
            w14 += Schedule0(w15) + w07 + Schedule1(w12);
            w15 += Schedule0(w00) + w08 + Schedule1(w13);
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

    /// <summary>
    /// Compresses the block that ends every 64-byte message: 0x80, zeros and the length of 512 bits. Its schedule is the same for all, so it
    /// is a table, and no word of it is computed.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    [SkipLocalsInit]
    internal static void CompressPadding(Span<Vector512<uint>> state)
    {
        Vector512<uint> a = state[0];
        Vector512<uint> b = state[1];
        Vector512<uint> c = state[2];
        Vector512<uint> d = state[3];
        Vector512<uint> e = state[4];
        Vector512<uint> f = state[5];
        Vector512<uint> g = state[6];
        Vector512<uint> h = state[7];
        ref uint k = ref Unsafe.AsRef(in Sha256Constants.PaddingSchedule[0]);
        for (int round = 0; round < 64; round += 16)
        {
            h += Vector512.Create(Unsafe.Add(ref k, round + 0)) + Sum1(e) + Choose(e, f, g);
            d += h;
            h += Sum0(a) + Majority(a, b, c);
            g += Vector512.Create(Unsafe.Add(ref k, round + 1)) + Sum1(d) + Choose(d, e, f);
            c += g;
            g += Sum0(h) + Majority(h, a, b);
            f += Vector512.Create(Unsafe.Add(ref k, round + 2)) + Sum1(c) + Choose(c, d, e);
            b += f;
            f += Sum0(g) + Majority(g, h, a);
            e += Vector512.Create(Unsafe.Add(ref k, round + 3)) + Sum1(b) + Choose(b, c, d);
            a += e;
            e += Sum0(f) + Majority(f, g, h);
            d += Vector512.Create(Unsafe.Add(ref k, round + 4)) + Sum1(a) + Choose(a, b, c);
            h += d;
            d += Sum0(e) + Majority(e, f, g);
            c += Vector512.Create(Unsafe.Add(ref k, round + 5)) + Sum1(h) + Choose(h, a, b);
            g += c;
            c += Sum0(d) + Majority(d, e, f);
            b += Vector512.Create(Unsafe.Add(ref k, round + 6)) + Sum1(g) + Choose(g, h, a);
            f += b;
            b += Sum0(c) + Majority(c, d, e);
            a += Vector512.Create(Unsafe.Add(ref k, round + 7)) + Sum1(f) + Choose(f, g, h);
            e += a;
            a += Sum0(b) + Majority(b, c, d);
            h += Vector512.Create(Unsafe.Add(ref k, round + 8)) + Sum1(e) + Choose(e, f, g);
            d += h;
            h += Sum0(a) + Majority(a, b, c);
            g += Vector512.Create(Unsafe.Add(ref k, round + 9)) + Sum1(d) + Choose(d, e, f);
            c += g;
            g += Sum0(h) + Majority(h, a, b);
            f += Vector512.Create(Unsafe.Add(ref k, round + 10)) + Sum1(c) + Choose(c, d, e);
            b += f;
            f += Sum0(g) + Majority(g, h, a);
            e += Vector512.Create(Unsafe.Add(ref k, round + 11)) + Sum1(b) + Choose(b, c, d);
            a += e;
            e += Sum0(f) + Majority(f, g, h);
            d += Vector512.Create(Unsafe.Add(ref k, round + 12)) + Sum1(a) + Choose(a, b, c);
            h += d;
            d += Sum0(e) + Majority(e, f, g);
            c += Vector512.Create(Unsafe.Add(ref k, round + 13)) + Sum1(h) + Choose(h, a, b);
            g += c;
            c += Sum0(d) + Majority(d, e, f);
            b += Vector512.Create(Unsafe.Add(ref k, round + 14)) + Sum1(g) + Choose(g, h, a);
            f += b;
            b += Sum0(c) + Majority(c, d, e);
            a += Vector512.Create(Unsafe.Add(ref k, round + 15)) + Sum1(f) + Choose(f, g, h);
            e += a;
            a += Sum0(b) + Majority(b, c, d);
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

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<uint> Sum0(Vector512<uint> x) =>
        Avx512F.TernaryLogic(Avx512F.RotateRight(x, 2), Avx512F.RotateRight(x, 13), Avx512F.RotateRight(x, 22), 0x96);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<uint> Sum1(Vector512<uint> x) =>
        Avx512F.TernaryLogic(Avx512F.RotateRight(x, 6), Avx512F.RotateRight(x, 11), Avx512F.RotateRight(x, 25), 0x96);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<uint> Schedule0(Vector512<uint> x) =>
        Avx512F.TernaryLogic(Avx512F.RotateRight(x, 7), Avx512F.RotateRight(x, 18), (x >>> 3), 0x96);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<uint> Schedule1(Vector512<uint> x) =>
        Avx512F.TernaryLogic(Avx512F.RotateRight(x, 17), Avx512F.RotateRight(x, 19), (x >>> 10), 0x96);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<uint> Choose(Vector512<uint> e, Vector512<uint> f, Vector512<uint> g) =>
        Avx512F.TernaryLogic(e, f, g, 0xca);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<uint> Majority(Vector512<uint> a, Vector512<uint> b, Vector512<uint> c) =>
        Avx512F.TernaryLogic(a, b, c, 0xe8);
}
