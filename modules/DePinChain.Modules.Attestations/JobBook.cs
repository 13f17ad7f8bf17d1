using DePinChain.Modules.Sdk;
using DePinChain.Primitives;
using static DePinChain.Modules.Sdk.Guard;

namespace DePinChain.Modules.Attestations;

/// <summary>Live jobs with progress, seats, planned steps and held fees, and the custodians of an epoch while a job needs them.</summary>
[ModulePart]
internal sealed partial class JobBook(ModuleState state)
{
    [Slot(30)] private partial Sequence Ids { get; }
    [Slot(31)] private partial Map<ulong, JobRecord> Records { get; }
    [Slot(32)] private partial Map<ulong, JobProgress> Progresses { get; }
    [Slot(33)] private partial Map<(ulong Job, uint Seat), SeatRecord> Seats { get; }
    [Slot(34)] private partial Schedule<JobStep> Planned { get; }
    [Slot(35)] private partial Item<Amount> FeesHeld { get; }
    [Slot(36)] private partial BlobMap<ulong, CustodianList> Custodians { get; }
    [Slot(37)] private partial Map<ulong, ulong> CustodyUsers { get; }
    [Slot(38)] private partial Set<ulong> LiveJobs { get; }

    public Schedule<JobStep> Steps => Planned;

    /// <summary>Fees of jobs that are not over.</summary>
    public Amount Fees => FeesHeld.Value;

    public Set<ulong> Live => LiveJobs;

    public bool IsLive(ulong job) => Progresses.Contains(job);

    public JobRecord Get(ulong job)
    {
        Require(Records.TryGet(job, out JobRecord? record), new UnknownJob(job));
        return record;
    }

    public bool TryGet(ulong job, out JobRecord? record) => Records.TryGet(job, out record);

    public JobProgress ProgressOf(ulong job) => Progresses.GetOr(job, default);

    public ulong Add(JobRecord record)
    {
        ulong job = Ids.Next();
        Records[job] = record;
        LiveJobs.Add(job);
        FeesHeld.Value += record.Fee;
        return job;
    }

    public void Save(ulong job, JobRecord record) => Records[job] = record;

    public void Save(ulong job, in JobProgress progress) => Progresses[job] = progress;

    /// <summary>Begins a job's next step, which is over at the start of a block.</summary>
    public JobProgress Begin(ulong job, in JobProgress progress, ulong dueAt)
    {
        JobProgress next = progress with { Serial = progress.Serial + 1 };
        Progresses[job] = next;
        Planned.Add(dueAt, new JobStep(job, next.Serial));
        return next;
    }

    public SeatRecord SeatOf(ulong job, uint seat)
    {
        Require(Seats.TryGet((job, seat), out SeatRecord? record), new UnknownSeat(job, seat));
        return record;
    }

    public void Save(ulong job, uint seat, SeatRecord record) => Seats[(job, seat)] = record;

    /// <summary>Takes a job out with all its seats. Its fee is no longer held.</summary>
    public void Remove(ulong job, JobRecord record, uint seats)
    {
        for (uint seat = 0; seat < seats; seat++) Seats.Remove((job, seat));
        Records.Remove(job);
        Progresses.Remove(job);
        LiveJobs.Remove(job);
        FeesHeld.Value -= record.Fee;
    }

    /// <summary>True when an epoch's custodians are kept already, for another job.</summary>
    public bool HasCustodians(ulong epoch) => Custodians.Contains(epoch);

    public void SetCustodians(ulong epoch, CustodianList custodians) => Custodians.Put(epoch, custodians);

    public Address[] CustodiansOf(ulong epoch) => Custodians.TryGet(epoch, out CustodianList? list) ? list.Operators : [];

    public void UseCustodians(ulong epoch) => CustodyUsers[epoch] += 1;

    public void LeaveCustodians(ulong epoch)
    {
        CustodyUsers[epoch] -= 1;
        if (CustodyUsers[epoch] == 0) Custodians.Remove(epoch);
    }
}
