using System.Buffers.Binary;
using DePinChain.Modules.Sdk;
using DePinChain.Modules.Subnets.Yuma;
using DePinChain.Primitives;

namespace DePinChain.Modules.Subnets;

/// <summary>Votes of stakers on the split of emission over subnets, and what the last count of them gave.</summary>
/// <remarks>
/// All stake counts, however many vote: votes are counted a page a block, and a count ends when all are counted and its blocks have passed.
/// Stake that leaves a hotkey takes longer to come back than a count lasts, so that none counts twice. Votes lie under the pool's first
/// hotkey: exchanging a hotkey moves nothing here.
/// </remarks>
[ModulePart]
internal sealed partial class GaugeBook(ModuleState state)
{
    [Slot(40)] private partial Set<Address> Voters { get; }
    [Slot(41)] private partial Map<Address, VoteRecord> Votes { get; }
    [Slot(42)] private partial Item<GaugeRound> Rounds { get; }
    [Slot(43)] private partial Map<ulong, GaugeTally> Tallies { get; }
    [Slot(44)] private partial Map<ulong, GaugeReport> Reports { get; }
    [Slot(45)] private partial Map<(ulong Net, ulong Slot), WorkRecord> Work { get; }

    /// <summary>The count that runs, and whether the last one had votes.</summary>
    public GaugeRound Round => Rounds.GetOr(default);

    /// <summary>A hotkey's votes: netuid and value, two bytes each; empty when it has none.</summary>
    public byte[] RowOf(Address pool) => Votes.TryGet(pool, out VoteRecord record) ? record.Row : [];

    /// <summary>What the last count gave a subnet.</summary>
    public GaugeReport ReportOf(ulong net) =>
        Reports.TryGet(net, out GaugeReport report) ? report : new GaugeReport((uint)net, 0, 0, 0, 0, 0, 0, 0);

    /// <summary>Sets votes. An empty row is dropped by the next count, which keeps the order of those who wait for it.</summary>
    public void Vote(Address pool, byte[] row, ulong block)
    {
        if (row.Length == 0 && !Votes.Contains(pool)) return;
        Votes[pool] = new VoteRecord(block, row);
        Voters.Add(pool);
    }

    /// <summary>What committees found of a subnet's answers in an epoch.</summary>
    public WorkRecord WorkOf(ulong net, ulong epoch) =>
        Work.TryGet((net, epoch % SubnetsPolicy.VerifiedEpochs), out WorkRecord work) && work.Epoch == epoch
            ? work : new WorkRecord(epoch, 0, 0);

    /// <summary>Notes what a committee found of an answer in a subnet's epoch.</summary>
    public void Judge(ulong net, ulong epoch, bool passed)
    {
        (ulong, ulong) slot = (net, epoch % SubnetsPolicy.VerifiedEpochs);
        WorkRecord record = WorkOf(net, epoch);
        Work[slot] = record with { Passed = record.Passed + (passed ? 1U : 0U), Judged = record.Judged + 1 };
    }

    /// <summary>Forgets a subnet that is gone.</summary>
    public void Forget(ulong net)
    {
        Reports.Remove(net);
        Tallies.Remove(net);
        for (ulong slot = 0; slot < SubnetsPolicy.VerifiedEpochs; slot++) Work.Remove((net, slot));
    }

    /// <summary>Counts a page of votes, and publishes the split when the count is over.</summary>
    /// <returns>True when it did.</returns>
    public bool Step(ulong block, in SubnetsParameters rules, StakePools pools, SubnetRegistry registry)
    {
        GaugeRound round = Rounds.TryGet(out GaugeRound running) ? running : new GaugeRound(block, 0, 0, IsVoted: false);
        ulong counted = round.Cursor;
        round = Count(round, pools);
        if (round.Cursor < Voters.Count || block - round.StartedAt < rules.GaugeBlocks)
        {
            if (round.Cursor != counted || !Rounds.Exists) Rounds.Value = round;
            return false;
        }

        bool isVoted = Publish(round, rules, registry);
        Rounds.Value = new GaugeRound(block, 0, 0, isVoted);
        return true;
    }

    private static ulong SumOf(ReadOnlySpan<byte> row)
    {
        ulong sum = 0;
        for (int at = 0; at < row.Length; at += SubnetsPolicy.WeightSize) sum += BinaryPrimitives.ReadUInt16BigEndian(row[(at + 2)..]);
        return sum;
    }

    private static void Add(SortedDictionary<ulong, GaugeTally> tallies, ReadOnlySpan<byte> row, ulong stake)
    {
        ulong sum = SumOf(row);
        for (int at = 0; at < row.Length; at += SubnetsPolicy.WeightSize)
        {
            ulong net = BinaryPrimitives.ReadUInt16BigEndian(row[at..]);
            ulong part = GaugeSplit.PartOf(BinaryPrimitives.ReadUInt16BigEndian(row[(at + 2)..]), sum);
            tallies.TryGetValue(net, out GaugeTally tally);
            tallies[net] = new GaugeTally(tally.Rank + (UInt128)stake * part, tally.Backing + stake);
        }
    }

    private GaugeRound Count(GaugeRound round, StakePools pools)
    {
        var tallies = new SortedDictionary<ulong, GaugeTally>();
        ulong cursor = round.Cursor;
        UInt128 stake = round.Stake;
        for (int seen = 0; seen < SubnetsPolicy.VotersPerBlockMax && cursor < Voters.Count; seen++)
        {
            Address pool = Voters[cursor];
            byte[] row = RowOf(pool);
            ulong units = pools.UnitsOf(pools.CurrentOf(pool));
            if (row.Length == 0 || units == 0)
            {
                // The last voter takes the place, and is counted from there.
                Voters.Remove(pool);
                Votes.Remove(pool);
                continue;
            }

            Add(tallies, row, units);
            stake += units;
            cursor++;
        }

        foreach ((ulong net, GaugeTally more) in tallies)
        {
            Tallies.TryGet(net, out GaugeTally tally);
            Tallies[net] = new GaugeTally(tally.Rank + more.Rank, tally.Backing + more.Backing);
        }

        return round with { Cursor = cursor, Stake = stake };
    }

    // The split of the next blocks, and each subnet's share averaged: who has least makes room for a new subnet.
    private bool Publish(in GaugeRound round, in SubnetsParameters rules, SubnetRegistry registry)
    {
        IReadOnlyList<ulong> nets = registry.Alive.Page(0, (int)SubnetsPolicy.SubnetsCap);
        var reports = new GaugeReport[nets.Count];
        long[] shares = new long[nets.Count];
        long emitting = Math.Max(1, (long)registry.Emitting.Count);
        for (int i = 0; i < reports.Length; i++)
        {
            reports[i] = Measure(nets[i], round.Stake, registry.Emitting.Contains(nets[i]));
            shares[i] = (long)reports[i].Share;
        }

        GaugeSplit.Normalise(shares);
        bool isVoted = shares.AsSpan().ContainsAnyExcept(0L);
        if (!isVoted)
        {
            // Nobody votes: equal parts.
            for (int i = 0; i < shares.Length; i++) shares[i] = registry.Emitting.Contains(nets[i]) ? FixedPoint.One / emitting : 0;
        }

        GaugeSplit.Bound(shares, Math.Max(FixedPoint.FromProportion((ushort)rules.GaugeCap), FixedPoint.One / emitting));
        long floor = FixedPoint.FromProportion((ushort)rules.VerifiedFloor);
        for (int i = 0; i < reports.Length; i++)
        {
            ulong bounded = (ulong)shares[i];
            long verified = VerifiedOf(nets[i], registry.Get(nets[i]).EpochIndex, floor);
            ulong share = (ulong)FixedPoint.Multiply(shares[i], verified);
            ulong average = SubnetsPolicy.AverageOf(ReportOf(nets[i]).Average, share, rules.GaugeBlocks, rules.GaugeAverageBlocks);
            Reports[nets[i]] = reports[i] with { Bounded = bounded, Verified = (ulong)verified, Share = share, Average = average };
            Tallies.Remove(nets[i]);
        }

        return isVoted;
    }

    private GaugeReport Measure(ulong net, UInt128 stake, bool emits)
    {
        Tallies.TryGet(net, out GaugeTally tally);
        long rank = stake == 0 ? 0 : (long)(tally.Rank / stake);
        long trust = stake == 0 ? 0 : (long)((tally.Backing << FixedPoint.FractionBits) / stake);
        long consensus = GaugeSplit.ConsensusOf(trust);
        long share = emits ? FixedPoint.Multiply(rank, consensus) : 0;
        return new GaugeReport((uint)net, (ulong)rank, (ulong)trust, (ulong)consensus, 0, 0, (ulong)share, 0);
    }

    private long VerifiedOf(ulong net, ulong epoch, long floor)
    {
        if (floor == FixedPoint.One) return floor;
        ulong passed = 0, judged = 0;
        for (ulong slot = 0; slot < SubnetsPolicy.VerifiedEpochs; slot++)
        {
            if (!Work.TryGet((net, slot), out WorkRecord work) || work.Epoch + SubnetsPolicy.VerifiedEpochs <= epoch) continue;
            passed += work.Passed;
            judged += work.Judged;
        }

        return GaugeSplit.VerifiedOf(floor, passed, judged);
    }
}
