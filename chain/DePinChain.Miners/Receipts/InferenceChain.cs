using DePinChain.Client;
using DePinChain.Inference.Llama;
using DePinChain.Inference.Models;
using DePinChain.Miners.Links;
using DePinChain.Primitives;

namespace DePinChain.Miners.Receipts;

/// <summary>What a miner reads from the module of models and receipts, and writes to it.</summary>
internal sealed class InferenceChain(SubnetChain chain)
{
    private readonly ModuleGateway _module = chain.Gateway("inference");

    /// <summary>The model of the subnet; null for none.</summary>
    public async Task<(ulong Number, AbiRecord Spec)?> ModelAsync(CancellationToken cancellation)
    {
        ulong model = await _module.CountAsync("modelOf", cancellation, (UInt256)chain.Netuid);
        if (model == 0) return null;
        return (model, (await _module.RecordAsync("getModel", cancellation, (UInt256)model)).Record("spec"));
    }

    /// <summary>Whether a registration is of a folder and a profile.</summary>
    public static bool IsOf(AbiRecord spec, ModelIdentity model, ArithmeticProfile profile) =>
        spec.Count("profile") == ProfileOf(profile) && spec.Count("format") == model.Format && spec.Hash("weightsRoot") == model.WeightsRoot
        && spec.Hash("rowsRoot") == model.RowsRoot && spec.Hash("configHash") == model.ConfigHash
        && spec.Hash("tokenizerHash") == model.TokenizerHash;

    /// <summary>The caller's deposit; null when it has not entered.</summary>
    public async Task<Amount?> DepositAsync(CancellationToken cancellation)
    {
        try
        {
            return (await _module.RecordAsync("getMiner", cancellation, (UInt256)chain.Netuid, chain.Hotkey)).Amount("deposit");
        }
        catch (NodeRefusedException refused) when (refused.RevertData.Length > 0)
        {
            return null;
        }
    }

    public Task EnterAsync(Amount deposit, CancellationToken cancellation) =>
        chain.SendAsync(_module.Plan("enter", deposit, (UInt256)chain.Netuid), cancellation);

    public Task CommitAsync(BatchNote batch, CancellationToken cancellation) => chain.SendAsync(
        _module.Plan(
            "commitReceipts", Amount.Zero, (UInt256)chain.Netuid, Hash256.Parse(batch.Root).ToArray(), (UInt256)(ulong)batch.Answers.Length,
            (UInt256)batch.Tokens),
        cancellation);

    /// <summary>Whether the chain has a batch of the caller's, committed since a block.</summary>
    public async Task<bool> HasAsync(BatchNote batch, ulong head, CancellationToken cancellation)
    {
        IReadOnlyList<ModuleLog> mine = await _module.LogsAsync(
            "ReceiptsCommitted", batch.Head, head, cancellation, LogTopic.Of(chain.Netuid), LogTopic.Of(chain.Hotkey));
        Hash256 root = Hash256.Parse(batch.Root);
        return mine.Any(log => log.Values.Hash("root") == root);
    }

    /// <summary>Registers a folder's model, unless it is there, and chooses it; the caller owns the subnet.</summary>
    public async Task RegisterAsync(ModelIdentity model, ArithmeticProfile profile, string uri, CancellationToken cancellation)
    {
        if (await ModelAsync(cancellation) is not null) return;
        Amount deposit = (await chain.ParametersAsync(cancellation)).Amount("inference", "modelDeposit");
        object?[] thresholds = profile == ArithmeticProfile.Tolerant
            ? Numbers(38, 10 << 16, 8, 1 << 16, 950, 6_554)
            : Numbers(0, 0, 0, 0, 0, 0);
        object?[] spec =
        [
            (UInt256)ProfileOf(profile), (UInt256)(ulong)model.Format, model.WeightsRoot.ToArray(), model.RowsRoot.ToArray(),
            model.ConfigHash.ToArray(), model.TokenizerHash.ToArray(), (UInt256)model.WeightsBytes, thresholds, uri,
        ];
        ulong before = await _module.CountAsync("modelCount", cancellation);
        await chain.SendAsync(_module.Plan("registerModel", deposit, [spec]), cancellation);
        await chain.SendAsync(_module.Plan("chooseModel", Amount.Zero, (UInt256)chain.Netuid, (UInt256)(before + 1)), cancellation);
    }

    private static object?[] Numbers(params ulong[] values) => [.. values.Select(static value => (object?)(UInt256)value)];

    private static ulong ProfileOf(ArithmeticProfile profile) => profile switch
    {
        ArithmeticProfile.Tolerant => 1,
        ArithmeticProfile.ExactF32 => 2,
        _ => 3,
    };
}
