using DePinChain.Crypto;
using DePinChain.Primitives;

namespace DePinChain.Unit.Tests.Crypto;

public sealed class VrfTests
{
    // shared vectors chain/vrf/ecvrf_secp256k1_sha256_tai.json, rfc9381_mode: an independent implementation over @noble/curves.
    private const string Secret = "c9afa9d845ba75166b5c215767b1d6934e50c3db36e89b127b8a622b120f6721";
    private const string PublicKey = "032c8c31fc9f990c6b55e3865a184a4ce50e09481f2eaeb3e60ec1cea13a6ae645";
    private const string Alpha = "73616d706c65";
    private const string Proof =
        "0338ec99b5d0f94ebcc2c704c04af3de8b4289df8798e5fb9f920d7f5d77ac03d7718b9677d1c9348649ac2ec4f7ecbe519b30dd10c4eb5efc21dd5944709f2f3b7e97a25f6f095334593502d05103bc5b";
    private const string Beta = "0xd466c22e14dc3b7fd169668dd3ee9ac6351429a24aebc5e8af61a0f0de89b65a";

    [Test]
    public void The_known_input_has_the_known_proof_and_output()
    {
        using PrivateKey key = PrivateKey.Parse(Secret);
        byte[] proof = Vrf.Prove(key, Hex.Decode(Alpha));
        Assert.That(Hex.Encode(key.PublicKeyCompressed, prefix: false), Is.EqualTo(PublicKey));
        Assert.That(Hex.Encode(proof, prefix: false), Is.EqualTo(Proof));
        Assert.That(Vrf.TryVerify(key.PublicKeyCompressed, Hex.Decode(Alpha), proof, out Hash256 beta), Is.True);
        Assert.That(beta.ToString(), Is.EqualTo(Beta));
    }
}
