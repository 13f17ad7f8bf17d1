using DePinChain.Modules.Attestations;
using DePinChain.Modules.Compute;
using DePinChain.Modules.Economy;
using DePinChain.Modules.Sdk;
using DePinChain.Modules.Tests.Attestations;
using DePinChain.Primitives;
using static DePinChain.Modules.Tests.Compute.MarketStage;
using static DePinChain.Modules.Tests.Person;

namespace DePinChain.Modules.Tests.Compute;

/// <summary>The market on a real chain: transactions with gas and fees, metered block starts, the production executor and state.</summary>
public sealed class MarketOnChainTests
{
    private static readonly Address Market = WellKnownAddresses.ComputeMarket;
    private static readonly Person Cheap = new("cheap provider");

    private Scenario _chain = null!;

    [SetUp]
    public void Start() => _chain = Scenario
        .WithCatalog(
            [
                FixedValidators.Description, TokensModule.Descriptor, TreasuryModule.Descriptor, EmissionModule.Descriptor,
                AttestationsModule.Descriptor, EscrowModule.Descriptor, DevicesModule.Descriptor, ComputeMarketModule.Descriptor,
            ],
            Catalog)
        .WithSection("computeMarket", """{"biddingBlocks":5,"heartbeatBlocks":30,"reclaimBlocksMin":30,"deploymentDepositMin":"0.01"}""")
        .WithSection("treasury", "{}")
        .Funded(Alice, Amount.FromDpn(1_000))
        .Funded(Bob, Amount.FromDpn(1_000))
        .Funded(Cheap, Amount.FromDpn(1_000));

    [TearDown]
    public void Stop() => _chain.Dispose();

    [Test]
    public void Two_providers_bid_the_lower_wins_is_paid_by_the_block_and_the_money_ends_when_foretold()
    {
        // Blocks 1, 2: providers. 3: deployment with 0.03 DPN, bidding closes at 8. 4, 5: bids of 0.002 and 0.001. 8: match.
        // 9: started; 0.03 / 0.001 = 30 blocks, so dry at 39. Take 4 % of 0.03.
        foreach (Person provider in new[] { Bob, Cheap }) _chain.Send(provider, Registration(), Amount.FromDpn(10)).Succeeds();
        UInt128 deposit = 30 * Price;
        byte[] create = ComputeMarketCalls.CreateDeployment(
            1, Manifest, [Group with { Units = [Unit] }], AuctionMode.AutoLowest, 0, 0, 0, deposit);
        _chain.Send(Alice, create, new Amount(deposit + Fee)).Succeeds();
        OrderId order = new(Alice.Address, 1, 1, 1);
        _chain.Send(Bob, BidCall(order, 2 * Price), new Amount(BidBond)).Succeeds();
        _chain.Send(Cheap, BidCall(order, Price), new Amount(BidBond)).Succeeds();
        _chain.AdvanceTo(8);
        LeaseCreated created = Outcome.EventsOf<LeaseCreated>(_chain.StartLogs).Single();
        Assert.That((created.Provider, created.Price), Is.EqualTo((Cheap.Address, Price)));
        Assert.That(_chain.BalanceOf(Bob), Is.EqualTo(Amount.FromDpn(990) - _chain.FeesPaidBy(Bob)));

        Outcome started = _chain.Send(Cheap, ComputeMarketCalls.AcknowledgeLease(created.Lease)).Succeeds();
        Assert.That(started.Events<PaymentOpened>().Single().DryHeight, Is.EqualTo(39));
        _chain.AdvanceTo(38);
        _chain.Send(Cheap, ComputeMarketCalls.Heartbeat([created.Lease]), to: Market);
        Assert.That(_chain.Height, Is.EqualTo(39));
        Assert.That(Outcome.EventsOf<LeaseClosed>(_chain.StartLogs).Single().State, Is.EqualTo(LeaseState.InsufficientFunds));

        // The stake of 10 stays; the bid's deposit is back.
        Amount earned = new(deposit - (deposit * 4 / 100));
        Assert.That(_chain.BalanceOf(Cheap), Is.EqualTo(Amount.FromDpn(990) + earned - _chain.FeesPaidBy(Cheap)));
        Assert.That(_chain.BalanceOf(Alice), Is.EqualTo(Amount.FromDpn(1_000) - new Amount(deposit + Fee) - _chain.FeesPaidBy(Alice)));
        Assert.That(_chain.BalanceOf(WellKnownAddresses.Escrow), Is.EqualTo(Amount.Zero));
        Assert.That(_chain.BalanceOf(WellKnownAddresses.Treasury), Is.EqualTo(new Amount((deposit * 4 / 100) + Fee)));
    }

    [Test]
    public void A_tenant_is_told_why_nobody_bids()
    {
        _chain.Send(Bob, Registration(), Amount.FromDpn(10)).Succeeds();
        byte[] asked = ComputeMarketCalls.ScreenOrder(default, Group with { Units = [Unit with { Gpus = 1, GpuModels = [7] }] }, 0, 10);
        ScreenResult[] result = [.. ComputeMarketCalls.ScreenOrderResult(_chain.Query(asked).Succeeds().ReturnData)];
        Assert.That(result, Is.EqualTo(new[] { new ScreenResult(Bob.Address, ScreenRule.GpuModel) }));
    }

    private static byte[] Registration() => ComputeMarketCalls.RegisterProvider(
        "https://provider.example", Hash256.Zero, 276, 1_150, StorageClasses.Ephemeral, [Tier], House);

    private static IReadOnlyList<IModule> Catalog(ModuleScope scope)
    {
        TokensModule tokens = new(scope.StateOf(WellKnownAddresses.Tokens), scope.LogsOf(WellKnownAddresses.Tokens));
        TreasuryModule treasury = new(
            scope.StateOf(WellKnownAddresses.Treasury), scope.LogsOf(WellKnownAddresses.Treasury), scope.Issuer, tokens);
        EscrowModule escrow = new(
            scope.StateOf(WellKnownAddresses.Escrow), scope.LogsOf(WellKnownAddresses.Escrow), scope.Bank, tokens, treasury);
        EmissionModule emission = new(
            scope.StateOf(WellKnownAddresses.Emission), scope.LogsOf(WellKnownAddresses.Emission), scope.Issuer);
        JobKinds kinds = new();
        AttestationsModule attestations = new(
            scope.StateOf(WellKnownAddresses.Attestations), scope.LogsOf(WellKnownAddresses.Attestations), scope.Bank, scope.Cryptography,
            treasury, new FixedSeats([]), kinds);
        DevicesModule devices = new(
            scope.StateOf(WellKnownAddresses.Devices), scope.LogsOf(WellKnownAddresses.Devices), scope.Bank, emission, attestations,
            new OracleModule(scope.StateOf(WellKnownAddresses.Oracle), scope.LogsOf(WellKnownAddresses.Oracle), new FixedSeats([])),
            new ClientPolicies());
        kinds.Add(devices);
        ComputeMarketModule market = new(
            scope.StateOf(Market), scope.LogsOf(Market), scope.Bank, treasury, escrow, devices, new OrderWatchers());
        return [new FixedValidators(), tokens, treasury, emission, attestations, escrow, devices, market];
    }
}
