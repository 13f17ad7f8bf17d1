using System.Text;
using DePinChain.Inference.Tokenizers;

namespace DePinChain.Miners.OpenAi;

/// <summary>
/// Tokens as text, piece by piece: a character that needs several tokens waits for the last of them, and what may become a stop text waits
/// until it is clear.
/// </summary>
internal sealed class TextFlow(BytePairTokenizer tokenizer, IReadOnlyList<string> stops)
{
    private readonly Decoder _decoder = Encoding.UTF8.GetDecoder();
    private readonly StringBuilder _held = new();
    private readonly int _holdBack = stops.Select(static stop => stop.Length - 1).DefaultIfEmpty(0).Max();

    /// <summary>Whether a stop text has come: nothing follows.</summary>
    public bool IsStopped { get; private set; }

    public int Tokens { get; private set; }

    /// <summary>The text that is certain after these tokens.</summary>
    public string Add(IEnumerable<int> tokens)
    {
        foreach (int token in tokens)
        {
            Tokens++;
            Append(tokenizer.BytesOf(token), flush: false);
        }

        return Take(_holdBack);
    }

    /// <summary>What was held back.</summary>
    public string Finish()
    {
        Append([], flush: true);
        return Take(0);
    }

    private void Append(byte[] bytes, bool flush)
    {
        char[] letters = new char[_decoder.GetCharCount(bytes, flush)];
        _decoder.GetChars(bytes, letters, flush);
        _held.Append(letters);
    }

    private string Take(int back)
    {
        if (IsStopped) return "";
        string text = _held.ToString();
        int end = stops.Select(stop => text.IndexOf(stop, StringComparison.Ordinal)).Where(static at => at >= 0)
            .DefaultIfEmpty(-1).Min();
        if (end >= 0) IsStopped = true;
        else end = Math.Max(0, text.Length - back);
        _held.Remove(0, end);
        return text[..end];
    }
}
