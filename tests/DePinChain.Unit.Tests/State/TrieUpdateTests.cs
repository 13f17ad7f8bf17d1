using DePinChain.Database;
using DePinChain.Primitives;
using DePinChain.State;
using FsCheck;
using FsCheck.Fluent;

namespace DePinChain.Unit.Tests.State;

/// <summary>Tries in the database against the model that builds them from nothing.</summary>
public sealed class TrieUpdateTests
{
    // Keys that part at the first nibble, half-way, at the last byte and at the last nibble: every depth, parity and node size occurs, also
    // nodes shorter than a hash, which hashed keys hardly ever give.
    private static readonly byte[][] Keys = [.. MakeKeys()];

    [Test]
    public void Any_sequence_of_changes_gives_the_root_of_what_is_left()
    {
        Prop.ForAll<(byte Key, byte Value, bool Flush)[]>(Run).QuickCheckThrowOnFailure();
    }

    [Test]
    public void Thousands_of_steps_over_clustered_keys_keep_the_root()
    {
        // Aim: long histories. Mostly few keys per step, so that pages are reread from the database again and again.
        using var trie = new TrieHarness(threads: 1);
        var random = new Random(20_260_101);
        for (int step = 0; step < 2_500; step++)
        {
            var changes = new SortedDictionary<byte[], byte[]?>(ByteArrays.Order);
            for (int i = random.Next(1, step % 50 == 0 ? 60 : 5); i > 0; i--)
            {
                byte[]? record = random.Next(3) == 0 ? null : Record(random.Next(256));
                changes[Keys[random.Next(Keys.Length)]] = record;
            }

            trie.Apply(changes);
            Assert.That(trie.Root, Is.EqualTo(trie.ExpectedRoot), $"step {step}");
        }
    }

    [TestCase(1)]
    [TestCase(2)]
    [TestCase(7)]
    public void Large_updates_give_the_same_root_on_any_number_of_threads(int threads)
    {
        using var trie = new TrieHarness(threads);
        var random = new Random(5);
        byte[][] keys = [.. Enumerable.Range(0, 1_500).Select(i => Keccak256.Hash(BitConverter.GetBytes(i)).ToArray())];
        foreach (int share in new[] { 100, 60, 30, 100, 100 })
        {
            var changes = new SortedDictionary<byte[], byte[]?>(ByteArrays.Order);
            foreach (byte[] key in keys.Where(_ => random.Next(100) < share))
            {
                changes[key] = random.Next(4) == 0 ? null : Record(random.Next(256));
            }

            trie.Apply(changes);
            Assert.That(trie.Root, Is.EqualTo(trie.ExpectedRoot));
        }
    }

    [Test]
    public void Pages_that_grow_into_pieces_and_shrink_back_keep_root_and_rows()
    {
        // 600 keys fill sixteen lower branches at the root (pieces); 40 do not (one row).
        using var trie = new TrieHarness(threads: 1);
        byte[][] keys = [.. Enumerable.Range(0, 600).Select(i => Keccak256.Hash(BitConverter.GetBytes(i)).ToArray())];
        var pages = new List<int>();
        foreach (int count in new[] { 40, 600, 39, 600, 300, 20, 0 })
        {
            foreach (byte[][] part in keys.Chunk(97))
            {
                trie.Apply(part.ToDictionary(key => key, key => Array.IndexOf(keys, key) < count ? (byte[]?)Record(count) : null));
                Assert.That(trie.Root, Is.EqualTo(trie.ExpectedRoot));
            }

            using var direct = new TrieHarness(threads: 1);
            direct.Apply(trie.Model.ToDictionary(pair => pair.Key, pair => (byte[]?)pair.Value));
            Assert.That(Rows(trie), Is.EqualTo(Rows(direct)), $"{count} keys");
            pages.Add(trie.StoredPages);
        }

        Assert.That(pages[0], Is.LessThan(16));
        Assert.That(pages[1], Is.GreaterThan(16));
        Assert.That(pages[^1], Is.Zero);
    }

    [TestCase(1)]
    [TestCase(2)]
    public void Removing_all_but_one_in_one_large_update_leaves_that_leaf(int threads)
    {
        // The last leaf moves to the root, changed in the same update or untouched by it.
        foreach (bool touched in new[] { false, true })
        {
            using var trie = new TrieHarness(threads);
            byte[][] keys = [.. Enumerable.Range(0, 400).Select(i => Keccak256.Hash(BitConverter.GetBytes(i)).ToArray())];
            trie.Apply(keys.ToDictionary(key => key, _ => (byte[]?)Record(1)));
            Dictionary<byte[], byte[]?> changes = keys.Skip(1).ToDictionary(key => key, _ => (byte[]?)null);
            if (touched)
            {
                changes[keys[0]] = Record(2);
            }

            trie.Apply(changes);
            Assert.That(trie.Root, Is.EqualTo(trie.ExpectedRoot));
            Assert.That(trie.StoredPages, Is.Zero, "a single leaf needs no page");
        }
    }

    [Test]
    public void An_emptied_trie_leaves_nothing_behind()
    {
        using var trie = new TrieHarness(threads: 1);
        trie.Apply(Keys.ToDictionary(key => key, _ => (byte[]?)Record(3)));
        Assert.That(trie.StoredPages, Is.GreaterThan(10));

        trie.Apply(Keys.ToDictionary(key => key, _ => (byte[]?)null));

        Assert.That(trie.Root, Is.EqualTo(MerkleTrie.EmptyRoot));
        Assert.That(trie.StoredPages, Is.Zero);
    }

    [Test]
    public void The_same_content_is_stored_the_same_way_whatever_led_there()
    {
        // Pages are a function of content: two histories with one end give the same rows, apart from the heights in front of pages.
        using var direct = new TrieHarness(threads: 1);
        using var detour = new TrieHarness(threads: 1);
        Dictionary<byte[], byte[]?> end = Keys.Where((_, i) => i % 3 != 0).ToDictionary(key => key, _ => (byte[]?)Record(9));
        direct.Apply(end);
        detour.Apply(Keys.ToDictionary(key => key, _ => (byte[]?)Record(1)));
        detour.Apply(Keys.Where((_, i) => i % 2 == 0).ToDictionary(key => key, _ => (byte[]?)null));
        detour.Apply(Keys.Where((_, i) => i % 3 == 0).ToDictionary(key => key, _ => (byte[]?)null));
        detour.Apply(end);

        Assert.That(detour.Root, Is.EqualTo(direct.Root));
        Assert.That(Rows(detour), Is.EqualTo(Rows(direct)));
    }

    [Test]
    public void A_flat_value_that_contradicts_its_leaf_is_noticed()
    {
        using var trie = new TrieHarness(threads: 1);
        byte[] key = Keys[0];
        trie.Apply(new Dictionary<byte[], byte[]?> { [key] = Record(1) });
        using (IWriteBatch batch = trie.Database.CreateBatch())
        {
            batch.Put(Table.FlatSlot, [.. TrieHarness.Owner.ToArray(), .. key], Record(2));
            trie.Database.Write(batch, sync: false);
        }

        Assert.That(
            () => trie.Apply(new Dictionary<byte[], byte[]?> { [Keys[1]] = Record(1) }),
            Throws.TypeOf<StateCorruptException>().With.Message.Contains("synchronise again"));
    }

    [Test]
    public void A_missing_page_or_leaf_is_noticed()
    {
        using var trie = new TrieHarness(threads: 1);
        trie.Apply(Keys.ToDictionary(key => key, _ => (byte[]?)Record(1)));
        using (IWriteBatch batch = trie.Database.CreateBatch())
        {
            // The first page stays; depth 1 and below goes.
            batch.DeleteRange(Table.TrieStorage, [.. TrieHarness.Owner.ToArray(), 1], [.. TrieHarness.Owner.ToArray(), 0xff]);
            batch.DeleteRange(Table.FlatSlot, [], [0xff, 0xff]);
            trie.Database.Write(batch, sync: false);
        }

        foreach (byte[] key in Keys)
        {
            byte[] beside = [.. key];
            beside[31] ^= 0x80;
            Assert.That(() => trie.Apply(new Dictionary<byte[], byte[]?> { [beside] = Record(7) }), Throws.TypeOf<StateCorruptException>());
            trie.Model.Remove(beside);
        }
    }

    private static void Run((byte Key, byte Value, bool Flush)[] steps)
    {
        using var trie = new TrieHarness(threads: 1);
        var changes = new SortedDictionary<byte[], byte[]?>(ByteArrays.Order);
        foreach ((byte key, byte value, bool flush) in steps)
        {
            changes[Keys[key % Keys.Length]] = value % 3 == 0 ? null : Record(value);
            if (flush)
            {
                trie.Apply(changes);
                changes.Clear();
                Assert.That(trie.Root, Is.EqualTo(trie.ExpectedRoot));
            }
        }

        trie.Apply(changes);
        Assert.That(trie.Root, Is.EqualTo(trie.ExpectedRoot));
    }

    /// <summary>Records of 1 to 100 bytes; the short ones make nodes that fit into their parents.</summary>
    private static byte[] Record(int seed) => [.. Enumerable.Repeat((byte)(1 + (seed % 255)), seed % 4 == 0 ? 1 : 1 + (seed % 100))];

    private static List<string> Rows(TrieHarness trie)
    {
        var rows = new List<string>();
        using IKeyValueCursor pages = trie.Database.Scan(Table.TrieStorage, []);
        while (pages.MoveNext())
        {
            bool isPiece = (pages.Key[32] & 1) != 0;
            rows.Add($"{Convert.ToHexString(pages.Key)} {Convert.ToHexString(isPiece ? pages.Value : pages.Value[8..])}");
        }

        return rows;
    }

    private static IEnumerable<byte[]> MakeKeys()
    {
        foreach (byte first in new byte[] { 0x00, 0x01, 0x10, 0xa7 })
        {
            foreach (byte middle in new byte[] { 0x00, 0x0f, 0xf0 })
            {
                foreach (byte last in new byte[] { 0x00, 0x01, 0x10, 0x11, 0xff })
                {
                    byte[] key = new byte[32];
                    key.AsSpan().Fill(0x5a);
                    key[0] = first;
                    key[16] = middle;
                    key[31] = last;
                    yield return key;
                }
            }
        }
    }
}
