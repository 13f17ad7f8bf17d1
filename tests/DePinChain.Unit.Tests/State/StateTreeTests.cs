using DePinChain.Database;
using DePinChain.Primitives;
using DePinChain.State;

namespace DePinChain.Unit.Tests.State;

/// <summary>Blocks sealed, written and read back, on both stores.</summary>
[TestFixture(true)]
[TestFixture(false)]
public sealed class StateTreeTests(bool onDisk)
{
    private static readonly Address[] Addresses = [.. Enumerable.Range(0, 12).Select(StateHarness.Account)];
    private static readonly Hash256[] Locations = [.. Enumerable.Range(0, 8).Select(StateHarness.Location)];

    private string _folder = "";
    private StateHarness _state = null!;

    [SetUp]
    public void Open()
    {
        _folder = Path.Combine(Path.GetTempPath(), "depin-state-" + Guid.NewGuid().ToString("N"));
        _state = new StateHarness(OpenStore(), new StateOptions { HistoryBlocks = 20, ProofBlocks = 8, Threads = 2 });
    }

    [TearDown]
    public void Close()
    {
        _state.Dispose();
        if (Directory.Exists(_folder))
        {
            Directory.Delete(_folder, recursive: true);
        }
    }

    [Test]
    public void An_empty_state_has_the_empty_root_and_takes_genesis_at_height_zero()
    {
        Assert.That(_state.Tree.IsEmpty, Is.True);
        Assert.That(_state.Tree.Root, Is.EqualTo(MerkleTrie.EmptyRoot));
        Assert.That(_state.Tree.At(0), Is.Null);

        StateDelta genesis = _state.Seal(overlay => overlay.SetBalance(Addresses[0], 1));

        Assert.That(genesis.Height, Is.Zero);
        _state.Write(genesis);
        _state.Tree.Advance(genesis, 0);
        Assert.That(_state.Tree.IsEmpty, Is.False);
        Assert.That(_state.Tree.Height, Is.Zero);
        Assert.That(_state.Tree.Root, Is.EqualTo(genesis.Root));
    }

    [Test]
    public void Random_blocks_give_the_models_roots_and_values_also_after_reopening()
    {
        // The past is held against full copies of the model: every height that is still kept reads as it was.
        var random = new Random(11);
        var models = new List<(StateModel Model, Hash256 Root)>();
        var model = new StateModel();
        for (ulong height = 0; height < 60; height++)
        {
            Hash256 root = _state.Commit(overlay => ChangeBoth(overlay, model, random));
            Assert.That(root, Is.EqualTo(model.Root()), $"height {height}");
            models.Add((model.Copy(), root));
            if (height % 13 == 5)
            {
                _state.Reopen();
                Assert.That((_state.Tree.Height, _state.Tree.Root), Is.EqualTo((height, root)));
            }

            if (height % 7 == 0)
            {
                AssertPast(models);
            }
        }

        AssertPast(models);
        Assert.That(_state.Tree.FirstHeight, Is.EqualTo(59UL - 20));
        Assert.That(_state.Tree.At(_state.Tree.FirstHeight - 1), Is.Null);
        Assert.That(_state.Tree.At(60), Is.Null);
    }

    [Test]
    public void What_is_forgotten_leaves_no_rows()
    {
        // Twice the history later the tables of the past hold no more than one era above what is kept.
        var random = new Random(3);
        var model = new StateModel();
        for (int height = 0; height < 80; height++)
        {
            _state.Commit(overlay => ChangeBoth(overlay, model, random));
        }

        Assert.That(_state.Rows(Table.History), Has.Count.EqualTo(20 + 1));
        ulong oldestEra = _state.Rows(Table.HistoryIndex).Min(row => Convert.ToUInt64(row[..8], 16));
        Assert.That(oldestEra, Is.GreaterThanOrEqualTo((79UL - 20) / 2), "eras of a history of 20 blocks have 2 heights");
        ulong oldestDiff = _state.Rows(Table.TrieHistory).Min(row => Convert.ToUInt64(row[..16], 16));
        Assert.That(oldestDiff, Is.EqualTo(79UL - 8 + 1));
    }

    [Test]
    public void A_block_that_is_sealed_but_not_written_changes_nothing()
    {
        _state.Commit(overlay => overlay.SetBalance(Addresses[0], 1));
        Hash256 root = _state.Tree.Root;
        StateDelta delta = _state.Seal(overlay => overlay.SetBalance(Addresses[0], 2));
        using (IWriteBatch lost = _state.Store.CreateBatch())
        {
            // A crash before the batch reaches the store.
            _state.Tree.Write(lost, delta, 1);
        }

        Reopen();

        Assert.That((_state.Tree.Height, _state.Tree.Root), Is.EqualTo((0UL, root)));
        using StateSnapshot latest = _state.Tree.Latest();
        Assert.That(latest.FindAccount(Addresses[0])!.Value.Balance, Is.EqualTo((UInt256)1));
        Assert.That(_state.Commit(overlay => overlay.SetBalance(Addresses[0], 2)), Is.EqualTo(delta.Root));
    }

    [Test]
    public void A_block_that_is_written_but_not_advanced_to_is_there_after_reopening()
    {
        _state.Commit(overlay => overlay.SetBalance(Addresses[0], 1));
        StateDelta delta = _state.Seal(overlay => overlay.SetBalance(Addresses[0], 2));
        _state.Write(delta);
        using (StateSnapshot latest = _state.Tree.Latest())
        {
            Assert.That(latest.Height, Is.Zero, "readers move on when the block is advanced to");
            Assert.That(latest.FindAccount(Addresses[0])!.Value.Balance, Is.EqualTo((UInt256)1));
        }

        Reopen();

        Assert.That((_state.Tree.Height, _state.Tree.Root), Is.EqualTo((1UL, delta.Root)));
    }

    [Test]
    public void Several_proposals_over_one_parent_can_be_sealed_and_one_is_written()
    {
        var model = new StateModel();
        _state.Commit(overlay => ChangeBoth(overlay, model, new Random(1)));
        StateModel[] models = [.. Enumerable.Range(0, 4).Select(_ => model.Copy())];
        var deltas = new StateDelta[4];
        Parallel.For(0, 4, i => deltas[i] = _state.Seal(overlay => ChangeBoth(overlay, models[i], new Random(100 + i))));

        for (int i = 0; i < 4; i++)
        {
            Assert.That(deltas[i].Root, Is.EqualTo(models[i].Root()));
        }

        _state.Write(deltas[2]);
        _state.Tree.Advance(deltas[2], 1);
        Assert.That(_state.Tree.Root, Is.EqualTo(deltas[2].Root));
        Assert.That(() => _state.Write(deltas[1]), Throws.TypeOf<InvariantBrokenException>(), "its parent is gone");
        Assert.That(_state.Commit(overlay => ChangeBoth(overlay, models[2], new Random(7))), Is.EqualTo(models[2].Root()));
    }

    [Test]
    public void Only_what_was_written_can_become_the_latest_and_only_a_latest_snapshot_can_be_built_on()
    {
        _state.Commit(overlay => overlay.SetBalance(Addresses[0], 1));
        StateDelta delta = _state.Seal(overlay => overlay.SetBalance(Addresses[0], 2));

        Assert.That(() => _state.Tree.Advance(delta, 1), Throws.TypeOf<InvariantBrokenException>());
        _state.Commit(overlay => overlay.SetBalance(Addresses[0], 3));
        using StateSnapshot past = _state.Tree.At(0)!;
        Assert.That(() => _state.Tree.Seal(new StateOverlay(past)), Throws.ArgumentException);
        Assert.That(() => _state.Tree.Seal(new StateOverlay(new StateOverlay(past))), Throws.ArgumentException);
    }

    [Test]
    public void Snapshots_stay_as_they_were_while_blocks_are_committed()
    {
        var model = new StateModel();
        _state.Commit(overlay => ChangeBoth(overlay, model, new Random(1)));
        using StateSnapshot kept = _state.Tree.Latest();
        StateModel then = model.Copy();
        var random = new Random(2);
        for (int i = 0; i < 40; i++)
        {
            _state.Commit(overlay => ChangeBoth(overlay, model, random));
        }

        // Also beyond what the history keeps: a held snapshot pins its own view of the database.
        then.AssertSame(kept, Addresses, Locations, "held snapshot");
        Assert.That(kept.Root, Is.EqualTo(then.Root()));
    }

    [Test]
    public void Readers_beside_commits_always_see_one_block_whole()
    {
        // Each block sets one account's balance and one record to its height; a reader must find both equal to the snapshot's height.
        _state.Commit(overlay => SetBoth(overlay, 0));
        using var stop = new CancellationTokenSource();
        string? torn = null;
        Thread[] readers = [.. Enumerable.Range(0, 3).Select(_ => new Thread(() =>
        {
            while (!stop.IsCancellationRequested)
            {
                using StateSnapshot latest = _state.Tree.Latest();
                UInt256 balance = latest.FindAccount(Addresses[0])!.Value.Balance;
                int record = BitConverter.ToInt32(latest.FindRecord(Addresses[1], Locations[0])!);
                if (balance != latest.Height + 1 || (ulong)record != latest.Height + 1)
                {
                    torn = $"{balance} and {record} at {latest.Height}";
                }
            }
        }))];
        foreach (Thread reader in readers)
        {
            reader.Start();
        }

        for (int height = 1; height <= 150; height++)
        {
            _state.Commit(overlay => SetBoth(overlay, height));
        }

        stop.Cancel();
        foreach (Thread reader in readers)
        {
            reader.Join();
        }

        Assert.That(torn, Is.Null);
    }

    [Test]
    public void The_latest_state_can_be_walked_through_in_hashed_order()
    {
        var model = new StateModel();
        for (int seed = 0; seed < 12; seed++)
        {
            _state.Commit(overlay => ChangeBoth(overlay, model, new Random(seed)));
        }

        using StateSnapshot latest = _state.Tree.Latest();
        (Hash256 AddressHash, Account Account)[] accounts = [.. latest.Accounts()];
        Assert.That(accounts.Select(account => account.AddressHash), Is.Ordered);
        Assert.That(
            accounts.Select(account => account.AddressHash),
            Is.EquivalentTo(model.Accounts.Keys.Concat(model.Records.Keys.Select(key => key.Item1)).Distinct().Select(HashOf)));
        Assert.That(latest.Accounts(accounts[2].AddressHash).First(), Is.EqualTo(accounts[2]));
        foreach (Address address in Addresses)
        {
            (Hash256 LocationHash, byte[] Record)[] records = [.. latest.Records(HashOf(address))];
            Assert.That(records.Select(record => record.LocationHash), Is.Ordered);
            Assert.That(
                records.Select(record => record.Record),
                Is.EquivalentTo(model.Records.Where(record => record.Key.Item1 == address).Select(record => record.Value)));
        }

        using StateSnapshot past = _state.Tree.At(3)!;
        Assert.That(() => past.Accounts().Count(), Throws.InvalidOperationException);
    }

    [Test]
    public void A_disposed_snapshot_and_a_disposed_state_refuse()
    {
        _state.Commit(overlay => overlay.SetBalance(Addresses[0], 1));
        StateSnapshot snapshot = _state.Tree.Latest();
        snapshot.Dispose();
        snapshot.Dispose();

        Assert.That(() => snapshot.FindAccount(Addresses[0]), Throws.TypeOf<ObjectDisposedException>());
        using (StateSnapshot other = _state.Tree.Latest())
        {
            Assert.That(other.FindAccount(Addresses[0]), Is.Not.Null, "disposing one twice does not take the other's");
        }

        _state.Tree.Dispose();
        Assert.That(() => _state.Tree.Latest(), Throws.TypeOf<ObjectDisposedException>());
        _state.Reopen();
    }

    private static Hash256 HashOf(Address address) => Keccak256.Hash(address.ToArray());

    private static void SetBoth(StateOverlay overlay, int height)
    {
        overlay.SetBalance(Addresses[0], (ulong)height + 1);
        overlay.SetRecord(Addresses[1], Locations[0], BitConverter.GetBytes(height + 1));
    }

    private static void ChangeBoth(StateOverlay overlay, StateModel model, Random random)
    {
        for (int i = random.Next(1, 10); i > 0; i--)
        {
            Address address = Addresses[random.Next(Addresses.Length)];
            ulong nonce = (ulong)random.Next(3);
            ulong balance = (ulong)random.Next(4);
            overlay.SetNonce(address, nonce);
            overlay.SetBalance(address, balance);
            model.SetAccount(address, nonce, balance);
        }

        for (int i = random.Next(1, 15); i > 0; i--)
        {
            Address address = Addresses[random.Next(Addresses.Length)];
            Hash256 location = Locations[random.Next(Locations.Length)];
            byte[]? record = random.Next(3) == 0 ? null : StateHarness.Record(random.Next(250), 1 + random.Next(150));
            overlay.SetRecord(address, location, record);
            model.SetRecord(address, location, record);
        }
    }

    private void AssertPast(List<(StateModel Model, Hash256 Root)> models)
    {
        for (ulong height = _state.Tree.FirstHeight; height <= _state.Tree.Height; height++)
        {
            using StateSnapshot past = _state.Tree.At(height)!;
            Assert.That((past.Height, past.Root), Is.EqualTo((height, models[(int)height].Root)));
            models[(int)height].Model.AssertSame(past, Addresses, Locations, $"height {height} at {_state.Tree.Height}");
        }
    }

    private IKeyValueStore OpenStore() => onDisk ? RocksDatabase.Open(_folder, RocksOptions.Localnet) : new MemoryDatabase();

    private void Reopen()
    {
        if (!onDisk)
        {
            _state.Reopen();
            return;
        }

        _state.Tree.Dispose();
        _state.Store.Dispose();
        _state.Reopen(OpenStore());
    }
}
