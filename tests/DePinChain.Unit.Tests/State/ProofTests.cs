using DePinChain.Database;
using DePinChain.Primitives;
using DePinChain.State;
using FsCheck;
using FsCheck.Fluent;

namespace DePinChain.Unit.Tests.State;

/// <summary>Proofs of presence and absence, now and in the past, and that nothing else passes for one.</summary>
public sealed class ProofTests
{
    private static readonly Address[] Known = [.. Enumerable.Range(0, 40).Select(StateHarness.Account)];
    private static readonly Address[] Unknown = [.. Enumerable.Range(1000, 40).Select(StateHarness.Account)];
    private static readonly Hash256[] Set = [.. Enumerable.Range(0, 30).Select(StateHarness.Location)];
    private static readonly Hash256[] Unset = [.. Enumerable.Range(500, 30).Select(StateHarness.Location)];

    private StateHarness _state = null!;

    [SetUp]
    public void Fill()
    {
        _state = new StateHarness(new MemoryDatabase(), new StateOptions { ProofBlocks = 30, Threads = 1 });
        _state.Commit(overlay =>
        {
            foreach (Address address in Known)
            {
                overlay.SetBalance(address, 7);
            }

            foreach (Hash256 location in Set)
            {
                overlay.SetRecord(Known[0], location, StateHarness.Record(5, 90));
            }

            // One record: the storage trie is a single leaf.
            overlay.SetRecord(Known[1], Set[0], [1]);
        });
    }

    [TearDown]
    public void Close() => _state.Dispose();

    [Test]
    public void Present_and_absent_accounts_and_records_are_proved()
    {
        foreach (Address address in Known.Concat(Unknown))
        {
            AccountProof proof = _state.Tree.Prove(address, [.. Set, .. Unset], 0)!;

            Assert.That(proof.Verify(_state.Tree.Root), Is.True);
            Assert.That(proof.Account?.Balance, Is.EqualTo(Known.Contains(address) ? (UInt256?)7 : null));
            int records = address == Known[0] ? Set.Length : address == Known[1] ? 1 : 0;
            Assert.That(proof.Records.Count(record => record.Record is not null), Is.EqualTo(records));
            Assert.That(proof.Records.Select(record => record.Location), Is.EqualTo(Set.Concat(Unset)));
        }
    }

    [Test]
    public void The_first_node_hashes_to_the_root_and_storage_without_records_has_no_nodes()
    {
        AccountProof proof = _state.Tree.Prove(Known[0], [Set[0]], 0)!;
        AccountProof bare = _state.Tree.Prove(Known[5], [Set[0]], 0)!;

        Assert.That(Keccak256.Hash(proof.Nodes[0]), Is.EqualTo(_state.Tree.Root));
        Assert.That(Keccak256.Hash(proof.Records[0].Nodes[0]), Is.EqualTo(proof.Account!.Value.StorageRoot));
        Assert.That(bare.Records[0].Nodes, Is.Empty);
        Assert.That(bare.Account!.Value.StorageRoot, Is.EqualTo(MerkleTrie.EmptyRoot));
    }

    [Test]
    public void An_empty_state_proves_that_everybody_is_absent()
    {
        using var empty = new StateHarness(new MemoryDatabase());
        empty.Commit(_ => { });

        AccountProof proof = empty.Tree.Prove(Known[0], [Set[0]], 0)!;

        Assert.That(proof.Nodes, Is.Empty);
        Assert.That(proof.Verify(MerkleTrie.EmptyRoot), Is.True);
        Assert.That(proof.Verify(Keccak256.Empty), Is.False);
    }

    [Test]
    public void Any_changed_byte_any_missing_and_any_added_node_is_refused()
    {
        Hash256 root = _state.Tree.Root;
        foreach (Address address in new[] { Known[3], Unknown[3] })
        {
            AccountProof proof = _state.Tree.Prove(address, [], 0)!;
            for (int node = 0; node < proof.Nodes.Count; node++)
            {
                for (int at = 0; at < proof.Nodes[node].Length; at++)
                {
                    byte[][] nodes = [.. proof.Nodes.Select(bytes => bytes.ToArray())];
                    nodes[node][at] ^= 0x01;
                    Assert.That((proof with { Nodes = nodes }).Verify(root), Is.False, $"byte {at} of node {node}");
                }

                byte[][] fewer = [.. proof.Nodes.Where((_, i) => i != node)];
                Assert.That((proof with { Nodes = fewer }).Verify(root), Is.False, "a node is missing");
            }

            Assert.That((proof with { Nodes = [.. proof.Nodes, proof.Nodes[0]] }).Verify(root), Is.False, "a node too many");
            Assert.That((proof with { Nodes = [] }).Verify(root), Is.False);
            Assert.That(proof.Verify(Keccak256.Hash(root.ToArray())), Is.False, "another root");
        }
    }

    [Test]
    public void A_proof_says_nothing_about_another_key_or_value()
    {
        Hash256 root = _state.Tree.Root;
        AccountProof present = _state.Tree.Prove(Known[3], [], 0)!;
        AccountProof absent = _state.Tree.Prove(Unknown[3], [], 0)!;

        Assert.That((present with { Address = Known[4] }).Verify(root), Is.False);
        Assert.That((present with { Account = present.Account!.Value with { Balance = 8 } }).Verify(root), Is.False);
        Assert.That((present with { Account = null }).Verify(root), Is.False);
        Assert.That((absent with { Account = present.Account }).Verify(root), Is.False);
        AccountProof records = _state.Tree.Prove(Known[0], [Set[0], Unset[0]], 0)!;
        Assert.That((records with { Records = [records.Records[0] with { Record = [1] }] }).Verify(root), Is.False);
        Assert.That((records with { Records = [records.Records[0] with { Record = null }] }).Verify(root), Is.False);
        Assert.That((records with { Records = [records.Records[1] with { Record = [1] }] }).Verify(root), Is.False);
        Assert.That((records with { Records = [records.Records[0] with { Location = Set[1] }] }).Verify(root), Is.False);
    }

    [Test]
    public void Every_kept_height_is_proved_under_its_own_root()
    {
        // Blocks that let accounts and storage tries grow, shrink, vanish and come back, so that pages are made, removed and remade.
        var random = new Random(77);
        var roots = new List<Hash256> { _state.Tree.Root };
        for (int height = 1; height <= 70; height++)
        {
            bool grows = height / 10 % 2 == 0;
            roots.Add(_state.Commit(overlay =>
            {
                for (int i = 0; i < 25; i++)
                {
                    Address address = Known[random.Next(Known.Length)];
                    overlay.SetBalance(address, grows || random.Next(4) == 0 ? (ulong)height : 0);
                    Address owner = Known[random.Next(3)];
                    Hash256 location = Set[random.Next(Set.Length)];
                    bool stays = grows || random.Next(5) == 0;
                    overlay.SetRecord(owner, location, stays ? StateHarness.Record(height, 1 + random.Next(60)) : null);
                }
            }));
        }

        Assert.That(_state.Tree.FirstProofHeight, Is.EqualTo(40));
        Assert.That(_state.Tree.Prove(Known[0], [], 39), Is.Null);
        Assert.That(_state.Tree.Prove(Known[0], [], 71), Is.Null);
        for (ulong height = 40; height <= 70; height++)
        {
            using StateSnapshot past = _state.Tree.At(height)!;
            foreach (Address address in Known.Concat(Unknown.Take(5)))
            {
                Hash256[] locations = address == Known[0] || address == Known[1] ? [.. Set, .. Unset.Take(5)] : [];
                AccountProof proof = _state.Tree.Prove(address, locations, height)!;
                Assert.That(proof.Verify(roots[(int)height]), Is.True, $"{address} at {height}");
                Assert.That(proof.Account, Is.EqualTo(past.FindAccount(address)));
                foreach (RecordProof record in proof.Records)
                {
                    Assert.That(record.Record, Is.EqualTo(past.FindRecord(address, record.Location)));
                }
            }
        }
    }

    [Test]
    public void A_root_that_had_an_extension_is_proved_as_it_was()
    {
        // Three records whose hashed locations share their first two bytes: the root is an extension over them.
        // A fourth, elsewhere, ends it.
        Hash256[] all = [.. Enumerable.Range(1_000, 200_000).Select(StateHarness.Location)];
        Hash256[] close = all.GroupBy(location => Convert.ToHexString(Keccak256.Hash(location.ToArray()).ToArray())[..4])
            .First(group => group.Count() >= 3).Take(3).ToArray();
        Address owner = Known[7];
        Hash256 root = default;
        foreach (Hash256 location in close)
        {
            root = _state.Commit(overlay => overlay.SetRecord(owner, location, [4]));
        }

        ulong height = _state.Tree.Height;
        _state.Commit(overlay => overlay.SetRecord(owner, Set[0], [5]));
        _state.Commit(overlay =>
        {
            overlay.SetRecord(owner, Set[1], [6]);
            overlay.SetRecord(owner, close[0], null);
        });
        _state.Commit(overlay => overlay.SetRecord(owner, close[1], null));

        AccountProof proof = _state.Tree.Prove(owner, [.. close, Set[0], Set[1]], height)!;
        Assert.That(proof.Verify(root), Is.True);
        Assert.That(proof.Records.Select(record => record.Record?[0]), Is.EqualTo(new byte?[] { 4, 4, 4, null, null }));
    }

    [Test]
    public void Nodes_inside_their_parents_are_walked_through()
    {
        // Two keys that part at the last nibble with one-byte values: branch and leaves are shorter than a hash and lie inside the
        // extension.
        using var trie = new TrieHarness(threads: 1);
        byte[] left = new byte[32];
        byte[] right = [.. left];
        byte[] other = [.. left];
        right[31] = 0x01;
        other[31] = 0x02;
        trie.Apply(new Dictionary<byte[], byte[]?> { [left] = [5], [right] = [6] });
        using var source = new LiveTrie(new RowReader(trie.Database), TrieHarness.Owner);

        foreach ((byte[] key, byte[]? expected) in new[] { (left, new byte[] { 5 }), (right, [6]), (other, null) })
        {
            List<byte[]> nodes = ProofBuilder.Build(source, trie.Root, new Hash256(key));
            Assert.That(nodes, Has.Count.EqualTo(1));
            Assert.That(ProofVerifier.TryVerify(trie.Root, new Hash256(key), nodes, out byte[]? value), Is.True);
            Assert.That(value, Is.EqualTo(expected));
        }
    }

    [Test]
    public void Noise_is_never_a_proof_and_never_an_error()
    {
        Prop.ForAll<byte[][]>(nodes =>
        {
            byte[][] present = [.. nodes.Where(node => node is not null)];
            Hash256 root = present.Length == 0 ? Keccak256.Empty : Keccak256.Hash(present[0]);
            ProofVerifier.TryVerify(root, Keccak256.Empty, present, out byte[]? value);
            Assert.That(value, Is.Null);
        }).QuickCheckThrowOnFailure();
    }

    [Test]
    public void Receipts_and_transactions_are_proved_by_their_index()
    {
        // The verifier takes any key; a light client proves a receipt under rlp(index). Three leaves under one branch, by hand.
        byte[] zero = NaiveTrie.Text([]);
        byte[][] items = [[.. Enumerable.Repeat((byte)1, 40)], [.. Enumerable.Repeat((byte)2, 40)]];
        Hash256 root = MerkleTrie.RootOf(items);
        byte[] leafOfOne = RlpList(NaiveTrie.Text([0x31]), NaiveTrie.Text(items[1]));
        byte[] leafOfZero = RlpList(NaiveTrie.Text([0x30]), NaiveTrie.Text(items[0]));
        byte[][] children = [.. Enumerable.Repeat(NaiveTrie.Text([]), 17)];
        children[0] = NaiveTrie.Text(Keccak256.Hash(leafOfOne).ToArray());
        children[8] = NaiveTrie.Text(Keccak256.Hash(leafOfZero).ToArray());
        byte[] branch = RlpList(children);

        Assert.That(ProofVerifier.TryVerify(root, zero, [branch, leafOfZero], out byte[]? value), Is.True);
        Assert.That(value, Is.EqualTo(items[0]));
        Assert.That(ProofVerifier.TryVerify(root, [0x01], [branch, leafOfOne], out value), Is.True);
        Assert.That(value, Is.EqualTo(items[1]));
        Assert.That(ProofVerifier.TryVerify(root, [0x01], [branch, leafOfZero], out _), Is.False);
    }

    private static byte[] RlpList(params byte[][] items)
    {
        byte[] payload = [.. items.SelectMany(item => item)];
        return payload.Length < 56 ? [(byte)(0xc0 + payload.Length), .. payload] : [0xf8, (byte)payload.Length, .. payload];
    }
}
