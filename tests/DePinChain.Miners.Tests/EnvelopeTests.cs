using DePinChain.Miners.Wire;
using DePinChain.Primitives;

namespace DePinChain.Miners.Tests;

/// <summary>What is signed between validators and miners, and what of it nobody can change.</summary>
public sealed class EnvelopeTests
{
    private static readonly Address Miner = Address.Parse("0x00000000000000000000000000000000000000aa");
    private static readonly Hash256 Body = Keccak256.Hash("{}"u8);

    private static TaskEnvelope Sample => new(
        1_337_000, 1, Hotkeys.First.Address, Miner, 1_700_000_000_123, "0x000102030405060708090a0b0c0d0e0f", Body, 1_700_000_030_123);

    // The bytes as the protocol writes them down, put together by hand: 1,337,000 is 0x1466a8, 1,700,000,000,123 is 0x18bcfe5687b and the
    // deadline 30,000 more, 0x18bcfe5ddab.
    [Test]
    public void The_digest_is_keccak_of_the_fields_in_order()
    {
        string bytes = "4450432d52455131" + new string('0', 58) + "1466a8" + "00000001" + Hotkeys.First.Address.ToString()[2..]
            + "00000000000000000000000000000000000000aa" + "0000018bcfe5687b" + "000102030405060708090a0b0c0d0e0f"
            + Body.ToString()[2..] + "0000018bcfe5ddab";
        Assert.That(Sample.Digest(), Is.EqualTo(Keccak256.Hash(Hex.Decode("0x" + bytes.ToLowerInvariant()))));
    }

    [Test]
    public void Headers_come_back_as_they_were_and_their_signature_is_the_senders()
    {
        Dictionary<string, string> headers = Sample.Headers(Hotkeys.First).ToDictionary(pair => pair.Name, pair => pair.Value);
        TaskEnvelope? read = TaskEnvelope.Read(1_337_000, 1, name => headers.GetValueOrDefault(name));
        Assert.That(read! with { BodyHash = Body }, Is.EqualTo(Sample));
        Assert.That(TaskEnvelope.IsSignedBy(Sample.Digest(), headers[TaskEnvelope.SignatureHeader], Hotkeys.First.Address), Is.True);
    }

    [Test]
    public void A_signature_holds_for_nothing_but_this_request()
    {
        string signature = Hotkeys.First.Sign(Sample.Digest()).ToString();
        TaskEnvelope[] others =
        [
            Sample with { ChainId = 1 }, Sample with { Netuid = 2 }, Sample with { Receiver = Hotkeys.First.Address },
            Sample with { NonceMs = Sample.NonceMs + 1 }, Sample with { RequestId = "0x000102030405060708090a0b0c0d0e10" },
            Sample with { BodyHash = Hash256.Zero }, Sample with { DeadlineMs = Sample.DeadlineMs + 1 }, Sample with { Sender = Miner },
        ];
        Assert.That(others.Count(other => TaskEnvelope.IsSignedBy(other.Digest(), signature, Hotkeys.First.Address)), Is.Zero);
    }

    [TestCase(null)]
    [TestCase("")]
    [TestCase("0x")]
    [TestCase("not hexadecimal")]
    public void A_missing_or_malformed_signature_is_nobodys(string? signature) =>
        Assert.That(TaskEnvelope.IsSignedBy(Sample.Digest(), signature, Hotkeys.First.Address), Is.False);

    [TestCase(TaskEnvelope.SenderHeader)]
    [TestCase(TaskEnvelope.ReceiverHeader)]
    [TestCase(TaskEnvelope.NonceHeader)]
    [TestCase(TaskEnvelope.RequestIdHeader)]
    [TestCase(TaskEnvelope.DeadlineHeader)]
    public void An_envelope_lacks_nothing(string header)
    {
        Dictionary<string, string> headers = Sample.Headers(Hotkeys.First).ToDictionary(pair => pair.Name, pair => pair.Value);
        headers[header] = "-1";
        Assert.That(TaskEnvelope.Read(1, 1, name => headers.GetValueOrDefault(name)), Is.Null, "malformed");
        headers.Remove(header);
        Assert.That(TaskEnvelope.Read(1, 1, name => headers.GetValueOrDefault(name)), Is.Null, "missing");
    }

    [TestCase("""{"prompt":"a","maxTokens":4,"temperatureQ16":0,"topK":0,"topPQ16":65536}""")]
    [TestCase("""{"prompt":"","maxTokens":4,"temperatureQ16":0,"topK":0,"topPQ16":65536,"clientSeed":"SEED"}""")]
    [TestCase("""{"prompt":"a","maxTokens":0,"temperatureQ16":0,"topK":0,"topPQ16":65536,"clientSeed":"SEED"}""")]
    [TestCase("""{"prompt":"a","maxTokens":17,"temperatureQ16":0,"topK":0,"topPQ16":65536,"clientSeed":"SEED"}""")]
    [TestCase("""{"prompt":"a","maxTokens":4,"temperatureQ16":655361,"topK":0,"topPQ16":65536,"clientSeed":"SEED"}""")]
    [TestCase("""{"prompt":"a","maxTokens":4,"temperatureQ16":0,"topK":0,"topPQ16":0,"clientSeed":"SEED"}""")]
    [TestCase("""{"prompt":"a","maxTokens":4,"temperatureQ16":0,"topK":0,"topPQ16":65536,"clientSeed":"0x00"}""")]
    [TestCase("""{"prompt":"a","maxTokens":4,"temperatureQ16":0,"topK":0,"topPQ16":65536,"clientSeed":"SEED","more":1}""")]
    [TestCase("""{"prompt":null,"maxTokens":4,"temperatureQ16":0,"topK":0,"topPQ16":65536,"clientSeed":"SEED"}""")]
    [TestCase("[]")]
    [TestCase("{")]
    public void A_malformed_task_is_refused_with_a_reason(string json)
    {
        byte[] body = System.Text.Encoding.UTF8.GetBytes(json.Replace("SEED", Hash256.Zero.ToString(), StringComparison.Ordinal));
        Assert.That(TaskRequest.Parse(body, maxTokens: 16, out string fault), Is.Null);
        Assert.That(fault, Is.Not.Empty);
    }

    [Test]
    public void A_task_comes_back_as_it_was_sent()
    {
        var task = new TaskRequest("why is the sky blue?", 16, 52_429, 40, 62_259, Keccak256.Hash("x"u8).ToString());
        Assert.That(TaskRequest.Parse(task.Encode(), maxTokens: 16, out _), Is.EqualTo(task));
    }
}
