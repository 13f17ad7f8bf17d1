using DePinChain.Modules.Compute;
using DePinChain.Modules.Interop;
using DePinChain.Modules.Sdk;
using DePinChain.Primitives;
using static DePinChain.Modules.Tests.Compute.MarketStage;
using static DePinChain.Modules.Tests.Interop.PacketsPair;
using static DePinChain.Modules.Tests.Person;

namespace DePinChain.Modules.Tests.Interop;

/// <summary>
/// A tenant on one network orders a lease on another with coins that it has here: Alice holds 50 DPN of Right on Left, Bob serves on Right.
/// </summary>
public sealed class RemoteOrderTests
{
    private static readonly Address Market = WellKnownAddresses.ComputeMarket;
    private static readonly OrderId Asked = new(Alice.Address, 7, 1, 1);

    private PacketsPair _pair = null!;
    private uint _voucher;

    private PacketsSide Left => _pair.Left;

    private PacketsSide Right => _pair.Right;

    [SetUp]
    public void Start()
    {
        _pair = new PacketsPair();
        Transfer(Right, 0, 50 * Dpn, receiver: Alice);
        Receive(Right, Left, 1).Succeeds();
        _voucher = PacketsCalls.VoucherOfResult(Left.Ask(PacketsCalls.VoucherOf($"transfer/{Left.Lane}/dpn")));
        byte[] register = ComputeMarketCalls.RegisterProvider(
            "https://bob.example", Hash256.Zero, 276, 1_150, StorageClasses.Ephemeral, [Tier], House);
        Right.Chain.Send(Bob, register, Amount.FromDpn(10), Market).Succeeds();
    }

    [TearDown]
    public void Stop() => _pair.Dispose();

    [Test]
    public void An_order_goes_over_with_its_coins_and_comes_back_with_its_lease()
    {
        Order(_voucher, Create());
        Assert.That(Left.TokensOf(_voucher, Alice), Is.EqualTo(40 * Dpn));
        Outcome opened = Receive(Left, Right, 1).Succeeds();
        Hash256 order = ComputeMarketPolicy.OrderKey(Asked);
        Assert.That(
            opened.Events<RemoteOrderOpened>(),
            Is.EqualTo(new[] { new RemoteOrderOpened(Right.Lane, 1, Alice.Address, 7, order) }));
        Assert.That(opened.Events<PacketReceived>(), Is.Empty, "nothing is decided");
        Assert.That(Acknowledged(), Is.Empty);
        Assert.That(
            PacketsCalls.OrderForResult(Right.Ask(PacketsCalls.OrderFor(order))),
            Is.EqualTo(new PendingOrder(Right.Lane, Left.Lane, 1, 0, 10 * Dpn, Alice.Address, 7)));

        Right.Chain.Send(Bob, BidCall(Asked, Price), new Amount(BidBond), Market).Succeeds();
        Right.Chain.AdvanceTo(Right.Chain.Height + 5);
        Hash256 lease = ComputeMarketPolicy.BidKey(Asked, Bob.Address, 0);
        Assert.That(Lease(lease).State, Is.EqualTo(LeaseState.Matched));
        Right.Chain.Query(PacketsCalls.OrderFor(order), PacketsSide.Packets).RevertsWith(new NotAwaited(order));
        Assert.That(Lane(lease: 0), Is.EqualTo(Hash256.Zero));
        Outcome concluded = Acknowledge(Left, Right, 1).Succeeds();
        Assert.That(
            concluded.Events<RemoteLeaseReported>(), Is.EqualTo(new[] { new RemoteLeaseReported(Left.Lane, 1, lease) }));
        Assert.That(Lane(lease: 0), Is.EqualTo(lease));
        Assert.That(Right.Chain.BalanceOf(PacketsSide.Packets), Is.EqualTo(Amount.FromDpn(40)));

        // The tenant has it in hand over there, with its own key.
        Right.Chain.Send(Alice, ComputeMarketCalls.CloseDeployment(7), to: Market).Succeeds();
        Assert.That(Lease(lease).State, Is.EqualTo(LeaseState.Closed));
    }

    [Test]
    public void An_order_that_nobody_serves_brings_its_coins_back()
    {
        Amount before = Right.Chain.BalanceOf(Alice), fees = Right.Chain.FeesPaidBy(Alice);
        Order(_voucher, Create());
        Receive(Left, Right, 1).Succeeds();
        Assert.That(Right.Chain.BalanceOf(PacketsSide.Packets), Is.EqualTo(Amount.FromDpn(40)));
        Right.Chain.AdvanceTo(Right.Chain.Height + 6);
        Assert.That(Right.Chain.BalanceOf(PacketsSide.Packets), Is.EqualTo(Amount.FromDpn(50)));
        Assert.That(Right.Chain.BalanceOf(WellKnownAddresses.Escrow), Is.EqualTo(Amount.Zero));
        Assert.That(
            before - Right.Chain.BalanceOf(Alice) - (Right.Chain.FeesPaidBy(Alice) - fees), Is.EqualTo(new Amount(Fee)),
            "the fee is the market's");
        Assert.That(Deployment().State, Is.EqualTo(DeploymentState.Closed));

        PacketAcknowledged concluded = Acknowledge(Left, Right, 1).Succeeds().Events<PacketAcknowledged>().Single();
        Assert.That(
            (concluded.Succeeded, Hex.Encode(concluded.Reason)),
            Is.EqualTo((false, Hex.Encode(new NobodyServes(CloseReason.NoBids).Encode()))));
        Assert.That(Left.TokensOf(_voucher, Alice), Is.EqualTo(50 * Dpn));
        Assert.That(Lane(lease: 0), Is.EqualTo(Hash256.Zero));
    }

    [Test]
    public void An_order_paid_in_vouchers_is_undone_voucher_for_voucher()
    {
        // DPN of Left is a token on Right; nobody there bids for it.
        Transfer(Left, 0, Dpn, receiver: Alice);
        Receive(Left, Right, 1).Succeeds();
        uint voucher = PacketsCalls.VoucherOfResult(Right.Ask(PacketsCalls.VoucherOf($"transfer/{Right.Lane}/dpn")));
        Amount before = Left.Chain.BalanceOf(PacketsSide.Packets);
        Order(0, Create(token: voucher));
        Receive(Left, Right, 2).Succeeds();
        Assert.That(PacketsCalls.VoucherResult(Right.Ask(PacketsCalls.Voucher(voucher))).Outstanding, Is.EqualTo(11 * Dpn));
        Right.Chain.AdvanceTo(Right.Chain.Height + 6);
        Assert.That(PacketsCalls.VoucherResult(Right.Ask(PacketsCalls.Voucher(voucher))).Outstanding, Is.EqualTo(Dpn));
        Assert.That(Right.TokensOf(voucher, Alice), Is.EqualTo(Dpn));
        Acknowledge(Left, Right, 2).Succeeds();
        Assert.That(Left.Chain.BalanceOf(PacketsSide.Packets), Is.EqualTo(before));
    }

    [Test]
    public void What_the_other_network_refuses_comes_back_with_its_name_and_its_coins()
    {
        // Each with 1 DPN of deposit.
        byte[] good = Create(deposit: Dpn), stranger = Sign(Bob, good), late = Create(deposit: Dpn, dseq: 8);
        GroupSpec[] two = [Group, Group];
        Send(_voucher, Dpn, good, stranger);
        Send(_voucher, Dpn, good, Sign(Alice, good, lane: Right.Lane + 1));
        Send(_voucher, Dpn, late, Sign(Alice, late, expiresAt: 5), expiresAt: 5);
        Send(_voucher, Dpn, good[..200], Sign(Alice, good[..200]));
        byte[] close = [.. ComputeMarketCalls.CloseDeployment(7), .. new byte[300]];
        Send(_voucher, Dpn, close, Sign(Alice, close));
        Send(_voucher, 2 * Dpn, good, Sign(Alice, good));
        byte[] pair = ComputeMarketCalls.CreateDeployment(9, Manifest, two, AuctionMode.AutoLowest, 0, 0, 0, Dpn);
        Send(_voucher, Dpn, pair, Sign(Alice, pair));
        byte[] small = Create(deposit: 1);
        Send(_voucher, 1, small, Sign(Alice, small));
        ulong[] all = Outstanding(Left);
        Outcome received = Receive(Left, Right, all).Succeeds();
        Assert.That(received.Events<PacketReceived>().Select(static one => one.Succeeded), Is.All.False);
        Outcome concluded = Acknowledge(Left, Right, all).Succeeds();
        string[] reasons = [.. concluded.Events<PacketAcknowledged>().Select(static one => Hex.Encode(one.Reason))];
        string[] expected =
        [
            Encoded(new NotSignedByTenant(Alice.Address)), Encoded(new NotSignedByTenant(Alice.Address)), "",
            Encoded(new NotAnOrder()), Encoded(new NotAnOrder()), Encoded(new OrderMismatch(0, 2 * Dpn, 0UL, Dpn)),
            Encoded(new OneGroupOnly(2UL)), Encoded(new DepositTooLow(Dpn / 100, 1)),
        ];
        for (int i = 0; i < expected.Length; i++)
        {
            if (i == 2) Assert.That(OrderExpired.TryDecode(Hex.Decode(reasons[i]), out _), Is.True);
            else Assert.That(reasons[i], Is.EqualTo(expected[i]), $"order {i + 1}");
        }

        Assert.That(Left.TokensOf(_voucher, Alice), Is.EqualTo(50 * Dpn));
        Assert.That(Right.Chain.BalanceOf(PacketsSide.Packets), Is.EqualTo(Amount.FromDpn(50)));
    }

    [Test]
    public void An_order_that_comes_too_late_is_its_tenants_again()
    {
        Order(_voucher, Create(), seconds: 36);
        Right.Chain.AdvanceTo(Left.Chain.Height + 6);
        Assert.That(PacketExpired.TryDecode(Receive(Left, Right, 1).ReturnData, out _), Is.True);
        TimeOut(Left, Right, 1).Succeeds();
        Assert.That(Left.TokensOf(_voucher, Alice), Is.EqualTo(50 * Dpn));
    }

    [Test]
    public void A_tenant_who_ends_its_order_over_there_keeps_its_coins_there()
    {
        Order(_voucher, Create());
        Receive(Left, Right, 1).Succeeds();
        Right.Chain.Send(Alice, ComputeMarketCalls.CloseDeployment(7), to: Market).Succeeds();
        Outcome concluded = Acknowledge(Left, Right, 1).Succeeds();
        Assert.That(
            concluded.Events<RemoteLeaseReported>(), Is.EqualTo(new[] { new RemoteLeaseReported(Left.Lane, 1, Hash256.Zero) }));
        Assert.That(Left.TokensOf(_voucher, Alice), Is.EqualTo(40 * Dpn));
        Assert.That(Right.Chain.BalanceOf(PacketsSide.Packets), Is.EqualTo(Amount.FromDpn(40)));
    }

    [Test]
    public void An_order_is_opened_once_however_often_its_signature_is_shown()
    {
        byte[] order = Create();
        Order(_voucher, order);
        Order(_voucher, order);
        Receive(Left, Right, 1, 2).Succeeds();
        PacketAcknowledged refused = Acknowledge(Left, Right, 2).Succeeds().Events<PacketAcknowledged>().Single();
        Assert.That(Hex.Encode(refused.Reason), Is.EqualTo(Encoded(new DeploymentExists(Alice.Address, 7))));
        Assert.That(Left.TokensOf(_voucher, Alice), Is.EqualTo(40 * Dpn));
    }

    [Test]
    public void A_tenant_signs_typed_data_of_the_network_that_opens_the_order()
    {
        // By a Keccak in Python over EIP-712's encoding: chain 4242, lane 2, tenant 0xa11ce, keccak of "order", until 1900000000.
        Assert.That(
            PacketsPolicy.OrderDigestOf(4_242, 2, Address.FromLow(0xa11ce), Keccak256.Hash("order"u8), 1_900_000_000),
            Is.EqualTo(Hash256.Parse("0x12a226732f8c6844bdcc25389c213da8546c971fbbd2ffad0e8aa3411ca0d823")));
    }

    [Test]
    public void An_order_is_sent_with_coins_that_are_there()
    {
        byte[] order = Create();
        Call(0, UInt128.Zero).RevertsWith(new NothingToSend());
        Call(99, Dpn).RevertsWith(new Modules.Interop.UnknownAsset(99));
        Call(0, Dpn).RevertsWith(new Modules.Interop.WrongValue(Dpn, UInt128.Zero));

        Outcome Call(uint asset, UInt128 amount) => Left.Send(
            Alice, PacketsCalls.Order(Left.Lane, asset, amount, Left.Now + 600, order, ulong.MaxValue, Sign(Alice, order)));
    }

    private static byte[] Create(UInt128? deposit = null, uint token = 0, ulong dseq = 7) => ComputeMarketCalls.CreateDeployment(
        dseq, Manifest, [Group], AuctionMode.AutoLowest, 0, 0, token, deposit ?? 10 * Dpn);

    private static string Encoded<TError>(in TError error)
        where TError : struct, IError => Hex.Encode(error.Encode());

    private byte[] Sign(Person who, byte[] order, ulong? lane = null, ulong expiresAt = ulong.MaxValue) =>
        who.Key.Sign(PacketsPolicy.OrderDigestOf(
            Right.Chain.ChainId, lane ?? Right.Lane, Alice.Address, Keccak256.Hash(order), expiresAt)).ToArray();

    private void Order(uint asset, byte[] order, ulong seconds = 3_600) =>
        Send(asset, 10 * Dpn, order, Sign(Alice, order), seconds: seconds);

    private void Send(
        uint asset, UInt128 amount, byte[] order, byte[] signature, ulong expiresAt = ulong.MaxValue, ulong seconds = 3_600) => Left.Send(
            Alice, PacketsCalls.Order(Left.Lane, asset, amount, Left.Now + seconds, order, expiresAt, signature),
            asset == 0 ? new Amount(amount) : Amount.Zero).Succeeds();

    private byte[] Acknowledged() =>
        PacketsCalls.AcknowledgementOfResult(Right.Ask(PacketsCalls.AcknowledgementOf(Right.Lane, 1)));

    private Hash256 Lane(int lease) => PacketsCalls.LeaseOfResult(Left.Ask(PacketsCalls.LeaseOf(Left.Lane, (ulong)lease + 1)));

    private LeaseRecord Lease(Hash256 lease) =>
        ComputeMarketCalls.GetLeaseResult(Right.Chain.Query(ComputeMarketCalls.GetLease(lease), Market).Succeeds().ReturnData);

    private DeploymentRecord Deployment() => ComputeMarketCalls.GetDeploymentResult(
        Right.Chain.Query(ComputeMarketCalls.GetDeployment(Alice.Address, 7), Market).Succeeds().ReturnData);
}
