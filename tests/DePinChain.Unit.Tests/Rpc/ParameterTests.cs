using System.Text;
using DePinChain.Primitives;
using DePinChain.Rpc.Protocol;

namespace DePinChain.Unit.Tests.Rpc;

/// <summary>The forms of parameters (execution-apis base types, EIP-1898, geth's hexutil).</summary>
public sealed class ParameterTests
{
    private const string AnAddress = "0x00000000000000000000000000000000000010FF";
    private const string AHash = "0x1100000000000000000000000000000000000000000000000000000000000022";

    private delegate T Reading<T>(ref ParameterReader reader);

    [TestCase("0x0", 0UL)]
    [TestCase("0x1", 1UL)]
    [TestCase("0xAbC", 0xabcUL)]
    [TestCase("0xffffffffffffffff", ulong.MaxValue)]
    public void A_quantity_is_hex_without_leading_zeros(string text, ulong value) =>
        Assert.That(Read($"[\"{text}\"]", (ref ParameterReader r) => r.ReadQuantity()), Is.EqualTo(value));

    [TestCase("\"0x\"", "hex string \"0x\"")]
    [TestCase("\"\"", "empty hex string")]
    [TestCase("\"10\"", "hex string without 0x prefix")]
    [TestCase("\"0x01\"", "hex number with leading zero digits")]
    [TestCase("\"0x00\"", "hex number with leading zero digits")]
    [TestCase("\"0xg\"", "invalid hex string")]
    [TestCase("\"-0x1\"", "hex string without 0x prefix")]
    [TestCase("\"0x10000000000000000\"", "hex number > 64 bits")]
    [TestCase("16", "not a string")]
    public void Other_forms_of_a_quantity_are_refused(string json, string reason) =>
        Assert.That(FaultOf($"[{json}]", (ref ParameterReader r) => r.ReadQuantity()), Is.EqualTo($"invalid argument 0: {reason}"));

    [Test]
    public void Counts_may_also_be_plain_numbers()
    {
        Assert.That(Read("[16]", (ref ParameterReader r) => r.ReadNumber()), Is.EqualTo(16));
        Assert.That(Read("[\"0x10\"]", (ref ParameterReader r) => r.ReadNumber()), Is.EqualTo(16));
        Assert.That(FaultOf("[1.5]", (ref ParameterReader r) => r.ReadNumber()), Does.Contain("whole number"));
    }

    [Test]
    public void An_address_has_twenty_bytes_of_any_case()
    {
        Assert.That(Read($"[\"{AnAddress}\"]", (ref ParameterReader r) => r.ReadAddress()), Is.EqualTo(Address.FromLow(0x10ff)));
        Assert.That(
            FaultOf("[\"0x10ff\"]", (ref ParameterReader r) => r.ReadAddress()),
            Is.EqualTo("invalid argument 0: hex string has length 4, want 40"));
    }

    [TestCase("\"latest\"", "Latest")]
    [TestCase("\"safe\"", "Latest")]
    [TestCase("\"finalized\"", "Latest")]
    [TestCase("\"pending\"", "Pending")]
    [TestCase("\"earliest\"", "Earliest")]
    [TestCase("\"0x10\"", "Number")]
    [TestCase("null", "Latest")]
    [TestCase("\"" + AHash + "\"", "Hash")]
    [TestCase("{\"blockNumber\":\"0x10\"}", "Number")]
    [TestCase("{\"blockNumber\":\"latest\"}", "Latest")]
    [TestCase("{\"blockHash\":\"" + AHash + "\",\"requireCanonical\":true}", "Hash")]
    public void A_block_is_a_tag_a_height_a_hash_or_an_object(string json, string kind) =>
        Assert.That(Read($"[{json}]", (ref ParameterReader r) => r.ReadOptionalBlock()).Kind.ToString(), Is.EqualTo(kind));

    [TestCase("16")]
    [TestCase("\"newest\"")]
    [TestCase("\"0x010\"")]
    [TestCase("{}")]
    [TestCase("{\"blockNumber\":\"0x1\",\"blockHash\":\"" + AHash + "\"}")]
    [TestCase("{\"blockHash\":\"0x12\"}")]
    public void Other_forms_of_a_block_are_refused(string json) =>
        Assert.That(FaultOf($"[{json}]", (ref ParameterReader r) => r.ReadOptionalBlock()), Does.StartWith("invalid argument 0"));

    [TestCase("0x0", "0x0000000000000000000000000000000000000000000000000000000000000000")]
    [TestCase("0x1", "0x0000000000000000000000000000000000000000000000000000000000000001")]
    [TestCase("0x0a1b", "0x0000000000000000000000000000000000000000000000000000000000000a1b")]
    [TestCase(AHash, AHash)]
    public void A_storage_key_is_a_word_or_a_number(string text, string word) =>
        Assert.That(Read($"[\"{text}\"]", (ref ParameterReader r) => r.ReadStorageKey()).Location.ToString(), Is.EqualTo(word));

    [Test]
    public void A_call_takes_its_bytes_as_input_or_data_and_both_must_agree()
    {
        CallArguments call = Read(
            $$"""[{"unknown":{"a":[1]},"from":"{{AnAddress}}","to":"{{AnAddress}}","gas":"0x5208","value":"0x1","data":"0x0102"}]""",
            (ref ParameterReader r) => r.ReadCall(100));
        Assert.That(call.Data, Is.EqualTo(new byte[] { 1, 2 }));
        Assert.That(call.Gas, Is.EqualTo(21_000));
        Assert.That(call.Value, Is.EqualTo(UInt256.One));
        Assert.That(Read("""[{"input":"0x03"}]""", ACall).Data, Is.EqualTo(new byte[] { 3 }));
        Assert.That(Read("""[{"input":"0x03","data":"0x03"}]""", ACall).Data, Is.EqualTo(new byte[] { 3 }));
        Assert.That(FaultOf("""[{"input":"0x03","data":"0x04"}]""", ACall), Does.Contain("not equal"));
    }

    [TestCase("""[{"gasPrice":"0x1","maxFeePerGas":"0x2"}]""", "both gasPrice and")]
    [TestCase("""[{"data":"0x010203"}]""", "at most 2")]
    [TestCase("""[{"blobVersionedHashes":[]}]""", "not supported")]
    [TestCase("""[{"accessList":5}]""", "accessList")]
    [TestCase("""["0x"]""", "not a transaction object")]
    public void Calls_that_make_no_sense_are_refused(string json, string reason) =>
        Assert.That(FaultOf(json, (ref ParameterReader r) => r.ReadCall(2)), Does.Contain(reason));

    [Test]
    public void Overrides_know_balance_nonce_and_words()
    {
        AccountOverride one = Read(
            $$$"""[{"{{{AnAddress}}}":{"balance":"0x5","nonce":"0x1","stateDiff":{"{{{AHash}}}":"{{{AHash}}}"} } }]""",
            (ref ParameterReader r) => r.ReadOverrides()).Single();
        Assert.That(one.Balance, Is.EqualTo((UInt256)5));
        Assert.That(one.Nonce, Is.EqualTo(1));
        Assert.That(one.StorageWords.Single().Key.ToString(), Is.EqualTo(AHash));
        Assert.That(
            FaultOf($$$"""[{"{{{AnAddress}}}":{"code":"0x60"} }]""", (ref ParameterReader r) => r.ReadOverrides()),
            Does.Contain("balance, nonce and stateDiff only"));
    }

    [Test]
    public void A_log_filter_takes_strings_lists_and_wildcards()
    {
        LogQuery query = Read(
            $$"""
            [{"fromBlock":"0x1","toBlock":"latest","address":["{{AnAddress}}"],
              "topics":[null,"{{AHash}}",["{{AHash}}","{{AHash}}"],[]]}]
            """,
            (ref ParameterReader r) => r.ReadLogQuery(isRequired: true));
        Assert.That(query.Addresses, Has.Count.EqualTo(1));
        Assert.That(query.Topics.Select(position => position.Count), Is.EqualTo(new[] { 0, 1, 2, 0 }));
        LogQuery single = Read($$"""[{"address":"{{AnAddress}}"}]""", (ref ParameterReader r) => r.ReadLogQuery(isRequired: true));
        Assert.That(single.Addresses, Has.Count.EqualTo(1));
    }

    [TestCase("[{\"blockHash\":\"" + AHash + "\",\"fromBlock\":\"0x1\"}]", "cannot specify both")]
    [TestCase("""[{"topics":[null,null,null,null,null]}]""", "exceed max topics")]
    [TestCase("""[{"topics":["0x12"]}]""", "want 64")]
    [TestCase("""[{"address":5}]""", "neither a string nor an array")]
    public void Log_filters_that_make_no_sense_are_refused(string json, string reason) =>
        Assert.That(FaultOf(json, (ref ParameterReader r) => r.ReadLogQuery(isRequired: true)), Does.Contain(reason));

    [TestCase("[[50,25]]", "ascending")]
    [TestCase("[[-1]]", "0 to 100")]
    [TestCase("[[101]]", "0 to 100")]
    [TestCase("[[\"5\"]]", "0 to 100")]
    public void Percentiles_ascend_between_0_and_100(string json, string reason) =>
        Assert.That(FaultOf(json, (ref ParameterReader r) => r.ReadPercentiles(100)), Does.Contain(reason));

    private static CallArguments ACall(ref ParameterReader reader) => reader.ReadCall(dataMax: 100);

    private static T Read<T>(string json, Reading<T> read)
    {
        var reader = new ParameterReader(Encoding.UTF8.GetBytes(json));
        T value = read(ref reader);
        Assert.That(reader.Finish()?.Message, Is.Null);
        return value;
    }

    private static string? FaultOf<T>(string json, Reading<T> read)
    {
        var reader = new ParameterReader(Encoding.UTF8.GetBytes(json));
        read(ref reader);
        RpcError? error = reader.Finish();
        Assert.That(error?.Code, Is.EqualTo(-32602));
        return error?.Message;
    }
}
