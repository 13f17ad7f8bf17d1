namespace DePinChain.Rpc;

/// <summary>Where the server listens and how much it gives to one caller.</summary>
public sealed record RpcOptions
{
    /// <summary>An IP address; anything but loopback lets the world in.</summary>
    public string Host { get; init; } = "127.0.0.1";

    /// <summary>HTTP and WebSocket share it; 0 takes a free one.</summary>
    public int Port { get; init; } = 8545;

    /// <summary>Host headers accepted besides IP literals and localhost (a guard against DNS rebinding). <c>*</c> accepts all.</summary>
    public IReadOnlyList<string> AllowedHosts { get; init; } = [];

    /// <summary>Origins of web pages that may call; empty for none, <c>*</c> for all (the localnet).</summary>
    public IReadOnlyList<string> AllowedOrigins { get; init; } = [];

    public int BodyBytesMax { get; init; } = 5 * 1024 * 1024;

    public int ResponseBytesMax { get; init; } = 10 * 1024 * 1024;

    public int BatchMax { get; init; } = 100;

    public int ConnectionsMax { get; init; } = 1_024;

    public int ConnectionsPerIpMax { get; init; } = 64;

    public int SubscriptionsPerSocketMax { get; init; } = 32;

    public int FiltersPerIpMax { get; init; } = 100;

    public int FiltersMax { get; init; } = 10_000;

    public int FilterLifeMs { get; init; } = 120_000;

    /// <summary>A WebSocket with this much unsent is closed.</summary>
    public int UnsentBytesMax { get; init; } = 1024 * 1024;

    /// <summary>A WebSocket that takes nothing for this long is closed.</summary>
    public int UnsentMs { get; init; } = 5_000;

    /// <summary>Time for one HTTP request or WebSocket message, a whole batch included.</summary>
    public int RequestBudgetMs { get; init; } = 5_000;

    public int LogBlocksMax { get; init; } = 10_000;

    public int LogResultsMax { get; init; } = 10_000;

    /// <summary>Gas that one eth_call or eth_estimateGas may use.</summary>
    public ulong CallGasMax { get; init; } = 50_000_000;

    public int FeeHistoryBlocksMax { get; init; } = 1_024;

    /// <summary>Bodies and responses above 64 KiB share this much memory over all connections.</summary>
    public long LargeBytesMax { get; init; } = 256L * 1024 * 1024;
}
