using DePinChain.Modules.Sdk;
using DePinChain.Primitives;

namespace DePinChain.Modules.Attestations;

/// <summary>What a custodian's worker signs when it holds its shard: EIP-712 typed data.</summary>
public static class ReceiptSigning
{
    private const string ReceiptType = "ShardReceipt(uint64 jobId,bytes32 shardRoot,uint16 index,bytes32 blobRoot)";

    /// <summary>The digest that the custodian with an index signs.</summary>
    public static Hash256 DigestOf(ulong chainId, ulong job, in Hash256 shardRoot, ushort index, in Hash256 blobRoot) =>
        SignedStruct.Of(ReceiptType).Add(job).Add(shardRoot).Add(index).Add(blobRoot)
            .DigestFor("DePinChain Attestations", chainId, WellKnownAddresses.Attestations);
}
