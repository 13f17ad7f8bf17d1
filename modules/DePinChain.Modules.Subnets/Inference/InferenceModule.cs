using DePinChain.Modules.Attestations;
using DePinChain.Modules.Economy;
using DePinChain.Modules.Sdk;
using DePinChain.Primitives;
using static DePinChain.Modules.Sdk.Guard;

namespace DePinChain.Modules.Subnets.Inference;

/// <summary>
/// Answers of language models that can be held against who gave them: models by their roots, miners with deposits, receipts in batches,
/// audits that the beacon draws and committees decide.
/// </summary>
[Module("inference", "0x0000000000000000000000000000000000001301", Parts =
    [typeof(ModelBook), typeof(ReceiptBook), typeof(DisputeBook)])]
public sealed partial class InferenceModule : IModule, IBeginBlock, IInvariants, IGenesis<InferenceGenesis>
{
    private readonly ModuleState _state;
    private readonly Logs _logs;
    private readonly IBank _bank;
    private readonly ITreasury _treasury;
    private readonly ICryptography _cryptography;
    private readonly ISubnets _subnets;
    private readonly IAttestations _attestations;
    private readonly ModelBook _models;
    private readonly ReceiptBook _receipts;
    private readonly DisputeBook _disputes;
    private readonly StepRunner _runner;

    /// <param name="state">The module's records.</param>
    /// <param name="logs">The module's events.</param>
    /// <param name="bank">Holds deposits.</param>
    /// <param name="cryptography">Hashes what a dispute shows.</param>
    /// <param name="treasury">Burns what is slashed.</param>
    /// <param name="subnets">Knows who has a place, and pays no incentive to whom an audit fails.</param>
    /// <param name="attestations">Draws the committees that judge answers.</param>
    public InferenceModule(
        ModuleState state, Logs logs, IBank bank, ICryptography cryptography, ITreasury treasury, ISubnets subnets,
        IAttestations attestations)
    {
        _state = state;
        _logs = logs;
        _bank = bank;
        _cryptography = cryptography;
        _treasury = treasury;
        _subnets = subnets;
        _attestations = attestations;
        _models = new ModelBook(state);
        _receipts = new ReceiptBook(state);
        _disputes = new DisputeBook(state);
        _runner = new StepRunner(state, logs);
        Kinds = [new AuditKind(InferencePolicy.ExactTerms, Decided), new AuditKind(InferencePolicy.TolerantTerms, Decided)];
    }

    /// <summary>The kinds of job that audits are.</summary>
    public IReadOnlyList<IJobKind> Kinds { get; }

    [Slot(100)] private partial Parameters<InferenceParameters> Rules { get; }

    /// <summary>Registers a model by what it consists of. The deposit comes back once it is retired and no subnet has it.</summary>
    /// <param name="call">Its owner, with the deposit.</param>
    /// <param name="spec">What it consists of.</param>
    /// <returns>The model's number.</returns>
    [Function, Payable]
    public ulong RegisterModel(Call call, ModelSpec spec)
    {
        bool isWhole = spec.Profile != ModelProfile.None && spec.Format != WeightFormat.None && !spec.WeightsRoot.IsZero
            && !spec.RowsRoot.IsZero && !spec.ConfigHash.IsZero && !spec.TokenizerHash.IsZero && spec.WeightsBytes > 0;
        Require(isWhole, new InvalidModel());
        Require(InferencePolicy.AreSound(spec.Profile, spec.Thresholds), new InvalidThresholds());
        Amount deposit = Rules.Value.ModelDeposit;
        Require(call.Value == deposit, new WrongValue(deposit, call.Value));
        ulong model = _models.Add(call.Sender, spec, deposit, call.Block.Number);
        _logs.Emit(new ModelRegistered(model, call.Sender, spec.WeightsRoot));
        return model;
    }

    /// <summary>Says that no other subnet may choose a model.</summary>
    /// <param name="call">Its owner.</param>
    /// <param name="model">The model.</param>
    [Function]
    public void RetireModel(Call call, ulong model)
    {
        ModelRecord record = OwnModel(call, model);
        Require(record.Status == ModelStatus.Active, new ModelIsRetired(model));
        _models.Save(model, record with { Status = ModelStatus.Retired });
        _logs.Emit(new ModelRetired(model));
    }

    /// <summary>Pays back the deposit of a retired model that no subnet has.</summary>
    /// <param name="call">Its owner.</param>
    /// <param name="model">The model.</param>
    [Function]
    public void WithdrawModel(Call call, ulong model)
    {
        ModelRecord record = OwnModel(call, model);
        bool isFree = record.Status == ModelStatus.Retired && record.Subnets == 0;
        Require(isFree, new ModelInUse(model, record.Subnets));
        Require(!record.Deposit.IsZero, new NoModelDeposit(model));
        _bank.Transfer(Address, call.Sender, _models.Release(model));
    }

    /// <summary>Says by which model the answers of a subnet's miners are audited.</summary>
    /// <param name="call">The subnet's owner.</param>
    /// <param name="netuid">The subnet.</param>
    /// <param name="model">An active model.</param>
    [Function]
    public void ChooseModel(Call call, uint netuid, ulong model)
    {
        Address owner = _subnets.OwnerOf(netuid);
        Require(owner == call.Sender, new NotOwnerOfSubnet(owner, call.Sender));
        Require(_models.Get(model).Status == ModelStatus.Active, new ModelIsRetired(model));
        Require(_models.OfSubnet(netuid) != model, new SameModel(model));
        _models.Choose(netuid, model);
        _logs.Emit(new ModelChosen(netuid, model));
    }

    /// <summary>Lets go of the model that a dissolved subnet had, so that its owner may have the deposit back.</summary>
    /// <param name="call">Anybody.</param>
    /// <param name="netuid">A subnet that is no more.</param>
    [Function]
    public void ReleaseModel(Call call, uint netuid)
    {
        Require(!_subnets.Exists(netuid), new SubnetLives(netuid));
        ulong model = _models.OfSubnet(netuid);
        Require(model != 0, new NoModel(netuid));
        _models.Drop(netuid);
        _logs.Emit(new ModelReleased(netuid, model));
    }

    /// <summary>Enters the caller as a miner whose answers can be audited, or adds to its deposit.</summary>
    /// <param name="call">A hotkey with a place in the subnet.</param>
    /// <param name="netuid">The subnet.</param>
    /// <returns>The miner's number.</returns>
    [Function, Payable]
    public ulong Enter(Call call, uint netuid)
    {
        Require(_subnets.IsSeated(netuid, call.Sender), new NoPlace(netuid, call.Sender));
        ulong miner = _receipts.NumberOf(netuid, call.Sender);
        if (miner == 0) miner = _receipts.Enter(netuid, call.Sender);
        MinerRecord record = _receipts.Get(miner);
        record = record with { Deposit = record.Deposit + call.Value };
        Amount least = Rules.Value.MinerDeposit;
        Require(record.Deposit >= least, new DepositTooSmall(least, record.Deposit));
        _receipts.Save(miner, record);
        _logs.Emit(new MinerEntered(netuid, call.Sender, miner, record.Deposit));
        return miner;
    }

    /// <summary>Pays the caller's deposit back once nothing of it can be audited any more.</summary>
    /// <param name="call">The hotkey, with a place in the subnet or without.</param>
    /// <param name="netuid">The subnet.</param>
    [Function]
    public void Leave(Call call, uint netuid)
    {
        ulong miner = _receipts.GetNumber(netuid, call.Sender);
        MinerRecord record = _receipts.Get(miner);
        Require(record.Open == 0 && record.KeepsUntil <= call.Block.Number, new MinerBusy(record.Open, record.KeepsUntil));
        _receipts.Remove(miner, record);
        _bank.Transfer(Address, call.Sender, record.Deposit);
        _logs.Emit(new MinerLeft(netuid, call.Sender, record.Deposit));
    }

    /// <summary>Commits the caller to answers it gave: one of them may be audited from the next block but one.</summary>
    /// <param name="call">A miner with its whole deposit.</param>
    /// <param name="netuid">The subnet.</param>
    /// <param name="root">keccak(count 8 ‖ root of the tree of the answers' hashes); see the module's README.</param>
    /// <param name="count">Answers.</param>
    /// <param name="tokens">Tokens of all.</param>
    /// <returns>The batch's number.</returns>
    [Function]
    public ulong CommitReceipts(Call call, uint netuid, Hash256 root, uint count, ulong tokens)
    {
        InferenceParameters rules = Rules.Value;
        ulong miner = _receipts.GetNumber(netuid, call.Sender);
        MinerRecord record = _receipts.Get(miner);
        Require(_subnets.IsSeated(netuid, call.Sender), new NoPlace(netuid, call.Sender));
        ulong model = _models.OfSubnet(netuid);
        Require(model != 0, new NoModel(netuid));
        Require(!root.IsZero && count is > 0 and <= InferencePolicy.BatchMax && tokens >= count, new InvalidBatch(count, tokens));
        Require(record.Deposit >= rules.MinerDeposit, new DepositTooSmall(rules.MinerDeposit, record.Deposit));
        ulong now = call.Block.Number;
        ulong until = now + rules.ReceiptBlocks;
        ulong batch = _receipts.Add(new BatchRecord(miner, model, root, count, tokens, now), until);
        _receipts.Save(miner, record with { Answers = record.Answers + count, KeepsUntil = until });
        _logs.Emit(new ReceiptsCommitted(netuid, call.Sender, batch, root, count, tokens));
        return batch;
    }

    /// <summary>Has one answer audited. When it fails, the fee comes back out of what the miner loses.</summary>
    /// <param name="call">Anybody, with the fee of <see cref="AuditFee"/>; it follows the base fee, so what is too much comes back.</param>
    /// <param name="batch">The batch.</param>
    /// <param name="index">Which answer.</param>
    /// <returns>The number of the committee's job.</returns>
    [Function, Payable]
    public ulong RequestAudit(Call call, ulong batch, uint index)
    {
        BatchRecord record = _receipts.GetBatch(batch);
        Require(index < record.Count, new UnknownAnswer(batch, index, record.Count));
        ulong running = _receipts.AuditOf(batch, index);
        Require(running == 0, new AuditRuns(batch, index, running));
        JobTerms terms = TermsOf(record.Model);
        Require(_attestations.HasVerifiers(terms.Kind), new NoVerifiers());
        Amount fee = _attestations.FeeOf(terms.Kind, call.Block.BaseFee);
        Require(call.Value >= fee, new WrongValue(fee, call.Value));
        _bank.Transfer(Address, call.Sender, call.Value - fee);
        return Open(batch, record, index, call.Sender, fee, call.Block);
    }

    /// <inheritdoc/>
    public void BeginBlock(BlockContext block)
    {
        InferenceParameters rules = Rules.Value;
        _runner.ForEachDue(
            _receipts.Draws, block.Number, InferencePolicy.BatchesPerBlockMax, batch => Draw(batch, block, rules));
        _runner.ForEachDue(_receipts.Ends, block.Number, InferencePolicy.BatchesPerBlockMax, _receipts.Forget);
        _runner.ForEachDue(_disputes.Ends, block.Number, InferencePolicy.BatchesPerBlockMax, turn => EndTurn(turn));
    }

    /// <inheritdoc/>
    public void Initialize(InferenceGenesis section, GenesisContext context) => Rules.Value = section.ToParameters();

    /// <inheritdoc/>
    public IEnumerable<string> Violations() => InferenceInvariants.Of(_models, _receipts, _disputes, _bank.BalanceOf(Address));

    private ModelRecord OwnModel(Call call, ulong model)
    {
        ModelRecord record = _models.Get(model);
        Require(record.Owner == call.Sender, new NotModelOwner(record.Owner, call.Sender));
        return record;
    }
}
