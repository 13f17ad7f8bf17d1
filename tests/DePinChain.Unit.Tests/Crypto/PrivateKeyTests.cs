using System.Text.Json;
using DePinChain.Crypto;
using DePinChain.Primitives;

namespace DePinChain.Unit.Tests.Crypto;

public sealed class PrivateKeyTests
{
    private static IEnumerable<JsonElement> Votes() =>
        KnownAnswers.Read("chain/vote-sign-digests.json").GetProperty("vectors").EnumerateArray();

    private static IEnumerable<JsonElement> Signatures() =>
        KnownAnswers.Read("ethereum/signatures.json").GetProperty("vectors").EnumerateArray();

    private static IEnumerable<JsonElement> Accounts() => KnownAnswers.Read("ethereum/keyaddrtest.json").EnumerateArray();

    // The file's note: signatures by @noble/curves with the key 0x11…11.
    [Test]
    public void A_vote_digest_has_the_one_signature_of_RFC_6979()
    {
        using PrivateKey key = PrivateKey.Parse("0x1111111111111111111111111111111111111111111111111111111111111111");
        foreach (JsonElement vote in Votes())
        {
            Hash256 digest = Hash256.Parse(vote.GetProperty("digest").GetString()!);
            AssertSame(key.Sign(digest), vote);
            Assert.That(key.Sign(digest).TryRecover(digest, out Address signer), Is.True);
            Assert.That(signer.ToString(), Is.EqualTo(vote.GetProperty("signer").GetString()));
        }
    }

    [Test]
    public void Keys_sign_and_show_themselves_as_ethers_has_it()
    {
        foreach (JsonElement vector in Signatures())
        {
            using PrivateKey key = PrivateKey.Parse(vector.GetProperty("privateKey").GetString()!);
            AssertSame(key.Sign(Hash256.Parse(vector.GetProperty("digest").GetString()!)), vector);
            Assert.That(key.Address.ToString(), Is.EqualTo(vector.GetProperty("address").GetString()));
            Assert.That(Hex.Encode(key.PublicKeyCompressed), Is.EqualTo(vector.GetProperty("compressed").GetString()));
            Assert.That(Hex.Encode(Secp256k1.Decompress(key.PublicKeyCompressed)), Is.EqualTo(vector.GetProperty("publicKey").GetString()));
        }
    }

    [Test]
    public void A_seed_gives_the_key_and_address_of_the_public_suite()
    {
        foreach (JsonElement account in Accounts())
        {
            string seed = account.GetProperty("seed").GetString()!;
            using PrivateKey key = PrivateKey.FromBytes(Keccak256.Hash(System.Text.Encoding.ASCII.GetBytes(seed)).ToArray());
            Assert.That(Hex.Encode(key.ToArray(), prefix: false), Is.EqualTo(account.GetProperty("key").GetString()));
            Assert.That(Hex.Encode(key.Address.ToArray(), prefix: false), Is.EqualTo(account.GetProperty("addr").GetString()));
        }
    }

    [TestCase("0x0000000000000000000000000000000000000000000000000000000000000000", Description = "zero")]
    [TestCase("0xfffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141", Description = "the order")]
    [TestCase("0xffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff")]
    [TestCase("0x11")]
    [TestCase("not hexadecimal")]
    public void What_is_no_secret_is_refused_without_repeating_it(string text) =>
        Assert.That(() => PrivateKey.Parse(text), Throws.TypeOf<FormatException>().With.Message.Not.Contains(text));

    [Test]
    public void The_largest_secret_is_a_key()
    {
        using PrivateKey key = PrivateKey.FromBytes((Secp256k1.Order - 1).ToHash256().ToArray());
        // (n − 1)·G = −G: the x coordinate of the generator (SEC 2), with the other parity.
        Assert.That(
            Hex.Encode(key.PublicKeyCompressed, prefix: false),
            Is.EqualTo("0379be667ef9dcbbac55a06295ce870b07029bfcdb2dce28d959f2815b16f81798"));
    }

    [Test]
    public void Fresh_keys_differ()
    {
        using PrivateKey first = PrivateKey.Generate(), second = PrivateKey.Generate();
        Assert.That(first.Address, Is.Not.EqualTo(second.Address));
    }

    [Test]
    public void A_disposed_key_is_wiped()
    {
        PrivateKey key = PrivateKey.Generate();
        Address address = key.Address;
        key.Dispose();
        Assert.That(() => key.Sign(Hash256.Zero), Throws.TypeOf<ObjectDisposedException>());
        Assert.That(() => key.ToArray(), Throws.TypeOf<ObjectDisposedException>());
        Assert.That(key.Address, Is.EqualTo(address));
    }

    private static void AssertSame(Signature signature, JsonElement expected)
    {
        Assert.That(signature.R.ToString(), Is.EqualTo(expected.GetProperty("r").GetString()));
        Assert.That(signature.S.ToString(), Is.EqualTo(expected.GetProperty("s").GetString()));
        Assert.That(signature.YParity, Is.EqualTo(expected.GetProperty("yParity").GetByte()));
    }
}
