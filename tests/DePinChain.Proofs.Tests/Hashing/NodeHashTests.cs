using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using DePinChain.Proofs.Hashing;

namespace DePinChain.Proofs.Tests.Hashing;

public sealed class NodeHashTests
{
    [Test]
    public void The_node_of_two_children_is_their_digest_without_the_two_highest_bits()
    {
        foreach (JsonElement pair in KnownAnswers.Read("gpu/sha256_vectors.json").GetProperty("node64").EnumerateArray())
        {
            byte[] parent = new byte[32];
            NodeHash.Hash(pair.Bytes("left"), pair.Bytes("right"), parent);
            Assert.That(KnownAnswers.Hexadecimal(parent), Is.EqualTo(pair.Text("trunc254")));
        }
    }

    [Test]
    public void Trees_of_many_leaves_have_the_known_roots()
    {
        foreach (JsonElement tree in KnownAnswers.Read("gpu/sha256_vectors.json").GetProperty("trees").EnumerateArray())
        {
            int count = tree.GetProperty("n").GetInt32();
            byte[] nodes = Leaves(count);
            Assert.That(NodeHash.RootInPlace(nodes).ToString()[2..], Is.EqualTo(tree.Text("root_trunc254")), $"{count} leaves");
        }
    }

    [Test]
    public void Zero_roots_equal_those_of_the_possession_contract()
    {
        int height = 0;
        foreach (JsonElement root in KnownAnswers.Read("storage/zero_roots.json").GetProperty("zero_roots").EnumerateArray())
            Assert.That(NodeHash.ZeroRoot(height++).ToString()[2..], Is.EqualTo(root.GetString()), $"height {height - 1}");
        Assert.That(height, Is.EqualTo(51));
    }

    [Test]
    public void Every_number_of_pairs_hashes_as_one_at_a_time_would()
    {
        byte[] pairs = RandomBytes(50 * 64);
        for (int count = 0; count <= 50; count++)
        {
            byte[] parents = new byte[(count * 32) + 1];
            NodeHash.HashPairs(pairs.AsSpan(0, count * 64), parents);
            for (int pair = 0; pair < count; pair++)
            {
                byte[] digest = SHA256.HashData(pairs.AsSpan(pair * 64, 64));
                digest[31] &= 0x3f;
                Assert.That(parents.AsSpan(pair * 32, 32).SequenceEqual(digest), Is.True, $"pair {pair} of {count}");
            }

            Assert.That(parents[^1], Is.Zero, "nothing is written behind the last parent");
        }
    }

    [Test]
    public void Both_widths_of_lanes_agree_with_the_base_library()
    {
        byte[] messages = RandomBytes(16 * 64);
        byte[] expected = [.. Enumerable.Range(0, 16).SelectMany(i => SHA256.HashData(messages.AsSpan(i * 64, 64)))];
        byte[] digests = new byte[16 * 32];
        if (Sha256Lanes16.IsSupported)
        {
            Sha256Pairs.Hash16(messages, digests, 0xff);
            Assert.That(digests, Is.EqualTo(expected), "sixteen lanes");
        }

        if (Sha256Lanes8.IsSupported)
        {
            digests.AsSpan().Clear();
            Sha256Pairs.Hash8(messages, digests, 0xff);
            Sha256Pairs.Hash8(messages.AsSpan(512), digests.AsSpan(256), 0xff);
            Assert.That(digests, Is.EqualTo(expected), "eight lanes");
        }
    }

    [Test]
    public void Parents_may_overwrite_their_pairs()
    {
        byte[] nodes = RandomBytes(64 * 64);
        byte[] apart = new byte[64 * 32];
        NodeHash.HashPairs(nodes, apart);
        NodeHash.HashPairs(nodes, nodes);
        Assert.That(nodes.AsSpan(0, apart.Length).SequenceEqual(apart), Is.True);
    }

    [Test]
    public void Folding_a_path_leads_to_the_root_and_a_wrong_one_elsewhere()
    {
        byte[] leaves = Leaves(8);
        byte[] path = new byte[96];
        byte[] layer = leaves;
        for (int level = 0, index = 5; level < 3; level++, index >>= 1)
        {
            layer.AsSpan((index ^ 1) * 32, 32).CopyTo(path.AsSpan(level * 32));
            byte[] parents = new byte[layer.Length / 2];
            NodeHash.HashPairs(layer, parents);
            layer = parents;
        }

        byte[] node = leaves.AsSpan(5 * 32, 32).ToArray();
        NodeHash.Fold(node, 5, path);
        Assert.That(node, Is.EqualTo(layer));
        byte[] elsewhere = leaves.AsSpan(5 * 32, 32).ToArray();
        NodeHash.Fold(elsewhere, 4, path);
        Assert.That(elsewhere, Is.Not.EqualTo(layer));
    }

    [Test]
    public void Bytes_that_are_no_pairs_or_no_tree_are_refused()
    {
        Assert.Throws<ArgumentException>(() => NodeHash.HashPairs(new byte[63], new byte[32]));
        Assert.Throws<ArgumentException>(() => NodeHash.HashPairs(new byte[128], new byte[63]));
        Assert.Throws<ArgumentException>(() => NodeHash.RootInPlace(new byte[96]));
        Assert.Throws<ArgumentException>(() => NodeHash.RootInPlace(new byte[33]));
    }

    private static byte[] Leaves(int count) =>
        [.. Enumerable.Range(0, count).SelectMany(Leaf)];

    private static byte[] Leaf(int index)
    {
        byte[] node = new byte[32];
        NodeHash.HashMessage(Encoding.ASCII.GetBytes($"leaf{index}"), node);
        return node;
    }

    private static byte[] RandomBytes(int length)
    {
        byte[] bytes = new byte[length];
        new Random(4711).NextBytes(bytes);
        return bytes;
    }
}
