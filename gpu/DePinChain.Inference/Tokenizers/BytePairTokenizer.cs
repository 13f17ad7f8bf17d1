using System.Text;
using System.Text.RegularExpressions;

namespace DePinChain.Inference.Tokenizers;

/// <summary>
/// The tokenizers of Hugging Face Llama folders (tokenizer.json): byte-level pairs with a splitting expression (GPT-2, Llama 3), or pairs
/// over characters with "▁" for spaces and bytes as a last resort (Llama 2).
/// </summary>
public sealed class BytePairTokenizer
{
    /// <summary>Characters of a text that is tokenized.</summary>
    public const int TextLengthMax = 1 << 20;

    private readonly TokenizerFile _file;
    private readonly MergeTable _table;
    private readonly Dictionary<int, string> _texts = [];
    private readonly Regex? _added;

    private BytePairTokenizer(TokenizerFile file)
    {
        _file = file;
        _table = new MergeTable(file.Vocabulary, file.Merges);
        foreach ((string text, int id) in file.Vocabulary) _texts[id] = text;
        foreach ((string text, int id) in file.AddedTokens) _texts[id] = text;
        if (file.AddedTokens.Count > 0)
        {
            // The longest first: the expression takes the first that fits.
            IEnumerable<string> literals = file.AddedTokens.Keys.OrderByDescending(static text => text.Length)
                .ThenBy(static text => text, StringComparer.Ordinal).Select(Regex.Escape);
            _added = new Regex($"({string.Join('|', literals)})", RegexOptions.CultureInvariant | RegexOptions.NonBacktracking);
        }
    }

    /// <summary>Tokens, the added ones included.</summary>
    public int Size => _texts.Count;

    /// <summary>Reads a tokenizer.json.</summary>
    /// <exception cref="InferenceException">It is of a kind this engine does not run; the message names it.</exception>
    public static BytePairTokenizer Parse(ReadOnlyMemory<byte> json) => new(TokenizerFile.Parse(json));

    /// <summary>The token of a special text, or null.</summary>
    public int? FindToken(string text) => _file.AddedTokens.TryGetValue(text, out int id) ? id : _table.Find(text);

    /// <summary>The tokens of a text.</summary>
    /// <param name="text">At most 2^20 characters.</param>
    /// <param name="special">Whether the tokens that the file puts around a text are added, such as the one that begins it.</param>
    /// <exception cref="InferenceException">The text is too long, or cannot be tokenized.</exception>
    public IReadOnlyList<int> Encode(string text, bool special = true)
    {
        InferenceException.Require(
            text.Length <= TextLengthMax, InferenceFault.Tokenizer, $"A text has at most {TextLengthMax} characters, not {text.Length}.");
        List<int> tokens = special ? [.. _file.Before] : [];
        try
        {
            bool first = true;
            foreach ((string part, int? token) in SplitAdded(text))
            {
                if (token is { } id) tokens.Add(id);
                else if (part.Length > 0) EncodePart(part, first, tokens);
                first = false;
            }
        }
        catch (RegexMatchTimeoutException)
        {
            throw new InferenceException(InferenceFault.Tokenizer,
                "Splitting the text takes too long: the tokenizer's expression is unfit for it.");
        }

        if (special) tokens.AddRange(_file.After);
        return tokens;
    }

    /// <summary>The text of tokens; bytes that are no UTF-8 become replacement characters.</summary>
    /// <param name="tokens">The tokens.</param>
    /// <param name="skipSpecial">Whether special tokens are left out.</param>
    public string Decode(IEnumerable<int> tokens, bool skipSpecial = true)
    {
        List<byte> bytes = [];
        foreach (int token in tokens) bytes.AddRange(BytesOf(token, skipSpecial));
        string text = Encoding.UTF8.GetString([.. bytes]);
        return _file.IsByteLevel || _file.Prefix == SpacePrefix.None || !text.StartsWith(' ') ? text : text[1..];
    }

    /// <summary>The bytes of one token: what a stream sends on. A character may need several tokens.</summary>
    public byte[] BytesOf(int token, bool skipSpecial = true)
    {
        if (!_texts.TryGetValue(token, out string? text)) return [];
        if (_file.AddedTokens.ContainsKey(text)) return skipSpecial && _file.SpecialTokens.Contains(text) ? []
            : Encoding.UTF8.GetBytes(text);
        if (_file.IsByteLevel)
        {
            byte[] bytes = new byte[text.Length];
            for (int at = 0; at < text.Length; at++)
                if (!ByteAlphabet.TryByteOf(text[at], out bytes[at])) return Encoding.UTF8.GetBytes(text);
            return bytes;
        }

        if (text.Length == 6 && text.StartsWith("<0x", StringComparison.Ordinal) && text[5] == '>'
            && byte.TryParse(text.AsSpan(3, 2), System.Globalization.NumberStyles.HexNumber, null, out byte value))
            return [value];
        return Encoding.UTF8.GetBytes(text.Replace('▁', ' '));
    }

    private IEnumerable<(string Part, int? Token)> SplitAdded(string text)
    {
        int done = 0;
        if (_added is not null)
        {
            foreach (Match match in _added.Matches(text))
            {
                yield return (text[done..match.Index], null);
                string added = text.Substring(match.Index, match.Length);
                yield return (added, _file.AddedTokens[added]);
                done = match.Index + match.Length;
            }
        }

        yield return (text[done..], null);
    }

    private void EncodePart(string part, bool first, List<int> tokens)
    {
        if (!_file.IsByteLevel)
        {
            // Llama 2: the whole part is one piece.
            _table.Encode(Prefixed(part, first).Replace(' ', '▁'), _file.ByteFallback, _file.Unknown, tokens);
            return;
        }

        StringBuilder letters = new();
        foreach (string piece in _file.Split(Prefixed(part, first)))
        {
            letters.Clear();
            foreach (byte value in Encoding.UTF8.GetBytes(piece)) letters.Append(ByteAlphabet.LetterOf(value));
            _table.Encode(letters.ToString(), byteFallback: false, _file.Unknown, tokens);
        }
    }

    private string Prefixed(string part, bool first) => _file.Prefix switch
    {
        SpacePrefix.Every => " " + part,
        SpacePrefix.EveryWithout when !part.StartsWith(' ') => " " + part,
        SpacePrefix.FirstWithout when first && !part.StartsWith(' ') => " " + part,
        _ => part,
    };
}
