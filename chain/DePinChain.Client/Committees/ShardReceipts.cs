using DePinChain.Crypto;
using DePinChain.Primitives;

namespace DePinChain.Client.Committees;

/// <summary>What a custodian's worker signs when its node holds its shard (EIP-712).</summary>
public static class ShardReceipts
{
    private static readonly Hash256 ReceiptType =
        Eip712.TypeHash("ShardReceipt(uint64 jobId,bytes32 shardRoot,uint16 index,bytes32 blobRoot)");

    private static readonly AbiType Word = AbiType.Parse("uint256");
    private static readonly AbiType Bytes32 = AbiType.Parse("bytes32");

    /// <summary>The digest that the custodian with an index signs.</summary>
    /// <param name="chainId">The chain.</param>
    /// <param name="attestations">The Attestations module.</param>
    /// <param name="job">The job.</param>
    /// <param name="shardRoot">Root over the shards.</param>
    /// <param name="index">The custodian's and the shard's number.</param>
    /// <param name="blobRoot">The blob's root.</param>
    public static Hash256 DigestOf(
        ulong chainId, Address attestations, ulong job, in Hash256 shardRoot, byte index, in Hash256 blobRoot) => Eip712.Digest(
        Eip712.DomainSeparator("DePinChain Attestations", "1", chainId, attestations),
        Keccak256.Hash(AbiCodec.Encode(
            [Bytes32, Word, Bytes32, Word, Bytes32],
            [ReceiptType.ToArray(), (UInt256)job, shardRoot.ToArray(), (UInt256)index, blobRoot.ToArray()])));
}
