using System.Buffers.Binary;
using DePinChain.Modules.Attestations;
using DePinChain.Primitives;

namespace DePinChain.Modules.Subnets.Inference;

/// <summary>The numbers and formulas of inference.</summary>
public static class InferencePolicy
{
    /// <summary>Letters of a model's address.</summary>
    public const int UriMax = 200;

    /// <summary>Answers of one batch.</summary>
    public const uint BatchMax = 4_096;

    /// <summary>Batches looked at, and batches forgotten, at one block's start, each.</summary>
    public const int BatchesPerBlockMax = 64;

    /// <summary>Entries of one page of a view.</summary>
    public const uint PageMax = 100;

    /// <summary>
    /// Vectors of a layer in an answer's trace: the attention's norm, q, k, v, the mixed heads, o, the norm of the MLP, gate, up, the gated
    /// vector, down.
    /// </summary>
    public const int VectorsPerLayer = 11;

    /// <summary>Vectors of a position: 372 layers.</summary>
    public const int VectorsMax = 4_092;

    /// <summary>
    /// Bytes of a vector that a dispute shows: 30,720 singles, so that each fits a transaction of 128 KiB. No miner should answer for an
    /// exact model with wider products: it could not show them.
    /// </summary>
    public const int VectorBytesMax = 122_880;

    /// <summary>Gas of a dispute's dearest turn: a row of 120 KiB at 40 gas a byte (EIP-7623), and its product.</summary>
    public const ulong DisputeGas = 6_000_000;

    /// <summary>Stands for an element that is not there, or is no number: binary32's quiet NaN.</summary>
    public const uint NoNumber = 0x7fc0_0000;

    /// <summary>Gas of one term of a product in integers; 30 to 60 ns, as other computations are priced.</summary>
    public const ulong GasPerTerm = 20;

    /// <summary>Parts are 1/10,000.</summary>
    public const uint Bps = 10_000;

    /// <summary>What audits are drawn for.</summary>
    public const string AuditDomain = "inference/audit";

    // Above this a rate of the floor's least step is whole anyway: 1/10,000 · 2^14 > 1.
    private const int DoublingsMax = 14;

    /// <summary>
    /// How audits of exact models are judged: five verifiers, four of whom must give the very same answer. Whoever gives another is
    /// slashed, since there is one right answer.
    /// </summary>
    public static JobTerms ExactTerms { get; } = JobTerms.OfQuorum(
        JobKind.Inference, VerifierRole.Inference, numerator: 2, denominator: 3, numbers: 0, isExact: true, Amount.Zero);

    /// <summary>How audits of tolerant models are judged: the verdict alone counts, and nobody is slashed for another one.</summary>
    public static JobTerms TolerantTerms { get; } = JobTerms.OfQuorum(
        JobKind.TolerantInference, VerifierRole.Inference, numerator: 2, denominator: 3, numbers: 0, isExact: false, Amount.Zero);

    /// <summary>True for a model whose answers are the same bits everywhere.</summary>
    public static bool IsExact(ModelProfile profile) => profile is ModelProfile.ExactF32 or ModelProfile.ExactInt8;

    /// <summary>
    /// Whether thresholds are in reason: none for an exact profile, otherwise within four times TOPLOC's own (38 of 128 exponents, mean 10,
    /// median 8; arXiv 2501.16007), where a forged proof still fails, and not fewer exact tokens than half.
    /// </summary>
    public static bool AreSound(ModelProfile profile, in Thresholds limits) => IsExact(profile)
        ? limits == default
        : limits.Exponents is > 0 and <= 64 && limits.MeanQ16 is > 0 and <= 40 << 16 && limits.Median is > 0 and <= 32
            && limits.TieMarginQ16 <= 4 << 16 && limits.ExactPermille is >= 500 and <= 1_000 && limits.MeanMarginQ16 <= 1 << 16;

    /// <summary>
    /// The part of a miner's answers that is audited, in 1/10,000: all of a newcomer's, then the floor, doubled by each fault. Cheating
    /// with a gain g under a slash S does not pay when the rate is above g / (g + S) (arXiv 2405.00295).
    /// </summary>
    public static uint RateOf(MinerRecord miner, in InferenceParameters rules) => miner.Answers < rules.NewcomerAnswers
        ? Bps
        : (uint)Math.Min((ulong)rules.RateFloorBps << (int)Math.Min(miner.Faults, DoublingsMax), Bps);

    /// <summary>The chance, in 1/10,000, that one answer of a batch is audited: answers · rate, but one audit at most.</summary>
    public static uint ChanceOf(uint rateBps, uint answers) => (uint)Math.Min((ulong)rateBps * answers, Bps);

    /// <summary>
    /// Which answer of a batch is audited; null for none. The first eight bytes of the word, modulo 10,000, say whether; the next eight,
    /// modulo the answers, which.
    /// </summary>
    public static uint? Drawn(in Hash256 word, uint chanceBps, uint answers)
    {
        Span<byte> bytes = stackalloc byte[Hash256.Size];
        word.CopyTo(bytes);
        return BinaryPrimitives.ReadUInt64BigEndian(bytes) % Bps < chanceBps
            ? (uint)(BinaryPrimitives.ReadUInt64BigEndian(bytes[8..]) % answers)
            : null;
    }

    /// <summary>Gas of computing one element of a product.</summary>
    public static ulong GasOfProduct(ulong terms) => GasPerTerm * terms;

    /// <summary>A part in 1/10,000, rounded down.</summary>
    public static Amount PartOf(Amount whole, uint bps) => whole.MulDiv(bps, Bps, Rounding.Down);

    /// <summary>What an audit is about: keccak256(u64 batch ‖ u32 index).</summary>
    public static Hash256 SubjectOf(ulong batch, uint index)
    {
        Span<byte> name = stackalloc byte[sizeof(ulong) + sizeof(uint)];
        BinaryPrimitives.WriteUInt64BigEndian(name, batch);
        BinaryPrimitives.WriteUInt32BigEndian(name[sizeof(ulong)..], index);
        return Keccak256.Hash(name);
    }

    /// <summary>The name of a model by what it consists of, so that nobody registers it twice.</summary>
    public static Hash256 FingerprintOf(ModelSpec spec)
    {
        Span<byte> parts = stackalloc byte[2 + (4 * Hash256.Size)];
        parts[0] = (byte)spec.Profile;
        parts[1] = (byte)spec.Format;
        spec.WeightsRoot.CopyTo(parts[2..]);
        spec.RowsRoot.CopyTo(parts[34..]);
        spec.ConfigHash.CopyTo(parts[66..]);
        spec.TokenizerHash.CopyTo(parts[98..]);
        return Keccak256.Hash(parts);
    }
}
