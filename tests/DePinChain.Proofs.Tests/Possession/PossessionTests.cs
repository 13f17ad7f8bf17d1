using System.Text.Json;
using DePinChain.Primitives;
using DePinChain.Proofs.Hashing;
using DePinChain.Proofs.Pieces;
using DePinChain.Proofs.Possession;

namespace DePinChain.Proofs.Tests.Possession;

public sealed class PossessionTests
{
    private static readonly JsonElement Vectors = KnownAnswers.Read("storage/pdp_challenges.json");

    [Test]
    public void Challenges_and_proofs_equal_those_of_PDPVerifier()
    {
        List<(PieceCid Cid, byte[] Payload)> pieces = [];
        List<ulong> sums = [];
        foreach (JsonElement vector in Vectors.GetProperty("pieces").EnumerateArray())
        {
            byte[] payload = KnownAnswers.Affine(vector.GetProperty("payload_size").GetInt32(), 3 + pieces.Count);
            PieceCid cid = PieceHasher.Of(payload);
            Assert.That(cid.ToString(), Is.EqualTo(vector.Text("cid_v2")));
            Assert.That(cid.LeafCount, Is.EqualTo(vector.Number("leaf_count")));
            sums.Add(LeafSums.EntryOf((ulong)pieces.Count, cid.LeafCount, j => sums[(int)j]));
            pieces.Add((cid, payload));
        }

        Assert.That(sums, Is.EqualTo(Vectors.GetProperty("sum_tree").EnumerateArray().Select(static sum => sum.GetUInt64())));
        Hash256 seed = Hash256.Parse(Vectors.Text("seed"));
        foreach (JsonElement vector in Vectors.GetProperty("challenges").EnumerateArray())
        {
            ulong leaf = PossessionChallenge.LeafOf(seed, Vectors.Number("set_id"), vector.Number("i"), Vectors.Number("total_leaf_count"));
            Assert.That(leaf, Is.EqualTo(vector.Number("leaf_index")));
            (ulong piece, ulong offset) = LeafSums.Find(leaf, (ulong)pieces.Count, j => sums[(int)j]);
            Assert.That((piece, offset), Is.EqualTo((vector.Number("piece_id"), vector.Number("offset"))));
            (PieceCid cid, byte[] payload) = pieces[(int)piece];
            PossessionProof proof = Prove(payload, offset);
            Assert.That(KnownAnswers.Hexadecimal(proof.Leaf), Is.EqualTo(vector.Text("leaf")));
            Assert.That(
                KnownAnswers.Hexadecimal(proof.Siblings),
                Is.EqualTo(string.Concat(vector.GetProperty("proof").EnumerateArray().Select(static node => node.GetString()))));
            Assert.That(proof.Verify(cid, offset), Is.True);
        }
    }

    [Test]
    public void Every_bit_of_a_proof_counts()
    {
        byte[] payload = KnownAnswers.Affine(1000);
        PieceCid cid = PieceHasher.Of(payload);
        PossessionProof good = Prove(payload, 17);
        for (int bit = 0; bit < 8 * good.Siblings.Length; bit++)
            Assert.That((good with { Siblings = Flipped(good.Siblings, bit) }).Verify(cid, 17), Is.False, $"bit {bit} of the siblings");
        for (int bit = 0; bit < 256; bit++)
            Assert.That((good with { Leaf = Flipped(good.Leaf, bit) }).Verify(cid, 17), Is.False, $"bit {bit} of the leaf");
    }

    [Test]
    public void A_proof_of_another_leaf_piece_or_depth_is_none()
    {
        byte[] payload = KnownAnswers.Affine(1000);
        PieceCid cid = PieceHasher.Of(payload);
        PossessionProof good = Prove(payload, 17);
        Assert.That(good.Verify(cid, 16), Is.False);
        Assert.That(good.Verify(cid, 17 + 32), Is.False, "a place outside of the tree");
        Assert.That(good.Verify(PieceHasher.Of(KnownAnswers.Affine(1000, 4)), 17), Is.False);
        Assert.That((good with { Leaf = good.Leaf[..31] }).Verify(cid, 17), Is.False);

        // An inner node with a shorter path leads to the root too; only the length tells.
        byte[] inner = new byte[32];
        NodeHash.Hash(good.Siblings.AsSpan(0, 32), good.Leaf, inner);
        PossessionProof shorter = new(inner, good.Siblings[32..]);
        Assert.That(shorter.Verify(cid, 8), Is.False);
        Assert.That(shorter.Verify(cid with { Height = 4 }, 8), Is.True, "so it would lead there");
        Assert.That((good with { Siblings = [.. good.Siblings, .. good.Leaf] }).Verify(cid, 17), Is.False);
    }

    [Test]
    public void Any_leaf_of_a_large_piece_is_proven_from_one_block()
    {
        byte[] payload = new byte[100_000];
        new Random(5).NextBytes(payload);
        PieceTree.Builder builder = new();
        for (int at = 0; at < payload.Length; at += 7_777) builder.Append(payload.AsSpan(at, Math.Min(7_777, payload.Length - at)));
        PieceTree tree = builder.Finish();
        Assert.That(tree.Cid, Is.EqualTo(PieceHasher.Of(payload)));
        Assert.That(tree.KeptBytes, Is.EqualTo(2 * 32 * (4096 / 512) - 32), "levels from 2^9 leaves up");
        for (ulong leaf = 0; leaf < 4096; leaf += 37)
        {
            int from = (int)Math.Min(PieceTree.BlockOffset(leaf), (ulong)payload.Length);
            int length = Math.Min(PieceTree.BlockSize, payload.Length - from);
            Assert.That(tree.Prove(leaf, payload.AsSpan(from, length)).Verify(tree.Cid, leaf), Is.True, $"leaf {leaf}");
        }

        Assert.That(tree.Prove(0, payload.AsSpan(1, PieceTree.BlockSize)).Verify(tree.Cid, 0), Is.False, "another block");
        Assert.Throws<ArgumentOutOfRangeException>(() => tree.Prove(4096, default));
    }

    [Test]
    public void Leaves_are_found_as_by_counting_while_pieces_come_and_go()
    {
        Random random = new(6);
        List<ulong> leaves = [];
        List<ulong> sums = [];
        for (int step = 0; step < 200; step++)
        {
            if (leaves.Count > 0 && random.Next(3) == 0)
            {
                int gone = random.Next(leaves.Count);
                foreach (ulong entry in LeafSums.EntriesCounting((ulong)gone, (ulong)leaves.Count)) sums[(int)entry] -= leaves[gone];
                leaves[gone] = 0;
            }
            else
            {
                ulong count = (ulong)random.Next(1, 50);
                sums.Add(LeafSums.EntryOf((ulong)leaves.Count, count, j => sums[(int)j]));
                leaves.Add(count);
            }

            ulong leaf = 0;
            for (int piece = 0; piece < leaves.Count; piece++)
            {
                for (ulong offset = 0; offset < leaves[piece]; offset += 7, leaf += 7)
                    Assert.That(LeafSums.Find(leaf, (ulong)leaves.Count, j => sums[(int)j]), Is.EqualTo(((ulong)piece, offset)));
                leaf = leaves.Take(piece + 1).Aggregate(0UL, static (sum, count) => sum + count);
            }

            Assert.Throws<ArgumentOutOfRangeException>(() => LeafSums.Find(leaf, (ulong)leaves.Count, j => sums[(int)j]));
        }
    }

    private static PossessionProof Prove(byte[] payload, ulong leaf)
    {
        PieceTree.Builder builder = new();
        builder.Append(payload);
        int from = (int)PieceTree.BlockOffset(leaf);
        return builder.Finish().Prove(leaf, payload.AsSpan(from, Math.Min(PieceTree.BlockSize, payload.Length - from)));
    }

    private static byte[] Flipped(byte[] bytes, int bit)
    {
        byte[] copy = (byte[])bytes.Clone();
        copy[bit / 8] ^= (byte)(1 << (bit % 8));
        return copy;
    }
}
