using System.Text.Json;
using DePinChain.Crypto;
using DePinChain.Primitives;

namespace DePinChain.Unit.Tests.Crypto;

public sealed class MnemonicTests
{
    private const string Test = "test test test test test test test test test test test junk";

    private static IEnumerable<JsonElement> Known() => KnownAnswers.Read("ethereum/mnemonic.json").GetProperty("vectors").EnumerateArray();

    // The accounts that anvil and hardhat start with.
    [TestCase(0u, "0xf39Fd6e51aad88F6F4ce6aB8827279cffFb92266")]
    [TestCase(1u, "0x70997970C51812dc3A010C7d01b50e0d17dc79C8")]
    [TestCase(9u, "0xa0Ee7A142d267C1f36714E4a8F75612F20a79720")]
    public void The_test_phrase_has_the_accounts_everybody_knows(uint index, string address)
    {
        using PrivateKey key = Mnemonic.DeriveKey(Test, index);
        Assert.That(key.Address.ToString(), Is.EqualTo(address));
    }

    [Test]
    public void Phrases_seeds_and_keys_are_those_of_ethers()
    {
        foreach (JsonElement vector in Known())
        {
            string phrase = vector.GetProperty("phrase").GetString()!;
            string passphrase = vector.GetProperty("passphrase").GetString()!;
            Assert.That(Mnemonic.FromEntropy(Hex.Decode(vector.GetProperty("entropy").GetString()!)), Is.EqualTo(phrase));
            Assert.That(Mnemonic.IsValid(phrase), Is.True);
            byte[] seed = Mnemonic.ToSeed(phrase, passphrase);
            Assert.That(Hex.Encode(seed), Is.EqualTo(vector.GetProperty("seed").GetString()));
            using PrivateKey key = HierarchicalKey.Derive(seed, vector.GetProperty("path").GetString()!);
            Assert.That(Hex.Encode(key.ToArray()), Is.EqualTo(vector.GetProperty("privateKey").GetString()));
            using PrivateKey same = Mnemonic.DeriveKey(phrase, index: 3, passphrase);
            Assert.That(same.Address.ToString(), Is.EqualTo(vector.GetProperty("address").GetString()));
        }
    }

    // BIP-32, test vector 1, the deepest chain:
    // xprvA41z7zogVVwxVSgdKUHDy1SKmdb533PjDz7J6N6mV6uS3ze1ai8FHa8kmHScGpWmj4WggLyQjgPie1rFSruoUihUZREPSL39UNdE3BBDu76.
    [Test]
    public void The_BIP_s_deepest_chain_has_its_key()
    {
        using PrivateKey key = HierarchicalKey.Derive(Hex.Decode("000102030405060708090a0b0c0d0e0f"), "m/0'/1/2'/2/1000000000");
        Assert.That(
            Hex.Encode(key.ToArray(), prefix: false),
            Is.EqualTo("471b76e389e528d6de6d816857e012c5455051cad6660850e58372a6c3e6e7c8"));
    }

    [TestCase(12)]
    [TestCase(15)]
    [TestCase(18)]
    [TestCase(21)]
    [TestCase(24)]
    public void A_fresh_phrase_is_valid(int words)
    {
        string phrase = Mnemonic.Generate(words);
        Assert.That(phrase.Split(' '), Has.Length.EqualTo(words));
        Assert.That(Mnemonic.IsValid(phrase), Is.True);
    }

    [TestCase("test test test test test test test test test test test test", Description = "bad checksum")]
    [TestCase("test test test test test test test test test test test Junk")]
    [TestCase("test test test test test test test test test test junk")]
    [TestCase("test  test test test test test test test test test test junk")]
    [TestCase("teste test test test test test test test test test test junk")]
    [TestCase("")]
    public void What_is_no_phrase_is_refused(string phrase)
    {
        Assert.That(Mnemonic.IsValid(phrase), Is.False);
        Assert.That(() => Mnemonic.ToSeed(phrase), Throws.TypeOf<FormatException>());
    }

    [Test]
    public void A_passphrase_that_cannot_be_normalised_is_refused() =>
        Assert.That(() => Mnemonic.ToSeed(Test, "pässword"), Throws.TypeOf<FormatException>().With.Message.Contains("ASCII"));

    [TestCase("")]
    [TestCase("44'/60'")]
    [TestCase("m/")]
    [TestCase("m/-1")]
    [TestCase("m/2147483648")]
    [TestCase("m/4294967296")]
    [TestCase("m/0''")]
    [TestCase("m/0h")]
    public void What_is_no_path_is_refused(string path) =>
        Assert.That(() => HierarchicalKey.Derive(new byte[16], path), Throws.TypeOf<FormatException>());

    [Test]
    public void The_list_has_2048_words_in_order()
    {
        Assert.That(MnemonicWords.English, Has.Length.EqualTo(2048));
        Assert.That(MnemonicWords.English, Is.Ordered.Using((IComparer<string>)StringComparer.Ordinal));
        Assert.That(MnemonicWords.English, Is.Unique);
    }
}
