using System.Globalization;
using System.Numerics;
using System.Text.Json;

namespace DePinChain.Unit.Tests.Crypto;

/// <summary>What Ethereum's keyaddrtest.json calls signatures of the empty string are of no one message (decision 24).</summary>
/// <remarks>
/// ECDSA: s·R = z·G + r·Q, so a signature (R, s) under the key Q fixes the point z·G, and with it the digest z. Both rows are said to sign
/// the same message; the points differ, whichever of the two R that have r as their x is taken. The arithmetic is this test's own.
/// </remarks>
public sealed class KeyAddressSignatureTests
{
    private static readonly BigInteger Field = Number("fffffffffffffffffffffffffffffffffffffffffffffffffffffffefffffc2f");
    private static readonly BigInteger Order = Number("fffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141");
    private static readonly Point Generator = new(
        Number("79be667ef9dcbbac55a06295ce870b07029bfcdb2dce28d959f2815b16f81798"),
        Number("483ada7726a3c4655da4fbfc0e1108a8fd17b448a68554199c47d08ffb10d4b8"));

    private sealed record Point(BigInteger X, BigInteger Y);

    [Test]
    public void The_rows_signatures_sign_different_digests()
    {
        JsonElement[] rows = [.. KnownAnswers.Read("ethereum/keyaddrtest.json").EnumerateArray()];
        Assert.That(rows, Has.Length.EqualTo(2));
        Assert.That(DigestPoints(rows[0]).Intersect(DigestPoints(rows[1])), Is.Empty);
    }

    [Test]
    public void The_arithmetic_finds_the_digest_that_a_key_really_signed()
    {
        // A signature made by hand: nonce 1, so R = G and r = G.x; s = (z + r·d) with d = 2 and z = 3.
        BigInteger r = Generator.X % Order, s = (3 + (r * 2)) % Order;
        Assert.That(DigestPoint(Generator, r, s, secret: 2), Is.EqualTo(Times(3, Generator)));
    }

    private static IEnumerable<Point> DigestPoints(JsonElement row)
    {
        JsonElement signature = row.GetProperty("sig_of_emptystring");
        BigInteger r = Decimal(signature, "r"), s = Decimal(signature, "s"), secret = Number(row.GetProperty("key").GetString()!);
        BigInteger square = (BigInteger.ModPow(r, 3, Field) + 7) % Field, y = BigInteger.ModPow(square, (Field + 1) / 4, Field);
        Assert.That(BigInteger.ModPow(y, 2, Field), Is.EqualTo(square), "r is the x of a point");
        return new[] { new Point(r, y), new Point(r, Field - y) }.Select(point => DigestPoint(point, r, s, secret));
    }

    private static Point DigestPoint(Point nonce, BigInteger r, BigInteger s, BigInteger secret) =>
        Add(Times(s, nonce), Times((Order - r) * secret % Order, Generator))!; // z is not zero in any of them

    private static Point Times(BigInteger factor, Point point)
    {
        Point? sum = null;
        for (Point? power = point; !factor.IsZero; factor >>= 1, power = Add(power, power))
            if (!factor.IsEven) sum = Add(sum, power);
        return sum!; // factors here are not multiples of the order
    }

    private static Point? Add(Point? left, Point? right)
    {
        if (left is null || right is null) return left ?? right;
        if (left.X == right.X && (left.Y + right.Y) % Field == 0) return null;
        BigInteger slope = left == right
            ? 3 * left.X * left.X * Inverse(2 * left.Y) % Field
            : (right.Y - left.Y) * Inverse(right.X - left.X) % Field;
        BigInteger x = Modulo((slope * slope) - left.X - right.X);
        return new Point(x, Modulo((slope * (left.X - x)) - left.Y));
    }

    private static BigInteger Inverse(BigInteger value) => BigInteger.ModPow(Modulo(value), Field - 2, Field);

    private static BigInteger Modulo(BigInteger value) => ((value % Field) + Field) % Field;

    private static BigInteger Number(string hex) => BigInteger.Parse("0" + hex, NumberStyles.HexNumber, CultureInfo.InvariantCulture);

    private static BigInteger Decimal(JsonElement signature, string part) =>
        BigInteger.Parse(signature.GetProperty(part).GetString()!, CultureInfo.InvariantCulture);
}
