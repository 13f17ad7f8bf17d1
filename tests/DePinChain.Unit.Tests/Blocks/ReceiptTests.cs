using System.Text.Json;
using DePinChain.Blocks;
using DePinChain.Primitives;

namespace DePinChain.Unit.Tests.Blocks;

public sealed class ReceiptTests
{
    [Test]
    public void The_bloom_of_a_log_is_geths()
    {
        JsonElement answer = GethAnswers.All.GetProperty("bloom");
        var logs = answer.GetProperty("logs").EnumerateArray().Select(GethAnswers.Log).ToList();
        var bloom = Bloom.Of(logs);
        Assert.That(bloom.ToString(), Is.EqualTo(GethAnswers.Text(answer, "logsBloom")));
        Assert.That(bloom.MayContain(logs[0].Address), Is.True);
        Assert.That(bloom.MayContain(logs[0].Topics[1]), Is.True);
        Assert.That(bloom.MayContain(Address.FromLow(0x1001)), Is.False);
    }

    [Test]
    public void A_blocks_bloom_is_the_union_of_its_receipts()
    {
        var first = Bloom.Of([new LogEntry(Address.FromLow(1), [], default)]);
        var second = Bloom.Of([new LogEntry(Address.FromLow(2), [], default)]);
        var union = Bloom.Union([first, second]);
        Assert.That(union.MayContain(Address.FromLow(1)) && union.MayContain(Address.FromLow(2)), Is.True);
        Assert.That(Bloom.Union([]), Is.EqualTo(Bloom.Empty));
    }

    [Test]
    public void A_typed_receipt_has_its_type_in_front()
    {
        // EIP-2718: type ‖ rlp([status, cumulativeGas, bloom, logs]); a failed receipt's status is the empty string.
        var receipt = new Receipt(TransactionType.DynamicFee, Succeeded: false, 21_000, Bloom.Empty, []);
        string expected = "0x02" + "f90108" + "80" + "825208" + "b90100" + new string('0', 512) + "c0";
        Assert.That(Hex.Encode(receipt.Encode()), Is.EqualTo(expected));
    }

    [Test]
    public void A_stored_receipt_keeps_what_is_not_hashed()
    {
        var log = new LogEntry(Address.FromLow(0x1001), [Hash256.Zero, Keccak256.Empty], new byte[] { 1, 2, 3 });
        var receipt = new Receipt(TransactionType.AccessList, Succeeded: true, 50_000, Bloom.Of([log]), [log])
        {
            GasUsed = 29_000,
            EffectiveGasPrice = 1_000_000_007,
            RevertData = new byte[] { 8, 9 },
        };
        var read = Receipt.DecodeStored(receipt.EncodeStored());
        Assert.That(read.Encode(), Is.EqualTo(receipt.Encode()));
        Assert.That(read.EncodeStored(), Is.EqualTo(receipt.EncodeStored()));
        Assert.That((read.GasUsed, read.EffectiveGasPrice), Is.EqualTo((29_000UL, (UInt256)1_000_000_007)));
        Assert.That(read.RevertData.ToArray(), Is.EqualTo(new byte[] { 8, 9 }));
    }
}
