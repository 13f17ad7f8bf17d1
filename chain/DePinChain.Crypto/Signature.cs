using DePinChain.Primitives;

namespace DePinChain.Crypto;

/// <summary>A recoverable ECDSA signature over secp256k1: r ‖ s ‖ v, 65 bytes, v the parity 0 or 1 of the nonce point's y.</summary>
public readonly struct Signature : IEquatable<Signature>
{
    public const int Size = 65;

    public Signature(Hash256 r, Hash256 s, byte yParity)
    {
        R = r;
        S = s;
        YParity = yParity;
    }

    /// <summary>Splits 65 bytes; whether they are a valid signature is judged when they are used.</summary>
    /// <exception cref="ArgumentException">Not exactly 65 bytes.</exception>
    public Signature(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length != Size) throw new ArgumentException($"A signature has {Size} bytes, not {bytes.Length}.", nameof(bytes));
        R = new Hash256(bytes[..32]);
        S = new Hash256(bytes[32..64]);
        YParity = bytes[64];
    }

    /// <summary>32 bytes, big-endian.</summary>
    public Hash256 R { get; }

    /// <summary>32 bytes, big-endian.</summary>
    public Hash256 S { get; }

    public byte YParity { get; }

    public void CopyTo(Span<byte> destination)
    {
        R.CopyTo(destination);
        S.CopyTo(destination[32..]);
        destination[64] = YParity;
    }

    public byte[] ToArray()
    {
        byte[] bytes = new byte[Size];
        CopyTo(bytes);
        return bytes;
    }

    /// <summary>The signer's address, if this is a valid low-s signature of <paramref name="digest"/>.</summary>
    public bool TryRecover(in Hash256 digest, out Address signer)
    {
        Span<byte> bytes = stackalloc byte[Size];
        CopyTo(bytes);
        return Secp256k1.TryRecover(digest, bytes[..64], YParity, out signer);
    }

    public override string ToString() => Hex.Encode(ToArray());

    public bool Equals(Signature other) => R == other.R && S == other.S && YParity == other.YParity;

    public override bool Equals(object? obj) => obj is Signature other && Equals(other);

    public override int GetHashCode() => HashCode.Combine(R, S, YParity);

    public static bool operator ==(Signature left, Signature right) => left.Equals(right);

    public static bool operator !=(Signature left, Signature right) => !left.Equals(right);
}
