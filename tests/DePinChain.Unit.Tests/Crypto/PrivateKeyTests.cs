using DePinChain.Crypto;
using DePinChain.Primitives;

namespace DePinChain.Unit.Tests.Crypto;

public sealed class PrivateKeyTests
{
    // shared vectors chain/consensus/vote-sign-digests.json: signatures by @noble/curves, RFC 6979 with low s, key 0x11…11.
    [TestCase(
        "0xd2bb8b746d31779f075e6f4f46874be003e88dc42f51b2d74f629da78fa0c86c",
        "0x923b937df9db5ffd696df717228a3e9043ab6f42e13ac4c3832c21df2ca6e748",
        "0x7cf1d3976ebbe519dcd158ef6118cbed90231c2aa1bf933672f557d1ec6f7766")]
    [TestCase(
        "0x0ad67b51e224031f26f1935330f0e772450273ac9d724bb05f3e98eae1a19c67",
        "0xa1563941fd53e929005b5756ebe9486bca2981a9f4971978c9df02c5a921245c",
        "0x36bd45531bfac2eff3cecf1459a71eeaa1cc81848bdf81bd71c831caa2f32e48")]
    public void A_digest_has_the_one_signature_of_RFC_6979(string digest, string r, string s)
    {
        using PrivateKey key = PrivateKey.Parse("0x1111111111111111111111111111111111111111111111111111111111111111");
        Signature signature = key.Sign(Hash256.Parse(digest));
        Assert.That(signature.R.ToString(), Is.EqualTo(r));
        Assert.That(signature.S.ToString(), Is.EqualTo(s));
        Assert.That(signature.YParity, Is.Zero);
        Assert.That(signature.TryRecover(Hash256.Parse(digest), out Address signer), Is.True);
        Assert.That(signer.ToString(), Is.EqualTo("0x19E7E376E7C213B7E7e7e46cc70A5dD086DAff2A"));
    }
}
