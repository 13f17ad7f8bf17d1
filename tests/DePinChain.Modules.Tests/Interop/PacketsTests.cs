using DePinChain.Modules.Economy;
using DePinChain.Modules.Interop;
using DePinChain.Modules.Sdk;
using DePinChain.Primitives;
using static DePinChain.Modules.Tests.Interop.PacketsPair;

namespace DePinChain.Modules.Tests.Interop;

/// <summary>
/// Two whole chains and a lane: what leaves one arrives on the other once, or comes back; together they hold what they held before.
/// </summary>
public sealed class PacketsTests
{
    private static readonly UInt128 Dpn = Amount.One.Wei;

    private PacketsPair _pair = null!;

    private PacketsSide Left => _pair.Left;

    private PacketsSide Right => _pair.Right;

    [SetUp]
    public void Start() => _pair = new PacketsPair();

    [TearDown]
    public void Stop() => _pair.Dispose();

    [Test]
    public void Coins_go_over_as_vouchers_and_come_back_as_themselves()
    {
        Amount before = Left.Chain.BalanceOf(Person.Bob);
        Amount fees = Left.Chain.FeesPaidBy(Person.Bob);
        ulong sent = Transfer(Left, 0, 7 * Dpn);
        Assert.That(sent, Is.EqualTo(1));
        Assert.That(Left.Chain.BalanceOf(PacketsSide.Packets), Is.EqualTo(Amount.FromDpn(7)));
        Outcome received = Receive(Left, Right, 1).Succeeds();
        Assert.That(received.Events<PacketReceived>(), Has.Count.EqualTo(1));

        // Right calls the lane 2: what came over it is called after it.
        uint voucher = PacketsCalls.VoucherOfResult(Right.Ask(PacketsCalls.VoucherOf("transfer/2/dpn")));
        Assert.That(voucher, Is.EqualTo(2), "token 1 stands in genesis");
        Assert.That(Right.TokensOf(voucher, Person.Bob), Is.EqualTo(7 * Dpn));
        TokenReport token = TokensCalls.TokenResult(
            Right.Chain.Query(TokensCalls.Token(voucher), TokensModule.Descriptor.Address).Succeeds().ReturnData);
        Assert.That(
            (token.Symbol, token.Name, token.Decimals, token.Minter),
            Is.EqualTo(("vDPN", "DPN of lane 2", (byte)18, Address.Zero)));
        Assert.That(
            received.Events<TransferReceived>(),
            Is.EqualTo(new[] { new TransferReceived(2, 1, Person.Bob.Address, Person.Alice.Address, voucher, 7 * Dpn, "rent") }));

        Acknowledge(Left, Right, 1).Succeeds();
        Assert.That(Outstanding(Left), Is.Empty);
        Assert.That(Left.Chain.BalanceOf(PacketsSide.Packets), Is.EqualTo(Amount.FromDpn(7)), "it stays locked while it is over there");

        Transfer(Right, voucher, 7 * Dpn, sender: Person.Bob, receiver: Person.Bob);
        Assert.That(Right.TokensOf(voucher, Person.Bob), Is.EqualTo(UInt128.Zero));
        Receive(Right, Left, 1).Succeeds();
        Acknowledge(Right, Left, 1).Succeeds();
        Assert.That(Left.Chain.BalanceOf(PacketsSide.Packets), Is.EqualTo(Amount.Zero));
        Assert.That(
            Left.Chain.BalanceOf(Person.Bob), Is.EqualTo(before + Amount.FromDpn(7) - (Left.Chain.FeesPaidBy(Person.Bob) - fees)));
    }

    [Test]
    public void A_token_keeps_its_decimals_and_goes_back_to_its_own_ledger()
    {
        Transfer(Left, 1, 400);
        Receive(Left, Right, 1).Succeeds();
        uint voucher = PacketsCalls.VoucherOfResult(Right.Ask(PacketsCalls.VoucherOf("transfer/2/token/1")));
        VoucherRecord record = PacketsCalls.VoucherResult(Right.Ask(PacketsCalls.Voucher(voucher)));
        Assert.That(record, Is.EqualTo(new VoucherRecord(2, 400, "transfer/2/token/1")));
        Assert.That(PacketsCalls.EscrowedForResult(Left.Ask(PacketsCalls.EscrowedFor(Left.Lane, 1))), Is.EqualTo((UInt128)400));
        Transfer(Right, voucher, 150, sender: Person.Bob, receiver: Person.Alice);
        Receive(Right, Left, 1).Succeeds();
        Assert.That(Left.TokensOf(1, Person.Alice), Is.EqualTo((UInt128)(1_000_000 - 400 + 150)));
        Assert.That(PacketsCalls.EscrowedForResult(Left.Ask(PacketsCalls.EscrowedFor(Left.Lane, 1))), Is.EqualTo((UInt128)250));
        Assert.That(PacketsCalls.VoucherResult(Right.Ask(PacketsCalls.Voucher(voucher))).Outstanding, Is.EqualTo((UInt128)250));
    }

    [Test]
    public void A_packet_takes_effect_once_whoever_carries_it_how_often()
    {
        Transfer(Left, 1, 10);
        Transfer(Left, 1, 20);
        Transfer(Left, 1, 40);
        Receive(Left, Right, 2).Succeeds();
        Receive(Left, Right, 2).RevertsWith(new AlreadyReceived(Right.Lane, 2));
        Outcome rest = Receive(Left, Right, 1, 2, 3).Succeeds();
        Assert.That(rest.Events<PacketReceived>(), Has.Count.EqualTo(2));
        uint voucher = PacketsCalls.VoucherOfResult(Right.Ask(PacketsCalls.VoucherOf("transfer/2/token/1")));
        Assert.That(Right.TokensOf(voucher, Person.Bob), Is.EqualTo((UInt128)70));

        Acknowledge(Left, Right, 3).Succeeds();
        Acknowledge(Left, Right, 3).RevertsWith(new NotOutstanding(Left.Lane, 3));
        Outcome others = Acknowledge(Left, Right, 3, 1, 2).Succeeds();
        Assert.That(others.Events<PacketAcknowledged>(), Has.Count.EqualTo(2));
        Assert.That(Outstanding(Left), Is.Empty);
    }

    [Test]
    public void What_is_not_received_in_time_comes_back_and_is_never_received()
    {
        Transfer(Left, 0, 5 * Dpn, seconds: 36);
        Transfer(Left, 0, Dpn, seconds: 3_600);
        byte[] packet = PacketsCalls.PacketOfResult(Left.Ask(PacketsCalls.PacketOf(Left.Lane, 1)));
        TimeOut(Left, Right, 1).RevertsWith(
            new NotYetTimedOut(Left.Lane, 1, PacketsCalls.TimeoutOfResult(Left.Ask(PacketsCalls.TimeoutOf(Left.Lane, 1))), Right.Now));
        Right.Chain.AdvanceTo(Left.Chain.Height + 4);
        Outcome late = Receive(Left, Right, 1);
        Assert.That(PacketExpired.TryDecode(late.ReturnData, out _), Is.True);
        Outcome mixed = Receive(Left, Right, 1, 2).Succeeds();
        Assert.That(mixed.Events<PacketReceived>(), Has.Count.EqualTo(1), "one that is late holds no other up");

        Amount locked = Left.Chain.BalanceOf(PacketsSide.Packets);
        Outcome undone = TimeOut(Left, Right, 1).Succeeds();
        Assert.That(Left.Chain.BalanceOf(PacketsSide.Packets), Is.EqualTo(locked - Amount.FromDpn(5)));
        Assert.That(
            undone.Events<TransferRefunded>(),
            Is.EqualTo(new[] { new TransferRefunded(Left.Lane, 1, Person.Alice.Address, 0, 5 * Dpn) }));
        TimeOut(Left, Right, 1).RevertsWith(new NotOutstanding(Left.Lane, 1));
        Assert.That(packet, Is.Not.Empty);

        // The second was received: that it was not cannot be proven.
        Right.Chain.AdvanceTo(Right.Chain.Height + 300);
        TimeOut(Left, Right, 2).RevertsWith(new InvalidProof());
    }

    [Test]
    public void A_packet_is_received_until_the_second_before_its_timeout()
    {
        // Both chains have 12 seconds a block: the block of the receipt is the one after the update's, or the next.
        ulong timeout = Left.Now + 120;
        for (int i = 0; i < 2; i++)
        {
            Left.Send(
                Person.Alice, PacketsCalls.Transfer(Left.Lane, 1, 5, Person.Bob.Address, timeout + (ulong)i, "")).Succeeds();
        }

        Right.Believe(Left);
        while (Right.Now + 12 < timeout) Right.Chain.AdvanceTo(Right.Chain.Height + 1);
        Assert.That(Right.Now + 12, Is.EqualTo(timeout));
        Outcome both = Receive(Left, Right, 1, 2).Succeeds();
        Assert.That(both.Events<PacketReceived>().Select(static received => received.Sequence), Is.EqualTo(new[] { 2UL }));
    }

    [Test]
    public void What_a_port_refuses_comes_back_with_the_reason()
    {
        // Nobody may release more than 500 DPN in a window: the seventh hundred bounces and is a voucher again.
        Transfer(Left, 0, 700 * Dpn);
        Receive(Left, Right, 1).Succeeds();
        uint voucher = PacketsCalls.VoucherOfResult(Right.Ask(PacketsCalls.VoucherOf("transfer/2/dpn")));
        Transfer(Right, voucher, 450 * Dpn, sender: Person.Bob);
        Transfer(Right, voucher, 250 * Dpn, sender: Person.Bob);
        Outcome received = Receive(Right, Left, 1, 2).Succeeds();
        Assert.That(received.Events<PacketReceived>().Select(static one => one.Succeeded), Is.EqualTo(new[] { true, false }));
        Assert.That(Right.TokensOf(voucher, Person.Bob), Is.EqualTo(UInt128.Zero));
        Outcome concluded = Acknowledge(Right, Left, 1, 2).Succeeds();
        PacketAcknowledged failed = concluded.Events<PacketAcknowledged>()[1];
        var why = new FlowLimited(Left.Lane, 0, 500 * Dpn, 450 * Dpn, 250 * Dpn);
        Assert.That((failed.Succeeded, Hex.Encode(failed.Reason)), Is.EqualTo((false, Hex.Encode(why.Encode()))));
        Assert.That(Right.TokensOf(voucher, Person.Bob), Is.EqualTo(250 * Dpn));
        Assert.That(Left.Chain.BalanceOf(PacketsSide.Packets), Is.EqualTo(Amount.FromDpn(250)));
    }

    [Test]
    public void A_question_is_answered_with_what_lies_there()
    {
        // Tokens keep balances in slot 1: mapping(uint32 => mapping(address => uint128)).
        Hash256 inner = StorageLocation.OfWordKey([1], StorageLocation.OfSlot(1));
        Hash256 location = StorageLocation.OfWordKey(Person.Alice.Address.ToArray(), inner);
        foreach (Hash256 asked in new[] { location, Keccak256.Hash("nothing"u8) })
            Left.Send(Person.Bob, PacketsCalls.Query(Left.Lane, WellKnownAddresses.Tokens, asked, Left.Now + 600)).Succeeds();
        Assert.That(Left.Chain.Query(PacketsCalls.AnswerOf(Left.Lane, 1), PacketsSide.Packets).Succeeded, Is.False);
        Receive(Left, Right, 1, 2).Succeeds();
        ulong height = Right.Chain.Height;
        Acknowledge(Left, Right, 1, 2).Succeeds();
        AnswerRecord answer = PacketsCalls.AnswerOfResult(Left.Ask(PacketsCalls.AnswerOf(Left.Lane, 1)));

        // 1,000,000 units are 0x0f4240.
        Assert.That(
            (answer.Asker, answer.Module, answer.Location, answer.Height, Hex.Encode(answer.Value)),
            Is.EqualTo((Person.Bob.Address, WellKnownAddresses.Tokens, location, height, "0x0f4240")));
        Assert.That(PacketsCalls.AnswerOfResult(Left.Ask(PacketsCalls.AnswerOf(Left.Lane, 2))).Value, Is.Empty);
    }

    [Test]
    public void Sixty_packets_move_in_a_pair_of_blocks()
    {
        for (uint i = 0; i < 60; i++) Transfer(Left, 1, i + 1);
        ulong[] all = Outstanding(Left);
        Assert.That(all, Has.Length.EqualTo(60));
        Right.Believe(Left);
        ulong height = Right.Chain.Height;
        Outcome received = Receive(Left, Right, all).Succeeds();
        Assert.That(Right.Chain.Height, Is.EqualTo(height + 1));
        Outcome concluded = Acknowledge(Left, Right, all).Succeeds();
        TestContext.Out.WriteLine($"60 packets: {received.GasUsed} gas to receive, {concluded.GasUsed} to conclude");
        Assert.That(Outstanding(Left), Is.Empty);
        uint voucher = PacketsCalls.VoucherOfResult(Right.Ask(PacketsCalls.VoucherOf("transfer/2/token/1")));
        Assert.That(Right.TokensOf(voucher, Person.Bob), Is.EqualTo((UInt128)(60 * 61 / 2)));
    }

    [Test]
    public void A_lane_brings_sixty_four_denominations()
    {
        _pair.Dispose();
        _pair = new PacketsPair(tokens: 65);
        for (uint token = 1; token <= 65; token++) Transfer(Left, token, 3);

        // Each leaves 608 bytes of logs, and a transaction may leave 32 KiB: who carries 56 such at once, or 65 with too little gas,
        // harms nobody.
        Receive(Left, Right, Outstanding(Left)[..56]).RevertsWith(new BatchTooLarge(56));
        Assert.That(Receive(Left, Right, Outstanding(Left)).ReturnData, Is.Empty);
        Receive(Left, Right, Outstanding(Left)[..32]).Succeeds();
        Outcome received = Receive(Left, Right, Outstanding(Left)[32..]).Succeeds();
        Assert.That(received.Events<VoucherMade>(), Has.Count.EqualTo(32));
        Outcome concluded = Acknowledge(Left, Right, Outstanding(Left)).Succeeds();
        PacketAcknowledged refused = concluded.Events<PacketAcknowledged>()[64];
        Assert.That(Hex.Encode(refused.Reason), Is.EqualTo(Hex.Encode(new TooManyVouchers(Right.Lane, 64).Encode())));
        Assert.That(Left.TokensOf(65, Person.Alice), Is.EqualTo((UInt128)1_000_000));
        Assert.That(Left.TokensOf(64, Person.Alice), Is.EqualTo((UInt128)999_997));
    }
}
