using System.Text;
using System.Text.Json;
using DePinChain.Database;
using DePinChain.Primitives;
using DePinChain.State;

namespace DePinChain.Unit.Tests.State;

/// <summary>
/// The public trie vectors of ethereum/tests, against the builder of whole tries, the tries in the database and the test's model.
/// </summary>
public sealed class TrieVectorTests
{
    private static IEnumerable<TestCaseData> Cases()
    {
        foreach (string file in new[] { "trietest", "trieanyorder" })
        {
            foreach (JsonProperty test in KnownAnswers.Read($"ethereum/{file}.json").EnumerateObject())
            {
                yield return new TestCaseData(test.Value).SetArgDisplayNames(file, test.Name);
            }
        }
    }

    [TestCaseSource(nameof(Cases))]
    public void Roots_agree_with_the_public_suite(JsonElement test)
    {
        SortedDictionary<byte[], byte[]> pairs = Pairs(test.GetProperty("in"));
        Hash256 expected = Hash256.Parse(test.GetProperty("root").GetString()!);

        Assert.That(NaiveTrie.Root(pairs), Is.EqualTo(expected), "the model");
        Assert.That(MerkleTrie.RootOfPairs(pairs.Select(pair => (pair.Key, pair.Value))), Is.EqualTo(expected));
    }

    [Test]
    public void A_trie_in_the_database_agrees_on_keys_of_32_bytes()
    {
        JsonElement test = KnownAnswers.Read("ethereum/trietest.json").GetProperty("jeff");

        Assert.That(RootInDatabase(Pairs(test.GetProperty("in"))), Is.EqualTo(Hash256.Parse(test.GetProperty("root").GetString()!)));
    }

    [Test]
    public void Accounts_under_hashed_addresses_agree_with_the_public_suite()
    {
        JsonElement test = KnownAnswers.Read("ethereum/hex_encoded_securetrie_test.json").GetProperty("test1");
        var pairs = new SortedDictionary<byte[], byte[]>(ByteArrays.Order);
        foreach (JsonElement pair in test.GetProperty("data").EnumerateArray())
        {
            pairs[Keccak256.Hash(Bytes(pair[0])).ToArray()] = Bytes(pair[1]);
        }

        Assert.That(RootInDatabase(pairs), Is.EqualTo(Hash256.Parse(test.GetProperty("result").GetString()!)));
    }

    [Test]
    public void List_roots_agree_with_the_model_over_the_index_boundaries()
    {
        // rlp(index) changes its length at 128 and 256, where the order of the keys is no longer the order of the items.
        foreach (int count in new[] { 0, 1, 2, 16, 17, 127, 128, 129, 256, 257, 300 })
        {
            byte[][] items = [.. Enumerable.Range(0, count).Select(i => Encoding.ASCII.GetBytes($"item {i * i}"))];
            IEnumerable<KeyValuePair<byte[], byte[]>> pairs = items.Select((item, i) => KeyValuePair.Create(RlpOf(i), item));

            Assert.That(MerkleTrie.RootOf(items), Is.EqualTo(NaiveTrie.Root(pairs)), $"{count} items");
        }
    }

    [Test]
    public void The_empty_root_is_the_hash_of_the_empty_string()
    {
        Assert.That(MerkleTrie.RootOf([]), Is.EqualTo(Keccak256.Hash([0x80])));
        Assert.That(MerkleTrie.EmptyRoot, Is.EqualTo(Keccak256.Hash([0x80])));
    }

    private static Hash256 RootInDatabase(SortedDictionary<byte[], byte[]> pairs)
    {
        using var database = new MemoryDatabase();
        using var trie = new LiveTrie(new RowReader(database), owner: null);
        TrieLeaf[] leaves = [.. pairs.Select(pair => new TrieLeaf(pair.Key, pair.Value, Existed: false))];
        return new TrieUpdate(trie, height: 0, keepsPast: false, threads: 1).Apply(MerkleTrie.EmptyRoot, leaves, new PageChanges());
    }

    private static byte[] RlpOf(int index) =>
        NaiveTrie.Text(index == 0 ? [] : index < 256 ? [(byte)index] : [(byte)(index / 256), (byte)(index % 256)]);

    private static SortedDictionary<byte[], byte[]> Pairs(JsonElement input)
    {
        var pairs = new SortedDictionary<byte[], byte[]>(ByteArrays.Order);
        if (input.ValueKind == JsonValueKind.Object)
        {
            foreach (JsonProperty pair in input.EnumerateObject())
            {
                pairs[Bytes(pair.Name)] = Bytes(pair.Value);
            }

            return pairs;
        }

        foreach (JsonElement pair in input.EnumerateArray())
        {
            if (pair[1].ValueKind == JsonValueKind.Null)
            {
                pairs.Remove(Bytes(pair[0]));
            }
            else
            {
                pairs[Bytes(pair[0])] = Bytes(pair[1]);
            }
        }

        return pairs;
    }

    private static byte[] Bytes(JsonElement text) => Bytes(text.GetString()!);

    private static byte[] Bytes(string text) =>
        text.StartsWith("0x", StringComparison.Ordinal) ? Convert.FromHexString(text[2..]) : Encoding.ASCII.GetBytes(text);
}
