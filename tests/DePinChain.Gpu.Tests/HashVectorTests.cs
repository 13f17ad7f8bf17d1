using System.Text;
using System.Text.Json;

namespace DePinChain.Gpu.Tests;

/// <summary>Vectors/sha256_vectors.json (FIPS 180-4, NIST CAVP style; trees computed with Python's hashlib) on every backend.</summary>
[TestFixtureSource(typeof(Backends), nameof(Backends.Names))]
public sealed class HashVectorTests(string name)
{
    private static readonly JsonElement Vectors = JsonDocument.Parse(
        File.ReadAllText(Path.Combine(TestContext.CurrentContext.TestDirectory, "Vectors", "sha256_vectors.json"))).RootElement;

    private IBackend Backend => Backends.Get(name);

    [Test]
    public void Published_messages_have_their_digests()
    {
        JsonElement[] cases = [.. Vectors.GetProperty("fips").EnumerateArray().Where(static one => one.TryGetProperty("msg_ascii", out _))];
        byte[][] messages = [.. cases.Select(static one => one.GetProperty("msg_ascii").GetString()!)
            .Select(static text => Encoding.ASCII.GetBytes(text == "'a' x 1000000" ? new string('a', 1_000_000) : text))];
        Assert.That(HashAll(messages), Is.EqualTo(cases.Select(static one => one.GetProperty("sha256").GetString())));
    }

    [Test]
    public void Messages_of_every_length_around_a_block_have_their_digests()
    {
        JsonElement[] cases = [.. Vectors.GetProperty("lengths").EnumerateArray()];
        byte[][] messages = [.. cases.Select(static one => one.GetProperty("len").GetInt32()).Select(static length =>
            Enumerable.Range(0, length).Select(at => (byte)(((at * 7) + length) & 255)).ToArray())];
        string[] expected = [.. cases.Select(static one => one.GetProperty("sha256").GetString()!)];
        Assert.That(HashAll(messages), Is.EqualTo(expected));

        // The same one size at a time: the other kernel.
        for (int at = 0; at < messages.Length; at++)
        {
            byte[] digest = new byte[32];
            Backend.HashFixed(messages[at], messages[at].Length, digest);
            Assert.That(Convert.ToHexStringLower(digest), Is.EqualTo(expected[at]));
        }
    }

    [Test]
    public void Pairs_have_their_parents_with_and_without_the_two_top_bits()
    {
        foreach (JsonElement one in Vectors.GetProperty("node64").EnumerateArray())
        {
            byte[] pair = [.. Bytes(one, "left"), .. Bytes(one, "right")];
            byte[] parent = new byte[32];
            Backend.HashPairs(pair, parent, 0xff);
            Assert.That(Convert.ToHexStringLower(parent), Is.EqualTo(one.GetProperty("sha256").GetString()));
            Backend.HashPairs(pair, parent, 0x3f);
            Assert.That(Convert.ToHexStringLower(parent), Is.EqualTo(one.GetProperty("trunc254").GetString()));
        }
    }

    [Test]
    public void Trees_of_zeros_have_their_roots_up_to_sixteen_thousand_leaves()
    {
        foreach (JsonElement one in Vectors.GetProperty("zero_subtrees").GetProperty("levels").EnumerateArray())
        {
            int level = one.GetProperty("level").GetInt32();
            if (level > 14) continue;
            byte[] root = new byte[32];
            Backend.HashTrees(new byte[32 << level], 1 << level, root, 0x3f);
            Assert.That(Convert.ToHexStringLower(root), Is.EqualTo(one.GetProperty("trunc254").GetString()), $"level {level}");
            Backend.HashTrees(new byte[32 << level], 1 << level, root, 0xff);
            Assert.That(Convert.ToHexStringLower(root), Is.EqualTo(one.GetProperty("plain").GetString()), $"level {level}");
        }
    }

    [Test]
    public void Trees_of_leaves_have_their_roots_and_paths_lead_there()
    {
        foreach (JsonElement one in Vectors.GetProperty("trees").EnumerateArray())
        {
            int count = one.GetProperty("n").GetInt32();
            byte[] leaves = [.. Enumerable.Range(0, count)
                .SelectMany(at => System.Security.Cryptography.SHA256.HashData(Encoding.ASCII.GetBytes($"leaf{at}")))];
            byte[] root = new byte[32];
            Backend.HashTrees(leaves, count, root, 0xff);
            Assert.That(Convert.ToHexStringLower(root), Is.EqualTo(one.GetProperty("root_plain").GetString()));
            byte[] truncated = [.. leaves.Select(static (value, at) => at % 32 == 31 ? (byte)(value & 0x3f) : value)];
            Backend.HashTrees(truncated, count, root, 0x3f);
            Assert.That(Convert.ToHexStringLower(root), Is.EqualTo(one.GetProperty("root_trunc254").GetString()));
            int index = one.GetProperty("path_index").GetInt32();
            byte[][] path = [.. one.GetProperty("path_plain").EnumerateArray().Select(static node =>
                Convert.FromHexString(node.GetString()!))];
            Backend.FoldPaths(leaves.AsSpan(32 * index, 32), [(ulong)index], path.SelectMany(static node => node).ToArray(), path.Length,
                root, 0xff);
            Assert.That(Convert.ToHexStringLower(root), Is.EqualTo(one.GetProperty("root_plain").GetString()));
        }
    }

    private static byte[] Bytes(JsonElement element, string property) => Convert.FromHexString(element.GetProperty(property).GetString()!);

    private IEnumerable<string> HashAll(byte[][] messages)
    {
        uint[] offsets = new uint[messages.Length + 1];
        for (int at = 0; at < messages.Length; at++) offsets[at + 1] = offsets[at] + (uint)messages[at].Length;
        byte[] digests = new byte[messages.Length * 32];
        Backend.HashVariable(messages.SelectMany(static message => message).ToArray(), offsets, digests);
        return Enumerable.Range(0, messages.Length).Select(at => Convert.ToHexStringLower(digests.AsSpan(32 * at, 32))).ToArray();
    }
}
