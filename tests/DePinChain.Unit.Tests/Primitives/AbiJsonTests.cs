using DePinChain.Primitives;

namespace DePinChain.Unit.Tests.Primitives;

public sealed class AbiJsonTests
{
    // From the Solidity ABI specification ("JSON", "Handling tuple types"), with ERC-20's transfer.
    private const string Json =
        """
        [
          {"type":"constructor","inputs":[{"name":"x","type":"uint256"}]},
          {"type":"error","name":"InsufficientBalance","inputs":[
            {"name":"available","type":"uint256"},{"name":"required","type":"uint256"}]},
          {"type":"event","name":"Transfer","anonymous":false,"inputs":[
            {"name":"from","type":"address","indexed":true},{"name":"to","type":"address","indexed":true},
            {"name":"value","type":"uint256","indexed":false}]},
          {"type":"event","name":"Named","inputs":[{"name":"name","type":"string","indexed":true},{"name":"at","type":"uint64"}]},
          {"name":"transfer","inputs":[{"name":"to","type":"address"},{"name":"value","type":"uint256"}],
            "outputs":[{"name":"","type":"bool"}]},
          {"type":"function","name":"f","stateMutability":"view","outputs":[],"inputs":[
            {"name":"s","type":"tuple","components":[
              {"name":"a","type":"uint256"},{"name":"b","type":"uint256[]"},
              {"name":"c","type":"tuple[]","components":[{"name":"x","type":"uint256"},{"name":"y","type":"uint256"}]}]},
            {"name":"t","type":"tuple","components":[{"name":"x","type":"uint256"},{"name":"y","type":"uint256"}]},
            {"name":"a","type":"uint256"}]}
        ]
        """;

    private static readonly ContractAbi Abi = AbiJson.Parse(Json);

    [Test]
    public void Functions_have_their_signature_and_selector()
    {
        // 0xa9059cbb: ERC-20's transfer, known to every wallet.
        Assert.That(Abi.Functions.Select(function => function.Signature), Is.EqualTo(new[]
        {
            "transfer(address,uint256)",
            "f((uint256,uint256[],(uint256,uint256)[]),(uint256,uint256),uint256)",
        }));
        Assert.That(Abi.FindFunction("transfer")?.Selector, Is.EqualTo(0xa9059cbb));
        Assert.That(Abi.FindFunction("transfer(address,uint256)"), Is.SameAs(Abi.FindFunction(0xa9059cbb)));
        Assert.That(Abi.FindFunction("transfer(address)"), Is.Null);
        Assert.That(Abi.FindFunction("f")?.StateMutability, Is.EqualTo("view"));
        Assert.That(Abi.FindFunction("f")?.Inputs[0].Components[2].Components[1].Name, Is.EqualTo("y"));
    }

    [Test]
    public void A_call_reads_back()
    {
        AbiFunction transfer = Abi.FindFunction("transfer")!;
        object?[] arguments = [Address.FromLow(7), (UInt256)5];
        byte[] data = transfer.EncodeCall(arguments);
        Assert.That(Hex.Encode(data), Is.EqualTo("0xa9059cbb" + new string('0', 63) + "7" + new string('0', 63) + "5"));
        Assert.That(transfer.DecodeCall(data), Is.EqualTo(arguments));
        Assert.That(transfer.DecodeResult(UInt256.One.ToHash256().ToArray()), Is.EqualTo(new object[] { true }));
        Assert.That(() => transfer.DecodeCall(data.AsSpan(1)), Throws.TypeOf<AbiException>());
        Assert.That(() => transfer.DecodeCall([]), Throws.TypeOf<AbiException>());
    }

    [Test]
    public void An_event_is_found_by_its_topic_and_decoded_in_the_order_of_its_inputs()
    {
        Hash256 topic = Hash256.Parse("0xddf252ad1be2c89b69c2b068fc378daa952ba7f163c4a11628f55a4df523b3ef");
        AbiEvent transfer = Abi.FindEvent(topic)!;
        Hash256[] topics = [topic, ((UInt256)1).ToHash256(), ((UInt256)2).ToHash256()];
        object?[] values = transfer.Decode(topics, ((UInt256)3).ToHash256().ToArray());
        Assert.That(values, Is.EqualTo(new object[] { Address.FromLow(1), Address.FromLow(2), (UInt256)3 }));
        Assert.That(() => transfer.Decode(topics.AsSpan(0, 2).ToArray(), []), Throws.TypeOf<AbiException>());
        Assert.That(() => transfer.Decode([Hash256.Zero, topics[1], topics[2]], new byte[32]), Throws.TypeOf<AbiException>());
    }

    [Test]
    public void An_indexed_string_is_there_as_its_hash()
    {
        AbiEvent named = Abi.Events[1];
        Hash256 hash = Keccak256.Hash("alice"u8);
        Assert.That(named.Decode([named.Topic, hash], ((UInt256)9).ToHash256().ToArray()), Is.EqualTo(new object[] { hash, (UInt256)9 }));
    }

    [Test]
    public void An_error_is_found_by_its_selector()
    {
        // 0xcf479181: the selector that the specification gives for InsufficientBalance(uint256,uint256).
        AbiError error = Abi.FindError(0xcf479181)!;
        byte[] data = error.Encode([(UInt256)0, (UInt256)42]);
        Assert.That(error.Decode(data), Is.EqualTo(new object[] { (UInt256)0, (UInt256)42 }));
    }

    [TestCase("")]
    [TestCase("{}")]
    [TestCase("[5]")]
    [TestCase("[{\"type\":\"function\"}]")]
    [TestCase("[{\"type\":\"function\",\"name\":\"f\",\"inputs\":5}]")]
    [TestCase("[{\"type\":\"function\",\"name\":\"f\",\"inputs\":[{\"name\":\"x\"}]}]")]
    [TestCase("[{\"type\":\"function\",\"name\":\"f\",\"inputs\":[{\"name\":\"x\",\"type\":\"uint\"}]}]")]
    [TestCase("[{\"type\":\"function\",\"name\":\"f\",\"inputs\":[{\"name\":\"x\",\"type\":\"tuple\"}]}]")]
    [TestCase("[{\"type\":5,\"name\":\"f\"}]")]
    public void What_is_no_JSON_ABI_is_refused(string json) => Assert.That(() => AbiJson.Parse(json), Throws.TypeOf<AbiException>());
}
