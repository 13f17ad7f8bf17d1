using DePinChain.Database;
using DePinChain.Primitives;
using DePinChain.State;

namespace DePinChain.Unit.Tests.State;

/// <summary>A state over a store, moved forward block by block as a node does it.</summary>
internal sealed class StateHarness : IDisposable
{
    private readonly StateOptions _options;

    public StateHarness(IKeyValueStore store, StateOptions? options = null)
    {
        Store = store;
        _options = options ?? new StateOptions { Threads = 1 };
        Tree = StateTree.Open(store, _options);
    }

    public IKeyValueStore Store { get; private set; }

    public StateTree Tree { get; private set; }

    public static Address Account(int index) => Address.FromLow((ulong)(0x5000 + index));

    public static Hash256 Location(int index) => Keccak256.Hash(BitConverter.GetBytes(index));

    public static byte[] Record(int seed, int size) => [.. Enumerable.Range(0, size).Select(i => (byte)(1 + ((seed + i) % 251)))];

    /// <summary>Executes, seals, writes and advances one block; its root comes back.</summary>
    public Hash256 Commit(Action<StateOverlay> change)
    {
        StateDelta delta = Seal(change);
        Write(delta);
        Tree.Advance(delta, delta.Height);
        return delta.Root;
    }

    public StateDelta Seal(Action<StateOverlay> change)
    {
        using StateSnapshot parent = Tree.Latest();
        var overlay = new StateOverlay(parent);
        change(overlay);
        overlay.CommitTransaction();
        return Tree.Seal(overlay);
    }

    public void Write(StateDelta delta)
    {
        using IWriteBatch batch = Store.CreateBatch();
        Tree.Write(batch, delta, delta.Height);
        Store.Write(batch, sync: false);
    }

    /// <summary>Closes the state and opens it again over the same or a reopened store.</summary>
    public void Reopen(IKeyValueStore? store = null)
    {
        Tree.Dispose();
        Store = store ?? Store;
        Tree = StateTree.Open(Store, _options);
    }

    public List<string> Rows(Table table)
    {
        var rows = new List<string>();
        using IKeyValueCursor cursor = Store.Scan(table, []);
        while (cursor.MoveNext())
        {
            rows.Add($"{Convert.ToHexString(cursor.Key)} {Convert.ToHexString(cursor.Value)}");
        }

        return rows;
    }

    public void Dispose()
    {
        Tree.Dispose();
        Store.Dispose();
    }
}
