using System.Globalization;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using DePinChain.Crypto;
using DePinChain.Primitives;

namespace DePinChain.Client.Containers;

/// <summary>What a tenant signs for each request to its provider, and what names a provider's TLS key on the chain.</summary>
public static class ComputeSigning
{
    /// <summary>The request's signature, its time in seconds since 1970, and a number that is used once.</summary>
    public const string SignatureHeader = "Depin-Signature", TimeHeader = "Depin-Time", OnceHeader = "Depin-Once";

    /// <summary>How old, or how far ahead, a request may be: clocks differ, and what is recorded must not work tomorrow.</summary>
    public const long AgeMaxSeconds = 120;

    /// <summary>What is signed (EIP-191): it holds for one request to one provider of one chain.</summary>
    /// <param name="chainId">The chain.</param>
    /// <param name="provider">The provider's account.</param>
    /// <param name="method">The HTTP method.</param>
    /// <param name="target">Path and query.</param>
    /// <param name="body">The request's body.</param>
    /// <param name="time">Seconds since 1970.</param>
    /// <param name="once">16 random bytes in hex.</param>
    public static Hash256 RequestDigest(
        ulong chainId, Address provider, string method, string target, ReadOnlySpan<byte> body, long time, string once) =>
        PersonalMessage.Hash(Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture,
            $"DePinChain compute request\nchain {chainId}\nprovider {provider}\n{method} {target}\n" +
            $"body {Hex.Encode(SHA256.HashData(body))}\ntime {time}\nonce {once}")));

    /// <summary>SHA-256 of a certificate's SubjectPublicKeyInfo: what <c>publishCert</c> puts on the chain.</summary>
    public static Hash256 SpkiOf(X509Certificate2 certificate) => new(SHA256.HashData(certificate.PublicKey.ExportSubjectPublicKeyInfo()));

    /// <summary>Who signed a digest; null when the text is no signature.</summary>
    public static Address? SignerOf(in Hash256 digest, string? signature)
    {
        if (!Hex.TryDecode(signature, out byte[] bytes) || bytes.Length != Signature.Size) return null;
        int recovery = bytes[64] >= 27 ? bytes[64] - 27 : bytes[64];
        return Secp256k1.TryRecover(digest, bytes.AsSpan(0, 64), recovery, out Address signer) ? signer : null;
    }
}
