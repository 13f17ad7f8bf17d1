using DePinChain.Primitives;

namespace DePinChain.Unit.Tests.State;

/// <summary>
/// A Merkle-Patricia trie as the yellow paper's appendix D writes it down: the node function over the whole set of pairs, recomputed from
/// nothing each time, with its own RLP and hex-prefix. Shares no code with the tries under test but Keccak.
/// </summary>
internal static class NaiveTrie
{
    public static Hash256 Root(IEnumerable<KeyValuePair<byte[], byte[]>> pairs)
    {
        List<(int[] Path, byte[] Value)> all =
            [.. pairs.Select(pair => (pair.Key.SelectMany(b => new[] { b / 16, b % 16 }).ToArray(), pair.Value))];
        return Keccak256.Hash(all.Count == 0 ? Text([]) : Node(all, 0));
    }

    public static byte[] Text(byte[] bytes) =>
        bytes.Length == 1 && bytes[0] < 128 ? bytes : [.. Header(128, bytes.Length), .. bytes];

    private static byte[] Node(List<(int[] Path, byte[] Value)> pairs, int at)
    {
        if (pairs.Count == 1)
        {
            return List(Text(HexPrefix(pairs[0].Path[at..], 1)), Text(pairs[0].Value));
        }

        int shared = 0;
        while (pairs.All(pair => pair.Path.Length > at + shared && pair.Path[at + shared] == pairs[0].Path[at + shared]))
        {
            shared++;
        }

        if (shared > 0)
        {
            return List(Text(HexPrefix(pairs[0].Path[at..(at + shared)], 0)), Reference(Node(pairs, at + shared)));
        }

        var items = new List<byte[]>();
        for (int nibble = 0; nibble < 16; nibble++)
        {
            List<(int[] Path, byte[] Value)> below = [.. pairs.Where(pair => pair.Path.Length > at && pair.Path[at] == nibble)];
            items.Add(below.Count == 0 ? Text([]) : Reference(Node(below, at + 1)));
        }

        items.Add(Text([.. pairs.Where(pair => pair.Path.Length == at).SelectMany(pair => pair.Value)]));
        return List([.. items]);
    }

    private static byte[] Reference(byte[] node) => node.Length < 32 ? node : Text(Keccak256.Hash(node).ToArray());

    private static byte[] HexPrefix(int[] path, int terminator)
    {
        int[] nibbles = path.Length % 2 == 0 ? [2 * terminator, 0, .. path] : [(2 * terminator) + 1, .. path];
        return [.. nibbles.Chunk(2).Select(pair => (byte)((16 * pair[0]) + pair[1]))];
    }

    private static byte[] List(params byte[][] items)
    {
        byte[] payload = [.. items.SelectMany(item => item)];
        return [.. Header(192, payload.Length), .. payload];
    }

    private static byte[] Header(int offset, int length)
    {
        if (length < 56)
        {
            return [(byte)(offset + length)];
        }

        return length < 256 ? [(byte)(offset + 56), (byte)length] : [(byte)(offset + 57), (byte)(length / 256), (byte)(length % 256)];
    }
}
