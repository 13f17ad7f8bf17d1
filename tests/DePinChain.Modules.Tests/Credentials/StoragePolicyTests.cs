using DePinChain.Modules.Credentials;
using DePinChain.Modules.Sdk;
using DePinChain.Modules.Storage;
using DePinChain.Modules.Tests.Storage;
using DePinChain.Primitives;
using static DePinChain.Modules.Tests.Person;
using static DePinChain.Modules.Tests.Storage.StorageNetwork;

namespace DePinChain.Modules.Tests.Credentials;

/// <summary>A provider of storage that serves only who satisfies a policy: in every way a deal is made. Carol is the issuer.</summary>
public sealed class StoragePolicyTests
{
    private static readonly Hash256 Schema = Keccak256.Hash("kyc"u8);
    private static readonly Hash256 Text = Keccak256.Hash("we serve whom Carol knows"u8);

    private StorageNetwork _network = null!;

    // Bob's provider 1 asks what his policy asks; Alice has a statement of Carol's that she has not presented.
    [SetUp]
    public void Start()
    {
        _network = new StorageNetwork().Open();
        To(Bob, CredentialsCalls.SetPolicy(Text, [Schema], [Carol.Address]));
        To(Carol, CredentialsCalls.RegisterIssuer("Carol", ""));
        To(Carol, CredentialsCalls.Attest(Alice.Address, Schema, Text, ulong.MaxValue));
        _network.ToMarket(Bob, StorageMarketCalls.SetClientPolicy(1, Bob.Address)).Succeeds();
    }

    [TearDown]
    public void Stop() => _network.Dispose();

    [Test]
    public void A_signed_proposal_of_a_client_without_credentials_is_passed_over()
    {
        DealProposal terms = _network.Terms();
        Outcome outcome =
            _network.ToMarket(Bob, StorageMarketCalls.PublishDeals(1, [terms], [Sign(Alice, terms)])).Succeeds();
        Assert.That(outcome.Events<ProposalSkipped>(), Is.EqualTo(new[] { new ProposalSkipped(1, 0, DealFault.Credentials) }));
        Present();
        Assert.That(_network.Publish(terms), Is.EqualTo(1));
    }

    [Test]
    public void A_proposal_and_its_acceptance_both_ask()
    {
        DealProposal terms = _network.Terms();
        DealRefused refusal = new(DealFault.Credentials);
        _network.ToMarket(Alice, StorageMarketCalls.ProposeDeal(terms)).RevertsWith(refusal);
        Present();
        _network.ToMarket(Alice, StorageMarketCalls.ProposeDeal(terms)).Succeeds();
        To(Carol, CredentialsCalls.Revoke(Alice.Address, Schema));
        _network.ToMarket(Bob, StorageMarketCalls.AcceptDeal(1)).RevertsWith(refusal);
        To(Carol, CredentialsCalls.Attest(Alice.Address, Schema, Text, ulong.MaxValue));
        _network.ToMarket(Bob, StorageMarketCalls.AcceptDeal(1)).Succeeds();
    }

    [Test]
    public void A_bid_asks_and_an_award_passes_over_who_asks_for_more_by_then()
    {
        _network.ToMarket(Dora, StorageMarketCalls.RegisterProvider(default, "https://dora.example", [])).Succeeds();
        _network.Deposit(Dora, Amount.FromDpn(10));
        ulong deadline = _network.Height + 20;
        _network.ToMarket(Alice, StorageMarketCalls.OpenRequest(Piece(1).Encode(), 90, Price, 2, deadline, 5, Hash256.Zero)).Succeeds();
        byte[] bid = StorageMarketCalls.Bid(1, 1, Price / 2, Amount.One);
        DealRefused refusal = new(DealFault.Credentials);
        _network.ToMarket(Bob, bid).RevertsWith(refusal);
        Present();
        _network.ToMarket(Bob, bid).Succeeds();
        _network.ToMarket(Dora, StorageMarketCalls.Bid(1, 2, Price, Amount.One)).Succeeds();
        To(Alice, CredentialsCalls.Renounce(Carol.Address, Schema));
        _network.ToMarket(Alice, StorageMarketCalls.Award(1, [1])).RevertsWith(refusal);
        Outcome awarded = _network.ToMarket(Alice, StorageMarketCalls.Award(1, [])).Succeeds();
        Assert.That(awarded.Events<RequestAwarded>().Single().ProviderIds, Is.EqualTo(new ulong[] { 2 }));
    }

    [Test]
    public void A_renewal_asks()
    {
        Present();
        ulong set = _network.CreateSet();
        ulong deal = _network.Publish(_network.Terms(blocks: 120));
        _network.Add(set, 1, deal);
        _network.ToMarket(Alice, StorageMarketCalls.SetAutoRenew(deal, 60, Price)).Succeeds();
        Offer offer = new((UInt128)1_048_576 * 1_000_000_000_000_000, 128, 1 << 20, 60, 1_000, Amount.FromDpn(2));
        _network.ToMarket(Bob, StorageMarketCalls.SetOffer(1, offer)).Succeeds();
        ulong end = _network.Deal(deal).End;
        while (_network.Height < end - 60) _network.Prove(set);
        To(Carol, CredentialsCalls.Revoke(Alice.Address, Schema));
        byte[] renew = StorageMarketCalls.RenewDeals([deal]);
        _network.ToMarket(Dora, renew).RevertsWith(new DealRefused(DealFault.Credentials));
        _network.ToMarket(Bob, StorageMarketCalls.SetClientPolicy(1, default)).Succeeds();
        _network.ToMarket(Dora, renew).Succeeds();
    }

    [Test]
    public void A_repair_asks()
    {
        // Dora's provider 2 never takes the data of a deal; Bob's, who asks, would take its shard over.
        _network.ToMarket(Dora, StorageMarketCalls.RegisterProvider(default, "https://dora.example", [])).Succeeds();
        _network.Deposit(Dora, Amount.FromDpn(10));
        DealProposal terms = _network.Terms(blocks: 300) with { ProviderId = 2 };
        _network.ToMarket(Dora, StorageMarketCalls.PublishDeals(2, [terms], [Sign(Alice, terms)])).Succeeds();
        _network.ToMarket(Alice, StorageMarketCalls.CreateReplicaSet([1], 1, Text, Amount.One, 1)).Succeeds();
        _network.Chain.AdvanceTo(terms.StartBlock + 31);
        Assert.That(_network.Deal(1).State, Is.EqualTo(DealState.Expired));
        byte[] repair = StorageMarketCalls.RepairShard(1, 0, 1);
        _network.ToMarket(Bob, repair).RevertsWith(new DealRefused(DealFault.Credentials));
        Present();
        _network.ToMarket(Bob, repair).Succeeds();
    }

    [Test]
    public void Only_the_owner_names_a_policy_and_it_exists()
    {
        _network.ToMarket(Dora, StorageMarketCalls.SetClientPolicy(1, Bob.Address)).RevertsWith(new NotProviderOwner(1, Bob.Address));
        _network.ToMarket(Bob, StorageMarketCalls.SetClientPolicy(1, Dora.Address)).RevertsWith(new UnknownPolicy(Dora.Address));
        Assert.That(
            StorageMarketCalls.ClientPolicyOfResult(Ask(StorageMarketCalls.ClientPolicyOf(1))), Is.EqualTo(Bob.Address));
        Assert.That(StorageMarketCalls.AdmitsResult(Ask(StorageMarketCalls.Admits(1, Alice.Address))), Is.False);
        Present();
        Assert.That(StorageMarketCalls.AdmitsResult(Ask(StorageMarketCalls.Admits(1, Alice.Address))), Is.True);
        Outcome none = _network.ToMarket(Bob, StorageMarketCalls.SetClientPolicy(1, default)).Succeeds();
        Assert.That(none.Events<ClientPolicyNamed>().Single(), Is.EqualTo(new ClientPolicyNamed(1, default)));
    }

    private void Present() => To(Alice, CredentialsCalls.Present(Carol.Address, Schema));

    private void To(Person who, byte[] call) => _network.Chain.Send(who, call, to: WellKnownAddresses.Credentials).Succeeds();

    private byte[] Ask(byte[] view) => _network.Chain.Query(view, WellKnownAddresses.StorageMarket).Succeeds().ReturnData;
}
