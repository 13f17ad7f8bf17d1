using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace DePinChain.Proofs.Hashing;

/// <summary>SHA-256's compression function on eight states side by side (AVX2): word i of every state lies in vector i.</summary>
/// <remarks>FIPS 180-4, section 6.2.2. A script wrote the rounds; the roles of the eight words move by one place each round.</remarks>
internal static class Sha256Lanes8
{
    /// <summary>States that move together.</summary>
    internal const int Lanes = 8;

    internal static bool IsSupported => Avx2.IsSupported;

    /// <summary>Compresses one block of every lane. The 16 words of the blocks are used up as the ring of the message schedule.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    [SkipLocalsInit]
    internal static void Compress(Span<Vector256<uint>> state, ReadOnlySpan<Vector256<uint>> block)
    {
        Vector256<uint> w00 = block[0];
        Vector256<uint> w01 = block[1];
        Vector256<uint> w02 = block[2];
        Vector256<uint> w03 = block[3];
        Vector256<uint> w04 = block[4];
        Vector256<uint> w05 = block[5];
        Vector256<uint> w06 = block[6];
        Vector256<uint> w07 = block[7];
        Vector256<uint> w08 = block[8];
        Vector256<uint> w09 = block[9];
        Vector256<uint> w10 = block[10];
        Vector256<uint> w11 = block[11];
        Vector256<uint> w12 = block[12];
        Vector256<uint> w13 = block[13];
        Vector256<uint> w14 = block[14];
        Vector256<uint> w15 = block[15];
        Vector256<uint> a = state[0];
        Vector256<uint> b = state[1];
        Vector256<uint> c = state[2];
        Vector256<uint> d = state[3];
        Vector256<uint> e = state[4];
        Vector256<uint> f = state[5];
        Vector256<uint> g = state[6];
        Vector256<uint> h = state[7];
        ref uint k = ref Unsafe.AsRef(in Sha256Constants.K[0]);
        for (int round = 0; ; round += 16)
        {
            h += Vector256.Create(Unsafe.Add(ref k, round + 0)) + w00 + Sum1(e) + Choose(e, f, g);
            d += h;
            h += Sum0(a) + Majority(a, b, c);
            g += Vector256.Create(Unsafe.Add(ref k, round + 1)) + w01 + Sum1(d) + Choose(d, e, f);
            c += g;
            g += Sum0(h) + Majority(h, a, b);
            f += Vector256.Create(Unsafe.Add(ref k, round + 2)) + w02 + Sum1(c) + Choose(c, d, e);
            b += f;
            f += Sum0(g) + Majority(g, h, a);
            e += Vector256.Create(Unsafe.Add(ref k, round + 3)) + w03 + Sum1(b) + Choose(b, c, d);
            a += e;
            e += Sum0(f) + Majority(f, g, h);
            d += Vector256.Create(Unsafe.Add(ref k, round + 4)) + w04 + Sum1(a) + Choose(a, b, c);
            h += d;
            d += Sum0(e) + Majority(e, f, g);
            c += Vector256.Create(Unsafe.Add(ref k, round + 5)) + w05 + Sum1(h) + Choose(h, a, b);
            g += c;
            c += Sum0(d) + Majority(d, e, f);
            b += Vector256.Create(Unsafe.Add(ref k, round + 6)) + w06 + Sum1(g) + Choose(g, h, a);
            f += b;
            b += Sum0(c) + Majority(c, d, e);
            a += Vector256.Create(Unsafe.Add(ref k, round + 7)) + w07 + Sum1(f) + Choose(f, g, h);
            e += a;
            a += Sum0(b) + Majority(b, c, d);
            h += Vector256.Create(Unsafe.Add(ref k, round + 8)) + w08 + Sum1(e) + Choose(e, f, g);
            d += h;
            h += Sum0(a) + Majority(a, b, c);
            g += Vector256.Create(Unsafe.Add(ref k, round + 9)) + w09 + Sum1(d) + Choose(d, e, f);
            c += g;
            g += Sum0(h) + Majority(h, a, b);
            f += Vector256.Create(Unsafe.Add(ref k, round + 10)) + w10 + Sum1(c) + Choose(c, d, e);
            b += f;
            f += Sum0(g) + Majority(g, h, a);
            e += Vector256.Create(Unsafe.Add(ref k, round + 11)) + w11 + Sum1(b) + Choose(b, c, d);
            a += e;
            e += Sum0(f) + Majority(f, g, h);
            d += Vector256.Create(Unsafe.Add(ref k, round + 12)) + w12 + Sum1(a) + Choose(a, b, c);
            h += d;
            d += Sum0(e) + Majority(e, f, g);
            c += Vector256.Create(Unsafe.Add(ref k, round + 13)) + w13 + Sum1(h) + Choose(h, a, b);
            g += c;
            c += Sum0(d) + Majority(d, e, f);
            b += Vector256.Create(Unsafe.Add(ref k, round + 14)) + w14 + Sum1(g) + Choose(g, h, a);
            f += b;
            b += Sum0(c) + Majority(c, d, e);
            a += Vector256.Create(Unsafe.Add(ref k, round + 15)) + w15 + Sum1(f) + Choose(f, g, h);
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
    internal static void CompressPadding(Span<Vector256<uint>> state)
    {
        Vector256<uint> a = state[0];
        Vector256<uint> b = state[1];
        Vector256<uint> c = state[2];
        Vector256<uint> d = state[3];
        Vector256<uint> e = state[4];
        Vector256<uint> f = state[5];
        Vector256<uint> g = state[6];
        Vector256<uint> h = state[7];
        ref uint k = ref Unsafe.AsRef(in Sha256Constants.PaddingSchedule[0]);
        for (int round = 0; round < 64; round += 16)
        {
            h += Vector256.Create(Unsafe.Add(ref k, round + 0)) + Sum1(e) + Choose(e, f, g);
            d += h;
            h += Sum0(a) + Majority(a, b, c);
            g += Vector256.Create(Unsafe.Add(ref k, round + 1)) + Sum1(d) + Choose(d, e, f);
            c += g;
            g += Sum0(h) + Majority(h, a, b);
            f += Vector256.Create(Unsafe.Add(ref k, round + 2)) + Sum1(c) + Choose(c, d, e);
            b += f;
            f += Sum0(g) + Majority(g, h, a);
            e += Vector256.Create(Unsafe.Add(ref k, round + 3)) + Sum1(b) + Choose(b, c, d);
            a += e;
            e += Sum0(f) + Majority(f, g, h);
            d += Vector256.Create(Unsafe.Add(ref k, round + 4)) + Sum1(a) + Choose(a, b, c);
            h += d;
            d += Sum0(e) + Majority(e, f, g);
            c += Vector256.Create(Unsafe.Add(ref k, round + 5)) + Sum1(h) + Choose(h, a, b);
            g += c;
            c += Sum0(d) + Majority(d, e, f);
            b += Vector256.Create(Unsafe.Add(ref k, round + 6)) + Sum1(g) + Choose(g, h, a);
            f += b;
            b += Sum0(c) + Majority(c, d, e);
            a += Vector256.Create(Unsafe.Add(ref k, round + 7)) + Sum1(f) + Choose(f, g, h);
            e += a;
            a += Sum0(b) + Majority(b, c, d);
            h += Vector256.Create(Unsafe.Add(ref k, round + 8)) + Sum1(e) + Choose(e, f, g);
            d += h;
            h += Sum0(a) + Majority(a, b, c);
            g += Vector256.Create(Unsafe.Add(ref k, round + 9)) + Sum1(d) + Choose(d, e, f);
            c += g;
            g += Sum0(h) + Majority(h, a, b);
            f += Vector256.Create(Unsafe.Add(ref k, round + 10)) + Sum1(c) + Choose(c, d, e);
            b += f;
            f += Sum0(g) + Majority(g, h, a);
            e += Vector256.Create(Unsafe.Add(ref k, round + 11)) + Sum1(b) + Choose(b, c, d);
            a += e;
            e += Sum0(f) + Majority(f, g, h);
            d += Vector256.Create(Unsafe.Add(ref k, round + 12)) + Sum1(a) + Choose(a, b, c);
            h += d;
            d += Sum0(e) + Majority(e, f, g);
            c += Vector256.Create(Unsafe.Add(ref k, round + 13)) + Sum1(h) + Choose(h, a, b);
            g += c;
            c += Sum0(d) + Majority(d, e, f);
            b += Vector256.Create(Unsafe.Add(ref k, round + 14)) + Sum1(g) + Choose(g, h, a);
            f += b;
            b += Sum0(c) + Majority(c, d, e);
            a += Vector256.Create(Unsafe.Add(ref k, round + 15)) + Sum1(f) + Choose(f, g, h);
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
    private static Vector256<uint> Sum0(Vector256<uint> x) =>
        ((x >>> 2) | (x << 30)) ^ ((x >>> 13) | (x << 19)) ^ ((x >>> 22) | (x << 10));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<uint> Sum1(Vector256<uint> x) =>
        ((x >>> 6) | (x << 26)) ^ ((x >>> 11) | (x << 21)) ^ ((x >>> 25) | (x << 7));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<uint> Schedule0(Vector256<uint> x) =>
        ((x >>> 7) | (x << 25)) ^ ((x >>> 18) | (x << 14)) ^ (x >>> 3);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<uint> Schedule1(Vector256<uint> x) =>
        ((x >>> 17) | (x << 15)) ^ ((x >>> 19) | (x << 13)) ^ (x >>> 10);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<uint> Choose(Vector256<uint> e, Vector256<uint> f, Vector256<uint> g) =>
        g ^ (e & (f ^ g));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<uint> Majority(Vector256<uint> a, Vector256<uint> b, Vector256<uint> c) =>
        (a & b) | (c & (a | b));
}
