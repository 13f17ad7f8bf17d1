using DePinChain.Blocks;
using DePinChain.Execution;
using DePinChain.Modules.Sdk;
using DePinChain.Primitives;
using DePinChain.Unit.Tests.Blocks;

namespace DePinChain.Unit.Tests.Execution;

public sealed class Multicall3Tests
{
    private static readonly Address Multicall = Address.Parse("0xcA11bde05977b3631167028862bE2a173976CA11");

    private TestChain _chain = null!;

    [SetUp]
    public void A_chain_of_two_blocks()
    {
        _chain = TestChain.Start();
        _chain.Produce(_chain.Call(Probe.Write, 1, 2, 0xab));
        _chain.Produce();
    }

    [TearDown]
    public void Close() => _chain.Dispose();

    // Selectors as the verified contract has them (4byte directory, mds1/multicall).
    [TestCase("aggregate((address,bytes)[])", "252dba42")]
    [TestCase("aggregate3((address,bool,bytes)[])", "82ad56cb")]
    [TestCase("aggregate3Value((address,bool,uint256,bytes)[])", "174dea71")]
    [TestCase("tryAggregate(bool,(address,bytes)[])", "bce38bd7")]
    [TestCase("getEthBalance(address)", "4d2301cc")]
    [TestCase("getBlockNumber()", "42cbb15c")]
    public void Its_functions_are_the_contracts(string signature, string selector)
    {
        AbiFunction function = AbiJson.Parse(_chain.Executor.Modules.Descriptors[^1].Abi).Functions.Single(f => f.Signature == signature);
        Assert.That($"{function.Selector:x8}", Is.EqualTo(selector));
    }

    [Test]
    public void It_reads_many_modules_at_once_and_allows_failures()
    {
        object?[] results = Results(Aggregate3(
            (ProbeModule.First, false, ProbeModule.Calls(Probe.Read, 1)),
            (ProbeModule.Second, true, ProbeModule.Calls(Probe.Throw, 0)),
            (Address.FromLow(0xbeef), false, [])));
        Assert.That(Of(results, 0), Is.EqualTo((true, "0xabab")));
        Assert.That(Of(results, 1).Success, Is.False);
        Assert.That(Of(results, 1).Data, Does.StartWith("0x08c379a0"));
        Assert.That(Of(results, 2), Is.EqualTo((true, "0x")), "an ordinary account answers nothing");
    }

    [Test]
    public void A_failure_that_is_not_allowed_fails_the_batch()
    {
        CallResult result = Aggregate3((ProbeModule.First, false, ProbeModule.Calls(Probe.Throw, 0)));
        Assert.That(result.Succeeded, Is.False);
        Assert.That(Reason(result), Is.EqualTo("Multicall3: call failed"));
    }

    [Test]
    public void Inner_calls_have_its_address_as_sender_and_the_signer_as_origin()
    {
        object?[] results = Results(Aggregate3((ProbeModule.First, false, ProbeModule.Calls(Probe.WhoAmI))));
        byte[] answer = (byte[])((object?[])results[0]!)[1]!;
        Assert.That(new Address(answer.AsSpan(12, 20)), Is.EqualTo(Multicall));
        Assert.That(new Address(answer.AsSpan(44, 20)), Is.EqualTo(Keys.Number(1).Address));
    }

    [Test]
    public void A_failed_inner_call_is_undone_alone()
    {
        byte[] batch = Encode("aggregate3((address,bool,bytes)[])", [new object?[]
        {
            new object?[] { ProbeModule.First, true, ProbeModule.Calls(Probe.Write, 5, 1, 1) },
            new object?[] { ProbeModule.First, true, ProbeModule.Calls(Probe.Throw, 1) },
            new object?[] { ProbeModule.Second, true, ProbeModule.Calls(Probe.Write, 5, 1, 1) },
        }]);
        Assert.That(_chain.Receipt(_chain.Send(Multicall, batch)).Succeeded, Is.True);
        Assert.That(_chain.Read(s => s.FindRecord(ProbeModule.First, ProbeModule.Location(5))), Is.Not.Null);
        Assert.That(_chain.Read(s => s.FindRecord(ProbeModule.Second, ProbeModule.Location(5))), Is.Not.Null);
    }

    [Test]
    public void Out_of_gas_inside_is_out_of_gas_of_the_whole_transaction()
    {
        byte[] batch = Encode("aggregate3((address,bool,bytes)[])", [new object?[]
        {
            new object?[] { ProbeModule.First, true, ProbeModule.Calls(Probe.Charge, 10_000_000) },
        }]);
        Receipt receipt = _chain.Receipt(_chain.Send(Multicall, batch, gas: 200_000));
        Assert.That((receipt.Succeeded, receipt.GasUsed), Is.EqualTo((false, 200_000UL)));
    }

    [Test]
    public void Values_are_forwarded_reported_and_must_add_up()
    {
        byte[] batch = Encode("aggregate3Value((address,bool,uint256,bytes)[])", [new object?[]
        {
            new object?[] { ProbeModule.First, false, (UInt256)30, ProbeModule.Calls(Probe.Deposit) },
            new object?[] { Address.FromLow(0xbeef), false, (UInt256)12, Array.Empty<byte>() },
        }]);
        Receipt receipt = _chain.Receipt(_chain.Send(Multicall, batch, value: 42));
        Assert.That(receipt.Succeeded, Is.True);
        Assert.That(_chain.BalanceOf(ProbeModule.First), Is.EqualTo((UInt256)30));
        Assert.That(_chain.BalanceOf(Address.FromLow(0xbeef)), Is.EqualTo((UInt256)12));
        Assert.That(_chain.BalanceOf(Multicall), Is.EqualTo(UInt256.Zero));
        Assert.That(receipt.Logs.Select(l => l.Address), Is.All.EqualTo(WellKnownAddresses.System));
        Assert.That(receipt.Logs, Has.Count.EqualTo(2));

        Assert.That(_chain.Receipt(_chain.Send(Multicall, batch, value: 43)).Succeeded, Is.False);
        Assert.That(_chain.Receipt(_chain.Send(Multicall, batch, value: 41)).Succeeded, Is.False);
        Assert.That(_chain.BalanceOf(Multicall), Is.EqualTo(UInt256.Zero), "refused value returns");
    }

    [Test]
    public void Value_that_nothing_forwards_is_refused()
    {
        byte[] batch = Encode("aggregate3((address,bool,bytes)[])", [Array.Empty<object?>()]);
        Assert.That(_chain.Receipt(_chain.Send(Multicall, batch, value: 1)).Succeeded, Is.False);
        Assert.That(_chain.BalanceOf(Multicall), Is.EqualTo(UInt256.Zero));
    }

    [Test]
    public void It_does_not_call_itself()
    {
        byte[] inner = Encode("getBlockNumber()", []);
        object?[] results = Results(Aggregate3((Multicall, true, inner)));
        Assert.That(Of(results, 0).Success, Is.False);
    }

    [Test]
    public void The_older_forms_answer_too()
    {
        object?[] calls = [new object?[] { ProbeModule.First, ProbeModule.Calls(Probe.Read, 1) }];
        object?[] failing = [new object?[] { ProbeModule.First, ProbeModule.Calls(Probe.Throw, 0) }];

        CallResult aggregated = Ask("aggregate((address,bytes)[])", [calls]);
        object?[] plain = AbiCodec.Decode([AbiType.Parse("uint256"), AbiType.Parse("bytes[]")], aggregated.ReturnData.Span);
        Assert.That(plain[0], Is.EqualTo((UInt256)2));
        Assert.That(Hex.Encode((byte[])((object?[])plain[1]!)[0]!), Is.EqualTo("0xabab"));
        Assert.That(Ask("aggregate((address,bytes)[])", [failing]).Succeeded, Is.False);

        Assert.That(Of(Results(Ask("tryAggregate(bool,(address,bytes)[])", [false, failing])), 0).Success, Is.False);
        Assert.That(Ask("tryAggregate(bool,(address,bytes)[])", [true, failing]).Succeeded, Is.False);
        Assert.That(Of(Results(Ask("tryAggregate(bool,(address,bytes)[])", [true, calls])), 0), Is.EqualTo((true, "0xabab")));

        AbiType[] blockForm = [AbiType.Parse("uint256"), AbiType.Parse("bytes32"), AbiType.Parse("(bool,bytes)[]")];
        object?[] block = AbiCodec.Decode(blockForm, Ask("blockAndAggregate((address,bytes)[])", [calls]).ReturnData.Span);
        Assert.That(block[0], Is.EqualTo((UInt256)2));
        Assert.That(Of((object?[])block[2]!, 0), Is.EqualTo((true, "0xabab")));
        Assert.That(Ask("tryBlockAndAggregate(bool,(address,bytes)[])", [false, failing]).Succeeded, Is.True);
    }

    [Test]
    public void Its_views_tell_of_the_block()
    {
        BlockHeader head = _chain.Head;
        Assert.That(Word("getBlockNumber()"), Is.EqualTo((UInt256)2));
        Assert.That(Word("getChainId()"), Is.EqualTo((UInt256)TestChain.ChainId));
        Assert.That(Word("getBasefee()"), Is.EqualTo(head.BaseFeePerGas));
        Assert.That(Word("getCurrentBlockTimestamp()"), Is.EqualTo((UInt256)head.Timestamp));
        Assert.That(Word("getCurrentBlockGasLimit()"), Is.EqualTo((UInt256)head.GasLimit));
        Assert.That(Word("getCurrentBlockCoinbase()"), Is.EqualTo(UInt256.FromBigEndian(head.Miner.ToArray())));
        Assert.That(Word("getLastBlockHash()"), Is.EqualTo(head.ParentHash.ToUInt256()));
        Assert.That(Word("getBlockHash(uint256)", (UInt256)1), Is.EqualTo(head.ParentHash.ToUInt256()));
        Assert.That(Word("getBlockHash(uint256)", (UInt256)2), Is.EqualTo(UInt256.Zero));
        Assert.That(Word("getBlockHash(uint256)", UInt256.MaxValue), Is.EqualTo(UInt256.Zero));
        Assert.That(Word("getEthBalance(address)", Keys.Number(2).Address), Is.EqualTo(Amount.FromDpn(1_000).ToUInt256()));
        Assert.That(Word("getCurrentBlockDifficulty()"), Is.Not.EqualTo(UInt256.Zero));
    }

    [Test]
    public void Malformed_and_unknown_calldata_are_refused()
    {
        Assert.That(UnknownSelector.TryDecode(_chain.Try(Multicall, [1, 2, 3, 4]).ReturnData.Span, out _), Is.True);
        Assert.That(UnknownSelector.TryDecode(_chain.Try(Multicall, []).ReturnData.Span, out _), Is.True);
        object?[] calls = [new object?[] { Multicall, true, new byte[40] }];
        byte[] cut = Encode("aggregate3((address,bool,bytes)[])", [calls])[..^33];
        Assert.That(MalformedCalldata.TryDecode(_chain.Try(Multicall, cut).ReturnData.Span, out _), Is.True);
    }

    private static byte[] Encode(string signature, object?[] arguments)
    {
        string types = signature[(signature.IndexOf('(', StringComparison.Ordinal))..];
        byte[] selector = Keccak256.Hash(System.Text.Encoding.ASCII.GetBytes(signature)).ToArray()[..4];
        if (types == "()") return selector;
        AbiType tuple = AbiType.Parse(types);
        return [.. selector, .. AbiCodec.Encode(tuple.Components, arguments)];
    }

    private CallResult Ask(string signature, object?[] arguments) => _chain.Try(Multicall, Encode(signature, arguments));

    private UInt256 Word(string signature, params object?[] arguments) => UInt256.FromBigEndian(Ask(signature, arguments).ReturnData.Span);

    private CallResult Aggregate3(params (Address Target, bool AllowFailure, byte[] Data)[] calls) => Ask(
        "aggregate3((address,bool,bytes)[])", [calls.Select(c => (object?)new object?[] { c.Target, c.AllowFailure, c.Data }).ToArray()]);

    private static object?[] Results(CallResult result)
    {
        Assert.That(result.Succeeded, Is.True);
        return (object?[])AbiCodec.Decode([AbiType.Parse("(bool,bytes)[]")], result.ReturnData.Span)[0]!;
    }

    private static (bool Success, string Data) Of(object?[] results, int index)
    {
        object?[] result = (object?[])results[index]!;
        return ((bool)result[0]!, Hex.Encode((byte[])result[1]!));
    }

    private static string Reason(CallResult result) => (string)AbiCodec.Decode([AbiType.Parse("string")], result.ReturnData.Span[4..])[0]!;
}
