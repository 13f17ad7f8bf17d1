using System.Text.Json;
using DePinChain.Blocks;
using DePinChain.Execution;
using DePinChain.Primitives;
using DePinChain.Unit.Tests.Blocks;

namespace DePinChain.Unit.Tests.Execution;

public sealed class BlockRootTests
{
    [TestCase(0)]
    [TestCase(1)]
    public void Transactions_and_receipts_have_the_roots_of_geths_header(int index)
    {
        JsonElement block = GethAnswers.All.GetProperty("blocks")[index];
        BlockHeader header = GethAnswers.Header(block.GetProperty("header"));
        byte[][] transactions = [.. block.GetProperty("transactions").EnumerateArray().Select(GethAnswers.Raw)];
        Receipt[] receipts = [.. block.GetProperty("receipts").EnumerateArray().Select(GethAnswers.Receipt)];
        Assert.That(MerkleTrie.RootOf(transactions), Is.EqualTo(header.TransactionsRoot));
        Assert.That(MerkleTrie.RootOf([.. receipts.Select(r => r.Encode())]), Is.EqualTo(header.ReceiptsRoot));
        Assert.That(Bloom.Union(receipts.Select(r => r.Bloom)), Is.EqualTo(header.LogsBloom));
        Assert.That(receipts[^1].CumulativeGasUsed, Is.EqualTo(header.GasUsed));
    }

    [Test]
    public void A_built_block_holds_the_roots_of_its_parts()
    {
        using var chain = TestChain.Start();
        ExecutedBlock executed = chain.Produce(
            TestChain.Sign(Keys.Number(1), 0, Address.FromLow(0xbeef), f => f with { Type = TransactionType.Legacy }),
            TestChain.Sign(Keys.Number(2), 0, ProbeModule.First, f => f with { Data = ProbeModule.Calls(Probe.Log), GasLimit = 100_000 }));
        BlockHeader header = executed.Block.Header;
        Assert.That(header.TransactionsRoot, Is.EqualTo(MerkleTrie.RootOf([.. executed.Block.Transactions.Select(t => t.Raw.ToArray())])));
        Assert.That(header.ReceiptsRoot, Is.EqualTo(MerkleTrie.RootOf([.. executed.Receipts.Select(r => r.Encode())])));
        Assert.That(header.LogsBloom.MayContain(ProbeModule.First), Is.True);
        Assert.That(header.StateRoot, Is.EqualTo(executed.Delta.Root));
    }
}
