using System.Buffers.Binary;
using DePinChain.Modules.Sdk;
using DePinChain.Primitives;
using static DePinChain.Modules.Sdk.Guard;

namespace DePinChain.Modules.Subnets;

/// <content>The gauge: stakers vote, through the hotkeys they stand behind, on how emission is split over subnets.</content>
public sealed partial class SubnetsModule
{
    /// <summary>
    /// Sets how the stake behind a hotkey votes on the split of emission; an empty row takes its votes back. It counts from the next
    /// count on, with the stake there is then.
    /// </summary>
    /// <param name="call">The hotkey's owner.</param>
    /// <param name="hotkey">Which.</param>
    /// <param name="votes">Four bytes each: netuid, ascending, and value, big-endian. Only proportions matter.</param>
    [Function]
    public void SetGaugeVotes(Call call, Address hotkey, [Limit(SubnetsPolicy.VoteBytesMax)] byte[] votes)
    {
        HotkeyRecord record = _pools.Get(hotkey);
        Require(record.Owner == call.Sender, new NotHotkeyOwner(record.Owner, call.Sender));
        Require(votes.Length % SubnetsPolicy.WeightSize == 0, new MalformedVotes((uint)votes.Length));
        uint last = 0;
        for (int at = 0; at < votes.Length; at += SubnetsPolicy.WeightSize)
        {
            uint net = BinaryPrimitives.ReadUInt16BigEndian(votes.AsSpan(at));
            Require(net > last, new VotesNotAscending((uint)(at / SubnetsPolicy.WeightSize)));
            _registry.Get(net);
            Require(BinaryPrimitives.ReadUInt16BigEndian(votes.AsSpan(at + 2)) > 0, new EmptyVote(net));
            last = net;
        }

        _gauge.Vote(_pools.PoolOf(hotkey), votes, call.Block.Number);
        _logs.Emit(new GaugeVoted(hotkey, votes));
    }

    /// <summary>A hotkey's votes: netuid and value, two bytes each.</summary>
    /// <param name="hotkey">Which.</param>
    [Function]
    public byte[] GaugeVotes(Address hotkey) => _gauge.RowOf(_pools.PoolOf(hotkey));

    /// <summary>Every subnet there is, with what the last count of votes gave it.</summary>
    [Function]
    public GaugeReport[] Gauge()
    {
        IReadOnlyList<ulong> nets = _registry.Alive.Page(0, (int)SubnetsPolicy.SubnetsCap);
        var reports = new GaugeReport[nets.Count];
        for (int i = 0; i < reports.Length; i++) reports[i] = _gauge.ReportOf(nets[i]);
        Array.Sort(reports, static (left, right) => left.Netuid.CompareTo(right.Netuid));
        return reports;
    }

    /// <summary>The count of votes that runs, and whether the last one had any: without, all subnets emit alike.</summary>
    [Function]
    public GaugeRound GaugeCount() => _gauge.Round;

    /// <summary>What committees found of a subnet's answers in the epoch that runs.</summary>
    /// <param name="netuid">The subnet.</param>
    [Function]
    public WorkRecord WorkOf(uint netuid) => _gauge.WorkOf(netuid, _registry.Get(netuid).EpochIndex);

    private void CountVotes(ulong block, in SubnetsParameters rules)
    {
        GaugeRound round = _gauge.Round;
        if (!_gauge.Step(block, rules, _pools, _registry) || (round.Stake == 0 && !round.IsVoted)) return;
        _logs.Emit(new GaugeCounted(round.Cursor, SubnetsPolicy.FromUnits(round.Stake), _gauge.Round.IsVoted));
    }
}
