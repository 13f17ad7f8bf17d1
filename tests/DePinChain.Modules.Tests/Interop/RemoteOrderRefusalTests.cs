using System.Text;
using DePinChain.Modules.Compute;
using DePinChain.Modules.Interop;
using DePinChain.Modules.Sdk;
using DePinChain.Modules.Tests.Compute;
using DePinChain.Primitives;
using static DePinChain.Modules.Tests.Interop.PacketsStage;

namespace DePinChain.Modules.Tests.Interop;

/// <summary>Orders that a network makes up, and answers that it makes up.</summary>
public sealed class RemoteOrderRefusalTests
{
    private static readonly Address Tenant = Person.Alice.Address;

    private PacketsStage _stage = null!;

    [SetUp]
    public void Start()
    {
        _stage = new PacketsStage();
        _stage.Open();
    }

    [TearDown]
    public void Stop()
    {
        Assert.That(_stage.Module.Violations(), Is.Empty);
        _stage.Dispose();
    }

    [Test]
    public void An_order_in_nobodys_purse_bounces_and_one_travels_alone()
    {
        // What came over is token 2 here; a thousandth of a DPN is the fee.
        Amount fee = new(MarketStage.Fee);
        _stage.Bounces(1, PacketOf(1, Body(dseq: 1), port: "order"), new InsufficientBalance(Tenant, fee, Amount.Zero));
        _stage.World.Fund(Tenant, Amount.One);
        _stage.Bounces(2, Pair(2, Body(dseq: 1), NoteOf("far", 5, Tenant)), new OrderTravelsAlone(2));
        Assert.That(_stage.Tokens.Exists(2), Is.False, "nothing of it has happened");
        _stage.Send(_stage.Claimed(3, PacketOf(3, Body(dseq: 1), port: "order")));
        Assert.That(_stage.Module.AcknowledgementOf(Lane, 3), Is.Empty, "it waits for the market");
        Assert.That(_stage.World.BalanceOf(Tenant), Is.EqualTo(Amount.One - fee));
    }

    [Test]
    public void A_network_cannot_order_for_somebody_who_has_not_signed()
    {
        _stage.World.Fund(Tenant, Amount.One);
        byte[] forged = Body(dseq: 1, signer: Person.Bob);
        _stage.Bounces(1, PacketOf(1, forged, port: "order"), new NotSignedByTenant(Tenant));
        _stage.Bounces(2, PacketOf(2, Body(dseq: 1, expiresAt: 7), port: "order"), new OrderExpired(7, _stage.Now + 24));
        _stage.Bounces(3, PacketOf(3, Body(dseq: 1, groups: 2), port: "order"), new OneGroupOnly(2UL));
        _stage.Refused<InvalidPacket>(_stage.Claimed(4, [0xc0]));
        _stage.Send(_stage.Claimed(5, PacketOf(5, [1, 2], port: "order")));
        Assert.That(
            _stage.Module.AcknowledgementOf(Lane, 5).AsSpan().IndexOf(new InvalidMessage("").Encode().AsSpan(0, 4)), Is.GreaterThan(0));
        Assert.That(_stage.World.BalanceOf(Tenant), Is.EqualTo(Amount.One));
    }

    [Test]
    public void A_lease_that_is_reported_has_a_leases_size()
    {
        byte[] order = PacketsCalls.Order(Lane, 0, Amount.One.Wei, _stage.Now + 60, [1], ulong.MaxValue, new byte[65]);
        _stage.Send(order, Amount.One);
        _stage.Refuses(_stage.Concluded(1, WrittenOf(1, new byte[31])), new InvalidAcknowledgement("a lease has 32 bytes"));
        Hash256 lease = Keccak256.Hash("lease"u8);
        _stage.Send(_stage.Concluded(1, WrittenOf(1, lease.ToArray())));
        Assert.That(_stage.Module.LeaseOf(Lane, 1), Is.EqualTo(lease));
    }

    private static byte[] Body(ulong dseq, Person? signer = null, ulong expiresAt = ulong.MaxValue, int groups = 1)
    {
        GroupSpec[] specs = [.. Enumerable.Repeat(MarketStage.Group, groups)];
        byte[] order = ComputeMarketCalls.CreateDeployment(dseq, Hash256.Zero, specs, AuctionMode.AutoLowest, 0, 0, 2, 5);
        Hash256 digest = PacketsPolicy.OrderDigestOf(1_337_000, Lane, Tenant, Keccak256.Hash(order), expiresAt);
        RlpWriter writer = new();
        int mark = writer.BeginList();
        writer.Write(NoteOf("far", 5, Tenant));
        writer.Write(order);
        writer.Write(expiresAt);
        writer.Write((signer ?? Person.Alice).Key.Sign(digest).ToArray());
        writer.EndList(mark);
        return writer.ToArray();
    }

    // A packet of an order and a transfer, made by hand.
    private static byte[] Pair(ulong sequence, byte[] order, byte[] note)
    {
        RlpWriter writer = new();
        int packet = writer.BeginList();
        foreach (ulong part in (ulong[])[OtherNetwork.ChainId, There, 1_337_000, Lane, sequence, ulong.MaxValue]) writer.Write(part);
        int list = writer.BeginList();
        foreach ((string port, byte[] body) in new[] { ("order", order), ("transfer", note) })
        {
            int payload = writer.BeginList();
            foreach (string word in (string[])[port, port, "1", "rlp"]) writer.Write(Encoding.ASCII.GetBytes(word));
            writer.Write(body);
            writer.EndList(payload);
        }

        writer.EndList(list);
        writer.EndList(packet);
        return writer.ToArray();
    }
}
