using DePinChain.Primitives;
using DePinChain.State;
using FsCheck;
using FsCheck.Fluent;

namespace DePinChain.Unit.Tests.State;

/// <summary>Overlays against a model that copies everything at each snapshot.</summary>
public sealed class StateOverlayTests
{
    private static readonly Address[] Addresses = [.. Enumerable.Range(0, 4).Select(StateHarness.Account)];
    private static readonly Hash256[] Locations = [.. Enumerable.Range(0, 3).Select(StateHarness.Location)];

    [Test]
    public void Any_changes_snapshots_and_reverts_read_as_the_model_does()
    {
        Prop.ForAll<(byte Kind, byte Where, byte Value)[]>(Run).QuickCheckThrowOnFailure();
    }

    [Test]
    public void A_reverted_snapshot_can_be_reverted_to_again()
    {
        var overlay = new StateOverlay(new NoState());
        int start = overlay.Snapshot();
        foreach (ulong balance in new ulong[] { 5, 6 })
        {
            overlay.SetBalance(Addresses[0], balance);
            overlay.Snapshot();
            overlay.SetRecord(Addresses[0], Locations[0], [1]);
            overlay.Revert(start);
            Assert.That(overlay.FindAccount(Addresses[0]), Is.Null);
            Assert.That(overlay.FindRecord(Addresses[0], Locations[0]), Is.Null);
        }
    }

    [Test]
    public void A_void_snapshot_is_our_own_error()
    {
        var overlay = new StateOverlay(new NoState());
        int outer = overlay.Snapshot();
        int inner = overlay.Snapshot();
        overlay.Revert(outer);

        Assert.That(() => overlay.Revert(inner), Throws.TypeOf<InvariantBrokenException>());
        overlay.CommitTransaction();
        Assert.That(() => overlay.Revert(outer), Throws.TypeOf<InvariantBrokenException>());
    }

    [Test]
    public void More_than_the_balance_cannot_be_taken()
    {
        var overlay = new StateOverlay(new NoState());
        overlay.AddBalance(Addresses[0], 10);

        Assert.That(() => overlay.SubtractBalance(Addresses[0], 11), Throws.TypeOf<OverflowException>());
        Assert.That(overlay.BalanceOf(Addresses[0]), Is.EqualTo((UInt256)10));
        overlay.SubtractBalance(Addresses[0], 10);
        Assert.That(overlay.FindAccount(Addresses[0]), Is.Null, "an account without nonce, balance, code and storage is absent");
    }

    [Test]
    public void A_balance_cannot_exceed_256_bits()
    {
        var overlay = new StateOverlay(new NoState());
        overlay.SetBalance(Addresses[0], UInt256.MaxValue);

        Assert.That(() => overlay.AddBalance(Addresses[0], 1), Throws.TypeOf<OverflowException>());
    }

    [Test]
    public void Records_end_at_four_kibibytes_and_empty_means_absent()
    {
        var overlay = new StateOverlay(new NoState());
        overlay.SetRecord(Addresses[0], Locations[0], new byte[4096]);

        Assert.That(() => overlay.SetRecord(Addresses[0], Locations[0], new byte[4097]), Throws.ArgumentException);
        Assert.That(overlay.FindRecord(Addresses[0], Locations[0]), Has.Length.EqualTo(4096));
        overlay.SetRecord(Addresses[0], Locations[0], []);
        Assert.That(overlay.FindRecord(Addresses[0], Locations[0]), Is.Null);
        Assert.That(overlay.Changes().Accounts, Is.Empty, "nothing is left of it");
    }

    [Test]
    public void Changes_come_in_the_order_of_hashed_keys_and_only_where_something_changed()
    {
        var overlay = new StateOverlay(new NoState());
        foreach (Address address in Addresses)
        {
            overlay.SetNonce(address, 1);
            foreach (Hash256 location in Locations)
            {
                overlay.SetRecord(address, location, [7]);
            }
        }

        overlay.SetNonce(Addresses[1], 0);
        overlay.SetRecord(Addresses[2], Locations[0], null);
        overlay.FindAccount(StateHarness.Account(99));

        StateChanges changes = overlay.Changes();

        Assert.That(changes.Accounts.Select(change => change.Address), Is.EquivalentTo(Addresses), "account 1 has records still");
        Assert.That(changes.Accounts.Select(change => change.AddressHash), Is.Ordered);
        Assert.That(
            changes.Accounts.Select(change => change.AddressHash),
            Is.EqualTo(changes.Accounts.Select(change => Keccak256.Hash(change.Address.ToArray()))));
        foreach (AccountChange change in changes.Accounts)
        {
            Assert.That(change.Records.Select(record => record.LocationHash), Is.Ordered);
            Assert.That(change.Records, Has.Count.EqualTo(change.Address == Addresses[2] ? 2 : 3));
            Assert.That(change.After is null, Is.EqualTo(change.Address == Addresses[1]));
        }
    }

    [Test]
    public void Blobs_put_and_released_count_their_references_and_revert()
    {
        var overlay = new StateOverlay(new NoState());
        byte[] body = [1, 2, 3];
        Hash256 hash = Keccak256.Hash(body);
        overlay.PutBlob(hash, body);
        int mark = overlay.Snapshot();
        overlay.PutBlob(hash, body);
        overlay.ReleaseBlob(hash);
        overlay.ReleaseBlob(hash);
        Assert.That(overlay.Changes().Blobs, Is.Empty);

        overlay.Revert(mark);

        Assert.That(overlay.Changes().Blobs.Single().References, Is.EqualTo(1));
        Assert.That(overlay.FindBlob(hash), Is.EqualTo(body));
    }

    [Test]
    public void A_body_under_a_wrong_hash_is_our_own_error()
    {
        var overlay = new StateOverlay(new NoState());

        Assert.That(() => overlay.PutBlob(Keccak256.Hash([1]), [2]), Throws.TypeOf<InvariantBrokenException>());
    }

    private static void Run((byte Kind, byte Where, byte Value)[] steps)
    {
        var overlay = new StateOverlay(new NoState());
        var model = new StateModel();
        var marks = new Stack<(int Mark, StateModel Then)>();
        foreach ((byte kind, byte where, byte value) in steps)
        {
            Address address = Addresses[where % Addresses.Length];
            Hash256 location = Locations[where / 4 % Locations.Length];
            model.Accounts.TryGetValue(address, out (ulong Nonce, ulong Balance) account);
            switch (kind % 7)
            {
                case 0:
                    overlay.SetBalance(address, value);
                    model.SetAccount(address, account.Nonce, value);
                    break;
                case 1:
                    overlay.AddBalance(address, value);
                    model.SetAccount(address, account.Nonce, account.Balance + value);
                    break;
                case 2:
                    overlay.SetNonce(address, value % 3u);
                    model.SetAccount(address, value % 3u, account.Balance);
                    break;
                case 3:
                    byte[]? record = value % 3 == 0 ? null : [value, where];
                    overlay.SetRecord(address, location, record);
                    model.SetRecord(address, location, record);
                    break;
                case 4:
                    marks.Push((overlay.Snapshot(), model.Copy()));
                    break;
                case 5 when marks.Count > 0:
                    (int mark, StateModel then) = marks.Pop();
                    overlay.Revert(mark);
                    model = then;
                    break;
                case 6 when value % 8 == 0:
                    overlay.CommitTransaction();
                    marks.Clear();
                    break;
            }

            model.AssertSame(overlay, Addresses, Locations, $"after {kind}");
        }
    }

    /// <summary>The state before everything.</summary>
    private sealed class NoState : IStateReader
    {
        public Account? FindAccount(Address address) => null;

        public byte[]? FindRecord(Address account, in Hash256 location) => null;

        public byte[]? FindBlob(in Hash256 bodyHash) => null;
    }
}
