using DePinChain.Modules.Sdk;
using DePinChain.Primitives;

namespace DePinChain.Modules.Interop;

/// <summary>One end of a lane: it has the number of the light client that believes the other network.</summary>
/// <param name="ChainId">The other network's.</param>
/// <param name="Counterparty">The lane's number there.</param>
/// <param name="OpenedAt">Block in which it was opened.</param>
/// <param name="IsPaused">Whether governance has stopped it.</param>
public readonly record struct LaneRecord(ulong ChainId, ulong Counterparty, uint OpenedAt, bool IsPaused);

/// <summary>A lane as a view shows it.</summary>
/// <param name="Number">Its number, and its light client's.</param>
/// <param name="ChainId">The other network's.</param>
/// <param name="Counterparty">The lane's number there.</param>
/// <param name="IsPaused">Whether governance has stopped it.</param>
/// <param name="LastSequence">The last packet that was sent over it.</param>
/// <param name="Vouchers">Denominations that came over it.</param>
public readonly record struct LaneReport(
    ulong Number, ulong ChainId, ulong Counterparty, bool IsPaused, ulong LastSequence, uint Vouchers);

/// <summary>A token that stands for one of another network.</summary>
/// <param name="Lane">The lane it came over; over this one it goes back.</param>
/// <param name="Outstanding">What was minted and has not come back, in base units.</param>
/// <param name="Denomination">Every lane it came over, the last first, and what it is called where it began.</param>
public sealed record VoucherRecord(ulong Lane, UInt128 Outstanding, string Denomination);

/// <summary>How much of an asset a lane may move in a window. Zero stops it.</summary>
/// <param name="Inward">Minted or released, in base units.</param>
/// <param name="Outward">Burned or locked, in base units.</param>
[Record]
public readonly record struct FlowLimit(UInt128 Inward, UInt128 Outward);

/// <summary>What a lane has moved of an asset in a window.</summary>
/// <param name="Window">Which: a block's number divided by the window's blocks.</param>
/// <param name="Inward">Minted or released.</param>
/// <param name="Outward">Burned or locked.</param>
public readonly record struct FlowRecord(ulong Window, UInt128 Inward, UInt128 Outward);

/// <summary>What another network answered.</summary>
/// <param name="Asker">Who asked.</param>
/// <param name="Module">Of which module there.</param>
/// <param name="Location">The storage key.</param>
/// <param name="Height">The block there in which it was read.</param>
/// <param name="Value">The record; empty when there is none.</param>
public sealed record AnswerRecord(Address Asker, Address Module, Hash256 Location, ulong Height, byte[] Value);

/// <summary>An order of another network's tenant that the market has not decided.</summary>
/// <param name="Lane">The lane its packet came over.</param>
/// <param name="Counterparty">The lane's number there.</param>
/// <param name="Sequence">The packet's number.</param>
/// <param name="Asset">What came along: 0 for DPN, else the number of a token.</param>
/// <param name="Amount">How much of it, in base units.</param>
/// <param name="Tenant">Who ordered.</param>
/// <param name="Dseq">The tenant's number of the deployment.</param>
public sealed record PendingOrder(
    ulong Lane, ulong Counterparty, ulong Sequence, uint Asset, UInt128 Amount, Address Tenant, ulong Dseq);

/// <summary>A packet with the proof that the other network sent it.</summary>
/// <param name="Packet">RLP, as it was sent.</param>
/// <param name="Proof">Nodes from the module's storage root there to the commitment.</param>
public sealed record SentProof(
    [Limit(PacketsPolicy.PacketBytesMax)] byte[] Packet,
    [Limit(LightClientsPolicy.ProofNodesMax)] IReadOnlyList<byte[]> Proof);

/// <summary>An acknowledgement with the proof that the other network wrote it.</summary>
/// <param name="Sequence">Of the packet that was sent here.</param>
/// <param name="Acknowledgement">RLP, as it was written.</param>
/// <param name="Proof">Nodes from the module's storage root there to the acknowledgement.</param>
public sealed record WrittenProof(
    ulong Sequence,
    [Limit(PacketsPolicy.AcknowledgementBytesMax)] byte[] Acknowledgement,
    [Limit(LightClientsPolicy.ProofNodesMax)] IReadOnlyList<byte[]> Proof);

/// <summary>The proof that the other network has not received a packet.</summary>
/// <param name="Sequence">Of the packet that was sent here.</param>
/// <param name="Proof">Nodes from the module's storage root there to where the receipt would be.</param>
public sealed record AbsenceProof(
    ulong Sequence, [Limit(LightClientsPolicy.ProofNodesMax)] IReadOnlyList<byte[]> Proof);

/// <summary>What governance may change about packets.</summary>
/// <param name="LaneFee">What opening a lane costs.</param>
/// <param name="WindowBlocks">Blocks over which what a lane moves is counted.</param>
/// <param name="ReleaseMax">DPN that may come back over a lane in a window where governance has set no limit.</param>
public readonly record struct PacketsParameters(
    [Bounds("0 DPN", "1000000 DPN")] Amount LaneFee,
    [Bounds(1, 1_000_000)] ulong WindowBlocks,
    [Bounds("0 DPN", "2500000000 DPN")] Amount ReleaseMax)
{
    /// <summary>Mainnet's.</summary>
    public static PacketsParameters Mainnet { get; } =
        new(PacketsPolicy.LaneFee, PacketsPolicy.WindowBlocks, PacketsPolicy.ReleaseMax);
}
