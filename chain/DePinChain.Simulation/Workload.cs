using DePinChain.Blocks;
using DePinChain.Crypto;
using DePinChain.Modules.Sdk;
using DePinChain.Node;
using DePinChain.Primitives;

namespace DePinChain.Simulation;

/// <summary>What people do meanwhile: transfers, delegations that move the powers, and a validator that joins and leaves.</summary>
internal sealed class Workload
{
    private const int Users = 6;

    private static readonly ModuleDescriptor Staking =
        ModuleCatalog.Modules.Descriptors.Single(module => module.Name == "staking");

    private static readonly ContractAbi StakingAbi = AbiJson.Parse(Staking.Abi);
    private static readonly Amount SelfBond = Amount.FromDpn(100_000);

    private readonly World _world;
    private readonly Dice _dice;
    private readonly int _pauseMs;
    private readonly bool _movesPower;
    private readonly List<(int User, Machine Validator, Amount Amount)> _delegations = [];
    private bool _hasJoined;
    private bool _hasLeft;

    public Workload(World world, Dice dice)
    {
        _world = world;
        _dice = dice;
        _pauseMs = dice.OneOf([200, 700, 2500]);
        _movesPower = dice.PerMille(500);
    }

    /// <summary>The machine of the account that may join; null when nobody does.</summary>
    public Machine? Newcomer { get; init; }

    /// <summary>Transactions that a pool has taken.</summary>
    public int Accepted { get; private set; }

    public void Begin() => _world.Time.After(_dice.Between(0, 2 * _pauseMs), Act);

    private void Act()
    {
        _world.Time.After(_dice.Between(_pauseMs / 4, 2 * _pauseMs), Act);
        List<Machine> running = [.. _world.Honest.Where(machine => machine.Node is not null && !machine.IsPaused)];
        if (running.Count == 0) return;
        Machine at = _dice.OneOf(running);
        if (Newcomer is not null && !_hasJoined && at.Height >= 3) Join(at);
        else if (Newcomer is not null && _hasJoined && !_hasLeft && at.Height >= 34) Leave(at);
        else if (_movesPower && _dice.PerMille(250)) MovePower(at);
        else Transfer(at);
    }

    private void Transfer(Machine at)
    {
        int from = _dice.Below(Users);
        using PrivateKey sender = Keys.User(from);
        using PrivateKey receiver = Keys.User(_dice.Below(Users));
        Amount amount = Amount.FromWei((UInt128)_dice.Between(1, 1_000_000_000));
        Submit(at, sender, receiver.Address, amount, [], 21_000);
    }

    // Only honest validators gain, so that the liars' share never grows to a third.
    private void MovePower(Machine at)
    {
        if (_delegations.Count > 0 && _dice.PerMille(400))
        {
            (int user, Machine validator, Amount amount) = _dice.OneOf(_delegations);
            _delegations.Remove((user, validator, amount));
            using PrivateKey owner = Keys.User(user);
            Submit(at, owner, Staking.Address, Amount.Zero, Call("undelegate", OperatorOf(validator), amount.ToUInt256()), 2_000_000);
            return;
        }

        int giver = _dice.Below(Users);
        Machine chosen = _dice.OneOf([.. _world.Honest]);
        Amount stake = Amount.FromDpn((ulong)_dice.Between(1, 900));
        using PrivateKey delegator = Keys.User(giver);
        if (Submit(at, delegator, Staking.Address, stake, Call("delegate", OperatorOf(chosen)), 2_000_000))
            _delegations.Add((giver, chosen, stake));
    }

    private void Join(Machine at)
    {
        int index = Newcomer!.Index; // the caller checked
        using PrivateKey owner = Keys.Operator(index);
        using PrivateKey signing = Keys.Signing(index);
        using PrivateKey vrf = Keys.Vrf(index);
        Hash256 possession = ProofOfPossession.Digest(Keys.ChainId, owner.Address);
        byte[] call = Call(
            "createValidator",
            signing.PublicKeyCompressed,
            signing.Sign(possession).ToArray(),
            vrf.PublicKeyCompressed,
            vrf.Sign(possession).ToArray(),
            Newcomer.Name,
            UInt256.Zero,
            (UInt256)1_000_000_000_000_000_000UL,
            UInt256.Zero,
            Amount.One.ToUInt256());
        _hasJoined = Submit(at, owner, Staking.Address, SelfBond, call, 5_000_000);
    }

    private void Leave(Machine at)
    {
        using PrivateKey owner = Keys.Operator(Newcomer!.Index); // the caller checked
        _hasLeft = Submit(
            at, owner, Staking.Address, Amount.Zero, Call("undelegate", owner.Address, SelfBond.ToUInt256()), 2_000_000);
    }

    private bool Submit(Machine at, PrivateKey sender, Address to, Amount value, byte[] data, ulong gas)
    {
        ValidatorNode node = at.Node!; // it was chosen among those that run
        UnsignedTransaction fields = new()
        {
            ChainId = Keys.ChainId,
            Nonce = node.Pool.NextNonce(sender.Address),
            MaxFeePerGas = 100_000_000_000UL,
            MaxPriorityFeePerGas = 1_000_000_000UL,
            GasLimit = gas,
            To = to,
            Value = value.ToUInt256(),
            Data = data,
        };
        Transaction transaction = TransactionCodec.Sign(fields, sender);
        if (!node.Pool.Add(transaction, local: true).IsAccepted) return false;
        at.Work(running => running.Keep(transaction));
        Accepted++;
        return true;
    }

    private static byte[] Call(string function, params object?[] arguments) =>
        StakingAbi.Functions.Single(known => known.Name == function).EncodeCall(arguments);

    private static Address OperatorOf(Machine machine)
    {
        using PrivateKey owner = Keys.Operator(machine.Index);
        return owner.Address;
    }
}
