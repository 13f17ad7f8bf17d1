using System.Text.Json;
using System.Text.RegularExpressions;
using DePinChain.Inference.Models;

namespace DePinChain.Inference.Tokenizers;

/// <summary>Where a space is put before a part of a text; parts are what lies between added tokens.</summary>
internal enum SpacePrefix
{
    /// <summary>Nowhere.</summary>
    None,

    /// <summary>Before every part (a Prepend normalizer).</summary>
    Every,

    /// <summary>Before every part that has none.</summary>
    EveryWithout,

    /// <summary>Before the first part, when it has none.</summary>
    FirstWithout,
}

/// <summary>What a tokenizer.json says, checked: of a kind that is not run nothing is guessed, the reader names it and refuses.</summary>
internal sealed class TokenizerFile
{
    // GPT-2's expression, which ByteLevel uses when it is to split by itself (openai/gpt-2, encoder.py).
    private const string Gpt2Expression = @"'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+";
    private const int VocabularyMax = 1 << 20;
    private const int TokenLengthMax = 4096;
    private const int ExpressionsMax = 8;

    private static readonly TimeSpan SplitPatience = TimeSpan.FromSeconds(2);

    private readonly List<Regex> _splits = [];

    private TokenizerFile()
    {
    }

    internal Dictionary<string, int> Vocabulary { get; } = new(StringComparer.Ordinal);

    internal List<(string Left, string Right)> Merges { get; } = [];

    internal Dictionary<string, int> AddedTokens { get; } = new(StringComparer.Ordinal);

    internal HashSet<string> SpecialTokens { get; } = new(StringComparer.Ordinal);

    internal List<int> Before { get; } = [];

    internal List<int> After { get; } = [];

    internal bool IsByteLevel { get; private set; }

    internal SpacePrefix Prefix { get; private set; }

    internal bool ByteFallback { get; private set; }

    internal int? Unknown { get; private set; }

    internal static TokenizerFile Parse(ReadOnlyMemory<byte> json)
    {
        using JsonDocument document = ModelConfig.ParseJson(json, "tokenizer.json");
        JsonElement root = document.RootElement;
        Require(root.ValueKind == JsonValueKind.Object, "it is no object");
        TokenizerFile file = new();
        try
        {
            file.ReadModel(Property(root, "model"));
            file.ReadAdded(root);
            file.ReadNormalizer(Property(root, "normalizer"));
            file.ReadSplitting(Property(root, "pre_tokenizer"));
            file.ReadTemplate(Property(root, "post_processor"));
        }
        catch (InvalidOperationException error)
        {
            // A value of another JSON type than the field's.
            throw Bad(error.Message);
        }

        return file;
    }

    /// <summary>The pieces of a text; what an expression does not match is a piece too.</summary>
    internal IEnumerable<string> Split(string text)
    {
        IEnumerable<string> pieces = [text];
        foreach (Regex split in _splits) pieces = pieces.SelectMany(piece => Isolate(split, piece)).ToList();
        return pieces;
    }

    private static List<string> Isolate(Regex split, string text)
    {
        List<string> pieces = [];
        int done = 0;
        foreach (Match match in split.Matches(text))
        {
            if (match.Length == 0) continue;
            if (match.Index > done) pieces.Add(text[done..match.Index]);
            pieces.Add(match.Value);
            done = match.Index + match.Length;
        }

        if (done < text.Length) pieces.Add(text[done..]);
        return pieces;
    }

    private void ReadModel(JsonElement model)
    {
        Require(model.ValueKind == JsonValueKind.Object, "it has no model");
        string type = Text(model, "type", "BPE");
        Require(type == "BPE", $"model type {type} is not run; BPE is");
        JsonElement vocabulary = Property(model, "vocab");
        Require(vocabulary.ValueKind == JsonValueKind.Object, "its vocab is no object");
        HashSet<int> ids = [];
        foreach (JsonProperty token in vocabulary.EnumerateObject())
        {
            Require(Vocabulary.Count < VocabularyMax && token.Name.Length <= TokenLengthMax, "its vocabulary is too large");
            Require(token.Value.TryGetInt32(out int id) && id is >= 0 and < VocabularyMax && ids.Add(id),
                $"token {token.Name} has a wrong id");
            Require(Vocabulary.TryAdd(token.Name, token.Value.GetInt32()), $"token {token.Name} stands twice");
        }

        JsonElement merges = Property(model, "merges");
        Require(merges.ValueKind == JsonValueKind.Array && merges.GetArrayLength() <= VocabularyMax, "its merges are no list, or too long");
        foreach (JsonElement merge in merges.EnumerateArray()) Merges.Add(MergeOf(merge));
        ByteFallback = Flag(model, "byte_fallback");
        if (Text(model, "unk_token", "") is { Length: > 0 } unknown && Vocabulary.TryGetValue(unknown, out int place)) Unknown = place;
    }

    // Older files write "a b", newer ones ["a", "b"].
    private static (string Left, string Right) MergeOf(JsonElement merge)
    {
        if (merge.ValueKind == JsonValueKind.Array && merge.GetArrayLength() == 2) return (merge[0].GetString() ?? "",
            merge[1].GetString() ?? "");
        string[] parts = merge.GetString()?.Split(' ') ?? [];
        Require(parts.Length == 2, "a merge is no pair");
        return (parts[0], parts[1]);
    }

    private void ReadAdded(JsonElement root)
    {
        JsonElement added = Property(root, "added_tokens");
        if (added.ValueKind != JsonValueKind.Array) return;
        foreach (JsonElement token in added.EnumerateArray())
        {
            string content = Text(token, "content", "");
            Require(content.Length is > 0 and <= TokenLengthMax && AddedTokens.Count < 65_536,
                "an added token has no text, or there are too many");
            Require(Property(token, "id").TryGetInt32(out int id) && id is >= 0 and < VocabularyMax,
                $"added token {content} has a wrong id");
            AddedTokens[content] = id;
            if (Flag(token, "special")) SpecialTokens.Add(content);
        }
    }

    private void ReadNormalizer(JsonElement normalizer)
    {
        foreach (JsonElement step in Steps(normalizer, "normalizers"))
        {
            string type = Text(step, "type", "");
            switch (type)
            {
                case "Prepend" when Text(step, "prepend", "") == "▁":
                    Prefix = SpacePrefix.Every;
                    break;
                case "Replace" when Text(step, "content", "") == "▁" && Text(Property(step, "pattern"), "String", "") == " ":
                    break;
                default:
                    throw Bad($"normalizer {type} is not run");
            }
        }
    }

    private void ReadSplitting(JsonElement splitting)
    {
        foreach (JsonElement step in Steps(splitting, "pretokenizers"))
        {
            string type = Text(step, "type", "");
            switch (type)
            {
                case "ByteLevel":
                    IsByteLevel = true;
                    Prefix = Flag(step, "add_prefix_space") ? SpacePrefix.EveryWithout : SpacePrefix.None;
                    if (!step.TryGetProperty("use_regex",
                        out JsonElement use) || use.ValueKind == JsonValueKind.True) AddSplit(Gpt2Expression);
                    break;
                case "Split" when Text(step, "behavior", "") == "Isolated" && !Flag(step, "invert"):
                    AddSplit(Text(Property(step, "pattern"), "Regex", ""));
                    break;
                case "Metaspace":
                    Prefix = Text(step, "prepend_scheme", "always") switch
                    {
                        "never" => SpacePrefix.None,
                        "first" => SpacePrefix.FirstWithout,
                        _ => SpacePrefix.EveryWithout,
                    };
                    break;
                default:
                    throw Bad($"pre_tokenizer {type} is not run");
            }
        }
    }

    private void AddSplit(string expression)
    {
        Require(expression.Length is > 0 and <= 4096 && _splits.Count < ExpressionsMax, "an expression that splits is empty or too long");
        try
        {
            _splits.Add(new Regex(expression, RegexOptions.CultureInvariant, SplitPatience));
        }
        catch (ArgumentException error)
        {
            throw Bad($"its expression does not parse: {error.Message}");
        }
    }

    private void ReadTemplate(JsonElement processor)
    {
        foreach (JsonElement step in Steps(processor, "processors"))
        {
            string type = Text(step, "type", "");
            if (type == "ByteLevel") continue;
            Require(type == "TemplateProcessing", $"post_processor {type} is not run");
            bool after = false;
            JsonElement single = Property(step, "single");
            Require(single.ValueKind == JsonValueKind.Array, "its template is no list");
            foreach (JsonElement part in single.EnumerateArray())
            {
                if (part.TryGetProperty("Sequence", out _)) after = true;
                if (!part.TryGetProperty("SpecialToken", out JsonElement special)) continue;
                string name = Text(special, "id", "");
                int? id = AddedTokens.TryGetValue(name, out int added) ? added : Vocabulary.TryGetValue(name, out int known) ? known : null;
                Require(id is not null, $"its template names {name}, which is no token");
                (after ? After : Before).Add(id!.Value);
            }
        }
    }

    private static List<JsonElement> Steps(JsonElement element, string list)
    {
        if (element.ValueKind != JsonValueKind.Object) return [];
        if (Text(element, "type", "") != "Sequence") return [element];
        JsonElement steps = Property(element, list);
        Require(steps.ValueKind == JsonValueKind.Array && steps.GetArrayLength() <= 16, $"{list} is no short list");
        return [.. steps.EnumerateArray()];
    }

    private static JsonElement Property(JsonElement element, string name) =>
        element.ValueKind == JsonValueKind.Object && element.TryGetProperty(name, out JsonElement value) ? value : default;

    private static bool Flag(JsonElement element, string name) => Property(element, name).ValueKind == JsonValueKind.True;

    private static string Text(JsonElement element, string name, string missing) =>
        Property(element, name) is { ValueKind: JsonValueKind.String } value ? value.GetString() ?? missing : missing;

    private static void Require(bool condition, string what)
    {
        if (!condition) throw Bad(what);
    }

    private static InferenceException Bad(string what) => new(InferenceFault.Tokenizer, $"tokenizer.json: {what}.");
}
