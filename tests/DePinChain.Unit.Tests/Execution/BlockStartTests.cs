using DePinChain.Blocks;
using DePinChain.Execution;
using DePinChain.Modules.Sdk;
using DePinChain.Primitives;

namespace DePinChain.Unit.Tests.Execution;

/// <summary>Scheduled work at a block's start: its logs, its limits, and that one module's fault stays its own.</summary>
public sealed class BlockStartTests
{
    private static readonly Hash256 Counter = ProbeModule.Location(1);

    [Test]
    public void Logs_of_the_steps_stand_in_the_system_transaction()
    {
        using var chain = TestChain.Start((probe, _) => Log(probe), (probe, _) => Log(probe));
        ExecutedBlock block = chain.Produce(chain.Call(Probe.Log));
        Assert.That(block.Block.Transactions[0].IsSystem, Is.True);
        Receipt receipt = block.Receipts[0];
        Assert.That((receipt.Succeeded, receipt.GasUsed, receipt.CumulativeGasUsed), Is.EqualTo((true, 0UL, 0UL)));
        Assert.That(receipt.Logs.Select(l => l.Address), Is.EqualTo(new[] { ProbeModule.First, ProbeModule.Second }), "catalog order");
        Assert.That(block.Receipts[1].CumulativeGasUsed, Is.EqualTo(block.Receipts[1].GasUsed), "the start's work is not gas");
        Assert.That(block.Senders[0], Is.EqualTo(SystemTransaction.Sender));
    }

    [Test]
    public void A_fault_undoes_that_step_alone_and_the_chain_goes_on()
    {
        using var chain = TestChain.Start(
            (probe, _) =>
            {
                Count(probe);
                Log(probe);
                probe.Scope.Issuer.Mint(probe.Address, Amount.One);
                throw new OverflowException();
            },
            (probe, _) => Count(probe));
        ExecutedBlock block = chain.Produce();

        Assert.That(Read(chain, ProbeModule.First), Is.Zero);
        Assert.That(Read(chain, ProbeModule.Second), Is.EqualTo(1));
        Assert.That(chain.BalanceOf(ProbeModule.First), Is.EqualTo(UInt256.Zero));
        LogEntry log = block.Receipts[0].Logs.Single();
        Assert.That(log.Address, Is.EqualTo(WellKnownAddresses.System));
        Assert.That(ModuleFaulted.TryDecode(log.Topics, log.Data.Span, out ModuleFaulted fault), Is.True);
        Assert.That((fault.Module, fault.Key, fault.Code), Is.EqualTo((ProbeModule.First, Array.Empty<byte>(), FaultCode.Overflow)));
    }

    [Test]
    public void Three_faults_in_a_row_suspend_the_module_until_a_fork()
    {
        using var chain = TestChain.Start(
            (probe, block) =>
            {
                if (block.Number <= 3) throw new DivideByZeroException();
                Count(probe);
            },
            change: d => d with { Forks = [new GenesisFork("mend", 6)] });
        chain.Produce();
        Assert.That(chain.Receipt(chain.Call(Probe.Write, 9, 1, 1)).Succeeded, Is.True, "after two faults it still answers");
        Assert.That(chain.Produce().Receipts.Single().Logs, Has.Count.EqualTo(1), "the third fault");

        ExecutedBlock suspended = chain.Produce(chain.Call(Probe.Write, 9, 1, 1));
        Assert.That(Read(chain, ProbeModule.First), Is.Zero, "its step is skipped");
        Assert.That(suspended.Receipts.Single().Succeeded, Is.False);
        Assert.That(ModuleSuspended.TryDecode(suspended.Receipts.Single().RevertData.Span, out _), Is.True);
        byte[] selector = Keccak256.Hash("isSuspended(address)"u8).ToArray()[..4];
        byte[] question = [.. selector, .. new byte[12], .. ProbeModule.First.ToArray()];
        Assert.That(chain.Try(WellKnownAddresses.System, question).ReturnData.Span[31], Is.EqualTo(1));

        chain.Produce();
        Assert.That(Read(chain, ProbeModule.First), Is.Zero);
        chain.Produce(); // block 6: the fork
        Assert.That(Read(chain, ProbeModule.First), Is.EqualTo(1));
        Assert.That(chain.Try(WellKnownAddresses.System, question).ReturnData.Span[31], Is.Zero);
    }

    [Test]
    public void A_sound_block_between_faults_starts_the_count_anew()
    {
        using var chain = TestChain.Start((probe, block) =>
        {
            if (block.Number % 3 != 0) throw new DivideByZeroException();
            Count(probe);
        });
        for (int i = 0; i < 9; i++) chain.Produce();
        Assert.That(Read(chain, ProbeModule.First), Is.EqualTo(3), "blocks 3, 6 and 9 ran");
    }

    [Test]
    public void A_failure_that_is_no_modules_stops_the_node()
    {
        using var chain = TestChain.Start((_, _) => throw new IOException("the disk is gone"));
        Assert.That(() => chain.Build(chain.Inputs()), Throws.InstanceOf<IOException>());
    }

    [Test]
    public void Work_beyond_the_share_is_undone()
    {
        // The two probes draw from the share of the rest: 4,000 units, of which 256 are kept for the second.
        using var chain = TestChain.Start(
            (probe, _) =>
            {
                for (ulong i = 0; i < 3_745; i++) probe.State.Write(ProbeModule.Location(i), [1]);
            },
            (probe, _) =>
            {
                for (ulong i = 0; i < 256; i++) probe.State.Write(ProbeModule.Location(i), [1]);
            });
        ExecutedBlock block = chain.Produce();
        LogEntry log = block.Receipts[0].Logs.Single();
        Assert.That(ModuleFaulted.TryDecode(log.Topics, log.Data.Span, out ModuleFaulted fault), Is.True);
        Assert.That((fault.Module, fault.Code), Is.EqualTo((ProbeModule.First, FaultCode.WorkBudgetExceeded)));
        Assert.That(Read(chain, ProbeModule.First), Is.Zero);
        byte[]? last = chain.Read(s => s.FindRecord(ProbeModule.Second, ProbeModule.Location(255)));
        Assert.That(last, Is.Not.Null, "the second had its own part");
    }

    [Test]
    public void A_unit_is_one_record_read_and_written_or_one_log()
    {
        using var chain = TestChain.Start((probe, _) =>
        {
            // 3,744 allowed: 3,000 records, each read and written, are 3,000 units and 100 gas more each (100 units); then 644 logs.
            for (ulong i = 0; i < 3_000; i++)
            {
                probe.State.Read(ProbeModule.Location(i));
                probe.State.Write(ProbeModule.Location(i), [1]);
            }
            for (int i = 0; i < 644; i++) Log(probe);
        });
        Assert.That(chain.Produce().Receipts[0].Logs, Has.Count.EqualTo(644));
    }

    [Test]
    public void The_ring_remembers_parents_by_height()
    {
        using var chain = TestChain.Start();
        var headers = new List<BlockHeader> { chain.Head };
        for (int i = 0; i < 3; i++) headers.Add(chain.Produce().Block.Header);
        for (ulong height = 0; height < 3; height++)
        {
            Assert.That(Ask(chain, "blockHash(uint64)", height), Is.EqualTo(headers[(int)height].Hash), $"{height}");
            Assert.That(Ask(chain, "mixHash(uint64)", height), Is.EqualTo(headers[(int)height].MixHash), $"{height}");
        }
        Assert.That(Ask(chain, "blockHash(uint64)", 3), Is.EqualTo(Hash256.Zero), "the block itself is not past");
        Assert.That(Ask(chain, "blockHash(uint64)", 4), Is.EqualTo(Hash256.Zero));
    }

    [Test]
    public void Minted_and_burned_coins_are_in_the_supply()
    {
        using var chain = TestChain.Start((probe, _) =>
        {
            probe.Scope.Issuer.Mint(probe.Address, Amount.FromDpn(3));
            probe.Scope.Issuer.Burn(probe.Address, Amount.FromDpn(1));
        });
        chain.Produce();
        chain.Produce();
        UInt256 supply = UInt256.FromBigEndian(chain.Try(ProbeModule.First, ProbeModule.Calls(Probe.Supply)).ReturnData.Span);
        Assert.That(supply, Is.EqualTo(Amount.FromDpn(9_004).ToUInt256()));
        Assert.That(chain.BalanceOf(ProbeModule.First), Is.EqualTo(Amount.FromDpn(4).ToUInt256()));
    }

    private static void Log(ProbeModule probe) => probe.Scope.LogsOf(probe.Address).Emit(default(NativeTransfer));

    private static void Count(ProbeModule probe)
    {
        byte count = probe.State.Read(Counter) is [var before] ? before : (byte)0;
        probe.State.Write(Counter, [(byte)(count + 1)]);
    }

    private static int Read(TestChain chain, Address module) => chain.Read(s => s.FindRecord(module, Counter)) is [var count] ? count : 0;

    private static Hash256 Ask(TestChain chain, string signature, ulong height)
    {
        byte[] selector = Keccak256.Hash(System.Text.Encoding.ASCII.GetBytes(signature)).ToArray()[..4];
        CallResult result = chain.Try(WellKnownAddresses.System, [.. selector, .. ((UInt256)height).ToHash256().ToArray()]);
        Assert.That(result.Succeeded, Is.True);
        return new Hash256(result.ReturnData.Span);
    }
}
