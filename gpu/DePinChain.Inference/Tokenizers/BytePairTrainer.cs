using System.Text;
using System.Text.Json;

namespace DePinChain.Inference.Tokenizers;

/// <summary>
/// Learns byte-level pairs from a text and writes a tokenizer.json in Hugging Face's form: for models that are generated rather than
/// downloaded. The most frequent pair is merged first; among equals the one whose texts come first, so the same text gives the same file.
/// </summary>
public static class BytePairTrainer
{
    /// <summary>The token that begins a text.</summary>
    public const string Begin = "<|begin|>";

    /// <summary>The token that ends an answer.</summary>
    public const string End = "<|end|>";

    /// <summary>Trains and writes.</summary>
    /// <param name="text">What to learn from.</param>
    /// <param name="vocabulary">Tokens in all, at least 258: 256 bytes and the two special ones.</param>
    public static byte[] Train(string text, int vocabulary)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(vocabulary, 258);
        List<string> tokens = [.. Enumerable.Range(0, 256).Select(static value => ByteAlphabet.LetterOf((byte)value).ToString())];
        List<(string Left, string Right)> merges = [];
        List<(List<string> Symbols, int Count)> words = WordsOf(text);
        while (tokens.Count < vocabulary - 2)
        {
            Dictionary<(string Left, string Right), int> counts = [];
            foreach ((List<string> symbols, int count) in words)
            {
                for (int at = 0; at + 1 < symbols.Count; at++)
                {
                    (string, string) pair = (symbols[at], symbols[at + 1]);
                    counts[pair] = counts.GetValueOrDefault(pair) + count;
                }
            }

            if (counts.Count == 0) break;
            ((string Left, string Right) best, int times) = counts.OrderByDescending(static pair => pair.Value)
                .ThenBy(static pair => pair.Key.Left, StringComparer.Ordinal).ThenBy(static pair => pair.Key.Right, StringComparer.Ordinal)
                .Select(static pair => (pair.Key, pair.Value)).First();
            if (times < 2) break;
            merges.Add(best);
            if (!tokens.Contains(best.Left + best.Right)) tokens.Add(best.Left + best.Right);
            foreach ((List<string> symbols, _) in words) Merge(symbols, best);
        }

        return Write(tokens, merges, vocabulary - 2);
    }

    private static List<(List<string> Symbols, int Count)> WordsOf(string text)
    {
        SortedDictionary<string, int> counts = new(StringComparer.Ordinal);
        foreach (string word in text.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(static word => " " + word))
            counts[word] = counts.GetValueOrDefault(word) + 1;
        return
        [
            .. counts.Select(static word => (
                Encoding.UTF8.GetBytes(word.Key).Select(static value => ByteAlphabet.LetterOf(value).ToString()).ToList(), word.Value)),
        ];
    }

    private static void Merge(List<string> symbols, (string Left, string Right) pair)
    {
        for (int at = 0; at + 1 < symbols.Count; at++)
        {
            if (symbols[at] != pair.Left || symbols[at + 1] != pair.Right) continue;
            symbols[at] += symbols[at + 1];
            symbols.RemoveAt(at + 1);
        }
    }

    // The special tokens are always the last two, however many pairs the text gave.
    private static byte[] Write(List<string> tokens, List<(string Left, string Right)> merges, int begin)
    {
        using MemoryStream stream = new();
        using (Utf8JsonWriter writer = new(stream, new JsonWriterOptions { Indented = true, NewLine = "\n" }))
        {
            writer.WriteStartObject();
            writer.WriteString("version", "1.0");
            writer.WriteStartArray("added_tokens");
            WriteSpecial(writer, begin, Begin);
            WriteSpecial(writer, begin + 1, End);
            writer.WriteEndArray();
            writer.WriteNull("normalizer");
            WriteStep(writer, "pre_tokenizer");
            writer.WriteStartObject("post_processor");
            writer.WriteString("type", "TemplateProcessing");
            writer.WriteStartArray("single");
            WriteTemplatePart(writer, "SpecialToken", Begin);
            WriteTemplatePart(writer, "Sequence", "A");
            writer.WriteEndArray();
            writer.WriteStartArray("pair");
            writer.WriteEndArray();
            writer.WriteStartObject("special_tokens");
            writer.WriteStartObject(Begin);
            writer.WriteString("id", Begin);
            writer.WriteStartArray("ids");
            writer.WriteNumberValue(begin);
            writer.WriteEndArray();
            writer.WriteStartArray("tokens");
            writer.WriteStringValue(Begin);
            writer.WriteEndArray();
            writer.WriteEndObject();
            writer.WriteEndObject();
            writer.WriteEndObject();
            WriteStep(writer, "decoder");
            writer.WriteStartObject("model");
            writer.WriteString("type", "BPE");
            writer.WriteStartObject("vocab");
            for (int id = 0; id < tokens.Count; id++) writer.WriteNumber(tokens[id], id);
            writer.WriteEndObject();
            writer.WriteStartArray("merges");
            foreach ((string left, string right) in merges) writer.WriteStringValue($"{left} {right}");
            writer.WriteEndArray();
            writer.WriteEndObject();
            writer.WriteEndObject();
        }

        return stream.ToArray();
    }

    private static void WriteStep(Utf8JsonWriter writer, string name)
    {
        writer.WriteStartObject(name);
        writer.WriteString("type", "ByteLevel");
        writer.WriteBoolean("add_prefix_space", false);
        writer.WriteBoolean("trim_offsets", true);
        writer.WriteBoolean("use_regex", true);
        writer.WriteEndObject();
    }

    private static void WriteSpecial(Utf8JsonWriter writer, int id, string content)
    {
        writer.WriteStartObject();
        writer.WriteNumber("id", id);
        writer.WriteString("content", content);
        foreach (string flag in new[] { "single_word", "lstrip", "rstrip", "normalized" }) writer.WriteBoolean(flag, false);
        writer.WriteBoolean("special", true);
        writer.WriteEndObject();
    }

    private static void WriteTemplatePart(Utf8JsonWriter writer, string kind, string id)
    {
        writer.WriteStartObject();
        writer.WriteStartObject(kind);
        writer.WriteString("id", id);
        writer.WriteNumber("type_id", 0);
        writer.WriteEndObject();
        writer.WriteEndObject();
    }
}
