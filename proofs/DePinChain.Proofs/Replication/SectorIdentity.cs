using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using DePinChain.Primitives;
using DePinChain.Proofs.Hashing;

namespace DePinChain.Proofs.Replication;

/// <summary>What makes a replica one provider's, on one chain, of one content, not older than its ticket.</summary>
/// <param name="ChainId">EIP-155 chain id.</param>
/// <param name="Provider">The provider's number.</param>
/// <param name="Sector">The sector's number at the provider.</param>
/// <param name="Ticket">Beacon seed of the sealing.</param>
/// <param name="CommD">Root of the tree over the data.</param>
public readonly record struct SectorIdentity(ulong ChainId, ulong Provider, ulong Sector, Hash256 Ticket, Hash256 CommD)
{
    /// <summary>Selects the graph: the same for every sector of a shape on every network, so that parents can be shared.</summary>
    public static Hash256 PorepIdOf(SectorShape shape)
    {
        byte[] tag = Encoding.ASCII.GetBytes("DePinChain/SDR/v1");
        byte[] preimage = new byte[tag.Length + 9];
        tag.CopyTo(preimage, 0);
        BinaryPrimitives.WriteUInt64BigEndian(preimage.AsSpan(tag.Length), shape.Bytes);
        preimage[^1] = (byte)shape.Layers;
        return new Hash256(SHA256.HashData(preimage));
    }

    /// <summary>
    /// The first word of every label: SHA-256(provider ‖ sector ‖ ticket ‖ commD ‖ seed) as a node, Filecoin's field order; the seed binds
    /// graph and chain.
    /// </summary>
    public byte[] ReplicaId(SectorShape shape)
    {
        Span<byte> seedPreimage = stackalloc byte[40];
        PorepIdOf(shape).CopyTo(seedPreimage);
        BinaryPrimitives.WriteUInt64BigEndian(seedPreimage[32..], ChainId);
        Span<byte> provider = stackalloc byte[32];
        provider.Clear();
        BinaryPrimitives.WriteUInt64BigEndian(provider[24..], Provider);
        return ReplicaId(provider, Sector, Ticket, CommD, SHA256.HashData(seedPreimage));
    }

    internal static byte[] ReplicaId(
        ReadOnlySpan<byte> provider, ulong sector, in Hash256 ticket, in Hash256 commD, ReadOnlySpan<byte> seed)
    {
        Span<byte> preimage = stackalloc byte[136];
        provider.CopyTo(preimage);
        BinaryPrimitives.WriteUInt64BigEndian(preimage[32..], sector);
        ticket.CopyTo(preimage[40..]);
        commD.CopyTo(preimage[72..]);
        seed.CopyTo(preimage[104..]);
        byte[] id = new byte[NodeHash.Size];
        NodeHash.HashMessage(preimage, id);
        return id;
    }
}
