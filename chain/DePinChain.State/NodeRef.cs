using DePinChain.Primitives;

namespace DePinChain.State;

/// <summary>
/// How a node names a child: by the keccak of its RLP, or by the RLP itself when that is shorter than a hash. With hashed keys short nodes
/// appear only where two keys share many nibbles, which somebody can grind for.
/// </summary>
internal readonly struct NodeRef : IEquatable<NodeRef>
{
    private readonly Hash256 _hash;

    private NodeRef(Hash256 hash, byte[]? embedded)
    {
        _hash = hash;
        Embedded = embedded;
    }

    public Hash256 Hash => _hash;

    /// <summary>The child's own RLP, 1 to 31 bytes, or null when it is named by hash.</summary>
    public byte[]? Embedded { get; }

    public static NodeRef Of(Hash256 hash) => new(hash, null);

    public static NodeRef OfEmbedded(byte[] node) => new(default, node);

    /// <summary>The name of a node with this RLP.</summary>
    public static NodeRef To(ReadOnlySpan<byte> node) => node.Length < Hash256.Size ? OfEmbedded(node.ToArray()) : Of(Keccak256.Hash(node));

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

    public bool Equals(NodeRef other) => _hash == other._hash && Embedded.AsSpan().SequenceEqual(other.Embedded);

    public override bool Equals(object? obj) => obj is NodeRef other && Equals(other);

    public override int GetHashCode() => _hash.GetHashCode();
}
