using DePinChain.Modules.Economy;
using DePinChain.Modules.Sdk;
using DePinChain.Modules.Storage;
using DePinChain.Primitives;
using static DePinChain.Modules.Tests.Person;

namespace DePinChain.Modules.Tests.Storage;

/// <summary>Payment channels: Alice pays Bob for retrieval.</summary>
public sealed class ChannelTests
{
    private static readonly Person Session = new("session");
    private static readonly Address Channels = WellKnownAddresses.PaymentChannels;
    private static readonly UInt128 Dpn = Amount.One.Wei;

    private StorageNetwork _network = null!;

    // Channel 1: Alice's 10 DPN for Bob, 40 blocks to redeem.
    [SetUp]
    public void Start()
    {
        _network = new StorageNetwork();
        Send(Alice, PaymentChannelsCalls.Open(Bob.Address, default, 10 * Dpn, 40), Amount.FromDpn(10)).Succeeds();
    }

    [TearDown]
    public void Stop() => _network.Dispose();

    [Test]
    public void Vouchers_pay_what_they_add_to_their_lanes_less_one_percent()
    {
        Amount before = _network.Chain.BalanceOf(Bob);
        Redeem(Of(1, 1, Dpn), Of(2, 5, 2 * Dpn)).Succeeds();
        Redeem(Of(1, 7, 3 * Dpn)).Succeeds();

        // Lane 1 has paid 3 DPN, lane 2 has paid 2: 5 in all, of which 1 % is the network's: half burned, half to the pool.
        Amount fees = _network.Chain.FeesPaidBy(Bob);
        Assert.That(_network.Chain.BalanceOf(Bob) + fees, Is.EqualTo(before + Amount.Parse("4.95")));
        Assert.That(_network.Chain.BalanceOf(WellKnownAddresses.Treasury), Is.EqualTo(Amount.Parse("0.025")));
        Assert.That(Channel().Left, Is.EqualTo(5 * Dpn));
        Assert.That(
            PaymentChannelsCalls.FeesBurnedResult(_network.Chain.Query(PaymentChannelsCalls.FeesBurned(), Channels).Succeeds().ReturnData),
            Is.EqualTo(Amount.Parse("0.025")));
    }

    [Test]
    public void A_voucher_that_is_wrong_in_any_way_is_refused()
    {
        Voucher good = Of(1, 1, Dpn);
        Refused(good with { Channel = 2 }, VoucherFault.Channel);
        Refused(good with { NotBefore = 500 }, VoucherFault.Time);
        Refused(good with { NotAfter = 1 }, VoucherFault.Time);
        Refused(good with { Amount = 11 * Dpn }, VoucherFault.Funds);
        Refused(good with { Nonce = 0 }, VoucherFault.Nonce);
        Refused(good with { SecretHash = Keccak256.Hash([1, 2, 3]) }, VoucherFault.Secret);
        Send(Bob, PaymentChannelsCalls.Redeem(1, [good], [Sign(Carol(), good)], [[]]))
            .RevertsWith(new VoucherRefused(0, VoucherFault.Signature));
        Send(Bob, PaymentChannelsCalls.Redeem(1, [good], [new byte[65]], [[]]))
            .RevertsWith(new VoucherRefused(0, VoucherFault.Signature));
        Redeem(good).Succeeds();
        Refused(good, VoucherFault.Nonce);
        Refused(Of(1, 2, Dpn - 1), VoucherFault.Amount);

        // None of a call is paid when one is refused.
        Send(Bob, PaymentChannelsCalls.Redeem(1, [Of(3, 1, Dpn), good], [Sign(Alice, Of(3, 1, Dpn)), Sign(Alice, good)], [[], []]))
            .RevertsWith(new VoucherRefused(1, VoucherFault.Nonce));
        Assert.That(Channel().Redeemed, Is.EqualTo(Dpn));
    }

    [Test]
    public void A_secret_releases_a_conditional_payment()
    {
        Voucher voucher = Of(1, 1, Dpn) with { SecretHash = Keccak256.Hash([1, 2, 3]) };
        Send(Bob, PaymentChannelsCalls.Redeem(1, [voucher], [Sign(Alice, voucher)], [[1, 2, 3]])).Succeeds();
        Voucher large = Of(2, 1, Dpn) with { SecretHash = Keccak256.Hash(new byte[257]) };
        Send(Bob, PaymentChannelsCalls.Redeem(1, [large], [Sign(Alice, large)], [new byte[257]]))
            .RevertsWith(new VoucherRefused(0, VoucherFault.Secret));
    }

    [Test]
    public void A_session_key_spends_up_to_its_limit_and_end()
    {
        Send(Bob, PaymentChannelsCalls.SetSessionKey(1, Session.Address, Dpn, 100)).RevertsWith(new NotPayer(1, Bob.Address));
        Send(Alice, PaymentChannelsCalls.SetSessionKey(1, Session.Address, 3 * Dpn, 100)).Succeeds();
        BySession(Of(1, 1, 4 * Dpn)).RevertsWith(new VoucherRefused(0, VoucherFault.Session));
        BySession(Of(1, 1, 2 * Dpn)).Succeeds();
        BySession(Of(1, 2, 4 * Dpn)).RevertsWith(new VoucherRefused(0, VoucherFault.Session));
        Redeem(Of(1, 3, 4 * Dpn)).Succeeds();
        _network.Chain.AdvanceTo(100);
        BySession(Of(1, 4, 4 * Dpn + 1)).RevertsWith(new VoucherRefused(0, VoucherFault.Session));
        Send(Alice, PaymentChannelsCalls.SetSessionKey(1, default, 0, 0)).Succeeds();
        BySession(Of(1, 4, 4 * Dpn + 1)).RevertsWith(new VoucherRefused(0, VoucherFault.Signature));
    }

    [Test]
    public void A_closed_channel_pays_until_its_delay_is_over_and_then_returns_the_rest()
    {
        Send(Carol(), PaymentChannelsCalls.Settle(1)).RevertsWith(new NotPayer(1, Carol().Address));
        Send(Alice, PaymentChannelsCalls.Collect(1)).RevertsWith(new NotSettled(1, 0));
        Send(Alice, PaymentChannelsCalls.Settle(1)).Succeeds();
        ulong settlesAt = _network.Height + 40;
        Send(Alice, PaymentChannelsCalls.Settle(1)).RevertsWith(new AlreadySettling(1, settlesAt));
        Send(Alice, PaymentChannelsCalls.TopUp(1, 1), new Amount(1)).RevertsWith(new AlreadySettling(1, settlesAt));
        Send(Alice, PaymentChannelsCalls.Collect(1)).RevertsWith(new NotSettled(1, settlesAt));
        Redeem(Of(1, 1, 4 * Dpn)).Succeeds();
        _network.Chain.AdvanceTo(settlesAt - 1);
        Redeem(Of(1, 2, 5 * Dpn)).RevertsWith(new RedemptionOver(1, settlesAt));
        Outcome collected = Send(Carol(), PaymentChannelsCalls.Collect(1)).Succeeds();
        Assert.That(collected.Events<ChannelCollected>().Single(), Is.EqualTo(new ChannelCollected(1, 6 * Dpn)));
        Assert.That(_network.Chain.BalanceOf(Alice), Is.EqualTo(Amount.FromDpn(996) - _network.Chain.FeesPaidBy(Alice)));
        Assert.That(_network.Chain.BalanceOf(Channels), Is.EqualTo(Amount.Zero));
        Redeem(Of(1, 3, 5 * Dpn)).RevertsWith(new UnknownChannel(1));
    }

    [Test]
    public void A_voucher_may_keep_the_channel_open()
    {
        Redeem(Of(1, 1, Dpn) with { MinSettleBlock = 300 }).Succeeds();
        Outcome settling = Send(Bob, PaymentChannelsCalls.Settle(1)).Succeeds();
        Assert.That(settling.Events<ChannelSettling>().Single().SettlesAt, Is.EqualTo(300));
    }

    [Test]
    public void Channels_open_for_somebody_else_with_time_to_redeem_and_funds()
    {
        Send(Alice, PaymentChannelsCalls.Open(default, default, 1, 40), new Amount(1)).RevertsWith(new InvalidPayee(default));
        Send(Alice, PaymentChannelsCalls.Open(Alice.Address, default, 1, 40), new Amount(1)).RevertsWith(new InvalidPayee(Alice.Address));
        Send(Alice, PaymentChannelsCalls.Open(Bob.Address, default, 1, 29), new Amount(1)).RevertsWith(new SettleDelayTooShort(30, 29));
        Send(Alice, PaymentChannelsCalls.Open(Bob.Address, Alice.Address, 1, 40)).RevertsWith(new UnknownPayToken(Alice.Address));
        Send(Alice, PaymentChannelsCalls.Open(Bob.Address, default, 0, 40)).RevertsWith(new NothingToDeposit());
        Send(Alice, PaymentChannelsCalls.Open(Bob.Address, default, 2, 40), new Amount(1))
            .RevertsWith(new WrongValue(new Amount(2), new Amount(1)));
        Send(Carol(), PaymentChannelsCalls.TopUp(1, 5), new Amount(5)).Succeeds();
        Assert.That(Channel().Funded, Is.EqualTo((10 * Dpn) + 5));
        Send(Alice, PaymentChannelsCalls.Redeem(1, [], [], [])).RevertsWith(new NotPayee(1, Alice.Address));
        Send(Bob, PaymentChannelsCalls.Redeem(1, [Of(1, 1, 1)], [], [])).RevertsWith(new VoucherCount(1, 0, 0));
    }

    [Test]
    public void A_channel_of_a_token_pays_in_it_and_its_take_goes_to_the_pool()
    {
        Address usd = WellKnownAddresses.TokenFacade(1);
        _network.Chain.Send(Carol(), TokensCalls.Mint(1, Alice.Address, 1_000), to: WellKnownAddresses.Tokens).Succeeds();
        Send(Alice, PaymentChannelsCalls.Open(Bob.Address, usd, 1_000, 40)).Succeeds();
        Voucher voucher = Of(1, 1, 500) with { Channel = 2 };
        Send(Bob, PaymentChannelsCalls.Redeem(2, [voucher], [Sign(Alice, voucher)], [[]])).Succeeds();
        Assert.That(UsdOf(Bob.Address), Is.EqualTo((UInt256)495));
        Assert.That(UsdOf(WellKnownAddresses.Treasury), Is.EqualTo((UInt256)5));

        UInt256 UsdOf(Address account) =>
            TokenFacadeCalls.BalanceOfResult(_network.Chain.Query(TokenFacadeCalls.BalanceOf(account), usd).Succeeds().ReturnData);
    }

    private static Person Carol() => StorageNetwork.Carol;

    private static Voucher Of(ulong lane, ulong nonce, UInt128 amount) => new(1, lane, nonce, amount, 0, 0, 0, Hash256.Zero, Hash256.Zero);

    private static byte[] Sign(Person who, Voucher voucher) =>
        who.Key.Sign(PaymentChannelsPolicy.DigestOf(1_337_000, voucher)).ToArray();

    private Outcome Send(Person who, byte[] calldata, Amount value = default) => _network.Chain.Send(who, calldata, value, Channels);

    private Outcome Redeem(params Voucher[] vouchers) => Send(Bob, PaymentChannelsCalls.Redeem(
        1, vouchers, [.. vouchers.Select(static voucher => Sign(Alice, voucher))], [.. vouchers.Select(static _ => Array.Empty<byte>())]));

    private Outcome BySession(Voucher voucher) =>
        Send(Bob, PaymentChannelsCalls.Redeem(1, [voucher], [Sign(Session, voucher)], [[]]));

    private void Refused(Voucher voucher, VoucherFault fault) => Redeem(voucher).RevertsWith(new VoucherRefused(0, fault));

    private ChannelRecord Channel() => PaymentChannelsCalls.GetChannelResult(
        _network.Chain.Query(PaymentChannelsCalls.GetChannel(1), Channels).Succeeds().ReturnData);
}
