using DePinChain.Modules.Sdk;
using DePinChain.Primitives;

namespace DePinChain.Modules.Subnets.Inference;

/// <summary>How a model's numbers come about, and with it how its answers are judged.</summary>
public enum ModelProfile : byte
{
    /// <summary>None.</summary>
    None = 0,

    /// <summary>bfloat16 within thresholds: a failed audit costs a score, never a deposit.</summary>
    Tolerant = 1,

    /// <summary>Single precision in one order of sums: the same bits everywhere.</summary>
    ExactF32 = 2,

    /// <summary>Signed bytes with exact sums: the same bits everywhere.</summary>
    ExactInt8 = 3,
}

/// <summary>How the rows under a model's <see cref="ModelSpec.RowsRoot"/> are stored; little-endian.</summary>
public enum WeightFormat : byte
{
    /// <summary>None.</summary>
    None = 0,

    /// <summary>binary32.</summary>
    Single = 1,

    /// <summary>bfloat16.</summary>
    Brain = 2,
}

/// <summary>What a model is used for.</summary>
public enum ModelStatus : byte
{
    /// <summary>There is no such model.</summary>
    None = 0,

    /// <summary>Subnets may choose it.</summary>
    Active = 1,

    /// <summary>Subnets that have it keep it; no other may choose it.</summary>
    Retired = 2,
}

/// <summary>How far a tolerant model's answers may differ; all zero for an exact one.</summary>
/// <param name="Exponents">Of 128 activations so many exponents or signs may differ.</param>
/// <param name="MeanQ16">Mean error of mantissas · 65,536.</param>
/// <param name="Median">Median error of mantissas.</param>
/// <param name="TieMarginQ16">A token's margin above this is a miss, · 65,536.</param>
/// <param name="ExactPermille">Of a thousand tokens so many must be the very one.</param>
/// <param name="MeanMarginQ16">Mean margin of an answer's tokens · 65,536.</param>
public readonly record struct Thresholds(
    ushort Exponents, uint MeanQ16, ushort Median, uint TieMarginQ16, ushort ExactPermille, uint MeanMarginQ16);

/// <summary>A model by what it consists of.</summary>
/// <param name="Profile">Its arithmetic.</param>
/// <param name="Format">How its rows are stored.</param>
/// <param name="WeightsRoot">Root over the bytes of its weight files.</param>
/// <param name="RowsRoot">Root over the rows of its tensors: what a dispute shows one row of.</param>
/// <param name="ConfigHash">keccak-256 of config.json.</param>
/// <param name="TokenizerHash">keccak-256 of tokenizer.json.</param>
/// <param name="WeightsBytes">What a verifier must have room for.</param>
/// <param name="Thresholds">For a tolerant profile.</param>
/// <param name="Uri">Where the files are to be had.</param>
public sealed record ModelSpec(
    ModelProfile Profile, WeightFormat Format, Hash256 WeightsRoot, Hash256 RowsRoot, Hash256 ConfigHash, Hash256 TokenizerHash,
    ulong WeightsBytes, Thresholds Thresholds, [Limit(InferencePolicy.UriMax)] string Uri);

/// <summary>A registered model.</summary>
/// <param name="Owner">Who registered it.</param>
/// <param name="Status">What it is used for.</param>
/// <param name="RegisteredAt">When.</param>
/// <param name="Deposit">What its owner gets back once it is retired and no subnet has it.</param>
/// <param name="Subnets">Subnets that have it.</param>
/// <param name="Spec">What it consists of.</param>
public sealed record ModelRecord(Address Owner, ModelStatus Status, ulong RegisteredAt, Amount Deposit, uint Subnets, ModelSpec Spec);

/// <summary>A miner whose answers can be audited, in one subnet.</summary>
/// <param name="Netuid">The subnet.</param>
/// <param name="Hotkey">Its key.</param>
/// <param name="Deposit">Pays audits, and answers for what they find.</param>
/// <param name="Answers">Answers it has committed to.</param>
/// <param name="Passed">Audits passed.</param>
/// <param name="Failed">Audits that found something wrong.</param>
/// <param name="Unserved">Audits whose transcript was not to be had.</param>
/// <param name="Faults">How often its audit rate has doubled.</param>
/// <param name="Open">Audits and disputes that are not over.</param>
/// <param name="KeepsUntil">Block until which it must be able to show its answers.</param>
public sealed record MinerRecord(
    uint Netuid, Address Hotkey, Amount Deposit, ulong Answers, uint Passed, uint Failed, uint Unserved, uint Faults, uint Open,
    ulong KeepsUntil);

/// <summary>Answers that a miner has committed to.</summary>
/// <param name="Miner">The miner's number.</param>
/// <param name="Model">The model they are of.</param>
/// <param name="Root">keccak(count 8 ‖ root of the tree of their hashes).</param>
/// <param name="Count">How many.</param>
/// <param name="Tokens">Tokens of all.</param>
/// <param name="CommittedAt">When.</param>
public readonly record struct BatchRecord(ulong Miner, ulong Model, Hash256 Root, uint Count, ulong Tokens, ulong CommittedAt);

/// <summary>An audit that is not over.</summary>
/// <param name="Batch">The batch.</param>
/// <param name="Index">Which answer of it.</param>
/// <param name="Miner">The miner's number.</param>
/// <param name="Model">The model.</param>
/// <param name="Root">The batch's root.</param>
/// <param name="Count">Answers of the batch.</param>
/// <param name="Requester">Who asked for it; zero when it was drawn.</param>
/// <param name="Fee">What was paid for it.</param>
public sealed record AnswerAudit(
    ulong Batch, uint Index, ulong Miner, ulong Model, Hash256 Root, uint Count, Address Requester, Amount Fee);

/// <summary>What governance may change about inference.</summary>
/// <param name="ModelDeposit">What registering a model locks.</param>
/// <param name="MinerDeposit">Least deposit of a miner that commits to answers.</param>
/// <param name="ReceiptBlocks">How long answers can be audited, and must be kept.</param>
/// <param name="RateFloorBps">Least part of a miner's answers that is audited, in 1/10,000.</param>
/// <param name="NewcomerAnswers">Of a miner's first answers all batches are audited.</param>
/// <param name="FaultBps">Part of its deposit that a miner loses for an answer that its exact model does not give, in 1/10,000.</param>
/// <param name="UnservedBps">Part of its deposit that a miner loses for an answer it does not show, in 1/10,000.</param>
/// <param name="DisputeBlocks">Time for a turn of a dispute.</param>
/// <param name="DisputeRewardBps">Part of what a disputed miner loses that its challenger gets, in 1/10,000.</param>
public readonly record struct InferenceParameters(
    [Bounds("0 DPN", "1000000 DPN")] Amount ModelDeposit,
    [Bounds("0.1 DPN", "1000000 DPN")] Amount MinerDeposit,
    [Bounds(10, 1_000_000)] ulong ReceiptBlocks,
    [Bounds(0, 10_000)] uint RateFloorBps,
    [Bounds(0, 100_000)] uint NewcomerAnswers,
    [Bounds(0, 10_000)] uint FaultBps,
    [Bounds(0, 10_000)] uint UnservedBps,
    [Bounds(2, 100_000)] ulong DisputeBlocks,
    [Bounds(0, 10_000)] uint DisputeRewardBps)
{
    /// <summary>Mainnet: 10 DPN a miner, a day, 2 % of the answers and all of the first 50.</summary>
    public static InferenceParameters Mainnet { get; } = new(
        Amount.FromDpn(10), Amount.FromDpn(10), ReceiptBlocks: 7_200, RateFloorBps: 200, NewcomerAnswers: 50, FaultBps: 5_000,
        UnservedBps: 1_000, DisputeBlocks: 50, DisputeRewardBps: 5_000);
}
