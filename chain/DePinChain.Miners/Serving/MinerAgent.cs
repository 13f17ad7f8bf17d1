using System.Net;
using DePinChain.Client.Programs;
using DePinChain.Client;
using DePinChain.Crypto;
using DePinChain.Inference.Models;
using DePinChain.Miners.Disputes;
using DePinChain.Miners.Homes;
using DePinChain.Miners.Links;
using DePinChain.Miners.Receipts;
using DePinChain.Primitives;

namespace DePinChain.Miners.Serving;

/// <summary>The running miner: loads the registered model, announces its address, answers, until it is told to stop or loses its
/// place.</summary>
internal static class MinerAgent
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan LongPause = TimeSpan.FromSeconds(3);

    public static async Task RunAsync(SubnetHome home, Rehearsal rehearsal, Drill drill, ProgramLog log, CancellationToken stopping)
    {
        SubnetSettings settings = home.ReadSettings();
        (TaskManifest manifest, Hash256 hash) = TaskManifest.Read(home.In(settings.Manifest));
        using PrivateKey key = home.ReadKey();
        using SubnetChain chain = await Waiting.OpenAsync(settings, key, log, stopping);
        if (rehearsal != Rehearsal.None) await RequireLocalnetAsync(chain, stopping);
        SubnetView view = await Waiting.SeatedAsync(chain, log, stopping);
        Waiting.RequireManifest(view, hash);
        using ModelShelf shelf = ModelShelf.Open(
            home.In(settings.Model), manifest, settings.Workers,
            rehearsal == Rehearsal.Quantised ? static source => new FourBitWeights(source) : null);
        using var nonces = new NonceBook(home.NoncesPath);
        ReceiptClerk? clerk = null;
        TurnClerk? turns = null;
        if (settings.Receipts)
        {
            TraceFitness.Require(shelf.Model.Config, manifest.Model.Profile);
            var store = new ReceiptStore(home.ReceiptsPath);
            clerk = new ReceiptClerk(chain, store, manifest.Model.Profile, home.In(settings.Model), drill, log);
            if (clerk.IsExact) turns = new TurnClerk(chain, store, new TurnBook(home.TurnsPath), shelf.Model, drill, log);
        }

        using var desk = new MinerDesk(shelf, key, rehearsal, clerk);
        await using var server = new MinerServer(settings, chain, shelf, desk, nonces, rehearsal, clerk);
        server.Follow(view);
        await server.StartAsync(stopping);
        log.Tell("mining", ("hotkey", chain.Hotkey), ("uid", view.Find(chain.Hotkey)!.Uid), ("at", server.Address),
            ("model", manifest.Model.Id));
        await FollowAsync(settings, chain, server, clerk, turns, log, stopping);
        log.Tell("stopped");
    }

    private static async Task FollowAsync(
        SubnetSettings settings, SubnetChain chain, MinerServer server, ReceiptClerk? clerk, TurnClerk? turns, ProgramLog log,
        CancellationToken stopping)
    {
        ulong seen = 0;
        bool isAnnounced = false;
        while (!stopping.IsCancellationRequested)
        {
            try
            {
                ulong head = await chain.HeadAsync(stopping);
                if (head > seen || !isAnnounced)
                {
                    SubnetView view = await chain.ViewAsync(head, stopping);
                    server.Follow(view);
                    if (view.Find(chain.Hotkey) is null)
                    {
                        throw new ExitException(
                            ExitException.RefusedByChain, $"{chain.Hotkey} has lost its place in subnet {chain.Netuid}; buy another with " +
                            "'depin subnet join'.");
                    }

                    if (!isAnnounced) isAnnounced = await AnnounceAsync(settings, chain, server, log, stopping);
                    seen = head;


                    // Turns first: who misses one loses a part of its deposit.
                    if (turns is not null) await turns.FollowAsync(head, stopping);
                    if (clerk is not null) await clerk.FollowAsync(head, stopping);
                }

                await Task.Delay(Pause, stopping);
            }
            catch (OperationCanceledException) when (stopping.IsCancellationRequested)
            {
                return;
            }
            catch (Exception trouble) when (Waiting.IsPassing(trouble))
            {
                log.Warn(trouble is NodeRefusedException refused ? chain.Words(refused) : trouble.Message);
                await Task.Delay(LongPause, CancellationToken.None);
            }
        }
    }

    // Announced only when it changed: announcements cost gas and are limited.
    private static async Task<bool> AnnounceAsync(
        SubnetSettings settings, SubnetChain chain, MinerServer server, ProgramLog log, CancellationToken stopping)
    {
        IPAddress address = IPAddress.Parse(settings.Announce ?? settings.Host);
        Uri wanted = new UriBuilder("http", address.ToString(), server.Address.Port).Uri;
        if (await chain.AxonAsync(chain.Hotkey, stopping) is { } known && known.Endpoint == wanted) return true;
        await chain.AnnounceAsync(address, server.Address.Port, stopping);
        log.Tell("announced", ("at", wanted));
        return true;
    }

    private static async Task RequireLocalnetAsync(SubnetChain chain, CancellationToken stopping)
    {
        try
        {
            await chain.AskFaucetAsync("0x1", stopping);
        }
        catch (NodeRefusedException)
        {
            throw new ExitException(ExitException.Usage, "--rehearse shows cheats being caught; only a localnet allows it.");
        }
    }
}
