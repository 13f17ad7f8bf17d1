using DePinChain.Client;
using DePinChain.Primitives;
using DePinChain.Worker.Answers;
using DePinChain.Worker.Following;

namespace DePinChain.Worker.Disputes;

/// <summary>What a challenger reads of disputes.</summary>
internal sealed class DisputeChain(AttestationChain chain)
{
    private ModuleGateway Module => chain.Inference;

    public Task<Amount> BondAsync(CancellationToken cancellation) => Module.AmountAsync("disputeBond", cancellation);

    public async Task<RegisteredModel> ModelAsync(ulong model, CancellationToken cancellation) =>
        RegisteredModel.Of((await Module.RecordAsync("getModel", cancellation, (UInt256)model)).Record("spec"));

    /// <summary>The dispute that a key opened about an answer since a block; null for none.</summary>
    public async Task<ulong?> FindOpenedAsync(Doubt doubt, Address challenger, ulong head, CancellationToken cancellation)
    {
        IReadOnlyList<ModuleLog> mine = await Module.LogsAsync(
            "DisputeOpened", doubt.At, head, cancellation, null, LogTopic.Of(Address.Parse(doubt.Miner)), LogTopic.Of(challenger));
        return mine.LastOrDefault(log => log.Values.Count("batch") == doubt.Batch && log.Values.Count("index") == doubt.Index)
            ?.Values.Count("dispute");
    }

    /// <summary>How a dispute ended: true when the miner was wrong; null while it runs.</summary>
    public async Task<bool?> FindEndAsync(ulong dispute, ulong from, ulong head, CancellationToken cancellation)
    {
        if ((await Module.LogsAsync("DisputeProven", from, head, cancellation, LogTopic.Of(dispute))).Count > 0) return true;
        return (await Module.LogsAsync("DisputeFailed", from, head, cancellation, LogTopic.Of(dispute))).Count > 0 ? false : null;
    }

    /// <summary>What a committee said of an answer since a block: true when it stands; null while nothing was said.</summary>
    public async Task<bool?> FindVerdictAsync(Doubt doubt, ulong head, CancellationToken cancellation)
    {
        foreach ((string name, bool stands) in new[]
        {
            ("AuditPassed", true), ("AuditUndetermined", true), ("AuditFailed", false), ("AuditUnserved", false),
        })
        {
            IReadOnlyList<ModuleLog> said = await Module.LogsAsync(
                name, doubt.At, head, cancellation, LogTopic.Of(doubt.Batch), LogTopic.Of(Address.Parse(doubt.Miner)));
            if (said.Any(log => log.Values.Count("index") == doubt.Index)) return stands;
        }

        return null;
    }

    /// <summary>Answers of a batch; null when it is too old to be disputed.</summary>
    public async Task<bool> HasBatchAsync(ulong batch, CancellationToken cancellation)
    {
        try
        {
            await Module.RecordAsync("getBatch", cancellation, (UInt256)batch);
            return true;
        }
        catch (NodeRefusedException unknown) when (unknown.RevertData.Length > 0)
        {
            return false;
        }
    }

    /// <summary>A dispute that runs; null for one that is over.</summary>
    public async Task<DisputeFacts?> FindAsync(ulong dispute, CancellationToken cancellation)
    {
        try
        {
            return DisputeFacts.From(dispute, await Module.RecordAsync("getDispute", cancellation, (UInt256)dispute));
        }
        catch (NodeRefusedException over) when (over.RevertData.Length > 0)
        {
            return null;
        }
    }

    public async Task<IReadOnlyList<Hash256>> ListedAsync(ulong dispute, CancellationToken cancellation) =>
        [.. ((object?[])(await Module.ValueAsync("listedVectors", cancellation, (UInt256)dispute))!)
            .Select(static one => new Hash256((byte[])one!))]; // an array of words, as its ABI says

    public async Task<byte[]> ShownAsync(ulong dispute, ulong side, CancellationToken cancellation) =>
        (byte[])(await Module.ValueAsync("shownVector", cancellation, (UInt256)dispute, (UInt256)side))!;
}
