using System.Diagnostics.CodeAnalysis;
using DePinChain.Blocks;
using DePinChain.Modules.Sdk;
using DePinChain.Primitives;
using DePinChain.State;

namespace DePinChain.Execution;

/// <summary>One block under execution, for building and judging alike: open, start, add transactions, close.</summary>
internal sealed class BlockRun
{
    private readonly ChainRules _rules;
    private readonly BlockHeader _parent;
    private readonly ProposalInputs _inputs;
    private readonly ExecutionScope _scope;
    private readonly GovernedParameters _parameters;
    private readonly List<Transaction> _transactions = [];
    private readonly List<Receipt> _receipts = [];
    private readonly List<Address> _senders = [];
    private IReadOnlyList<Misbehaviour> _accusations = [];
    private BlockContext? _context;
    private TransactionExecutor? _executor;
    private int _transactionBytes;

    public BlockRun(ChainRules rules, ModuleSet modules, BlockHeader parent, ProposalInputs inputs, IStateReader parentState)
    {
        _rules = rules;
        _parent = parent;
        _inputs = inputs;
        _scope = new ExecutionScope(rules.ChainId, modules, parentState);
        _parameters = modules.Parameters;
        GasLimit = FeeMarket.NextGasLimit(parent.GasLimit, rules.GasLimitTarget);
        BaseFee = FeeMarket.NextBaseFee(parent, rules.MinBaseFeePerGas);
        Validators = _scope.Validators.NextSet;
    }

    public ulong Number => _parent.Number + 1;

    public ulong GasLimit { get; }

    public UInt256 BaseFee { get; }

    /// <summary>The set that decides this block.</summary>
    public ValidatorSet Validators { get; }

    /// <summary>The randomness after this block; known once opened.</summary>
    public Hash256 Mix { get; private set; }

    /// <summary>Index 0 of the block, when the steps at its start logged anything; known once started.</summary>
    public Transaction? SystemTransaction { get; private set; }

    /// <summary>Whether not even a plain transfer fits any more.</summary>
    public bool IsFull => Started.GasLeft < GasSchedule.Transaction || _transactionBytes >= Block.TransactionBytesMax;

    private TransactionExecutor Started
    {
        get
        {
            Invariant.Assert(_executor is not null, "a block is started before transactions are added");
            return _executor;
        }
    }

    /// <summary>Checks the builder, the proof, the parent's certificate and the evidence against the parent's state.</summary>
    public Rejection? Open()
    {
        IValidatorSource validators = _scope.Validators;
        if (!Validators.Contains(_inputs.Miner))
            return Rejections.MinerNotExpected.Explain($"{_inputs.Miner} is no validator of height {Number}");
        byte[]? vrfKey = validators.FindVrfKey(_inputs.Miner);
        if (vrfKey is null
            || !Beacon.TryMix(vrfKey, _rules.ChainId, Number, _parent.MixHash, _inputs.VrfProof.Span, out Hash256 mix))
        {
            return Rejections.VrfProofInvalid.Explain($"under the key of {_inputs.Miner} for height {Number}");
        }
        Mix = mix;
        if (CheckLastCommit(validators.CurrentSet) is { } mistake) return mistake;
        return EvidenceRules.Check(_rules.ChainId, Number, _inputs.Evidence, validators, out _accusations);
    }

    /// <summary>Runs the scheduled work; its logs become the system transaction.</summary>
    public void Start()
    {
        BlockContext context = Context();
        _context = context;
        _scope.System.Remember(Number, _parent.Hash, _parent.MixHash);
        if (_rules.ForksAt(Number))
            foreach (IModule module in _scope.Modules) _scope.System.ClearSuspension(module.Address);
        new BlockStart(_scope, context).Run();
        IReadOnlyList<LogEntry> logs = _scope.Logs.Take();
        _scope.Journal.Commit();
        _executor = new TransactionExecutor(new ModuleHost(_scope, context), _rules.ChainId, BaseFee, GasLimit);
        if (logs.Count == 0) return;
        SystemTransaction = Blocks.SystemTransaction.Create(_rules.ChainId, Number, _parent.Hash);
        Append(
            SystemTransaction,
            Blocks.SystemTransaction.Sender,
            new Receipt(TransactionType.Legacy, Succeeded: true, CumulativeGasUsed: 0, Bloom.Of(logs), logs));
    }

    /// <summary>Executes one more transaction, or says why it cannot stand here; then nothing has changed.</summary>
    public bool TryAdd(SignedTransaction signed, [NotNullWhen(false)] out Rejection? rejection)
    {
        int bytes = _transactionBytes + signed.Transaction.Size;
        if (bytes > Block.TransactionBytesMax)
        {
            rejection = Rejections.BlockTooLarge.With($"{Block.TransactionBytesMax} bytes of transactions", $"{bytes} bytes");
            return false;
        }
        if (!Started.TryExecute(signed, out Receipt? receipt, out rejection)) return false;
        _transactionBytes = bytes;
        Append(signed.Transaction, signed.Sender, receipt);
        return true;
    }

    /// <summary>Pays the fees, checks conservation, and seals state and header.</summary>
    /// <param name="seal">Computes the state root.</param>
    /// <param name="transactionsRoot">Of the transactions that were added, where it is known.</param>
    public ExecutedBlock Close(Func<StateOverlay, StateDelta> seal, Hash256? transactionsRoot = null)
    {
        Started.PayPriorityFees();
        _scope.System.RecordSupply(_scope.Bank.TotalSupply);
        _scope.Bank.CheckConservation();
        IValidatorSource validators = _scope.Validators;
        var preimage = new ConsensusPreimage(
            validators.CurrentSet.Hash,
            validators.NextSet.Hash,
            ConsensusPart.LastCommitHash(_inputs.LastCommit),
            Evidence.HashOf(_inputs.Evidence),
            _parameters.Hash(_rules.Forks, Number, _scope.Modules),
            ConsensusPart.VrfProofHash(_inputs.VrfProof.Span),
            validators.Epoch);
        var next = new ConsensusView(validators, Number + 1);
        _scope.Journal.Commit();
        StateDelta delta = seal(_scope.Overlay);
        _scope.Recycle();
        var writer = new RlpWriter(1024);
        var header = new BlockHeader
        {
            ParentHash = _parent.Hash,
            Miner = _inputs.Miner,
            StateRoot = delta.Root,
            TransactionsRoot = transactionsRoot ?? BlockRules.TransactionsRoot(_transactions),
            ReceiptsRoot = MerkleTrie.RootOf([.. _receipts.Select(r => r.Encode(writer))]),
            LogsBloom = Bloom.Union(_receipts.Select(r => r.Bloom)),
            Number = Number,
            GasLimit = GasLimit,
            GasUsed = Started.GasUsed,
            Timestamp = _inputs.Timestamp,
            ExtraData = _inputs.ExtraData,
            MixHash = Mix,
            BaseFeePerGas = BaseFee,
            ConsensusRoot = preimage.Root,
        };
        var part = new ConsensusPart(_inputs.LastCommit, _inputs.Evidence, _inputs.VrfProof, preimage);
        return new ExecutedBlock(new Block(header, _transactions, part), _receipts, _senders, delta, next);
    }

    private Rejection? CheckLastCommit(ValidatorSet parentSet)
    {
        CommitCertificate? commit = _inputs.LastCommit;
        if (_parent.Number == 0)
            return commit is null ? null : Rejections.LastCommitInvalid.Explain("genesis is not decided by anyone");
        if (commit is null) return Rejections.LastCommitInvalid.Explain("it is missing");
        if (commit.Height != _parent.Number || commit.BlockHash != _parent.Hash)
            return Rejections.LastCommitInvalid.With($"{_parent.Number} {_parent.Hash}", $"{commit.Height} {commit.BlockHash}");
        return commit.TryVerify(_rules.ChainId, parentSet, out string? why) ? null : Rejections.LastCommitInvalid.Explain(why);
    }

    private BlockContext Context() => new()
    {
        ChainId = _rules.ChainId,
        Number = Number,
        Timestamp = _inputs.Timestamp,
        Proposer = _inputs.Miner,
        ParentHash = _parent.Hash,
        ParentMix = _parent.MixHash,
        BaseFee = Contexts.AmountOf(BaseFee),
        GasLimit = GasLimit,
        Randomness = Contexts.RandomnessOf(_rules.ChainId, Number, _scope),
        Forks = _rules.Forks,
        LastCommit = LastCommitOf(_scope.Validators.CurrentSet),
        Evidence = _accusations,
    };

    private LastCommit? LastCommitOf(ValidatorSet parentSet)
    {
        if (_inputs.LastCommit is not { } commit) return null;
        var signers = new CommitSigner[parentSet.Count];
        for (int i = 0; i < signers.Length; i++)
            signers[i] = new CommitSigner(parentSet[i].Address, parentSet[i].Power, commit.HasSigned(i));
        return new LastCommit(commit.Height, commit.Round, _parent.Miner, signers);
    }

    private void Append(Transaction transaction, Address sender, Receipt receipt)
    {
        _transactions.Add(transaction);
        _senders.Add(sender);
        _receipts.Add(receipt);
    }
}
