using DePinChain.Database;
using DePinChain.Primitives;

namespace DePinChain.State;

/// <summary>
/// The state over a database: accounts and records in flat tables for reading, in Merkle-Patricia tries for the root, and a past of reverse
/// diffs. One block after another is sealed, written and advanced to; reads go through snapshots and never wait.
/// </summary>
/// <remarks>
/// Finality of one block means that there is one trie: its nodes lie under their paths and are overwritten in place. Reading and sealing
/// are safe from any thread; writing and advancing belong to the one that commits.
/// </remarks>
public sealed class StateTree : IDisposable
{
    private const ulong ErasPerHistory = 8;

    private readonly IKeyValueStore _store;
    private readonly StateOptions _options;
    private readonly ulong _eraBlocks;
    private readonly Lock _swap = new();
    private readonly RowCache _cache;
    private StateView _view;
    private bool _disposed;

    private StateTree(IKeyValueStore store, StateOptions options, StateMark? mark)
    {
        _store = store;
        _options = options;
        _eraBlocks = mark?.EraBlocks ?? EraBlocksOf(options);
        _cache = new RowCache(options.CacheBytes);
        _view = new StateView(store.Snapshot(), mark, _cache, generation: 0);
    }

    /// <summary>Whether no block, not even genesis, has been written.</summary>
    public bool IsEmpty => Current.Mark is null;

    /// <summary>The block whose state is the latest; 0 also before genesis.</summary>
    public ulong Height => Current.Height;

    /// <summary>Its state root.</summary>
    public Hash256 Root => Current.Root;

    /// <summary>The lowest height that can be read.</summary>
    public ulong FirstHeight => Current.Mark?.FirstHeight ?? 0;

    /// <summary>The lowest height that can be proved.</summary>
    public ulong FirstProofHeight => Current.Mark?.FirstProofHeight ?? 0;

    private StateView Current => Volatile.Read(ref _view);

    private int Threads => _options.Threads > 0 ? _options.Threads : Environment.ProcessorCount;

    /// <summary>Opens the state in a database, which may be empty.</summary>
    /// <exception cref="StateCorruptException">The height mark and the root node do not belong together; the message says what to
    /// do.</exception>
    public static StateTree Open(IKeyValueStore store, StateOptions? options = null)
    {
        options ??= new StateOptions();
        options = options with { HistoryBlocks = Math.Max(1, options.HistoryBlocks) };
        options = options with { ProofBlocks = Math.Clamp(options.ProofBlocks, 1, options.HistoryBlocks) };
        StateMark? mark = store.Get(Table.Meta, StateMark.Key) is { } row ? StateMark.Read(row) : null;
        Check(store, mark);
        return new StateTree(store, options, mark);
    }

    /// <summary>The latest state, for as long as the caller holds it.</summary>
    public StateSnapshot Latest()
    {
        StateView view = Hold();
        return new StateSnapshot(view, view.Height);
    }

    /// <summary>The state at a height, or null when it is above the latest or below <see cref="FirstHeight"/>.</summary>
    public StateSnapshot? At(ulong height)
    {
        StateView view = Hold();
        if (view.Mark is { } mark && height >= mark.FirstHeight && height <= mark.Height)
        {
            return new StateSnapshot(view, height);
        }

        view.Release();
        return null;
    }

    /// <summary>
    /// Computes the root that an overlay leads to and everything that must be written for it. Several overlays of one parent may be sealed,
    /// also at the same time. The overlay's parent must be a snapshot that was the latest when it was taken.
    /// </summary>
    public StateDelta Seal(StateOverlay overlay)
    {
        if (overlay.Parent is not StateSnapshot { IsLatest: true } parent)
        {
            throw new ArgumentException("Only an overlay directly over a latest snapshot can be sealed.", nameof(overlay));
        }

        return new StateSealer(parent.View, _eraBlocks, Threads).Seal(overlay.Changes());
    }

    /// <summary>Adds a sealed block to a batch, with what keeps the past bounded. The store must be at its parent.</summary>
    public void Write(IWriteBatch batch, StateDelta delta, ulong height)
    {
        StateView view = Current;
        Invariant.Assert(height == delta.Height, $"a delta for height {delta.Height} is written at that height, not at {height}");
        Invariant.Assert(
            delta.ParentRoot == view.Root && (view.Mark is { } parent ? height == parent.Height + 1 : height == 0),
            $"height {height} is written over its parent");
        StateMark mark = view.Mark ?? new StateMark(0, MerkleTrie.EmptyRoot, 0, 0, _eraBlocks);

        // Pruning first: what it deletes may be written again by the block itself.
        StateMark next = StatePruning.Apply(view.Reader, batch, delta, mark, _options) with { Height = height, Root = delta.Root };
        foreach (Row row in delta.Rows)
        {
            row.AddTo(batch);
        }

        BlockHistory.RowOf(delta).AddTo(batch);
        batch.Put(Table.Meta, StateMark.Key, next.ToRow());
        delta.Written = next;
    }

    /// <summary>Makes a block the latest, after the batch that holds it was written to the store.</summary>
    public void Advance(StateDelta delta, ulong height)
    {
        Invariant.Assert(delta.Written is not null && delta.Height == height, $"height {height} is written before it becomes the latest");
        var next = new StateView(_store.Snapshot(), delta.Written, _cache, Current.Generation + 1);
        _cache.Advance(next.Generation, delta.Pruned.Concat(delta.Rows));
        StateView old;
        lock (_swap)
        {
            old = _view;
            _view = next;
        }

        old.Release();
    }

    /// <summary>
    /// Proves an account and some of its records at a height; null when that is above the latest or below <see cref="FirstProofHeight"/>.
    /// </summary>
    public AccountProof? Prove(Address address, IReadOnlyList<Hash256> locations, ulong height)
    {
        using StateSnapshot? snapshot = At(height);
        return snapshot is not null && height >= (snapshot.View.Mark?.FirstProofHeight ?? 0) ? snapshot.Prove(address, locations) : null;
    }

    /// <summary>Releases the latest snapshot. The store belongs to the caller.</summary>
    public void Dispose()
    {
        if (!Interlocked.Exchange(ref _disposed, true))
        {
            Current.Release();
        }
    }

    private StateView Hold()
    {
        // A view that is being replaced may lose its last holder between the look and the hold; the next look sees its successor.
        StateView view = Current;
        while (!view.TryHold())
        {
            StateView next = Current;
            ObjectDisposedException.ThrowIf(ReferenceEquals(next, view), this);
            view = next;
        }

        return view;
    }

    /// <summary>The mark of a state that begins at a height, without a past.</summary>
    internal static StateMark FirstMark(ulong height, Hash256 root, StateOptions options) =>
        new(height, root, height, height, EraBlocksOf(options));

    private static ulong EraBlocksOf(StateOptions options) =>
        options.Archive ? ulong.MaxValue : Math.Max(1, Math.Max(1, options.HistoryBlocks) / ErasPerHistory);

    private static void Check(IKeyValueStore store, StateMark? mark)
    {
        if (mark is null)
        {
            using IKeyValueCursor accounts = store.Scan(Table.FlatAccount, []);
            if (accounts.MoveNext())
            {
                throw new StateCorruptException("it holds accounts but does not say of which height");
            }

            return;
        }

        using var trie = new LiveTrie(new RowReader(store), owner: null);
        TrieEntry entry = TrieUpdate.RootEntry(trie.FindPage([]), mark.Value.Root);
        Hash256 root = TrieUpdate.RootOf(Rehash(trie, entry), new RlpWriter());
        if (root != mark.Value.Root)
        {
            throw new StateCorruptException(
                $"the mark names root {mark.Value.Root} at height {mark.Value.Height}, the root node has {root}");
        }
    }

    /// <summary>The root's entry with its reference computed from the stored branch or the only leaf.</summary>
    private static TrieEntry Rehash(LiveTrie trie, TrieEntry entry)
    {
        if (entry.Kind == TrieEntryKind.Leaf)
        {
            entry.Reference = trie.GetLeaf(new byte[Hash256.Size], depth: 0).NameAt(0);
        }

        if (entry.Kind != TrieEntryKind.Branch)
        {
            return entry;
        }

        byte[] path = new byte[Hash256.Size];
        int depth = entry.Extension?.Length ?? 0;
        for (int i = 0; i < depth; i++)
        {
            path[i / 2] |= (byte)((i & 1) == 0 ? entry.Extension![i] << 4 : entry.Extension![i]); // Set where depth is above 0.
        }

        TrieBranch branch = trie.FindPage(path[..(depth / 2)])?.Open(TriePage.SlotOf(path, depth))
            ?? throw new StateCorruptException("the root node is missing");
        var writer = new RlpWriter();
        branch.WriteNode(writer, new RlpWriter());
        return entry with { Reference = TrieNodeRef.To(writer.Written) };
    }
}
