using System.Text;
using System.Text.Json;
using DePinChain.Crypto;
using DePinChain.Primitives;

namespace DePinChain.Unit.Tests.Crypto;

public sealed class TypedDataTests
{
    // The example of EIP-712 and its published hashes.
    private const string Mail =
        """
        {"types":{
          "EIP712Domain":[{"name":"name","type":"string"},{"name":"version","type":"string"},{"name":"chainId","type":"uint256"},
            {"name":"verifyingContract","type":"address"}],
          "Person":[{"name":"name","type":"string"},{"name":"wallet","type":"address"}],
          "Mail":[{"name":"from","type":"Person"},{"name":"to","type":"Person"},{"name":"contents","type":"string"}]},
         "primaryType":"Mail",
         "domain":{"name":"Ether Mail","version":"1","chainId":1,"verifyingContract":"0xCcCCccccCCCCcCCCCCCcCcCccCcCCCcCcccccccC"},
         "message":{"from":{"name":"Cow","wallet":"0xCD2a3d9F938E13CD947Ec05AbC7FE734Df8DD826"},
          "to":{"name":"Bob","wallet":"0xbBbBBBBbbBBBbbbBbbBbbbbBBbBbbbbBbBbbBBbB"},"contents":"Hello, Bob!"}}
        """;

    [Test]
    public void The_example_of_the_EIP_has_its_published_hashes()
    {
        TypedDataEncoder mail = TypedDataEncoder.Parse(Mail);
        Assert.That(mail.DomainSeparator.ToString(), Is.EqualTo("0xf2cee375fa42b42143804025fc449deafd50cc031ca257e0b194a650a912090f"));
        Assert.That(mail.StructHash.ToString(), Is.EqualTo("0xc52c0ee5d84264471806290a3f2c4cecfc5490626bf912d01f240d7a274b371e"));
        Assert.That(mail.Digest.ToString(), Is.EqualTo("0xbe609aee343fb3c4b28e1df9e632fca64fcfaede20f02e86244efddf30957bd2"));
        Assert.That(
            Eip712.DomainSeparator("Ether Mail", "1", 1, Address.Parse("0xCcCCccccCCCCcCCCCCCcCcCccCcCCCcCcccccccC")),
            Is.EqualTo(mail.DomainSeparator));
    }

    [Test]
    public void What_ethers_hashes_has_the_same_digest()
    {
        foreach (JsonElement vector in KnownAnswers.Read("ethereum/typed-data.json").GetProperty("vectors").EnumerateArray())
        {
            TypedDataEncoder typed = TypedDataEncoder.Parse(vector.GetProperty("data").GetRawText());
            Assert.That(typed.DomainSeparator.ToString(), Is.EqualTo(vector.GetProperty("domainSeparator").GetString()), typed.PrimaryType);
            Assert.That(typed.Digest.ToString(), Is.EqualTo(vector.GetProperty("digest").GetString()), typed.PrimaryType);
        }
    }

    [Test]
    public void A_salt_and_every_subset_of_fields_has_its_own_domain()
    {
        JsonElement full = KnownAnswers.Read("ethereum/typed-data.json").GetProperty("vectors")[0];
        Hash256 separator = Eip712.DomainSeparator(
            "N", "1", 1337, Address.Parse("0xcd2a3d9f938e13cd947ec05abc7fe734df8dd826"), Hash256.Parse("0x" + new string('1', 64)));
        Assert.That(separator.ToString(), Is.EqualTo(full.GetProperty("domainSeparator").GetString()));
        JsonElement chainOnly = KnownAnswers.Read("ethereum/typed-data.json").GetProperty("vectors")[2];
        Assert.That(Eip712.DomainSeparator(null, null, 91200).ToString(), Is.EqualTo(chainOnly.GetProperty("domainSeparator").GetString()));
    }

    // Votes as the consensus chapter defines them: viem and ethers agree on these digests.
    [Test]
    public void A_vote_has_its_known_digest()
    {
        JsonElement file = KnownAnswers.Read("chain/vote-sign-digests.json");
        foreach (JsonElement vote in file.GetProperty("vectors").EnumerateArray())
        {
            string json = JsonSerializer.Serialize(new
            {
                types = file.GetProperty("types"),
                primaryType = vote.GetProperty("primaryType"),
                domain = file.GetProperty("domain"),
                message = vote.GetProperty("message"),
            });
            TypedDataEncoder typed = TypedDataEncoder.Parse(json);
            Assert.That(typed.DomainSeparator.ToString(), Is.EqualTo(file.GetProperty("domainSeparator").GetString()));
            Assert.That(typed.Digest.ToString(), Is.EqualTo(vote.GetProperty("digest").GetString()));
            Assert.That(Eip712.DomainSeparator("DePinChain Consensus", "1", 6699), Is.EqualTo(typed.DomainSeparator));
        }
    }

    [TestCase("\"contents\":\"Hello, Bob!\"", "\"contents\":5", Description = "another kind of value")]
    [TestCase("\"contents\":\"Hello, Bob!\"", "\"content\":\"Hello, Bob!\"", Description = "a missing field")]
    [TestCase("\"contents\":\"Hello, Bob!\"", "\"contents\":\"\",\"gift\":\"a car\"", Description = "a field that would not be signed")]
    [TestCase("\"type\":\"Person\"", "\"type\":\"Persona\"", Description = "an unknown type")]
    [TestCase("\"type\":\"Person\"", "\"type\":\"Person[]\"", Description = "a struct where an array is due")]
    [TestCase("\"type\":\"Person\"", "\"type\":\"]\"")]
    [TestCase("\"primaryType\":\"Mail\"", "\"primaryType\":\"Male\"")]
    [TestCase("\"primaryType\":\"Mail\"", "\"primary\":\"Mail\"")]
    [TestCase("0xbBbBBBBbbBBBbbbBbbBbbbbBBbBbbbbBbBbbBBbB", "0xbbBBBBbbBBBbbbBbbBbbbbBBbBbbbbBbBbbBBbB")]
    [TestCase("{\"types\"", "{{\"types\"")]
    [TestCase("\"domain\":{\"name\":\"Ether Mail\",", "\"domain\":{")]
    public void Broken_typed_data_are_refused(string right, string wrong) =>
        Assert.That(
            () => TypedDataEncoder.Parse(Mail.Replace(right, wrong, StringComparison.Ordinal)),
            Throws.InstanceOf<FormatException>());

    [Test]
    public void Arrays_of_a_fixed_length_have_it()
    {
        string json =
            """{"types":{"T":[{"name":"v","type":"uint8[2]"}]},"primaryType":"T","domain":{},"message":{"v":[1,2,3]}}""";
        Assert.That(() => TypedDataEncoder.Parse(json), Throws.TypeOf<FormatException>().With.Message.Contains("has 2 elements"));
    }

    [Test]
    public void A_personal_message_has_its_prefix()
    {
        foreach (JsonElement vector in KnownAnswers.Read("ethereum/personal-message.json").GetProperty("vectors").EnumerateArray())
        {
            byte[] message = Encoding.UTF8.GetBytes(vector.GetProperty("message").GetString()!);
            Assert.That(PersonalMessage.Hash(message).ToString(), Is.EqualTo(vector.GetProperty("digest").GetString()));
        }
    }
}
