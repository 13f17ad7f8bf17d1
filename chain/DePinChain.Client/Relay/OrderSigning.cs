using DePinChain.Crypto;
using DePinChain.Primitives;

namespace DePinChain.Client.Relay;

/// <summary>What a tenant signs (EIP-712) to order a lease on another network.</summary>
public static class OrderSigning
{
    private static readonly Hash256 OrderType = Eip712.TypeHash("RemoteOrder(uint64 lane,address tenant,bytes32 order,uint64 expiresAt)");

    private static readonly AbiType[] Types =
        [.. ((string[])["bytes32", "uint64", "address", "bytes32", "uint64"]).Select(AbiType.Parse)];

    /// <param name="chainId">Of the network that opens the order.</param>
    /// <param name="packets">The Packets module there.</param>
    /// <param name="lane">The lane's number there.</param>
    /// <param name="tenant">Who orders.</param>
    /// <param name="order">Calldata of createDeployment.</param>
    /// <param name="expiresAt">Unix seconds from which it does not count.</param>
    public static Hash256 Digest(ulong chainId, Address packets, ulong lane, Address tenant, ReadOnlySpan<byte> order, ulong expiresAt) =>
        Eip712.Digest(
            Eip712.DomainSeparator("DePinChain Packets", "1", chainId, packets),
            Keccak256.Hash(AbiCodec.Encode(
                Types, [OrderType.ToArray(), (UInt256)lane, tenant, Keccak256.Hash(order).ToArray(), (UInt256)expiresAt])));
}
