using DePinChain.Modules.Sdk;
using DePinChain.Primitives;
using static DePinChain.Modules.Sdk.Guard;

namespace DePinChain.Modules.Render;

/// <summary>Jobs in queues by tier and class, their frames, and what is due with them.</summary>
[ModulePart]
internal sealed partial class JobBook(ModuleState state)
{
    [Slot(20)] private partial Sequence Ids { get; }
    [Slot(21)] private partial Map<ulong, JobRecord> Records { get; }
    [Slot(22)] private partial Map<(ulong Job, uint Frame), FrameRecord> Frames { get; }
    [Slot(23)] private partial SetMap<ulong, uint> Returned { get; }
    [Slot(24)] private partial Map<ulong, WorkSamples> Samples { get; }
    [Slot(25)] private partial Map<byte, QueueLink> Ends { get; }
    [Slot(26)] private partial Map<ulong, QueueLink> Links { get; }
    [Slot(27)] private partial Map<ulong, bool> Queued { get; }
    [Slot(28)] private partial Schedule<DueStep> Agenda { get; }
    [Slot(29)] private partial Set<ulong> LiveIds { get; }
    [Slot(30)] private partial Map<ulong, FrameKey> Judged { get; }
    [Slot(31)] private partial Map<Address, ArtistRecord> Artists { get; }

    public ulong Last => Ids.Last;

    public Set<ulong> Live => LiveIds;

    public Schedule<DueStep> Steps => Agenda;

    public ulong Add(JobRecord job)
    {
        ulong id = Ids.Next();
        Records[id] = job;
        LiveIds.Add(id);
        Append(id, job);
        return id;
    }

    public JobRecord Get(ulong job)
    {
        Require(Records.TryGet(job, out JobRecord? record), new UnknownJob(job));
        return record;
    }

    public void Save(ulong job, JobRecord record) => Records[job] = record;

    /// <summary>A job with nothing in flight that is paid back.</summary>
    public void End(ulong job, JobRecord record)
    {
        Records[job] = record;
        LiveIds.Remove(job);
        Samples.Remove(job);
    }

    public FrameRecord FrameOf(ulong job, uint frame) =>
        Frames.TryGet((job, frame), out FrameRecord? record) ? record : FrameRecord.New;

    public void Save(ulong job, uint frame, FrameRecord record) => Frames[(job, frame)] = record;

    public uint[] SamplesOf(ulong job) => Samples.TryGet(job, out WorkSamples? samples) ? samples.ObhMilli : [];

    public void AddSample(ulong job, uint obhMilli)
    {
        uint[] samples = SamplesOf(job);
        int kept = Math.Min(samples.Length, RenderPolicy.SamplesMax - 1);
        Samples[job] = new WorkSamples([.. samples.AsSpan(samples.Length - kept), obhMilli]);
    }

    public void Judge(ulong judgement, ulong job, uint frame) => Judged[judgement] = new FrameKey(job, frame);

    public bool TryTakeJudged(ulong judgement, out FrameKey key)
    {
        key = Judged.GetOr(judgement, default);
        if (key.Job == 0) return false;
        Judged.Remove(judgement);
        return true;
    }

    public ArtistRecord ArtistOf(Address artist) => Artists.GetOr(artist, default);

    public void Save(Address artist, in ArtistRecord record) => Artists[artist] = record;

    /// <summary>Frames of a job that nobody has.</summary>
    public ulong FreeOf(ulong job, JobRecord record) => record.Frames - record.Next + Returned[job].Count;

    /// <summary>Gives a frame back; it goes out again before those that never did.</summary>
    public void Return(ulong job, JobRecord record, uint frame)
    {
        Returned[job].Add(frame);
        if (record.Stage == JobStage.Rendering && !Queued[job]) Append(job, record);
    }

    /// <summary>The next frame for a node that did not have it last; null when there is none.</summary>
    public uint? NextFor(ulong job, JobRecord record, Address node)
    {
        foreach (uint frame in Returned[job].Page(0, RenderPolicy.JobsMax))
            if (FrameOf(job, frame).Work.Node != node) return frame;
        return record.Next < record.Frames ? record.Next : null;
    }

    /// <summary>Hands a frame out; a job without free frames leaves its queue.</summary>
    public JobRecord Take(ulong job, JobRecord record, uint frame)
    {
        if (!Returned[job].Remove(frame)) record = record with { Next = record.Next + 1 };
        record = record with { InFlight = record.InFlight + 1 };
        Records[job] = record;
        if (FreeOf(job, record) == 0) Unqueue(job, record);
        return record;
    }

    /// <summary>Jobs of a queue, the oldest first.</summary>
    public IReadOnlyList<ulong> Queue(byte tier, byte artistClass)
    {
        List<ulong> jobs = [];
        ulong job = Ends.GetOr(KeyOf(tier, artistClass), default).Next;
        for (; job != 0 && jobs.Count < RenderPolicy.JobsMax; job = Links.GetOr(job, default).Next) jobs.Add(job);
        return jobs;
    }

    public void Unqueue(ulong job, JobRecord record)
    {
        if (!Queued[job]) return;
        byte key = KeyOf(record.Tier, record.Class);
        QueueLink link = Links.GetOr(job, default);
        QueueLink ends = Ends.GetOr(key, default);
        if (link.Previous != 0) Links[link.Previous] = Links[link.Previous] with { Next = link.Next };
        else ends = ends with { Next = link.Next };
        if (link.Next != 0) Links[link.Next] = Links[link.Next] with { Previous = link.Previous };
        else ends = ends with { Previous = link.Previous };
        Ends[key] = ends;
        Links.Remove(job);
        Queued.Remove(job);
    }

    // A queue's record holds its first job as Next and its last as Previous.
    private void Append(ulong job, JobRecord record)
    {
        byte key = KeyOf(record.Tier, record.Class);
        QueueLink ends = Ends.GetOr(key, default);
        Links[job] = new QueueLink(ends.Previous, 0);
        if (ends.Previous != 0) Links[ends.Previous] = Links[ends.Previous] with { Next = job };
        Ends[key] = new QueueLink(job, ends.Next == 0 ? job : ends.Next);
        Queued[job] = true;
    }

    private static byte KeyOf(byte tier, byte artistClass) => (byte)((tier * 2) + artistClass);
}
