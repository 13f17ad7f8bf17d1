using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using DePinChain.Primitives;

namespace DePinChain.Crypto;

/// <summary>
/// Encrypted key files in the Web3 Secret Storage format, version 3: what geth and every Ethereum wallet reads and writes.
/// </summary>
public static class Keystore
{
    /// <summary>geth's standard cost: 256 MiB of memory and about a second.</summary>
    public const int StandardN = 262_144;

    /// <summary>geth's light cost, for tests and throw-away networks.</summary>
    public const int LightN = 4_096;

    private const int BlockSizeFactor = 8;
    private const int KeyLength = 32;

    // A file from outside may not make us spend more memory or time than a few standard files would.
    private const long ScryptMemoryMax = 1L << 30;
    private const long ScryptWorkMax = 1L << 32;
    private const int Pbkdf2IterationsMax = 10_000_000;

    /// <summary>The JSON of a key file. <paramref name="n"/> is scrypt's cost, a power of two.</summary>
    public static string EncryptV3(PrivateKey key, string password, int n = StandardN)
    {
        byte[] salt = RandomNumberGenerator.GetBytes(KeyLength);
        byte[] iv = RandomNumberGenerator.GetBytes(16);
        byte[] derived = Scrypt.Derive(Encoding.UTF8.GetBytes(password), salt, n, BlockSizeFactor, p: 1, KeyLength);
        byte[] text = key.ToArray();
        ApplyCtr(derived.AsSpan(0, 16), iv, text);

        using MemoryStream stream = new();
        using (Utf8JsonWriter json = new(stream, new JsonWriterOptions { Indented = true }))
        {
            json.WriteStartObject();
            json.WriteString("address", Hex.Encode(key.Address.ToArray(), prefix: false));
            json.WriteStartObject("crypto");
            json.WriteString("cipher", "aes-128-ctr");
            json.WriteString("ciphertext", Hex.Encode(text, prefix: false));
            json.WriteStartObject("cipherparams");
            json.WriteString("iv", Hex.Encode(iv, prefix: false));
            json.WriteEndObject();
            json.WriteString("kdf", "scrypt");
            json.WriteStartObject("kdfparams");
            json.WriteNumber("dklen", KeyLength);
            json.WriteNumber("n", n);
            json.WriteNumber("p", 1);
            json.WriteNumber("r", BlockSizeFactor);
            json.WriteString("salt", Hex.Encode(salt, prefix: false));
            json.WriteEndObject();
            json.WriteString("mac", Hex.Encode(Mac(derived, text), prefix: false));
            json.WriteEndObject();
            json.WriteString("id", Guid.NewGuid().ToString("D"));
            json.WriteNumber("version", 3);
            json.WriteEndObject();
        }

        CryptographicOperations.ZeroMemory(derived);
        return Encoding.UTF8.GetString(stream.GetBuffer(), 0, (int)stream.Length);
    }

    /// <summary>The key in a key file, derived by scrypt or PBKDF2.</summary>
    /// <exception cref="KeystoreException">Not a key file of version 3, or the password is wrong.</exception>
    public static PrivateKey DecryptV3(string json, string password)
    {
        try
        {
            using JsonDocument document = JsonDocument.Parse(json);
            return Decrypt(document.RootElement, Encoding.UTF8.GetBytes(password));
        }
        catch (Exception fault) when (fault is JsonException or FormatException or InvalidOperationException or KeyNotFoundException)
        {
            throw new KeystoreException($"Not a key file of version 3: {fault.Message}");
        }
    }

    private static PrivateKey Decrypt(JsonElement file, ReadOnlySpan<byte> password)
    {
        if (file.GetProperty("version").GetInt32() != 3) throw new KeystoreException("The key file's version is not 3.");
        // Files of old clients write "Crypto".
        JsonElement crypto = file.TryGetProperty("crypto", out JsonElement lower) ? lower : file.GetProperty("Crypto");
        string cipher = TextOf(crypto, "cipher");
        if (cipher != "aes-128-ctr") throw new KeystoreException($"The key file's cipher is {cipher}; only aes-128-ctr is known.");
        byte[] text = Hex.Decode(TextOf(crypto, "ciphertext"));
        byte[] iv = Hex.Decode(TextOf(crypto.GetProperty("cipherparams"), "iv"));
        byte[] mac = Hex.Decode(TextOf(crypto, "mac"));
        if (iv.Length != 16 || text.Length != PrivateKey.Size)
            throw new KeystoreException("The key file's iv or ciphertext has a wrong length.");
        byte[] derived = DeriveKey(TextOf(crypto, "kdf"), crypto.GetProperty("kdfparams"), password);
        if (!CryptographicOperations.FixedTimeEquals(Mac(derived, text), mac)) throw new KeystoreException("The password is wrong.");
        ApplyCtr(derived.AsSpan(0, 16), iv, text);
        PrivateKey key = PrivateKey.FromBytes(text);
        CryptographicOperations.ZeroMemory(text);
        CryptographicOperations.ZeroMemory(derived);
        return key;
    }

    private static byte[] DeriveKey(string function, JsonElement parameters, ReadOnlySpan<byte> password)
    {
        byte[] salt = Hex.Decode(TextOf(parameters, "salt"));
        if (parameters.GetProperty("dklen").GetInt32() != KeyLength)
            throw new KeystoreException($"The key file's dklen is not {KeyLength}.");
        if (function == "scrypt")
        {
            int n = parameters.GetProperty("n").GetInt32();
            int r = parameters.GetProperty("r").GetInt32();
            int p = parameters.GetProperty("p").GetInt32();
            // Checked in 128 bits: three numbers of 31 bits each have a product of 93.
            bool isAffordable = n > 1 && int.IsPow2(n) && r > 0 && p > 0
                && (Int128)128 * n * r <= ScryptMemoryMax
                && (Int128)128 * r * p <= ScryptMemoryMax
                && (Int128)128 * n * r * p <= ScryptWorkMax;
            return isAffordable
                ? Scrypt.Derive(password, salt, n, r, p, KeyLength)
                : throw new KeystoreException(
                    $"The key file asks for scrypt with n = {n}, r = {r}, p = {p}, which is invalid or too costly.");
        }

        if (function != "pbkdf2" || TextOf(parameters, "prf") != "hmac-sha256")
            throw new KeystoreException($"The key file's key derivation {function} is not known.");
        int iterations = parameters.GetProperty("c").GetInt32();
        return iterations is > 0 and <= Pbkdf2IterationsMax
            ? Rfc2898DeriveBytes.Pbkdf2(password, salt, iterations, HashAlgorithmName.SHA256, KeyLength)
            : throw new KeystoreException($"The key file asks for {iterations} iterations, which is invalid or too costly.");
    }

    private static byte[] Mac(ReadOnlySpan<byte> derived, ReadOnlySpan<byte> ciphertext) =>
        new Keccak256.Hasher().Append(derived[16..32]).Append(ciphertext).Finish().ToArray();

    // The base library has no counter mode: the key stream is the encryption of the counter, block by block.
    private static void ApplyCtr(ReadOnlySpan<byte> key, ReadOnlySpan<byte> iv, Span<byte> text)
    {
        using Aes aes = Aes.Create();
        aes.Key = key.ToArray();
        UInt128 counter = BinaryPrimitives.ReadUInt128BigEndian(iv);
        Span<byte> block = stackalloc byte[16];
        for (int start = 0; start < text.Length; start += block.Length)
        {
            BinaryPrimitives.WriteUInt128BigEndian(block, counter);
            counter = unchecked(counter + 1);
            aes.EncryptEcb(block, block, PaddingMode.None);
            for (int i = 0; i < block.Length && start + i < text.Length; i++) text[start + i] ^= block[i];
        }
    }

    private static string TextOf(JsonElement json, string name) =>
        json.GetProperty(name).GetString() ?? throw new KeystoreException($"The key file's \"{name}\" is null.");
}

/// <summary>A key file cannot be opened. The message says whether the file or the password is wrong.</summary>
public sealed class KeystoreException(string message) : Exception(message);
