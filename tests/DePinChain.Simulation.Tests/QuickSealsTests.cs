using DePinChain.Crypto;
using DePinChain.Primitives;

namespace DePinChain.Simulation.Tests;

/// <summary>The simulator's seals are signatures like any other: libsecp256k1, which did not make them, is the judge.</summary>
public sealed class QuickSealsTests
{
    [TestCase(0)]
    [TestCase(1)]
    [TestCase(2)]
    [TestCase(3)]
    public void A_seal_recovers_to_the_key_it_was_made_for(int index)
    {
        QuickSeals seals = Keys.Seals(index);
        using PrivateKey key = Keys.Signing(index);
        for (int message = 0; message < 50; message++)
        {
            Hash256 digest = Keccak256.Hash(BitConverter.GetBytes(message));
            Signature seal = seals.Sign(digest);

            Assert.That(seal.TryRecover(digest, out Address signer), Is.True);
            Assert.That(signer, Is.EqualTo(key.Address));
            Assert.That(seals.Sign(digest), Is.EqualTo(seal));
        }
    }

    [Test]
    public void A_seal_is_of_one_digest_only()
    {
        QuickSeals seals = Keys.Seals(0);
        Signature seal = seals.Sign(Keccak256.Hash("one"u8));
        bool isSignature = seal.TryRecover(Keccak256.Hash("another"u8), out Address signer);

        Assert.That(isSignature && signer == seals.Address, Is.False);
    }
}
