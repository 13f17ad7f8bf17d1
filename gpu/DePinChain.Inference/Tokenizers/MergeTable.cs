using System.Text;

namespace DePinChain.Inference.Tokenizers;

/// <summary>Vocabulary and merges of byte-pair encoding: symbols are joined by the merge of the lowest rank, the leftmost first.</summary>
internal sealed class MergeTable
{
    private readonly Dictionary<string, int> _ids;
    private readonly Dictionary<(int Left, int Right), (int Rank, int Joined)> _merges = [];

    internal MergeTable(Dictionary<string, int> ids, IReadOnlyList<(string Left, string Right)> merges)
    {
        _ids = ids;
        for (int rank = 0; rank < merges.Count; rank++)
        {
            (string left, string right) = merges[rank];
            InferenceException.Require(
                ids.TryGetValue(left, out int a) && ids.TryGetValue(right, out int b) && ids.ContainsKey(left + right),
                InferenceFault.Tokenizer, $"Merge {rank} names a token that is not in the vocabulary.");
            _merges.TryAdd((ids[left], ids[right]), (rank, ids[left + right]));
        }
    }

    internal int? Find(string token) => _ids.TryGetValue(token, out int id) ? id : null;

    /// <summary>Appends the tokens of a piece.</summary>
    /// <param name="piece">Its characters are the first symbols.</param>
    /// <param name="byteFallback">Whether a character outside the vocabulary becomes its bytes.</param>
    /// <param name="unknown">The token of what has none, or null.</param>
    /// <param name="tokens">Where they go.</param>
    internal void Encode(string piece, bool byteFallback, int? unknown, List<int> tokens)
    {
        if (_ids.TryGetValue(piece, out int whole))
        {
            tokens.Add(whole);
            return;
        }

        List<int> symbols = [];
        foreach (Rune rune in piece.EnumerateRunes()) AddSymbol(rune, byteFallback, unknown, symbols);
        Join(symbols, tokens);
    }

    private void AddSymbol(Rune rune, bool byteFallback, int? unknown, List<int> symbols)
    {
        if (_ids.TryGetValue(rune.ToString(), out int id))
        {
            symbols.Add(id);
            return;
        }

        if (byteFallback)
        {
            Span<byte> bytes = stackalloc byte[4];
            int count = rune.EncodeToUtf8(bytes);
            List<int> found = [];
            foreach (byte value in bytes[..count])
                if (_ids.TryGetValue($"<0x{value:X2}>", out int token)) found.Add(token);
            if (found.Count == count)
            {
                symbols.AddRange(found);
                return;
            }
        }

        symbols.Add(unknown ?? throw new InferenceException(
            InferenceFault.Tokenizer, $"The character U+{rune.Value:X4} has no token and the tokenizer has no unknown one."));
    }

    // A queue of joins by rank and place: n log n also for a million equal letters.
    private void Join(List<int> symbols, List<int> tokens)
    {
        int[] ids = [.. symbols];
        int[] next = new int[ids.Length], previous = new int[ids.Length];
        PriorityQueue<(int Left, int LeftId, int RightId), (int Rank, int Place)> queue = new();
        for (int at = 0; at < ids.Length; at++) (next[at], previous[at]) = (at + 1, at - 1);
        for (int at = 0; at + 1 < ids.Length; at++) Offer(at);
        while (queue.TryDequeue(out (int Left, int LeftId, int RightId) join, out _))
        {
            int right = next[join.Left];
            if (ids[join.Left] != join.LeftId || right >= ids.Length || ids[right] != join.RightId) continue;
            ids[join.Left] = _merges[(join.LeftId, join.RightId)].Joined;
            ids[right] = -1;
            next[join.Left] = next[right];
            if (next[right] < ids.Length) previous[next[right]] = join.Left;
            if (previous[join.Left] >= 0) Offer(previous[join.Left]);
            Offer(join.Left);
        }

        foreach (int id in ids)
            if (id >= 0) tokens.Add(id);

        void Offer(int left)
        {
            int right = next[left];
            if (right < ids.Length && _merges.TryGetValue((ids[left], ids[right]), out (int Rank, int Joined) merge))
                queue.Enqueue((left, ids[left], ids[right]), (merge.Rank, left));
        }
    }
}
