using System.Globalization;
using DePinChain.Client;
using DePinChain.Client.Programs;
using DePinChain.Crypto;
using DePinChain.Primitives;
using DePinChain.Providers.Containers;

namespace DePinChain.Providers.Rendering;

/// <summary>What the executable is asked to do for a render node.</summary>
internal static class RenderVerbs
{
    public const string Usage = "usage: render init|register|run|leave --home DIR [--option value]…";

    /// <param name="verb">Which.</param>
    /// <param name="home">Whose.</param>
    /// <param name="options">What is left of the options.</param>
    /// <param name="log">What is said.</param>
    /// <param name="output">Where results go.</param>
    /// <param name="stopping">Ends it.</param>
    public static async Task<int> RunAsync(
        string verb, RenderHome home, Dictionary<string, string> options, ProgramLog log, TextWriter output, CancellationToken stopping)
    {
        switch (verb)
        {
            case "init":
                Init(home, options, log);
                using (PrivateKey key = home.ReadKey()) output.WriteLine(key.Address);
                return 0;
            case "register":
                Amount bond = Amount.Parse(options.Remove("--bond", out string? text) ? text : "0");
                RequireNoMore(options);
                await RegisterAsync(home, bond, stopping);
                return 0;
            case "leave":
                RequireNoMore(options);
                await SendAsync(home, static chain => chain.Render.Plan("leaveNode", Amount.Zero), stopping);
                return 0;
            case "run":
                RequireNoMore(options);
                await RenderAgent.RunAsync(home, log, stopping);
                return 0;
            default:
                throw new ExitException(ExitException.Usage, $"'{verb}' is not a verb; {Usage}");
        }
    }

    private static void Init(RenderHome home, Dictionary<string, string> options, ProgramLog log)
    {
        (ulong cpu, ulong memory, _) = MachineSurvey.Take(home.Path).Share;
        var settings = new RenderHomeSettings { CpuMilli = cpu, MemMiB = memory };
        if (options.Remove("--rpc", out string? rpc)) settings.Rpc = rpc;
        if (Number(options, "--cpu") is { } milli) settings.CpuMilli = milli;
        if (Number(options, "--memory") is { } memMiB) settings.MemMiB = memMiB;
        if (Number(options, "--score") is { } score) settings.Score = (uint)score;
        if (Number(options, "--tiers") is { } tiers) settings.Tiers = (byte)Math.Min(tiers, byte.MaxValue);
        RequireNoMore(options);
        home.Create(settings);
        if (!File.Exists(settings.Blender))
            log.Tell($"there is no {settings.Blender} yet: apt-get install --no-install-recommends blender");
    }

    // Again with what the settings say now, and more bond where some is given.
    private static async Task RegisterAsync(RenderHome home, Amount bond, CancellationToken stopping)
    {
        RenderHomeSettings settings = home.ReadSettings();
        await SendAsync(home, chain => chain.Render.Plan(
            "setNode", bond, (UInt256)settings.Score, (UInt256)settings.VramMiB, UInt256.One, (UInt256)(ulong)settings.Tiers), stopping);
    }

    private static async Task SendAsync(RenderHome home, Func<RenderChain, TransactionPlan> plan, CancellationToken stopping)
    {
        using RenderChain chain = await RenderChain.OpenAsync(home.ReadSettings().Rpc, home.ReadKey(), stopping);
        try
        {
            await chain.Account.SendAsync(plan(chain), stopping);
        }
        catch (NodeRefusedException refused)
        {
            throw new ExitException(ExitException.RefusedByChain, chain.Account.Words(refused));
        }
    }

    private static void RequireNoMore(Dictionary<string, string> options)
    {
        if (options.Count > 0) throw new ExitException(ExitException.Usage, $"{options.Keys.First()} is not an option; {Usage}");
    }

    private static ulong? Number(Dictionary<string, string> options, string name)
    {
        if (!options.Remove(name, out string? text)) return null;
        return ulong.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out ulong number) && number is > 0 and <= int.MaxValue
            ? number : throw new ExitException(ExitException.Usage, $"{name} {text} is no number");
    }
}
