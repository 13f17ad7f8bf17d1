using DePinChain.Modules.Sdk;

namespace DePinChain.Modules.Compute;

/// <summary>The parts of the market over one scope's state, wired to each other.</summary>
internal sealed class MarketParts
{
    public MarketParts(ModuleState state, Logs logs, EscrowModule escrow, DevicesModule devices, OrderWatchers watchers)
    {
        Watchers = watchers;
        Providers = new ProviderRegistry(state);
        Deployments = new DeploymentBook(state);
        Orders = new OrderBook(state);
        Leases = new LeaseBook(state);
        Screening = new Screening(Providers, devices);
        Flow = new MarketFlow(this, logs, escrow, devices);
        Auction = new Auction(this, logs, escrow, devices);
    }

    public ProviderRegistry Providers { get; }

    public DeploymentBook Deployments { get; }

    public OrderBook Orders { get; }

    public LeaseBook Leases { get; }

    public Screening Screening { get; }

    public MarketFlow Flow { get; }

    public Auction Auction { get; }

    public OrderWatchers Watchers { get; }
}
