using System.Text.Json;
using DePinChain.Modules.Subnets.Yuma;

namespace DePinChain.Modules.Tests.Subnets;

/// <summary>Subtensor's own epochs, replayed.</summary>
public sealed class EpochVectorTests
{
    private static IEnumerable<TestCaseData> Scenarios => KnownAnswers.Cases("epoch.json")
        .Where(static one => one.TryGetProperty("steps", out _))
        .Select(static one => new TestCaseData(one).SetName("Epochs_are_subtensors(" + one.GetProperty("name").GetString() + ")"));

    [TestCaseSource(nameof(Scenarios))]
    public void Epochs_are_subtensors(JsonElement scenario)
    {
        var replay = new EpochReplay(
            scenario.GetProperty("config"), scenario.GetProperty("stakes").Numbers(static stake => stake.GetUInt64()),
            scenario.Number("start_block"));
        int expectations = 0;
        foreach (JsonElement step in scenario.GetProperty("steps").EnumerateArray())
        {
            if (step.GetProperty("op").GetString() != "expect") Apply(replay, step);
            else Expect(replay, step.GetProperty("values"), ++expectations);
        }

        Assert.That(expectations, Is.Positive);
    }

    [Test]
    public void Sixty_four_validators_and_448_servers_earn_the_same_each()
    {
        JsonElement scenario = KnownAnswers.Cases("epoch.json").Single(static one => one.TryGetProperty("compact", out _));
        int uids = scenario.GetProperty("n").GetInt32();
        int validators = scenario.GetProperty("validators").GetProperty("count").GetInt32();
        ulong stake = scenario.Number("stake_per_validator");
        var replay = new EpochReplay(
            scenario.GetProperty("config"), [.. Enumerable.Range(0, uids).Select(uid => uid < validators ? stake : 0)], 1);

        // As the vector's procedure says.
        int[] servers = [.. Enumerable.Range(validators, uids - validators)];
        replay.Run(1_000_000_000);
        replay.Jump(2);
        ushort weight = (ushort)(ushort.MaxValue / uids);
        for (int uid = 0; uid < validators; uid++) replay.SetWeights(uid, servers, [.. servers.Select(_ => weight)]);
        foreach (int uid in servers) replay.SetWeights(uid, [uid], [ushort.MaxValue]);
        for (int i = 0; i < 3; i++) replay.Run(1_000_000_000);

        JsonElement expected = scenario.GetProperty("expected");
        JsonElement validator = expected.GetProperty("every_validator");
        JsonElement server = expected.GetProperty("every_server");
        for (int uid = 0; uid < uids; uid++)
        {
            JsonElement own = uid < validators ? validator : server;
            Assert.That(replay.Epoch.Emission[uid], Is.EqualTo(own.Number("emission")));
            Assert.That(FixedPoint.ToProportion(replay.Epoch.Dividends[uid]), Is.EqualTo(own.Number("dividends_u16")));
            Assert.That(FixedPoint.ToProportion(replay.Epoch.Incentive[uid]), Is.EqualTo(own.Number("incentive_u16")));
            Assert.That(FixedPoint.ToProportion(replay.Epoch.Consensus[uid]), Is.EqualTo(own.Number("consensus_u16")));
            Assert.That(replay.Bond(0, uid), Is.EqualTo(uid < validators
                ? validator.Number("bond_to_any_validator") : validator.Number("bond_to_any_server")));
            Assert.That(replay.Bond(validators, uid), Is.EqualTo(server.Number("bonds")));
        }
    }

    private static void Apply(EpochReplay replay, JsonElement step)
    {
        switch (step.GetProperty("op").GetString())
        {
            case "set_block":
                replay.Jump(step.Number("block"));
                break;
            case "epoch":
                replay.Run(step.Number("emission"));
                break;
            case "add_stake":
                replay.AddStake(step.GetProperty("uid").GetInt32(), step.Number("amount"));
                break;
            case "replace_uid":
                replay.Replace(step.GetProperty("uid").GetInt32(), step.Number("stake"));
                break;
            case "set_weights":
                replay.SetWeights(
                    step.GetProperty("uid").GetInt32(), step.GetProperty("uids").Numbers(static uid => uid.GetInt32()),
                    step.GetProperty("values").Numbers(static value => value.GetUInt16()));
                break;
            default:
                Assert.Fail($"unknown step {step}");
                break;
        }
    }

    private static void Expect(EpochReplay replay, JsonElement values, int number)
    {
        YumaEpoch epoch = replay.Epoch;
        foreach (JsonProperty value in values.EnumerateObject())
        {
            string where = $"{value.Name}, expectation {number}";
            switch (value.Name)
            {
                case "emission":
                    Assert.That(epoch.Emission.ToArray(), Is.EqualTo(value.Value.Numbers(static one => one.GetUInt64())), where);
                    break;
                case "permits":
                    Assert.That(replay.Permits, Is.EqualTo(value.Value.Numbers(static one => one.GetBoolean())), where);
                    break;
                case "incentive_u16":
                    Assert.That(Proportions(epoch.Incentive), Is.EqualTo(value.Value.Numbers(static one => one.GetUInt16())), where);
                    break;
                case "dividends_u16":
                    Assert.That(Proportions(epoch.Dividends), Is.EqualTo(value.Value.Numbers(static one => one.GetUInt16())), where);
                    break;
                case "consensus_u16":
                    Assert.That(Proportions(epoch.Consensus), Is.EqualTo(value.Value.Numbers(static one => one.GetUInt16())), where);
                    break;
                case "bonds_exact":
                    foreach (JsonElement bond in value.Value.EnumerateArray())
                        Assert.That(replay.Bond(bond[0].GetInt32(), bond[1].GetInt32()), Is.EqualTo(bond[2].GetUInt16()), where);
                    break;
                case "bonds_normalised_approx":
                    ExpectBonds(replay, value.Value, where);
                    break;
                case "dividends_normalised_approx":
                    Assert.That(
                        epoch.Dividends.ToArray().Select(static one => FixedPoint.ToProportion(one) / 65_535.0),
                        Is.EqualTo(value.Value.GetProperty("values").Numbers(static one => one.GetDouble()))
                            .Within(value.Value.GetProperty("tolerance").GetDouble()), where);
                    break;
                default:
                    Assert.Fail($"unknown expectation {value.Name}");
                    break;
            }
        }
    }

    private static void ExpectBonds(EpochReplay replay, JsonElement expected, string where)
    {
        int first = expected.GetProperty("first_column").GetInt32();
        double tolerance = expected.GetProperty("tolerance").GetDouble();
        int row = 0;
        foreach (JsonElement bonds in expected.GetProperty("rows").EnumerateArray())
        {
            int column = first;
            foreach (JsonElement bond in bonds.EnumerateArray())
            {
                Assert.That(
                    replay.Bond(row, column) / 65_535.0, Is.EqualTo(bond.GetDouble()).Within(tolerance), $"{where}: {row} to {column}");
                column++;
            }

            row++;
        }
    }

    private static ushort[] Proportions(ReadOnlySpan<long> values)
    {
        ushort[] proportions = new ushort[values.Length];
        for (int i = 0; i < values.Length; i++) proportions[i] = FixedPoint.ToProportion(values[i]);
        return proportions;
    }
}
