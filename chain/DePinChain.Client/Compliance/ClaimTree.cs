using DePinChain.Primitives;

namespace DePinChain.Client.Compliance;

/// <summary>
/// A Merkle tree in which the smaller hash of a pair comes first, so that a branch needs no positions: what the Credentials module checks
/// claims and gaps against.
/// </summary>
public sealed class ClaimTree
{
    private readonly List<Hash256[]> _layers = [];

    /// <param name="leaves">One or more.</param>
    public ClaimTree(IReadOnlyList<Hash256> leaves)
    {
        if (leaves.Count == 0) throw new ArgumentException("a tree has a leaf", nameof(leaves));
        Hash256[] layer = [.. leaves];
        _layers.Add(layer);
        while (layer.Length > 1)
        {
            Hash256[] next = new Hash256[(layer.Length + 1) / 2];
            for (int i = 0; i < next.Length; i++)
                next[i] = (2 * i) + 1 < layer.Length ? Pair(layer[2 * i], layer[(2 * i) + 1]) : layer[2 * i];
            _layers.Add(layer = next);
        }
    }

    public Hash256 Root => _layers[^1][0];

    /// <summary>The hashes beside the way from a leaf to the root.</summary>
    public Hash256[] BranchOf(int leaf)
    {
        List<Hash256> branch = [];
        foreach (Hash256[] layer in _layers)
        {
            int beside = leaf ^ 1;
            if (beside < layer.Length) branch.Add(layer[beside]);
            leaf /= 2;
        }

        return [.. branch];
    }

    /// <summary>keccak(keccak(abi.encode(string name, string value, bytes32 salt))).</summary>
    public static Hash256 LeafOf(string name, string value, in Hash256 salt)
    {
        var writer = new AbiWriter(headWords: 3);
        writer.WriteString(name);
        writer.WriteString(value);
        writer.WriteHash(salt);
        return Twice(writer.ToArray([]));
    }

    /// <summary>The leaf of a gap between two neighbours of a list: keccak(keccak(abi.encode(address low, address high))).</summary>
    public static Hash256 GapLeafOf(Address low, Address high)
    {
        byte[] words = new byte[2 * Hash256.Size];
        low.CopyTo(words.AsSpan(Hash256.Size - Address.Size));
        high.CopyTo(words.AsSpan((2 * Hash256.Size) - Address.Size));
        return Twice(words);
    }

    private static Hash256 Twice(byte[] encoded) => Keccak256.Hash(Keccak256.Hash(encoded).ToArray());

    private static Hash256 Pair(Hash256 one, Hash256 other)
    {
        bool isFirst = one.CompareTo(other) <= 0;
        byte[] pair = new byte[2 * Hash256.Size];
        (isFirst ? one : other).CopyTo(pair);
        (isFirst ? other : one).CopyTo(pair.AsSpan(Hash256.Size));
        return Keccak256.Hash(pair);
    }
}
