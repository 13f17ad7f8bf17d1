namespace DePinChain.Client.Files;

/// <summary>Days in blocks: 7,200 on mainnet, and as few as the network's parameters say where time runs faster.</summary>
public static class StorageTime
{
    // The market locks 30 days of price ahead; that parameter says how long the network's day is.
    private const ulong LockDays = 30;

    public static ulong DayBlocks(GovernedParameters parameters) =>
        Math.Max(parameters.Count("storageMarket", "lockBlocks") / LockDays, 1);
}
