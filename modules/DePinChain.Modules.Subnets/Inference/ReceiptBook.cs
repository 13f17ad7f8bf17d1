using DePinChain.Modules.Sdk;
using DePinChain.Primitives;
using static DePinChain.Modules.Sdk.Guard;

namespace DePinChain.Modules.Subnets.Inference;

/// <summary>Miners with their deposits, what they committed to, and the audits of it.</summary>
[ModulePart]
internal sealed partial class ReceiptBook(ModuleState state)
{
    [Slot(10)] private partial Sequence MinerIds { get; }
    [Slot(11)] private partial Map<ulong, MinerRecord> Miners { get; }
    [Slot(12)] private partial Map<(uint Net, Address Hotkey), ulong> Numbers { get; }
    [Slot(13)] private partial Item<Amount> DepositsHeld { get; }
    [Slot(14)] private partial Sequence BatchIds { get; }
    [Slot(15)] private partial Map<ulong, BatchRecord> Batches { get; }
    [Slot(16)] private partial Schedule<ulong> Drawings { get; }
    [Slot(17)] private partial Schedule<ulong> Endings { get; }
    [Slot(18)] private partial Map<ulong, AnswerAudit> Audits { get; }
    [Slot(19)] private partial Map<(ulong Batch, uint Index), ulong> Running { get; }

    /// <summary>Miners that ever entered, numbered from 1.</summary>
    public ulong MinerCount => MinerIds.Last;

    /// <summary>Deposits of all.</summary>
    public Amount Deposits => DepositsHeld.Value;

    /// <summary>Batches whose audit is drawn.</summary>
    public Schedule<ulong> Draws => Drawings;

    /// <summary>Batches that are too old.</summary>
    public Schedule<ulong> Ends => Endings;

    /// <summary>A miner's number; 0 for none.</summary>
    public ulong NumberOf(uint netuid, Address hotkey) => Numbers[(netuid, hotkey)];

    public ulong GetNumber(uint netuid, Address hotkey)
    {
        ulong miner = NumberOf(netuid, hotkey);
        Require(miner != 0, new NotEntered(netuid, hotkey));
        return miner;
    }

    /// <summary>A miner's record; one that left has none.</summary>
    public MinerRecord? Find(ulong miner) => Miners.TryGet(miner, out MinerRecord? record) ? record : null;

    public MinerRecord Get(ulong miner) => Miners[miner];

    public ulong Enter(uint netuid, Address hotkey)
    {
        ulong miner = MinerIds.Next();
        Numbers[(netuid, hotkey)] = miner;
        Miners[miner] = new MinerRecord(netuid, hotkey, Amount.Zero, 0, 0, 0, 0, 0, 0, 0);
        return miner;
    }

    /// <summary>Writes a miner; the total follows its deposit.</summary>
    public void Save(ulong miner, MinerRecord record)
    {
        DepositsHeld.Value = DepositsHeld.Value - Miners[miner].Deposit + record.Deposit;
        Miners[miner] = record;
    }

    public void Remove(ulong miner, MinerRecord record)
    {
        DepositsHeld.Value -= record.Deposit;
        Miners.Remove(miner);
        Numbers.Remove((record.Netuid, record.Hotkey));
    }

    public BatchRecord GetBatch(ulong batch)
    {
        Require(Batches.TryGet(batch, out BatchRecord record), new UnknownBatch(batch));
        return record;
    }

    public ulong Add(in BatchRecord record, ulong keepsUntil)
    {
        ulong batch = BatchIds.Next();
        Batches[batch] = record;

        // The first mix that nobody knew when the batch was committed is that of the next block.
        Drawings.Add(record.CommittedAt + 2, batch);
        Endings.Add(keepsUntil, batch);
        return batch;
    }

    public void Forget(ulong batch) => Batches.Remove(batch);

    /// <summary>The audit of an answer that runs; 0 for none.</summary>
    public ulong AuditOf(ulong batch, uint index) => Running[(batch, index)];

    public AnswerAudit GetAudit(ulong job)
    {
        Require(Audits.TryGet(job, out AnswerAudit? audit), new UnknownAudit(job));
        return audit;
    }

    public void Open(ulong job, AnswerAudit audit)
    {
        Audits[job] = audit;
        Running[(audit.Batch, audit.Index)] = job;
    }

    public AnswerAudit? Close(ulong job)
    {
        if (!Audits.TryGet(job, out AnswerAudit? audit)) return null;
        Audits.Remove(job);
        Running.Remove((audit.Batch, audit.Index));
        return audit;
    }
}
