using System.Text;
using System.Text.Json;
using DePinChain.Crypto;
using DePinChain.Primitives;

namespace DePinChain.Unit.Tests.Crypto;

public sealed class KeystoreTests
{
    private const int SmallN = 16;

    // RFC 7914, section 12, the first two.
    [TestCase("", "", 16, 1, 1,
        "0x77d6576238657b203b19ca42c18a0497f16b4844e3074ae8dfdffa3fede21442fcd0069ded0948f8326a753a0fc81f17e8d3e0fb2e0d3628cf35e20c38d18906")]
    [TestCase("password", "NaCl", 1024, 8, 16,
        "0xfdbabe1c9d3472007856e7190d01e9fe7c6ad7cbc8237830e77376634b3731622eaf30d92e22a3886ff109279d9830dac727afb94a83ee6d8360cbdfa2cc0640")]
    public void Scrypt_derives_the_keys_of_its_RFC(string password, string salt, int n, int r, int p, string expected) =>
        Assert.That(
            Hex.Encode(Scrypt.Derive(Encoding.ASCII.GetBytes(password), Encoding.ASCII.GetBytes(salt), n, r, p, 64)),
            Is.EqualTo(expected));

    [TestCase("scrypt")]
    [TestCase("pbkdf2")]
    public void The_official_file_opens(string kind)
    {
        JsonElement official = KnownAnswers.Read("ethereum/keystore-official.json");
        using PrivateKey key = Keystore.DecryptV3(official.GetProperty(kind).GetRawText(), official.GetProperty("password").GetString()!);
        Assert.That(Hex.Encode(key.ToArray()), Is.EqualTo(official.GetProperty("privateKey").GetString()));
    }

    [Test]
    public void A_file_of_ethers_with_a_password_beyond_ASCII_opens()
    {
        JsonElement file = KnownAnswers.Read("ethereum/keystore-ethers.json");
        using PrivateKey key = Keystore.DecryptV3(file.GetProperty("file").GetRawText(), file.GetProperty("password").GetString()!);
        Assert.That(Hex.Encode(key.ToArray()), Is.EqualTo(file.GetProperty("privateKey").GetString()));
    }

    [Test]
    public void A_key_reads_back_with_its_password_only()
    {
        using PrivateKey key = PrivateKey.Generate();
        string file = Keystore.EncryptV3(key, "right", SmallN);
        using PrivateKey read = Keystore.DecryptV3(file, "right");
        Assert.That(read.Address, Is.EqualTo(key.Address));
        Assert.That(file, Does.Not.Contain(Hex.Encode(key.ToArray(), prefix: false)));
        Assert.That(() => Keystore.DecryptV3(file, "wrong"), Throws.TypeOf<KeystoreException>().With.Message.Contains("password is wrong"));
    }

    [TestCase("\"version\": 3", "\"version\": 4", "version is not 3")]
    [TestCase("aes-128-ctr", "aes-256-gcm", "only aes-128-ctr")]
    [TestCase("\"kdf\": \"scrypt\"", "\"kdf\": \"argon2\"", "argon2 is not known")]
    [TestCase("\"n\": 16", "\"n\": 15", "invalid or too costly")]
    [TestCase("\"n\": 16", "\"n\": 1073741824", "invalid or too costly")]
    [TestCase("\"n\": 16", "\"n\": 99999999999", "Not a key file")]
    [TestCase("\"r\": 8", "\"r\": 2147483647", "invalid or too costly")]
    [TestCase("\"p\": 1", "\"p\": 2147483647", "invalid or too costly")]
    [TestCase("\"p\": 1", "\"p\": 0", "invalid or too costly")]
    [TestCase("\"dklen\": 32", "\"dklen\": 16", "dklen")]
    [TestCase("\"iv\": \"", "\"iv\": \"00", "iv or ciphertext")]
    [TestCase("\"iv\": \"", "\"iv\": \"0", "Not a key file")]
    [TestCase("\"crypto\"", "\"other\"", "Not a key file")]
    [TestCase("\"kdf\": \"scrypt\"", "\"kdf\": null", "is null")]
    [TestCase("{", "", "Not a key file")]
    public void A_broken_file_is_refused(string right, string wrong, string reason)
    {
        using PrivateKey key = PrivateKey.Parse(new string('3', 64));
        string file = Keystore.EncryptV3(key, "", SmallN);
        Assert.That(file, Does.Contain(right));
        Assert.That(
            () => Keystore.DecryptV3(file.Replace(right, wrong, StringComparison.Ordinal), ""),
            Throws.TypeOf<KeystoreException>().With.Message.Contains(reason));
    }
}
