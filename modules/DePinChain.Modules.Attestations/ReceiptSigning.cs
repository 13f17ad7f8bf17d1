using System.Buffers.Binary;
using System.Text;
using DePinChain.Modules.Sdk;
using DePinChain.Primitives;

namespace DePinChain.Modules.Attestations;

/// <summary>What a custodian's worker signs when it holds its shard: EIP-712 typed data.</summary>
public static class ReceiptSigning
{
    private const string DomainType = "EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)";
    private const string ReceiptType = "ShardReceipt(uint64 jobId,bytes32 shardRoot,uint16 index,bytes32 blobRoot)";

    /// <summary>The digest that the custodian with an index signs.</summary>
    public static Hash256 DigestOf(ulong chainId, ulong job, in Hash256 shardRoot, ushort index, in Hash256 blobRoot)
    {
        byte[] words = new byte[5 * Hash256.Size];
        HashOf(ReceiptType).CopyTo(words);
        Write(words, 1, job);
        shardRoot.CopyTo(words.AsSpan(2 * Hash256.Size));
        Write(words, 3, index);
        blobRoot.CopyTo(words.AsSpan(4 * Hash256.Size));

        byte[] domain = new byte[5 * Hash256.Size];
        HashOf(DomainType).CopyTo(domain);
        HashOf("DePinChain Attestations").CopyTo(domain.AsSpan(Hash256.Size));
        HashOf("1").CopyTo(domain.AsSpan(2 * Hash256.Size));
        Write(domain, 3, chainId);
        WellKnownAddresses.Attestations.CopyTo(domain.AsSpan((4 * Hash256.Size) + 12));

        byte[] message = new byte[2 + (2 * Hash256.Size)];
        (message[0], message[1]) = (0x19, 0x01);
        Keccak256.Hash(domain).CopyTo(message.AsSpan(2));
        Keccak256.Hash(words).CopyTo(message.AsSpan(2 + Hash256.Size));
        return Keccak256.Hash(message);
    }

    private static Hash256 HashOf(string text) => Keccak256.Hash(Encoding.ASCII.GetBytes(text));

    private static void Write(Span<byte> words, int word, ulong value) =>
        BinaryPrimitives.WriteUInt64BigEndian(words[((word * Hash256.Size) + 24)..], value);
}
