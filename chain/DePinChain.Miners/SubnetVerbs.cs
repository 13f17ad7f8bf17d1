using System.Text.Json;
using DePinChain.Client.Programs;
using DePinChain.Crypto;
using DePinChain.Inference.Llama;
using DePinChain.Inference.Models;
using DePinChain.Miners.Homes;
using DePinChain.Miners.Judging;
using DePinChain.Miners.Serving;
using DePinChain.Primitives;

namespace DePinChain.Miners;

/// <summary>
/// What the executable is asked to do: <c>model</c>, <c>manifest</c>, <c>identity</c>, <c>init</c>, <c>run</c>; <c>localnet</c> is all at
/// once.
/// </summary>
internal static class SubnetVerbs
{
    private const string Usage = "usage: model|manifest|identity|init|run|localnet [--option value]…";

    public static async Task<int> RunAsync(string[] arguments, TextWriter output, CancellationToken stopping)
    {
        if (arguments is not [var verb, .. var rest]) throw new ExitException(ExitException.Usage, Usage);
        var options = new VerbOptions(rest);
        using CancellationTokenSource ending = CancellationTokenSource.CreateLinkedTokenSource(stopping);
        if (options.Flag("--supervised")) EndWithInput(ending);
        var log = new ProgramLog(output, options.Flag("--json"));
        switch (verb)
        {
            case "model":
                WriteModel(options, output);
                return 0;
            case "manifest":
                WriteManifest(options, output);
                return 0;
            case "init":
                Init(options, output);
                return 0;
            case "identity":
                WriteIdentity(options, output);
                return 0;
            case "run":
                await RunAsync(options, log, ending.Token);
                return 0;
            case "localnet":
                await RunLocalnetAsync(options, log, ending.Token);
                return 0;
            default:
                throw new ExitException(ExitException.Usage, $"'{verb}' is not a verb; {Usage}");
        }
    }

    // The end of standard input is the end of who started this: nobody is left to serve for.
    private static void EndWithInput(CancellationTokenSource ending) => new Thread(() =>
    {
        while (Console.In.ReadLine() is { } line && line != "stop")
        {
        }

        ending.Cancel();
    })
    { IsBackground = true, Name = "input" }.Start();

    private static void WriteModel(VerbOptions options, TextWriter output)
    {
        string folder = options.Required("--out");
        ModelConfig config = options.Value("--size", "localnet") switch
        {
            "localnet" => GeneratedModel.Localnet,
            "small" => GeneratedModel.Small,
            var other => throw new ExitException(ExitException.Usage, $"--size is localnet or small, not '{other}'"),
        };
        uint seed = (uint)Math.Min(options.Number("--seed", 0), uint.MaxValue);
        options.RequireNoMore();
        GeneratedModel.Write(folder, config, seed);
        output.WriteLine($"{folder}: {config.Parameters} parameters, seed {seed}");
    }

    private static void WriteManifest(VerbOptions options, TextWriter output)
    {
        string folder = options.Required("--model"), path = options.Required("--out");
        using ModelFolder model = ModelFolder.Open(folder);
        ArithmeticProfile profile = ProfileOf(options);
        string id = options.Value("--id", Path.GetFileName(Path.TrimEndingDirectorySeparator(Path.GetFullPath(folder))));
        var manifest = new TaskManifest(
            "text", ModelShelf.Describe(model, id, profile, (uint)options.Number("--max-tokens", 128)),
            new ManifestVerification(ManifestVerification.Toploc),
            new ManifestSampling((uint)options.Number("--tasks", 2), (uint)options.Number("--organic-permille", 200)),
            (uint)options.Number("--latency-ms", 15_000), new ManifestScoring((uint)options.Number("--alpha-permille", 300)),
            (uint)options.Number("--min-evidence", 1), options.Number("--version-key", 0));
        options.RequireNoMore();
        byte[] bytes = manifest.Encode();
        File.WriteAllBytes(path, bytes);
        TaskManifest.Read(path);
        output.WriteLine(Keccak256.Hash(bytes));
    }

    // What the registry of models asks about a folder, as one line of JSON.
    private static void WriteIdentity(VerbOptions options, TextWriter output)
    {
        string folder = options.Required("--model");
        ArithmeticProfile profile = ProfileOf(options);
        options.RequireNoMore();
        ModelIdentity found = ModelIdentity.Of(folder);
        if (found.Format == 0)
        {
            throw new ExitException(
                ExitException.LocalState,
                $"MixedFormats: {folder} has tensors of several formats; all must be binary32 or all bfloat16.");
        }

        using ModelFolder model = ModelFolder.Open(folder);
        TraceFitness.Require(model.Config, profile);
        output.WriteLine(JsonSerializer.Serialize(
            new ModelCard(
                (byte)profile, found.Format, found.WeightsRoot.ToString(), found.RowsRoot.ToString(), found.ConfigHash.ToString(),
                found.TokenizerHash.ToString(), found.WeightsBytes), SubnetJson.Default.ModelCard));
    }

    private static ArithmeticProfile ProfileOf(VerbOptions options)
    {
        string asked = options.Value("--profile", nameof(ArithmeticProfile.ExactInt8));
        return Enum.TryParse(asked, ignoreCase: true, out ArithmeticProfile profile) && Enum.IsDefined(profile) ? profile
            : throw new ExitException(ExitException.Usage, "--profile is ExactInt8, ExactF32 or Tolerant");
    }

    private static void Init(VerbOptions options, TextWriter output)
    {
        var home = new SubnetHome(options.Required("--home"));
        var settings = new SubnetSettings
        {
            Role = options.Role() ?? throw new ExitException(ExitException.Usage, "--role is missing: miner or validator"),
            Netuid = (uint)options.Number("--netuid", 1),
            Model = Path.GetFullPath(options.Required("--model")),
            Manifest = Path.GetFullPath(options.Required("--manifest")),
        };
        settings.Rpc = options.Value("--rpc", settings.Rpc);
        settings.Host = options.Value("--host", settings.Host);
        settings.Port = (int)Math.Min(options.Number("--port", (ulong)settings.Port), 65_535);
        settings.Announce = options.Find("--announce");
        settings.Receipts = options.Flag("--receipts");
        settings.Workers = (int)Math.Min(options.Number("--workers", 0), 1_024);
        options.RequireNoMore();
        home.Create(settings);
        using PrivateKey key = home.ReadKey();
        output.WriteLine(key.Address);
    }

    private static async Task RunLocalnetAsync(VerbOptions options, ProgramLog log, CancellationToken stopping)
    {
        var subnet = new LocalnetSubnet(
            Path.GetFullPath(options.Required("--home")), options.Required("--rpc"),
            (int)Math.Min(options.Number("--port", 5_500), 65_533), log);
        options.RequireNoMore();
        await subnet.RunAsync(stopping);
    }

    private static async Task RunAsync(VerbOptions options, ProgramLog log, CancellationToken stopping)
    {
        var home = new SubnetHome(options.Required("--home"));
        SubnetRole role = home.ReadSettings().Role;
        if (options.Role() is { } asked && asked != role)
        {
            throw new ExitException(
                ExitException.Usage, $"{home.Path} is a {role} by its subnet.json; make another home for the other role.");
        }

        Rehearsal rehearsal = Rehearsal.None;
        if (options.Find("--rehearse") is { } cheat && !Enum.TryParse(cheat, ignoreCase: true, out rehearsal))
            throw new ExitException(ExitException.Usage, "--rehearse is lazy or quantised");
        Drill drill = Drill.At(options.Find("--hold-at"), log);
        options.RequireNoMore();
        if (role == SubnetRole.Miner) await MinerAgent.RunAsync(home, rehearsal, drill, log, stopping);
        else await ValidatorAgent.RunAsync(home, drill, log, stopping);
    }
}
