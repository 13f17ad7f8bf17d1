using DePinChain.Modules.Sdk;
using DePinChain.Primitives;

namespace DePinChain.Modules.Interop;

/// <summary>One end of a lane to another network is open.</summary>
[Event]
public readonly partial record struct LaneOpened([Indexed] ulong Lane, ulong ChainId, ulong Counterparty);

/// <summary>Governance stopped a lane, or let it go on.</summary>
[Event] public readonly partial record struct LanePausedChanged([Indexed] ulong Lane, bool IsPaused);

/// <summary>Governance limited how much of an asset a lane moves in a window.</summary>
[Event]
public readonly partial record struct FlowLimitSet([Indexed] ulong Lane, [Indexed] uint Asset, UInt128 Inward, UInt128 Outward);

/// <summary>A packet waits to be carried to the other network.</summary>
[Event]
public readonly partial record struct PacketSent([Indexed] ulong Lane, [Indexed] ulong Sequence, ulong Timeout, byte[] Packet);

/// <summary>A packet of the other network was received; what became of it waits to be carried back.</summary>
[Event] public readonly partial record struct PacketReceived([Indexed] ulong Lane, [Indexed] ulong Sequence, bool Succeeded);

/// <summary>It is proven what became of a packet; a reason comes with a failure, which undid what was sent.</summary>
[Event]
public readonly partial record struct PacketAcknowledged([Indexed] ulong Lane, [Indexed] ulong Sequence, bool Succeeded, byte[] Reason);

/// <summary>It is proven that a packet was not received in time; what was sent is undone.</summary>
[Event] public readonly partial record struct PacketTimedOut([Indexed] ulong Lane, [Indexed] ulong Sequence);

/// <summary>Coins left over a lane.</summary>
[Event]
public readonly partial record struct TransferSent(
    [Indexed] ulong Lane, [Indexed] ulong Sequence, [Indexed] Address Sender, Address Receiver, uint Asset, UInt128 Amount, string Memo);

/// <summary>Coins came in over a lane.</summary>
[Event]
public readonly partial record struct TransferReceived(
    [Indexed] ulong Lane, [Indexed] ulong Sequence, [Indexed] Address Receiver, Address Sender, uint Asset, UInt128 Amount, string Memo);

/// <summary>Coins that did not arrive are their sender's again.</summary>
[Event]
public readonly partial record struct TransferRefunded(
    [Indexed] ulong Lane, [Indexed] ulong Sequence, [Indexed] Address Sender, uint Asset, UInt128 Amount);

/// <summary>A token stands for one of another network from now on.</summary>
[Event] public readonly partial record struct VoucherMade([Indexed] ulong Lane, [Indexed] uint Token, string Denomination);

/// <summary>Another network answered; <c>answerOf</c> says what.</summary>
[Event]
public readonly partial record struct QueryAnswered([Indexed] ulong Lane, [Indexed] ulong Sequence, [Indexed] Address Asker, ulong Height);

/// <summary>An order of another network's tenant is open; its packet is answered when the market has decided.</summary>
[Event]
public readonly partial record struct RemoteOrderOpened(
    [Indexed] ulong Lane, [Indexed] ulong Sequence, [Indexed] Address Tenant, ulong Dseq, Hash256 Order);

/// <summary>The market has decided about another network's order; a lease of zero is none.</summary>
[Event]
public readonly partial record struct RemoteOrderDecided(
    [Indexed] ulong Lane, [Indexed] ulong Sequence, [Indexed] Address Tenant, Hash256 Lease, uint Reason);

/// <summary>Another network has answered an order: with its lease, or zero when its tenant ended it there.</summary>
[Event]
public readonly partial record struct RemoteLeaseReported(
    [Indexed] ulong Lane, [Indexed] ulong Sequence, [Indexed] Hash256 Lease);

/// <summary>Coins that came in for an order that nobody serves leave again.</summary>
[Event]
public readonly partial record struct TransferReturned(
    [Indexed] ulong Lane, [Indexed] ulong Sequence, [Indexed] Address Tenant, uint Asset, UInt128 Amount);

/// <summary>No lane has this number.</summary>
[Error] public readonly partial record struct UnknownLane(ulong Lane);

/// <summary>Who made the light client opens its lane, nobody else.</summary>
[Error] public readonly partial record struct NotCreator(Address Creator, Address Caller);

/// <summary>The light client has its lane already.</summary>
[Error] public readonly partial record struct LaneExists(ulong Lane);

/// <summary>Lanes and light clients are numbered from 1.</summary>
[Error] public readonly partial record struct InvalidCounterparty();

/// <summary>There are as many lanes as there may be.</summary>
[Error] public readonly partial record struct TooManyLanes(ulong Maximum);

/// <summary>The value of the call is not what it must be.</summary>
[Error] public readonly partial record struct WrongValue(UInt128 Expected, UInt128 Actual);

/// <summary>Governance has stopped the lane. Nothing on it is lost.</summary>
[Error] public readonly partial record struct LaneIsPaused(ulong Lane);

/// <summary>A timeout lies ahead, and at most so many seconds.</summary>
[Error] public readonly partial record struct InvalidTimeout(ulong Timeout, ulong Now, ulong SecondsMaximum);

/// <summary>The bytes are no packet.</summary>
[Error] public readonly partial record struct InvalidPacket(string Reason);

/// <summary>The packet is for another network or lane, or came from another one.</summary>
[Error] public readonly partial record struct WrongRoute(ulong Lane, ulong Sequence);

/// <summary>The packet was received before. It took effect once.</summary>
[Error] public readonly partial record struct AlreadyReceived(ulong Lane, ulong Sequence);

/// <summary>The packet's time is over; its sender gets back what it sent.</summary>
[Error] public readonly partial record struct PacketExpired(ulong Lane, ulong Sequence, ulong Timeout, ulong Now);

/// <summary>No packet of this number waits: it was acknowledged or timed out before, or was never sent.</summary>
[Error] public readonly partial record struct NotOutstanding(ulong Lane, ulong Sequence);

/// <summary>The bytes are no acknowledgement.</summary>
[Error] public readonly partial record struct InvalidAcknowledgement(string Reason);

/// <summary>The header that would prove it is older than the packet's timeout.</summary>
[Error] public readonly partial record struct NotYetTimedOut(ulong Lane, ulong Sequence, ulong Timeout, ulong Proven);

/// <summary>The call brings nothing.</summary>
[Error] public readonly partial record struct EmptyBatch();

/// <summary>So many packets leave more logs than a transaction may: bring fewer at once.</summary>
[Error] public readonly partial record struct BatchTooLarge(uint Packets);

/// <summary>Nobody listens to this port in this version and encoding.</summary>
[Error] public readonly partial record struct UnknownPort(string Port, string Version, string Encoding);

/// <summary>The bytes are no message of this port.</summary>
[Error] public readonly partial record struct InvalidMessage(string Reason);

/// <summary>No asset has this number.</summary>
[Error] public readonly partial record struct UnknownAsset(uint Asset);

/// <summary>Nothing to send.</summary>
[Error] public readonly partial record struct NothingToSend();

/// <summary>Nobody can get coins at this address.</summary>
[Error] public readonly partial record struct InvalidReceiver(Address Receiver);

/// <summary>A memo is printable ASCII of at most so many bytes.</summary>
[Error] public readonly partial record struct InvalidMemo(uint Maximum);

/// <summary>What came back over this lane never left over it.</summary>
[Error] public readonly partial record struct NotEscrowed(ulong Lane, uint Asset, UInt128 Escrowed, UInt128 Amount);

/// <summary>As much of this asset as a lane may move in a window has moved. Try again in the next.</summary>
[Error]
public readonly partial record struct FlowLimited(ulong Lane, uint Asset, UInt128 Maximum, UInt128 Moved, UInt128 Amount);

/// <summary>A denomination is of letters, digits, '/' and '-', and not longer than so many bytes.</summary>
[Error] public readonly partial record struct InvalidDenomination(uint Maximum);

/// <summary>A lane brings only so many denominations.</summary>
[Error] public readonly partial record struct TooManyVouchers(ulong Lane, uint Maximum);

/// <summary>The other network says something about a token that no ledger takes.</summary>
[Error] public readonly partial record struct InvalidToken(string Symbol, byte Decimals);

/// <summary>The other network has not answered.</summary>
[Error] public readonly partial record struct NoAnswer(ulong Lane, ulong Sequence);

/// <summary>The time that the tenant's signature gave the order is over.</summary>
[Error] public readonly partial record struct OrderExpired(ulong ExpiresAt, ulong Now);

/// <summary>The order is not signed by the account that the coins are for.</summary>
[Error] public readonly partial record struct NotSignedByTenant(Address Tenant);

/// <summary>The bytes do not call createDeployment.</summary>
[Error] public readonly partial record struct NotAnOrder();

/// <summary>An order's deposit is what came along, in the token that it is here.</summary>
[Error] public readonly partial record struct OrderMismatch(uint Asset, UInt128 Amount, UInt256 Token, UInt256 Deposit);

/// <summary>An order out of another network has one group, so that it has one answer.</summary>
[Error] public readonly partial record struct OneGroupOnly(UInt256 Groups);

/// <summary>An order is the only payload of its packet.</summary>
[Error] public readonly partial record struct OrderTravelsAlone(uint Payloads);

/// <summary>Nobody serves the order; 2: nobody bid, 3: nobody who bid could serve it any more. The coins are back.</summary>
[Error] public readonly partial record struct NobodyServes(uint Reason);

/// <summary>No packet waits for this order's decision.</summary>
[Error] public readonly partial record struct NotAwaited(Hash256 Order);
