namespace DePinChain.Explorer.Grids;

/// <summary>Every list there is.</summary>
public static class GridCatalog
{
    public static IReadOnlyList<Grid> All { get; } =
    [
        ChainGrids.Blocks, ChainGrids.Transactions, ChainGrids.Events, ChainGrids.Entries, ChainGrids.Accounts, ChainGrids.Faults,
        StakingGrids.Validators, StakingGrids.Parameters, MarketGrids.Streams, MarketGrids.StorageProviders, MarketGrids.Deals,
        MarketGrids.DataSets, ComputeGrids.Providers, ComputeGrids.Orders, ComputeGrids.Bids, ComputeGrids.Leases, ComputeGrids.Devices,
        ClusterGrids.Clusters, ClusterGrids.Members, GovernanceGrids.Proposals, AttestationGrids.Verifiers, AttestationGrids.Jobs,
        RenderGrids.Jobs, RenderGrids.Nodes,
        SubnetGrids.Subnets, SubnetGrids.Neurons, SubnetGrids.Pay, ErrorGrids.Errors, .. HistoryGrids.All,
    ];

    public static Grid? Find(string name) => All.FirstOrDefault(grid => string.Equals(grid.Name, name, StringComparison.Ordinal));
}
