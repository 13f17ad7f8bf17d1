using DePinChain.Client;
using DePinChain.Inference;
using DePinChain.Inference.Commitments;
using DePinChain.Inference.Llama;
using DePinChain.Inference.Models;
using DePinChain.Primitives;

namespace DePinChain.Worker.Answers;

/// <summary>A model as the chain's registry has it.</summary>
internal sealed record RegisteredModel(
    ArithmeticProfile Profile, byte Format, Hash256 WeightsRoot, Hash256 RowsRoot, Hash256 ConfigHash, Hash256 TokenizerHash,
    ulong WeightsBytes, ToplocThresholds Activations, TokenThresholds Tokens)
{
    /// <summary>The format of weights in bfloat16.</summary>
    public const byte BrainFormat = 2;

    /// <summary>Reads the module's record.</summary>
    public static RegisteredModel Of(AbiRecord spec)
    {
        AbiRecord limits = spec.Record("thresholds");
        ArithmeticProfile profile = spec.Count("profile") switch
        {
            1 => ArithmeticProfile.Tolerant,
            2 => ArithmeticProfile.ExactF32,
            _ => ArithmeticProfile.ExactInt8,
        };
        bool isTolerant = profile == ArithmeticProfile.Tolerant;
        return new RegisteredModel(
            profile, (byte)spec.Count("format"), spec.Hash("weightsRoot"), spec.Hash("rowsRoot"), spec.Hash("configHash"),
            spec.Hash("tokenizerHash"), spec.Count("weightsBytes"),
            isTolerant
                ? new ToplocThresholds(128, (int)limits.Count("exponents"), (uint)limits.Count("meanQ16"), (int)limits.Count("median"))
                : ToplocThresholds.Default,
            isTolerant
                ? new TokenThresholds(
                    limits.Count("tieMarginQ16") / 65_536f, 1, (int)limits.Count("exactPermille"), limits.Count("meanMarginQ16") / 65_536d)
                : TokenThresholds.Exact);
    }

    /// <summary>Whether a folder is this model.</summary>
    public bool IsOf(ModelIdentity folder) =>
        folder.WeightsRoot == WeightsRoot && folder.RowsRoot == RowsRoot && folder.ConfigHash == ConfigHash
        && folder.TokenizerHash == TokenizerHash && folder.Format == Format;
}

/// <summary>An audit as the chain has it: which answer of whom, and by which model it is judged.</summary>
internal sealed record AuditFacts(
    RegisteredModel Model, ulong Number, Address Miner, Uri? Endpoint, ulong Batch, Hash256 Root, uint Index, uint Count);
