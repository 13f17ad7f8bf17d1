using System.Security.Cryptography;
using DePinChain.Crypto;
using DePinChain.Primitives;

namespace DePinChain.Network.Identity;

/// <summary>The node's own identity on the wire: a secp256k1 key that is not a validator's.</summary>
public sealed class NodeKey : IDisposable
{
    private readonly PrivateKey _secret;

    public NodeKey(PrivateKey secret)
    {
        _secret = secret;
        Public = IdentityKey.OfSecp256k1(secret.PublicKeyCompressed);
    }

    public IdentityKey Public { get; }

    public PeerId Peer => Public.Peer;

    public static NodeKey Generate() => new(PrivateKey.Generate());

    /// <summary>Reads 64 hexadecimal digits.</summary>
    /// <exception cref="FormatException">Not a private key.</exception>
    public static NodeKey Parse(string hex) => new(PrivateKey.Parse(hex.Trim()));

    /// <summary>Reads the key of a file, or makes one and writes it for its owner's eyes only.</summary>
    /// <exception cref="FormatException">The file does not hold a key.</exception>
    /// <exception cref="IOException">The file cannot be read or written.</exception>
    public static NodeKey LoadOrCreate(string path)
    {
        if (File.Exists(path)) return Parse(File.ReadAllText(path));
        using PrivateKey fresh = PrivateKey.Generate();
        byte[] secret = fresh.ToArray();
        string? folder = Path.GetDirectoryName(Path.GetFullPath(path));
        if (folder is not null) Directory.CreateDirectory(folder);
        FileStreamOptions options = new() { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows()) options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        using (FileStream file = new(path, options))
        {
            file.Write(System.Text.Encoding.ASCII.GetBytes(Hex.Encode(secret, prefix: false) + "\n"));
            file.Flush(flushToDisk: true);
        }

        NodeKey key = new(PrivateKey.FromBytes(secret));
        CryptographicOperations.ZeroMemory(secret);
        return key;
    }

    /// <summary>ECDSA over SHA-256 in DER, as libp2p's secp256k1 identities sign (peer-ids).</summary>
    public byte[] Sign(ReadOnlySpan<byte> message)
    {
        Signature signature = _secret.Sign(new Hash256(SHA256.HashData(message)));
        return Secp256k1.EncodeDer(signature.ToArray().AsSpan(0, 64));
    }

    public void Dispose() => _secret.Dispose();
}
