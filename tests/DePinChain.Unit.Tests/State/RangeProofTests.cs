using DePinChain.Primitives;
using DePinChain.State;

namespace DePinChain.Unit.Tests.State;

/// <summary>A range of leaves is all there is between two keys, or it is refused.</summary>
[TestFixture]
internal sealed class RangeProofTests
{
    [TestCase(2)]
    [TestCase(17)]
    [TestCase(400)]
    public void Every_range_of_a_trie_verifies_and_says_whether_more_follows(int count)
    {
        using Ranges ranges = new(count, seed: count);
        Random random = new(count);
        for (int round = 0; round < 60; round++)
        {
            int from = random.Next(count);
            int to = random.Next(from, count);
            Hash256 origin = from == 0 ? Hash256.Zero : SnapshotExport.After(ranges.Leaves[from - 1].Key);
            Assert.That(ranges.Verify(origin, from, to, out bool hasMore), Is.True, $"[{from}, {to}]");
            Assert.That(hasMore, Is.EqualTo(to < count - 1), $"[{from}, {to}]");
        }
    }

    [Test]
    public void The_only_leaf_is_a_range()
    {
        using Ranges ranges = new(1, seed: 1);
        Assert.That(ranges.Verify(Hash256.Zero, 0, 0, out bool hasMore), Is.True);
        Assert.That(hasMore, Is.False);
    }

    [Test]
    public void A_leaf_that_is_left_out_shows()
    {
        using Ranges ranges = new(300, seed: 2);
        for (int left = 0; left < 20; left++)
        {
            List<(Hash256 Key, byte[] Value)> leaves = [.. ranges.Leaves.Take(20)];
            leaves.RemoveAt(left);
            Hash256 last = leaves[^1].Key;
            Assert.That(RangeProof.TryVerify(ranges.Root, Hash256.Zero, leaves, ranges.Edges(Hash256.Zero, last), out bool hasMore),
                Is.EqualTo(left == 19), $"leaf {left}");

            // Without its last leaf a range is only a shorter one, and says that more follows.
            Assert.That(hasMore, Is.EqualTo(left == 19));
        }
    }

    [Test]
    public void A_changed_leaf_shows()
    {
        using Ranges ranges = new(300, seed: 3);
        for (int changed = 0; changed < 20; changed++)
        {
            List<(Hash256 Key, byte[] Value)> leaves = [.. ranges.Leaves.Skip(100).Take(20)];
            byte[] value = [.. leaves[changed].Value];
            value[^1] ^= 1;
            leaves[changed] = (leaves[changed].Key, value);
            Refuses(ranges, SnapshotExport.After(ranges.Leaves[99].Key), leaves);
        }
    }

    [Test]
    public void An_extra_leaf_shows()
    {
        using Ranges ranges = new(300, seed: 4);
        for (int after = 0; after < 20; after++)
        {
            List<(Hash256 Key, byte[] Value)> leaves = [.. ranges.Leaves.Skip(100).Take(20)];
            leaves.Insert(after + 1, (SnapshotExport.After(leaves[after].Key), [0x01]));
            Refuses(ranges, SnapshotExport.After(ranges.Leaves[99].Key), leaves);
        }
    }

    [Test]
    public void A_gap_between_two_ranges_shows()
    {
        // The second range is proven from its own first key on, but the origin is what follows the first range.
        using Ranges ranges = new(300, seed: 5);
        List<(Hash256 Key, byte[] Value)> leaves = [.. ranges.Leaves.Skip(101).Take(20)];
        Hash256 next = SnapshotExport.After(ranges.Leaves[99].Key);
        Assert.That(RangeProof.TryVerify(ranges.Root, next, leaves, ranges.Edges(leaves[0].Key, leaves[^1].Key), out _), Is.False);
        Refuses(ranges, next, leaves);
    }

    [Test]
    public void Edges_of_another_range_prove_nothing()
    {
        using Ranges ranges = new(300, seed: 6);
        List<(Hash256 Key, byte[] Value)> leaves = [.. ranges.Leaves.Skip(50).Take(20)];
        Hash256 origin = SnapshotExport.After(ranges.Leaves[49].Key);
        IReadOnlyList<byte[]> good = ranges.Edges(origin, leaves[^1].Key);
        Assert.That(RangeProof.TryVerify(ranges.Root, origin, leaves, good, out _), Is.True);
        IReadOnlyList<byte[]> others = ranges.Edges(ranges.Leaves[200].Key, ranges.Leaves[250].Key);
        Assert.That(RangeProof.TryVerify(ranges.Root, origin, leaves, others, out _), Is.False);
        Assert.That(RangeProof.TryVerify(ranges.Root, origin, leaves, [], out _), Is.False);
        Assert.That(RangeProof.TryVerify(Keccak256.Empty, origin, leaves, good, out _), Is.False);
        foreach (int missing in Enumerable.Range(0, good.Count))
        {
            List<byte[]> fewer = [.. good];
            fewer.RemoveAt(missing);
            Assert.That(RangeProof.TryVerify(ranges.Root, origin, leaves, fewer, out _), Is.False, $"without node {missing}");
        }
    }

    [Test]
    public void Leaves_out_of_order_before_the_origin_or_empty_are_refused()
    {
        using Ranges ranges = new(40, seed: 7);
        List<(Hash256 Key, byte[] Value)> leaves = [.. ranges.Leaves.Take(10)];
        IReadOnlyList<byte[]> edges = ranges.Edges(Hash256.Zero, leaves[^1].Key);
        Assert.That(RangeProof.TryVerify(ranges.Root, Hash256.Zero, [.. leaves.Skip(1), leaves[0]], edges, out _), Is.False);
        Assert.That(RangeProof.TryVerify(ranges.Root, Hash256.Zero, [leaves[0], .. leaves], edges, out _), Is.False);
        Assert.That(RangeProof.TryVerify(ranges.Root, leaves[1].Key, leaves, edges, out _), Is.False);
        Assert.That(RangeProof.TryVerify(ranges.Root, Hash256.Zero, [], edges, out _), Is.False);
        Assert.That(RangeProof.TryVerify(ranges.Root, Hash256.Zero, [(leaves[0].Key, []), .. leaves.Skip(1)], edges, out _), Is.False);
    }

    [Test]
    public void Damaged_nodes_are_refused_and_never_fail_otherwise()
    {
        using Ranges ranges = new(200, seed: 8);
        List<(Hash256 Key, byte[] Value)> leaves = [.. ranges.Leaves.Skip(20).Take(30)];
        Hash256 origin = SnapshotExport.After(ranges.Leaves[19].Key);
        Random random = new(8);
        for (int round = 0; round < 2_000; round++)
        {
            List<byte[]> nodes = [.. ranges.Edges(origin, leaves[^1].Key).Select(node => (byte[])node.Clone())];
            byte[] hit = nodes[random.Next(nodes.Count)];
            hit[random.Next(hit.Length)] ^= (byte)(1 << random.Next(8));
            Assert.That(RangeProof.TryVerify(ranges.Root, origin, leaves, nodes, out _), Is.False);
        }
    }

    private static void Refuses(Ranges ranges, Hash256 origin, List<(Hash256 Key, byte[] Value)> leaves) =>
        Assert.That(RangeProof.TryVerify(ranges.Root, origin, leaves, ranges.Edges(origin, leaves[^1].Key), out _), Is.False);

    /// <summary>Accounts in a state, and honest edges for any two keys.</summary>
    private sealed class Ranges : IDisposable
    {
        private readonly StateHarness _state = new(new global::DePinChain.Database.MemoryDatabase());
        private readonly StateSnapshot _latest;

        public Ranges(int count, int seed)
        {
            _state.Commit(overlay =>
            {
                for (int index = 0; index < count; index++)
                    overlay.AddBalance(StateHarness.Account((seed * 10_000) + index), (UInt256)(ulong)(index + 1));
            });
            _latest = _state.Tree.Latest();
            Leaves = [.. _latest.Accounts().Select(entry => (entry.AddressHash, FlatCodec.AccountLeaf(entry.Account)))];
        }

        public Hash256 Root => _latest.Root;

        public IReadOnlyList<(Hash256 Key, byte[] Value)> Leaves { get; }

        public IReadOnlyList<byte[]> Edges(Hash256 origin, Hash256 last) =>
            [.. _latest.BuildProof(null, Root, origin).Concat(_latest.BuildProof(null, Root, last)).DistinctBy(Keccak)];

        private static Hash256 Keccak(byte[] node) => Keccak256.Hash(node);

        public bool Verify(Hash256 origin, int from, int to, out bool hasMore) => RangeProof.TryVerify(
            Root, origin, [.. Leaves.Skip(from).Take(to - from + 1)], Edges(origin, Leaves[to].Key), out hasMore);

        public void Dispose()
        {
            _latest.Dispose();
            _state.Dispose();
        }
    }
}
