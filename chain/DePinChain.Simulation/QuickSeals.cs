using System.Numerics;
using DePinChain.Crypto;
using DePinChain.Primitives;

namespace DePinChain.Simulation;

/// <summary>Genuine secp256k1 seals of one key without a multiplication of points: every one uses the same nonce.</summary>
/// <remarks>
/// s = k⁻¹(z + r·x) mod n (SEC 1, 4.1.3) with k⁻¹ and k⁻¹·r·x worked out once. Two such seals give the key away, which nobody minds
/// here: simulated keys are derived from published words. Whoever verifies one does so in full and cannot tell it from any other.
/// </remarks>
internal sealed class QuickSeals
{
    // The order of the group: SEC 2, 2.4.1.
    private static readonly BigInteger Order =
        Number(Convert.FromHexString("FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFEBAAEDCE6AF48A03BBFD25E8CD0364141"));
    private static readonly BigInteger Half = Order / 2;

    private readonly BigInteger _inverse;
    private readonly BigInteger _share;
    private readonly Hash256 _r;
    private readonly bool _isOdd;

    public QuickSeals(PrivateKey key)
    {
        Address = key.Address;
        byte[] secret = key.ToArray();

        // Any number below the order does; a hash is one but for a chance of 2^-128.
        using PrivateKey nonce = PrivateKey.FromBytes(Keccak256.Hash(secret).ToArray());
        byte[] point = nonce.PublicKeyCompressed;
        BigInteger r = Number(point.AsSpan(1)) % Order;
        _inverse = BigInteger.ModPow(Number(nonce.ToArray()), Order - 2, Order);
        _share = _inverse * r % Order * Number(secret) % Order;
        _r = Word(r);
        _isOdd = point[0] == 0x03;
    }

    /// <summary>Whose seals these are.</summary>
    public Address Address { get; }

    /// <summary>A valid signature with low s.</summary>
    public Signature Sign(in Hash256 digest)
    {
        Span<byte> message = stackalloc byte[Hash256.Size];
        digest.CopyTo(message);
        BigInteger s = ((_inverse * Number(message)) + _share) % Order;
        bool isHigh = s > Half;
        return new Signature(_r, Word(isHigh ? Order - s : s), _isOdd != isHigh ? (byte)1 : (byte)0);
    }

    private static BigInteger Number(ReadOnlySpan<byte> bytes) => new(bytes, isUnsigned: true, isBigEndian: true);

    private static Hash256 Word(BigInteger number)
    {
        Span<byte> word = stackalloc byte[Hash256.Size];
        word.Clear();
        number.TryWriteBytes(word[(Hash256.Size - number.GetByteCount(isUnsigned: true))..], out _, isUnsigned: true, isBigEndian: true);
        return new Hash256(word);
    }
}
