using DePinChain.LightClient;
using DePinChain.Modules.Compute;
using DePinChain.Modules.Economy;
using DePinChain.Modules.Sdk;
using DePinChain.Primitives;
using static DePinChain.Modules.Sdk.Guard;

namespace DePinChain.Modules.Interop;

/// <summary>
/// Sends packets to other DePinChain networks and receives theirs: coins, and questions about their state. Every step is proven from the
/// other side's state by a light client: that a packet was sent, what became of it, or that it was not received in time. Each takes effect
/// once or is undone, whoever carries them.
/// </summary>
[Module("packets", "0x000000000000000000000000000000000000100a",
    Parts = [typeof(TransferVault), typeof(FlowGates), typeof(RemoteQueries), typeof(RemoteOrders)])]
public sealed partial class PacketsModule : IModule, IGoverned, IInvariants, IGenesis<PacketsGenesis>
{
    // First four bytes of keccak256 of setPaused(uint64,bool) and of setFlowLimit(uint64,uint32,uint128,uint128).
    private const uint PauseSelector = 0x8e916944;
    private const uint LimitSelector = 0x4fa97309;

    private readonly ModuleState _state;
    private readonly Logs _logs;
    private readonly ITokens _tokens;
    private readonly IBank _bank;
    private readonly ITreasury _treasury;
    private readonly LightClientsModule _clients;
    private readonly FlowGates _gates;
    private readonly TransferVault _vault;
    private readonly RemoteQueries _queries;
    private readonly RemoteOrders _orders;
    private readonly StepRunner _runner;

    /// <param name="state">The module's records.</param>
    /// <param name="logs">The module's events.</param>
    /// <param name="bank">Locks and releases DPN.</param>
    /// <param name="tokens">Locks and releases tokens, mints and burns vouchers.</param>
    /// <param name="treasury">Takes the fee of a lane.</param>
    /// <param name="clients">Believe the other networks.</param>
    /// <param name="cryptography">Recovers who signed an order.</param>
    /// <param name="meter">Where the opening of an order is charged.</param>
    /// <param name="market">Opens orders of other networks' tenants.</param>
    public PacketsModule(
        ModuleState state, Logs logs, IBank bank, ITokens tokens, ITreasury treasury, LightClientsModule clients,
        ICryptography cryptography, IMeter meter, ComputeMarketModule market)
    {
        (_state, _logs, _bank, _tokens, _treasury, _clients) = (state, logs, bank, tokens, treasury, clients);
        _gates = new FlowGates(state, () => Rules.Value);
        _vault = new TransferVault(state, logs, bank, tokens, _gates);
        _queries = new RemoteQueries(state, logs);
        _orders = new RemoteOrders(state, logs, bank, cryptography, meter, _vault, market);
        _runner = new StepRunner(state, logs);
    }

    [Slot(0)] private partial Parameters<PacketsParameters> Rules { get; }

    // The other side proves what lies in slots 1 to 3: their numbers never change.
    [Slot(1)] private partial BlobMap<(ulong Lane, ulong Sequence), byte[]> Commitments { get; }
    [Slot(2)] private partial Map<(ulong Lane, ulong Sequence), bool> Receipts { get; }
    [Slot(3)] private partial BlobMap<(ulong Lane, ulong Sequence), byte[]> Acknowledgements { get; }
    [Slot(4)] private partial Map<ulong, LaneRecord> Lanes { get; }
    [Slot(5)] private partial Set<ulong> LaneNumbers { get; }
    [Slot(6)] private partial Map<ulong, ulong> Sequences { get; }

    /// <summary>Opens this end of a lane. It goes where its light client looks, for good; the other end is opened over there.</summary>
    /// <param name="call">Who made the light client; the value is the fee.</param>
    /// <param name="client">The light client, whose number the lane has.</param>
    /// <param name="counterparty">The lane's number over there.</param>
    [Function, Payable]
    public void OpenLane(Call call, ulong client, ulong counterparty)
    {
        ClientRecord record = _clients.Client(client);
        Require(call.Sender == record.Creator, new NotCreator(record.Creator, call.Sender));
        Require(counterparty != 0, new InvalidCounterparty());
        Require(!Lanes.Contains(client), new LaneExists(client));
        Require(LaneNumbers.Count < PacketsPolicy.LanesMax, new TooManyLanes(PacketsPolicy.LanesMax));
        Amount fee = Rules.Value.LaneFee;
        Require(call.Value == fee, new WrongValue(fee.Wei, call.Value.Wei));
        _treasury.Deposit(Address, fee);
        Lanes[client] = new LaneRecord(record.ChainId, counterparty, (uint)call.Block.Number, IsPaused: false);
        LaneNumbers.Add(client);
        _logs.Emit(new LaneOpened(client, record.ChainId, counterparty));
    }

    /// <summary>Sends coins to an account of another network. They come back when they do not arrive.</summary>
    /// <param name="call">The sender; for DPN the value is the amount.</param>
    /// <param name="lane">Over which lane.</param>
    /// <param name="asset">0 for DPN, else the number of a token.</param>
    /// <param name="amount">Base units.</param>
    /// <param name="receiver">Who gets them there.</param>
    /// <param name="timeout">Unix seconds from which they are not taken any more; at most a week ahead.</param>
    /// <param name="memo">A text for the receiver, which everybody can read; may be empty.</param>
    /// <returns>The packet's number on the lane.</returns>
    [Function, Payable]
    public ulong Transfer(
        Call call, ulong lane, uint asset, UInt128 amount, Address receiver, ulong timeout, [Limit(PacketsPolicy.MemoBytesMax)] string memo)
    {
        RequireCoins(call, asset, amount);
        Require(!receiver.IsZero, new InvalidReceiver(receiver));
        Require(PacketsPolicy.IsMemo(memo), new InvalidMemo(PacketsPolicy.MemoBytesMax));
        LaneRecord record = Open(lane, call.Block, timeout);
        Passage passage = new(lane, record.Counterparty, Sequences[lane] + 1, call.Block);
        TransferNote note = _vault.Take(passage, asset, amount, call.Sender, receiver, memo);
        Send(passage, record, timeout, Payload.Of(PacketsPolicy.TransferPort, note.Encode()));
        return passage.Sequence;
    }

    /// <summary>Asks another network for a record of one of its modules; the answer is proven and kept.</summary>
    /// <param name="call">Anybody.</param>
    /// <param name="lane">Over which lane.</param>
    /// <param name="module">The module's account there.</param>
    /// <param name="location">The storage key.</param>
    /// <param name="timeout">Unix seconds from which it is not answered any more; at most a week ahead.</param>
    /// <returns>The packet's number on the lane.</returns>
    [Function]
    public ulong Query(Call call, ulong lane, Address module, Hash256 location, ulong timeout)
    {
        LaneRecord record = Open(lane, call.Block, timeout);
        Passage passage = new(lane, record.Counterparty, Sequences[lane] + 1, call.Block);
        Send(passage, record, timeout, Payload.Of(PacketsPolicy.QueryPort, RemoteQueries.Ask(call.Sender, module, location)));
        return passage.Sequence;
    }

    /// <summary>
    /// Receives packets that the other network has sent. Those that were received before or came too late are passed over; when all
    /// were, the call is refused.
    /// </summary>
    /// <param name="call">Anybody: a relayer.</param>
    /// <param name="lane">Over which lane.</param>
    /// <param name="height">Of a believed header there.</param>
    /// <param name="accountProof">Of this module's account there.</param>
    /// <param name="packets">Each with its proof.</param>
    /// <returns>How many were received.</returns>
    [Function]
    public uint ReceivePackets(
        Call call,
        ulong lane,
        ulong height,
        [Limit(LightClientsPolicy.ProofNodesMax)] IReadOnlyList<byte[]> accountProof,
        [Limit(PacketsPolicy.BatchMax)] IReadOnlyList<SentProof> packets)
    {
        LaneRecord record = Running(lane);
        ProvenAccount there = Prove(call, lane, height, accountProof, packets.Count);
        uint received = 0;
        Revert? refusal = null;
        foreach (SentProof sent in packets)
        {
            call.Meter.Charge(PacketsPolicy.GasPerByte * (ulong)(sent.Packet.Length + BytesOf(sent.Proof)));
            if (Refusal(call, lane, record, sent.Packet, out Packet packet) is { } why)
            {
                refusal ??= why;
                continue;
            }

            Hash256 location = Commitments.LocationOf((packet.SourceLane, packet.Sequence));
            Require(Shows(there, location, sent.Proof, Keccak256.Hash(sent.Packet)), new InvalidProof());
            Receive(call.Block, lane, packet, packets.Count);
            received++;
        }

        if (received == 0) throw refusal!;
        return received;
    }

    /// <summary>
    /// Concludes packets that the other network has received: what was sent stays, or is undone when it failed there. Those that are
    /// concluded already are passed over; when all are, the call is refused.
    /// </summary>
    /// <param name="call">Anybody: a relayer.</param>
    /// <param name="lane">Over which lane.</param>
    /// <param name="height">Of a believed header there.</param>
    /// <param name="accountProof">Of this module's account there.</param>
    /// <param name="acknowledgements">Each with its proof.</param>
    /// <returns>How many were concluded.</returns>
    [Function]
    public uint AcknowledgePackets(
        Call call,
        ulong lane,
        ulong height,
        [Limit(LightClientsPolicy.ProofNodesMax)] IReadOnlyList<byte[]> accountProof,
        [Limit(PacketsPolicy.BatchMax)] IReadOnlyList<WrittenProof> acknowledgements)
    {
        LaneRecord record = Running(lane);
        ProvenAccount there = Prove(call, lane, height, accountProof, acknowledgements.Count);
        uint concluded = 0;
        foreach (WrittenProof written in acknowledgements)
        {
            call.Meter.Charge(PacketsPolicy.GasPerByte * (ulong)(written.Acknowledgement.Length + BytesOf(written.Proof)));
            if (!Commitments.Contains((lane, written.Sequence))) continue;
            Hash256 location = Acknowledgements.LocationOf((record.Counterparty, written.Sequence));
            Require(Shows(there, location, written.Proof, Keccak256.Hash(written.Acknowledgement)), new InvalidProof());
            Conclude(call.Block, lane, written.Sequence, written.Acknowledgement);
            concluded++;
        }

        Require(concluded > 0, new NotOutstanding(lane, acknowledgements[0].Sequence));
        return concluded;
    }

    /// <summary>
    /// Undoes packets that the other network did not receive in time and never will. Those that are concluded already are passed over;
    /// when all are, the call is refused.
    /// </summary>
    /// <param name="call">Anybody: a relayer.</param>
    /// <param name="lane">Over which lane.</param>
    /// <param name="height">Of a believed header there whose time is not before the timeouts.</param>
    /// <param name="accountProof">Of this module's account there.</param>
    /// <param name="absences">Each with its proof.</param>
    /// <returns>How many were undone.</returns>
    [Function]
    public uint TimeOutPackets(
        Call call,
        ulong lane,
        ulong height,
        [Limit(LightClientsPolicy.ProofNodesMax)] IReadOnlyList<byte[]> accountProof,
        [Limit(PacketsPolicy.BatchMax)] IReadOnlyList<AbsenceProof> absences)
    {
        LaneRecord record = Running(lane);
        ProvenAccount there = Prove(call, lane, height, accountProof, absences.Count);
        ulong proven = _clients.ConsensusAt(lane, height).Timestamp;
        uint undone = 0;
        foreach (AbsenceProof absence in absences)
        {
            call.Meter.Charge(PacketsPolicy.GasPerByte * (ulong)BytesOf(absence.Proof));
            if (!Commitments.Contains((lane, absence.Sequence))) continue;
            Packet packet = Sent(lane, absence.Sequence);
            Require(proven >= packet.Timeout, new NotYetTimedOut(lane, absence.Sequence, packet.Timeout, proven));
            Hash256 location = Receipts.LocationOf((record.Counterparty, absence.Sequence));
            bool isProven = there.TryProveRecord(location, absence.Proof, out byte[]? receipt) && receipt is null;
            Require(isProven, new InvalidProof());
            Undo(new Passage(lane, record.Counterparty, absence.Sequence, call.Block), packet);
            _logs.Emit(new PacketTimedOut(lane, absence.Sequence));
            undone++;
        }

        Require(undone > 0, new NotOutstanding(lane, absences[0].Sequence));
        return undone;
    }

    /// <summary>Stops a lane, or lets it go on. While it stands nothing is sent, received, concluded or undone; nothing is lost.</summary>
    /// <param name="call">Governance, by an order.</param>
    /// <param name="lane">Which lane.</param>
    /// <param name="isPaused">True to stop it.</param>
    [Function]
    public void SetPaused(Call call, ulong lane, bool isPaused)
    {
        Require(call.Sender == WellKnownAddresses.Governance, new NotGovernance(call.Sender));
        Lanes[lane] = Find(lane) with { IsPaused = isPaused };
        _logs.Emit(new LanePausedChanged(lane, isPaused));
    }

    /// <summary>Limits how much of an asset a lane moves in a window; refunds are not counted.</summary>
    /// <param name="call">Governance, by an order.</param>
    /// <param name="lane">Which lane.</param>
    /// <param name="asset">0 for DPN, else the number of a token.</param>
    /// <param name="inward">Base units minted or released in a window; 2^128 − 1 is no limit, zero stops it.</param>
    /// <param name="outward">Base units burned or locked in a window; likewise.</param>
    [Function]
    public void SetFlowLimit(Call call, ulong lane, uint asset, UInt128 inward, UInt128 outward)
    {
        Require(call.Sender == WellKnownAddresses.Governance, new NotGovernance(call.Sender));
        Find(lane);
        _gates.Limit(lane, asset, new FlowLimit(inward, outward));
        _logs.Emit(new FlowLimitSet(lane, asset, inward, outward));
    }

    /// <inheritdoc/>
    public bool TakesOrder(uint selector) => selector is PauseSelector or LimitSelector;

    /// <inheritdoc/>
    public void Initialize(PacketsGenesis section, GenesisContext context) => Rules.Value = section.ToParameters();
}
