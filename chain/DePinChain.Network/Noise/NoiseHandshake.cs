using System.Security.Cryptography;
using System.Text;
using DePinChain.Network.Identity;
using DePinChain.Network.Wire;

namespace DePinChain.Network.Noise;

/// <summary>The handshake Noise_XX_25519_ChaChaPoly_SHA256 without any transport: messages in, messages out.</summary>
/// <remarks>
/// Noise revision 34, sections 5.2, 5.3 and 7.5: <c>-&gt; e; &lt;- e, ee, s, es; -&gt; s, se</c>. Both ends call
/// <see cref="Write"/> and <see cref="Read"/> in turn, the initiator writing first; after three messages <see cref="Split"/> gives the
/// ciphers. A failed message leaves the handshake unusable.
/// </remarks>
internal sealed class NoiseHandshake : IDisposable
{
    private const int KeySize = Curve25519.KeySize;

    private static readonly byte[] ProtocolName = Encoding.ASCII.GetBytes("Noise_XX_25519_ChaChaPoly_SHA256");

    private readonly bool _initiator;
    private readonly byte[] _static;
    private readonly byte[] _ephemeral;
    private readonly byte[] _chainingKey;
    private byte[] _hash;
    private NoiseCipher? _cipher;
    private byte[] _remoteEphemeral = [];
    private int _message;

    public NoiseHandshake(bool initiator, byte[] staticSecret, byte[] ephemeralSecret, ReadOnlySpan<byte> prologue)
    {
        _initiator = initiator;
        _static = staticSecret;
        _ephemeral = ephemeralSecret;
        // The name has exactly the hash's 32 bytes, so it stands for its own hash (5.2, InitializeSymmetric).
        _hash = [.. ProtocolName];
        _chainingKey = [.. ProtocolName];
        MixHash(prologue);
    }

    /// <summary>The other side's static key; empty until its message was read.</summary>
    public byte[] RemoteStatic { get; private set; } = [];

    /// <summary>The transcript's hash, equal at both ends after the last message.</summary>
    public ReadOnlySpan<byte> Hash => _hash;

    public bool IsComplete => _message == 3;

    /// <summary>The next message of this side, carrying the payload.</summary>
    public byte[] Write(ReadOnlySpan<byte> payload)
    {
        using MemoryStream message = new();
        switch (TakeTurn(writing: true))
        {
            case 0:
                WriteEphemeral(message);
                break;
            case 1:
                WriteEphemeral(message);
                MixKey(_ephemeral, _remoteEphemeral); // ee
                message.Write(EncryptAndHash(Curve25519.PublicKeyOf(_static)));
                MixKey(_static, _remoteEphemeral); // es
                break;
            default:
                message.Write(EncryptAndHash(Curve25519.PublicKeyOf(_static)));
                MixKey(_static, _remoteEphemeral); // se
                break;
        }

        message.Write(EncryptAndHash(payload));
        return message.ToArray();
    }

    /// <summary>Reads the other side's next message and returns its payload.</summary>
    /// <exception cref="WireException">The message is too short, does not authenticate, or carries a key of small order.</exception>
    public byte[] Read(ReadOnlySpan<byte> message)
    {
        int turn = TakeTurn(writing: false);
        if (turn < 2)
        {
            _remoteEphemeral = Take(ref message, KeySize).ToArray();
            MixHash(_remoteEphemeral);
        }

        if (turn == 1) MixKey(_ephemeral, _remoteEphemeral); // ee
        if (turn > 0)
        {
            RemoteStatic = DecryptAndHash(Take(ref message, KeySize + NoiseCipher.TagSize));
            MixKey(_ephemeral, RemoteStatic); // es for the initiator, se for the responder
        }

        return DecryptAndHash(message);
    }

    /// <summary>The ciphers after the third message, this side's own direction first.</summary>
    public (NoiseCipher Send, NoiseCipher Receive) Split()
    {
        if (!IsComplete) throw new InvalidOperationException("The handshake has not ended.");
        byte[] keys = HKDF.DeriveKey(HashAlgorithmName.SHA256, [], 2 * KeySize, _chainingKey);
        NoiseCipher first = new(keys.AsSpan(0, KeySize));
        NoiseCipher second = new(keys.AsSpan(KeySize));
        CryptographicOperations.ZeroMemory(keys);
        return _initiator ? (first, second) : (second, first);
    }

    public void Dispose()
    {
        _cipher?.Dispose();
        CryptographicOperations.ZeroMemory(_ephemeral);
        CryptographicOperations.ZeroMemory(_chainingKey);
    }

    private int TakeTurn(bool writing)
    {
        if (IsComplete || (_message % 2 == 0) != (_initiator == writing))
            throw new InvalidOperationException("It is not this side's turn in the handshake.");
        return _message++;
    }

    private void WriteEphemeral(MemoryStream message)
    {
        byte[] key = Curve25519.PublicKeyOf(_ephemeral);
        message.Write(key);
        MixHash(key);
    }

    private static ReadOnlySpan<byte> Take(ref ReadOnlySpan<byte> message, int size)
    {
        if (message.Length < size) throw new WireException("a Noise handshake message is too short");
        ReadOnlySpan<byte> taken = message[..size];
        message = message[size..];
        return taken;
    }

    private void MixHash(ReadOnlySpan<byte> bytes)
    {
        using IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(_hash);
        hash.AppendData(bytes);
        _hash = hash.GetHashAndReset();
    }

    private void MixKey(ReadOnlySpan<byte> secret, ReadOnlySpan<byte> publicKey)
    {
        Span<byte> shared = stackalloc byte[KeySize];
        if (!Curve25519.TryAgree(secret, publicKey, shared)) throw new WireException("a peer's X25519 key is of small order");
        // Noise's two-output HKDF is RFC 5869's with the chaining key as salt and no info.
        Span<byte> keys = stackalloc byte[2 * KeySize];
        HKDF.DeriveKey(HashAlgorithmName.SHA256, shared, keys, _chainingKey, []);
        keys[..KeySize].CopyTo(_chainingKey);
        _cipher?.Dispose();
        _cipher = new NoiseCipher(keys[KeySize..]);
        CryptographicOperations.ZeroMemory(shared);
        CryptographicOperations.ZeroMemory(keys);
    }

    private byte[] EncryptAndHash(ReadOnlySpan<byte> plaintext)
    {
        byte[] text = plaintext.ToArray();
        if (_cipher is not null)
        {
            text = new byte[plaintext.Length + NoiseCipher.TagSize];
            _cipher.Encrypt(_hash, plaintext, text);
        }

        MixHash(text);
        return text;
    }

    private byte[] DecryptAndHash(ReadOnlySpan<byte> text)
    {
        byte[] plaintext = text.ToArray();
        if (_cipher is not null)
        {
            if (text.Length < NoiseCipher.TagSize) throw new WireException("a Noise handshake message is too short");
            plaintext = new byte[text.Length - NoiseCipher.TagSize];
            _cipher.Decrypt(_hash, text, plaintext);
        }

        MixHash(text);
        return plaintext;
    }
}
