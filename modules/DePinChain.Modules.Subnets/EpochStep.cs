using DePinChain.Modules.Economy;
using DePinChain.Modules.Sdk;
using DePinChain.Modules.Subnets.Yuma;
using DePinChain.Primitives;

namespace DePinChain.Modules.Subnets;

/// <summary>Mints what subnets emit each block, and runs a subnet's epoch: computes it, pays it, keeps what it leaves.</summary>
internal sealed class EpochStep(
    SubnetRegistry registry, StakePools pools, EvidenceBook evidence, GaugeBook gauge, KinBook kin, IEmission emission, Logs logs)
{
    // One per thread, as its arrays are kept between runs; an epoch clears what it reads.
    [ThreadStatic]
    private static YumaEpoch? s_epoch;

    /// <summary>Mints this block's emission: split by the last count of votes, or in equal parts when there were none.</summary>
    public void Accrue(in SubnetsParameters rules)
    {
        ulong emitting = registry.Emitting.Count;
        if (emitting == 0) return;
        ulong issuance = SubnetsPolicy.UnitsOf(emission.IssuanceOf(EmissionStream.Subnets));
        ulong block = SubnetSupply.BlockEmission(issuance, SubnetsPolicy.IssuanceCap, SubnetsPolicy.UnitsOf(rules.BlockEmission));
        if (gauge.Round.IsVoted)
        {
            AccrueVoted(block);
            return;
        }

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

    /// <summary>Runs the epoch of a subnet; nothing happens when it was dissolved.</summary>
    public void Run(ulong net, BlockContext block, in SubnetsParameters parameters)
    {
        if (!registry.TryGet(net, out SubnetRecord subnet)) return;
        SubnetRules rules = registry.RulesOf(net);
        Amount pending = registry.PendingOf(net);
        (UInt128 owner, UInt128 server, UInt128 validator) = SubnetSupply.Split(pending.Wei, (ushort)parameters.OwnerCut);
        Loaded loaded = Load(net, subnet, rules, isTrial: false);
        Compute(loaded.Epoch, subnet, rules, block.Number, server + validator);
        Settle(new Pool(net, subnet, pending, owner, server, validator), loaded);
        Keep(net, loaded);
        ulong next = block.Number + rules.Tempo;
        registry.Save(net, subnet with { EpochIndex = subnet.EpochIndex + 1, LastEpochAt = block.Number, NextEpochAt = next });
        registry.Epochs.Add(next, net);
    }

    /// <summary>Runs the epoch of a subnet as if it were due in a block, and changes nothing.</summary>
    public TrialReport[] Try(ulong net, ulong block)
    {
        SubnetRecord subnet = registry.Get(net);
        SubnetRules rules = registry.RulesOf(net);
        Loaded loaded = Load(net, subnet, rules, isTrial: true);
        YumaEpoch epoch = loaded.Epoch;
        Compute(epoch, subnet, rules, block, emission: 0);
        var reports = new TrialReport[loaded.Neurons.Length];
        for (int uid = 0; uid < reports.Length; uid++)
        {
            reports[uid] = new TrialReport(
                (uint)uid, epoch.Stake[uid], (ulong)epoch.Share[uid], (ulong)epoch.ActiveShare[uid], (ulong)epoch.Consensus[uid],
                (ulong)epoch.Trust[uid], loaded.Gated[uid] ? 0 : (ulong)epoch.Incentive[uid], (ulong)ValidatorShareOf(epoch, uid));
        }

        return reports;
    }

    // floor(share · block's emission / 2^32) each; what the shares leave is not minted.
    private void AccrueVoted(ulong block)
    {
        IReadOnlyList<ulong> nets = registry.Emitting.Page(0, (int)SubnetsPolicy.SubnetsCap);
        var parts = new Amount[nets.Count];
        Amount wanted = Amount.Zero;
        for (int i = 0; i < parts.Length; i++)
        {
            parts[i] = SubnetsPolicy.FromUnits(FixedPoint.ShareOf((long)gauge.ReportOf(nets[i]).Share, block));
            wanted += parts[i];
        }

        if (wanted.IsZero) return;
        Amount minted = emission.Mint(EmissionStream.Subnets, logs.Module, wanted);
        Amount left = minted;
        for (int i = parts.Length - 1; i >= 0; i--)
        {
            // The stream's own cap may leave less: then each gets less, and the first what cannot be parted.
            Amount part = i == 0 ? left : parts[i].MulDiv(minted.Wei, wanted.Wei, Rounding.Down);
            left -= part;
            if (!part.IsZero) registry.SetPending(nets[i], registry.PendingOf(nets[i]) + part);
        }
    }

    /// <summary>Recycles a deposit whose weights were not shown.</summary>
    public void Forfeit(ulong net, Address hotkey, in CommitRecord commit)
    {
        registry.RemoveCommit(net, hotkey);
        pools.GiveDeposit(commit.Deposit);
        emission.Recycle(logs.Module, commit.Deposit);
        logs.Emit(new CommitmentForfeited((uint)net, hotkey, commit.Deposit));
    }

    private static void Compute(YumaEpoch epoch, in SubnetRecord subnet, in SubnetRules rules, ulong block, UInt128 emission)
    {
        // A neuron that took its place in the last epoch's own block came after that epoch: bonds towards its place are the old holder's.
        ulong lastTempo = subnet.EpochIndex > 0 ? subnet.LastEpochAt : block - Math.Min(block, rules.Tempo);
        epoch.Run(SubnetsPolicy.EpochRulesOf(rules), block, lastTempo, SubnetsPolicy.UnitsOf(Amount.FromWei(emission)));
    }

    // Without dividends stake alone earns, unless miners were scored: then the validators' half is carried.
    private static long ValidatorShareOf(YumaEpoch epoch, int uid) =>
        epoch.Dividends.ContainsAnyExcept(0L) ? epoch.Dividends[uid]
        : epoch.Incentive.ContainsAnyExcept(0L) ? 0 : epoch.ValidatorShare[uid];

    private Loaded Load(ulong net, in SubnetRecord subnet, in SubnetRules rules, bool isTrial)
    {
        int uids = (int)subnet.Uids;
        YumaEpoch epoch = s_epoch ??= new YumaEpoch();
        EpochKin family = EpochKin.Load(net, uids, registry, pools, kin);
        Metagraph old = registry.MetagraphOf(net);
        var loaded = new Loaded(epoch, family, new NeuronRecord[uids], new int[uids], new ulong[uids], new bool[uids]);
        int owner = registry.TryFind(net, subnet.OwnerHotkey, out ulong place) ? (int)place : YumaEpoch.None;
        epoch.Begin(uids, uids, owner);
        for (int uid = 0; uid < uids; uid++)
        {
            NeuronRecord neuron = loaded.Neurons[uid] = registry.Neuron(net, (ulong)uid);
            loaded.Gated[uid] = evidence.IsGated(net, neuron.Hotkey, subnet.EpochIndex);

            // A place that changed hands since the last epoch starts from nothing.
            MetagraphEntry entry = neuron.RegisteredAt < subnet.LastEpochAt ? old[(ulong)uid] : default;
            loaded.Stakes[uid] = family.StakeOf(uid, pools.UnitsOf(neuron.Hotkey));

            // Stake counts from the epoch after it came: nobody earns an epoch by staking just before its end.
            epoch.Stake[uid] = Math.Min(entry.Stake, loaded.Stakes[uid]);
            epoch.LastUpdate[uid] = neuron.UpdatedAt;
            epoch.RegisteredAt[uid] = neuron.RegisteredAt;
            loaded.Rows[uid] = YumaEpoch.None;

            // Whoever could not show its evidence has no say in this epoch.
            if (!entry.Permit || evidence.IsSilenced(net, neuron.Hotkey, subnet.EpochIndex)) continue;
            int row = loaded.Rows[uid] = epoch.AddValidator(uid);
            SubnetsPolicy.Unpack(registry.WeightsOf(net, (ulong)uid), epoch.WeightsOf(row));
            SubnetsPolicy.Unpack(registry.BondsOf(net, (ulong)uid), epoch.BondsOf(row));
            if (!registry.TryGetCommit(net, neuron.Hotkey, out CommitRecord commit)) continue;
            if (commit.Epoch + rules.RevealPeriod > subnet.EpochIndex) epoch.OpenCommit[uid] = commit.CommittedAt;
            else if (!isTrial) Forfeit(net, neuron.Hotkey, commit);
        }

        return loaded;
    }

    private void Settle(in Pool pool, in Loaded loaded)
    {
        (YumaEpoch epoch, EpochKin family, NeuronRecord[] neurons, _, _, bool[] gated) = loaded;
        bool anyIncentive = epoch.Incentive.ContainsAnyExcept(0L);
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

            long share = ValidatorShareOf(epoch, uid);
            Amount dividends = Amount.FromWei(FixedPoint.ShareOf(share, pool.Validator));
            shares[uid] = new ShareReport((uint)uid, gated[uid] ? 0 : (ulong)epoch.Incentive[uid], (ulong)share);
            if (!dividends.IsZero) validator += family.Pay(uid, hotkey, dividends, pools);

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

    private void Keep(ulong net, in Loaded loaded)
    {
        (YumaEpoch epoch, _, _, int[] rows, ulong[] stakes, bool[] gated) = loaded;
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

    // A subnet as an epoch takes it; a row is YumaEpoch.None for who has no permit.
    private readonly record struct Loaded(
        YumaEpoch Epoch, EpochKin Family, NeuronRecord[] Neurons, int[] Rows, ulong[] Stakes, bool[] Gated);

    // What an epoch has to share out, in wei.
    private readonly record struct Pool(
        ulong Net, SubnetRecord Subnet, Amount Pending, UInt128 Owner, UInt128 Server, UInt128 Validator);
}
