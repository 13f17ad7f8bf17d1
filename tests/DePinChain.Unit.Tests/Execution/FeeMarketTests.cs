using System.Text.Json;
using DePinChain.Execution;
using DePinChain.Primitives;
using FsCheck;
using FsCheck.Fluent;

namespace DePinChain.Unit.Tests.Execution;

public sealed class FeeMarketTests
{
    private const ulong Gwei = 1_000_000_000;

    [Test]
    public void The_base_fee_is_EIP_1559s_where_the_floor_does_not_bind()
    {
        foreach (JsonElement sample in KnownAnswers.Read("ethereum/eip1559-base-fee.json").GetProperty("cases").EnumerateArray())
        {
            UInt256 next = FeeMarket.NextBaseFee(
                Number(sample, "parentBaseFee"), Number(sample, "parentGasUsed"), Number(sample, "parentTargetGasUsed"), UInt256.Zero);
            Assert.That(next, Is.EqualTo((UInt256)Number(sample, "expectedBaseFee")), sample.ToString());
        }
    }

    [Test]
    public void Full_blocks_raise_and_empty_blocks_lower_it_to_the_floor()
    {
        // By hand, limit 60 M, target 30 M, floor 1 gwei: ·9/8 four times, then ·7/8 until the floor holds.
        (ulong Used, ulong Fee)[] sequence =
        [
            (60_000_000, 1_125_000_000), // 1 + 1/8
            (60_000_000, 1_265_625_000), // + 140,625,000
            (60_000_000, 1_423_828_125), // + 158,203,125
            (45_000_000, 1_512_817_382), // + ⌊⌊1,423,828,125 / 2⌋ / 8⌋ = 88,989,257
            (30_000_000, 1_512_817_382),
            (0, 1_323_715_210), // − ⌊1,512,817,382 / 8⌋ = 189,102,172
            (0, 1_158_250_809), // − 165,464,401
            (0, 1_013_469_458), // − 144,781,351
            (0, 1_000_000_000), // 886,785,776 is below the floor
            (0, 1_000_000_000),
            (30_000_001, 1_000_000_004), // + ⌊⌊10^9 / 30 M⌋ / 8⌋ = ⌊33 / 8⌋ = 4
        ];
        UInt256 fee = Gwei;
        foreach ((ulong used, ulong expected) in sequence)
        {
            fee = FeeMarket.NextBaseFee(fee, used, 30_000_000, Gwei);
            Assert.That(fee, Is.EqualTo((UInt256)expected), $"after {used} gas");
        }
    }

    [Test]
    public void The_gas_limit_moves_by_less_than_a_1024th_and_stops_at_its_target()
    {
        Assert.That(FeeMarket.NextGasLimit(60_000_000, 60_000_000), Is.EqualTo(60_000_000));

        // 60,000,000 / 1024 = 58,593 rounded down; a step is one less.
        Assert.That(FeeMarket.NextGasLimit(60_000_000, 100_000_000), Is.EqualTo(60_058_592));
        Assert.That(FeeMarket.NextGasLimit(60_000_000, 5_000_000), Is.EqualTo(59_941_408));
        Assert.That(FeeMarket.NextGasLimit(60_000_000, 60_000_010), Is.EqualTo(60_000_010));
        Assert.That(FeeMarket.NextGasLimit(60_000_000, 59_999_990), Is.EqualTo(59_999_990));
    }

    [Test]
    public void Every_step_of_the_gas_limit_passes_Ethereums_check()
    {
        Prop.ForAll<ulong, ulong>((parent, target) =>
        {
            parent = 5_000_000 + parent % 995_000_000;
            ulong next = FeeMarket.NextGasLimit(parent, 5_000_000 + target % 995_000_000);
            ulong distance = next > parent ? next - parent : parent - next;
            return distance < parent / 1024; // ethereumjs and geth: |difference| < parent / 1024
        }).QuickCheckThrowOnFailure();
    }

    private static ulong Number(JsonElement element, string key) => element.GetProperty(key).GetUInt64();
}
