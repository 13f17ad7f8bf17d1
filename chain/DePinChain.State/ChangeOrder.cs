using DePinChain.Primitives;

namespace DePinChain.State;

/// <summary>Hashes the keys an overlay touched and puts its changes into the order of the trie.</summary>
internal static class ChangeOrder
{
    // Keys hashed at a time.
    private const int Lane = 64;

    public static StateChanges Of(StateOverlay overlay, List<AccountEntry> accounts, List<RecordEntry> records, List<BlobEntry> blobs)
    {
        List<AccountEntry> changed = accounts.FindAll(entry => entry.Before != entry.Now);
        (Hash256 Hash, RecordEntry Entry)[] slots = SortedSlots(records);
        var firstSlotOf = new LookupTable<Address, int>();
        for (int i = 0; i < slots.Length; i++)
        {
            Address owner = slots[i].Entry.Account;
            if (i > 0 && slots[i - 1].Entry.Account == owner)
            {
                continue;
            }

            firstSlotOf[owner] = i;

            // An account whose records change has a new storage root, so it changes too even if nobody asked for it before.
            AccountEntry entry = overlay.EntryOf(owner);
            if (entry.Before == entry.Now)
            {
                changed.Add(entry);
            }
        }

        (Hash256 Hash, AccountEntry Entry)[] owners = Hashed(changed, Address.Size, static (entry, bytes) => entry.Address.CopyTo(bytes));
        Array.Sort(owners, static (a, b) => a.Hash.CompareTo(b.Hash));
        var changes = new AccountChange[owners.Length];
        for (int i = 0; i < owners.Length; i++)
        {
            AccountEntry entry = owners[i].Entry;
            RecordChange[] own = firstSlotOf.TryGet(entry.Address, out int first) ? RecordsFrom(slots, first) : [];
            changes[i] = new AccountChange(entry.Address, owners[i].Hash, entry.Before, entry.Now, own);
        }

        return new StateChanges(changes, SortedBlobs(blobs));
    }

    private static (Hash256 Hash, RecordEntry Entry)[] SortedSlots(List<RecordEntry> records)
    {
        (Hash256 Hash, RecordEntry Entry)[] slots = Hashed(
            records.FindAll(entry => entry.IsChanged), Hash256.Size, static (entry, bytes) => entry.Location.CopyTo(bytes));
        Array.Sort(slots, static (a, b) =>
        {
            int order = a.Entry.Account.CompareTo(b.Entry.Account);
            return order != 0 ? order : a.Hash.CompareTo(b.Hash);
        });
        return slots;
    }

    private static RecordChange[] RecordsFrom((Hash256 Hash, RecordEntry Entry)[] slots, int first)
    {
        int end = first;
        while (end < slots.Length && slots[end].Entry.Account == slots[first].Entry.Account)
        {
            end++;
        }

        var own = new RecordChange[end - first];
        for (int i = 0; i < own.Length; i++)
        {
            (Hash256 hash, RecordEntry entry) = slots[first + i];
            own[i] = new RecordChange(entry.Location, hash, entry.Before, entry.Now);
        }

        return own;
    }

    private static List<BlobChange> SortedBlobs(List<BlobEntry> blobs)
    {
        List<BlobChange> changes = blobs.FindAll(entry => entry.References != 0)
            .ConvertAll(entry => new BlobChange(entry.BodyHash, entry.References, entry.Body));
        changes.Sort(static (a, b) => a.BodyHash.CompareTo(b.BodyHash));
        return changes;
    }

    private static (Hash256 Hash, TEntry Entry)[] Hashed<TEntry>(List<TEntry> entries, int size, Action<TEntry, Span<byte>> write)
    {
        int lane = Math.Min(Lane, entries.Count);
        byte[] keys = new byte[lane * size];
        var messages = new ReadOnlyMemory<byte>[lane];
        var hashes = new Hash256[lane];
        var pairs = new (Hash256, TEntry)[entries.Count];
        for (int start = 0; start < pairs.Length; start += lane)
        {
            int count = Math.Min(lane, pairs.Length - start);
            for (int i = 0; i < count; i++)
            {
                write(entries[start + i], keys.AsSpan(i * size, size));
                messages[i] = keys.AsMemory(i * size, size);
            }

            Keccak256.HashMany(messages.AsSpan(0, count), hashes);
            for (int i = 0; i < count; i++)
            {
                pairs[start + i] = (hashes[i], entries[start + i]);
            }
        }

        return pairs;
    }
}
