using DePinChain.Inference.Commitments;

namespace DePinChain.Inference.Calibrating;

/// <summary>How far something spreads.</summary>
/// <param name="Median">Half of all are not above it.</param>
/// <param name="P99">Of a hundred one is above it.</param>
/// <param name="P999">Of a thousand one is above it.</param>
/// <param name="Max">The largest.</param>
public sealed record Spread(double Median, double P99, double P999, double Max)
{
    /// <summary>The spread of numbers, by nearest rank: element ⌈p · n⌉ of the sorted ones.</summary>
    public static Spread Of(IEnumerable<double> numbers)
    {
        double[] sorted = [.. numbers.Order()];
        if (sorted.Length == 0) return new Spread(0, 0, 0, 0);
        double At(double part) => sorted[Math.Max(0, (int)Math.Ceiling(part * sorted.Length) - 1)];
        return new Spread(At(0.5), At(0.99), At(0.999), sorted[^1]);
    }
}

/// <summary>What an honest maker's answers differ by from what the judge computes.</summary>
/// <param name="Maker">The maker.</param>
/// <param name="Answers">Its answers.</param>
/// <param name="Exponents">Of each chunk: exponents or signs of 128 that differ.</param>
/// <param name="Means">Of each chunk: mean difference of mantissas.</param>
/// <param name="Medians">Of each chunk: their median.</param>
/// <param name="Margins">Of each chunk: the second largest margin of a token, since one may miss.</param>
/// <param name="InexactPermille">Of each answer: tokens of a thousand that are not the very ones.</param>
/// <param name="MeanMargins">Of each answer: mean margin.</param>
public sealed record MakerSpread(
    string Maker, int Answers, Spread Exponents, Spread Means, Spread Medians, Spread Margins, Spread InexactPermille, Spread MeanMargins);

/// <summary>How many answers of a cheat are refused under the proposed thresholds.</summary>
/// <param name="Name">The cheat.</param>
/// <param name="Refused">Answers that are refused.</param>
/// <param name="Tried">Answers that were made.</param>
public sealed record CheatResult(string Name, int Refused, int Tried);

/// <summary>What a calibration found and proposes.</summary>
/// <param name="Makers">Honest makers.</param>
/// <param name="Activations">Proposed.</param>
/// <param name="Tokens">Proposed.</param>
/// <param name="IsRegistrable">A registry takes the proposal: looser ones would let forged proofs pass.</param>
/// <param name="Forgeries">Proofs made without the model, under the proposal.</param>
/// <param name="Cheats">Answers of other models, under the proposal.</param>
public sealed record CalibrationReport(
    IReadOnlyList<MakerSpread> Makers, ToplocThresholds Activations, TokenThresholds Tokens, bool IsRegistrable,
    IReadOnlyList<ForgeryResult> Forgeries, IReadOnlyList<CheatResult> Cheats)
{
    /// <summary>A forged proof passed: the model is registered only with <see cref="Whitening"/>.</summary>
    public bool NeedsWhitening => Forgeries.Any(static one => one.Accepted > 0);
}
