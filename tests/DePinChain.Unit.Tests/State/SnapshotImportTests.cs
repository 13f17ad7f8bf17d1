using DePinChain.Database;
using DePinChain.Primitives;
using DePinChain.State;

namespace DePinChain.Unit.Tests.State;

/// <summary>A state taken apart and put together again elsewhere; whatever was changed on the way is refused.</summary>
[TestFixture]
internal sealed class SnapshotImportTests
{
    private static readonly byte[] Code = Hex.Decode("0x60006000fd");
    private static readonly byte[] Body = [.. Enumerable.Range(0, 5_000).Select(index => (byte)(index % 251))];

    [Test]
    public void A_state_comes_out_as_it_went_in_and_goes_on_the_same()
    {
        using StateHarness source = Filled();
        MemoryDatabase store = new();
        Import(store, ChunksOf(source), source.Tree.Height, source.Tree.Root);
        using StateHarness copy = new(store);
        Assert.That((copy.Tree.Root, copy.Tree.Height), Is.EqualTo((source.Tree.Root, source.Tree.Height)));
        Assert.That(copy.Tree.FirstHeight, Is.EqualTo(source.Tree.Height));

        // The next blocks give the same roots, also where bodies are released, and the past from here on can be read.
        Hash256 first = source.Tree.Root;
        for (int block = 1; block <= 5; block++)
        {
            int seed = block;
            Hash256 there = source.Commit(overlay => Change(overlay, seed));
            Assert.That(copy.Commit(overlay => Change(overlay, seed)), Is.EqualTo(there), $"block {block}");
        }

        using StateSnapshot past = copy.Tree.At(copy.Tree.FirstHeight)!;
        Assert.That(past.Root, Is.EqualTo(first));
        Assert.That(past.FindBlob(Keccak256.Hash(Body)), Is.EqualTo(Body));
        AccountProof proof = copy.Tree.Prove(StateHarness.Account(3), [StateHarness.Location(1)], copy.Tree.FirstHeight)!;
        Assert.That(proof.Verify(first), Is.True);
        Assert.That(copy.Tree.At(copy.Tree.FirstHeight - 1), Is.Null);
    }

    [Test]
    public void An_import_goes_on_where_it_was_stopped()
    {
        using StateHarness source = Filled();
        List<SnapshotChunk> chunks = ChunksOf(source);
        Assert.That(chunks, Has.Count.GreaterThan(4), "accounts, the records of three accounts, bodies");
        MemoryDatabase store = new();
        for (int index = 0; index < chunks.Count; index++)
        {
            SnapshotImport import = SnapshotImport.Open(store, source.Tree.Height, source.Tree.Root, threads: 1);
            Assert.That(import.Taken, Is.EqualTo((uint)index));
            Assert.That(import.Take(chunks[index].Encode()), Is.Null);
        }

        Finish(store, source);
        using StateHarness copy = new(store);
        Assert.That(copy.Tree.Root, Is.EqualTo(source.Tree.Root));
    }

    [Test]
    public void An_import_of_another_root_begins_anew()
    {
        using StateHarness source = Filled();
        MemoryDatabase store = new();
        List<SnapshotChunk> chunks = ChunksOf(source);
        SnapshotImport first = SnapshotImport.Open(store, source.Tree.Height, source.Tree.Root, threads: 1);
        Assert.That(first.Take(chunks[0].Encode()), Is.Null);
        Change(source);
        Assert.That(SnapshotImport.Open(store, source.Tree.Height, source.Tree.Root, threads: 1).Taken, Is.Zero);
        Import(store, ChunksOf(source), source.Tree.Height, source.Tree.Root);
        using StateHarness copy = new(store);
        Assert.That(copy.Tree.Root, Is.EqualTo(source.Tree.Root));
    }

    [Test]
    public void Chunks_out_of_their_order_are_refused()
    {
        using StateHarness source = Filled();
        List<SnapshotChunk> chunks = ChunksOf(source);
        SnapshotImport import = SnapshotImport.Open(new MemoryDatabase(), source.Tree.Height, source.Tree.Root, threads: 1);
        Refuses(import, chunks[1], "where Accounts come next");
        Refuses(import, chunks[^1], "where Accounts come next");
        Assert.That(import.Take(chunks[0].Encode()), Is.Null);
        Refuses(import, chunks[0], "where Records come next");
        Refuses(import, chunks[2], "were sent where those of");
    }

    [Test]
    public void A_leaf_left_out_changed_or_added_is_refused_and_nothing_of_it_is_written()
    {
        using StateHarness source = Filled();
        SnapshotChunk good = ChunksOf(source)[0];
        MemoryDatabase store = new();
        SnapshotImport import = SnapshotImport.Open(store, source.Tree.Height, source.Tree.Root, threads: 1);
        List<(Hash256 Key, byte[] Value)> entries = [.. good.Entries];
        Refuses(import, good with { Entries = [.. entries.Skip(1)] }, "does not hold");
        Refuses(import, good with { Entries = [.. entries.Take(5), .. entries.Skip(6)] }, "does not hold");
        Refuses(import, good with { Entries = [(entries[0].Key, [.. entries[1].Value]), .. entries.Skip(1)] }, "does not hold");
        (Hash256, byte[]) extra = (SnapshotExport.After(entries[0].Key), entries[0].Value);
        Refuses(import, good with { Entries = [entries[0], extra, .. entries.Skip(1)] }, "does not hold");
        Refuses(import, good with { Nodes = [] }, "does not hold");
        Refuses(import, good with { Entries = [] }, "holds nothing");
        using IKeyValueCursor rows = store.Scan(Table.FlatAccount, []);
        Assert.That((import.Taken, rows.MoveNext()), Is.EqualTo((0u, false)));
    }

    [Test]
    public void A_state_that_ends_early_is_not_finished()
    {
        using StateHarness source = Filled();
        List<SnapshotChunk> chunks = ChunksOf(source);
        MemoryDatabase store = new();
        SnapshotImport import = SnapshotImport.Open(store, source.Tree.Height, source.Tree.Root, threads: 1);
        Assert.That(import.Take(chunks[0].Encode()), Is.Null);
        using IWriteBatch batch = store.CreateBatch();
        Assert.That(import.Finish(batch, new StateOptions()), Does.Contain("ends among its Records"));
    }

    [Test]
    public void A_range_that_ends_too_early_leaves_the_rest_to_the_next_chunk()
    {
        using StateHarness source = Filled();
        SnapshotChunk whole = ChunksOf(source)[0];
        using StateSnapshot latest = source.Tree.Latest();
        List<(Hash256 Key, byte[] Value)> half = [.. whole.Entries.Take(whole.Entries.Count / 2)];
        List<byte[]> nodes = latest.BuildProof(null, latest.Root, Hash256.Zero);
        nodes.AddRange(latest.BuildProof(null, latest.Root, half[^1].Key));
        SnapshotImport import = SnapshotImport.Open(new MemoryDatabase(), source.Tree.Height, source.Tree.Root, threads: 1);
        Assert.That(import.Take((whole with { Entries = half, Nodes = nodes }).Encode()), Is.Null);
        Refuses(import, ChunksOf(source)[1], "where Accounts come next");
    }

    [Test]
    public void Bodies_that_nobody_names_that_are_wrong_or_missing_are_refused()
    {
        using StateHarness source = Filled();
        List<SnapshotChunk> chunks = ChunksOf(source);
        SnapshotChunk bodies = chunks[^1];
        Assert.That((bodies.Part, bodies.Entries.Count), Is.EqualTo((SnapshotPart.Blobs, 2)));
        MemoryDatabase store = new();
        SnapshotImport import = SnapshotImport.Open(store, source.Tree.Height, source.Tree.Root, threads: 1);
        foreach (SnapshotChunk chunk in chunks.SkipLast(1)) Assert.That(import.Take(chunk.Encode()), Is.Null);
        (Hash256 key, byte[] value) = bodies.Entries[0];
        byte[] unknown = [1, 2, 3];
        Refuses(import, bodies with { Entries = [(key, unknown)] }, "does not have the hash");
        Refuses(import, bodies with { Entries = [(Keccak256.Hash(unknown), unknown)] }, "no leaf names the body");
        Refuses(import, bodies with { Entries = [.. bodies.Entries.Reverse()] }, "ascending order");

        // Without the code that every module account names.
        SnapshotChunk withoutCode = bodies with { Entries = [.. bodies.Entries.Where(entry => entry.Key != Keccak256.Hash(Code))] };
        Assert.That(import.Take(withoutCode.Encode()), Is.Null);
        using IWriteBatch batch = store.CreateBatch();
        Assert.That(import.Finish(batch, new StateOptions()), Does.Contain("is missing"));
    }

    [Test]
    public void Damaged_chunks_are_refused_or_are_what_they_were()
    {
        using StateHarness source = Filled();
        byte[] good = ChunksOf(source)[0].Encode();
        SnapshotImport import = SnapshotImport.Open(new MemoryDatabase(), source.Tree.Height, source.Tree.Root, threads: 1);
        Random random = new(11);
        for (int round = 0; round < 3_000; round++)
        {
            byte[] bad = [.. good];
            for (int hits = random.Next(1, 4); hits > 0; hits--) bad[random.Next(bad.Length)] ^= (byte)(1 << random.Next(8));
            if (random.Next(6) == 0) bad = bad[..random.Next(bad.Length)];
            if (bad.AsSpan().SequenceEqual(good)) continue;
            Assert.That(import.Take(bad), Is.Not.Null, $"round {round}");
        }

        Assert.That(import.Take(new byte[SnapshotChunk.BytesMax + 1]), Does.Contain("more than"));
        Assert.That(import.Take(good), Is.Null);
    }

    [Test]
    public void A_store_with_a_state_takes_no_snapshot()
    {
        using StateHarness source = Filled();
        Assert.That(() => SnapshotImport.Open(source.Store, 1, source.Tree.Root), Throws.InvalidOperationException);
    }

    private static void Refuses(SnapshotImport import, SnapshotChunk chunk, string why) =>
        Assert.That(import.Take(chunk.Encode()), Does.Contain(why));

    private static List<SnapshotChunk> ChunksOf(StateHarness source)
    {
        using StateSnapshot latest = source.Tree.Latest();
        return [.. SnapshotExport.ChunksOf(latest)];
    }

    private static void Import(IKeyValueStore store, List<SnapshotChunk> chunks, ulong height, Hash256 root)
    {
        SnapshotImport import = SnapshotImport.Open(store, height, root, threads: 1);
        foreach (SnapshotChunk chunk in chunks) Assert.That(import.Take(chunk.Encode()), Is.Null);
        using IWriteBatch batch = store.CreateBatch();
        Assert.That(import.Finish(batch, new StateOptions { Threads = 1 }), Is.Null);
        store.Write(batch, sync: true);
    }

    private static void Finish(IKeyValueStore store, StateHarness source)
    {
        using IWriteBatch batch = store.CreateBatch();
        SnapshotImport import = SnapshotImport.Open(store, source.Tree.Height, source.Tree.Root, threads: 1);
        Assert.That(import.Finish(batch, new StateOptions { Threads = 1 }), Is.Null);
        store.Write(batch, sync: true);
    }

    private static void Change(StateHarness source) => source.Commit(overlay => Change(overlay, 77));

    // Balances move, records come and go, and the body is released in block 2 and put again in block 4.
    private static void Change(StateOverlay overlay, int seed)
    {
        for (int index = 0; index < 20; index++)
        {
            overlay.AddBalance(StateHarness.Account((seed * 7) + index), (UInt256)(ulong)(seed + index));
            byte[]? record = index % 3 == 0 ? null : StateHarness.Record(seed, 40);
            overlay.SetRecord(StateHarness.Account(index % 4), StateHarness.Location(seed + index), record);
        }

        if (seed == 2)
        {
            overlay.SetRecord(StateHarness.Account(1), StateHarness.Location(9_999), null);
            overlay.ReleaseBlob(Keccak256.Hash(Body));
        }

        if (seed == 4)
        {
            overlay.SetRecord(StateHarness.Account(1), StateHarness.Location(9_999), Keccak256.Hash(Body).ToArray());
            overlay.PutBlob(Keccak256.Hash(Body), Body);
        }
    }

    /// <summary>A few blocks: 300 accounts, three of them with records, code, and a body that one record names.</summary>
    private static StateHarness Filled()
    {
        StateHarness state = new(new MemoryDatabase());
        state.Commit(overlay =>
        {
            for (int index = 0; index < 300; index++) overlay.AddBalance(StateHarness.Account(index), (UInt256)(ulong)(index + 1));
        });
        state.Commit(overlay =>
        {
            for (int account = 1; account <= 3; account++)
            {
                for (int index = 0; index < 60; index++)
                {
                    byte[] record = StateHarness.Record(index, 1 + (index % 90));
                    overlay.SetRecord(StateHarness.Account(account), StateHarness.Location(index), record);
                }

                overlay.SetCodeHash(StateHarness.Account(account), Keccak256.Hash(Code));
                overlay.PutBlob(Keccak256.Hash(Code), Code);
            }

            overlay.SetRecord(StateHarness.Account(1), StateHarness.Location(9_999), Keccak256.Hash(Body).ToArray());
            overlay.PutBlob(Keccak256.Hash(Body), Body);
        });
        return state;
    }
}
