using System.Numerics;
using System.Text.Json;
using DePinChain.Modules.Storage;

namespace DePinChain.Modules.Tests.Storage;

/// <summary>
/// The storage stream's formulas against Filecoin's golden files and traces, and the derived ones for blocks of 12 seconds.
/// </summary>
public sealed class MintingTests
{
    private static readonly JsonElement Machine = Read("reward_state_machine.json");
    private static readonly JsonElement Derived = Read("reward_12s_derived.json");

    // Filecoin's: epochs of 30 seconds, the baseline doubles in a year.
    private static readonly MintingSchedule Filecoin = new(
        Constant(Machine, "LAMBDA"), Constant(Machine, "EXP_LAM_SUB_ONE"), Constant(Machine, "BASELINE_EXPONENT"),
        Constant(Machine, "SIMPLE_TOTAL_atto"), Constant(Machine, "BASELINE_TOTAL_atto"));

    private static readonly MintingSchedule Ours = MintingSchedule.Mainnet with
    {
        BaselineGrowth = Constant(Derived, "BASELINE_EXPONENT_growth100pct"),
    };

    [Test]
    public void Time_mints_what_Filecoins_golden_file_says()
    {
        foreach (JsonElement row in Read("reward_simple_golden.json").GetProperty("rows").EnumerateArray())
        {
            ulong epoch = (ulong)Number(row[0]);
            Assert.That(StorageMinting.SimpleReward(Filecoin, epoch), Is.EqualTo(Number(row[1])), $"epoch {epoch}");
        }
    }

    [Test]
    public void Growth_mints_what_Filecoins_golden_file_says()
    {
        BigInteger simple = StorageMinting.SimpleReward(Filecoin, 0);
        foreach (JsonElement row in Read("reward_baseline_golden.json").GetProperty("rows").EnumerateArray())
            Assert.That(StorageMinting.Reward(Filecoin, 0, Number(row[0]), Number(row[1])) - simple, Is.EqualTo(Number(row[2])));
    }

    [Test]
    public void Effective_time_is_interpolated() =>
        Assert.That(StorageMinting.Theta(1, 4_096, 4_096, 6_144), Is.EqualTo(BigInteger.One << 127), "half a block: logic.rs");

    [Test]
    public void A_network_without_power_begins_as_the_actors_test_says()
    {
        JsonElement known = Machine.GetProperty("known_answers").GetProperty("genesis_zero_power");
        MintingState begin = StorageMinting.Begin(Filecoin, Constant(Machine, "BASELINE_INITIAL_VALUE"), BigInteger.Zero);
        Assert.That(begin.Reward, Is.EqualTo(Number(known.GetProperty("this_epoch_reward"))));
        Assert.That(begin.Baseline, Is.EqualTo(Number(known.GetProperty("this_epoch_baseline_power"))));
        Assert.That(begin.EffectiveBaseline, Is.EqualTo(Number(known.GetProperty("effective_baseline_power"))));
    }

    [Test]
    public void Whole_traces_agree_in_every_field()
    {
        BigInteger initial = Constant(Machine, "BASELINE_INITIAL_VALUE");
        foreach ((string name, BigInteger power) in new[]
        {
            ("power_1<<50", BigInteger.One << 50), ("power_2xbaseline", 2 * initial), ("power_1EiB_every100", BigInteger.One << 60),
        })
        {
            MintingState state = StorageMinting.Begin(Filecoin, initial, power);
            foreach (JsonElement row in Machine.GetProperty("traces").GetProperty(name).EnumerateArray())
            {
                ulong epoch = row.GetProperty("epoch").GetUInt64();
                while (state.Block < epoch) state = StorageMinting.Next(Filecoin, state, power);
                Agrees(
                    state, row, "this_epoch_reward", "this_epoch_baseline_power", "cumsum_baseline", "cumsum_realized",
                    "effective_network_time");
                Assert.That(state.EffectiveBaseline, Is.EqualTo(Number(row.GetProperty("effective_baseline_power"))));
            }
        }
    }

    [Test]
    public void Blocks_of_12_seconds_follow_the_derived_traces()
    {
        foreach (JsonElement row in Derived.GetProperty("simple").EnumerateArray())
            Assert.That(
                StorageMinting.SimpleReward(Ours, row.GetProperty("block").GetUInt64()),
                Is.EqualTo(Number(row.GetProperty("simple_reward_wei"))));
        foreach ((string name, int pebibytes) in new[] { ("power_8PiB", 8), ("power_64PiB", 64), ("power_0", 0) })
        {
            BigInteger power = (BigInteger)pebibytes << 50;
            MintingState state = StorageMinting.Begin(Ours, (BigInteger)16 << 50, power);
            foreach (JsonElement row in Derived.GetProperty("traces").GetProperty(name).EnumerateArray())
            {
                ulong block = row.GetProperty("block").GetUInt64();
                if (block > 20_000) continue;
                while (state.Block < block) state = StorageMinting.Next(Ours, state, power);
                Agrees(state, row, "reward_wei", "baseline", "cum_baseline", "cum_realized", "effective_time");
            }
        }
    }

    private static void Agrees(
        MintingState state, JsonElement row, string reward, string baseline, string sum, string realized, string time)
    {
        Assert.That(
            (state.Reward, state.Baseline, state.BaselineSum, state.Realized, (BigInteger)state.EffectiveTime),
            Is.EqualTo((
                Number(row.GetProperty(reward)), Number(row.GetProperty(baseline)), Number(row.GetProperty(sum)),
                Number(row.GetProperty(realized)), Number(row.GetProperty(time)))),
            $"block {state.Block}");
    }

    internal static BigInteger Constant(JsonElement from, string name) =>
        Number((from.TryGetProperty("constants", out JsonElement constants) ? constants : from).GetProperty(name));

    internal static BigInteger Number(JsonElement number) => BigInteger.Parse(
        number.ValueKind == JsonValueKind.String ? number.GetString()! : number.GetRawText(),
        System.Globalization.CultureInfo.InvariantCulture);

    internal static JsonElement Read(string name)
    {
        using JsonDocument document = JsonDocument.Parse(
            File.ReadAllBytes(Path.Combine(AppContext.BaseDirectory, "Vectors", "storage", name)));
        return document.RootElement.Clone();
    }
}
