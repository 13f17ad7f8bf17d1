using System.Text;
using DePinChain.Modules.Sdk;
using DePinChain.Primitives;

namespace DePinChain.Modules.Credentials;

/// <summary>The numbers, texts and hashes of credentials.</summary>
public static class CredentialsPolicy
{
    /// <summary>UTF-8 bytes of an issuer's name.</summary>
    public const int NameBytesMax = 64;

    /// <summary>UTF-8 bytes of an issuer's address on the web.</summary>
    public const int UriBytesMax = 256;

    /// <summary>Issuers that a question or a policy may name.</summary>
    public const int IssuersMax = 16;

    /// <summary>Schemas that a policy may ask for.</summary>
    public const int SchemasMax = 8;

    /// <summary>Steps of a claim's branch: a million claims.</summary>
    public const int BranchMax = 20;

    /// <summary>Bytes of a claim's name or value.</summary>
    public const int ClaimBytesMax = 1_024;

    private const string StatementType =
        "Credential(address issuer,address subject,bytes32 schema,bytes32 root,uint64 serial,uint64 expiresAt)";

    /// <summary>The EIP-712 digest that an issuer signs when it attests off the chain.</summary>
    public static Hash256 DigestOf(
        ulong chainId, Address issuer, Address subject, in Hash256 schema, in Hash256 root, ulong serial, ulong expiresAt) =>
        SignedStruct.Of(StatementType).Add(issuer).Add(subject).Add(schema).Add(root).Add(serial).Add(expiresAt)
            .DigestFor("DePinChain Credentials", chainId, WellKnownAddresses.Credentials);

    /// <summary>
    /// A claim's leaf: keccak(keccak(abi.encode(string name, string value, bytes32 salt))). The salt keeps what is not shown from being
    /// guessed; the second hash keeps an inner node from passing as a leaf (OpenZeppelin's StandardMerkleTree).
    /// </summary>
    public static Hash256 LeafOf(string name, string value, in Hash256 salt)
    {
        var writer = new AbiWriter(headWords: 3);
        writer.WriteString(name);
        writer.WriteString(value);
        writer.WriteHash(salt);
        return Keccak256.Hash(Keccak256.Hash(writer.ToArray([])).ToArray());
    }

    /// <summary>
    /// The leaf of a gap between two neighbouring addresses of a list: keccak(keccak(abi.encode(address low, address high))). A list with
    /// n addresses has n + 1 gaps, the first from 0 and the last to 2^160 - 1.
    /// </summary>
    public static Hash256 GapLeafOf(Address low, Address high)
    {
        byte[] words = new byte[2 * Hash256.Size];
        low.CopyTo(words.AsSpan(Hash256.Size - Address.Size));
        high.CopyTo(words.AsSpan((2 * Hash256.Size) - Address.Size));
        return Keccak256.Hash(Keccak256.Hash(words).ToArray());
    }

    /// <summary>The root that a leaf leads to: at each step keccak of the pair, the smaller hash first.</summary>
    public static Hash256 RootOf(Hash256 leaf, IReadOnlyList<Hash256> branch)
    {
        foreach (Hash256 sibling in branch)
        {
            bool isFirst = leaf.CompareTo(sibling) <= 0;
            byte[] pair = new byte[2 * Hash256.Size];
            (isFirst ? leaf : sibling).CopyTo(pair);
            (isFirst ? sibling : leaf).CopyTo(pair.AsSpan(Hash256.Size));
            leaf = Keccak256.Hash(pair);
        }

        return leaf;
    }

    /// <summary>True for an issuer's name: 1 to 64 bytes without control characters.</summary>
    public static bool IsName(string name) => name.Length > 0 && IsText(name, NameBytesMax);

    /// <summary>True for at most 256 bytes without control characters.</summary>
    public static bool IsUri(string uri) => IsText(uri, UriBytesMax);

    private static bool IsText(string text, int bytesMax)
    {
        foreach (char character in text)
            if (char.IsControl(character)) return false;
        return Encoding.UTF8.GetByteCount(text) <= bytesMax;
    }
}
