using DePinChain.Modules.Attestations;
using DePinChain.Modules.Sdk;
using DePinChain.Primitives;
using static DePinChain.Modules.Sdk.Guard;

namespace DePinChain.Modules.Subnets.Inference;

/// <content>Audits: how one begins, and what becomes of it. Views.</content>
public sealed partial class InferenceModule
{
    /// <summary>How many models there are; they are numbered from 1.</summary>
    [Function]
    public ulong ModelCount() => _models.Count;

    /// <summary>A model.</summary>
    [Function]
    public ModelRecord GetModel(ulong model) => _models.Get(model);

    /// <summary>The model of a subnet; 0 for none.</summary>
    [Function]
    public ulong ModelOf(uint netuid) => _models.OfSubnet(netuid);

    /// <summary>How many miners ever entered; they are numbered from 1.</summary>
    [Function]
    public ulong MinerCount() => _receipts.MinerCount;

    /// <summary>A miner's standing in a subnet.</summary>
    [Function]
    public MinerRecord GetMiner(uint netuid, Address hotkey) => _receipts.Get(_receipts.GetNumber(netuid, hotkey));

    /// <summary>A miner by its number.</summary>
    [Function]
    public MinerRecord MinerAt(ulong miner)
    {
        Require(_receipts.Find(miner) is not null, new UnknownMiner(miner));
        return _receipts.Get(miner);
    }

    /// <summary>Miners by number, those that left passed over.</summary>
    /// <param name="start">Numbers to pass over.</param>
    /// <param name="limit">Numbers to look at; at most 100.</param>
    [Function]
    public MinerRecord[] GetMiners(uint start, uint limit)
    {
        Require(limit <= InferencePolicy.PageMax, new MinerPageTooLarge(InferencePolicy.PageMax));
        List<MinerRecord> page = [];
        for (ulong miner = start + 1UL; miner <= Math.Min(_receipts.MinerCount, (ulong)start + limit); miner++)
            if (_receipts.Find(miner) is { } record) page.Add(record);
        return [.. page];
    }

    /// <summary>The part of a miner's answers that is audited now, in 1/10,000.</summary>
    [Function]
    public uint AuditRate(uint netuid, Address hotkey) => InferencePolicy.RateOf(GetMiner(netuid, hotkey), Rules.Value);

    /// <summary>A batch that can be audited.</summary>
    [Function]
    public BatchRecord GetBatch(ulong batch) => _receipts.GetBatch(batch);

    /// <summary>An audit by the number of its committee's job.</summary>
    [Function]
    public AnswerAudit GetAudit(ulong job) => _receipts.GetAudit(job);

    /// <summary>What an audit of a batch's answer costs in this block.</summary>
    [Function]
    public Amount AuditFee(BlockContext block, ulong batch) =>
        _attestations.FeeOf(TermsOf(_receipts.GetBatch(batch).Model).Kind, block.BaseFee);

    private JobTerms TermsOf(ulong model) => InferencePolicy.IsExact(_models.Get(model).Spec.Profile)
        ? InferencePolicy.ExactTerms
        : InferencePolicy.TolerantTerms;

    // The mix of the block after the one that fixed the batch decides.
    private void Draw(ulong batch, BlockContext block, in InferenceParameters rules)
    {
        BatchRecord record = _receipts.GetBatch(batch);
        if (_receipts.Find(record.Miner) is not { } miner) return;

        // What a batch brought does not make its miner an old hand for this batch.
        uint rate = InferencePolicy.RateOf(miner with { Answers = miner.Answers - record.Count }, rules);
        Hash256 word = block.Randomness.At(record.CommittedAt + 1, InferencePolicy.AuditDomain, batch);
        if (InferencePolicy.Drawn(word, InferencePolicy.ChanceOf(rate, record.Count), record.Count) is not { } index) return;
        if (_receipts.AuditOf(batch, index) != 0) return;
        JobTerms terms = TermsOf(record.Model);
        Amount fee = _attestations.FeeOf(terms.Kind, block.BaseFee);
        if (!_attestations.HasVerifiers(terms.Kind) || miner.Deposit < fee)
        {
            _logs.Emit(new AuditSkipped(batch, index, fee));
            return;
        }

        _receipts.Save(record.Miner, miner with { Deposit = miner.Deposit - fee });
        Open(batch, record, index, Address.Zero, fee, block);
    }

    private ulong Open(ulong batch, in BatchRecord record, uint index, Address requester, Amount fee, BlockContext block)
    {
        MinerRecord miner = _receipts.Get(record.Miner);
        JobOrder order = JobOrder.OfSubject(
            TermsOf(record.Model).Kind, InferencePolicy.SubjectOf(batch, index), _subnets.ColdkeyOf(miner.Hotkey), Address, Address);
        ulong job = _attestations.Announce(order, block);
        _receipts.Open(job, new AnswerAudit(batch, index, record.Miner, record.Model, record.Root, record.Count, requester, fee));
        _receipts.Save(record.Miner, miner with { Open = miner.Open + 1 });
        _logs.Emit(new AuditOpened(batch, miner.Hotkey, index, job, requester, fee));
        return job;
    }

    // A committee's word. A miner with an open audit cannot leave, so it is there.
    private void Decided(JobOutcome outcome, BlockContext block)
    {
        if (_receipts.Close(outcome.Job) is not { } audit) return;
        MinerRecord miner = _receipts.Get(audit.Miner);
        miner = miner with { Open = miner.Open - 1 };
        if (outcome.Decision != JobDecision.Decided)
        {
            GiveBack(audit, miner);
            return;
        }

        if (outcome.Verdict == Verdict.Valid)
        {
            _receipts.Save(audit.Miner, miner with { Passed = miner.Passed + 1 });
            _subnets.Judge(miner.Netuid, passed: true);
            _logs.Emit(new AuditPassed(audit.Batch, miner.Hotkey, audit.Index));
            return;
        }

        InferenceParameters rules = Rules.Value;
        bool isUnserved = outcome.Verdict == Verdict.Unavailable;
        uint bps = isUnserved ? rules.UnservedBps : outcome.Kind == JobKind.Inference ? rules.FaultBps : 0;
        miner = isUnserved ? miner with { Unserved = miner.Unserved + 1 } : miner with { Failed = miner.Failed + 1 };
        Amount slashed = Punish(audit.Miner, miner, bps, audit.Requester, audit.Fee);
        if (isUnserved) _logs.Emit(new AuditUnserved(audit.Batch, miner.Hotkey, audit.Index, slashed));
        else _logs.Emit(new AuditFailed(audit.Batch, miner.Hotkey, audit.Index, slashed));
    }

    private void GiveBack(AnswerAudit audit, MinerRecord miner)
    {
        bool wasDrawn = audit.Requester.IsZero;
        _receipts.Save(audit.Miner, wasDrawn ? miner with { Deposit = miner.Deposit + audit.Fee } : miner);
        if (!wasDrawn) _bank.Transfer(Address, audit.Requester, audit.Fee);
        _logs.Emit(new AuditUndetermined(audit.Batch, miner.Hotkey, audit.Index));
    }

    // Takes a part of the deposit: first what the accuser paid, the rest is burned. In this epoch the miner earns nothing.
    private Amount Punish(ulong number, MinerRecord miner, uint bps, Address accuser, Amount paid)
    {
        Amount slashed = InferencePolicy.PartOf(miner.Deposit, bps);
        _receipts.Save(number, miner with { Deposit = miner.Deposit - slashed, Faults = miner.Faults + 1 });
        Amount back = accuser.IsZero ? Amount.Zero : Amount.Min(paid, slashed);
        _bank.Transfer(Address, accuser, back);
        _treasury.Burn(Address, slashed - back);
        _subnets.Gate(miner.Netuid, miner.Hotkey);
        _subnets.Judge(miner.Netuid, passed: false);
        return slashed;
    }
}
