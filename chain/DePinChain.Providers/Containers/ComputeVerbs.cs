using System.Globalization;
using DePinChain.Client.Programs;
using DePinChain.Client;
using DePinChain.Crypto;
using DePinChain.Primitives;

namespace DePinChain.Providers.Containers;

/// <summary>What the executable is asked to do for a provider of compute.</summary>
internal static class ComputeVerbs
{
    private const string Gift = "0x3635c9adc5dea00000"; // 1,000 DPN
    private static readonly Amount LocalnetStake = Amount.FromDpn(100);
    private static readonly TimeSpan Poll = TimeSpan.FromMilliseconds(200), GiftLimit = TimeSpan.FromSeconds(60);

    public const string Usage =
        "usage: compute init|register|device|run|check|drain|resume|ask|exit|localnet --home DIR [--option value]…";

    /// <param name="verb">Which.</param>
    /// <param name="home">Whose.</param>
    /// <param name="options">What is left of the options.</param>
    /// <param name="log">What is said.</param>
    /// <param name="output">Where results go.</param>
    /// <param name="stopping">Ends it.</param>
    public static async Task<int> RunAsync(
        string verb, ComputeHome home, Dictionary<string, string> options, ProgramLog log, TextWriter output, CancellationToken stopping)
    {
        switch (verb)
        {
            case "init":
                Init(home, options);
                using (PrivateKey key = home.ReadKey()) output.WriteLine(key.Address);
                foreach (string card in MachineSurvey.Take(home.Path).Gpus) log.Tell($"found {card}, which is not let yet");
                return 0;
            case "register":
                Amount stake = Amount.Parse(options.Remove("--stake", out string? text) ? text : "10");
                RequireNoMore(options);
                await RegisterAsync(home, stake, stopping);
                return 0;
            case "device":
                await EnterDeviceAsync(home, options, log, stopping);
                return 0;
            case "check":
                return await CheckAsync(home, log, output, stopping);
            case "drain":
                await DrainAsync(home, options.Remove("--notice"), log, stopping);
                return 0;
            case "resume":
                await SendAsync(home, "drainProvider", [false], stopping);
                return 0;
            case "ask":
                if (!options.Remove("--policy", out string? named) || !Address.TryParse(named, out Address policy))
                    throw new ExitException(ExitException.Usage, "--policy names an account, or 0x0000… for nothing");
                RequireNoMore(options);
                await AskAsync(home, policy, stopping);
                return 0;
            case "exit":
                await SendAsync(home, "exitProvider", [], stopping);
                return 0;
            case "run":
                RequireNoMore(options);
                await ComputeAgent.RunAsync(home, isPassing: false, log, stopping);
                return 0;
            case "localnet":
                if (!home.Exists) Init(home, options);
                await EnrolAsync(home, stopping);
                await ComputeAgent.RunAsync(home, isPassing: true, log, stopping);
                return 0;
            default:
                throw new ExitException(ExitException.Usage, $"'{verb}' is not a verb; {Usage}");
        }
    }

    private static void Init(ComputeHome home, Dictionary<string, string> options)
    {
        var machine = MachineSurvey.Take(home.Path);
        (ulong cpu, ulong memory, ulong disk) = machine.Share;
        var settings = new ComputeSettings { CpuMilli = cpu, MemMiB = memory, DiskMiB = disk };
        if (options.Remove("--rpc", out string? rpc)) settings.Rpc = rpc;
        if (options.Remove("--host", out string? host)) settings.Host = host;
        if (options.Remove("--endpoint", out string? endpoint)) settings.Endpoint = endpoint;
        if (options.Remove("--publish-host", out string? publish)) settings.PublishHost = publish;
        if (Number(options, "--port") is { } port) settings.Port = (int)port;
        if (Number(options, "--cpu") is { } milli) settings.CpuMilli = milli;
        if (Number(options, "--memory") is { } memMiB) settings.MemMiB = memMiB;
        if (Number(options, "--disk") is { } diskMiB) settings.DiskMiB = diskMiB;
        if (Number(options, "--publish-from") is { } from)
            (settings.PublishFrom, settings.PublishTo) = ((int)from, Math.Min((int)from + 999, 65_535));
        if (options.Remove("--price-cpu", out string? priceCpu)) settings.Prices.CpuMilli = priceCpu;
        if (options.Remove("--price-memory", out string? priceMemory)) settings.Prices.MemMiB = priceMemory;
        RequireNoMore(options);
        BidPricing.Price(settings.Prices, new Wanted(1, 1, 1, 1, []));
        home.Create(settings);
    }

    private static async Task RegisterAsync(ComputeHome home, Amount stake, CancellationToken stopping)
    {
        ComputeSettings settings = home.ReadSettings();
        using ComputeChain chain = await ComputeChain.OpenAsync(settings.Rpc, home.ReadKey(), stopping);
        await RefusedInWordsAsync(chain, () => chain.Account.SendAsync(
            chain.Market.Plan("registerProvider", stake, ComputeAgent.Description(settings, MachineSurvey.Take(home.Path))), stopping));
    }

    // A device is known by its cards and the account that runs it: the same card with another machine's account is another device, and
    // whoever stakes both has one that is never there when both are measured.
    private static async Task EnterDeviceAsync(
        ComputeHome home, Dictionary<string, string> options, ProgramLog log, CancellationToken stopping)
    {
        UInt256 model = Number(options, "--model") ?? throw new ExitException(ExitException.Usage, "--model is missing");
        UInt256 gpus = Number(options, "--gpus") ?? 1, memory = Number(options, "--vram") ?? 0;
        string? staked = options.Remove("--stake", out string? text) ? text : null;
        RequireNoMore(options);
        ComputeSettings settings = home.ReadSettings();
        using ComputeChain chain = await ComputeChain.OpenAsync(settings.Rpc, home.ReadKey(), stopping);
        string cards = string.Join('\n', MachineSurvey.Take(home.Path).Gpus.Order(StringComparer.Ordinal));
        byte[] device = Keccak256.Hash(System.Text.Encoding.UTF8.GetBytes($"{cards}\n{chain.Provider}")).ToArray();
        await RefusedInWordsAsync(chain, async () =>
        {
            Amount stake = staked is null ? await chain.Devices.AmountAsync("getMinStake", stopping, model, gpus) : Amount.Parse(staked);
            await chain.Account.SendAsync(chain.Devices.Plan(
                "registerDevice", Amount.Zero, device, model, gpus, memory, (UInt256)settings.Region, new byte[Hash256.Size]), stopping);
            if (!stake.IsZero) await chain.Account.SendAsync(chain.Devices.Plan("stakeDevice", stake, device), stopping);
            log.Tell("device entered", ("device", new Hash256(device)), ("stake", stake));
        });
    }

    private static async Task SendAsync(ComputeHome home, string method, object?[] arguments, CancellationToken stopping)
    {
        using ComputeChain chain = await ComputeChain.OpenAsync(home.ReadSettings().Rpc, home.ReadKey(), stopping);
        await RefusedInWordsAsync(chain, () => chain.Account.SendAsync(chain.Market.Plan(method, Amount.Zero, arguments), stopping));
    }

    // One word for leases and clusters, so that the module of both keeps it.
    private static async Task AskAsync(ComputeHome home, Address policy, CancellationToken stopping)
    {
        using ComputeChain chain = await ComputeChain.OpenAsync(home.ReadSettings().Rpc, home.ReadKey(), stopping);
        await RefusedInWordsAsync(
            chain, () => chain.Account.SendAsync(chain.Devices.Plan("setClientPolicy", Amount.Zero, policy), stopping));
    }

    // No new leases; with notice, those that run end when it is over, and a running agent ends them.
    private static async Task DrainAsync(ComputeHome home, bool isNoticeGiven, ProgramLog log, CancellationToken stopping)
    {
        using ComputeChain chain = await ComputeChain.OpenAsync(home.ReadSettings().Rpc, home.ReadKey(), stopping);
        AbiRecord? record = await chain.FindProviderAsync(stopping);
        if (record?.Count("state") == MarketWords.ProviderActive)
        {
            await RefusedInWordsAsync(
                chain, () => chain.Account.SendAsync(chain.Market.Plan("drainProvider", Amount.Zero, true), stopping));
        }

        if (!isNoticeGiven) return;
        foreach (Hash256 lease in await chain.LeasesAsync(stopping))
        {
            if ((await chain.LeaseAsync(lease, stopping)).Count("state") != MarketWords.Active) continue;
            await RefusedInWordsAsync(chain, () => chain.Account.SendAsync(chain.Market.Plan(
                "startReclaim", Amount.Zero, lease.ToArray(), (UInt256)MarketWords.Decommission), stopping));
            AbiRecord now = await chain.LeaseAsync(lease, stopping);
            log.Tell("notice given", ("lease", lease), ("until", now.Count("reclaimDeadline")));
        }
    }

    private static async Task<int> CheckAsync(ComputeHome home, ProgramLog log, TextWriter output, CancellationToken stopping)
    {
        ComputeSettings settings = home.ReadSettings();
        using PrivateKey key = home.ReadKey();
        using var engine = new EngineService(home.Path, settings.Engine, log);
        try
        {
            IReadOnlyList<ProbeOutcome> outcomes = await new IsolationCheck(settings, engine, key.Address).RunAsync(stopping);
            foreach (ProbeOutcome outcome in outcomes)
                output.WriteLine($"{(outcome.IsContained ? "contained" : "SUCCEEDED")}\t{outcome.Name}\t{outcome.Words}");
            return outcomes.All(static outcome => outcome.IsContained) ? 0 : ExitException.LocalState;
        }
        catch (EngineFailure failure)
        {
            throw new ExitException(ExitException.LocalState, failure.Message);
        }
    }

    // A localnet's own provider registers itself, with coins of the faucet.
    private static async Task EnrolAsync(ComputeHome home, CancellationToken stopping)
    {
        if (!EngineService.IsInstalled)
        {
            throw new ExitException(
                ExitException.Unreachable, "there is no container engine: apt-get install podman runc netavark nftables busybox-static");
        }

        ComputeSettings settings = home.ReadSettings();
        using ComputeChain chain = await ComputeChain.OpenAsync(settings.Rpc, home.ReadKey(), stopping);
        if (await chain.FindProviderAsync(stopping) is not null) return;
        await chain.Account.AskFaucetAsync(Gift, stopping);
        DateTime limit = DateTime.UtcNow + GiftLimit;
        for (; await chain.Account.BalanceAsync(stopping) <= LocalnetStake; await Task.Delay(Poll, stopping))
        {
            if (DateTime.UtcNow > limit)
                throw new ExitException(ExitException.RefusedByChain,
                    $"the faucet's coins did not come to {chain.Provider}; start it again.");
        }

        await RegisterAsync(home, LocalnetStake, stopping);
    }

    private static async Task RefusedInWordsAsync(ComputeChain chain, Func<Task> send)
    {
        try
        {
            await send();
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
        return ulong.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out ulong number) && number <= int.MaxValue
            ? number : throw new ExitException(ExitException.Usage, $"{name} {text} is no number");
    }
}
