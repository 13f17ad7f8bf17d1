using DePinChain.Crypto;
using DePinChain.Database;
using DePinChain.Engine;
using DePinChain.Network;
using DePinChain.Node.Maintenance;
using DePinChain.Rpc;

namespace DePinChain.Node;

/// <summary>What the operator of a localnet may ask for over RPC.</summary>
/// <param name="node">The node that was asked.</param>
/// <param name="isDevelopment">Whether the network has a faucet.</param>
/// <param name="pacing">The node's.</param>
/// <param name="clock">The node's.</param>
/// <param name="begin">Begins a run of blocks on all nodes of the network.</param>
/// <param name="stopping">Ends the node.</param>
internal sealed class NodeControl(
    ValidatorNode node,
    bool isDevelopment,
    BlockPacing pacing,
    LocalClock clock,
    Func<MiningRun, Task> begin,
    CancellationTokenSource stopping) : INodeControl
{
    /// <inheritdoc/>
    public long Now => clock.NowMs / 1000;

    /// <inheritdoc/>
    public PrivateKey? FaucetKey { get; } = isDevelopment ? LocalnetKeys.Faucet() : null;

    /// <inheritdoc/>
    public async Task<ulong> MineAsync(uint blocks, CancellationToken cancellation)
    {
        ulong head = node.Chain.Head.Number;
        ulong target = head + blocks;
        TaskCompletionSource reached = new(TaskCreationOptions.RunContinuationsAsynchronously);
        using CancellationTokenSource either = CancellationTokenSource.CreateLinkedTokenSource(cancellation, stopping.Token);
        await using CancellationTokenRegistration given = either.Token.Register(() => reached.TrySetCanceled(either.Token));
        using IDisposable listening = node.Feed.Subscribe(committed =>
        {
            if (committed.Block.Number >= target) reached.TrySetResult();
        });
        await begin(pacing.Plan(head, target));
        await reached.Task;
        clock.Save();
        return target;
    }

    /// <inheritdoc/>
    public async Task<long> WarpAsync(ulong seconds, CancellationToken cancellation)
    {
        // Blocks are one interval apart, so as many run as fit into the time; at least one, which carries the new time.
        ulong blocks = Math.Max(1, seconds * 1000 / pacing.IntervalMs);
        for (; blocks > 0; blocks -= Math.Min(blocks, uint.MaxValue)) await MineAsync((uint)Math.Min(blocks, uint.MaxValue), cancellation);
        return clock.OffsetMs / 1000;
    }

    /// <inheritdoc/>
    public Task<string?> SubmitEvidenceAsync(ReadOnlyMemory<byte> evidence, CancellationToken cancellation) =>
        HandInAsync(Topic.Evidence, evidence, cancellation);

    /// <inheritdoc/>
    public Task<string?> SubmitVoteAsync(ReadOnlyMemory<byte> vote, CancellationToken cancellation) =>
        HandInAsync(Topic.Vote, vote, cancellation);

    private async Task<string?> HandInAsync(Topic topic, ReadOnlyMemory<byte> payload, CancellationToken cancellation)
    {
        HandedInVerdict answer = await node.HandInAsync(topic, payload).WaitAsync(cancellation);
        return answer.Verdict == Verdict.Accept ? null : answer.Why;
    }

    /// <inheritdoc/>
    public BackupAnswer Backup(string folder)
    {
        try
        {
            BackupManifest manifest = Backups.Create(folder, node.Stores.Database, node.Chain, node.Genesis);
            return new BackupAnswer(manifest.Height, manifest.BlockHash, Path.Combine(folder, BackupManifest.FileName), null);
        }
        catch (Exception trouble) when (trouble is RefusalException or DatabaseException)
        {
            return new BackupAnswer(0, default, folder, trouble.Message);
        }
    }

    /// <inheritdoc/>
    public void Stop() => stopping.Cancel();
}
