using System.Buffers.Binary;
using System.Security.Cryptography;
using DePinChain.Network.Wire;

namespace DePinChain.Network.Noise;

/// <summary>One direction of a Noise channel: ChaCha20-Poly1305 with a counting nonce.</summary>
/// <remarks>Noise 5.1. The nonce is 4 zero bytes and 8 little-endian (12.3); 2^64-1 is reserved, so the channel ends before it.</remarks>
internal sealed class NoiseCipher : IDisposable
{
    public const int TagSize = 16;

    private readonly ChaCha20Poly1305 _cipher;
    private readonly byte[] _nonce = new byte[12];
    private ulong _counter;

    public NoiseCipher(ReadOnlySpan<byte> key, ulong counter = 0)
    {
        _cipher = new ChaCha20Poly1305(key);
        _counter = counter;
    }

    /// <summary>Writes ciphertext and tag, 16 bytes more than the plaintext.</summary>
    public void Encrypt(ReadOnlySpan<byte> associated, ReadOnlySpan<byte> plaintext, Span<byte> destination)
    {
        NextNonce();
        _cipher.Encrypt(_nonce, plaintext, destination[..plaintext.Length], destination.Slice(plaintext.Length, TagSize), associated);
    }

    /// <summary>Writes the plaintext, 16 bytes less than the sealed text.</summary>
    /// <exception cref="WireException">Somebody changed the text, or it is not of this channel.</exception>
    public void Decrypt(ReadOnlySpan<byte> associated, ReadOnlySpan<byte> text, Span<byte> destination)
    {
        if (text.Length < TagSize) throw new WireException("a Noise message is shorter than its tag");
        NextNonce();
        int size = text.Length - TagSize;
        try
        {
            _cipher.Decrypt(_nonce, text[..size], text[size..], destination[..size], associated);
        }
        catch (AuthenticationTagMismatchException e)
        {
            throw new WireException("a Noise message does not authenticate", e);
        }
    }

    public void Dispose() => _cipher.Dispose();

    private void NextNonce()
    {
        if (_counter == ulong.MaxValue) throw new WireException("a Noise channel has used all its nonces");
        BinaryPrimitives.WriteUInt64LittleEndian(_nonce.AsSpan(4), _counter);
        _counter++;
    }
}
