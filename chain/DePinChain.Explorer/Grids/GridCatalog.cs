namespace DePinChain.Explorer.Grids;

/// <summary>Every list there is.</summary>
public static class GridCatalog
{
    public static IReadOnlyList<Grid> All { get; } =
    [
        ChainGrids.Blocks, ChainGrids.Transactions, ChainGrids.Events, ChainGrids.Entries, ChainGrids.Accounts, ChainGrids.Faults,
    ];

    public static Grid? Find(string name) => All.FirstOrDefault(grid => string.Equals(grid.Name, name, StringComparison.Ordinal));
}
