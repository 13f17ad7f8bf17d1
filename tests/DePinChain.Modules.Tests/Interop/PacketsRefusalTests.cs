using DePinChain.Modules.Interop;
using DePinChain.Modules.Sdk;
using DePinChain.Modules.Tests.Sdk;
using DePinChain.Primitives;
using DePinChain.State;
using static DePinChain.Modules.Tests.Interop.PacketsStage;

namespace DePinChain.Modules.Tests.Interop;

/// <summary>Each refusal of packets by its name, against a network that lies.</summary>
public sealed class PacketsRefusalTests
{
    private static readonly Amount Fee = Amount.FromDpn(2);
    private static readonly Address Alice = Stage.Alice;
    private static readonly Address Bob = Stage.Bob;

    private PacketsStage _stage = null!;

    [SetUp]
    public void Start() => _stage = new PacketsStage();

    [TearDown]
    public void Stop()
    {
        Assert.That(_stage.Module.Violations(), Is.Empty);
        _stage.Dispose();
    }

    [Test]
    public void A_lane_is_opened_by_who_made_its_client_once_and_for_a_fee()
    {
        _stage.Refuses(PacketsCalls.OpenLane(7, There), new UnknownClient(7), Fee);
        _stage.World.Fund(Bob, Fee);
        _stage.Refuses(PacketsCalls.OpenLane(Lane, There), new NotCreator(Alice, Bob), Fee, Bob);
        _stage.Refuses(PacketsCalls.OpenLane(Lane, 0), new InvalidCounterparty(), Fee);
        _stage.Refuses(PacketsCalls.OpenLane(Lane, There), new WrongValue(Fee.Wei, Amount.One.Wei), Amount.One);
        _stage.Open();
        Assert.That(_stage.World.BalanceOf(WellKnownAddresses.Treasury), Is.EqualTo(Fee));
        _stage.Refuses(PacketsCalls.OpenLane(Lane, There), new LaneExists(Lane), Fee);
        Assert.That(_stage.Module.Lane(Lane), Is.EqualTo(new LaneReport(Lane, OtherNetwork.ChainId, There, false, 0, 0)));
        Assert.That(_stage.Module.AllLanes(), Is.EqualTo(new[] { Lane }));
    }

    [Test]
    public void There_are_512_lanes_at_most()
    {
        // The count of the set in slot 5.
        _stage.World.Write(Packets, StorageLocation.OfSlot(5), RecordCodecs.UInt64.Encode(512));
        _stage.Refuses(PacketsCalls.OpenLane(Lane, There), new TooManyLanes(512), Fee);
        _stage.World.Write(Packets, StorageLocation.OfSlot(5), null);
    }

    [Test]
    public void What_cannot_be_sent_is_refused_before_a_coin_moves()
    {
        byte[] Transfer(uint asset = 1, UInt128? amount = null, ulong seconds = 60, string memo = "", Address? to = null) =>
            PacketsCalls.Transfer(Lane, asset, amount ?? 5, to ?? Bob, _stage.Now + seconds, memo);
        _stage.Refuses(Transfer(), new UnknownLane(Lane));
        _stage.Open();
        _stage.Refuses(Transfer(amount: 0), new NothingToSend());
        _stage.Refuses(Transfer(asset: 2), new UnknownAsset(2));
        _stage.Refuses(Transfer(to: Address.Zero), new InvalidReceiver(Address.Zero));
        _stage.Refuses(Transfer(memo: "\n"), new InvalidMemo(256));
        _stage.Refuses(Transfer(), new WrongValue(0, 5), Amount.FromWei(5));
        _stage.Refuses(Transfer(asset: 0), new WrongValue(5, 4), Amount.FromWei(4));
        _stage.Refuses(Transfer(seconds: 0), new InvalidTimeout(_stage.Now, _stage.Now, 604_800));
        _stage.Refuses(Transfer(seconds: 604_801), new InvalidTimeout(_stage.Now + 604_801, _stage.Now, 604_800));
        _stage.Refuses(
            Transfer(amount: 5_001), new DePinChain.Modules.Economy.ERC20InsufficientBalance(Alice, 5_000, 5_001));
        _stage.Send(Transfer(seconds: 604_800));
        _stage.Freeze();
        _stage.Refuses(Transfer(), new ClientIsFrozen(Lane, 1));
        _stage.Refuses(
            PacketsCalls.Query(Lane, Packets, Hash256.Zero, _stage.Now + 60), new ClientIsFrozen(Lane, 1));
        Assert.That(_stage.Module.EscrowedFor(Lane, 1), Is.EqualTo((UInt128)5));
    }

    [Test]
    public void What_was_not_sent_there_is_not_received()
    {
        byte[] packet = PacketOf(1, NoteOf("dpn", 5, Alice));
        _stage.Refuses(PacketsCalls.ReceivePackets(Lane, 100, [], [new SentProof(packet, [])]), new UnknownLane(Lane));
        _stage.Open();
        byte[] sound = _stage.Claimed(1, packet);
        AccountProof proof = _stage.Other.Prove(Packets, LocationOf(1, There, 1));
        byte[] With(byte[] bytes, IReadOnlyList<byte[]>? nodes = null, ulong? height = null, IReadOnlyList<byte[]>? account = null) =>
            PacketsCalls.ReceivePackets(
                Lane, height ?? _stage.Height, account ?? proof.Nodes, [new SentProof(bytes, nodes ?? proof.Records[0].Nodes)]);
        _stage.Refuses(PacketsCalls.ReceivePackets(Lane, _stage.Height, proof.Nodes, []), new EmptyBatch());
        _stage.Refuses(With(packet, height: 7), new UnknownHeight(Lane, 7));
        _stage.Refuses(With(packet, account: []), new InvalidProof());
        _stage.Refuses(With(packet, nodes: [[1, 2]]), new InvalidProof());
        _stage.Refuses(With(PacketOf(1, NoteOf("dpn", 6, Alice))), new InvalidProof());
        _stage.Refuses(With(PacketOf(2, NoteOf("dpn", 5, Alice))), new InvalidProof());
        _stage.Refused<InvalidPacket>(With([0xc0]));
        _stage.Refused<InvalidPacket>(With([.. packet, 0]));
        foreach (ulong[] route in new ulong[][]
        {
            [1, There, 1_337_000, Lane], [OtherNetwork.ChainId, 8, 1_337_000, Lane], [OtherNetwork.ChainId, There, 1, Lane],
            [OtherNetwork.ChainId, There, 1_337_000, 2],
        })
            _stage.Refuses(With(PacketOf(1, [], route: route)), new WrongRoute(Lane, 1));
        _stage.Refuses(
            With(PacketOf(1, [], timeout: _stage.Now)), new PacketExpired(Lane, 1, _stage.Now, _stage.Now));
        _stage.Send(sound);
        _stage.Refuses(sound, new AlreadyReceived(Lane, 1));
    }

    [Test]
    public void What_a_port_does_not_take_bounces_and_holds_nothing_up()
    {
        _stage.Open();
        _stage.Bounces(1, PacketOf(1, NoteOf("dpn", 5, Alice), port: "swap"), new UnknownPort("swap", "1", "rlp"));
        _stage.Bounces(2, PacketOf(2, NoteOf("dpn", 5, Alice), version: "2"), new UnknownPort("transfer", "2", "rlp"));
        _stage.Bounces(3, PacketOf(3, NoteOf("dpn", 0, Alice)), new NothingToSend());
        _stage.Bounces(4, PacketOf(4, NoteOf("dpn", 5, Address.Zero)), new InvalidReceiver(Address.Zero));
        _stage.Bounces(5, PacketOf(5, NoteOf("dpn", 5, Packets)), new InvalidReceiver(Packets));
        _stage.Bounces(6, PacketOf(6, NoteOf("a b", 5, Alice)), new InvalidDenomination(128));
        _stage.Bounces(7, PacketOf(7, NoteOf(new string('x', 120), 5, Alice)), new InvalidDenomination(128));
        _stage.Bounces(8, PacketOf(8, NoteOf("dpn", 5, Alice, symbol: "no-word")), new InvalidToken("no-word", 18));
        _stage.Bounces(9, PacketOf(9, NoteOf("dpn", 5, Alice, decimals: 19)), new InvalidToken("FAR", 19));
        _stage.Send(_stage.Claimed(10, PacketOf(10, [0xc0])));
        _stage.Send(_stage.Claimed(11, PacketOf(11, [0xc0], port: "query")));
        foreach (ulong sequence in new ulong[] { 10, 11 })
            Assert.That(Hex.Encode(_stage.Module.AcknowledgementOf(Lane, sequence)), Does.Contain(
                Hex.Encode(new InvalidMessage("").Encode())[2..10]), "the reason");
        _stage.Send(_stage.Claimed(12, PacketOf(12, NoteOf("dpn", 5, Alice))));
        Assert.That(_stage.Tokens.BalanceOf(2, Alice), Is.EqualTo((UInt128)5));
        Assert.That(Hex.Encode(_stage.Module.AcknowledgementOf(Lane, 12)), Is.EqualTo(Hex.Encode(WrittenOf(1, [1]))));
    }

    [Test]
    public void A_lane_releases_no_more_than_left_over_it()
    {
        _stage.Open();
        _stage.Bounces(1, PacketOf(1, NoteOf("transfer/9/dpn", 5, Bob)), new NotEscrowed(Lane, 0, 0, 5));
        _stage.Send(PacketsCalls.Transfer(Lane, 0, 100, Bob, _stage.Now + 60, ""), Amount.FromWei(100));
        _stage.Bounces(2, PacketOf(2, NoteOf("transfer/9/dpn", 101, Bob)), new NotEscrowed(Lane, 0, 100, 101));
        _stage.Send(_stage.Claimed(3, PacketOf(3, NoteOf("transfer/9/dpn", 60, Bob))));
        Assert.That(_stage.World.BalanceOf(Bob), Is.EqualTo(Amount.FromWei(60)));
        _stage.Bounces(4, PacketOf(4, NoteOf("transfer/9/token/1", 1, Bob)), new NotEscrowed(Lane, 1, 0, 1));
        _stage.Bounces(5, PacketOf(5, NoteOf("transfer/9/token/7", 1, Bob)), new InvalidDenomination(128));
        _stage.Bounces(6, PacketOf(6, NoteOf("transfer/9/token/01", 1, Bob)), new InvalidDenomination(128));

        // A voucher has one name: its trace.
        _stage.Send(_stage.Claimed(7, PacketOf(7, NoteOf("gold", 5, Alice))));
        _stage.Bounces(8, PacketOf(8, NoteOf("transfer/9/token/2", 1, Bob)), new InvalidDenomination(128));
    }

    [Test]
    public void What_was_not_written_there_concludes_nothing()
    {
        _stage.Open();
        _stage.Refuses(
            PacketsCalls.AcknowledgePackets(Lane, 100, [], [new WrittenProof(1, [1], [])]), new InvalidProof());
        _stage.Send(PacketsCalls.Transfer(Lane, 1, 100, Bob, _stage.Now + 60, ""));
        _stage.Send(PacketsCalls.Query(Lane, Packets, Hash256.Zero, _stage.Now + 60));
        byte[] sound = _stage.Concluded(1, WrittenOf(1, [1]));
        AccountProof proof = _stage.Other.Prove(Packets, LocationOf(3, There, 1));
        _stage.Refuses(PacketsCalls.AcknowledgePackets(Lane, _stage.Height, proof.Nodes, []), new EmptyBatch());
        _stage.Refuses(
            PacketsCalls.AcknowledgePackets(
                Lane, _stage.Height, proof.Nodes, [new WrittenProof(1, WrittenOf(0, [1]), proof.Records[0].Nodes)]),
            new InvalidProof());
        _stage.Refuses(
            PacketsCalls.AcknowledgePackets(
                Lane, _stage.Height, proof.Nodes, [new WrittenProof(3, WrittenOf(1, [1]), proof.Records[0].Nodes)]),
            new NotOutstanding(Lane, 3));
        _stage.Send(sound);
        _stage.Refuses(sound, new NotOutstanding(Lane, 1));
        _stage.Refused<InvalidAcknowledgement>(_stage.Concluded(2, [0xc0]));
        _stage.Refuses(_stage.Concluded(2, WrittenOf(1)), new InvalidAcknowledgement("a result for each payload is missing"));
        _stage.Refused<InvalidAcknowledgement>(_stage.Concluded(2, WrittenOf(1, [0xc0])));
        _stage.Refuses(_stage.Absent(1), new NotOutstanding(Lane, 1));
        Assert.That(Stage.RevertOf(() => _stage.Module.AnswerOf(Lane, 2)), Is.EqualTo(new NoAnswer(Lane, 2).Encode()));
    }

    [Test]
    public void What_was_received_there_does_not_time_out()
    {
        _stage.Open();
        _stage.Send(PacketsCalls.Transfer(Lane, 1, 100, Bob, _stage.Now + 30, ""));
        ulong timeout = _stage.Module.TimeoutOf(Lane, 1);
        _stage.Other.Claim(Packets, LocationOf(2, There, 2), [1]);
        _stage.Believe();
        AccountProof proof = _stage.Other.Prove(Packets, LocationOf(2, There, 2));
        _stage.Refuses(PacketsCalls.TimeOutPackets(Lane, _stage.Height, proof.Nodes, []), new EmptyBatch());
        _stage.Refuses(_stage.Absent(1), new NotYetTimedOut(Lane, 1, timeout, OtherNetwork.TimeOf(_stage.Height)));
        _stage.Wait(3);
        _stage.Refuses(
            PacketsCalls.TimeOutPackets(Lane, _stage.Height, proof.Nodes, [new AbsenceProof(1, [[1, 2]])]), new InvalidProof());
        _stage.Other.Claim(Packets, LocationOf(2, There, 1), [1]);
        _stage.Believe();
        _stage.Refuses(_stage.Absent(1), new InvalidProof());
        _stage.Other.Claim(Packets, LocationOf(2, There, 1), null);
        _stage.Believe();
        _stage.Send(_stage.Absent(1));
        Assert.That(_stage.Tokens.BalanceOf(1, Alice), Is.EqualTo((UInt128)5_000));
    }

    [Test]
    public void A_frozen_client_carries_nothing()
    {
        _stage.Open();
        _stage.Send(PacketsCalls.Transfer(Lane, 1, 100, Bob, _stage.Now + 30, ""));
        byte[] packet = _stage.Claimed(1, PacketOf(1, NoteOf("dpn", 5, Alice))), written = _stage.Concluded(1, WrittenOf(1, [1]));
        byte[] absent = _stage.Absent(1);
        _stage.Freeze();
        foreach (byte[] call in new[] { packet, written, absent }) _stage.Refuses(call, new ClientIsFrozen(Lane, 1));
        Assert.That(_stage.Module.EscrowedFor(Lane, 1), Is.EqualTo((UInt128)100), "it waits for governance");
    }

    [Test]
    public void Governance_stops_a_lane_and_lets_it_go_on()
    {
        _stage.Open();
        _stage.Send(PacketsCalls.Transfer(Lane, 1, 100, Bob, _stage.Now + 30, ""));
        byte[] packet = _stage.Claimed(1, PacketOf(1, NoteOf("dpn", 5, Alice))), written = _stage.Concluded(1, WrittenOf(1, [1]));
        byte[] pause = PacketsCalls.SetPaused(Lane, true);
        _stage.Refuses(pause, new NotGovernance(Alice));
        _stage.Refuses(PacketsCalls.SetPaused(7, true), new UnknownLane(7), sender: WellKnownAddresses.Governance);
        _stage.Send(pause, sender: WellKnownAddresses.Governance);
        byte[] send = PacketsCalls.Transfer(Lane, 1, 1, Bob, _stage.Now + 60, "");
        foreach (byte[] call in new[] { send, packet, written, _stage.Absent(1) }) _stage.Refuses(call, new LaneIsPaused(Lane));
        _stage.Send(PacketsCalls.SetPaused(Lane, false), sender: WellKnownAddresses.Governance);
        foreach (byte[] call in new[] { send, packet, written }) _stage.Send(call);
        Assert.That(_stage.Module.TakesOrder(Calldata.SelectorOf(pause)), Is.True);
        Assert.That(_stage.Module.TakesOrder(Calldata.SelectorOf(PacketsCalls.SetFlowLimit(1, 0, 0, 0))), Is.True);
        Assert.That(_stage.Module.TakesOrder(Calldata.SelectorOf(send)), Is.False);
    }

    [Test]
    public void Governance_limits_what_moves_in_a_window()
    {
        _stage.Open();
        byte[] limit = PacketsCalls.SetFlowLimit(Lane, 1, inward: 30, outward: 50);
        _stage.Refuses(limit, new NotGovernance(Alice));
        _stage.Refuses(PacketsCalls.SetFlowLimit(7, 1, 0, 0), new UnknownLane(7), sender: WellKnownAddresses.Governance);
        _stage.Send(limit, sender: WellKnownAddresses.Governance);
        byte[] Transfer(UInt128 amount) => PacketsCalls.Transfer(Lane, 1, amount, Bob, _stage.Now + 60, "");
        _stage.Send(Transfer(40));
        _stage.Refuses(Transfer(11), new FlowLimited(Lane, 1, 50, 40, 11));
        _stage.Send(Transfer(10));
        _stage.Send(_stage.Claimed(1, PacketOf(1, NoteOf("transfer/9/token/1", 20, Bob))));
        _stage.Bounces(2, PacketOf(2, NoteOf("transfer/9/token/1", 11, Bob)), new FlowLimited(Lane, 1, 30, 20, 11));

        // Ten blocks are a window: block 10 begins the next one.
        _stage.Block = 10;
        _stage.Send(Transfer(50));
        _stage.Send(_stage.Claimed(3, PacketOf(3, NoteOf("transfer/9/token/1", 11, Bob))));
        (FlowLimit set, FlowRecord moved) = _stage.Module.FlowOf(Stage.BlockAt(10), Lane, 1);
        Assert.That((set, moved), Is.EqualTo((new FlowLimit(30, 50), new FlowRecord(1, 11, 50))));

        // A refund is nobody's inflow.
        _stage.Send(PacketsCalls.SetFlowLimit(Lane, 1, 0, 0), sender: WellKnownAddresses.Governance);
        _stage.Refuses(Transfer(1), new FlowLimited(Lane, 1, 0, 50, 1));
        _stage.Send(_stage.Concluded(1, WrittenOf(0, [1])));
        Assert.That(_stage.Module.EscrowedFor(Lane, 1), Is.EqualTo((UInt128)(100 - 31 - 40)));
    }

    [Test]
    public void Views_of_what_is_not_there_say_so()
    {
        Assert.That(Stage.RevertOf(() => _stage.Module.Lane(3)), Is.EqualTo(new UnknownLane(3).Encode()));
        Assert.That(Stage.RevertOf(() => _stage.Module.Voucher(1)), Is.EqualTo(new UnknownAsset(1).Encode()));
        Assert.That(_stage.Module.PacketOf(1, 1), Is.Empty);
        Assert.That(_stage.Module.TimeoutOf(1, 1), Is.Zero);
        Assert.That(_stage.Module.AcknowledgementOf(1, 1), Is.Empty);
        Assert.That(_stage.Module.Unreceived(1, [3, 1]), Is.EqualTo(new ulong[] { 3, 1 }));
    }

    [Test]
    public void Genesis_and_governance_keep_to_the_declared_ranges()
    {
        GenesisFault[] faults = [.. new PacketsGenesis { WindowBlocks = 0 }.Validate("$.packets")];
        Assert.That(faults.Select(static fault => fault.Path), Is.EqualTo(new[] { "$.packets.windowBlocks" }));
        var governed = (IModuleParameters)_stage.Module;
        Assert.That(
            Stage.RevertOf(() => governed.SetParameter("windowBlocks", 0)),
            Is.EqualTo(new ParameterOutOfRange("windowBlocks", 0, 1, 1_000_000).Encode()));
        governed.SetParameter("laneFee", 5);
        _stage.Refuses(PacketsCalls.OpenLane(Lane, There), new WrongValue(5, 0));
    }
}
