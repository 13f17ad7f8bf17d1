using DePinChain.Client.Programs;
using DePinChain.Crypto;
using DePinChain.Inference;
using DePinChain.Miners.Links;
using DePinChain.Miners.Serving;
using DePinChain.Miners.Wire;
using DePinChain.Primitives;

namespace DePinChain.Miners.Judging;

/// <summary>Gives miners the tasks that were drawn, and checks what comes back against the registered model.</summary>
internal sealed class AuditRound(
    PrivateKey key, ulong chainId, uint netuid, ModelShelf shelf, ScoreBook book, MinerLink link, ProgramLog log)
    : IDisposable
{
    private const int AtOnce = 4;

    // One check at a time on the model: more would only take each other's cores.
    private readonly SemaphoreSlim _judging = new(1);

    /// <summary>Does the tasks that are due.</summary>
    /// <param name="view">The subnet.</param>
    /// <param name="axons">Where miners serve.</param>
    /// <param name="beacon">The mix of the block that began the epoch.</param>
    /// <param name="cancellation">Ends it.</param>
    /// <returns>Whether every task of the epoch is done.</returns>
    public async Task<bool> RunAsync(
        SubnetView view, IReadOnlyDictionary<Address, AxonView> axons, Hash256 beacon, CancellationToken cancellation)
    {
        var due = new List<(NeuronView Miner, int Number, AuditTask Task)>();
        bool isComplete = true;
        foreach (NeuronView miner in view.Neurons.Where(neuron => neuron.Hotkey != key.Address && axons.ContainsKey(neuron.Hotkey)))
        {
            for (int number = 0; number < shelf.Manifest.Sampling.PerEpoch; number++)
            {
                if (book.IsDone(miner.Hotkey, number)) continue;
                AuditTask task = AuditDraw.Draw(
                    key, AuditDraw.Alpha(chainId, netuid, view.EpochIndex, miner.Hotkey, number, beacon), view.LastEpochAt + 1,
                    (view.NextEpochAt - view.LastEpochAt) / 2, shelf.Manifest.Model.MaxTokens);
                if (task.DueAt > view.Head) isComplete = false;
                else due.Add((miner, number, task));
            }
        }

        foreach ((NeuronView Miner, int Number, AuditTask Task)[] some in due.Chunk(AtOnce))
        {
            await Task.WhenAll(some.Select(one => AuditAsync(
                view.EpochIndex, one.Miner, one.Number, one.Task, axons[one.Miner.Hotkey], cancellation)));
        }

        return isComplete;
    }

    public void Dispose() => _judging.Dispose();

    /// <summary>Checks an answer that a person got.</summary>
    public async Task CheckOrganicAsync(
        ulong epoch, NeuronView miner, TaskRequest request, MinerAnswer answer, CancellationToken cancellation)
    {
        (TaskVerdict verdict, string why) = await JudgeAsync(request, answer, cancellation);
        Take(epoch, miner, -1, verdict, answer, why, []);
    }

    private async Task AuditAsync(
        ulong epoch, NeuronView miner, int number, AuditTask task, AxonView axon, CancellationToken cancellation)
    {
        Hash256 asked = Hash256.Zero;
        try
        {
            MinerAnswer answer = await link.AskAsync(
                axon, task.Request, TimeSpan.FromMilliseconds(2.0 * shelf.Manifest.LatencyMs), hash => asked = hash, null, cancellation);
            (TaskVerdict verdict, string why) = await JudgeAsync(task.Request, answer, cancellation);
            Take(epoch, miner, number, verdict, answer, why, task.Proof);
        }
        catch (MinerSilentException silent)
        {
            byte[] leaf = Evidence.Leaf(
                epoch, miner.Uid, miner.Hotkey, SignedAnswer.None(asked), TaskVerdict.Silent, 0, task.Proof);
            book.Take(epoch, miner, number, TaskVerdict.Silent, 0, leaf);
            log.Tell("no answer", ("uid", miner.Uid), ("why", silent.Message));
        }
    }

    private void Take(
        ulong epoch, NeuronView miner, int number, TaskVerdict verdict, MinerAnswer answer, string why, ReadOnlySpan<byte> proof)
    {
        double reward = verdict == TaskVerdict.Pass ? RewardOf(answer.Elapsed) : 0;
        byte[] leaf = Evidence.Leaf(epoch, miner.Uid, miner.Hotkey, answer.Answer, verdict, reward, proof);
        book.Take(epoch, miner, number, verdict, reward, leaf);
        if (verdict == TaskVerdict.Fail) log.Warn("a false answer", ("uid", miner.Uid), ("hotkey", miner.Hotkey), ("why", why));
        else log.Tell("checked", ("uid", miner.Uid), ("verdict", verdict), ("ms", (long)answer.Elapsed.TotalMilliseconds));
    }

    // Full within the manifest's latency, then falling as 1/t: nobody gains by being faster than asked for.
    private double RewardOf(TimeSpan elapsed) =>
        Math.Min(1, shelf.Manifest.LatencyMs / Math.Max(1, elapsed.TotalMilliseconds));

    private async Task<(TaskVerdict Verdict, string Why)> JudgeAsync(
        TaskRequest request, MinerAnswer answer, CancellationToken cancellation)
    {
        if (answer.Generation is not { } generation) return (TaskVerdict.Fail, "what was signed is no transcript of its tokens");
        if (generation.Finish == FinishReason.Stopped) return (TaskVerdict.Silent, "stopped at the deadline");
        if (shelf.TokensOf(request.Prompt, request.MaxTokens, out string fault) is not { } prompt) return (TaskVerdict.Abstain, fault);
        await _judging.WaitAsync(cancellation);
        try
        {
            AnswerVerdict verdict = await Task.Run(
                () => new TextVerifier(shelf.Model).Verify(
                    prompt, (int)request.MaxTokens, request.Sampling(answer.Answer.Request), generation),
                cancellation);
            return verdict.Reason switch
            {
                VerdictReason.Accepted => (TaskVerdict.Pass, ""),
                VerdictReason.Numerics => (TaskVerdict.Abstain, "the model gives no numbers"),
                _ => (TaskVerdict.Fail, verdict.Reason.ToString()),
            };
        }
        finally
        {
            _judging.Release();
        }
    }
}
