using DePinChain.Blocks;
using DePinChain.Crypto;
using DePinChain.Execution;
using DePinChain.Modules.Sdk;
using DePinChain.Primitives;
using DePinChain.State;
using DePinChain.Unit.Tests.Blocks;

namespace DePinChain.Unit.Tests.Execution;

public sealed class BlockExecutorTests
{
    private static readonly Address Sender = Keys.Number(1).Address;
    private static readonly Address Receiver = Address.FromLow(0xbeef);

    [Test]
    public void An_empty_block_is_built_judged_and_committed()
    {
        using var chain = TestChain.Start();
        Hash256 genesis = chain.Head.Hash;
        ExecutedBlock first = chain.Produce();
        ExecutedBlock second = chain.Produce();
        Assert.That(first.Block.Transactions, Is.Empty, "no step logged anything, so there is no system transaction");
        Assert.That(first.Block.Header.ParentHash, Is.EqualTo(genesis));
        Assert.That(second.Block.Number, Is.EqualTo(2));
        Assert.That(second.Block.Consensus.Preimage.LastCommitHash, Is.EqualTo(second.Block.Consensus.LastCommit!.Hash));
    }

    [Test]
    public void A_transfer_moves_its_value_burns_the_base_fee_and_pays_the_tip_into_the_pot()
    {
        using var chain = TestChain.Start();
        ExecutedBlock block = chain.Produce(TestChain.Sign(Keys.Number(1), 0, Receiver, f => f with { Value = 5 }));

        // 21,000 gas at min(10, 1 + 2) = 3 gwei: 63,000 gwei, of which 21,000 are burned and 42,000 go into the pot.
        UInt256 price = 3 * TestChain.Gwei;
        Assert.That(chain.BalanceOf(Receiver), Is.EqualTo((UInt256)5));
        Assert.That(chain.BalanceOf(Sender), Is.EqualTo(Amount.FromDpn(1_000).ToUInt256() - 5 - price * 21_000));
        Assert.That(chain.BalanceOf(WellKnownAddresses.FeePot), Is.EqualTo((UInt256)(2 * TestChain.Gwei) * 21_000));
        Assert.That(chain.NonceOf(Sender), Is.EqualTo(1));
        Receipt receipt = block.Receipts[0];
        Assert.That((receipt.Succeeded, receipt.GasUsed, receipt.EffectiveGasPrice), Is.EqualTo((true, 21_000UL, price)));
        Assert.That(block.Senders, Is.EqualTo(new[] { Sender }));

        CallResult supply = chain.Try(WellKnownAddresses.System, [.. Keccak256.Hash("totalSupply()"u8).ToArray().AsSpan(0, 4)]);
        UInt256 expected = Amount.FromDpn(9_000).ToUInt256() - (UInt256)TestChain.Gwei * 21_000;
        Assert.That(UInt256.FromBigEndian(supply.ReturnData.Span), Is.EqualTo(expected));
    }

    [Test]
    public void Candidates_that_do_not_apply_are_passed_over()
    {
        using var chain = TestChain.Start();
        SignedTransaction good = TestChain.Sign(Keys.Number(1), 0, Receiver);
        SignedTransaction gap = TestChain.Sign(Keys.Number(2), 1, Receiver);
        SignedTransaction poor = TestChain.Sign(Keys.Number(77), 0, Receiver);
        SignedTransaction cheap = TestChain.Sign(
            Keys.Number(3), 0, Receiver, f => f with { MaxFeePerGas = 999_999_999, MaxPriorityFeePerGas = 0 });
        ExecutedBlock block = chain.Produce(gap, poor, cheap, good);
        Assert.That(block.Block.Transactions.Select(t => t.Hash), Is.EqualTo(new[] { good.Transaction.Hash }));
    }

    [Test]
    public void A_transaction_that_does_not_fit_into_the_gas_left_waits_and_a_smaller_one_goes_on()
    {
        using var chain = TestChain.Start(change: d => d with { GasLimit = 5_000_000, GasLimitTarget = 5_000_000 });
        SignedTransaction big = TestChain.Sign(Keys.Number(1), 0, Receiver, f => f with { GasLimit = 5_000_000 });
        SignedTransaction alsoBig = TestChain.Sign(Keys.Number(2), 0, Receiver, f => f with { GasLimit = 4_990_000 });
        SignedTransaction small = TestChain.Sign(Keys.Number(3), 0, Receiver);
        ExecutedBlock block = chain.Produce(big, alsoBig, small);

        // big used 21,000 of its 5,000,000; 4,979,000 are left, too few for the limit of alsoBig.
        Assert.That(block.Block.Transactions.Select(t => t.Hash), Is.EqualTo(new[] { big.Transaction.Hash, small.Transaction.Hash }));
        Assert.That(block.Receipts.Select(r => r.CumulativeGasUsed), Is.EqualTo(new[] { 21_000UL, 42_000UL }));
    }

    [Test]
    public void The_transactions_of_a_block_stay_below_its_bytes()
    {
        using var chain = TestChain.Start(change: d => d with { GasLimit = 1_000_000_000, GasLimitTarget = 1_000_000_000 });
        IEnumerable<SignedTransaction> candidates = Enumerable.Range(0, 20).Select(i => TestChain.Sign(
            Keys.Number(1),
            (ulong)i,
            Receiver,
            f => f with { Data = new byte[120_000], GasLimit = 1_300_000, MaxFeePerGas = 2 * TestChain.Gwei }));
        ExecutedBlock block = chain.Produce(candidates);

        // 2 MiB · 0.95 = 1,992,294 bytes hold sixteen transactions of 120,1xx bytes, not seventeen.
        Assert.That(block.Block.Transactions, Has.Count.EqualTo(16));
        Assert.That(block.Block.Size, Is.LessThan(Block.SizeMax));
    }

    [Test]
    public void A_failed_transaction_keeps_fee_and_nonce_and_leaves_nothing_else()
    {
        using var chain = TestChain.Start();
        UInt256 before = chain.BalanceOf(ProbeModule.First);
        Receipt receipt = chain.Receipt(chain.Send(ProbeModule.First, ProbeModule.Calls(Probe.Throw, 0), value: 0));
        Assert.That(receipt.Succeeded, Is.False);
        Assert.That(receipt.Logs, Is.Empty);
        Assert.That(Hex.Encode(receipt.RevertData.Span), Does.StartWith("0x08c379a0"), "Error(string)");
        Assert.That(chain.NonceOf(Sender), Is.EqualTo(1));
        Assert.That(chain.BalanceOf(ProbeModule.First), Is.EqualTo(before));
    }

    [TestCase(1, 0x11)]
    [TestCase(2, 0x12)]
    [TestCase(3, 0x32)]
    [TestCase(4, 0x01)]
    public void Deterministic_failures_of_a_module_panic_with_Soliditys_codes(int kind, int code)
    {
        using var chain = TestChain.Start();
        Receipt receipt = chain.Receipt(chain.Call(Probe.Throw, (ulong)kind));
        Assert.That(receipt.Succeeded, Is.False);
        Assert.That(Hex.Encode(receipt.RevertData.Span), Is.EqualTo($"0x4e487b71{code:x64}"));
    }

    [Test]
    public void A_failure_that_is_no_modules_stops_the_node()
    {
        using var chain = TestChain.Start();
        Assert.That(() => chain.Build(chain.Inputs(), chain.Call(Probe.Throw, 5)), Throws.InstanceOf<IOException>());
    }

    [Test]
    public void A_transactions_logs_hold_32_KiB()
    {
        // NativeTransfer has 32 bytes of payload; 1,024 of them are 32 KiB.
        using var chain = TestChain.Start();
        byte[] full = ProbeModule.Calls(Probe.Log, 1_024);
        Assert.That(chain.Receipt(chain.Send(ProbeModule.First, full, gas: 5_000_000)).Logs, Has.Count.EqualTo(1_024));
        Receipt beyond = chain.Receipt(chain.Send(ProbeModule.First, ProbeModule.Calls(Probe.Log, 1_025), gas: 5_000_000));
        Assert.That(beyond.Succeeded, Is.False);
        Assert.That(Hex.Encode(beyond.RevertData.Span), Is.EqualTo($"0x4e487b71{0x41:x64}"));
        Assert.That(beyond.Logs, Is.Empty);
    }

    [Test]
    public void Out_of_gas_takes_all_gas_and_undoes_everything()
    {
        using var chain = TestChain.Start();
        Receipt receipt = chain.Receipt(chain.Send(ProbeModule.First, ProbeModule.Calls(Probe.Write, 1, 32, 9), gas: 41_000));
        Assert.That((receipt.Succeeded, receipt.GasUsed), Is.EqualTo((false, 41_000UL)));
        Assert.That(receipt.RevertData.IsEmpty, Is.True);
        Assert.That(chain.Read(s => s.FindRecord(ProbeModule.First, ProbeModule.Location(1))), Is.Null);
    }

    [Test]
    public void Value_that_a_function_does_not_take_returns()
    {
        using var chain = TestChain.Start();
        Receipt receipt = chain.Receipt(chain.Send(ProbeModule.First, ProbeModule.Calls(Probe.Read, 1), value: 100));
        Assert.That(receipt.Succeeded, Is.False);
        Assert.That(chain.BalanceOf(ProbeModule.First), Is.EqualTo(UInt256.Zero));
        Assert.That(chain.Receipt(chain.Send(ProbeModule.First, ProbeModule.Calls(Probe.Deposit), value: 100)).Succeeded, Is.True);
        Assert.That(chain.BalanceOf(ProbeModule.First), Is.EqualTo((UInt256)100));
    }

    [TestCase("0x")]
    [TestCase("0x0000")]
    [TestCase("0xdeadbeef")]
    public void A_module_refuses_unknown_calldata_and_the_value_returns(string data)
    {
        using var chain = TestChain.Start();
        Receipt receipt = chain.Receipt(chain.Send(ProbeModule.First, Hex.Decode(data), value: 5));
        Assert.That(receipt.Succeeded, Is.False);
        Assert.That(UnknownSelector.TryDecode(receipt.RevertData.Span, out _), Is.True);
        Assert.That(chain.BalanceOf(ProbeModule.First), Is.EqualTo(UInt256.Zero));
    }

    [Test]
    public void Module_accounts_show_nonce_1_and_the_module_code()
    {
        using var chain = TestChain.Start();
        foreach (ModuleDescriptor module in chain.Executor.Modules.Descriptors)
        {
            Account account = chain.Read(s => s.FindAccount(module.Address))!.Value;
            Assert.That((account.Nonce, account.CodeHash), Is.EqualTo((1UL, Keccak256.Hash(Hex.Decode("0x60006000fd")))), module.Name);
            Assert.That(chain.Read(s => s.FindBlob(account.CodeHash)), Is.EqualTo(Hex.Decode("0x60006000fd")));
        }
        string[] names = ["system", "staking", "probe1", "probe2", "multicall3"];
        Assert.That(chain.Executor.Modules.Descriptors.Select(d => d.Name), Is.EqualTo(names));
    }

    [Test]
    public void The_beacon_mixes_each_proposers_output()
    {
        using var chain = TestChain.Start();
        Hash256 mix = chain.Head.MixHash;
        ExecutedBlock block = chain.Produce();
        int index = chain.View.Validators.IndexOf(block.Block.Header.Miner);
        Assert.That(Vrf.TryVerify(
            FixedValidators.VrfKeys[index].PublicKeyCompressed,
            Keccak256.Hash([.. "DPC-VRF"u8, .. new byte[24], .. Big(TestChain.ChainId), .. Big(1), .. mix.ToArray()]).ToArray(),
            block.Block.Consensus.VrfProof.Span,
            out Hash256 beta));
        Assert.That(block.Block.Header.MixHash, Is.EqualTo(Keccak256.Hash([.. mix.ToArray(), .. beta.ToArray()])));

        // The mix of block 1 is drawn from block 2 on, never within its own block.
        chain.Produce();
        byte[] seed = chain.Try(ProbeModule.First, ProbeModule.Calls(Probe.Draw, 1)).ReturnData.ToArray();
        byte[] preimage = [.. "probe"u8, .. new byte[24], .. Big(TestChain.ChainId), .. block.Block.Header.MixHash.ToArray(), .. Big(1)];
        Assert.That(Hex.Encode(seed), Is.EqualTo(Keccak256.Hash(preimage).ToString()));
        CallResult early = chain.Try(ProbeModule.First, ProbeModule.Calls(Probe.Draw, 2));
        Assert.That(BeaconExpired.TryDecode(early.ReturnData.Span, out _), Is.True);
    }

    private static byte[] Big(ulong value)
    {
        byte[] bytes = new byte[8];
        System.Buffers.Binary.BinaryPrimitives.WriteUInt64BigEndian(bytes, value);
        return bytes;
    }
}
