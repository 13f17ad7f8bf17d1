using DePinChain.Modules.Economy;
using DePinChain.Modules.Sdk;
using DePinChain.Modules.Subnets.Yuma;
using DePinChain.Primitives;

namespace DePinChain.Modules.Subnets;

/// <summary>Mints what subnets emit each block, and runs a subnet's epoch: computes it, pays it, keeps what it leaves.</summary>
internal sealed class EpochStep(SubnetRegistry registry, StakePools pools, EvidenceBook evidence, IEmission emission, Logs logs)
{
    // One per thread, as its arrays are kept between runs; an epoch clears what it reads.
    [ThreadStatic]
    private static YumaEpoch? s_epoch;

    /// <summary>Mints this block's emission, in equal parts for all subnets that emit.</summary>
    public void Accrue(in SubnetsParameters rules)
    {
        ulong emitting = registry.Emitting.Count;
        if (emitting == 0) return;
        ulong issuance = SubnetsPolicy.UnitsOf(emission.IssuanceOf(EmissionStream.Subnets));
        ulong block = SubnetSupply.BlockEmission(issuance, SubnetsPolicy.IssuanceCap, SubnetsPolicy.UnitsOf(rules.BlockEmission));
        Amount each = SubnetsPolicy.FromUnits(block / emitting);
        Amount minted = emission.Mint(EmissionStream.Subnets, logs.Module, each * emitting);

        // The stream's own cap may leave less: then each gets less, and the first what cannot be parted.
        each = Amount.FromWei(minted.Wei / emitting);
        Amount odd = minted - (each * emitting);
        if (minted.IsZero) return;
        foreach (ulong net in registry.Emitting.Page(0, (int)SubnetsPolicy.SubnetsCap))
        {
            registry.SetPending(net, registry.PendingOf(net) + each + odd);
            odd = Amount.Zero;
        }
    }

    /// <summary>Runs the epoch of a subnet.</summary>
    public void Run(ulong net, BlockContext block, in SubnetsParameters parameters)
    {
        SubnetRecord subnet = registry.Get(net);
        SubnetRules rules = registry.RulesOf(net);
        YumaEpoch epoch = s_epoch ??= new YumaEpoch();
        Metagraph old = registry.MetagraphOf(net);
        ulong[] stakes = Load(epoch, net, subnet, rules, old, out int[] rows, out NeuronRecord[] neurons);

        Amount pending = registry.PendingOf(net);
        (UInt128 owner, UInt128 server, UInt128 validator) = SubnetSupply.Split(pending.Wei, (ushort)parameters.OwnerCut);

        // A neuron that took its place in the last epoch's own block came after that epoch: bonds towards its place are the old holder's.
        ulong lastTempo = subnet.EpochIndex > 0 ? subnet.LastEpochAt : block.Number - Math.Min(block.Number, rules.Tempo);
        epoch.Run(
            SubnetsPolicy.EpochRulesOf(rules), block.Number, lastTempo, SubnetsPolicy.UnitsOf(Amount.FromWei(server + validator)));
        bool[] gated = [.. neurons.Select(neuron => evidence.IsGated(net, neuron.Hotkey, subnet.EpochIndex))];
        Settle(new Pool(net, subnet, pending, owner, server, validator), epoch, neurons, gated);
        Keep(net, epoch, rows, stakes, gated);
        ulong next = block.Number + rules.Tempo;
        registry.Save(net, subnet with { EpochIndex = subnet.EpochIndex + 1, LastEpochAt = block.Number, NextEpochAt = next });
        registry.Epochs.Add(next, net);
    }

    /// <summary>Recycles a deposit whose weights were not shown.</summary>
    public void Forfeit(ulong net, Address hotkey, in CommitRecord commit)
    {
        registry.RemoveCommit(net, hotkey);
        pools.GiveDeposit(commit.Deposit);
        emission.Recycle(logs.Module, commit.Deposit);
        logs.Emit(new CommitmentForfeited((uint)net, hotkey, commit.Deposit));
    }

    private ulong[] Load(
        YumaEpoch epoch, ulong net, in SubnetRecord subnet, in SubnetRules rules, Metagraph old, out int[] rows,
        out NeuronRecord[] neurons)
    {
        int uids = (int)subnet.Uids;
        neurons = new NeuronRecord[uids];
        rows = new int[uids];
        int owner = registry.TryFind(net, subnet.OwnerHotkey, out ulong place) ? (int)place : YumaEpoch.None;
        epoch.Begin(uids, uids, owner);
        ulong[] stakes = new ulong[uids];
        for (int uid = 0; uid < uids; uid++)
        {
            NeuronRecord neuron = neurons[uid] = registry.Neuron(net, (ulong)uid);

            // A place that changed hands since the last epoch starts from nothing.
            MetagraphEntry entry = neuron.RegisteredAt < subnet.LastEpochAt ? old[(ulong)uid] : default;
            stakes[uid] = pools.TryGet(neuron.Hotkey, out HotkeyRecord hotkey) ? SubnetsPolicy.UnitsOf(hotkey.Value) : 0;

            // Stake counts from the epoch after it came: nobody earns an epoch by staking just before its end.
            epoch.Stake[uid] = Math.Min(entry.Stake, stakes[uid]);
            epoch.LastUpdate[uid] = neuron.UpdatedAt;
            epoch.RegisteredAt[uid] = neuron.RegisteredAt;
            rows[uid] = YumaEpoch.None;

            // Whoever could not show its evidence has no say in this epoch.
            if (!entry.Permit || evidence.IsSilenced(net, neuron.Hotkey, subnet.EpochIndex)) continue;
            rows[uid] = epoch.AddValidator(uid);
            SubnetsPolicy.Unpack(registry.WeightsOf(net, (ulong)uid), epoch.WeightsOf(rows[uid]));
            SubnetsPolicy.Unpack(registry.BondsOf(net, (ulong)uid), epoch.BondsOf(rows[uid]));
            if (!registry.TryGetCommit(net, neuron.Hotkey, out CommitRecord commit)) continue;
            if (commit.Epoch + rules.RevealPeriod <= subnet.EpochIndex) Forfeit(net, neuron.Hotkey, commit);
            else epoch.OpenCommit[uid] = commit.CommittedAt;
        }

        return stakes;
    }

    private void Settle(in Pool pool, YumaEpoch epoch, NeuronRecord[] neurons, bool[] gated)
    {
        bool anyIncentive = epoch.Incentive.ContainsAnyExcept(0L);
        bool anyDividends = epoch.Dividends.ContainsAnyExcept(0L);
        var shares = new ShareReport[neurons.Length];
        Amount server = Amount.Zero;
        Amount validator = Amount.Zero;

        // Without scores nobody earned the miners' half; upstream gives it to the validators, who could then all keep silent.
        Amount recycled = anyIncentive ? Amount.Zero : Amount.FromWei(pool.Server);
        for (int uid = 0; uid < neurons.Length; uid++)
        {
            Address hotkey = neurons[uid].Hotkey;
            Amount incentive = Amount.FromWei(FixedPoint.ShareOf(epoch.Incentive[uid], pool.Server));
            if (gated[uid])
            {
                // What an audit found wrong earns nothing, and nobody gains by another's fault.
                recycled += incentive;
                incentive = Amount.Zero;
            }

            long share = anyDividends ? epoch.Dividends[uid] : anyIncentive ? 0 : epoch.ValidatorShare[uid];
            Amount dividends = Amount.FromWei(FixedPoint.ShareOf(share, pool.Validator));
            shares[uid] = new ShareReport((uint)uid, gated[uid] ? 0 : (ulong)epoch.Incentive[uid], (ulong)share);
            if (!dividends.IsZero)
            {
                pools.Earn(hotkey, dividends);
                validator += dividends;
            }

            if (incentive.IsZero) continue;

            // An owner that rewards itself as a miner gets nothing for it.
            if (hotkey == pool.Subnet.OwnerHotkey) recycled += incentive;
            else if (pools.Add(hotkey, pools.Get(hotkey).Owner, incentive)) server += incentive;
        }

        Amount owner = Amount.FromWei(pool.Owner);
        if (!pools.Add(pool.Subnet.OwnerHotkey, pool.Subnet.Owner, owner)) owner = Amount.Zero;
        registry.SaveShares(pool.Net, shares);
        emission.Recycle(logs.Module, recycled);
        Amount carried = pool.Pending - owner - server - validator - recycled;
        registry.SetPending(pool.Net, carried);
        logs.Emit(new EpochRun((uint)pool.Net, pool.Subnet.EpochIndex, server, validator, owner, recycled, carried));
    }

    private void Keep(ulong net, YumaEpoch epoch, int[] rows, ulong[] stakes, bool[] gated)
    {
        Metagraph metagraph = new(rows.Length);
        for (int uid = 0; uid < rows.Length; uid++)
        {
            bool permit = epoch.NewPermit[uid];
            metagraph[(ulong)uid] = new MetagraphEntry(
                gated[uid] ? 0 : epoch.Emission[uid], stakes[uid], FixedPoint.ToProportion(epoch.Consensus[uid]),
                gated[uid] ? (ushort)0 : FixedPoint.ToProportion(epoch.Incentive[uid]), FixedPoint.ToProportion(epoch.Dividends[uid]),
                FixedPoint.ToProportion(epoch.Trust[uid]), permit);
            if (rows[uid] != YumaEpoch.None)
                registry.SaveBonds(net, (ulong)uid, permit ? SubnetsPolicy.Pack(epoch.BondsOf(rows[uid])) : []);
        }

        if (rows.Length > 0) registry.SaveMetagraph(net, metagraph);
    }

    // What an epoch has to share out, in wei.
    private readonly record struct Pool(
        ulong Net, SubnetRecord Subnet, Amount Pending, UInt128 Owner, UInt128 Server, UInt128 Validator);
}
