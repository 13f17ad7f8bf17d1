using DePinChain.Modules.Economy;
using DePinChain.Modules.Sdk;
using DePinChain.Modules.Staking;
using DePinChain.Primitives;
using static DePinChain.Modules.Tests.Person;

namespace DePinChain.Modules.Tests.Staking;

/// <summary>
/// Economy and staking on a real chain: transactions with gas and fees, the production executor and state, blocks built and judged.
/// </summary>
public sealed class StakingOnChainTests
{
    private static readonly Address Staking = WellKnownAddresses.Staking;

    private Scenario _chain = null!;

    [SetUp]
    public void Start() => _chain = Scenario
        .WithCatalog(
            [TokensModule.Descriptor, TreasuryModule.Descriptor, EmissionModule.Descriptor, StakingModule.Descriptor],
            Catalog)
        .WithSection("staking", """{"epochBlocks":20,"unbondingBlocks":60,"churnDivisor":1}""")
        .WithSection(
            "tokens", $$"""{"tokens":[{"name":"USD on the localnet","symbol":"USDX","decimals":6,"minter":"{{Alice.Address}}"}]}""")
        .Funded(Alice, Amount.FromDpn(1_000))
        .Funded(Bob, Amount.FromDpn(1_000));

    [TearDown]
    public void Stop() => _chain.Dispose();

    [Test]
    public void Every_block_mints_and_reports_the_security_stream()
    {
        // Block 1: supply 2,010 DPN; 10 bonded. Recomputed from what the view says it was computed from.
        _chain.AdvanceTo(1);
        Minted minted = Outcome.EventsOf<Minted>(_chain.StartLogs).Single();
        SecurityReport report = EmissionCalls.SecurityStreamResult(
            _chain.Query(EmissionCalls.SecurityStream(), WellKnownAddresses.Emission).Succeeds().ReturnData);

        Assert.That(minted.Stream, Is.EqualTo(EmissionStream.Security));
        Assert.That(report.Bonded, Is.EqualTo(Amount.FromDpn(10)));
        Assert.That(minted.Amount, Is.EqualTo(Amount.FromDpn(2_010).MulDiv(
            report.RateWad, (UInt128)EmissionPolicy.Wad * EmissionPolicy.BlocksPerYear, Rounding.Down)));
        Assert.That(report.Supply, Is.EqualTo(Amount.FromDpn(2_010) + minted.Amount));
    }

    [Test]
    public void Stake_earns_and_comes_back_to_the_wei()
    {
        _chain.Send(Alice, StakingCalls.Delegate(Person.Validator.Address), Amount.FromDpn(30)).Succeeds();
        _chain.AdvanceTo(25);
        byte[] undelegate = StakingCalls.Undelegate(Person.Validator.Address, Amount.FromDpn(30).ToUInt256());
        Outcome undelegated = _chain.Send(Alice, undelegate).Succeeds();
        RewardsWithdrawn paid = undelegated.Events<RewardsWithdrawn>().Single();
        UnbondingStarted unbonding = undelegated.Events<UnbondingStarted>().Single();
        _chain.AdvanceTo(unbonding.Completion + 2);

        Assert.That(unbonding.Completion, Is.EqualTo(26 + 60));
        Assert.That(paid.Amount, Is.GreaterThan(Amount.Zero));
        Assert.That(_chain.BalanceOf(Alice), Is.EqualTo(Amount.FromDpn(1_000) + paid.Amount - _chain.FeesPaidBy(Alice)));
    }

    [Test]
    public void The_set_follows_the_stake_at_the_boundary()
    {
        _chain.Send(Alice, StakingCalls.Delegate(Person.Validator.Address), Amount.FromDpn(30)).Succeeds();
        _chain.AdvanceTo(20);
        EpochReport next = StakingCalls.EpochInfoResult(_chain.Query(StakingCalls.EpochInfo(), Staking).Succeeds().ReturnData);
        ValidatorSetChanged changed = Outcome.EventsOf<ValidatorSetChanged>(_chain.StartLogs).Single();
        Assert.That(changed, Is.EqualTo(new ValidatorSetChanged(1, next.SetHash)));
        Assert.That((next.Start, next.TotalPower), Is.EqualTo((21UL, 40UL)));
        _chain.AdvanceTo(42);
    }

    [Test]
    public void Wallets_reach_a_token_at_its_facade()
    {
        Address facade = WellKnownAddresses.TokenFacade(1);
        _chain.Send(Alice, TokensCalls.Mint(1, Alice.Address, 5_000_000UL), to: WellKnownAddresses.Tokens).Succeeds();
        Outcome moved = _chain.Send(Alice, TokenFacadeCalls.Transfer(Bob.Address, 1_500_000UL), to: facade).Succeeds();

        Assert.That(moved.Logs.Single().Address, Is.EqualTo(facade));
        Assert.That(moved.Events<Transfer>().Single(), Is.EqualTo(new Transfer(Alice.Address, Bob.Address, 1_500_000UL)));
        Assert.That(
            TokenFacadeCalls.BalanceOfResult(_chain.Query(TokenFacadeCalls.BalanceOf(Bob.Address), facade).Succeeds().ReturnData),
            Is.EqualTo((UInt256)1_500_000UL));
        Assert.That(
            TokenFacadeCalls.SymbolResult(_chain.Query(TokenFacadeCalls.Symbol(), facade).Succeeds().ReturnData), Is.EqualTo("USDX"));
    }

    [Test]
    public void An_account_becomes_a_validator_by_an_ordinary_transaction()
    {
        HotKey signing = HotKey.Of("bob signs", Bob.Address);
        HotKey beacon = HotKey.Of("bob's beacon", Bob.Address);
        byte[] calldata = StakingCalls.CreateValidator(
            signing.PublicKey, signing.Possession, beacon.PublicKey, beacon.Possession, "bob", 0, 0, 0, Amount.One);
        Outcome created = _chain.Send(Bob, calldata, Amount.One).Succeeds();

        Assert.That(created.Events<ValidatorCreated>().Single(), Is.EqualTo(new ValidatorCreated(Bob.Address, signing.Signer, "bob")));
        _chain.Send(Bob, calldata, Amount.One).RevertsWith(new ValidatorExists(Bob.Address));
    }

    [Test]
    public void The_supply_adds_up_with_burned_base_fees()
    {
        _chain.Send(Alice, StakingCalls.Delegate(Person.Validator.Address), Amount.One).Succeeds();
        _chain.AdvanceTo(3);
        SupplyReport supply = EmissionCalls.SupplyResult(
            _chain.Query(EmissionCalls.Supply(), WellKnownAddresses.Emission).Succeeds().ReturnData);

        Assert.That(supply.Genesis, Is.EqualTo(Amount.FromDpn(2_010)));
        Assert.That(supply.Burned, Is.EqualTo(_chain.FeesPaidBy(Alice)), "no priority fee was paid");
        Assert.That(supply.Total, Is.EqualTo(supply.Genesis + supply.Minted - supply.Burned));
        Assert.That(supply.Locked, Is.EqualTo(Amount.FromDpn(11)));
        Assert.That(supply.Pool, Is.EqualTo(_chain.BalanceOf(WellKnownAddresses.Treasury)));
    }

    private static IModule[] Catalog(ModuleScope scope)
    {
        var tokens = new TokensModule(scope.StateOf(WellKnownAddresses.Tokens), scope.LogsOf(WellKnownAddresses.Tokens));
        var treasury = new TreasuryModule(
            scope.StateOf(WellKnownAddresses.Treasury), scope.LogsOf(WellKnownAddresses.Treasury), scope.Issuer, tokens);
        var emission = new EmissionModule(
            scope.StateOf(WellKnownAddresses.Emission), scope.LogsOf(WellKnownAddresses.Emission), scope.Issuer);
        var staking = new StakingModule(scope.StateOf(Staking), scope.LogsOf(Staking), scope.Issuer, scope.Cryptography, emission);
        return [tokens, treasury, emission, staking];
    }
}
