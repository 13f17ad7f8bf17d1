using DePinChain.Client.Programs;
using DePinChain.Client;
using DePinChain.Crypto;
using DePinChain.Primitives;
using DePinChain.Providers.Sealing;

namespace DePinChain.Providers.Files;

/// <summary>The running agent: follows the chain block by block, does its duties, serves clients; until it is told to stop.</summary>
internal static class StorageAgent
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan LongPause = TimeSpan.FromSeconds(3);
    private static readonly Amount LowBalance = Amount.One;

    public static async Task RunAsync(AgentHome home, ProgramLog log, CancellationToken stopping)
    {
        AgentSettings settings = home.ReadSettings();
        Asking.Check(settings);
        Enrolment enrolment = home.FindEnrolment() ?? throw new ExitException(
            ExitException.LocalState,
                $"{home.Path} is not registered on a chain yet; run 'depin provider storage register --home {home.Path}'.");
        using StorageChain chain = await OpenAsync(settings, home.ReadKey(), log, stopping);
        if (chain.ChainId != enrolment.ChainId)
        {
            throw new ExitException(
                ExitException.LocalState,
                    $"{settings.Rpc} serves chain {chain.ChainId}, but the home is registered on {enrolment.ChainId}; " +
                "mend rpc in provider.json, or make another home for this chain.");
        }

        AbiRecord record = await chain.Market.RecordAsync("getProvider", stopping, (UInt256)enrolment.ProviderId);
        if (record.Address("operator") != chain.Agent && record.Address("owner") != chain.Agent)
        {
            throw new ExitException(
                ExitException.RefusedByChain,
                    $"provider {enrolment.ProviderId} has {record.Address("operator")} for its agent, not this home's " +
                $"{chain.Agent}; its owner changes that with 'depin call storageMarket.setProvider'.");
        }

        var store = new PieceStore(home.PiecesPath, settings.Capacity);
        var book = new DealBook(chain, enrolment);
        var sectors = new SectorChain(chain, enrolment.ProviderId);
        var sectorHome = new SectorHome(home);
        var cold = new SealedDeals(sectors, sectorHome, book, store, log);
        using var unsealing = new UnsealDesk(
            sectorHome, store, (chain.ChainId, enrolment.ProviderId),
            () => [.. book.Live.Where(static deal => deal.IsHot).Select(static deal => deal.Piece)], TimeProvider.System, log);
        var duties = new DutyRound(chain, book, store, settings, cold, log);
        var desk = new RetrievalDesk(chain, home, Asking.PerMiB(settings), log);
        await book.FollowAsync(await chain.HeadAsync(stopping), stopping);
        unsealing.Recall();
        await using var server = new AgentServer(home, settings, chain, book, store, desk, duties, unsealing, log);
        await server.StartAsync(stopping);
        log.Tell("serving", ("provider", enrolment.ProviderId), ("at", server.Address), ("deals", book.Live.Count), ("free",
            store.FreeBytes));
        var seals = new SealRound(sectors, sectorHome, cold, log);
        await FollowAsync(chain, duties, seals, unsealing, desk, log,
            isOpen => OfferAsync(chain, enrolment, settings, isOpen, stopping), home, stopping);
        log.Tell("stopped");
    }

    private static async Task FollowAsync(
        StorageChain chain, DutyRound duties, SealRound seals, UnsealDesk unsealing, RetrievalDesk desk, ProgramLog log,
        Func<bool, Task> offer, AgentHome home, CancellationToken stopping)
    {
        ulong seen = 0;
        bool isLow = false;
        bool? isOffered = null;
        while (!stopping.IsCancellationRequested)
        {
            try
            {
                ulong head = await chain.HeadAsync(stopping);
                duties.Maintenance = home.IsUnderMaintenance;
                if (isOffered != !duties.Maintenance)
                {
                    await offer(!duties.Maintenance);
                    isOffered = !duties.Maintenance;
                    log.Tell(duties.Maintenance ? "under maintenance: no new deals" : "taking deals");
                }

                if (head > seen)
                {
                    await duties.RunAsync(head, stopping);
                    await seals.RunAsync(head, stopping);
                    unsealing.Tidy();
                    if (!desk.IsFree) await desk.RedeemAsync(stopping);
                    bool low = await chain.BalanceAsync(stopping) < LowBalance;
                    if (low && !isLow) log.Warn($"the agent {chain.Agent} has less than {LowBalance}: without gas nothing is proven");
                    isLow = low;
                    seen = head;
                }

                await Task.Delay(Pause, stopping);
            }
            catch (OperationCanceledException) when (stopping.IsCancellationRequested)
            {
                return;
            }
            catch (Exception trouble) when (trouble is NodeUnreachableException or ReceiptTimeoutException or NodeRefusedException
                or IOException)
            {
                // The next round asks the chain how everything stands and goes on from there.
                log.Warn(trouble is NodeRefusedException refused ? chain.Words(refused) : trouble.Message);
                await Task.Delay(LongPause, CancellationToken.None);
            }
        }
    }

    // A node that is not up yet is waited for: after a power cut nobody starts things in order.
    private static async Task<StorageChain> OpenAsync(AgentSettings settings, PrivateKey key, ProgramLog log, CancellationToken stopping)
    {
        while (true)
        {
            try
            {
                return await StorageChain.OpenAsync(settings.Rpc, key, stopping);
            }
            catch (NodeUnreachableException unreachable)
            {
                log.Warn(unreachable.Message + "; trying again");
                await Task.Delay(LongPause, stopping);
            }
        }
    }

    // The chain's standing offer is what the settings say now; it is closed while the provider is under maintenance.
    private static async Task OfferAsync(
        StorageChain chain, Enrolment enrolment, AgentSettings settings, bool isOpen, CancellationToken stopping)
    {
        ulong shortest = (await chain.ParametersAsync(stopping)).Count("storageMarket", "dealBlocksMin");
        object?[] wanted = Asking.Offer(settings, chain.DayBlocks, shortest, isOpen);
        AbiRecord offer = await chain.Market.RecordAsync("getOffer", stopping, (UInt256)enrolment.ProviderId);
        if (offer.Values.SequenceEqual(wanted)) return;
        await chain.SendAsync(chain.Market.Plan("setOffer", Amount.Zero, (UInt256)enrolment.ProviderId, wanted), stopping);
    }
}
