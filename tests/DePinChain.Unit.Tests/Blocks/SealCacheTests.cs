using DePinChain.Blocks;
using DePinChain.Primitives;
using PrivateKey = global::DePinChain.Crypto.PrivateKey;
using Signature = global::DePinChain.Crypto.Signature;

namespace DePinChain.Unit.Tests.Blocks;

/// <summary>What is remembered of one seal says nothing of another.</summary>
public sealed class SealCacheTests
{
    private static readonly Hash256 Digest = Keccak256.Hash("a vote"u8);
    private static readonly Hash256 OtherDigest = Keccak256.Hash("another vote"u8);

    [Test]
    public void A_seal_is_whose_key_made_it_whether_remembered_or_recovered()
    {
        using PrivateKey key = PrivateKey.Generate();
        Signature seal = key.Sign(Digest);
        Assert.That(SealCache.TryRecover(Digest, seal, out Address recovered), Is.True);
        SealCache.Remember(Digest, seal, key.Address);
        Assert.That(SealCache.TryRecover(Digest, seal, out Address remembered), Is.True);
        Assert.That((recovered, remembered), Is.EqualTo((key.Address, key.Address)));
    }

    [Test]
    public void A_remembered_seal_does_not_hold_for_another_digest()
    {
        using PrivateKey key = PrivateKey.Generate();
        Signature seal = key.Sign(Digest);
        SealCache.Remember(Digest, seal, key.Address);
        bool isSeal = SealCache.TryRecover(OtherDigest, seal, out Address signer);
        Assert.That(isSeal && signer == key.Address, Is.False);
    }

    [Test]
    public void Another_seal_over_the_same_digest_is_not_the_remembered_one()
    {
        using PrivateKey key = PrivateKey.Generate();
        using PrivateKey other = PrivateKey.Generate();
        SealCache.Remember(Digest, key.Sign(Digest), key.Address);
        Assert.That(SealCache.TryRecover(Digest, other.Sign(Digest), out Address signer), Is.True);
        Assert.That(signer, Is.EqualTo(other.Address));
    }
}
