using DePinChain.Primitives;

namespace DePinChain.Modules.Render;

/// <summary>What must always hold of rendering.</summary>
internal static class RenderInvariants
{
    /// <summary>Every frame of a job is free, in flight or paid.</summary>
    public static IEnumerable<string> OfJob(ulong id, JobRecord job, ulong free)
    {
        if (free + job.InFlight + job.Paid != job.Frames)
            yield return $"render: of job {id}'s {job.Frames} frames {free} are free, {job.InFlight} in flight and {job.Paid} paid";
    }

    /// <summary>What is held are the bonds of nodes, the deposits of jobs and the bonds of rejections; and it is there.</summary>
    public static IEnumerable<string> OfMoney(Amount owed, Amount held, Amount balance)
    {
        if (owed != held) yield return $"render: {held} is held, {owed} is owed";
        if (held > balance) yield return $"render: {held} is held, {balance} is there";
    }
}
