using DePinChain.Modules.Economy;
using DePinChain.Modules.Sdk;
using DePinChain.Primitives;
using static DePinChain.Modules.Sdk.Guard;

namespace DePinChain.Modules.Compute;

// What is due at a block's start, and what becomes of fees.
public sealed partial class ClustersModule
{
    /// <summary>Does what is due with clusters, and burns fees in DPN once a period.</summary>
    public void BeginBlock(BlockContext block)
    {
        ulong now = block.Number;

        // What is little and must not wait comes first.
        if (now % Rules.Value.BuybackBlocks == 0) BurnFees();
        new StepRunner(_state, _logs).ForEachDue(_book.Steps, now, ClustersPolicy.StepsPerBlockMax, step => Run(step, now));
    }

    private void BurnFees()
    {
        UInt128 fees = _book.FeesOf(AssetVault.Native);
        if (fees == UInt128.Zero) return;
        _book.TakeFees(AssetVault.Native, fees);
        _treasury.Burn(Address, new Amount(fees));
        _logs.Emit(new FeesBurned(new Amount(fees)));
    }

    /// <summary>
    /// Buys all fees in a token for DPN, which is burned. In the first blocks of every period the price falls from 105 % to 97 % of their
    /// worth; whoever comes first has them. What comes along beyond the price is returned.
    /// </summary>
    /// <param name="call">Anybody, with the price.</param>
    /// <param name="token">The token.</param>
    /// <returns>How much of the token it was.</returns>
    [Function, Payable]
    public UInt128 BuyFees(Call call, uint token)
    {
        UInt128 lot = _book.FeesOf(token);
        Require(token != AssetVault.Native && lot != UInt128.Zero, new NothingToSell(token));
        Amount price = PriceOfFees(call.Block, token);
        Require(call.Value >= price, new WrongPayment(price.Wei, call.Value.Wei));
        _treasury.Burn(Address, price);
        _vault.Move(AssetVault.Native, Address, call.Sender, (call.Value - price).Wei, default);
        _book.TakeFees(token, lot);
        _vault.Move(token, Address, call.Sender, lot, default);
        _logs.Emit(new FeesSold(token, call.Sender, lot, price));
        return lot;
    }

    /// <summary>What all fees in a token cost in this block.</summary>
    /// <param name="block">This block.</param>
    /// <param name="token">The token.</param>
    [Function]
    public Amount PriceOfFees(BlockContext block, uint token)
    {
        ClusterParameters rules = Rules.Value;
        uint at = (uint)(block.Number % rules.BuybackBlocks);
        Require(at < rules.AuctionBlocks, new AuctionClosed(block.Number - at + rules.BuybackBlocks));
        PriceQuote quote = _oracle.Quote(block.Number);
        Require(quote.IsFresh, new StalePrice(quote.UpdatedAt, block.Number));
        UInt128 unit = UInt128.One;
        for (int i = 0; i < _tokens.DecimalsOf(token); i++) unit *= 10;
        UInt128 dollars = new Amount(_book.FeesOf(token)).MulDiv(OraclePolicy.Dollar, unit, Rounding.Up).Wei;
        return ClustersPolicy.AuctionPrice(OraclePolicy.ToCoins(dollars, quote.Average, Rounding.Up), at, rules.AuctionBlocks);
    }

    private void Run(in ClusterStep step, ulong now)
    {
        ClusterRecord? cluster = _book.Find(step.Cluster);
        switch (step.Kind)
        {
            case StepKind.Deadline when cluster is { State: ClusterState.Reserved } && now >= cluster.Deadline:
                CountAcknowledgements(step.Cluster, cluster, now);
                break;
            case StepKind.Spares when cluster is { State: ClusterState.Running }:
                ReleaseSpares(step.Cluster);
                break;
            case StepKind.Sweep when cluster is { State: ClusterState.Running }:
                Sweep(step, cluster, now);
                break;
            case StepKind.End when cluster is { State: ClusterState.Running } && now >= cluster.EndsAt:
                BeginSettling(step.Cluster, cluster, ClusterState.Closing, cluster.EndsAt, now);
                break;
            case StepKind.Settle when cluster is { State: ClusterState.Closing or ClusterState.Aborting }:
                Settle(step, cluster, now);
                break;
        }
    }

    // Spares take the places of members without a word, once; with too few of them the cluster never starts.
    private void CountAcknowledgements(ulong id, ClusterRecord cluster, ulong now)
    {
        List<Hash256> silent = [];
        int spares = 0;
        foreach (RosterEntry entry in _book.RosterOf(id))
        {
            MemberState state = _book.MemberOf(id, entry.Device).State;
            if (state == MemberState.Waiting) silent.Add(entry.Device);
            else if (state is MemberState.Spare or MemberState.ReadySpare) spares++;
        }

        if (cluster.Extended || spares < silent.Count)
        {
            BeginSettling(id, cluster, ClusterState.Aborting, now, now);
            return;
        }

        foreach (Hash256 device in silent)
        {
            MemberRecord place = _book.MemberOf(id, device);
            Punish(id, device, cluster.Renter);
            Drop(id, device, LeaveReason.Silent);
            cluster = Promoted(id, cluster, device, place)!; // as many spares as places were counted
        }

        cluster = cluster with { Extended = true, Deadline = now + Rules.Value.SpareBlocks };
        if (cluster.Ready == cluster.Devices)
        {
            Start(id, cluster, now);
            return;
        }

        _book.Save(id, cluster);
        _book.Steps.Add(cluster.Deadline, new ClusterStep(id, StepKind.Deadline, 0));
    }

    private void Punish(ulong id, Hash256 device, Address renter)
    {
        Amount taken = _devices.TakeStake(device, Rules.Value.MissBps, Address);
        if (taken.IsZero) return;
        Amount toRenter = taken.MulDiv(1, 2, Rounding.Down);
        _vault.Move(AssetVault.Native, Address, renter, toRenter.Wei, device);
        _treasury.Burn(Address, taken - toRenter);
        _logs.Emit(new MemberPunished(id, device, taken, toRenter));
    }

    private void ReleaseSpares(ulong id)
    {
        foreach (RosterEntry entry in _book.RosterOf(id))
        {
            if (_book.MemberOf(id, entry.Device).State is MemberState.Spare or MemberState.ReadySpare) LetGo(entry.Device);
        }
    }

    private void Sweep(in ClusterStep step, ClusterRecord cluster, ulong now)
    {
        ClusterParameters rules = Rules.Value;
        RosterEntry[] roster = _book.RosterOf(step.Cluster);
        int end = Math.Min(step.Index + ClustersPolicy.PlacesPerStep, roster.Length);
        for (int i = step.Index; i < end; i++)
        {
            Hash256 device = roster[i].Device;
            if (_book.MemberOf(step.Cluster, device).State is not (MemberState.Waiting or MemberState.Ready)) continue;
            ulong heard = Math.Max(_book.HeardAt(device), cluster.StartedAt);
            if (now > heard + (ClustersPolicy.RoundsMissed * rules.RoundBlocks))
                cluster = Lose(step.Cluster, cluster, device, LeaveReason.Lost, now);
        }

        _book.Save(step.Cluster, cluster);
        if (end < roster.Length) _book.Steps.Add(now, step with { Index = (ushort)end });
        else _book.Steps.Add(now + rules.RoundBlocks, step with { Index = 0 });
    }

    private void Settle(in ClusterStep step, ClusterRecord cluster, ulong now)
    {
        ulong id = step.Cluster;
        ClusterParameters rules = Rules.Value;
        RosterEntry[] roster = _book.RosterOf(id);
        int end = Math.Min(step.Index + ClustersPolicy.PlacesPerStep, roster.Length);
        for (int i = step.Index; i < end; i++)
        {
            Hash256 device = roster[i].Device;
            MemberRecord member = _book.MemberOf(id, device);
            if (member.State == MemberState.None) continue;

            // Before the deadline, when another's leaving ended it, nobody was late.
            if (cluster.State == ClusterState.Aborting && member.State == MemberState.Waiting && now >= cluster.Deadline)
            {
                Punish(id, device, cluster.Renter);
                Drop(id, device, LeaveReason.Silent);
                continue;
            }

            if (cluster.State == ClusterState.Closing && member.State == MemberState.Ready)
            {
                cluster = Paid(id, cluster, device, member, cluster.EndsAt, rules);
                _devices.CountJob(device, endedWell: true);
            }

            LetGo(device);
        }

        _book.Save(id, cluster);
        if (end < roster.Length) _book.Steps.Add(now, step with { Index = (ushort)end });
        else Finish(id, cluster, rules);
    }

    private void Finish(ulong id, ClusterRecord cluster, in ClusterParameters rules)
    {
        UInt128 tokenFee = cluster.Token == AssetVault.Native
            ? UInt128.Zero
            : UInt128.Min(ClustersPolicy.Part(cluster.Spent, rules.TokenBps), cluster.TokenFee);
        UInt128 refund = cluster.Held - cluster.Spent + cluster.Fee + cluster.TokenFee - tokenFee;
        ClusterState ended = cluster.State == ClusterState.Closing ? ClusterState.Closed : ClusterState.Aborted;
        _book.AddFee(cluster.Token, tokenFee);
        _book.LetGo(cluster.Token, refund);
        _book.End(id, cluster with { State = ended, Fee = UInt128.Zero, TokenFee = tokenFee });
        _vault.Move(cluster.Token, Address, cluster.Renter, refund, default);
        _logs.Emit(new ClusterEnded(id, cluster.Renter, ended, refund));
    }
}
