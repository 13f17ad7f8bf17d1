using System.Globalization;
using DePinChain.Client.Programs;
using DePinChain.Client;
using DePinChain.Crypto;
using DePinChain.Gpu;
using DePinChain.Primitives;
using DePinChain.Worker.Answers;
using DePinChain.Worker.Disputes;
using DePinChain.Worker.Following;
using DePinChain.Worker.Homes;
using DePinChain.Worker.Reports;

namespace DePinChain.Worker;

/// <summary>
/// What the executable is asked to do: <c>init</c>, <c>run</c>, <c>status</c>, <c>calibrate</c>; <c>localnet</c> is for a localnet's own
/// worker.
/// </summary>
internal static class WorkerVerbs
{
    private const string Usage =
        "usage: depin-worker calibrate|init|run|status --home DIR [--rpc URL] [--models DIR] [--disputes passed|all|none] [--keys N] "
        + "[--port N] [--hold-at STATE] [--json]";

    private const ulong KeysMax = 64;
    private static readonly TimeSpan Retry = TimeSpan.FromSeconds(2);

    public static async Task<int> RunAsync(string[] arguments, TextWriter output, CancellationToken stopping)
    {
        if (arguments is not [var verb, .. var rest]) throw new ExitException(ExitException.Usage, Usage);
        Dictionary<string, string> options = Options(rest);
        if (verb == "calibrate")
        {
            bool isJson = options.Remove("--json");
            await Task.Run(() => CalibrateVerb.Run(options, isJson, output), stopping);
            return 0;
        }

        WorkerHome home = new(options.Remove("--home", out string? folder) ? folder
            : throw new ExitException(ExitException.Usage, $"--home is missing; {Usage}"));
        ProgramLog log = new(output, options.Remove("--json"));
        using CancellationTokenSource ending = CancellationTokenSource.CreateLinkedTokenSource(stopping);
        if (options.Remove("--supervised")) EndWithInput(ending);
        switch (verb)
        {
            case "init":
                Init(home, options, output);
                return 0;
            case "localnet":
                await LocalnetWorker.PrepareAsync(home, LocalnetOf(options), log, ending.Token);
                await ServeAsync(home, Drill.None(log), log, ending.Token);
                return 0;
            case "run":
                Drill drill = DrillOf(options, log);
                RequireNoMore(options);
                await ServeAsync(home, drill, log, ending.Token);
                return 0;
            case "status":
                RequireNoMore(options);
                return await StatusAsync(home, output, ending.Token);
            default:
                throw new ExitException(ExitException.Usage, $"'{verb}' is not a verb; {Usage}");
        }
    }

    private static async Task ServeAsync(WorkerHome home, Drill drill, ProgramLog log, CancellationToken stopping)
    {
        WorkerSettings settings = home.ReadSettings();
        if (settings.Keys.Count == 0)
            throw new ExitException(ExitException.LocalState, $"{home.Path}/worker.json names no keys; 'depin-worker init' makes some.");
        using IDisposable held = home.Lock();
        WorkerMetrics metrics = new();
        using AttestationChain chain = await OpenAsync(settings.Rpc, log, stopping);
        using Journal journal = Journal.Open(home.JournalOf(chain.ChainId, chain.Genesis));
        using BackendPool pool = BackendPool.Open(BackendsOf(settings, home));
        List<Keyholder> keys = [];
        try
        {
            foreach (KeySettings one in settings.Keys)
                keys.Add(await HolderAsync(home, one, chain, journal, drill, log, metrics, stopping));
            Keyholder? asking = keys.FirstOrDefault(static key => !key.Verifier.IsZero);
            using ModelRack rack = new(home.ModelsOf(settings), settings.ModelBytesMax, log);
            DisputePolicy policy = PolicyOf(settings);
            DoubtBook doubts = new(home.DisputesOf(chain.ChainId, chain.Genesis), journal)
            {
                Player = policy == DisputePolicy.None || asking is null ? Address.Zero : asking.Worker,
            };
            using AnswerDesk answers = new(chain, rack, doubts, asking is null ? null : digest => asking.Sign(digest));
            DisputeDuty disputes = new(chain, keys, doubts, rack, policy, log, metrics);
            using WorkerLoop loop = new(
                chain, keys, journal, pool, answers, disputes, settings.Watch, settings.JobsAtOnce, drill, log, metrics);
            using StatusPage? page = settings.Port == 0
                ? null
                : StatusPage.Start(settings.Port, metrics, () => loop.Status, () => loop.Trouble);
            log.Tell("working", ("chain", chain.ChainId), ("keys", keys.Count), ("on", pool.Usable[0].Device.Name),
                ("status", page?.Address ?? "off"));
            await loop.RunAsync(stopping);
            log.Tell("stopped");
        }
        finally
        {
            foreach (Keyholder key in keys) key.Dispose();
        }
    }

    private static async Task<Keyholder> HolderAsync(
        WorkerHome home, KeySettings settings, AttestationChain chain, Journal journal, Drill drill, ProgramLog log, WorkerMetrics metrics,
        CancellationToken stopping)
    {
        PrivateKey key = home.ReadKey(settings);
        Address verifier = await chain.OwnerOfWorkerAsync(key.Address, stopping);
        if (verifier.IsZero)
        {
            log.Warn(
                "this key is nobody's worker: it only watches; its verifier delegates to it with 'depin worker register'",
                ("key", key.Address));
        }

        bool hasOwn = settings.Node is not null;
        JsonRpcConnection node = hasOwn ? AttestationChain.Connect(settings.Node!) : chain.Node; // it has one
        Outbox outbox = new(chain.Node, key, journal, drill, log, metrics);
        outbox.Recover();
        return new Keyholder(key, verifier, node, hasOwn, outbox);
    }

    // A node that is not up yet is waited for: after a power cut nobody starts things in order.
    private static async Task<AttestationChain> OpenAsync(string rpc, ProgramLog log, CancellationToken stopping)
    {
        while (true)
        {
            try
            {
                return await AttestationChain.OpenAsync(rpc, stopping);
            }
            catch (NodeUnreachableException unreachable)
            {
                log.Warn(unreachable.Message + "; trying again");
                await Task.Delay(Retry, stopping);
            }
        }
    }

    private static DisputePolicy PolicyOf(WorkerSettings settings) => settings.Disputes switch
    {
        "passed" => DisputePolicy.Passed,
        "all" => DisputePolicy.All,
        "none" => DisputePolicy.None,
        _ => throw new ExitException(ExitException.LocalState, $"\"disputes\": '{settings.Disputes}' is none of passed, all and none."),
    };

    private static BackendOptions BackendsOf(WorkerSettings settings, WorkerHome home)
    {
        List<BackendKind> kinds = [];
        foreach (string kind in settings.Backends)
        {
            kinds.Add(kind.ToLowerInvariant() switch
            {
                "cuda" => BackendKind.Cuda,
                "opencl" => BackendKind.OpenCl,
                _ => throw new ExitException(ExitException.LocalState, $"\"backends\": '{kind}' is neither cuda nor opencl."),
            });
        }

        return new BackendOptions
        {
            Kinds = kinds,
            DeviceFilter = settings.Device,
            AllowProcessors = settings.AllowProcessors,
            CacheFolder = kinds.Count > 0 ? home.KernelsPath : null,
        };
    }

    private static void Init(WorkerHome home, Dictionary<string, string> options, TextWriter output)
    {
        WorkerSettings settings = Settings(options);
        int count = (int)Number(options, "--keys", 1, KeysMax, 1);
        RequireNoMore(options);
        List<PrivateKey> keys = [.. Enumerable.Range(0, count).Select(static _ => PrivateKey.Generate())];
        foreach (Address address in home.Create(settings, keys)) output.WriteLine(address);
        foreach (PrivateKey key in keys) key.Dispose();
    }

    // The processor alone: a localnet judges little, and looking for devices takes time and memory.
    private static WorkerSettings LocalnetOf(Dictionary<string, string> options)
    {
        string[] nodes = options.Remove("--nodes", out string? list) ? list.Split(',') : [];
        int count = (int)Number(options, "--keys", 1, KeysMax, 4);
        WorkerSettings settings = Settings(options) with
        {
            Backends = [],
            Keys = [.. Enumerable.Range(0, count).Select(index => new KeySettings { Node = index < nodes.Length ? nodes[index] : null })],
        };
        RequireNoMore(options);
        return settings;
    }

    private static WorkerSettings Settings(Dictionary<string, string> options)
    {
        WorkerSettings settings = new();
        if (options.Remove("--rpc", out string? rpc)) settings.Rpc = rpc;
        if (options.Remove("--disputes", out string? disputes)) settings.Disputes = disputes;
        if (options.Remove("--models", out string? models)) settings.Models = Path.GetFullPath(models);
        settings.Port = (int)Number(options, "--port", 0, ushort.MaxValue, (ulong)settings.Port);
        return settings;
    }

    private static async Task<int> StatusAsync(WorkerHome home, TextWriter output, CancellationToken stopping)
    {
        WorkerSettings settings = home.ReadSettings();
        if (settings.Port == 0)
            throw new ExitException(ExitException.LocalState, $"{home.Path}/worker.json has \"port\": 0, so the worker tells nobody.");
        using HttpClient http = new() { Timeout = TimeSpan.FromSeconds(5) };
        try
        {
            output.WriteLine(await http.GetStringAsync(FormattableString.Invariant($"http://127.0.0.1:{settings.Port}/status"), stopping));
            return 0;
        }
        catch (Exception silent) when (silent is HttpRequestException or TaskCanceledException)
        {
            throw new ExitException(
                ExitException.Unreachable, FormattableString.Invariant($"No worker answers on port {settings.Port}; start it with ")
                + $"'depin-worker run --home {home.Path}'.");
        }
    }

    private static Drill DrillOf(Dictionary<string, string> options, ProgramLog log)
    {
        if (!options.Remove("--hold-at", out string? state)) return Drill.None(log);
        if (!Drill.States.Contains(state))
            throw new ExitException(ExitException.Usage, $"--hold-at {state} is none of: {string.Join(", ", Drill.States)}");
        return new Drill(state, log);
    }

    // The end of standard input is the end of who started this: nobody is left to work for.
    private static void EndWithInput(CancellationTokenSource ending) => new Thread(() =>
    {
        while (Console.In.ReadLine() is { } line && line != "stop")
        {
        }

        ending.Cancel();
    })
    { IsBackground = true, Name = "input" }.Start();

    private static void RequireNoMore(Dictionary<string, string> options)
    {
        if (options.Count > 0) throw new ExitException(ExitException.Usage, $"{options.Keys.First()} is not an option; {Usage}");
    }

    private static ulong Number(Dictionary<string, string> options, string name, ulong least, ulong most, ulong otherwise)
    {
        if (!options.Remove(name, out string? text)) return otherwise;
        bool isRead = ulong.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out ulong number);
        return isRead && number >= least && number <= most ? number
            : throw new ExitException(ExitException.Usage, $"{name} {text} is not a number from {least} to {most}");
    }

    private static Dictionary<string, string> Options(string[] rest)
    {
        Dictionary<string, string> options = new(StringComparer.Ordinal);
        for (int index = 0; index < rest.Length; index++)
        {
            if (rest[index] is "--json" or "--supervised") options[rest[index]] = "";
            else if (index + 1 < rest.Length) options[rest[index]] = rest[++index];
            else throw new ExitException(ExitException.Usage, $"{rest[index]} needs a value; {Usage}");
        }

        return options;
    }
}
