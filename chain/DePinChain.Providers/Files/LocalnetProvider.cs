using DePinChain.Client.Programs;
using DePinChain.Client;
using DePinChain.Crypto;
using DePinChain.Primitives;

namespace DePinChain.Providers.Files;

/// <summary>A localnet's own provider: it registers itself, with the agent's key for the owner's and coins of the faucet.</summary>
internal static class LocalnetProvider
{
    private const string Gift = "0x3635c9adc5dea00000"; // 1,000 DPN
    private static readonly Amount Collateral = Amount.FromDpn(500);
    private static readonly TimeSpan Poll = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan GiftLimit = TimeSpan.FromSeconds(60);

    /// <summary>Registers the provider of a home, unless it is on this chain already.</summary>
    public static async Task EnrolAsync(AgentHome home, CancellationToken stopping)
    {
        using PrivateKey key = home.ReadKey();
        using StorageChain chain = await StorageChain.OpenAsync(home.ReadSettings().Rpc, PrivateKey.FromBytes(key.ToArray()), stopping);
        if (home.FindEnrolment() is { } known && known.ChainId == chain.ChainId) return;
        await chain.AskFaucetAsync(Gift, stopping);
        DateTime limit = DateTime.UtcNow + GiftLimit;
        for (; await chain.BalanceAsync(stopping) <= Collateral; await Task.Delay(Poll, stopping))
        {
            if (DateTime.UtcNow > limit)
                throw new ExitException(ExitException.RefusedByChain, $"the faucet's coins did not come to {chain.Agent}; start it again.");
        }

        AgentSettings settings = home.ReadSettings();
        string endpoint = settings.Endpoint ?? $"http://{settings.Host}:{settings.Port}";
        await chain.SendAsync(
            chain.Market.Plan("registerProvider", Amount.Zero, Address.Zero, endpoint, Array.Empty<byte>()), stopping);
        ulong head = await chain.HeadAsync(stopping);
        IReadOnlyList<ModuleLog> registered =
            await chain.Market.LogsAsync("ProviderRegistered", 0, head, stopping, null, LogTopic.Of(chain.Agent));
        await chain.SendAsync(
            chain.Market.Plan("deposit", Collateral, chain.Agent, Address.Zero, Collateral.ToUInt256()), stopping);
        home.Save(new Enrolment(registered[^1].Values.Count("providerId"), chain.ChainId, registered[^1].Block));
    }
}
