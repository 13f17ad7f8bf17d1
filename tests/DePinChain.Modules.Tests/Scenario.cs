using System.Text.Json;
using DePinChain.Blocks;
using DePinChain.Database;
using DePinChain.Execution;
using DePinChain.Modules.Sdk;
using DePinChain.Primitives;
using DePinChain.State;

namespace DePinChain.Modules.Tests;

/// <summary>
/// A chain of one validator in memory that speaks the domain: fund people, send calls, let blocks pass, ask. Blocks are built and judged by
/// the production executor over the production state; after every block each module's invariants are asked.
/// </summary>
internal sealed class Scenario : IDisposable
{
    private const ulong CallGas = 2_000_000;
    private const uint SecondsPerBlock = 12;
    private static readonly UInt256 Gwei = 1_000_000_000;
    private static readonly Amount Bond = Amount.FromDpn(10);

    private readonly ModuleSet _modules;
    private readonly MemoryDatabase _database = new();
    private readonly StateTree _state;
    private readonly SortedDictionary<Address, Amount> _funds = new() { [Person.Validator.Address] = Bond };
    private readonly SortedDictionary<Address, ulong> _nonces = [];
    private readonly SortedDictionary<Address, Amount> _fees = [];
    private readonly List<GenesisModule> _sections = [];
    private Address _subject;
    private BlockExecutor? _executor;
    private BlockHeader? _head;
    private ConsensusPreimage? _preimage;

    private Scenario(IReadOnlyList<ModuleDescriptor> descriptors, Func<ModuleScope, IReadOnlyList<IModule>> create)
    {
        _modules = new ModuleSet(descriptors, create);
        _state = StateTree.Open(_database);
        _subject = descriptors[^1].Address;
    }

    /// <summary>EIP-155 chain id; another one makes another network.</summary>
    public ulong ChainId { get; init; } = 1_337_000;

    /// <summary>The last block as a light client takes it.</summary>
    public LightBlock LightHead => new(Head, _preimage!, FixedValidators.Set, CommitOf(Head));

    /// <summary>Height of the last block.</summary>
    public ulong Height => Head.Number;

    /// <summary>Logs of the last block's start: the system transaction's.</summary>
    public IReadOnlyList<LogEntry> StartLogs { get; private set; } = [];

    private BlockHeader Head => _head ?? Begin();

    /// <summary>A chain with one module, at which calls go unless another address is named.</summary>
    public static Scenario With(ModuleDescriptor descriptor, Func<ModuleScope, IModule> create) =>
        new([FixedValidators.Description, descriptor], scope => [new FixedValidators(), create(scope)]);

    /// <summary>
    /// A chain with a catalog of its own, one of whose modules keeps the validators; calls go to the last unless told otherwise.
    /// </summary>
    public static Scenario WithCatalog(IReadOnlyList<ModuleDescriptor> descriptors, Func<ModuleScope, IReadOnlyList<IModule>> create) =>
        new(descriptors, create);

    /// <summary>The same as a network with another chain id.</summary>
    public static Scenario WithCatalog(
        ulong chainId, IReadOnlyList<ModuleDescriptor> descriptors, Func<ModuleScope, IReadOnlyList<IModule>> create) =>
        new(descriptors, create) { ChainId = chainId };

    /// <summary>Proof of an account and its records at the last block.</summary>
    public AccountProof Prove(Address account, params Hash256[] locations) => _state.Prove(account, locations, Height)!;

    /// <summary>Sends further calls to another module.</summary>
    public Scenario At(Address module)
    {
        _subject = module;
        return this;
    }

    /// <summary>Gives somebody DPN in genesis.</summary>
    public Scenario Funded(Person person, Amount amount)
    {
        Assert.That(_head, Is.Null, "genesis is made by the first block");
        _funds[person.Address] = amount;
        return this;
    }

    /// <summary>Gives several people as much in genesis.</summary>
    public Scenario Funded(IReadOnlyList<Person> people, Amount each)
    {
        foreach (Person person in people) Funded(person, each);
        return this;
    }

    /// <summary>Sets a module's genesis section.</summary>
    public Scenario WithSection(string module, string json)
    {
        _sections.Add(new GenesisModule(module, JsonDocument.Parse(json).RootElement));
        return this;
    }

    /// <summary>Sends a call in a block of its own.</summary>
    public Outcome Send(Person from, byte[] calldata, Amount value = default, Address? to = null, ulong gas = CallGas)
    {
        BlockHeader head = Head;
        ulong nonce = _nonces.GetValueOrDefault(from.Address);
        Transaction transaction = TransactionCodec.Sign(
            new UnsignedTransaction
            {
                ChainId = ChainId,
                Nonce = nonce,
                MaxFeePerGas = head.BaseFeePerGas + head.BaseFeePerGas,
                GasLimit = gas,
                To = to ?? _subject,
                Value = value.ToUInt256(),
                Data = calldata,
            },
            from.Key);
        Receipt receipt = Produce([new SignedTransaction(transaction, from.Address)])[^1];
        _nonces[from.Address] = nonce + 1;
        Amount fee = Amount.FromWei((UInt128)(receipt.EffectiveGasPrice * receipt.GasUsed));
        _fees[from.Address] = FeesPaidBy(from) + fee;
        return new Outcome(receipt.Succeeded, receipt.RevertData.ToArray(), receipt.GasUsed, receipt.Logs);
    }

    /// <summary>Tries a call on the last block's state, as eth_call does.</summary>
    public Outcome Query(byte[] calldata, Address? to = null, Amount value = default, Person? from = null)
    {
        BlockHeader head = Head;
        using StateSnapshot state = _state.Latest();
        CallResult result = new CallSimulator(_executor!.Rules, _modules).Call(
            new CallRequest { From = from?.Address ?? default, To = to ?? _subject, Data = calldata, Value = value.ToUInt256() },
            head,
            state);
        Assert.That(result.Rejection, Is.Null);
        return new Outcome(result.Succeeded, result.ReturnData.ToArray(), result.GasUsed, result.Logs);
    }

    /// <summary>Lets empty blocks pass until the last one has this height.</summary>
    public void AdvanceTo(ulong height)
    {
        while (Height < height) Produce([]);
    }

    public Amount BalanceOf(Person person) => BalanceOf(person.Address);

    public Amount BalanceOf(Address account)
    {
        _ = Head;
        using StateSnapshot state = _state.Latest();
        return Amount.FromWei((UInt128)(state.FindAccount(account)?.Balance ?? UInt256.Zero));
    }

    /// <summary>What all accounts hold together, walked one by one.</summary>
    public UInt256 TotalHeld()
    {
        _ = Head;
        using StateSnapshot state = _state.Latest();
        UInt256 sum = UInt256.Zero;
        foreach ((Hash256 _, Account account) in state.Accounts()) sum += account.Balance;
        return sum;
    }

    /// <summary>Base and priority fees of everything somebody sent.</summary>
    public Amount FeesPaidBy(Person person) => _fees.GetValueOrDefault(person.Address);

    public void Dispose()
    {
        _state.Dispose();
        _database.Dispose();
    }

    private BlockHeader Begin()
    {
        GenesisDocument document = Genesis();
        using StateSnapshot empty = _state.Latest();
        GenesisBlock genesis = GenesisBuilder.Build(document, _modules, empty, _state.Seal);
        _executor = new BlockExecutor(ChainRules.Of(document), _modules);
        _preimage = genesis.Block.Consensus.Preimage;
        Commit(genesis.Delta, genesis.Block.Header);
        return genesis.Block.Header;
    }

    private GenesisDocument Genesis() => new()
    {
        Name = "scenario",
        ChainId = ChainId,
        Development = true,
        Timestamp = 1_700_000_000,
        GasLimit = 60_000_000,
        GasLimitTarget = 60_000_000,
        MinBlockSeconds = 0,
        MinBaseFeePerGas = Gwei,
        InitialBaseFeePerGas = Gwei,
        BlockTimeMs = 1_000,
        Timeouts = new GenesisTimeouts(2_000, 500, 500, 250, 2_000, 60_000, 500, 500),
        TotalSupply = Amount.FromWei(_funds.Values.Aggregate(UInt128.Zero, (sum, amount) => sum + amount.Wei)),
        Accounts = [.. _funds.Select(account => new GenesisAccount(account.Key, account.Value))],
        Modules = [.. _sections.OrderBy(section => section.Name, StringComparer.Ordinal)],
        Validators =
        [
            new GenesisValidator(
                Person.Validator.Address,
                "validator",
                Person.Validator.Key.PublicKeyCompressed,
                Person.Validator.Key.PublicKeyCompressed,
                Person.Validator.Key.Sign(ProofOfPossession.Digest(ChainId, Person.Validator.Address)).ToArray(),
                Bond,
                Commission: 0),
        ],
    };

    private IReadOnlyList<Receipt> Produce(IReadOnlyList<SignedTransaction> candidates)
    {
        BlockHeader parent = Head;
        ProposalInputs inputs = new()
        {
            Miner = Person.Validator.Address,
            Timestamp = parent.Timestamp + SecondsPerBlock,
            LastCommit = parent.Number == 0 ? null : CommitOf(parent),
            VrfProof = Beacon.Prove(Person.Validator.Key, ChainId, parent.Number + 1, parent.MixHash),
        };
        using StateSnapshot state = _state.Latest();
        BlockVerdict verdict = _executor!.Build(parent, inputs, candidates, state, _state.Seal);
        Assert.That(verdict.IsValid, Is.True, verdict.Rejection?.Message);
        ExecutedBlock executed = verdict.Executed!;
        int user = executed.Receipts.Count - candidates.Count;
        Assert.That(user, Is.InRange(0, 1), "every candidate is in the block");

        // Who builds and who judges must agree; blocks of nobody's calls are judged now and then only, for speed.
        if (candidates.Count > 0 || parent.Number % 16 == 0)
        {
            BlockVerdict judged = _executor.Validate(executed.Block, parent, state, _state.Seal);
            Assert.That(judged.IsValid, Is.True, judged.Rejection?.Message);
        }

        StartLogs = user == 0 ? [] : executed.Receipts[0].Logs;
        _preimage = executed.Block.Consensus.Preimage;
        Commit(executed.Delta, executed.Block.Header);
        return executed.Receipts;
    }

    private void Commit(StateDelta delta, BlockHeader header)
    {
        using (IWriteBatch batch = _database.CreateBatch())
        {
            _state.Write(batch, delta, header.Number);
            _database.Write(batch, sync: false);
        }

        _state.Advance(delta, header.Number);
        _head = header;
        using StateSnapshot state = _state.Latest();
        ScenarioView view = new(state);
        ModuleScope scope = new(view, view, view, new NoCryptography(), view);
        foreach (IInvariants module in _modules.Create(scope).OfType<IInvariants>())
            Assert.That(module.Violations(), Is.Empty, $"at height {header.Number}");
    }

    private CommitCertificate CommitOf(BlockHeader header)
    {
        Hash256 digest = ConsensusSignBytes.OfVote(ChainId, VoteKind.Precommit, header.Number, 0, -1, header.Hash);
        return new CommitCertificate(header.Number, 0, header.Hash, [1], [Person.Validator.Key.Sign(digest)]);
    }
}
