using DePinChain.LightClient;
using DePinChain.Modules.Sdk;
using DePinChain.Primitives;
using static DePinChain.Modules.Sdk.Guard;

namespace DePinChain.Modules.Interop;

/// <content>What one packet goes through.</content>
public sealed partial class PacketsModule
{
    private static long BytesOf(IReadOnlyList<byte[]> nodes)
    {
        long bytes = 0;
        foreach (byte[] node in nodes) bytes += node.Length;
        return bytes;
    }

    // A record that holds a hash, as this module writes it on both sides.
    private static bool Shows(ProvenAccount there, Hash256 location, IReadOnlyList<byte[]> proof, Hash256 expected) =>
        there.TryProveRecord(location, proof, out byte[]? record) && record is not null
        && record.AsSpan().SequenceEqual(RecordCodecs.Hash256.Encode(expected));

    private LaneRecord Find(ulong lane)
    {
        bool isKnown = Lanes.TryGet(lane, out LaneRecord record);
        Require(isKnown, new UnknownLane(lane));
        return record;
    }

    private LaneRecord Running(ulong lane)
    {
        LaneRecord record = Find(lane);
        Require(!record.IsPaused, new LaneIsPaused(lane));
        return record;
    }

    private LaneRecord Open(ulong lane, BlockContext block, ulong timeout)
    {
        LaneRecord record = Running(lane);
        _clients.RequireAlive(lane);
        bool isAhead = timeout > block.Timestamp && timeout - block.Timestamp <= PacketsPolicy.TimeoutSecondsMax;
        Require(isAhead, new InvalidTimeout(timeout, block.Timestamp, PacketsPolicy.TimeoutSecondsMax));
        return record;
    }

    private void Send(in Passage passage, in LaneRecord record, ulong timeout, Payload payload)
    {
        Packet packet = new(
            passage.Block.ChainId, passage.Lane, record.ChainId, record.Counterparty, passage.Sequence, timeout, [payload]);
        byte[] encoded = packet.Encode();
        Invariant.Assert(encoded.Length <= PacketsPolicy.PacketBytesMax, "what the ports write fits a packet");
        Sequences[passage.Lane] = passage.Sequence;
        Commitments[(passage.Lane, passage.Sequence)] = encoded;
        _logs.Emit(new PacketSent(passage.Lane, passage.Sequence, timeout, encoded));
    }

    private ProvenAccount Prove(Call call, ulong lane, ulong height, IReadOnlyList<byte[]> accountProof, int count)
    {
        Require(count > 0, new EmptyBatch());
        call.Meter.Charge(PacketsPolicy.GasPerByte * (ulong)BytesOf(accountProof));
        return _clients.AccountAt(lane, height, Address, accountProof);
    }

    // Why a packet is passed over, or null; what is no packet of this lane ends the call.
    private Revert? Refusal(Call call, ulong lane, in LaneRecord record, byte[] encoded, out Packet packet)
    {
        bool isRead = Packet.TryDecode(encoded, out Packet? read, out string? why);
        Require(isRead, new InvalidPacket(why ?? string.Empty));
        packet = read!;
        bool isOurs = packet.SourceChain == record.ChainId && packet.SourceLane == record.Counterparty
            && packet.DestinationChain == call.Block.ChainId && packet.DestinationLane == lane;
        Require(isOurs, new WrongRoute(lane, packet.Sequence));
        if (Receipts[(lane, packet.Sequence)]) return Revert.With(new AlreadyReceived(lane, packet.Sequence));
        return call.Block.Timestamp < packet.Timeout
            ? null
            : Revert.With(new PacketExpired(lane, packet.Sequence, packet.Timeout, call.Block.Timestamp));
    }

    // What a port throws undoes the packet's effects and is told to its sender. Want of gas and too many logs are the carrier's doing:
    // they end the call, or whoever carries a packet could make it fail.
    private void Receive(BlockContext block, ulong lane, Packet packet, int batch)
    {
        Passage passage = new(lane, packet.SourceLane, packet.Sequence, block);
        Receipts[(lane, packet.Sequence)] = true;
        List<byte[]> results = [];
        FaultCode? fault = _runner.Attempt(
            () =>
            {
                foreach (Payload payload in packet.Payloads)
                    if (PortOf(payload).Receive(passage, payload.Body) is { } result) results.Add(result);
                bool isAlone = results.Count == packet.Payloads.Count || packet.Payloads.Count == 1;
                Require(isAlone, new OrderTravelsAlone((uint)packet.Payloads.Count));
            },
            out byte[] reason);
        bool isTooLarge = fault == FaultCode.TooLarge || reason.AsSpan().SequenceEqual(Revert.Panic(PanicCode.TooLarge).ReturnData);
        Require(!isTooLarge, new BatchTooLarge((uint)batch));
        if (fault is null && results.Count < packet.Payloads.Count) return; // answered when the market has decided
        Acknowledge(lane, packet.Sequence, fault is null ? new Acknowledgement(true, results) : Acknowledgement.Failure(reason));
    }

    private void Acknowledge(ulong lane, ulong sequence, Acknowledgement outcome)
    {
        Acknowledgements[(lane, sequence)] = outcome.Encode();
        _logs.Emit(new PacketReceived(lane, sequence, outcome.Succeeded));
    }

    private void Conclude(BlockContext block, ulong lane, ulong sequence, byte[] encoded)
    {
        bool isRead = Acknowledgement.TryDecode(encoded, out Acknowledgement? outcome, out string? why);
        Require(isRead, new InvalidAcknowledgement(why ?? string.Empty));
        Packet packet = Sent(lane, sequence);
        Passage passage = new(lane, packet.DestinationLane, sequence, block);
        if (outcome!.Succeeded)
        {
            Require(outcome.Results.Count == packet.Payloads.Count, new InvalidAcknowledgement("a result for each payload is missing"));
            for (int i = 0; i < packet.Payloads.Count; i++)
                PortOf(packet.Payloads[i]).Complete(passage, packet.Payloads[i].Body, outcome.Results[i]);
            Commitments.Remove((lane, sequence));
        }
        else
        {
            Undo(passage, packet);
        }

        _logs.Emit(new PacketAcknowledged(lane, sequence, outcome.Succeeded, outcome.Reason));
    }

    private void Undo(in Passage passage, Packet packet)
    {
        foreach (Payload payload in packet.Payloads) PortOf(payload).Undo(passage, payload.Body);
        Commitments.Remove((passage.Lane, passage.Sequence));
    }

    private Packet Sent(ulong lane, ulong sequence)
    {
        bool isRead = Packet.TryDecode(Commitments[(lane, sequence)], out Packet? packet, out _);
        Invariant.Assert(isRead, "what was sent from here could be read");
        return packet!;
    }

    private IPort PortOf(Payload payload)
    {
        IPort? port = payload.DestinationPort switch
        {
            PacketsPolicy.TransferPort => _vault,
            PacketsPolicy.QueryPort => _queries,
            PacketsPolicy.OrderPort => _orders,
            _ => null,
        };
        bool isSpoken = port is not null && payload.SourcePort == payload.DestinationPort
            && payload.Version == PacketsPolicy.Version && payload.Encoding == PacketsPolicy.Encoding;
        Require(isSpoken, new UnknownPort(payload.DestinationPort, payload.Version, payload.Encoding));
        return port!;
    }
}
