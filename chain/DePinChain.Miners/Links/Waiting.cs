using DePinChain.Client.Programs;
using DePinChain.Client;
using DePinChain.Crypto;
using DePinChain.Miners.Homes;
using DePinChain.Primitives;

namespace DePinChain.Miners.Links;

/// <summary>What both roles wait for and require before they begin.</summary>
internal static class Waiting
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LongPause = TimeSpan.FromSeconds(3);

    // A node that is not up yet is waited for: after a power cut nobody starts things in order.
    public static async Task<SubnetChain> OpenAsync(
        SubnetSettings settings, PrivateKey key, ProgramLog log, CancellationToken stopping)
    {
        while (true)
        {
            try
            {
                return await SubnetChain.OpenAsync(settings.Rpc, settings.Netuid, key, stopping);
            }
            catch (NodeUnreachableException unreachable)
            {
                log.Warn(unreachable.Message + "; trying again");
                await Task.Delay(LongPause, stopping);
            }
        }
    }

    /// <summary>Waits until the hotkey has a place in its subnet.</summary>
    public static async Task<SubnetView> SeatedAsync(SubnetChain chain, ProgramLog log, CancellationToken stopping)
    {
        for (bool isTold = false; ; isTold = true)
        {
            try
            {
                SubnetView view = await chain.ViewAsync(await chain.HeadAsync(stopping), stopping);
                if (view.Find(chain.Hotkey) is not null) return view;
                if (!isTold) log.Warn($"{chain.Hotkey} has no place in subnet {chain.Netuid} yet; 'depin subnet join' buys one");
            }
            catch (Exception trouble) when (IsPassing(trouble))
            {
                if (!isTold) log.Warn(trouble is NodeRefusedException refused ? chain.Words(refused) : trouble.Message);
            }

            await Task.Delay(Pause, stopping);
        }
    }

    /// <summary>The manifest must be the one whose hash the chain has.</summary>
    public static void RequireManifest(SubnetView view, in Hash256 hash)
    {
        if (view.TaskManifest == hash) return;
        throw new ExitException(
            ExitException.LocalState, $"the manifest has hash {hash}, but subnet '{view.Name}' has {view.TaskManifest} on the chain; " +
            "get the subnet's from its owner.");
    }

    /// <summary>Trouble that ends by itself: the next round asks the chain how everything stands.</summary>
    public static bool IsPassing(Exception trouble) =>
        trouble is NodeUnreachableException or ReceiptTimeoutException or NodeRefusedException or IOException;
}
