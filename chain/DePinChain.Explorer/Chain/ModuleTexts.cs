using System.Globalization;
using System.Text.Json.Nodes;
using DePinChain.Client;
using DePinChain.Indexer.Decoding;

namespace DePinChain.Explorer.Chain;

/// <summary>What a module's author wrote about it, and its enumerations' words: all from the node.</summary>
public static class ModuleTexts
{
    private const int TextMax = 2_000;
    private const string EnumPrefix = "enum ";

    /// <summary>What the module is for.</summary>
    public static string NoticeOf(PublishedModule module) => Read(module.Docs?["userdoc"]?["notice"]);

    /// <summary>What a function, event or error means.</summary>
    /// <param name="module">Whose.</param>
    /// <param name="kind">methods, events or errors.</param>
    /// <param name="signature">As name(types).</param>
    public static string NoticeOf(PublishedModule module, string kind, string signature)
    {
        JsonNode? entry = module.Docs?["userdoc"]?[kind]?[signature];
        return Read(entry is JsonArray list ? list.FirstOrDefault()?["notice"] : entry?["notice"]);
    }

    /// <summary>What a parameter means.</summary>
    public static string ParameterOf(PublishedModule module, string kind, string signature, string parameter) =>
        Read(module.Docs?["devdoc"]?[kind]?[signature]?["params"]?[parameter]);

    /// <summary>The word for a value of an enumeration; null when the type is none, or has no such value.</summary>
    /// <param name="module">Whose.</param>
    /// <param name="type">With or without the word enum in front, as the ABI's internal type has it.</param>
    /// <param name="value">Its number.</param>
    public static string? WordOf(PublishedModule? module, string type, string value)
    {
        string name = type.StartsWith(EnumPrefix, StringComparison.Ordinal) ? type[EnumPrefix.Length..] : type;
        return Read(module?.Docs?["enums"]?[name]?[value]) is { Length: > 0 } word ? word : null;
    }

    /// <summary>The word, or the number.</summary>
    public static string WordOf(LiveChain chain, string module, string type, long value)
    {
        string number = value.ToString(CultureInfo.InvariantCulture);
        return WordOf(chain.Codec.Directory.Find(module), type, number) ?? number;
    }

    private static string Read(JsonNode? node) =>
        node is JsonValue value && value.TryGetValue(out string? text) ? SafeText.Of(text, TextMax) : "";
}
