using DePinChain.Modules.Economy;
using DePinChain.Modules.Sdk;
using DePinChain.Primitives;
using static DePinChain.Modules.Sdk.Guard;

namespace DePinChain.Modules.Subnets;

/// <summary>
/// Markets for intelligence: who registers a subnet defines a task, miners take places and earn by it, validators score them and earn by
/// agreeing early with what a majority of stake comes to score.
/// </summary>
[Module(
    "subnets", "0x0000000000000000000000000000000000001300", Parts =
    [
        typeof(SubnetRegistry), typeof(StakePools), typeof(EvidenceBook), typeof(GaugeBook), typeof(KinBook),
    ])]
public sealed partial class SubnetsModule : IModule, ISubnets, IBeginBlock, IInvariants, IGenesis<SubnetsGenesis>
{
    private readonly ModuleState _state;
    private readonly Logs _logs;
    private readonly IBank _bank;
    private readonly ICryptography _cryptography;
    private readonly IEmission _emission;
    private readonly SubnetRegistry _registry;
    private readonly StakePools _pools;
    private readonly EvidenceBook _evidence;
    private readonly GaugeBook _gauge;
    private readonly KinBook _kin;
    private readonly EpochStep _epochs;
    private readonly StepRunner _runner;

    /// <param name="state">The module's records.</param>
    /// <param name="logs">The module's events.</param>
    /// <param name="bank">Pays refunds and unstaked coins.</param>
    /// <param name="cryptography">Hashes commitments.</param>
    /// <param name="emission">Mints the subnets stream and recycles prices.</param>
    public SubnetsModule(ModuleState state, Logs logs, IBank bank, ICryptography cryptography, IEmission emission)
    {
        _state = state;
        _logs = logs;
        _bank = bank;
        _cryptography = cryptography;
        _emission = emission;
        _registry = new SubnetRegistry(state);
        _pools = new StakePools(state);
        _evidence = new EvidenceBook(state);
        _gauge = new GaugeBook(state);
        _kin = new KinBook(state);
        _epochs = new EpochStep(_registry, _pools, _evidence, _gauge, _kin, emission, logs);
        _runner = new StepRunner(state, logs);
    }

    [Slot(100)] private partial Parameters<SubnetsParameters> Rules { get; }

    /// <summary>
    /// Registers a subnet whose owner is the caller. Its price is locked; what came along beyond it goes back. When there are as many as
    /// may be, the one with the smallest average share makes room.
    /// </summary>
    /// <param name="call">The owner, with at least the lock's price.</param>
    /// <param name="hotkey">Earns the owner's cut, and takes the first place.</param>
    /// <param name="taskManifest">keccak-256 of the description of the task.</param>
    /// <param name="name">1 to 32 printable ASCII characters.</param>
    /// <returns>The subnet's number.</returns>
    [Function, Payable]
    public uint RegisterSubnet(Call call, Address hotkey, Hash256 taskManifest, [Limit(64)] string name)
    {
        SubnetsParameters rules = Rules.Value;
        ulong now = call.Block.Number;
        Require(SubnetsPolicy.IsName(name), new InvalidSubnetName(name));
        ulong leaving = RoomFor(rules, now);
        LastLock last = _registry.LastLock;
        ulong allowedAt = last.Block + rules.NetRateLimit;
        Require(last.Block == 0 || now >= allowedAt, new SubnetRegisteredRecently(allowedAt));
        Amount price = LockPrice(rules, last, now);
        Require(call.Value >= price, new PriceNotCovered(price, call.Value));

        _pools.Claim(hotkey, call.Sender);
        if (leaving != 0) Dissolve(leaving, _registry.Get(leaving), now);
        ulong number = _registry.Last + 1;

        // Epochs of subnets are spread over a tempo.
        ulong first = now + rules.Tempo - number % rules.Tempo;
        ulong net = _registry.Create(
            new SubnetRecord(
                name, call.Sender, hotkey, now, price, taskManifest, VersionKey: 0, Emits: false, Uids: 1, EpochIndex: 0, LastEpochAt: 0,
                first, rules.PriceStart, now),
            rules.ForNewSubnet());
        _registry.Locked(price, now);
        _registry.Seat(net, 0, hotkey, now);
        _bank.Transfer(Address, call.Sender, call.Value - price);
        _logs.Emit(new SubnetRegistered((uint)net, call.Sender, hotkey, price));
        _logs.Emit(new NeuronRegistered((uint)net, hotkey, 0, Amount.Zero));
        return (uint)net;
    }

    /// <summary>Lets a subnet take part in emission from the next block on.</summary>
    /// <param name="call">Its owner.</param>
    /// <param name="netuid">The subnet.</param>
    [Function]
    public void StartEmission(Call call, uint netuid)
    {
        SubnetRecord subnet = Owned(call, netuid);
        Require(!subnet.Emits, new EmissionAlreadyStarted(netuid));
        _registry.Save(netuid, subnet with { Emits = true });
        _registry.Emitting.Add(netuid);
        _logs.Emit(new EmissionStarted(netuid));
    }

    /// <summary>Changes a parameter of the caller's subnet: not just before an epoch, and each at most once in two tempos.</summary>
    /// <param name="call">Its owner.</param>
    /// <param name="netuid">The subnet.</param>
    /// <param name="parameter">Which.</param>
    /// <param name="value">Its new value.</param>
    [Function]
    public void SetParameter(Call call, uint netuid, SubnetParameter parameter, ulong value)
    {
        SubnetsParameters network = Rules.Value;
        SubnetRecord subnet = Owned(call, netuid);
        SubnetRules rules = _registry.RulesOf(netuid);
        ulong now = call.Block.Number;
        Require(now + network.FreezeBlocks < subnet.NextEpochAt, new ParametersFrozen(subnet.NextEpochAt));
        ulong changed = _registry.ChangedAt(netuid, parameter);
        ulong allowedAt = changed + SubnetsPolicy.ChangeDelay(rules.Tempo);
        Require(changed == 0 || now >= allowedAt, new ParameterChangedRecently(allowedAt));
        (ulong min, ulong max) = SubnetsPolicy.BoundsOf(parameter, rules, subnet.Uids, network.Tempo);
        Require(value >= min && value <= max, new SubnetParameterOutOfRange(parameter, min, max, value));

        if (parameter == SubnetParameter.VersionKey) _registry.Save(netuid, subnet with { VersionKey = value });
        else _registry.SaveRules(netuid, SubnetsPolicy.With(rules, parameter, value));
        _registry.Changed(netuid, parameter, now);
        _logs.Emit(new SubnetParameterSet(netuid, parameter, value));
    }

    /// <summary>Buys a hotkey of the caller a place in a subnet. The price is recycled; what came along beyond it goes back.</summary>
    /// <param name="call">The hotkey's owner, with at least the price.</param>
    /// <param name="netuid">The subnet.</param>
    /// <param name="hotkey">Whoever names it first owns it.</param>
    /// <returns>The place.</returns>
    [Function, Payable]
    public uint Register(Call call, uint netuid, Address hotkey)
    {
        SubnetRecord subnet = _registry.Get(netuid);
        SubnetRules rules = _registry.RulesOf(netuid);
        ulong now = call.Block.Number;
        Require(rules.RegistrationOpen, new RegistrationClosed(netuid));
        ulong price = PriceNow(subnet, now);
        Amount paid = SubnetsPolicy.FromUnits(price);
        Require(call.Value >= paid, new PriceNotCovered(paid, call.Value));
        _pools.Claim(hotkey, call.Sender);
        Require(!_registry.TryFind(netuid, hotkey, out _), new AlreadyRegistered(netuid, hotkey));

        ulong uid = subnet.Uids < rules.UidsMax ? subnet.Uids : Prune(netuid, subnet, rules, now);
        _registry.Seat(netuid, uid, hotkey, now);
        SubnetsParameters network = Rules.Value;
        _registry.Save(netuid, subnet with
        {
            Uids = Math.Max(subnet.Uids, (uint)uid + 1),
            Price = RegistrationPrice.Raise(price, SubnetsPolicy.PriceMultiplier, network.PriceMin, network.PriceMax),
            PricedAt = now,
        });
        _emission.Recycle(Address, paid);
        _bank.Transfer(Address, call.Sender, call.Value - paid);
        _logs.Emit(new NeuronRegistered(netuid, hotkey, (uint)uid, paid));
        return (uint)uid;
    }

    /// <summary>Announces where the caller serves.</summary>
    /// <param name="call">The hotkey.</param>
    /// <param name="netuid">The subnet.</param>
    /// <param name="version">Of its software.</param>
    /// <param name="ip">IPv4 in the low 32 bits, or IPv6.</param>
    /// <param name="port">TCP port.</param>
    /// <param name="ipType">4 or 6.</param>
    /// <param name="protocol">Meant for the subnet's software.</param>
    /// <param name="tlsKey">Public key of its certificate; up to 65 bytes.</param>
    [Function]
    public void ServeAxon(
        Call call, uint netuid, uint version, UInt128 ip, ushort port, byte ipType, byte protocol, [Limit(65)] byte[] tlsKey)
    {
        _registry.Get(netuid);
        ulong uid = _registry.UidOf(netuid, call.Sender);
        bool fits = ipType == 6 || (ipType == 4 && ip <= uint.MaxValue);
        Require(fits && ip != 0 && port != 0, new InvalidAxon());
        bool served = _registry.TryGetAxon(netuid, uid, out AxonRecord axon);
        ulong allowedAt = axon.ServedAt + Rules.Value.ServingRateLimit;
        Require(!served || call.Block.Number >= allowedAt, new ServingTooFast(allowedAt));
        _registry.SaveAxon(netuid, uid, new AxonRecord(version, ip, port, ipType, protocol, call.Block.Number, tlsKey));
        _logs.Emit(new AxonServed(netuid, call.Sender));
    }

    /// <summary>Sets the caller's weights, where they are not committed first.</summary>
    /// <param name="call">The hotkey.</param>
    /// <param name="netuid">The subnet.</param>
    /// <param name="weights">Four bytes each: uid, ascending, and value, big-endian.</param>
    /// <param name="versionKey">Version of the validator's software.</param>
    /// <param name="evidenceRoot">Root of what the scores rest on.</param>
    [Function]
    public void SetWeights(Call call, uint netuid, [Limit(1_024)] byte[] weights, ulong versionKey, Hash256 evidenceRoot)
    {
        SubnetRecord subnet = _registry.Get(netuid);
        SubnetRules rules = _registry.RulesOf(netuid);
        Require(!rules.CommitReveal, new CommitRevealRequired(netuid));
        ulong uid = _registry.UidOf(netuid, call.Sender);
        ulong allowedAt = _registry.Neuron(netuid, uid).UpdatedAt + rules.WeightsRateLimit;
        Store(call, netuid, subnet, rules, uid, new Row(weights, versionKey, evidenceRoot, allowedAt, subnet.EpochIndex));
    }

    /// <summary>
    /// Commits to weights, to be revealed in a later epoch: keccak256(abi.encode(chainId, netuid, hotkey, epoch, weights, versionKey,
    /// evidenceRoot, salt)), where the epoch is the subnet's current one.
    /// </summary>
    /// <param name="call">The hotkey, with the deposit.</param>
    /// <param name="netuid">The subnet.</param>
    /// <param name="commitment">The hash.</param>
    [Function, Payable]
    public void CommitWeights(Call call, uint netuid, Hash256 commitment)
    {
        SubnetRecord subnet = _registry.Get(netuid);
        SubnetRules rules = _registry.RulesOf(netuid);
        Require(rules.CommitReveal, new CommitRevealDisabled(netuid));
        ulong uid = _registry.UidOf(netuid, call.Sender);
        Require(HasPermit(netuid, subnet, uid, call.Sender), new NoValidatorPermit(call.Sender));
        Amount deposit = Rules.Value.CommitDeposit;
        Require(call.Value == deposit, new WrongDeposit(deposit, call.Value));
        if (_registry.TryGetCommit(netuid, call.Sender, out CommitRecord open))
        {
            Require(open.Epoch + rules.RevealPeriod < subnet.EpochIndex, new CommitmentOpen(open.Epoch));
            _epochs.Forfeit(netuid, call.Sender, open);
        }

        _pools.TakeDeposit(deposit);
        _registry.SaveCommit(netuid, call.Sender, new CommitRecord(commitment, call.Block.Number, subnet.EpochIndex, deposit));
        _logs.Emit(new WeightsCommitted(netuid, call.Sender, commitment, subnet.EpochIndex));
    }

    /// <summary>Shows what was committed; the deposit comes back and the weights count.</summary>
    /// <param name="call">The hotkey.</param>
    /// <param name="netuid">The subnet.</param>
    /// <param name="weights">Four bytes each: uid, ascending, and value, big-endian.</param>
    /// <param name="versionKey">Version of the validator's software.</param>
    /// <param name="evidenceRoot">Root of what the scores rest on.</param>
    /// <param name="salt">Hid them.</param>
    [Function]
    public void RevealWeights(
        Call call, uint netuid, [Limit(1_024)] byte[] weights, ulong versionKey, Hash256 evidenceRoot, Hash256 salt)
    {
        SubnetRecord subnet = _registry.Get(netuid);
        SubnetRules rules = _registry.RulesOf(netuid);
        ulong uid = _registry.UidOf(netuid, call.Sender);
        Require(_registry.TryGetCommit(netuid, call.Sender, out CommitRecord commit), new NoCommitment(call.Sender));
        ulong expected = commit.Epoch + rules.RevealPeriod;
        Require(subnet.EpochIndex == expected, new WrongRevealEpoch(expected, subnet.EpochIndex));
        Row row = new(weights, versionKey, evidenceRoot, AllowedAt: 0, commit.Epoch);
        Hash256 revealed = _cryptography.Keccak(Preimage(call.Block.ChainId, netuid, call.Sender, commit.Epoch, row, salt));
        Require(revealed == commit.Commitment, new RevealMismatch(commit.Commitment, revealed));

        _registry.RemoveCommit(netuid, call.Sender);
        _pools.GiveDeposit(commit.Deposit);
        _bank.Transfer(Address, call.Sender, commit.Deposit);
        Store(call, netuid, subnet, rules, uid, row);
    }

    /// <summary>Adds stake of the caller behind a hotkey. It counts from the epoch after the next.</summary>
    /// <param name="call">The coldkey, with the stake.</param>
    /// <param name="hotkey">Behind whom.</param>
    [Function, Payable]
    public void Stake(Call call, Address hotkey)
    {
        Amount min = Rules.Value.StakeMin;
        Require(call.Value >= min, new StakeTooSmall(min, call.Value));
        _pools.Add(hotkey, call.Sender, call.Value);
        _logs.Emit(new Staked(hotkey, call.Sender, call.Value));
    }

    /// <summary>Takes stake of the caller back; it is paid after the unstaking period.</summary>
    /// <param name="call">The coldkey.</param>
    /// <param name="hotkey">From whom.</param>
    /// <param name="amount">How much.</param>
    [Function]
    public void Unstake(Call call, Address hotkey, Amount amount)
    {
        ulong paidAt = call.Block.Number + Rules.Value.UnstakeBlocks;
        _pools.Remove(hotkey, call.Sender, amount, paidAt);
        _logs.Emit(new Unstaked(hotkey, call.Sender, amount, paidAt));
    }

    /// <summary>Sets the part of dividends that the caller takes from those who stake behind its hotkey: down at once, up seldom.</summary>
    /// <param name="call">The hotkey's owner.</param>
    /// <param name="hotkey">Which.</param>
    /// <param name="take">Of 65,535; at most 18 %.</param>
    [Function]
    public void SetTake(Call call, Address hotkey, ushort take)
    {
        HotkeyRecord record = _pools.Get(hotkey);
        Require(record.Owner == call.Sender, new NotHotkeyOwner(record.Owner, call.Sender));
        Require(take <= SubnetsPolicy.TakeMax, new TakeTooHigh(SubnetsPolicy.TakeMax, take));
        if (take > record.Take)
        {
            ulong allowedAt = record.TakeRaisedAt + Rules.Value.TakeDelay;
            Require(record.TakeRaisedAt == 0 || call.Block.Number >= allowedAt, new TakeRaisedRecently(allowedAt));
            record = record with { TakeRaisedAt = call.Block.Number };
        }

        _pools.Save(hotkey, record with { Take = take });
        _logs.Emit(new TakeSet(hotkey, take));
    }

    /// <inheritdoc/>
    public void BeginBlock(BlockContext block)
    {
        SubnetsParameters rules = Rules.Value;
        _runner.ForEachDue(_pools.Schedule, block.Number, SubnetsPolicy.UnstakesPerBlockMax, id =>
        {
            UnstakeRecord paid = _pools.Release(id);
            _bank.Transfer(Address, paid.Owner, paid.Amount);
        });
        _runner.ForEachDue(_evidence.Schedule, block.Number, SubnetsPolicy.ChallengesPerBlockMax, ExpireChallenge);
        _runner.ForEachDue(_registry.Cleared, block.Number, (int)SubnetsPolicy.SubnetsCap, net => ClearPlaces(net, block.Number));
        _runner.ForEachDue(_kin.Schedule, block.Number, SubnetsPolicy.KinChangesPerBlockMax, TakeChildren);
        CountVotes(block.Number, rules);
        _epochs.Accrue(rules);
        _runner.ForEachDue(_registry.Epochs, block.Number, (int)rules.EpochsPerBlock, net => _epochs.Run(net, block, rules));
        foreach (ulong net in _registry.Epochs.Peek(block.Number, (int)SubnetsPolicy.SubnetsCap))
        {
            if (_registry.TryGet(net, out _)) _logs.Emit(new EpochDeferred((uint)net));
        }
    }

    /// <inheritdoc/>
    public void Initialize(SubnetsGenesis section, GenesisContext context) => Rules.Value = section.ToParameters();

    /// <inheritdoc/>
    public IEnumerable<string> Violations() => SubnetsInvariants.Violations(_registry, _pools, _evidence.Held, _bank.BalanceOf(Address));
}
