using DePinChain.Database;
using DePinChain.Primitives;
using DePinChain.State;

namespace DePinChain.Unit.Tests.State;

/// <summary>A damaged state is refused with a sentence that says what to do, and options keep their promises over reopening.</summary>
public sealed class StateDamageTests
{
    private StateHarness _state = null!;

    [SetUp]
    public void Fill()
    {
        _state = new StateHarness(new MemoryDatabase(), new StateOptions { HistoryBlocks = 40, ProofBlocks = 10, Threads = 1 });
        for (int height = 0; height < 5; height++)
        {
            _state.Commit(overlay =>
            {
                for (int i = 0; i < 50; i++)
                {
                    overlay.AddBalance(StateHarness.Account(i), 1);
                }
            });
        }
    }

    [TearDown]
    public void Close() => _state.Dispose();

    [Test]
    public void Another_root_in_the_mark_is_noticed()
    {
        byte[] mark = _state.Store.Get(Table.Meta, "state"u8)!;
        mark[^1] ^= 1;
        Put(Table.Meta, "state"u8.ToArray(), mark);

        AssertRefused("root");
    }

    [Test]
    public void A_missing_root_page_is_noticed()
    {
        Put(Table.TrieAccount, [0], null);

        AssertRefused("root");
    }

    [Test]
    public void Accounts_without_a_mark_are_noticed()
    {
        Put(Table.Meta, "state"u8.ToArray(), null);

        AssertRefused("height");
    }

    [Test]
    public void A_mark_of_another_format_is_noticed()
    {
        byte[] mark = _state.Store.Get(Table.Meta, "state"u8)!;
        mark[0] = 77;
        Put(Table.Meta, "state"u8.ToArray(), mark);

        AssertRefused("format 77");
    }

    [Test]
    public void A_state_of_one_account_opens_and_its_damage_is_noticed()
    {
        using var single = new StateHarness(new MemoryDatabase());
        single.Commit(overlay => overlay.SetBalance(StateHarness.Account(0), 1));
        single.Reopen();
        using (IWriteBatch batch = single.Store.CreateBatch())
        {
            batch.Delete(Table.FlatAccount, Keccak256.Hash(StateHarness.Account(0).ToArray()).ToArray());
            single.Store.Write(batch, sync: false);
        }

        Assert.That(() => StateTree.Open(single.Store), Throws.TypeOf<StateCorruptException>());
    }

    [Test]
    public void A_missing_page_of_the_past_is_noticed_by_the_proof_that_needs_it()
    {
        using (IWriteBatch batch = _state.Store.CreateBatch())
        {
            batch.DeleteRange(Table.TrieHistory, [], [0xff]);
            _state.Store.Write(batch, sync: false);
        }

        _state.Reopen();
        Assert.That(() => _state.Tree.Prove(StateHarness.Account(1), [], 2), Throws.TypeOf<StateCorruptException>());
        Assert.That(_state.Tree.Prove(StateHarness.Account(1), [], 4)!.Verify(_state.Tree.Root), Is.True);
    }

    [Test]
    public void A_lowered_limit_is_reached_over_several_blocks()
    {
        using StateTree shorter = StateTree.Open(_state.Store, new StateOptions { HistoryBlocks = 2, ProofBlocks = 1, Threads = 1 });
        Assert.That(shorter.FirstHeight, Is.Zero);
        CommitOn(shorter);

        Assert.That((shorter.Height, shorter.FirstHeight, shorter.FirstProofHeight), Is.EqualTo((5UL, 3UL, 4UL)));
    }

    [Test]
    public void An_archive_stays_an_archive()
    {
        var options = new StateOptions { HistoryBlocks = 3, ProofBlocks = 2, Archive = true, Threads = 1 };
        using var archive = new StateHarness(new MemoryDatabase(), options);
        for (int height = 0; height < 30; height++)
        {
            archive.Commit(overlay => overlay.AddBalance(StateHarness.Account(0), 1));
        }

        using StateTree again = StateTree.Open(archive.Store, new StateOptions { HistoryBlocks = 3, Threads = 1 });
        CommitOn(again, archive.Store);
        Assert.That(again.FirstHeight, Is.Zero);
        using StateSnapshot old = again.At(11)!;
        Assert.That(old.FindAccount(StateHarness.Account(0))!.Value.Balance, Is.EqualTo((UInt256)12));
    }

    [Test]
    public void Memory_and_disk_hold_the_same_rows_after_the_same_blocks()
    {
        string folder = Path.Combine(Path.GetTempPath(), "depin-twins-" + Guid.NewGuid().ToString("N"));
        try
        {
            var options = new StateOptions { HistoryBlocks = 10, ProofBlocks = 6, Threads = 1 };
            using var memory = new StateHarness(new MemoryDatabase(), options);
            using var disk = new StateHarness(
                RocksDatabase.Open(folder, RocksOptions.Localnet), options with { Threads = 3, CacheBytes = 4096 });
            foreach (StateHarness state in new[] { memory, disk })
            {
                var random = new Random(9);
                for (int height = 0; height < 30; height++)
                {
                    state.Commit(overlay => ChangeMuch(overlay, random));
                }
            }

            Assert.That(disk.Tree.Root, Is.EqualTo(memory.Tree.Root));
            foreach (Table table in Enum.GetValues<Table>())
            {
                List<string> onDisk = disk.Rows(table);
                List<string> inMemory = memory.Rows(table);
                Assert.That(onDisk, Has.Count.EqualTo(inMemory.Count), table.ToString());
                int first = Enumerable.Range(0, onDisk.Count).FirstOrDefault(i => onDisk[i] != inMemory[i], -1);
                Assert.That(first, Is.EqualTo(-1), $"row {first} of {table}");
            }
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static void ChangeMuch(StateOverlay overlay, Random random)
    {
        for (int i = 0; i < 60; i++)
        {
            overlay.SetBalance(StateHarness.Account(random.Next(300)), (ulong)random.Next(3));
        }

        for (int i = 0; i < 300; i++)
        {
            byte[]? record = random.Next(3) == 0 ? null : StateHarness.Record(i, 1 + random.Next(80));
            overlay.SetRecord(StateHarness.Account(random.Next(3)), StateHarness.Location(random.Next(900)), record);
        }

        byte[] body = [(byte)random.Next(5), 1, 2];
        overlay.PutBlob(Keccak256.Hash(body), body);
    }

    private void CommitOn(StateTree tree, IKeyValueStore? store = null)
    {
        store ??= _state.Store;
        using StateSnapshot parent = tree.Latest();
        var overlay = new StateOverlay(parent);
        overlay.AddBalance(StateHarness.Account(0), 1);
        StateDelta delta = tree.Seal(overlay);
        using IWriteBatch batch = store.CreateBatch();
        tree.Write(batch, delta, delta.Height);
        store.Write(batch, sync: false);
        tree.Advance(delta, delta.Height);
    }

    private void Put(Table table, byte[] key, byte[]? value)
    {
        using IWriteBatch batch = _state.Store.CreateBatch();
        new Row(table, key, value).AddTo(batch);
        _state.Store.Write(batch, sync: false);
    }

    private void AssertRefused(string finding) =>
        Assert.That(
            () => StateTree.Open(_state.Store),
            Throws.TypeOf<StateCorruptException>().With.Message.Contains(finding).And.Message.Contains("synchronise again"));
}
