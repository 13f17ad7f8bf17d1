using DePinChain.Gpu.Cpu;
using DePinChain.Gpu.Tests;
using DePinChain.Inference.Calibrating;
using DePinChain.Inference.Llama;
using DePinChain.Inference.Models;

namespace DePinChain.Inference.Tests;

/// <summary>Thresholds out of honest answers on a small model, and what they still catch.</summary>
public sealed class CalibratorTests
{
    private static readonly ModelConfig Config = GeneratedModel.Localnet with { EndTokens = [], Layers = 2 };
    private static readonly IReadOnlyList<int[]> Prompts = Calibrator.Prompts(4, 12, Config.Vocabulary);

    [Test]
    public void Every_width_makes_the_same_answers_and_single_precision_spreads_within_what_is_proposed()
    {
        using LlamaModel judge = Load(ArithmeticProfile.Tolerant, CpuWidths.Widest);
        Calibrator calibrator = new(judge, Prompts, 34);
        foreach (CpuWidth width in CpuWidths.Supported)
        {
            using LlamaModel maker = Load(ArithmeticProfile.Tolerant, width);
            MakerSpread none = calibrator.Measure(width.ToString(), maker);
            Assert.That(none.Answers, Is.EqualTo(4));
            foreach (Spread spread in new[]
            {
                none.Exponents, none.Means, none.Medians, none.Margins, none.InexactPermille, none.MeanMargins,
            })
                Assert.That(spread, Is.EqualTo(new Spread(0, 0, 0, 0)), $"{width}: the order of sums is one");
        }

        Assert.That(calibrator.Propose().Activations, Is.EqualTo(Commitments.ToplocThresholds.Default), "never below the reference's");
        Assert.That(calibrator.Propose().Tokens, Is.EqualTo(TokenThresholds.Tolerant));

        // Another engine: it differs, and what is proposed covers it by half as much again.
        using LlamaModel single = Load(ArithmeticProfile.ExactF32, CpuWidths.Widest);
        MakerSpread other = calibrator.Measure("single", single);
        (Commitments.ToplocThresholds activations, TokenThresholds tokens, bool isRegistrable) = calibrator.Propose();
        Assert.That(other.Means.Max, Is.GreaterThan(0), "bfloat16 rounds where single precision does not");
        Assert.That(isRegistrable, Is.EqualTo(other.Margins.P999 * 1.5 <= 4 && other.InexactPermille.P999 * 1.5 <= 500
            && other.MeanMargins.P999 * 1.5 <= 1 && other.Exponents.P999 * 1.5 <= 64 && other.Means.P999 * 1.5 <= 40));
        Assert.That(activations.MismatchesMax, Is.EqualTo(Math.Min(64, Math.Max(38, Math.Ceiling(other.Exponents.P999 * 1.5)))));
        Assert.That(tokens.ExactPermille, Is.EqualTo(1_000 - Math.Min(500, Math.Max(50, Math.Ceiling(other.InexactPermille.P999 * 1.5)))));
    }

    [Test]
    public void Other_prompts_other_seeds_and_cheap_weights_are_refused_under_what_is_proposed()
    {
        using LlamaModel judge = Load(ArithmeticProfile.Tolerant, CpuWidths.Widest);
        Calibrator calibrator = new(judge, Prompts, 34);
        calibrator.Measure("itself", judge);
        using LlamaModel cheap = LlamaModel.Load(
            Config, new FourBitWeights(new GeneratedWeights(Config)), ArithmeticProfile.Tolerant,
            Backends.Get(CpuWidths.Widest.ToString()));
        CalibrationReport report = calibrator.Report(
        [
            calibrator.Try("itself", judge), calibrator.Try("four bits", cheap),
            calibrator.Try("another prompt", judge, [.. Prompts.Skip(1), Prompts[0]]),
            calibrator.Try("another seed", judge, hasOwnSeed: true),
        ]);
        Assert.That(
            report.Cheats.Select(static one => (one.Name, one.Refused, one.Tried)), Is.EqualTo(new[]
            {
                ("itself", 0, 4), ("four bits", 4, 4), ("another prompt", 4, 4), ("another seed", 4, 4),
            }));
        Assert.That(report.Forgeries.Select(static one => (one.Attack, one.Accepted, one.Tried)), Is.EqualTo(new[]
        {
            ("constant", 0, 4), ("template", 0, 4), ("other prompt", 0, 4),
        }));
        Assert.That((report.NeedsWhitening, report.IsRegistrable), Is.EqualTo((false, true)));
    }

    // Of 1 … 1,000 by nearest rank: 500, 990, 999, 1,000.
    [Test]
    public void A_spread_is_by_nearest_rank()
    {
        Assert.That(Spread.Of(Enumerable.Range(1, 1_000).Reverse().Select(static one => (double)one)), Is.EqualTo(
            new Spread(500, 990, 999, 1_000)));
        Assert.That(Spread.Of([7]), Is.EqualTo(new Spread(7, 7, 7, 7)));
        Assert.That(Spread.Of([]), Is.EqualTo(new Spread(0, 0, 0, 0)));
    }

    private static LlamaModel Load(ArithmeticProfile profile, CpuWidth width) =>
        LlamaModel.Load(Config, new GeneratedWeights(Config), profile, Backends.Get(width.ToString()));
}
