using System.Security.Cryptography;
using DePinChain.Primitives;
using DePinChain.Proofs.Availability;
using FsCheck;
using FsCheck.Fluent;

namespace DePinChain.Proofs.Tests.Availability;

/// <summary>Blobs in chunks and shards: what comes back, and what is refused.</summary>
public sealed class AvailabilityTests
{
    [Test]
    public void The_code_is_that_of_klauspost_and_backblaze()
    {
        // TestOneEncode of github.com/klauspost/reedsolomon (reedsolomon_test.go), itself Backblaze's testOneEncode.
        ReadOnlyMemory<byte>[] shards =
            [new byte[] { 0, 1 }, new byte[] { 4, 5 }, new byte[] { 2, 3 }, new byte[] { 6, 7 }, new byte[] { 8, 9 }];
        byte[][] parity = ReedSolomon.ParityOf(shards, 10);
        Assert.That(parity, Is.EqualTo(new[] { [12, 13], [10, 11], [14, 15], [90, 91], new byte[] { 94, 95 } }));
    }

    [Test]
    public void Any_k_shards_give_the_blob() => Prop.ForAll(
        (from count in Gen.Choose(1, 60)
         from length in Gen.Choose(1, 3_000)
         from seed in Gen.Choose(0, int.MaxValue)
         select (count, length, seed)).ToArbitrary(),
        static cast =>
        {
            Random random = new(cast.seed);
            byte[] blob = new byte[cast.length];
            random.NextBytes(blob);
            ShardSet set = ShardSet.Encode(blob, cast.count);
            byte[] order = [.. Enumerable.Range(0, cast.count).Select(static i => (byte)i)];
            random.Shuffle(order);
            (byte, byte[])[] some = [.. order.Take(ShardSet.DataShardsOf(cast.count)).Select(i => (i, set.Shards[i]))];
            Assert.That(ShardSet.TryDecode(cast.count, (ulong)blob.Length, some, out byte[] back), Is.True);
            Assert.That(back, Is.EqualTo(blob));
            if (some.Length > 1) Assert.That(ShardSet.TryDecode(cast.count, (ulong)blob.Length, some[1..], out _), Is.False);
        }).QuickCheckThrowOnFailure();

    [Test]
    public void All_255_shards_of_a_big_blob_decode_from_the_last_31()
    {
        byte[] blob = new byte[100_003];
        new Random(7).NextBytes(blob);
        ShardSet set = ShardSet.Encode(blob, 255);
        (byte, byte[])[] last = [.. Enumerable.Range(224, 31).Select(i => ((byte)i, set.Shards[i]))];
        Assert.That(ShardSet.TryDecode(255, (ulong)blob.Length, last, out byte[] back), Is.True);
        Assert.That(back, Is.EqualTo(blob));
        Assert.That(ShardSet.ShardBytesOf(2_950_000, 128), Is.EqualTo(184_375), "16 shards of a 32 GiB sector's proof");
        Assert.That(ShardSet.DataShardsOf(15), Is.EqualTo(1));
        Assert.That(ShardSet.DataShardsOf(16), Is.EqualTo(2));
    }

    [Test]
    public void Shards_of_wrong_number_length_or_index_are_refused()
    {
        ShardSet set = ShardSet.Encode(new byte[1_000], 24);
        (byte, byte[])[] three = [(0, set.Shards[0]), (1, set.Shards[1]), (2, set.Shards[2])];
        Assert.That(ShardSet.TryDecode(24, 1_000, three, out _), Is.True);
        Assert.That(ShardSet.TryDecode(24, 1_000, three[..2], out _), Is.False);
        Assert.That(ShardSet.TryDecode(24, 1_000, [three[0], three[1], three[1]], out _), Is.False);
        Assert.That(ShardSet.TryDecode(24, 1_000, [three[0], three[1], (24, set.Shards[2])], out _), Is.False);
        Assert.That(ShardSet.TryDecode(24, 1_000, [three[0], three[1], (2, new byte[3])], out _), Is.False);
        Assert.That(() => ShardSet.Encode([1], 0), Throws.ArgumentException);
        Assert.That(() => ShardSet.Encode([1], 256), Throws.ArgumentException);
        Assert.That(() => ReedSolomon.Interpolate([1, 1], [new byte[1], new byte[1]], [2]), Throws.ArgumentException);
        Assert.That(() => ReedSolomon.Interpolate([1, 2], [new byte[1], new byte[2]], [3]), Throws.ArgumentException);
        Assert.That(() => ReedSolomon.Interpolate([1], [new byte[1]], [255]), Throws.ArgumentException);
        Assert.That(() => ReedSolomon.Interpolate([], [], [1]), Throws.ArgumentException);
    }

    [TestCase(1)]
    [TestCase(4)]
    [TestCase(20)]
    public void A_piece_lies_at_its_place_and_nowhere_else(int count)
    {
        byte[] blob = new byte[200_000];
        new Random(count).NextBytes(blob);
        ShardSet set = ShardSet.Encode(blob, count);
        ulong pieces = ShardSet.PiecesOf(200_000, count);
        for (int shard = 0; shard < count; shard += 3)
        {
            for (ulong piece = 0; piece < pieces; piece++)
            {
                int start = (int)(piece * ShardSet.PieceBytes);
                byte[] bytes = [.. set.Shards[shard].Skip(start).Take((int)ShardSet.PieceBytes)];
                Hash256[] path = set.PathOf(shard, piece);
                Assert.That(ShardSet.Verify(set.Root, 200_000, count, shard, piece, bytes, path), Is.True);
                Assert.That(ShardSet.Verify(set.Root, 200_000, count, shard, piece + 1, bytes, path), Is.False);

                // Below 16 shards all are copies, so a neighbour's path is as good.
                bool isCopy = count < 16 && (shard ^ 1) == shard + 1 && shard + 1 < count;
                Assert.That(ShardSet.Verify(set.Root, 200_000, count, shard + 1, piece, bytes, path), Is.EqualTo(isCopy));
                Assert.That(ShardSet.Verify(set.Root, 200_000, count, shard, piece, bytes.AsSpan(1), path), Is.False);
                Assert.That(ShardSet.Verify(set.Root, 200_000, count, shard, piece, bytes, [.. path, Hash256.Zero]), Is.False);
                bytes[0] ^= 1;
                Assert.That(ShardSet.Verify(set.Root, 200_000, count, shard, piece, bytes, path), Is.False);
            }
        }
    }

    [Test]
    public void A_blobs_root_is_the_hash_that_the_prefixes_say()
    {
        // Three chunks of 2, 2 and 1 bytes by hand: N(N(L(ab), L(cd)), N(L(e), 0)).
        byte[] root = Node(Node(Leaf("ab"u8), Leaf("cd"u8)), Node(Leaf("e"u8), new byte[32]));
        Assert.That(BlobTree.RootOf("abcde"u8, 2).ToArray(), Is.EqualTo(root));
        Hash256[] leaves = BlobTree.LeavesOf("abcde"u8, 2);
        for (ulong index = 0; index < 3; index++)
        {
            Hash256[] path = BlobTree.PathOf(leaves, index);
            Assert.That(BlobTree.Verify(new Hash256(root), 3, index, leaves[index], path), Is.True);
            Assert.That(BlobTree.Verify(new Hash256(root), 3, (index + 1) % 3, leaves[index], path), Is.False);
            Assert.That(BlobTree.Verify(new Hash256(root), 2, index, leaves[index], path), Is.False);
        }

        Assert.That(BlobTree.Verify(new Hash256(root), 3, 3, Hash256.Zero, BlobTree.PathOf(leaves, 2)), Is.False);
        Assert.That(BlobTree.RootOf("a"u8, 2).ToArray(), Is.EqualTo(Leaf("a"u8)));

        static byte[] Leaf(ReadOnlySpan<byte> chunk) => SHA256.HashData([0x44, .. chunk]);
        static byte[] Node(byte[] left, byte[] right) => SHA256.HashData([0x4e, .. left, .. right]);
    }
}
