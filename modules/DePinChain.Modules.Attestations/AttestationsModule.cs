using DePinChain.Modules.Economy;
using DePinChain.Modules.Sdk;
using DePinChain.Modules.Staking;
using DePinChain.Primitives;
using static DePinChain.Modules.Sdk.Guard;

namespace DePinChain.Modules.Attestations;

/// <summary>
/// Judges what is too big or too inexact for a block: verifiers put up bonds and delegate a worker's key, committees are drawn from them by
/// stake, and what they find is committed, revealed and decided here for every other module.
/// </summary>
[Module("attestations", "0x0000000000000000000000000000000000001007", Parts =
    [typeof(VerifierRegistry), typeof(JobBook), typeof(Custody), typeof(Audits)])]
public sealed partial class AttestationsModule : IModule, IAttestations, IBeginBlock, IInvariants, IGenesis<AttestationsGenesis>
{
    private readonly ModuleState _state;
    private readonly Logs _logs;
    private readonly IBank _bank;
    private readonly ITreasury _treasury;
    private readonly ICryptography _cryptography;
    private readonly JobKinds _kinds;
    private readonly VerifierRegistry _verifiers;
    private readonly JobBook _jobs;
    private readonly Custody _custody;
    private readonly Audits _audits;
    private readonly Settlement _settlement;
    private readonly JobRounds _rounds;

    /// <param name="state">The module's records.</param>
    /// <param name="logs">The module's events.</param>
    /// <param name="bank">Holds bonds and fees.</param>
    /// <param name="cryptography">Recovers who signed a receipt.</param>
    /// <param name="treasury">Burns what nobody gets.</param>
    /// <param name="staking">Knows the validators, whose operators keep shards.</param>
    /// <param name="kinds">The kinds of job; filled by the catalog while it makes the modules below.</param>
    public AttestationsModule(
        ModuleState state, Logs logs, IBank bank, ICryptography cryptography, ITreasury treasury, IStaking staking, JobKinds kinds)
    {
        _state = state;
        _logs = logs;
        _bank = bank;
        _treasury = treasury;
        _cryptography = cryptography;
        _kinds = kinds;
        _verifiers = new VerifierRegistry(state);
        _jobs = new JobBook(state);
        _custody = new Custody(state);
        _audits = new Audits(state);
        _settlement = new Settlement(state, logs, bank, treasury, kinds, _verifiers, _jobs);
        _rounds = new JobRounds(state, logs, bank, staking, kinds, _verifiers, _jobs, _audits, _settlement);
    }

    [Slot(100)] private partial Parameters<AttestationsParameters> Rules { get; }

    /// <summary>Registers the caller as a verifier: the value that comes along is its bond.</summary>
    /// <param name="call">The owner of the bond; its own key never attests.</param>
    /// <param name="worker">The key that attests.</param>
    /// <param name="roles">What it judges: bit n is role n.</param>
    /// <param name="until">Block from which the worker's right is over.</param>
    [Function, Payable]
    public void RegisterVerifier(Call call, Address worker, byte roles, ulong until)
    {
        AttestationsParameters rules = Rules.Value;
        Require(call.Value >= rules.BondMin, new BondTooSmall(rules.BondMin, call.Value));
        VerifierRecord record = _verifiers.Enter(call.Sender);
        Delegate(call, record with { Bond = call.Value }, worker, roles, until);
        _verifiers.Hold(call.Value);
        _logs.Emit(new VerifierRegistered(call.Sender, call.Value));
    }

    /// <summary>
    /// Gives the right to attest to another key, or for another time or other roles. The key before has it no more at once.
    /// </summary>
    /// <param name="call">The verifier.</param>
    /// <param name="worker">The key that attests.</param>
    /// <param name="roles">What it judges: bit n is role n.</param>
    /// <param name="until">Block from which the worker's right is over.</param>
    [Function]
    public void DelegateWorker(Call call, Address worker, byte roles, ulong until) =>
        Delegate(call, _verifiers.Get(call.Sender), worker, roles, until);

    /// <summary>Takes the worker's right away at once.</summary>
    [Function]
    public void RevokeWorker(Call call)
    {
        VerifierRecord record = _verifiers.Get(call.Sender);
        Require(!record.Worker.IsZero, new NoWorker(call.Sender));
        _verifiers.Save(call.Sender, _verifiers.WithWorker(call.Sender, record, Address.Zero, roles: 0, until: 0));
        _verifiers.PlanWeighing(call.Sender, call.Block.Number + 1);
        _logs.Emit(new WorkerDelegated(call.Sender, Address.Zero, 0, 0));
    }

    /// <summary>Adds the value that comes along to the caller's bond. It weighs from the next block on.</summary>
    [Function, Payable]
    public void AddBond(Call call)
    {
        VerifierRecord record = _verifiers.Get(call.Sender);
        Require(!call.Value.IsZero, new NothingBonded());
        _verifiers.Save(call.Sender, record with { Bond = record.Bond + call.Value });
        _verifiers.Hold(call.Value);
        _verifiers.PlanWeighing(call.Sender, call.Block.Number + 1);
        _logs.Emit(new BondAdded(call.Sender, call.Value));
    }

    /// <summary>Takes a part of the bond out. It weighs no more, but answers for what it was drawn for until it is released.</summary>
    /// <param name="call">The verifier.</param>
    /// <param name="amount">How much.</param>
    [Function]
    public void Unbond(Call call, Amount amount)
    {
        VerifierRecord record = _verifiers.Get(call.Sender);
        Require(!amount.IsZero && amount <= record.Bond, new BondTooSmall(amount, record.Bond));
        Require(record.Leaving.Length < AttestationsPolicy.UnbondingsMax, new TooManyUnbondings(AttestationsPolicy.UnbondingsMax));
        ulong releasedAt = call.Block.Number + Rules.Value.UnbondingBlocks;
        Unbonding entry = new(amount, call.Block.Number, releasedAt);
        _verifiers.Save(call.Sender, record with { Bond = record.Bond - amount, Leaving = [.. record.Leaving, entry] });
        _verifiers.PlanWeighing(call.Sender, call.Block.Number + 1);
        _logs.Emit(new BondLeaving(call.Sender, amount, releasedAt));
    }

    /// <summary>Pays what of the bond is released, and all fees earned. A verifier with nothing left is gone.</summary>
    [Function]
    public void Withdraw(Call call)
    {
        VerifierRecord record = _verifiers.Get(call.Sender);
        Amount released = Amount.Zero;
        List<Unbonding> waiting = [];
        foreach (Unbonding entry in record.Leaving)
        {
            if (entry.ReleasedAt <= call.Block.Number) released += entry.Amount;
            else waiting.Add(entry);
        }

        bool isEmpty = waiting.Count == 0 && record.Bond.IsZero;
        Require(isEmpty || !released.IsZero || !record.Earned.IsZero, new NothingReleased(waiting.Count == 0 ? 0 : waiting[0].ReleasedAt));
        Amount earned = record.Earned;
        _verifiers.Release(released);
        _verifiers.Debit(earned);
        record = record with { Earned = Amount.Zero, Leaving = [.. waiting] };
        if (isEmpty) _verifiers.Remove(call.Sender, record);
        else _verifiers.Save(call.Sender, record);
        _bank.Transfer(Address, call.Sender, released + earned);
        _logs.Emit(new VerifierPaid(call.Sender, released, earned));
    }

    /// <summary>Lets a jailed verifier be drawn again once its time is over.</summary>
    [Function]
    public void Rejoin(Call call)
    {
        VerifierRecord record = _verifiers.Get(call.Sender);
        Require(record.JailedUntil != 0, new NotJailed(call.Sender));
        Require(record.JailedUntil <= call.Block.Number, new StillJailed(record.JailedUntil));
        _verifiers.Save(call.Sender, record with { JailedUntil = 0, MissRun = 0 });
        _verifiers.PlanWeighing(call.Sender, call.Block.Number + 1);
        _logs.Emit(new VerifierRejoined(call.Sender));
    }

    /// <summary>A verifier; reverts for an account that is none.</summary>
    [Function]
    public VerifierRecord GetVerifier(Address owner) => _verifiers.Get(owner);

    /// <summary>Whose worker a key is; zero for nobody's.</summary>
    [Function]
    public Address OwnerOfWorker(Address worker) => _verifiers.OwnerOfWorker(worker);

    /// <summary>How many verifiers there are.</summary>
    [Function]
    public ulong VerifierCount() => _verifiers.Count;

    /// <summary>At most 100 verifiers.</summary>
    /// <param name="start">How many to pass over.</param>
    /// <param name="limit">How many at most.</param>
    [Function]
    public Address[] GetVerifiers(uint start, uint limit)
    {
        Require(limit <= AttestationsPolicy.PageMax, new VerifierPageTooLarge(AttestationsPolicy.PageMax));
        uint end = Math.Min(_verifiers.Count, start > uint.MaxValue - limit ? uint.MaxValue : start + limit);
        List<Address> page = [];
        for (uint slot = start; slot < end; slot++) page.Add(_verifiers.OwnerAt(slot));
        return [.. page];
    }

    /// <summary>All weights that committees of a role are drawn from, in wei.</summary>
    [Function]
    public UInt128 WeightOfRole(VerifierRole role) => _verifiers.TotalOf(role);

    /// <summary>Takes jobs their planned steps, ends duties, and applies changes of weights after whatever is drawn.</summary>
    public void BeginBlock(BlockContext block)
    {
        AttestationsParameters rules = Rules.Value;
        StepRunner runner = new(_state, _logs);
        int most = AttestationsPolicy.DutiesPerBlockMax;
        runner.ForEachDue(
            _jobs.Steps, block.Number, AttestationsPolicy.JobStepsPerBlockMax, step => _rounds.Run(step, block, rules));
        runner.ForEachDue(_audits.Draws, block.Number, most, job => DrawAudits(job, block, rules));
        runner.ForEachDue(_audits.Ends, block.Number, most, duty => EndAudit(duty, block, rules));
        runner.ForEachDue(_custody.Ends, block.Number, most, duty => EndShard(duty, block, rules));
        runner.ForEachDue(
            _verifiers.Changes, block.Number, AttestationsPolicy.WeightChangesPerBlockMax,
            owner => _verifiers.Reweigh(owner, block.Number, rules.BondMin));
    }

    /// <inheritdoc/>
    public void Initialize(AttestationsGenesis section, GenesisContext context)
    {
        Rules.Value = section.ToParameters();
        foreach (GenesisVerifier verifier in section.Verifiers)
        {
            _bank.Transfer(verifier.Owner, Address, verifier.Bond);
            VerifierRecord record = _verifiers.Enter(verifier.Owner) with { Bond = verifier.Bond };
            ulong until = AttestationsPolicy.WorkerBlocksMax;
            _verifiers.Save(verifier.Owner, _verifiers.WithWorker(verifier.Owner, record, verifier.Worker, verifier.Roles, until));
            _verifiers.Hold(verifier.Bond);
            _verifiers.Reweigh(verifier.Owner, now: 0, section.BondMin);
            _verifiers.PlanWeighing(verifier.Owner, until);
        }
    }

    /// <inheritdoc/>
    public IEnumerable<string> Violations() => AttestationsInvariants.Of(_verifiers, _jobs, _custody, _bank.BalanceOf(Address));

    private void Delegate(Call call, VerifierRecord record, Address worker, byte roles, ulong until)
    {
        Require(!worker.IsZero && worker != call.Sender, new InvalidWorker(worker));
        Require(roles is > 0 and <= AttestationsPolicy.AllRoles, new InvalidRoles(roles));
        ulong longest = call.Block.Number + AttestationsPolicy.WorkerBlocksMax;
        Require(until > call.Block.Number && until <= longest, new InvalidWorkerTime(until, longest));
        _verifiers.Save(call.Sender, _verifiers.WithWorker(call.Sender, record, worker, roles, until));
        _verifiers.PlanWeighing(call.Sender, call.Block.Number + 1);
        _verifiers.PlanWeighing(call.Sender, until);
        _logs.Emit(new WorkerDelegated(call.Sender, worker, roles, until));
    }
}
