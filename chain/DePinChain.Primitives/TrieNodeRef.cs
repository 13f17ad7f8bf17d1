namespace DePinChain.Primitives;

/// <summary>
/// How a node names a child: by the keccak of its RLP, or by the RLP itself when that is shorter than a hash. With hashed keys short nodes
/// appear only where two keys share many nibbles, which somebody can grind for.
/// </summary>
public readonly struct TrieNodeRef : IEquatable<TrieNodeRef>
{
    private readonly Hash256 _hash;

    private TrieNodeRef(Hash256 hash, byte[]? embedded)
    {
        _hash = hash;
        Embedded = embedded;
    }

    public Hash256 Hash => _hash;

    /// <summary>The child's own RLP, 1 to 31 bytes, or null when it is named by hash.</summary>
    public byte[]? Embedded { get; }

    public static TrieNodeRef Of(Hash256 hash) => new(hash, null);

    public static TrieNodeRef OfEmbedded(byte[] node) => new(default, node);

    /// <summary>The name of a node with this RLP.</summary>
    public static TrieNodeRef To(ReadOnlySpan<byte> node) =>
        node.Length < Hash256.Size ? OfEmbedded(node.ToArray()) : Of(Keccak256.Hash(node));

    public void WriteTo(RlpWriter writer)
    {
        if (Embedded is { } node)
        {
            writer.WriteEncoded(node);
        }
        else
        {
            writer.Write(_hash);
        }
    }

    public bool Equals(TrieNodeRef other) => _hash == other._hash && Embedded.AsSpan().SequenceEqual(other.Embedded);

    public override bool Equals(object? obj) => obj is TrieNodeRef other && Equals(other);

    public override int GetHashCode() => _hash.GetHashCode();

    public static bool operator ==(TrieNodeRef left, TrieNodeRef right) => left.Equals(right);

    public static bool operator !=(TrieNodeRef left, TrieNodeRef right) => !left.Equals(right);
}
