using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using DePinChain.Client;
using DePinChain.Client.Committees;
using DePinChain.Crypto;
using DePinChain.Primitives;

namespace DePinChain.Worker;

/// <summary>One key of the worker: whose seats it acts in, what it sends, and the node where its verifier's shards lie.</summary>
internal sealed class Keyholder(PrivateKey key, Address verifier, JsonRpcConnection custodyNode, bool ownsNode, Outbox outbox) : IDisposable
{
    public Address Worker => key.Address;

    /// <summary>The owner of the bond.</summary>
    public Address Verifier => verifier;

    public Outbox Outbox => outbox;

    public JsonRpcConnection CustodyNode => custodyNode;

    public BlobDesk Custody { get; } = new(custodyNode);

    /// <summary>65 bytes over a digest.</summary>
    public byte[] Sign(in Hash256 digest) => key.Sign(digest).ToArray();

    /// <summary>
    /// What hides a seat's verdict until it is revealed. It follows from the key, so that a worker that lost its journal can still reveal
    /// what it finds again.
    /// </summary>
    public Hash256 SaltOf(ulong chainId, ulong job, ushort seat)
    {
        byte[] tag = Encoding.ASCII.GetBytes("depin-worker/salt/1");
        byte[] message = new byte[tag.Length + 18];
        tag.CopyTo(message, 0);
        BinaryPrimitives.WriteUInt64BigEndian(message.AsSpan(tag.Length), chainId);
        BinaryPrimitives.WriteUInt64BigEndian(message.AsSpan(tag.Length + 8), job);
        BinaryPrimitives.WriteUInt16BigEndian(message.AsSpan(tag.Length + 16), seat);
        byte[] secret = key.ToArray();
        try
        {
            return new Hash256(HMACSHA256.HashData(secret, message));
        }
        finally
        {
            CryptographicOperations.ZeroMemory(secret);
        }
    }

    public void Dispose()
    {
        outbox.Dispose();
        if (ownsNode) custodyNode.Dispose();
        key.Dispose();
    }
}
