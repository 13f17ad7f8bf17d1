using System.Buffers.Binary;
using System.Globalization;
using System.Security.Cryptography;

namespace DePinChain.Crypto;

/// <summary>Private derivation of hierarchical keys (BIP-32).</summary>
public static unsafe class HierarchicalKey
{
    /// <summary>Set in an index whose child cannot be derived from the public key.</summary>
    public const uint Hardened = 0x8000_0000;

    private const int DepthMax = 255;

    /// <summary>The key at a path as <c>m/44'/60'/0'/0/0</c> under a seed of 16 to 64 bytes.</summary>
    /// <exception cref="FormatException">Not a path.</exception>
    public static PrivateKey Derive(ReadOnlySpan<byte> seed, string path)
    {
        string[] parts = path.Split('/');
        if (parts[0] != "m" || parts.Length > DepthMax) throw NotAPath(path);
        uint[] indexes = new uint[parts.Length - 1];
        for (int i = 0; i < indexes.Length; i++)
        {
            string part = parts[i + 1];
            bool isHardened = part.EndsWith('\'');
            string digits = isHardened ? part[..^1] : part;
            if (!uint.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out uint index) || index >= Hardened)
                throw NotAPath(path);
            indexes[i] = isHardened ? index | Hardened : index;
        }

        return Derive(seed, indexes);
    }

    /// <summary>The key at the path of the given child indexes.</summary>
    public static PrivateKey Derive(ReadOnlySpan<byte> seed, ReadOnlySpan<uint> path)
    {
        if (seed.Length is < 16 or > 64) throw new ArgumentException("A seed has 16 to 64 bytes.", nameof(seed));
        Span<byte> node = stackalloc byte[64]; // key ‖ chain code
        HMACSHA512.HashData("Bitcoin seed"u8, seed, node);
        foreach (uint index in path) DeriveChild(node, index);
        PrivateKey key = PrivateKey.FromBytes(node[..32]);
        CryptographicOperations.ZeroMemory(node);
        return key;
    }

    private static void DeriveChild(Span<byte> node, uint index)
    {
        Span<byte> input = stackalloc byte[37];
        if (index >= Hardened)
        {
            input[0] = 0;
            node[..32].CopyTo(input[1..]);
        }
        else
        {
            using PrivateKey parent = PrivateKey.FromBytes(node[..32]);
            parent.PublicKeyCompressed.CopyTo(input);
        }

        BinaryPrimitives.WriteUInt32BigEndian(input[33..], index);
        Span<byte> tweak = stackalloc byte[64];
        HMACSHA512.HashData(node[32..], input, tweak);
        fixed (byte* key = node, left = tweak)
        {
            // The BIP's case "proceed with the next value for i": a digest beyond the order, probability 2^-127.
            if (LibSecp256k1.SecretKeyAdd(LibSecp256k1.Context, key, left) != 1)
                throw new FormatException("This path has no key; use the next index.");
        }

        tweak[32..].CopyTo(node[32..]);
        CryptographicOperations.ZeroMemory(input);
        CryptographicOperations.ZeroMemory(tweak);
    }

    private static FormatException NotAPath(string path) => new($"\"{path}\" is not a derivation path, as m/44'/60'/0'/0/0.");
}
