using System.Security.Cryptography;
using System.Text;

namespace DePinChain.Crypto;

/// <summary>Recovery phrases (BIP-39, English) and the Ethereum keys under them (BIP-44: m/44'/60'/0'/0/i).</summary>
public static class Mnemonic
{
    private const int BitsPerWord = 11;

    /// <summary>A fresh phrase of 12, 15, 18, 21 or 24 words.</summary>
    public static string Generate(int words = 12)
    {
        if (words is not (12 or 15 or 18 or 21 or 24))
            throw new ArgumentOutOfRangeException(nameof(words), words, "A phrase has 12, 15, 18, 21 or 24 words.");
        byte[] entropy = RandomNumberGenerator.GetBytes(words * 4 / 3);
        string phrase = FromEntropy(entropy);
        CryptographicOperations.ZeroMemory(entropy);
        return phrase;
    }

    /// <summary>The phrase of 16, 20, 24, 28 or 32 bytes: their bits and the first bits of their SHA-256, eleven to a word.</summary>
    public static string FromEntropy(ReadOnlySpan<byte> entropy)
    {
        if (entropy.Length is not (16 or 20 or 24 or 28 or 32))
            throw new ArgumentException("A phrase is made of 16 to 32 bytes, a multiple of 4.", nameof(entropy));
        // One byte of the digest is enough: the checksum has 4 to 8 bits.
        byte[] bits = [.. entropy, SHA256.HashData(entropy)[0]];
        string[] words = new string[entropy.Length * 3 / 4];
        for (int i = 0; i < words.Length; i++) words[i] = MnemonicWords.English[ReadBits(bits, i * BitsPerWord, BitsPerWord)];
        return string.Join(' ', words);
    }

    /// <summary>True when the words are of the list and their checksum is right. Words are separated by single spaces.</summary>
    public static bool IsValid(string phrase)
    {
        string[] words = phrase.Split(' ');
        if (words.Length is not (12 or 15 or 18 or 21 or 24)) return false;
        byte[] bits = new byte[(words.Length * BitsPerWord / 8) + 1];
        for (int i = 0; i < words.Length; i++)
        {
            int index = Array.BinarySearch(MnemonicWords.English, words[i], StringComparer.Ordinal);
            if (index < 0) return false;
            WriteBits(bits, i * BitsPerWord, BitsPerWord, index);
        }

        int entropyBytes = words.Length * 4 / 3;
        int checksumBits = entropyBytes / 4;
        byte expected = SHA256.HashData(bits.AsSpan(0, entropyBytes))[0];
        return ReadBits(bits, entropyBytes * 8, checksumBits) == expected >> (8 - checksumBits);
    }

    /// <summary>The 64-byte seed of a phrase.</summary>
    /// <exception cref="FormatException">
    /// Not a valid phrase, or a passphrase that is not ASCII: BIP-39 wants it in Unicode form NFKD, which programs without culture
    /// tables cannot make.
    /// </exception>
    public static byte[] ToSeed(string phrase, string passphrase = "")
    {
        if (!IsValid(phrase))
            throw new FormatException("Not a recovery phrase: 12 to 24 English words with a checksum, separated by single spaces.");
        if (!Ascii.IsValid(passphrase)) throw new FormatException("The passphrase must be ASCII.");
        const int Iterations = 2048;
        byte[] salt = Encoding.ASCII.GetBytes("mnemonic" + passphrase);
        return Rfc2898DeriveBytes.Pbkdf2(Encoding.ASCII.GetBytes(phrase), salt, Iterations, HashAlgorithmName.SHA512, 64);
    }

    /// <summary>The key of the i-th account, m/44'/60'/0'/0/<paramref name="index"/>, as wallets show them.</summary>
    /// <exception cref="FormatException">As <see cref="ToSeed"/>.</exception>
    public static PrivateKey DeriveKey(string phrase, uint index, string passphrase = "")
    {
        byte[] seed = ToSeed(phrase, passphrase);
        const uint Hardened = HierarchicalKey.Hardened;
        PrivateKey key = HierarchicalKey.Derive(seed, [Hardened | 44, Hardened | 60, Hardened | 0, 0, index]);
        CryptographicOperations.ZeroMemory(seed);
        return key;
    }

    private static int ReadBits(ReadOnlySpan<byte> bits, int start, int count)
    {
        int value = 0;
        for (int i = start; i < start + count; i++) value = (value << 1) | ((bits[i / 8] >> (7 - (i % 8))) & 1);
        return value;
    }

    private static void WriteBits(Span<byte> bits, int start, int count, int value)
    {
        for (int i = 0; i < count; i++)
        {
            int at = start + i;
            bits[at / 8] |= (byte)(((value >> (count - 1 - i)) & 1) << (7 - (at % 8)));
        }
    }
}
