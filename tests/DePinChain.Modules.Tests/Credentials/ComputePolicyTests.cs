using DePinChain.Modules.Compute;
using DePinChain.Modules.Credentials;
using DePinChain.Modules.Sdk;
using DePinChain.Modules.Tests.Compute;
using DePinChain.Primitives;
using static DePinChain.Modules.Tests.Compute.ComputeNetwork;
using static DePinChain.Modules.Tests.Compute.MarketStage;

namespace DePinChain.Modules.Tests.Credentials;

/// <summary>Hosts that serve only who satisfies a policy: in every way a lease or a cluster is made.</summary>
public sealed class ComputePolicyTests
{
    private const ulong Later = 1_900_000_000;
    private static readonly Hash256 Schema = Keccak256.Hash("kyc"u8);
    private static readonly Hash256 Text = Keccak256.Hash("we serve whom the auditor knows"u8);

    [Test]
    public void A_host_with_a_policy_is_bid_for_by_nobody_until_the_tenant_presents_what_it_asks()
    {
        ComputeNetwork network = Started();
        Asks(network, North);
        network.Deploy();
        NotEligible refusal = new(North, ScreenRule.Credentials);
        network.Refuses(North, BidCall(Order(), Price), refusal, BidBond);
        Assert.That(Rule(network, Tenant), Is.EqualTo(ScreenRule.Credentials));
        Assert.That(Rule(network, Address.Zero), Is.EqualTo(ScreenRule.None), "for nobody in particular");

        // What is said is not presented yet; a word of somebody else does not count.
        Attest(network, Tenant);
        network.Refuses(North, BidCall(Order(), Price), refusal, BidBond);
        network.Send(Guest, network.Credentials, CredentialsCalls.RegisterIssuer("Guest", ""));
        network.Send(Guest, network.Credentials, CredentialsCalls.Attest(Tenant, Schema, Text, Later));
        network.Send(Tenant, network.Credentials, CredentialsCalls.Present(Guest, Schema));
        network.Refuses(North, BidCall(Order(), Price), refusal, BidBond);
        network.Send(Tenant, network.Credentials, CredentialsCalls.Present(Auditor, Schema));
        Hash256 lease = network.Bid(North, Price);
        network.RunTo(11);
        Assert.That(network.Market.GetLease(lease).State, Is.EqualTo(LeaseState.Matched));
    }

    [Test]
    public void A_credential_that_is_taken_back_before_the_match_loses_the_order_for_who_asks_for_it()
    {
        // North bids less and asks; South asks nothing.
        ComputeNetwork network = Started();
        Asks(network, North);
        Attest(network, Tenant);
        network.Send(Tenant, network.Credentials, CredentialsCalls.Present(Auditor, Schema));
        network.Deploy();
        network.Bid(North, Price);
        Hash256 dearer = network.Bid(South, Price + 1);
        network.Send(Auditor, network.Credentials, CredentialsCalls.Revoke(Tenant, Schema));
        network.RunTo(11);
        Assert.That(network.Market.GetOrder(ComputeMarketPolicy.OrderKey(Order())).Winner, Is.EqualTo(dearer));
    }

    [Test]
    public void What_runs_goes_on_when_a_credential_is_taken_back()
    {
        ComputeNetwork network = Started();
        Asks(network, North);
        Attest(network, Tenant);
        network.Send(Tenant, network.Credentials, CredentialsCalls.Present(Auditor, Schema));
        network.Deploy();
        Hash256 lease = network.Bid(North, Price);
        network.RunTo(12);
        network.Send(North, network.Market, ComputeMarketCalls.AcknowledgeLease(lease));
        network.Send(Auditor, network.Credentials, CredentialsCalls.Revoke(Tenant, Schema));
        network.RunTo(20);
        Assert.That(network.Market.GetLease(lease).State, Is.EqualTo(LeaseState.Active));
    }

    [Test]
    public void A_tenants_choice_and_a_sealed_bid_ask_too()
    {
        ComputeNetwork network = Started();
        Asks(network, North);
        NotEligible refusal = new(North, ScreenRule.Credentials);
        network.Deploy(AuctionMode.Sealed);
        network.Refuses(North, ComputeMarketCalls.CommitBid(Order(), 0, Text, BidBond), refusal, BidBond);

        Attest(network, Tenant);
        network.Send(Tenant, network.Credentials, CredentialsCalls.Present(Auditor, Schema));
        network.Send(
            Tenant, network.Market,
            ComputeMarketCalls.CreateDeployment(2, Manifest, [Group], AuctionMode.TenantChoice, 0, 0, 0, Money), Money + Fee);
        Hash256 bid = network.Bid(North, Price, order: Order(dseq: 2));
        network.Send(Auditor, network.Credentials, CredentialsCalls.Revoke(Tenant, Schema));
        network.Refuses(Tenant, ComputeMarketCalls.CreateLease(bid), refusal);
        network.Send(North, network.Devices, DevicesCalls.SetClientPolicy(Address.Zero));
        network.Send(Tenant, network.Market, ComputeMarketCalls.CreateLease(bid));
        Assert.That(network.Market.GetLease(bid).State, Is.EqualTo(LeaseState.Matched));
    }

    [Test]
    public void A_policy_is_named_that_exists_and_may_be_anothers()
    {
        ComputeNetwork network = Started();
        network.Refuses(North, network.Devices, DevicesCalls.SetClientPolicy(North), new UnknownPolicy(North));
        network.Send(Guest, network.Credentials, CredentialsCalls.SetPolicy(Text, [Schema], [Auditor]));
        network.Send(North, network.Devices, DevicesCalls.SetClientPolicy(Guest));
        Assert.That(network.Devices.ClientPolicyOf(North), Is.EqualTo(Guest));
        Assert.That(network.Devices.Admits(network.Block, North, Tenant), Is.False);
        Assert.That(network.Devices.Admits(network.Block, South, Tenant), Is.True);
        network.Send(North, network.Devices, DevicesCalls.SetClientPolicy(Address.Zero));
        Assert.That(network.Devices.Admits(network.Block, North, Tenant), Is.True);
        Assert.That(
            network.EventsOf<ClientPolicyNamed>(network.Devices),
            Is.EqualTo(new[] { new ClientPolicyNamed(North, Guest), new ClientPolicyNamed(North, Address.Zero) }));
    }

    [Test]
    public void A_cluster_is_made_of_devices_whose_owners_serve_its_renter()
    {
        // Two devices, the cheaper one of an owner who asks for credentials.
        ComputeNetwork network = ClusterStage.NewNetwork();
        network.RunTo(1);
        Hash256 cheap = network.Enter(North, "cheap", ClusterStage.Dpn("10")), dear = network.Enter(South, "dear", ClusterStage.Dpn("20"));
        Asks(network, North);
        network.Refuses(
            Tenant, network.Clusters, ClusterStage.BookCall(ClusterStage.Request(2), 1), new TooFewDevices(1, 2), ClusterStage.Dpn("100"));
        ulong first = network.Book(1, 1, ClusterStage.Dpn("100"));
        Assert.That(network.Clusters.GetPlace(dear).Cluster, Is.EqualTo(first));
        Attest(network, Tenant);
        network.Send(Tenant, network.Credentials, CredentialsCalls.Present(Auditor, Schema));
        ulong second = network.Book(1, 1, ClusterStage.Dpn("100"));
        Assert.That(network.Clusters.GetPlace(cheap).Cluster, Is.EqualTo(second));
    }

    [Test]
    public void Asking_twenty_bidders_for_eight_schemas_fits_one_items_work()
    {
        // Each schema of each bidder is read at the match: the policy, what is presented, and what was said.
        ComputeNetwork network = Started();
        Hash256[] schemas = [.. Enumerable.Range(0, CredentialsPolicy.SchemasMax).Select(static i => Keccak256.Hash([(byte)i]))];
        network.Send(Auditor, network.Credentials, CredentialsCalls.RegisterIssuer("Auditor", ""));
        foreach (Hash256 schema in schemas)
        {
            network.Send(Auditor, network.Credentials, CredentialsCalls.Attest(Tenant, schema, Text, Later));
            network.Send(Tenant, network.Credentials, CredentialsCalls.Present(Auditor, schema));
        }

        network.Deploy();
        for (ulong i = 0; i < 20; i++)
        {
            Address provider = Address.FromLow(0x20000 + i);
            network.World.Fund(provider, Amount.FromDpn(100));
            network.Register(provider);
            network.Send(provider, network.Credentials, CredentialsCalls.SetPolicy(Text, schemas, [Auditor]));
            network.Send(provider, network.Devices, DevicesCalls.SetClientPolicy(provider));
            network.Bid(provider, Price + i);
        }

        network.Send(Auditor, network.Credentials, CredentialsCalls.Revoke(Tenant, schemas[^1]));
        network.RunTo(11);
        TestContext.Out.WriteLine($"an order of 20 bids that are all passed over: {network.Units} units");
        Assert.That(network.Units, Is.LessThan(WorkBudget.UnitsPerItemMax));
        Assert.That(
            network.EventsOf<OrderClosed>(network.Market).Single().Reason, Is.EqualTo(CloseReason.NoEligibleBid));
    }

    private static ComputeNetwork Started()
    {
        ComputeNetwork network = new();
        network.RunTo(1);
        network.Register(North);
        network.Register(South);
        return network;
    }

    private static void Asks(ComputeNetwork network, Address host)
    {
        network.Send(host, network.Credentials, CredentialsCalls.SetPolicy(Text, [Schema], [Auditor]));
        network.Send(host, network.Devices, DevicesCalls.SetClientPolicy(host));
    }

    private static void Attest(ComputeNetwork network, Address subject)
    {
        network.Send(Auditor, network.Credentials, CredentialsCalls.RegisterIssuer("Auditor", "https://auditor.example"));
        network.Send(Auditor, network.Credentials, CredentialsCalls.Attest(subject, Schema, Text, Later));
    }

    private static ScreenRule Rule(ComputeNetwork network, Address tenant) =>
        network.Market.ScreenOrder(network.Block, tenant, Group, 0, 10).Single(result => result.Provider == North).FirstFailed;
}
