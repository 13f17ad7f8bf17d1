using DePinChain.Blocks;
using DePinChain.Execution;
using DePinChain.Primitives;
using DePinChain.Unit.Tests.Blocks;

namespace DePinChain.Unit.Tests.Execution;

/// <summary>What each thing costs a transaction, measured on a chain and added up by hand from the EVM's prices and decision 9.</summary>
public sealed class GasPriceTests
{
    private TestChain _chain = null!;

    [SetUp]
    public void A_chain_with_a_record_of_one_byte_in_slot_1()
    {
        _chain = TestChain.Start();
        Assert.That(_chain.Receipt(_chain.Call(Probe.Write, 1, 1, 9)).Succeeded, Is.True);
    }

    [TearDown]
    public void Close() => _chain.Dispose();

    [Test]
    public void A_read_costs_2100_first_and_100_with_an_access_list()
    {
        Assert.That(Beyond(_chain.Call(Probe.Read, 1)), Is.EqualTo(2_100));
        SignedTransaction listed = TestChain.Sign(Keys.Number(1), _chain.NonceOf(Keys.Number(1).Address), ProbeModule.First, f => f with
        {
            Data = ProbeModule.Calls(Probe.Read, 1),
            GasLimit = 100_000,
            AccessList = [new AccessListEntry(ProbeModule.First, [ProbeModule.Location(1)])],
        });
        Assert.That(Beyond(listed), Is.EqualTo(100), "the list itself is part of the intrinsic gas");
    }

    // 5,000 + 16 for each byte above 32; 20,000 + 200 where none was; removing costs a write; nothing is refunded.
    [TestCase(1UL, 1UL, 5_000UL)]
    [TestCase(1UL, 32UL, 5_000UL)]
    [TestCase(1UL, 33UL, 5_016UL)]
    [TestCase(1UL, 100UL, 6_088UL)]
    [TestCase(2UL, 1UL, 20_000UL)]
    [TestCase(2UL, 32UL, 20_000UL)]
    [TestCase(2UL, 33UL, 20_200UL)]
    [TestCase(2UL, 4_096UL, 832_800UL)]
    public void A_write_costs_by_what_was_there_and_by_length(ulong slot, ulong size, ulong expected) =>
        Assert.That(Beyond(_chain.Call(Probe.Write, slot, size, 5)), Is.EqualTo(expected));

    [Test]
    public void Erasing_costs_a_write() => Assert.That(Beyond(_chain.Call(Probe.Erase, 1)), Is.EqualTo(5_000));

    [Test]
    public void An_internal_transfer_costs_6700_with_its_log()
    {
        _chain.Receipt(_chain.Send(ProbeModule.First, ProbeModule.Calls(Probe.Deposit), value: 1_000));
        SignedTransaction pay = _chain.Call(Probe.Pay, 0xbeef, 400);
        Receipt receipt = _chain.Receipt(pay);
        Assert.That(receipt.GasUsed - IntrinsicGas.Of(pay.Transaction), Is.EqualTo(6_700));
        Assert.That(receipt.Logs, Has.Count.EqualTo(1));
        Assert.That(_chain.BalanceOf(Address.FromLow(0xbeef)), Is.EqualTo((UInt256)400));
    }

    [Test]
    public void A_log_costs_as_the_EVMs()
    {
        // NativeTransfer: 375 + 4 topics · 375 + 32 bytes · 8 = 2,131.
        Assert.That(Beyond(_chain.Call(Probe.Log)), Is.EqualTo(2_131));
    }

    // 30 + 6 a word; long enough that the calldata floor of 21,000 + 10 and 40 a byte does not hide it.
    [TestCase(3_200UL, 630UL)]
    [TestCase(3_201UL, 636UL)]
    public void Keccak_costs_as_the_EVMs(ulong size, ulong expected) =>
        Assert.That(Beyond(_chain.Call(Probe.Keccak, size)), Is.EqualTo(expected));

    [Test]
    public void A_body_costs_as_a_new_record_even_when_it_is_there_already()
    {
        // 20,000 + 200 · 968. Whether another leaf names it already may depend on the history a node keeps.
        Assert.That(Beyond(_chain.Call(Probe.PutBody, 1_000)), Is.EqualTo(213_600));
        Assert.That(Beyond(_chain.Call(Probe.PutBody, 1_000)), Is.EqualTo(213_600));
    }

    [Test]
    public void Declared_computation_is_charged() => Assert.That(Beyond(_chain.Call(Probe.Charge, 12_345)), Is.EqualTo(12_345));

    [Test]
    public void Calldata_has_a_floor()
    {
        // 1,000 non-zero bytes to an ordinary account: intrinsic 21,000 + 16,000, floor 21,000 + 40,000 = 61,000.
        byte[] data = [.. Enumerable.Repeat((byte)1, 1_000)];
        Assert.That(_chain.Receipt(_chain.Send(Address.FromLow(0xbeef), data, gas: 100_000)).GasUsed, Is.EqualTo(61_000));
    }

    private ulong Beyond(SignedTransaction transaction)
    {
        Receipt receipt = _chain.Receipt(transaction);
        Assert.That(receipt.Succeeded, Is.True);
        return receipt.GasUsed - IntrinsicGas.Of(transaction.Transaction);
    }
}
