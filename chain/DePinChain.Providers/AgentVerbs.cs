using DePinChain.Client.Programs;
using DePinChain.Crypto;
using DePinChain.Providers.Containers;
using DePinChain.Providers.Files;
using DePinChain.Providers.Rendering;
using DePinChain.Providers.Sealing;

namespace DePinChain.Providers;

/// <summary>What the executable is asked to do: <c>storage init</c>, <c>enrol</c>, <c>run</c>; <c>localnet</c> is all at once.</summary>
internal static class AgentVerbs
{
    private const string Usage =
        "usage: storage init|enrol|run|seal|sectors|unseal|localnet --home DIR [--option value]…; or " + ComputeVerbs.Usage
        + "; or " + RenderVerbs.Usage;

    public static async Task<int> RunAsync(string[] arguments, TextWriter output, CancellationToken stopping)
    {
        if (arguments is not ["storage" or "compute" or "render", var verb, .. var rest])
            throw new ExitException(ExitException.Usage, Usage);
        Dictionary<string, string> options = Options(rest);
        string place = options.Remove("--home", out string? folder) ? folder
            : throw new ExitException(ExitException.Usage, $"--home is missing; {Usage}");
        bool json = options.Remove("--json");
        using CancellationTokenSource ending = CancellationTokenSource.CreateLinkedTokenSource(stopping);
        if (options.Remove("--supervised")) EndWithInput(ending);
        if (arguments[0] == "compute")
            return await ComputeVerbs.RunAsync(verb, new ComputeHome(place), options, new ProgramLog(output, json), output, ending.Token);
        if (arguments[0] == "render")
            return await RenderVerbs.RunAsync(verb, new RenderHome(place), options, new ProgramLog(output, json), output, ending.Token);
        var home = new AgentHome(place);
        switch (verb)
        {
            case "init":
                Init(home, options, output);
                return 0;
            case "enrol":
                home.Save(new Enrolment(Number(options, "--provider"), Number(options, "--chain"), Number(options, "--block")));
                return 0;
            case "run":
                RequireNoMore(options);
                await StorageAgent.RunAsync(home, new ProgramLog(output, json), ending.Token);
                return 0;
            case "seal":
                string kind = Text(options, "--kind");
                string? file = options.Remove("--file", out string? path) ? path : null;
                ulong blocks = options.ContainsKey("--blocks") ? Number(options, "--blocks") : 0;
                RequireNoMore(options);
                SectorVerbs.Plan(home, kind, file, blocks, output);
                return 0;
            case "sectors":
                RequireNoMore(options);
                SectorVerbs.List(home, output);
                return 0;
            case "unseal":
                SectorVerbs.Unseal(home, Number(options, "--sector"), Text(options, "--file"), output);
                return 0;
            case "localnet":
                if (!home.Exists) Init(home, options, TextWriter.Null);
                await LocalnetProvider.EnrolAsync(home, ending.Token);
                await StorageAgent.RunAsync(home, new ProgramLog(output, json), ending.Token);
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

    private static void Init(AgentHome home, Dictionary<string, string> options, TextWriter output)
    {
        var settings = new AgentSettings();
        if (options.Remove("--rpc", out string? rpc)) settings.Rpc = rpc;
        if (options.Remove("--host", out string? host)) settings.Host = host;
        if (options.ContainsKey("--port")) settings.Port = (int)Math.Min(Number(options, "--port"), int.MaxValue);
        if (options.Remove("--endpoint", out string? endpoint)) settings.Endpoint = endpoint;
        if (options.ContainsKey("--capacity")) settings.Capacity = Number(options, "--capacity");
        if (options.Remove("--price", out string? price)) settings.PricePerGiBDay = price;
        if (options.Remove("--retrieval-price", out string? retrieval)) settings.RetrievalPerMiB = retrieval;
        RequireNoMore(options);
        Asking.Check(settings);
        home.Create(settings);
        using PrivateKey key = home.ReadKey();
        output.WriteLine(key.Address);
    }

    private static void RequireNoMore(Dictionary<string, string> options)
    {
        if (options.Count > 0) throw new ExitException(ExitException.Usage, $"{options.Keys.First()} is not an option; {Usage}");
    }

    private static string Text(Dictionary<string, string> options, string name) =>
        options.Remove(name, out string? value) ? value : throw new ExitException(ExitException.Usage, $"{name} is missing");

    private static ulong Number(Dictionary<string, string> options, string name)
    {
        string text = options.Remove(name, out string? value) ? value : throw new ExitException(ExitException.Usage, $"{name} is missing");
        return ulong.TryParse(text, out ulong number) ? number
            : throw new ExitException(ExitException.Usage, $"{name} {text} is no number");
    }

    private static Dictionary<string, string> Options(string[] rest)
    {
        var options = new Dictionary<string, string>(StringComparer.Ordinal);
        for (int index = 0; index < rest.Length; index++)
        {
            if (rest[index] is "--json" or "--supervised" or "--notice") options[rest[index]] = "";
            else if (index + 1 < rest.Length) options[rest[index]] = rest[++index];
            else throw new ExitException(ExitException.Usage, $"{rest[index]} needs a value; {Usage}");
        }

        return options;
    }
}
