using System.Globalization;
using System.Text.Json.Nodes;
using DePinChain.Client.Programs;
using DePinChain.Gpu;
using DePinChain.Gpu.Cpu;
using DePinChain.Inference.Calibrating;
using DePinChain.Inference.Commitments;
using DePinChain.Inference.Llama;
using DePinChain.Inference.Models;
using DePinChain.Inference.Tokenizers;

namespace DePinChain.Worker;

/// <summary>
/// <c>calibrate</c>: measures how far honest answers of a model spread over this machine's backends and widths, prints the thresholds with
/// which it is to be registered as tolerant, and what they catch.
/// </summary>
internal static class CalibrateVerb
{
    private const string Usage =
        "usage: depin-worker calibrate --model DIR [--prompts FILE] [--answers N] [--tokens N] [--device NAME] [--json]";

    private const int PromptTokens = 64;
    private const ulong AnswersMax = 10_000;

    public static void Run(Dictionary<string, string> options, bool isJson, TextWriter output)
    {
        string folder = options.Remove("--model", out string? path) ? path
            : throw new ExitException(ExitException.Usage, $"--model is missing; {Usage}");
        int answers = Number(options, "--answers", 200, AnswersMax), tokens = Number(options, "--tokens", 256, 4_096);
        string? file = options.Remove("--prompts", out string? given) ? given : null;
        string device = options.Remove("--device", out string? name) ? name : "";
        if (options.Count > 0) throw new ExitException(ExitException.Usage, $"{options.Keys.First()} is not an option; {Usage}");
        using ModelFolder model = ModelFolder.Open(folder);
        using BackendPool pool = BackendPool.Open(new BackendOptions { DeviceFilter = device });
        IReadOnlyList<int[]> prompts = PromptsOf(model, file, answers, tokens);
        CalibrationReport report = Measure(model, pool, prompts, tokens, text => { if (!isJson) output.WriteLine(text); });
        if (isJson) output.WriteLine(JsonOf(report).ToJsonString());
        else Print(report, output);
    }

    private static CalibrationReport Measure(
        ModelFolder model, BackendPool pool, IReadOnlyList<int[]> prompts, int tokens, Action<string> say)
    {
        using LlamaModel judge = LlamaModel.Load(model, ArithmeticProfile.Tolerant, pool.Reference);
        Calibrator calibrator = new(judge, prompts, tokens);
        say($"{prompts.Count} prompts, {tokens} tokens each, judged on {pool.Reference.Device.Name}");
        foreach (CpuWidth width in CpuWidths.Supported)
        {
            using CpuBackend backend = new(width);
            MeasureOn(calibrator, model, ArithmeticProfile.Tolerant, backend, $"bfloat16 on {backend.Device.Name}");
        }

        foreach (IBackend backend in pool.Usable.Where(one => one != pool.Reference))
            MeasureOn(calibrator, model, ArithmeticProfile.Tolerant, backend, $"bfloat16 on {backend.Device.Name}");

        // Another engine rounds at other points: at none of ours at the most.
        MeasureOn(calibrator, model, ArithmeticProfile.ExactF32, pool.Reference, "single precision");
        return calibrator.Report(Cheats(calibrator, model, pool.Reference, prompts));
    }

    private static void MeasureOn(Calibrator calibrator, ModelFolder model, ArithmeticProfile profile, IBackend backend, string name)
    {
        using LlamaModel maker = LlamaModel.Load(model, profile, backend);
        calibrator.Measure(name, maker);
    }

    private static List<CheatResult> Cheats(
        Calibrator calibrator, ModelFolder model, IBackend backend, IReadOnlyList<int[]> prompts)
    {
        List<CheatResult> found = [];
        void Try(string name, ITensorSource source, ArithmeticProfile profile)
        {
            using LlamaModel maker = LlamaModel.Load(model.Config, source, profile, backend);
            found.Add(calibrator.Try(name, maker));
        }

        Try("weights of four bits", new FourBitWeights(model), ArithmeticProfile.Tolerant);
        Try("weights of eight bits", model, ArithmeticProfile.ExactInt8);
        Try("a neighbour, weights moved by 0.1 %", new NoisyWeights(model, 1e-3f), ArithmeticProfile.Tolerant);
        using LlamaModel honest = LlamaModel.Load(model, ArithmeticProfile.Tolerant, backend);
        found.Add(calibrator.Try("another prompt", honest, [.. prompts.Skip(1), prompts[0]]));
        found.Add(calibrator.Try("another seed", honest, hasOwnSeed: true));
        return found;
    }

    private static IReadOnlyList<int[]> PromptsOf(ModelFolder model, string? file, int answers, int tokens)
    {
        int room = model.Config.Positions - tokens;
        if (room < 1)
            throw new ExitException(ExitException.Usage, $"{tokens} tokens do not fit the model's {model.Config.Positions} positions");
        if (file is null) return Calibrator.Prompts(answers, Math.Min(PromptTokens, room), model.Config.Vocabulary);
        BytePairTokenizer tokenizer = BytePairTokenizer.Parse(ModelFolder.ReadJson(model.Path, "tokenizer.json"));
        List<int[]> prompts = [];
        foreach (string line in File.ReadLines(file).Where(static line => line.Length > 0).Take(answers))
        {
            int[] prompt = [.. tokenizer.Encode(line)];
            if (prompt.Length > 0 && prompt.Length <= room) prompts.Add(prompt);
        }

        return prompts.Count > 1 ? prompts
            : throw new ExitException(ExitException.LocalState, $"{file} has fewer than two prompts that fit the model; write one a line");
    }

    private static void Print(CalibrationReport report, TextWriter output)
    {
        static string Of(Spread one) => string.Create(CultureInfo.InvariantCulture, $"{one.Median:0.##}/{one.P99:0.##}/{one.Max:0.##}");
        output.WriteLine("maker: half / one in a hundred / most, of chunks and of answers");
        foreach (MakerSpread maker in report.Makers)
        {
            output.WriteLine(
                $"  {maker.Maker}: exponents {Of(maker.Exponents)}, mean {Of(maker.Means)}, median {Of(maker.Medians)}, "
                + $"margin {Of(maker.Margins)}, inexact tokens in 1,000 {Of(maker.InexactPermille)}, mean margin {Of(maker.MeanMargins)}");
        }

        foreach (ForgeryResult forgery in report.Forgeries)
            output.WriteLine($"forged proof, {forgery.Attack}: {forgery.Accepted} of {forgery.Tried} pass");
        foreach (CheatResult cheat in report.Cheats) output.WriteLine($"{cheat.Name}: {cheat.Refused} of {cheat.Tried} refused");
        if (report.NeedsWhitening) output.WriteLine("a forged proof passes: this model must be whitened, or served in an exact profile");
        if (!report.IsRegistrable) output.WriteLine("honest answers spread further than a registry allows: serve it in an exact profile");
        output.WriteLine($"--thresholds {ThresholdsOf(report)}");
    }

    // As 'depin inference models register --thresholds' takes them.
    private static string ThresholdsOf(CalibrationReport report) => string.Create(
        CultureInfo.InvariantCulture,
        $"{report.Activations.MismatchesMax},{report.Activations.MeanMaxQ16 / 65_536.0:0.####},{report.Activations.MedianMax},"
        + $"{report.Tokens.TieMargin:0.####},{report.Tokens.ExactPermille},{report.Tokens.MeanMarginMax:0.####}");

    private static JsonObject JsonOf(CalibrationReport report) => new()
    {
        ["thresholds"] = ThresholdsOf(report),
        ["registrable"] = report.IsRegistrable,
        ["needsWhitening"] = report.NeedsWhitening,
        ["makers"] = new JsonArray([.. report.Makers.Select(static maker => (JsonNode)new JsonObject
        {
            ["maker"] = maker.Maker,
            ["answers"] = maker.Answers,
            ["exponents"] = JsonOf(maker.Exponents),
            ["means"] = JsonOf(maker.Means),
            ["medians"] = JsonOf(maker.Medians),
            ["margins"] = JsonOf(maker.Margins),
            ["inexactPermille"] = JsonOf(maker.InexactPermille),
            ["meanMargins"] = JsonOf(maker.MeanMargins),
        })]),
        ["forgeries"] = new JsonArray([.. report.Forgeries.Select(static one => (JsonNode)new JsonObject
        {
            ["attack"] = one.Attack,
            ["accepted"] = one.Accepted,
            ["tried"] = one.Tried,
        })]),
        ["cheats"] = new JsonArray([.. report.Cheats.Select(static one => (JsonNode)new JsonObject
        {
            ["cheat"] = one.Name,
            ["refused"] = one.Refused,
            ["tried"] = one.Tried,
        })]),
    };

    // A margin may be infinite: a token that the judge would never have drawn. JSON has no such number.
    private static JsonArray JsonOf(Spread spread) =>
        [.. new[] { spread.Median, spread.P99, spread.P999, spread.Max }.Select(static value =>
            (JsonNode)(double.IsFinite(value) ? JsonValue.Create(value) : JsonValue.Create("infinite")))];

    private static int Number(Dictionary<string, string> options, string name, int otherwise, ulong most)
    {
        if (!options.Remove(name, out string? text)) return otherwise;
        return ulong.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out ulong number) && number > 1 && number <= most
            ? (int)number
            : throw new ExitException(ExitException.Usage, $"{name} {text} is not a number from 2 to {most}");
    }
}
