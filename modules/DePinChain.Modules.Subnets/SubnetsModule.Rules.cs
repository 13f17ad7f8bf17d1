using DePinChain.Modules.Sdk;
using DePinChain.Modules.Subnets.Yuma;
using DePinChain.Primitives;
using static DePinChain.Modules.Sdk.Guard;

namespace DePinChain.Modules.Subnets;

/// <content>Views, and the rules that several functions share.</content>
public sealed partial class SubnetsModule
{
    /// <summary>The number of the last subnet. They are numbered from 1; the numbers of dissolved ones are not given again.</summary>
    [Function]
    public uint SubnetCount() => (uint)_registry.Last;

    /// <summary>What registering a subnet locks in this block.</summary>
    [Function]
    public Amount LockCost(BlockContext block) => LockPrice(Rules.Value, _registry.LastLock, block.Number);

    /// <summary>What a place in a subnet costs in this block.</summary>
    /// <param name="block">The block.</param>
    /// <param name="netuid">The subnet.</param>
    [Function]
    public Amount Price(BlockContext block, uint netuid) => SubnetsPolicy.FromUnits(PriceNow(_registry.Get(netuid), block.Number));

    /// <summary>A subnet.</summary>
    /// <param name="netuid">Its number.</param>
    [Function]
    public SubnetRecord Subnet(uint netuid) => _registry.Get(netuid);

    /// <summary>What a subnet's owner chose.</summary>
    /// <param name="netuid">The subnet.</param>
    [Function]
    public SubnetRules RulesOf(uint netuid)
    {
        _registry.Get(netuid);
        return _registry.RulesOf(netuid);
    }

    /// <summary>What a subnet's next epoch has to share out so far.</summary>
    /// <param name="netuid">The subnet.</param>
    [Function]
    public Amount PendingEmission(uint netuid) => _registry.PendingOf(netuid);

    /// <summary>All neurons of a subnet by uid.</summary>
    /// <param name="netuid">The subnet.</param>
    [Function]
    public NeuronReport[] Neurons(uint netuid)
    {
        SubnetRecord subnet = _registry.Get(netuid);
        Metagraph metagraph = _registry.MetagraphOf(netuid);
        var neurons = new NeuronReport[subnet.Uids];
        for (uint uid = 0; uid < neurons.Length; uid++)
        {
            NeuronRecord neuron = _registry.Neuron(netuid, uid);
            HotkeyRecord hotkey = _pools.Get(neuron.Hotkey);
            MetagraphEntry entry = EntryOf(subnet, metagraph, neuron, uid);
            neurons[uid] = new NeuronReport(
                uid, neuron.Hotkey, hotkey.Owner, hotkey.Value, neuron.RegisteredAt, neuron.UpdatedAt, entry.Permit, entry.Consensus,
                entry.Incentive, entry.Dividends, entry.Trust, entry.Emission);
        }

        return neurons;
    }

    /// <summary>A neuron's weights as they are stored: uid and value, two bytes each.</summary>
    /// <param name="netuid">The subnet.</param>
    /// <param name="uid">The place.</param>
    [Function]
    public byte[] Weights(uint netuid, uint uid) => _registry.WeightsOf(netuid, uid);

    /// <summary>A neuron's bonds: uid and value, two bytes each.</summary>
    /// <param name="netuid">The subnet.</param>
    /// <param name="uid">The place.</param>
    [Function]
    public byte[] Bonds(uint netuid, uint uid) => _registry.BondsOf(netuid, uid);

    /// <summary>Where a neuron serves.</summary>
    /// <param name="netuid">The subnet.</param>
    /// <param name="hotkey">Whose.</param>
    [Function]
    public AxonRecord Axon(uint netuid, Address hotkey)
    {
        Require(_registry.TryGetAxon(netuid, _registry.UidOf(netuid, hotkey), out AxonRecord axon), new NotRegistered(netuid, hotkey));
        return axon;
    }

    /// <summary>Stake behind a hotkey.</summary>
    /// <param name="hotkey">Which.</param>
    [Function]
    public HotkeyRecord Hotkey(Address hotkey) => _pools.Get(hotkey);

    /// <summary>What somebody's stake behind a hotkey is worth.</summary>
    /// <param name="hotkey">Behind whom.</param>
    /// <param name="coldkey">Whose.</param>
    [Function]
    public Amount StakeOf(Address hotkey, Address coldkey) => _pools.StakeOf(hotkey, coldkey);

    /// <summary>Who would lose its place to a newcomer in this block; the number of places when one is free.</summary>
    /// <param name="block">The block.</param>
    /// <param name="netuid">The subnet.</param>
    [Function]
    public uint NextToPrune(BlockContext block, uint netuid)
    {
        SubnetRecord subnet = _registry.Get(netuid);
        SubnetRules rules = _registry.RulesOf(netuid);
        return subnet.Uids < rules.UidsMax ? subnet.Uids : (uint)FindPrunable(netuid, subnet, rules, block.Number);
    }

    private static Amount LockPrice(in SubnetsParameters rules, in LastLock last, ulong now)
    {
        UInt128 previous = last.Block == 0 ? rules.LockMin.Wei : last.Lock.Wei;
        return Amount.FromWei(SubnetSupply.LockCost(previous, last.Block, now, rules.LockInterval, rules.LockMin.Wei));
    }

    // What the commitment hashes: the hotkey and the epoch stand in it, so that neither a copy nor a replay opens.
    private static byte[] Preimage(ulong chainId, uint netuid, Address hotkey, ulong epoch, in Row row, in Hash256 salt)
    {
        AbiWriter writer = new(8);
        writer.WriteUInt(chainId);
        writer.WriteUInt((ulong)netuid);
        writer.WriteAddress(hotkey);
        writer.WriteUInt(epoch);
        writer.WriteBytes(row.Weights);
        writer.WriteUInt(row.VersionKey);
        writer.WriteHash(row.EvidenceRoot);
        writer.WriteHash(salt);
        return writer.ToArray();
    }

    private static MetagraphEntry EntryOf(in SubnetRecord subnet, Metagraph metagraph, in NeuronRecord neuron, ulong uid) =>
        neuron.RegisteredAt < subnet.LastEpochAt ? metagraph[uid] : default;

    private SubnetRecord Owned(Call call, uint netuid)
    {
        SubnetRecord subnet = _registry.Get(netuid);
        Require(subnet.Owner == call.Sender, new NotSubnetOwner(subnet.Owner, call.Sender));
        return subnet;
    }

    private ulong PriceNow(in SubnetRecord subnet, ulong now)
    {
        SubnetsParameters rules = Rules.Value;
        ulong factor = RegistrationPrice.FactorOf(rules.PriceHalfLife);
        return RegistrationPrice.DecayOver(subnet.Price, factor, rules.PriceMin, rules.PriceMax, now - subnet.PricedAt);
    }

    private bool HasPermit(uint netuid, in SubnetRecord subnet, ulong uid, Address hotkey) =>
        hotkey == subnet.OwnerHotkey
        || EntryOf(subnet, _registry.MetagraphOf(netuid), _registry.Neuron(netuid, uid), uid).Permit;

    // Checks weights in upstream's order and stores them scaled.
    private void Store(Call call, uint netuid, in SubnetRecord subnet, in SubnetRules rules, ulong uid, in Row row)
    {
        byte[] weights = row.Weights;
        int count = weights.Length / SubnetsPolicy.WeightSize;
        Require(weights.Length % SubnetsPolicy.WeightSize == 0 && count <= subnet.Uids, new MalformedWeights((uint)weights.Length));
        Require(row.VersionKey >= subnet.VersionKey, new OutdatedVersion(subnet.VersionKey, row.VersionKey));
        bool onlySelf = count == 1 && SubnetsPolicy.WeightAt(weights, 0).Uid == uid;
        Require(call.Block.Number >= row.AllowedAt, new SettingWeightsTooFast(row.AllowedAt));
        Require(onlySelf || HasPermit(netuid, subnet, uid, call.Sender), new NoValidatorPermit(call.Sender));
        int last = YumaEpoch.None;
        for (int i = 0; i < count; i++)
        {
            ushort target = SubnetsPolicy.WeightAt(weights, i).Uid;
            Require(target > last, new UidsNotAscending((uint)i));
            Require(target < subnet.Uids, new UnknownUid(target));
            last = target;
        }

        uint min = Math.Min(rules.WeightsMin, subnet.Uids);
        Require(onlySelf || count >= min, new TooFewWeights(min, (uint)count));

        ushort[] scaled = new ushort[subnet.Uids];
        SubnetsPolicy.Unpack(weights, scaled);
        WeightScale.Upscale(scaled);
        _registry.SaveWeights(netuid, uid, SubnetsPolicy.Pack(scaled), call.Block.Number);
        _evidence.SaveRoot(netuid, uid, new EvidenceRecord(call.Sender, row.EvidenceRoot, row.Epoch, call.Block.Number));
        _logs.Emit(new WeightsSet(netuid, call.Sender, row.EvidenceRoot));
    }

    private ulong Prune(uint netuid, in SubnetRecord subnet, in SubnetRules rules, ulong now)
    {
        ulong uid = FindPrunable(netuid, subnet, rules, now);
        NeuronRecord neuron = _registry.Neuron(netuid, uid);
        ulong earned = EntryOf(subnet, _registry.MetagraphOf(netuid), neuron, uid).Emission;
        if (_registry.TryGetCommit(netuid, neuron.Hotkey, out CommitRecord commit)) _epochs.Forfeit(netuid, neuron.Hotkey, commit);
        _registry.Unseat(netuid, uid, neuron.Hotkey);
        _logs.Emit(new NeuronPruned(netuid, neuron.Hotkey, (uint)uid, earned));
        return uid;
    }

    // Least emission, then oldest, then lowest: among those not immune while enough of them stay, else among the immune.
    private ulong FindPrunable(uint netuid, in SubnetRecord subnet, in SubnetRules rules, ulong now)
    {
        Metagraph metagraph = _registry.MetagraphOf(netuid);
        int nonImmune = 0;
        (ulong Emission, ulong RegisteredAt, ulong Uid)? first = null;
        (ulong Emission, ulong RegisteredAt, ulong Uid)? firstImmune = null;
        for (ulong uid = 0; uid < subnet.Uids; uid++)
        {
            NeuronRecord neuron = _registry.Neuron(netuid, uid);
            if (neuron.Hotkey == subnet.OwnerHotkey) continue;
            var key = (EntryOf(subnet, metagraph, neuron, uid).Emission, neuron.RegisteredAt, uid);
            if (now - neuron.RegisteredAt < rules.Immunity)
            {
                if (firstImmune is null || key.CompareTo(firstImmune.Value) < 0) firstImmune = key;
                continue;
            }

            nonImmune++;
            if (first is null || key.CompareTo(first.Value) < 0) first = key;
        }

        (ulong Emission, ulong RegisteredAt, ulong Uid)? chosen = nonImmune > SubnetsPolicy.MinNonImmune ? first : firstImmune;
        Require(chosen is not null, new NoNeuronIdAvailable(netuid));
        return chosen!.Value.Uid;
    }

    // What a validator says, from which block on it may, and of which epoch.
    private readonly record struct Row(byte[] Weights, ulong VersionKey, Hash256 EvidenceRoot, ulong AllowedAt, ulong Epoch);
}
