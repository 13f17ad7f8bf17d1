using DePinChain.Modules.Sdk;
using DePinChain.Primitives;
using static DePinChain.Modules.Sdk.Guard;

namespace DePinChain.Modules.Interop;

/// <content>What relayers, wallets and explorers ask.</content>
public sealed partial class PacketsModule
{
    /// <summary>A lane.</summary>
    /// <param name="lane">Its number.</param>
    [Function]
    public LaneReport Lane(ulong lane)
    {
        LaneRecord record = Find(lane);
        return new LaneReport(
            lane, record.ChainId, record.Counterparty, record.IsPaused, Sequences[lane], _vault.VouchersOf(lane));
    }

    /// <summary>The numbers of all lanes, in the order they were opened.</summary>
    [Function]
    public ulong[] AllLanes() => [.. LaneNumbers.Page(0, (int)PacketsPolicy.LanesMax)];

    /// <summary>Packets that were sent over a lane and are not concluded.</summary>
    /// <param name="lane">The lane.</param>
    /// <param name="after">The number behind which to begin: 0, or <c>walked</c> of the answer before.</param>
    /// <param name="limit">How many at most.</param>
    /// <returns>Their numbers, ascending; up to which number was looked.</returns>
    [Function]
    public (ulong[] Sequences, ulong Walked) Outstanding(ulong lane, ulong after, uint limit)
    {
        ulong last = Sequences[lane], walked = after;
        List<ulong> found = [];
        for (int step = 0; step < PacketsPolicy.WalkMax && walked < last && found.Count < limit; step++)
        {
            walked++;
            if (Commitments.Contains((lane, walked))) found.Add(walked);
        }

        return ([.. found], walked);
    }

    /// <summary>Which of some packets of the other side were not received here.</summary>
    /// <param name="lane">The lane.</param>
    /// <param name="sequences">Their numbers there.</param>
    [Function]
    public ulong[] Unreceived(ulong lane, [Limit(PacketsPolicy.WalkMax)] IReadOnlyList<ulong> sequences)
    {
        List<ulong> missing = [];
        foreach (ulong sequence in sequences)
            if (!Receipts[(lane, sequence)]) missing.Add(sequence);
        return [.. missing];
    }

    /// <summary>A packet that was sent and is not concluded: RLP, empty when there is none.</summary>
    /// <param name="lane">The lane.</param>
    /// <param name="sequence">Its number.</param>
    [Function]
    public byte[] PacketOf(ulong lane, ulong sequence) =>
        Commitments.TryGet((lane, sequence), out byte[]? packet) ? packet : [];

    /// <summary>When a packet that is not concluded is not received any more; 0 when there is none.</summary>
    /// <param name="lane">The lane.</param>
    /// <param name="sequence">Its number.</param>
    [Function]
    public ulong TimeoutOf(ulong lane, ulong sequence) => Commitments.Contains((lane, sequence)) ? Sent(lane, sequence).Timeout : 0;

    /// <summary>What became of a packet of the other side: RLP, empty while it was not received.</summary>
    /// <param name="lane">The lane.</param>
    /// <param name="sequence">Its number there.</param>
    [Function]
    public byte[] AcknowledgementOf(ulong lane, ulong sequence) =>
        Acknowledgements.TryGet((lane, sequence), out byte[]? written) ? written : [];

    /// <summary>Where three things of a packet lie: the storage keys of <c>eth_getProof</c>.</summary>
    /// <param name="lane">The lane on the side that is asked.</param>
    /// <param name="sequence">The packet's number.</param>
    /// <returns>Of the commitment of a packet sent here; of the receipt and the acknowledgement of one received here.</returns>
    [Function]
    public (Hash256 Commitment, Hash256 Receipt, Hash256 Acknowledgement) LocationsOf(ulong lane, ulong sequence) =>
        (Commitments.LocationOf((lane, sequence)), Receipts.LocationOf((lane, sequence)), Acknowledgements.LocationOf((lane, sequence)));

    /// <summary>What lies locked here for what went over a lane, in base units.</summary>
    /// <param name="lane">The lane.</param>
    /// <param name="asset">0 for DPN, else the number of a token.</param>
    [Function]
    public UInt128 EscrowedFor(ulong lane, uint asset) => _vault.EscrowedFor(lane, asset);

    /// <summary>The token that stands for a denomination of another network; 0 when nothing came under it.</summary>
    /// <param name="denomination">With its trace, such as transfer/1/dpn.</param>
    [Function]
    public uint VoucherOf([Limit(PacketsPolicy.DenominationBytesMax)] string denomination) => _vault.TokenOf(denomination);

    /// <summary>What a token stands for.</summary>
    /// <param name="token">A voucher's number.</param>
    [Function]
    public VoucherRecord Voucher(uint token)
    {
        VoucherRecord? voucher = _vault.FindVoucher(token);
        Require(voucher is not null, new UnknownAsset(token));
        return voucher!;
    }

    /// <summary>How much of an asset a lane may move in the window of this block, and has moved.</summary>
    /// <param name="block">This block.</param>
    /// <param name="lane">The lane.</param>
    /// <param name="asset">0 for DPN, else the number of a token.</param>
    [Function]
    public (FlowLimit Limit, FlowRecord Moved) FlowOf(BlockContext block, ulong lane, uint asset) =>
        (_gates.LimitOf(lane, asset), _gates.FlowOf(lane, asset, block.Number));

    /// <summary>What the other network answered.</summary>
    /// <param name="lane">The lane.</param>
    /// <param name="sequence">The question's number.</param>
    [Function]
    public AnswerRecord AnswerOf(ulong lane, ulong sequence)
    {
        AnswerRecord? answer = _queries.Find(lane, sequence);
        Require(answer is not null, new NoAnswer(lane, sequence));
        return answer!;
    }

    /// <inheritdoc/>
    public IEnumerable<string> Violations() => PacketsInvariants.Violations(
        [.. LaneNumbers.Page(0, (int)PacketsPolicy.LanesMax)], _vault, _bank.BalanceOf(Address), _tokens, Address);
}
