using System.Text;
using DePinChain.Client;
using DePinChain.Client.Containers;
using DePinChain.Client.Programs;
using DePinChain.Crypto;
using DePinChain.Primitives;

namespace DePinChain.Providers.Containers;

/// <summary>The running agent: follows the chain, bids, runs what it leased, serves tenants; until it is told to stop.</summary>
internal static class ComputeAgent
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(200), LongPause = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan Quiet = TimeSpan.FromSeconds(2);
    private static readonly Amount LowBalance = Amount.One;

    /// <param name="home">The provider's home.</param>
    /// <param name="isPassing">Whether containers end with the agent; otherwise they run on for the next one.</param>
    /// <param name="log">What it says.</param>
    /// <param name="stopping">Ends it.</param>
    public static async Task RunAsync(ComputeHome home, bool isPassing, ProgramLog log, CancellationToken stopping)
    {
        ComputeSettings settings = home.ReadSettings();
        using ComputeChain chain = await OpenAsync(settings, home.ReadKey(), log, stopping);
        AbiRecord? record = await chain.FindProviderAsync(stopping);
        if (record is null)
        {
            throw new ExitException(
                ExitException.LocalState, $"{chain.Provider} is no provider on this chain yet; run 'depin provider compute register'.");
        }

        using var engine = new EngineService(home.Path, settings.Engine, log);
        string version = await engine.EnsureAsync(stopping);
        var runner = new LeaseRunner(settings, engine, new VolumeStore(home), chain.Provider, log);
        var desk = new LeaseDesk(home, settings, chain, runner, log);
        var bids = new BidDesk(settings, chain, log) { Missing = await CheckAsync(settings, engine, chain.Provider, log, stopping) };
        await PublishAsync(home, settings, chain, record, log, stopping);
        using var bench = new DeviceBench(settings, home.In("kernels"), log);
        var devices = new DeviceDesk(bench.Open) { Prepare = () => bench.Ready() };
        await using var server = new ComputeServer(home, settings, chain, desk, devices, engine, log);
        await server.StartAsync(stopping);
        log.Tell("serving", ("provider", chain.Provider), ("at", EndpointOf(settings)), ("engine", version));
        await FollowAsync(chain, desk, bids, log, stopping);
        if (isPassing) await desk.SuspendAsync(CancellationToken.None);
        log.Tell("stopped");
    }

    /// <summary>What the chain tells tenants.</summary>
    public static string EndpointOf(ComputeSettings settings) => settings.Endpoint ?? $"https://{settings.Host}:{settings.Port}";

    /// <summary>What the chain is told of a provider: (uri, description, region, continent, classes, attributes, capacity).</summary>
    public static object?[] Description(ComputeSettings settings, MachineSurvey machine)
    {
        var attributes = new SortedDictionary<string, string>(
            settings.Attributes.ToDictionary(StringComparer.Ordinal), StringComparer.Ordinal);
        if (settings.PublicEgress) attributes["egress"] = "public";
        object?[] pairs = [.. attributes.Select(static pair => (object?)new object?[] { Word(pair.Key), Word(pair.Value) })];
        object?[] capacity = [(UInt256)settings.CpuMilli, (UInt256)settings.MemMiB, (UInt256)settings.DiskMiB, Array.Empty<object?>()];
        return
        [
            EndpointOf(settings), new byte[Hash256.Size], (UInt256)settings.Region, (UInt256)settings.Continent,
            (UInt256)machine.Classes, pairs, capacity,
        ];
    }

    /// <summary>Left-aligned text of at most 32 bytes.</summary>
    private static byte[] Word(string text)
    {
        byte[] bytes = Encoding.UTF8.GetBytes(text), word = new byte[Hash256.Size];
        if (bytes.Length > word.Length)
            throw new ExitException(ExitException.LocalState, $"attribute '{text}' is longer than 32 bytes; shorten it in compute.json.");
        bytes.CopyTo(word, 0);
        return word;
    }

    private static async Task<IReadOnlyList<string>> CheckAsync(
        ComputeSettings settings, EngineService engine, Address provider, ProgramLog log, CancellationToken stopping)
    {
        try
        {
            IReadOnlyList<ProbeOutcome> outcomes = await new IsolationCheck(settings, engine, provider).RunAsync(stopping);
            string[] missing = [.. outcomes.Where(static outcome => !outcome.IsContained).Select(static outcome => outcome.Name)];
            if (missing.Length == 0) log.Tell("isolation checked", ("attempts", outcomes.Count));
            else log.Warn($"isolation is missing ({string.Join(", ", missing)}): only trusted tenants are served");
            return missing;
        }
        catch (EngineFailure failure)
        {
            log.Warn($"isolation cannot be checked ({failure.Message}): only trusted tenants are served");
            return ["the check itself"];
        }
    }

    // What the chain says of the provider is what the settings say now, and its TLS key is one that the chain knows.
    private static async Task PublishAsync(
        ComputeHome home, ComputeSettings settings, ComputeChain chain, AbiRecord record, ProgramLog log, CancellationToken stopping)
    {
        using System.Security.Cryptography.X509Certificates.X509Certificate2 certificate = home.ReadCertificate();
        byte[] spki = ComputeSigning.SpkiOf(certificate).ToArray();
        if ((await chain.Market.RecordAsync("getCert", stopping, chain.Provider, spki)).Count("notAfter") == 0)
        {
            ulong from = (ulong)new DateTimeOffset(certificate.NotBefore).ToUnixTimeSeconds();
            ulong to = (ulong)new DateTimeOffset(certificate.NotAfter).ToUnixTimeSeconds();
            await chain.Account.SendAsync(
                chain.Market.Plan("publishCert", Amount.Zero, spki, (UInt256)from, (UInt256)to), stopping);
        }

        object?[] wanted = Description(settings, MachineSurvey.Take(home.Path));
        AbiRecord host = await chain.Devices.RecordAsync("capacityOf", stopping, chain.Provider);
        string now = AbiValues.Format((object?[])
        [
            record["uri"], record["description"], record["region"], record["continent"], record["classes"], record["attributes"],
                host["total"],
        ]);
        if (now == AbiValues.Format(wanted)) return;
        await chain.Account.SendAsync(chain.Market.Plan("updateProvider", Amount.Zero, wanted), stopping);
        log.Tell("put on the chain what is let now");
    }

    private static async Task FollowAsync(
        ComputeChain chain, LeaseDesk desk, BidDesk bids, ProgramLog log, CancellationToken stopping)
    {
        ulong seen = 0;
        bool isLow = false;
        DateTime last = DateTime.MinValue;
        while (!stopping.IsCancellationRequested)
        {
            try
            {
                ulong head = await chain.Account.HeadAsync(stopping);
                if (head > seen)
                {
                    AbiRecord? record = await chain.FindProviderAsync(stopping);
                    ulong state = record?.Count("state") ?? 0;
                    if (state == MarketWords.ProviderJailed && head >= record!.Count("until"))
                        await chain.Account.SendAsync(chain.Market.Plan("unjailProvider", Amount.Zero), stopping);
                    if (state == MarketWords.ProviderActive) await bids.RunAsync(head, stopping);
                    bool low = await chain.Account.BalanceAsync(stopping) < LowBalance;
                    if (low && !isLow) log.Warn($"{chain.Provider} has less than {LowBalance}: without gas there are no signs of life");
                    isLow = low;
                }

                if (head > seen || desk.HasNews || DateTime.UtcNow > last + Quiet)
                {
                    await desk.RunAsync(head, stopping);
                    (seen, last) = (head, DateTime.UtcNow);
                }

                await Task.Delay(Pause, stopping);
            }
            catch (OperationCanceledException) when (stopping.IsCancellationRequested)
            {
                return;
            }
            catch (Exception trouble) when (trouble is NodeUnreachableException or ReceiptTimeoutException or NodeRefusedException
                or IOException or EngineFailure)
            {
                // The next round asks chain and engine how everything stands and goes on from there.
                log.Warn(trouble is NodeRefusedException refused ? chain.Account.Words(refused) : trouble.Message);
                await Task.Delay(LongPause, CancellationToken.None);
            }
        }
    }

    // A node that is not up yet is waited for: after a power cut nobody starts things in order.
    private static async Task<ComputeChain> OpenAsync(
        ComputeSettings settings, PrivateKey key, ProgramLog log, CancellationToken stopping)
    {
        while (true)
        {
            try
            {
                return await ComputeChain.OpenAsync(settings.Rpc, key, stopping);
            }
            catch (NodeUnreachableException unreachable)
            {
                log.Warn(unreachable.Message + "; trying again");
                await Task.Delay(LongPause, stopping);
            }
        }
    }
}
