using System.Diagnostics;
using DePinChain.Client;
using DePinChain.Client.Committees;
using DePinChain.Gpu;
using DePinChain.Primitives;
using DePinChain.Worker.Answers;
using DePinChain.Worker.Following;
using DePinChain.Worker.Reports;

namespace DePinChain.Worker;

/// <summary>
/// Fetches blobs and judges them on the best backend. What a device finds wrong the processor's reference judges again before anybody hears
/// of it. So many jobs run at a time; the others wait, and whoever waits too long abstains.
/// </summary>
internal sealed class Judge(
    AttestationChain chain, BlobDesk blobs, ProofBatches batches, AnswerDesk answers, Drill drill, WorkerMetrics metrics, int atOnce)
    : IDisposable
{
    private readonly SemaphoreSlim _running = new(atOnce);
    private int _waiting;

    /// <summary>Jobs that wait or run.</summary>
    public int Waiting => _waiting;

    /// <summary>Judges a job.</summary>
    /// <param name="job">The job; it has been opened.</param>
    /// <param name="cancellation">Ends the wait.</param>
    /// <exception cref="NodeUnreachableException">Its node does not answer: then nothing is known.</exception>
    public async Task<Judgement> RunAsync(JobFacts job, CancellationToken cancellation)
    {
        Interlocked.Increment(ref _waiting);
        try
        {
            await _running.WaitAsync(cancellation);
            try
            {
                return await JudgeAsync(job, cancellation);
            }
            finally
            {
                _running.Release();
            }
        }
        finally
        {
            Interlocked.Decrement(ref _waiting);
        }
    }

    /// <summary>The verdict on a blob that is at hand.</summary>
    public static Judgement Of(JobFacts job, ProofFacts proof, byte[] blob, ProofBatches batches) =>
        new(job, proof, blob, proof.IsValid(blob, batches) ? VerdictWord.Valid : VerdictWord.Invalid);

    public void Dispose() => _running.Dispose();

    private async Task<Judgement> JudgeAnswerAsync(JobFacts job, CancellationToken cancellation)
    {
        long started = Stopwatch.GetTimestamp();
        Judgement judgement = await answers.JudgeAsync(job, cancellation);
        if (judgement.Word != VerdictWord.None) metrics.Judged(judgement.Word, Stopwatch.GetElapsedTime(started));
        await drill.ReachAsync("judged");
        return judgement;
    }

    private async Task<Judgement> JudgeAsync(JobFacts job, CancellationToken cancellation)
    {
        if (job.IsInference) return await JudgeAnswerAsync(job, cancellation);
        ProofFacts? proof = await chain.FindProofAsync(job, cancellation);
        Address[] custodians = await chain.CustodiansAsync(job.Job, cancellation);
        byte[] blob;
        try
        {
            blob = await blobs.GetAsync(job.NameFor(custodians.Length), cancellation);
        }
        catch (NodeRefusedException)
        {
            metrics.Count("blobs_unavailable");
            return new Judgement(job, proof, null, VerdictWord.Unavailable);
        }

        await drill.ReachAsync("fetched");
        long began = Stopwatch.GetTimestamp();
        Judgement judgement = proof is null
            ? new Judgement(job, null, blob, VerdictWord.Unavailable)
            : await Task.Run(() => Of(job, proof, blob, batches), cancellation);
        metrics.Judged(judgement.Word, Stopwatch.GetElapsedTime(began));
        await drill.ReachAsync("judged");
        return judgement;
    }
}
