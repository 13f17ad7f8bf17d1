using DePinChain.Blocks;
using DePinChain.Execution;
using DePinChain.Primitives;
using DePinChain.State;
using DePinChain.Unit.Tests.Blocks;

namespace DePinChain.Unit.Tests.Execution;

public sealed class CallSimulatorTests
{
    private static readonly Address Sender = Keys.Number(1).Address;
    private static readonly Address Receiver = Address.FromLow(0xbeef);

    private TestChain _chain = null!;

    public static IEnumerable<(Address To, byte[] Data, ulong Value)> Calls =>
    [
        (Receiver, [], 0),
        (Receiver, [], 5),
        (Receiver, [.. Enumerable.Repeat((byte)1, 500)], 0),
        (ProbeModule.First, ProbeModule.Calls(Probe.Read, 1), 0),
        (ProbeModule.First, ProbeModule.Calls(Probe.Write, 1, 200, 1), 0),
        (ProbeModule.First, ProbeModule.Calls(Probe.Write, 77, 4_000, 1), 0),
        (ProbeModule.First, ProbeModule.Calls(Probe.Deposit), 9),
        (ProbeModule.First, ProbeModule.Calls(Probe.Pay, 0xbeef, 3), 0),
        (ProbeModule.First, ProbeModule.Calls(Probe.Log), 0),
        (ProbeModule.First, ProbeModule.Calls(Probe.Keccak, 5_000), 0),
        (ProbeModule.First, ProbeModule.Calls(Probe.PutBody, 3_000), 0),
        (ProbeModule.First, ProbeModule.Calls(Probe.Charge, 1_000_000), 0),
    ];

    [SetUp]
    public void A_chain_with_some_state()
    {
        _chain = TestChain.Start();
        _chain.Produce(_chain.Send(ProbeModule.First, ProbeModule.Calls(Probe.Deposit), value: 1_000));
        _chain.Produce(_chain.Call(Probe.Write, 1, 2, 0xab));
    }

    [TearDown]
    public void Close() => _chain.Dispose();

    [TestCaseSource(nameof(Calls))]
    public void An_estimate_is_exactly_the_gas_needed((Address To, byte[] Data, ulong Value) call)
    {
        CallResult estimate = Estimate(new CallRequest { From = Sender, To = call.To, Data = call.Data, Value = call.Value });
        Assert.That(estimate.Succeeded, Is.True, estimate.Rejection?.ToString());
        ulong gas = estimate.GasUsed;

        SignedTransaction tooLittle = _chain.Send(call.To, call.Data, call.Value, gas - 1);
        BlockVerdict verdict = _chain.Build(_chain.Inputs(), tooLittle);
        bool failed = verdict.Executed!.Block.Transactions.Count == 0 || !verdict.Executed.Receipts[^1].Succeeded;
        Assert.That(failed, Is.True, "one gas less is refused or runs out");

        Receipt receipt = _chain.Receipt(_chain.Send(call.To, call.Data, call.Value, gas));
        Assert.That((receipt.Succeeded, receipt.GasUsed), Is.EqualTo((true, gas)));
    }

    [Test]
    public void A_transfer_is_estimated_at_21000() =>
        Assert.That(Estimate(new CallRequest { From = Sender, To = Receiver, Value = 5 }).GasUsed, Is.EqualTo(21_000));

    [Test]
    public void A_call_that_reverts_returns_the_revert_data_and_no_estimate()
    {
        var request = new CallRequest { From = Sender, To = ProbeModule.First, Data = ProbeModule.Calls(Probe.Throw, 0) };
        foreach (CallResult result in new[] { _chain.Try(request), Estimate(request) })
        {
            Assert.That((result.Succeeded, result.Rejection), Is.EqualTo((false, (Rejection?)null)));
            Assert.That(Hex.Encode(result.ReturnData.Span), Does.StartWith("0x08c379a0"));
        }
    }

    [Test]
    public void An_estimate_is_bounded_by_what_the_sender_can_pay()
    {
        // Key 77 holds nothing; key 1 holds about 1,000 DPN: at 10^18 wei per gas that is 999 gas.
        CallResult poor = Estimate(new CallRequest { From = Keys.Number(77).Address, To = Receiver, MaxFeePerGas = 1 });
        Assert.That(poor.Rejection!.Message, Is.EqualTo("gas required exceeds allowance (0)"));
        CallResult dear = Estimate(new CallRequest { From = Sender, To = Receiver, MaxFeePerGas = 1_000_000_000_000_000_000 });
        Assert.That(dear.Rejection!.Message, Is.EqualTo("gas required exceeds allowance (999)"));
        var free = new CallRequest { From = Keys.Number(77).Address, To = Receiver };
        Assert.That(Estimate(free).GasUsed, Is.EqualTo(21_000), "no price, no balance");
        Assert.That(Estimate(free with { MaxFeePerGas = 0 }).GasUsed, Is.EqualTo(21_000));
    }

    [Test]
    public void An_estimate_beyond_the_given_gas_says_so()
    {
        CallResult result = Estimate(new CallRequest
        {
            From = Sender,
            To = ProbeModule.First,
            Data = ProbeModule.Calls(Probe.Charge, 1_000_000),
            GasLimit = 500_000,
        });
        Assert.That(result.Rejection!.Message, Is.EqualTo("gas required exceeds allowance (500000)"));
    }

    [Test]
    public void Value_beyond_the_balance_is_insufficient_funds()
    {
        CallResult result = _chain.Try(new CallRequest { From = Keys.Number(77).Address, To = Receiver, Value = 1 });
        Assert.That(result.Rejection!.Name, Is.EqualTo(nameof(Rejections.InsufficientFunds)));
        Assert.That(result.Rejection.Message, Does.StartWith("insufficient funds for gas * price + value"));
    }

    [Test]
    public void A_creation_is_refused() =>
        Assert.That(_chain.Try(new CallRequest { To = null }).Rejection!.Message, Is.EqualTo("contract creation is not supported"));

    [Test]
    public void A_call_changes_nothing()
    {
        Hash256 root = _chain.Read(s => ((StateSnapshot)s).Root);
        CallResult result = _chain.Try(ProbeModule.First, ProbeModule.Calls(Probe.Write, 8, 3, 1));
        Assert.That(result.Succeeded, Is.True);
        Assert.That(_chain.Read(s => s.FindRecord(ProbeModule.First, ProbeModule.Location(8))), Is.Null);
        Assert.That(_chain.Read(s => ((StateSnapshot)s).Root), Is.EqualTo(root));
    }

    [Test]
    public void A_call_of_an_ordinary_account_returns_nothing() =>
        Assert.That(_chain.Try(Receiver, [1, 2, 3, 4]).ReturnData.IsEmpty, Is.True);

    [Test]
    public void Pretences_hold_for_the_call()
    {
        Address stranger = Keys.Number(77).Address;
        AccountPretence rich = new(stranger, Balance: UInt256.MaxValue, Nonce: 7, []);
        AccountPretence record = new(ProbeModule.First, null, null, [new(ProbeModule.Location(1), new byte[] { 0x55 })]);
        var request = new CallRequest { From = stranger, To = Receiver, Value = 1_000 };
        Assert.That(_chain.Read(s => _chain.Simulator.Call(request, _chain.Head, s, [rich])).Succeeded, Is.True);
        CallResult read = _chain.Read(s => _chain.Simulator.Call(
            new CallRequest { To = ProbeModule.First, Data = ProbeModule.Calls(Probe.Read, 1) }, _chain.Head, s, [record]));
        Assert.That(Hex.Encode(read.ReturnData.Span), Is.EqualTo("0x55"));
        Assert.That(_chain.Read(s => s.FindAccount(stranger)), Is.Null);
    }

    [Test]
    public void Absurd_pretences_and_values_end_as_reverts()
    {
        AccountPretence rich = new(Sender, Balance: UInt256.MaxValue, null, []);
        AccountPretence full = new(Receiver, Balance: UInt256.MaxValue, null, []);
        (Address, byte[])[] calls = [(Receiver, []), (ProbeModule.First, ProbeModule.Calls(Probe.Deposit))];
        foreach ((Address to, byte[] data) in calls)
        {
            var request = new CallRequest { From = Sender, To = to, Data = data, Value = UInt256.MaxValue };
            CallResult result = _chain.Read(s => _chain.Simulator.Call(request, _chain.Head, s, [rich, full]));
            Assert.That(result.Succeeded, Is.False);
        }
    }

    [Test]
    public void An_access_list_names_what_was_touched_and_makes_it_cheap()
    {
        var request = new CallRequest { From = Sender, To = ProbeModule.First, Data = ProbeModule.Calls(Probe.Read, 1) };
        AccessListResult result = _chain.Read(s => _chain.Simulator.CreateAccessList(request, _chain.Head, s));
        AccessListEntry entry = result.AccessList.Single();
        Assert.That(entry.Address, Is.EqualTo(ProbeModule.First));
        Assert.That(entry.StorageKeys, Is.EqualTo(new[] { ProbeModule.Location(1) }));

        // 2,100 become 2,400 + 1,900 + 100.
        ulong plain = _chain.Try(request).GasUsed;
        Assert.That(result.Call.GasUsed, Is.EqualTo(plain - 2_100 + 2_400 + 1_900 + 100));
    }

    [Test]
    public void A_call_never_uses_more_than_its_cap()
    {
        byte[] data = ProbeModule.Calls(Probe.Charge, 60_000_000);
        CallResult result = _chain.Try(new CallRequest { To = ProbeModule.First, Data = data, GasLimit = ulong.MaxValue });
        Assert.That(result.Rejection!.Name, Is.EqualTo(nameof(Rejections.OutOfGas)));
        Assert.That(result.GasUsed, Is.EqualTo(CallSimulator.CallGasMax));
    }

    private CallResult Estimate(CallRequest request) => _chain.Read(s => _chain.Simulator.EstimateGas(request, _chain.Head, s));
}
