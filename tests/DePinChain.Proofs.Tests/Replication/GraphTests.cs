using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text.Json;
using DePinChain.Primitives;
using DePinChain.Proofs.Replication;

namespace DePinChain.Proofs.Tests.Replication;

/// <summary>Graph and labels against the known answers of rust-fil-proofs.</summary>
public sealed class GraphTests
{
    private static readonly JsonElement Vectors = KnownAnswers.Read("storage/sdr_labels.json");

    [Test]
    public void Labels_and_parents_equal_Filecoins()
    {
        foreach (JsonElement vector in Vectors.GetProperty("cases").EnumerateArray())
        {
            ulong nodes = vector.Number("nodes");
            ReplicationGraph graph = new(
                new Hash256(vector.Bytes("porep_id_hex")),
                nodes,
                vector.Text("predecessor_position").StartsWith("first", StringComparison.Ordinal));
            JsonElement derived = vector.GetProperty("derived");
            foreach (JsonProperty parents in derived.GetProperty("drg_parents").EnumerateObject())
                Assert.That(Drg(graph, ulong.Parse(parents.Name)), Is.EqualTo(Numbers(parents.Value)), $"node {parents.Name}");
            foreach (JsonProperty parents in derived.GetProperty("exp_parents").EnumerateObject())
                Assert.That(Expander(graph, ulong.Parse(parents.Name)), Is.EqualTo(Numbers(parents.Value)), $"node {parents.Name}");

            byte[][] layers = LayersOf(graph, vector.Bytes("replica_id_hex"), vector.GetProperty("layers").GetInt32());
            Assert.That(KnownAnswers.Hexadecimal(layers[^1].AsSpan(^32..)), Is.EqualTo(vector.Text("upstream_last_label_hex")));
            foreach (JsonProperty label in derived.GetProperty("labels").EnumerateObject())
            {
                string[] at = label.Name.Split(':');
                Assert.That(
                    KnownAnswers.Hexadecimal(layers[int.Parse(at[0]) - 1].AsSpan(32 * int.Parse(at[1]), 32)),
                    Is.EqualTo(label.Value.GetString()),
                    label.Name);
            }
        }
    }

    [Test]
    public void The_localnets_two_layers_and_all_parents_have_the_known_digests()
    {
        JsonElement vector = Vectors.GetProperty("localnet_2layer");
        ReplicationGraph graph = new(new Hash256(vector.Bytes("porep_id_hex")), vector.Number("nodes"));
        byte[][] layers = LayersOf(graph, vector.Bytes("replica_id_hex"), 2);
        Assert.That(KnownAnswers.Hexadecimal(SHA256.HashData(layers[0])), Is.EqualTo(vector.Text("layer1_sha256")));
        Assert.That(KnownAnswers.Hexadecimal(SHA256.HashData(layers[1])), Is.EqualTo(vector.Text("layer2_sha256")));
        Assert.That(DigestOf(graph, Drg), Is.EqualTo(vector.Text("all_drg_parents_sha256")));
        Assert.That(DigestOf(graph, Expander), Is.EqualTo(vector.Text("all_exp_parents_sha256")));
        graph.Tabulate();
        Assert.That(DigestOf(graph, Expander), Is.EqualTo(vector.Text("all_exp_parents_sha256")), "from tables");
    }

    [Test]
    public void The_permutation_is_Filecoins()
    {
        foreach (JsonElement vector in Vectors.GetProperty("feistel").EnumerateArray())
        {
            FeistelPermutation permutation = new(vector.Number("n"), Numbers(vector.GetProperty("keys")));
            ulong[] expected = Numbers(vector.GetProperty("perm"));
            for (ulong at = 0; at < vector.Number("n"); at++) Assert.That(permutation.Permute(at), Is.EqualTo(expected[at]));
            permutation.Tabulate();
            for (ulong at = 0; at < vector.Number("n"); at++) Assert.That(permutation.Permute(at), Is.EqualTo(expected[at]));
        }
    }

    [Test]
    public void Replica_id_and_challenges_are_Filecoins()
    {
        JsonElement id = Vectors.GetProperty("replica_id");
        byte[] replicaId = SectorIdentity.ReplicaId(
            id.Bytes("prover_id"), id.Number("sector_id"), new Hash256(id.Bytes("ticket")), new Hash256(id.Bytes("comm_d")),
            id.Bytes("porep_seed"));
        Assert.That(KnownAnswers.Hexadecimal(replicaId), Is.EqualTo(id.Text("expected")));

        JsonElement challenges = Vectors.GetProperty("challenges");
        uint number = 0;
        foreach (ulong expected in Numbers(challenges.GetProperty("expected")))
        {
            Assert.That(
                ReplicationChallenge.NodeOf(
                    SectorShape.Of(SectorKind.TwoKiB), challenges.Bytes("replica_id"), new Hash256(challenges.Bytes("seed")), number++),
                Is.EqualTo(expected));
        }
    }

    [Test]
    public void Logarithms_are_exact_at_powers_of_two()
    {
        for (int bit = 1; bit < 54; bit++)
        {
            ulong power = 1UL << bit;
            Assert.That(ReplicationGraph.CeilingLog2(power), Is.EqualTo(bit));
            Assert.That(ReplicationGraph.CeilingLog2(power + 1), Is.EqualTo(bit + 1));
            if (bit > 1) Assert.That(ReplicationGraph.CeilingLog2(power - 1), Is.EqualTo(bit));
        }
    }

    private static byte[][] LayersOf(ReplicationGraph graph, byte[] replicaId, int count)
    {
        byte[][] layers = new byte[count][];
        for (int layer = 0; layer < count; layer++)
            layers[layer] = Labels.Layer(graph, replicaId, layer + 1, layer == 0 ? [] : layers[layer - 1]);
        return layers;
    }

    private static ulong[] Drg(ReplicationGraph graph, ulong node)
    {
        ulong[] parents = new ulong[6];
        graph.DrgParents(node, parents);
        return parents;
    }

    private static ulong[] Expander(ReplicationGraph graph, ulong node)
    {
        ulong[] parents = new ulong[8];
        graph.ExpanderParents(node, parents);
        return parents;
    }

    private static string DigestOf(ReplicationGraph graph, Func<ReplicationGraph, ulong, ulong[]> parentsOf)
    {
        List<byte> bytes = [];
        for (ulong node = 0; node < graph.Nodes; node++)
        {
            foreach (ulong parent in parentsOf(graph, node))
            {
                byte[] word = new byte[4];
                BinaryPrimitives.WriteUInt32LittleEndian(word, (uint)parent);
                bytes.AddRange(word);
            }
        }

        return KnownAnswers.Hexadecimal(SHA256.HashData([.. bytes]));
    }

    private static ulong[] Numbers(JsonElement array) => [.. array.EnumerateArray().Select(static number => number.GetUInt64())];
}
