using System.Text.Json;
using DePinChain.Modules.Economy;
using DePinChain.Modules.Sdk;
using DePinChain.Primitives;
using static DePinChain.Modules.Tests.Sdk.Stage;

namespace DePinChain.Modules.Tests.Economy;

public sealed class EmissionTests
{
    private static readonly Address Emission = WellKnownAddresses.Emission;

    [Test]
    public void Mainnets_caps_and_genesis_make_two_and_a_half_billion()
    {
        UInt128 caps = UInt128.Zero;
        foreach ((_, Amount cap) in new StreamCaps().ByStream()) caps += cap.Wei;

        Assert.That(new Amount(caps) + Amount.FromDpn(500_000_000), Is.EqualTo(Amount.FromDpn(2_500_000_000)));
    }

    [Test]
    public void A_stream_mints_up_to_its_cap_and_no_further()
    {
        EconomyNetwork network = new(new EmissionGenesis { Caps = new StreamCaps { Compute = Amount.FromDpn(10) } });

        Assert.That(network.Emission.Mint(EmissionStream.Compute, Bob, Amount.FromDpn(7)), Is.EqualTo(Amount.FromDpn(7)));
        Assert.That(network.Emission.Mint(EmissionStream.Compute, Bob, Amount.FromDpn(7)), Is.EqualTo(Amount.FromDpn(3)));
        Assert.That(network.Emission.Mint(EmissionStream.Compute, Bob, Amount.FromDpn(7)), Is.EqualTo(Amount.Zero));
        Assert.That(network.World.BalanceOf(Bob), Is.EqualTo(Amount.FromDpn(10)));
        Assert.That(network.EventsOf<Minted>(Emission), Is.EqualTo(new[]
        {
            new Minted(EmissionStream.Compute, Bob, Amount.FromDpn(7)), new Minted(EmissionStream.Compute, Bob, Amount.FromDpn(3)),
        }));
        network.IsSound();
    }

    [Test]
    public void Three_blocks_of_security_emission_by_hand()
    {
        // Supply 1,000,000 DPN, 200,000 bonded (ratio 0.2): gap 1 − floor(0.2/0.67) = 0.701492537313432836 (10^-18).
        // Step = floor(gap · 0.13 / 2,629,800) = 34,677,173,112. Rates 140000034677173112, 140000069354346224, …: the ratio falls a little
        // as
        // the supply grows. Provisions: floor(rate · supply / 2,629,800), here computed with the supply of each block.
        EconomyNetwork network = new();
        UInt128[] minted = new UInt128[3];
        for (int i = 0; i < minted.Length; i++) minted[i] = network.Emission.MintSecurity(Bob, Amount.FromDpn(200_000)).Wei;

        Assert.That(minted, Is.EqualTo(new[]
        {
            UInt128.Parse("53236000713808316"), UInt128.Parse("53236016734120770"), UInt128.Parse("53236032754435778"),
        }));
    }

    [Test]
    public void The_security_stream_reports_every_block_even_when_its_cap_is_reached()
    {
        EconomyNetwork network = new(new EmissionGenesis { Caps = new StreamCaps { Security = Amount.Zero } });
        network.Emission.MintSecurity(Bob, Amount.Zero);

        Assert.That(network.EventsOf<Minted>(Emission), Is.EqualTo(new[] { new Minted(EmissionStream.Security, Bob, Amount.Zero) }));
    }

    [Test]
    public void Recycled_coins_may_be_minted_again_as_far_as_subnets_have_minted()
    {
        // 5 minted for subnets; 8 destroyed: 5 lower the issuance to 0, 3 are burned for good.
        EconomyNetwork network = new(new EmissionGenesis { Caps = new StreamCaps { Subnets = Amount.FromDpn(6) } });
        network.Emission.Mint(EmissionStream.Subnets, Bob, Amount.FromDpn(5));
        network.Emission.Recycle(Alice, Amount.FromDpn(8));

        Assert.That(network.Emission.IssuanceOf(EmissionStream.Subnets), Is.EqualTo(Amount.Zero));
        Assert.That(network.EventsOf<Recycled>(Emission), Is.EqualTo(new[] { new Recycled(Alice, Amount.FromDpn(8), Amount.FromDpn(5)) }));
        Assert.That(network.Emission.Mint(EmissionStream.Subnets, Bob, Amount.FromDpn(9)), Is.EqualTo(Amount.FromDpn(6)));
        SupplyReport supply = network.Emission.Supply();
        Assert.That(supply.Minted, Is.EqualTo(Amount.FromDpn(11)));
        Assert.That(supply.Burned, Is.EqualTo(Amount.FromDpn(8)));
        network.IsSound();
    }

    [Test]
    public void Nothing_is_recycled_for_nothing()
    {
        EconomyNetwork network = new();
        network.Emission.Recycle(Alice, Amount.Zero);

        Assert.That(network.EventsOf<Recycled>(Emission), Is.Empty);
    }

    [Test]
    public void Circulating_is_what_is_neither_locked_nor_pooled()
    {
        // 1,000,000 − 300 bonded − 20 pledged − 1 vesting − 5 in the pool.
        EconomyNetwork network = new();
        network.Emission.ReportLocked(LockedFor.Bond, Amount.FromDpn(300));
        network.Emission.ReportLocked(LockedFor.Pledge, Amount.FromDpn(20));
        network.Emission.ReportLocked(LockedFor.Vesting, Amount.One);
        network.Treasury.Deposit(Alice, Amount.FromDpn(5));

        Assert.That(network.Emission.Circulating, Is.EqualTo(Amount.FromDpn(999_674)));
        SupplyReport supply = EmissionCalls.SupplyResult(network.Send(Bob, Emission, EmissionCalls.Supply()));
        Assert.That(supply.Locked, Is.EqualTo(Amount.FromDpn(321)));
    }

    [Test]
    public void Views_return_the_inputs_of_the_formula()
    {
        EconomyNetwork network = new();
        network.Emission.MintSecurity(Bob, Amount.FromDpn(200_000));
        SecurityReport report = EmissionCalls.SecurityStreamResult(network.Send(Bob, Emission, EmissionCalls.SecurityStream()));

        Assert.That(report.RateWad, Is.EqualTo(140_000_034_677_173_112));
        Assert.That(report.Bonded, Is.EqualTo(Amount.FromDpn(200_000)));
        Assert.That(report.Supply, Is.EqualTo(Amount.FromDpn(1_000_000) + report.Last));
        Assert.That(report.Remaining, Is.EqualTo(Amount.FromDpn(471_625_818) - report.Last));
    }

    [TestCase("""{"caps":{"security":"2500000001"}}""", "$.modules.emission.caps", "add up")]
    [TestCase("""{"security":{"rateMinWad":210000000000000000}}""", "$.modules.emission.security.rateMinWad", "above rateMaxWad")]
    [TestCase("""{"security":{"startRateWad":1}}""", "$.modules.emission.security.startRateWad", "not between")]
    [TestCase("""{"security":{"blocksPerYear":1}}""", "$.modules.emission.security.blocksPerYear", "not between 1000")]
    [TestCase("""{"inflation":1}""", "$.modules.emission", "inflation")]
    public void A_genesis_section_is_refused_with_its_place(string json, string path, string message)
    {
        IGenesis emission = new EconomyNetwork().Emission;
        IReadOnlyList<GenesisFault> faults = emission.Validate(JsonDocument.Parse(json).RootElement, "$.modules.emission");

        Assert.That(faults, Has.Some.Matches<GenesisFault>(
            fault => fault.Path.StartsWith(path, StringComparison.Ordinal) && fault.Message.Contains(message, StringComparison.Ordinal)));
    }

    [Test]
    public void A_section_that_says_little_keeps_the_defaults()
    {
        IGenesis emission = new EconomyNetwork().Emission;

        Assert.That(emission.Validate(null, "$"), Is.Empty);
        Assert.That(emission.Validate(JsonDocument.Parse("""{"caps":{"storage":"1100000"}}""").RootElement, "$"), Is.Empty);
    }

    [TestCase("""{"tokens":[{"name":"","symbol":"USDX","decimals":6}]}""", "$.tokens.tokens[0].name")]
    [TestCase("""{"tokens":[{"name":"USD","symbol":"US DX","decimals":6}]}""", "$.tokens.tokens[0].symbol")]
    [TestCase("""{"tokens":[{"name":"USD","symbol":"USDX","decimals":19}]}""", "$.tokens.tokens[0].decimals")]
    [TestCase("""{"tokens":[{"name":"USD","symbol":"USDX"}]}""", "$.tokens")]
    public void A_token_of_genesis_is_refused_with_its_place(string json, string path)
    {
        IGenesis tokens = new EconomyNetwork().Tokens;
        IReadOnlyList<GenesisFault> faults = tokens.Validate(JsonDocument.Parse(json).RootElement, "$.tokens");

        Assert.That(faults, Has.Some.Matches<GenesisFault>(fault => fault.Path.StartsWith(path, StringComparison.Ordinal)));
    }

    [Test]
    public void Holdings_of_genesis_are_minted()
    {
        const string json = """
            {"tokens":[{"name":"USD","symbol":"USDX","decimals":6,"minter":"0x0000000000000000000000000000000000000b0b",
              "holdings":[{"address":"0x0000000000000000000000000000000000000b0b","amount":"1000000"}]}]}
            """;
        EconomyNetwork network = new();
        IGenesis tokens = network.Tokens;
        JsonElement section = JsonDocument.Parse(json).RootElement;
        Assert.That(tokens.Validate(section, "$"), Is.Empty);
        tokens.Initialize(section, new GenesisContext
        {
            ChainId = 1,
            Timestamp = 0,
            IsDevelopment = true,
            TotalSupply = Amount.Zero,
            Validators = [],
            Forks = ForkSchedule.None,
        });

        Assert.That(network.Tokens.BalanceOf(2, Bob), Is.EqualTo((UInt128)1_000_000));
        Assert.That(network.Tokens.Token(2).Minter, Is.EqualTo(Bob));
    }
}
