using DePinChain.Client.Relay;
using DePinChain.Primitives;

namespace DePinChain.Unit.Tests.Compliance;

/// <summary>What a tenant signs for another network.</summary>
public sealed class OrderSigningTests
{
    [Test]
    public void The_digest_is_that_of_the_chain()
    {
        // By a Keccak in Python over EIP-712's encoding: chain 4242, module 0x100a, lane 2, tenant 0xa11ce, calldata "order", until
        // 1900000000.
        Assert.That(
            OrderSigning.Digest(4_242, Address.FromLow(0x100a), 2, Address.FromLow(0xa11ce), "order"u8, 1_900_000_000),
            Is.EqualTo(Hash256.Parse("0x12a226732f8c6844bdcc25389c213da8546c971fbbd2ffad0e8aa3411ca0d823")));
    }
}
