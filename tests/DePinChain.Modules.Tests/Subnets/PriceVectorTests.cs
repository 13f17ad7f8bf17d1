using System.Globalization;
using System.Text.Json;
using DePinChain.Modules.Subnets;

namespace DePinChain.Modules.Tests.Subnets;

/// <summary>Prices, locks, halvings and the split, against subtensor's.</summary>
public sealed class PriceVectorTests
{
    private const uint Twice = 2 * RegistrationPrice.MultiplierOne;

    private static IEnumerable<JsonElement> Decays => KnownAnswers.Of("registration.json", "decay over").Single()
        .GetProperty("cases").EnumerateArray();

    private static IEnumerable<JsonElement> Locks => KnownAnswers.Of("registration.json", "subnet lock cost").Single()
        .GetProperty("cases").EnumerateArray();

    private static IEnumerable<JsonElement> Halvings => KnownAnswers.Of("emission.json", "block_emission").Single()
        .GetProperty("cases").EnumerateArray();

    [TestCaseSource(nameof(Decays))]
    public void A_price_halves_in_its_half_life(JsonElement one)
    {
        ulong factor = RegistrationPrice.FactorOf(one.GetProperty("half_life").GetUInt32());
        Assert.That(factor, Is.EqualTo(one.Number("factor_q32")));
        foreach (JsonProperty after in one.GetProperty("burn_after_n_decays").EnumerateObject())
        {
            ulong blocks = ulong.Parse(after.Name, CultureInfo.InvariantCulture);
            Assert.That(
                RegistrationPrice.DecayOver(one.Number("initial_burn"), factor, 0, ulong.MaxValue, blocks),
                Is.EqualTo(after.Value.GetUInt64()), after.Name);
        }
    }

    [Test]
    public void A_registration_raises_the_price_and_a_block_lowers_it()
    {
        JsonElement one = KnownAnswers.Of("registration.json", "burn decay").Single();
        ulong raised = RegistrationPrice.Raise(one.Number("initial"), Twice, 0, ulong.MaxValue);
        Assert.That(raised, Is.EqualTo(one.Number("after_one_registration")));
        ulong factor = RegistrationPrice.FactorOf(one.GetProperty("half_life").GetUInt32());
        Assert.That(RegistrationPrice.Decay(raised, factor, 0, ulong.MaxValue), Is.EqualTo(one.Number("after_one_more_block")));
    }

    [Test]
    public void A_price_stays_within_its_bounds()
    {
        JsonElement one = KnownAnswers.Of("registration.json", "clamps").Single();
        (ulong min, ulong max) = (one.Number("min"), one.Number("max"));
        ulong factor = RegistrationPrice.FactorOf(one.GetProperty("half_life").GetUInt32());
        ulong price = RegistrationPrice.Decay(one.Number("initial"), factor, min, max);
        Assert.That(price, Is.EqualTo(one.Number("after_1_block")));
        price = RegistrationPrice.Raise(price, Twice, min, max);
        Assert.That(price, Is.EqualTo(one.Number("after_registration")));
        Assert.That(RegistrationPrice.Decay(price, factor, min, max), Is.EqualTo(one.Number("after_next_block")));
        Assert.That(RegistrationPrice.DecayOver(price, factor, min, max, 2), Is.EqualTo(one.Number("after_next_next_block")));
    }

    [Test]
    public void A_burst_of_twenty_registrations_multiplies_the_price_by_a_hundred_and_two()
    {
        // 1.26^20 = 101.72; each of the twenty products is floored.
        ulong price = 1_000_000_000;
        for (int i = 0; i < 20; i++) price = RegistrationPrice.Raise(price, 12_600, 0, ulong.MaxValue);
        Assert.That(price, Is.InRange(101_715_000_000UL, 101_725_000_000UL));
    }

    [TestCaseSource(nameof(Locks))]
    public void A_lock_doubles_and_falls(JsonElement one) => Assert.That(
        SubnetSupply.LockCost(one.Number("last_lock"), one.Number("last_lock_block"), one.Number("block"), 2, 100_000_000_000),
        Is.EqualTo((UInt128)one.Number("expected")));

    [TestCaseSource(nameof(Halvings))]
    public void Emission_halves_with_issuance(JsonElement one) => Assert.That(
        SubnetSupply.BlockEmission(
            ulong.Parse(one.GetProperty("issuance").GetString()!, CultureInfo.InvariantCulture), 21_000_000_000_000_000, 1_000_000_000),
        Is.EqualTo(one.Number("expected")));

    [Test]
    public void A_block_of_one_coin_is_parted_18_41_41()
    {
        // floor(10^9 · 11796 / 65535) = 179,995,422; (10^9 − 179,995,422) / 2 = 410,002,289 each.
        Assert.That(
            SubnetSupply.Split(1_000_000_000, 11_796),
            Is.EqualTo(((UInt128)179_995_422, (UInt128)410_002_289, (UInt128)410_002_289)));

        // Of 1,000,003: 179,995 to the owner, 820,008 remain; of 4: 0, 2, 2; of 3: the odd unit goes to validators.
        Assert.That(SubnetSupply.Split(3, 11_796), Is.EqualTo(((UInt128)0, (UInt128)1, (UInt128)2)));
    }
}
