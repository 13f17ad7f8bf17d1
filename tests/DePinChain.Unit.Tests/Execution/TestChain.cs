using DePinChain.Blocks;
using DePinChain.Crypto;
using DePinChain.Database;
using DePinChain.Execution;
using DePinChain.Modules.Sdk;
using DePinChain.Primitives;
using DePinChain.State;
using DePinChain.Unit.Tests.Blocks;

namespace DePinChain.Unit.Tests.Execution;

/// <summary>A chain in memory: genesis, then one decided block after another, each built, judged and committed as a node does it.</summary>
internal sealed class TestChain : IDisposable
{
    public const ulong ChainId = 1_337_000;

    public const ulong Gwei = 1_000_000_000;

    private readonly MemoryDatabase _store = new();
    private readonly StateTree _tree;

    private TestChain(ModuleSet modules, GenesisDocument document)
    {
        Rules = ChainRules.Of(document);
        Executor = new BlockExecutor(Rules, modules);
        Simulator = new CallSimulator(Rules, modules);
        _tree = StateTree.Open(_store);
        using StateSnapshot empty = _tree.Latest();
        GenesisBlock genesis = GenesisBuilder.Build(document, modules, empty, _tree.Seal);
        Head = genesis.Block.Header;
        View = genesis.Next;
        Commit(genesis.Delta, 0);
    }

    public ChainRules Rules { get; }

    public BlockExecutor Executor { get; }

    public CallSimulator Simulator { get; }

    public BlockHeader Head { get; private set; }

    /// <summary>The certificate for <see cref="Head"/>; null at genesis.</summary>
    public CommitCertificate? LastCommit { get; private set; }

    public ConsensusView View { get; private set; }

    /// <summary>A chain with the fixed validators and two probes; the steps run at each block's start.</summary>
    public static TestChain Start(
        Action<ProbeModule, BlockContext>? firstStep = null,
        Action<ProbeModule, BlockContext>? secondStep = null,
        Func<GenesisDocument, GenesisDocument>? change = null)
    {
        var modules = new ModuleSet(
            [FixedValidators.Described, ProbeModule.Describe(ProbeModule.First), ProbeModule.Describe(ProbeModule.Second)],
            scope =>
            [
                new FixedValidators(),
                new ProbeModule(ProbeModule.First, scope, firstStep),
                new ProbeModule(ProbeModule.Second, scope, secondStep),
            ]);
        GenesisDocument document = Document();
        return new TestChain(modules, change is null ? document : change(document));
    }

    /// <summary>Accounts of the keys 1 to 9 with 1,000 DPN each, and four founding validators that the fixed module stands for.</summary>
    public static GenesisDocument Document()
    {
        List<GenesisAccount> accounts =
            [.. Enumerable.Range(1, 9).Select(i => new GenesisAccount(Keys.Number(i).Address, Amount.FromDpn(1_000)))];
        return new GenesisDocument
        {
            Name = "test",
            ChainId = ChainId,
            Development = true,
            Timestamp = 1_700_000_000,
            GasLimit = 60_000_000,
            GasLimitTarget = 60_000_000,
            MinBlockSeconds = 12,
            MinBaseFeePerGas = Gwei,
            InitialBaseFeePerGas = Gwei,
            BlockTimeMs = 12_000,
            Timeouts = new GenesisTimeouts(2_000, 500, 500, 250, 2_000, 60_000, 1_500, 4_000),
            TotalSupply = Amount.FromDpn(9_000),
            Accounts = accounts,
            Validators = [.. Enumerable.Range(0, FixedValidators.Count).Select(i => Founder(accounts[i].Address, i))],
        };
    }

    public static SignedTransaction Sign(
        PrivateKey key, ulong nonce, Address to, Func<UnsignedTransaction, UnsignedTransaction>? change = null)
    {
        var fields = new UnsignedTransaction
        {
            ChainId = ChainId,
            Nonce = nonce,
            MaxFeePerGas = 10 * Gwei,
            MaxPriorityFeePerGas = 2 * Gwei,
            GasLimit = 21_000,
            To = to,
        };
        return new SignedTransaction(TransactionCodec.Sign(change is null ? fields : change(fields), key), key.Address);
    }

    /// <summary>A transaction of key 1 with its next nonce that calls the first probe.</summary>
    public SignedTransaction Call(Probe function, params UInt256[] words) => Send(ProbeModule.First, ProbeModule.Calls(function, words));

    public SignedTransaction Send(Address to, byte[] data, UInt256 value = default, ulong gas = 1_000_000) =>
        Sign(Keys.Number(1), NonceOf(Keys.Number(1).Address), to, f => f with { Data = data, Value = value, GasLimit = gas });

    public T Read<T>(Func<IStateReader, T> query)
    {
        using StateSnapshot state = _tree.Latest();
        return query(state);
    }

    public ulong NonceOf(Address account) => Read(s => s.FindAccount(account)?.Nonce ?? 0);

    public UInt256 BalanceOf(Address account) => Read(s => s.FindAccount(account)?.Balance ?? UInt256.Zero);

    public CallResult Try(CallRequest request) => Read(s => Simulator.Call(request, Head, s));

    public CallResult Try(Address to, byte[] data) => Try(new CallRequest { To = to, Data = data, From = Keys.Number(1).Address });

    /// <summary>What the right proposer of the next height would put in.</summary>
    public ProposalInputs Inputs()
    {
        Address miner = View.ProposerAt(0);
        int index = View.Validators.IndexOf(miner);
        return new ProposalInputs
        {
            Miner = miner,
            Timestamp = Head.Timestamp + 12,
            LastCommit = LastCommit,
            VrfProof = Beacon.Prove(FixedValidators.VrfKeys[index], ChainId, Head.Number + 1, Head.MixHash),
        };
    }

    public BlockVerdict Build(ProposalInputs inputs, params IEnumerable<SignedTransaction> candidates)
    {
        using StateSnapshot state = _tree.Latest();
        return Executor.Build(Head, inputs, candidates, state, _tree.Seal);
    }

    public BlockVerdict Validate(Block block)
    {
        using StateSnapshot state = _tree.Latest();
        return Executor.Validate(block, Head, state, _tree.Seal);
    }

    /// <summary>Builds the next block, sends it over the wire, judges it, and commits it.</summary>
    public ExecutedBlock Produce(params IEnumerable<SignedTransaction> candidates)
    {
        BlockVerdict built = Build(Inputs(), candidates);
        Assert.That(built.IsValid, Is.True, built.Rejection?.ToString());
        byte[] sent = built.Executed!.Block.Encode();
        Assert.That(Block.TryDecode(sent, out Block? received, out Rejection? malformed), Is.True, malformed?.ToString());
        BlockVerdict judged = Validate(received!);
        Assert.That(judged.IsValid, Is.True, $"{judged.Rejection} {judged.Rejection?.Needed} {judged.Rejection?.Had}");
        Assert.That(judged.Executed!.Delta.Root, Is.EqualTo(built.Executed.Delta.Root));
        Commit(judged.Executed.Delta, received!.Number);
        Head = received.Header;
        View = judged.Executed.Next;
        LastCommit = Certify(Head);
        return judged.Executed;
    }

    /// <summary>Produces a block with one transaction and returns that transaction's receipt.</summary>
    public Receipt Receipt(SignedTransaction transaction)
    {
        ExecutedBlock block = Produce(transaction);
        Assert.That(block.Block.Transactions[^1].Hash, Is.EqualTo(transaction.Transaction.Hash), "the transaction was left out");
        return block.Receipts[^1];
    }

    public static CommitCertificate Certify(BlockHeader header)
    {
        Vote?[] votes = [.. FixedValidators.SigningKeys.Select(key => new Vote(
            VoteKind.Precommit, header.Number, 0, -1, header.Hash,
            key.Sign(ConsensusSignBytes.OfVote(ChainId, VoteKind.Precommit, header.Number, 0, -1, header.Hash))))];
        return CommitCertificate.Assemble(header.Number, 0, header.Hash, votes);
    }

    public void Dispose()
    {
        _tree.Dispose();
        _store.Dispose();
    }

    private static GenesisValidator Founder(Address operatorAccount, int index)
    {
        PrivateKey vrf = FixedValidators.VrfKeys[index];
        return new GenesisValidator(
            operatorAccount,
            $"validator {index}",
            FixedValidators.SigningKeys[index].PublicKeyCompressed,
            vrf.PublicKeyCompressed,
            vrf.Sign(ProofOfPossession.Digest(ChainId, operatorAccount)).ToArray(),
            Amount.FromDpn(10),
            Commission: 0);
    }

    private void Commit(StateDelta delta, ulong height)
    {
        using IWriteBatch batch = _store.CreateBatch();
        _tree.Write(batch, delta, height);
        _store.Write(batch, sync: false);
        _tree.Advance(delta, height);
    }
}
