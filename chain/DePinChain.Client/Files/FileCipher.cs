using System.Buffers.Binary;
using System.Security.Cryptography;
using DePinChain.Crypto;

namespace DePinChain.Client.Files;

/// <summary>
/// A private file as a provider gets it: a header with a random salt, then segments of 64 KiB under AES-256-GCM. The key is drawn from
/// the owner's key and the salt, so that the owner's key alone opens it, and every copy is another piece that nobody can pass off as two.
/// </summary>
/// <remarks>
/// The STREAM construction of Hoang, Reyhanitabar, Rogaway and Vizár (2015): a segment's nonce is its number and whether it is the last,
/// so that segments cannot be left out, moved or cut off. The header is what the first tag also covers.
/// </remarks>
public sealed class FileCipher : IDisposable
{
    /// <summary>Bytes before the first segment.</summary>
    public const int HeaderSize = 48;

    /// <summary>Plain bytes of a segment.</summary>
    public const int SegmentSize = 1 << 16;

    private const int SaltSize = 32;
    private const int TagSize = 16;
    private const int SealedSegmentSize = SegmentSize + TagSize;
    private static readonly byte[] Magic = "DPNFILE1"u8.ToArray();

    private readonly AesGcm _aes;
    private readonly byte[] _header;

    private FileCipher(PrivateKey owner, byte[] header)
    {
        byte[] secret = owner.ToArray();
        byte[] key = HKDF.DeriveKey(
            HashAlgorithmName.SHA256, secret, 32, header.AsSpan(Magic.Length, SaltSize).ToArray(), "DePinChain file"u8.ToArray());
        CryptographicOperations.ZeroMemory(secret);
        _aes = new AesGcm(key, TagSize);
        CryptographicOperations.ZeroMemory(key);
        _header = header;
        PlainSize = BinaryPrimitives.ReadUInt64BigEndian(header.AsSpan(Magic.Length + SaltSize));
    }

    /// <summary>Bytes of the file.</summary>
    public ulong PlainSize { get; }

    /// <summary>Bytes of what a provider gets.</summary>
    public ulong SealedSize => SealedSizeOf(PlainSize);

    /// <summary>The first bytes of what a provider gets.</summary>
    public ReadOnlySpan<byte> Header => _header;

    /// <summary>Segments of the file; an empty file has one.</summary>
    public ulong Segments => Math.Max((PlainSize + SegmentSize - 1) / SegmentSize, 1);

    /// <summary>Bytes that a file of this size has once it is sealed.</summary>
    public static ulong SealedSizeOf(ulong plainSize) =>
        HeaderSize + plainSize + (Math.Max((plainSize + SegmentSize - 1) / SegmentSize, 1) * TagSize);

    /// <summary>A new copy of a file, with a salt of its own.</summary>
    public static FileCipher ForNew(PrivateKey owner, ulong plainSize)
    {
        byte[] header = new byte[HeaderSize];
        Magic.CopyTo(header, 0);
        RandomNumberGenerator.Fill(header.AsSpan(Magic.Length, SaltSize));
        BinaryPrimitives.WriteUInt64BigEndian(header.AsSpan(Magic.Length + SaltSize), plainSize);
        return new FileCipher(owner, header);
    }

    /// <summary>The cipher of a copy that a provider gave back, by its first bytes; null when they are no header of a private
    /// file.</summary>
    public static FileCipher? TryOpen(PrivateKey owner, ReadOnlySpan<byte> header) =>
        header.Length == HeaderSize && header.StartsWith(Magic) ? new FileCipher(owner, header.ToArray()) : null;

    /// <summary>Whether bytes begin as a private file does.</summary>
    public static bool IsHeader(ReadOnlySpan<byte> bytes) => bytes.StartsWith(Magic);

    /// <summary>Where a segment begins in what a provider gets.</summary>
    public static ulong OffsetOf(ulong segment) => HeaderSize + (segment * SealedSegmentSize);

    /// <summary>Plain bytes of a segment.</summary>
    public int SizeOf(ulong segment) => (int)Math.Min(SegmentSize, PlainSize - (segment * SegmentSize));

    /// <summary>Seals a segment.</summary>
    /// <returns>Its bytes and tag.</returns>
    public byte[] Seal(ulong segment, ReadOnlySpan<byte> plain)
    {
        byte[] result = new byte[plain.Length + TagSize];
        _aes.Encrypt(NonceOf(segment), plain, result.AsSpan(0, plain.Length), result.AsSpan(plain.Length), Associated(segment));
        return result;
    }

    /// <summary>Opens a segment.</summary>
    /// <exception cref="WrongFileKeyException">It was sealed with another key, or changed.</exception>
    public byte[] Open(ulong segment, ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length < TagSize) throw new WrongFileKeyException(segment);
        byte[] plain = new byte[bytes.Length - TagSize];
        try
        {
            _aes.Decrypt(NonceOf(segment), bytes[..^TagSize], bytes[^TagSize..], plain, Associated(segment));
        }
        catch (CryptographicException)
        {
            throw new WrongFileKeyException(segment);
        }

        return plain;
    }

    public void Dispose() => _aes.Dispose();

    private byte[] NonceOf(ulong segment)
    {
        byte[] nonce = new byte[12];
        BinaryPrimitives.WriteUInt64BigEndian(nonce.AsSpan(3), segment);
        nonce[11] = segment == Segments - 1 ? (byte)1 : (byte)0;
        return nonce;
    }

    private ReadOnlySpan<byte> Associated(ulong segment) => segment == 0 ? _header : default;
}

/// <summary>A private file does not open with this key.</summary>
public sealed class WrongFileKeyException(ulong segment)
    : Exception($"segment {segment} does not open: the file was stored with another key, or it was changed");
