using System.Globalization;
using System.Numerics;
using YamlDotNet.RepresentationModel;

namespace DePinChain.Client.Containers;

/// <summary>A mapping of a YAML file whose every wrong turn is told with its line.</summary>
internal sealed class YamlTable
{
    private readonly Dictionary<string, YamlNode> _entries = new(StringComparer.Ordinal);
    private readonly YamlNode _node;

    private YamlTable(YamlNode node) => _node = node;

    public IEnumerable<string> Keys => _entries.Keys;

    /// <param name="node">What should be a mapping.</param>
    /// <param name="what">What it is called in a complaint.</param>
    public static YamlTable Of(YamlNode node, string what)
    {
        if (node is not YamlMappingNode mapping) throw Wrong(node, $"{what} takes names and values, as in 'name: value'");
        var table = new YamlTable(node);
        foreach ((YamlNode key, YamlNode value) in mapping.Children)
        {
            string name = (key as YamlScalarNode)?.Value ?? throw Wrong(key, $"a name in {what} is a word");
            table._entries[name] = value;
        }

        return table;
    }

    /// <summary>Complains about the first name that is not among these.</summary>
    public void AllowOnly(string what, params string[] names)
    {
        foreach ((string name, YamlNode value) in _entries)
        {
            if (!names.Contains(name, StringComparer.Ordinal))
                throw Wrong(value, $"'{name}' is not known in {what}: {string.Join(", ", names)}");
        }
    }

    public YamlNode Required(string name, string what) =>
        _entries.TryGetValue(name, out YamlNode? value) ? value : throw Wrong(_node, $"{what} has no '{name}'");

    public YamlNode? Find(string name) => _entries.GetValueOrDefault(name);

    public YamlTable RequiredTable(string name, string what) => Of(Required(name, what), name);

    public YamlTable? FindTable(string name) => _entries.TryGetValue(name, out YamlNode? value) ? Of(value, name) : null;

    public string RequiredText(string name, string what) => TextOf(Required(name, what), name);

    public IReadOnlyList<string> Words(string name) =>
        _entries.TryGetValue(name, out YamlNode? value) ? [.. ListOf(value, name).Select(word => TextOf(word, name))] : [];

    public static IReadOnlyList<YamlNode> ListOf(YamlNode node, string what) => node is YamlSequenceNode list ? [.. list.Children]
        : throw Wrong(node, $"{what} takes a list: [a, b], or lines that begin with '- '");

    public static string TextOf(YamlNode node, string what) =>
        (node as YamlScalarNode)?.Value is { Length: > 0 } text ? text : throw Wrong(node, $"{what} takes a word");

    public static ulong NumberOf(YamlNode node, string what, ulong most)
    {
        string text = TextOf(node, what);
        return ulong.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out ulong number) && number <= most ? number
            : throw Wrong(node, $"{what} takes a whole number up to {most}, not '{text}'");
    }

    public static bool FlagOf(YamlNode node, string what) => TextOf(node, what) switch
    {
        "true" => true,
        "false" => false,
        var text => throw Wrong(node, $"{what} takes true or false, not '{text}'"),
    };

    /// <summary>A size such as <c>64Mi</c>, <c>1Gi</c> or <c>512M</c>, in whole MiB.</summary>
    public static ulong MiBOf(YamlNode node, string what)
    {
        string text = TextOf(node, what);
        (string Unit, BigInteger Bytes)[] units =
        [
            ("Ki", 1L << 10), ("Mi", 1L << 20), ("Gi", 1L << 30), ("Ti", 1L << 40), ("k", 1_000), ("M", 1_000_000), ("G", 1_000_000_000),
            ("T", 1_000_000_000_000), ("", 1),
        ];
        (string unit, BigInteger each) = units.First(one => text.EndsWith(one.Unit, StringComparison.Ordinal));
        if (!ulong.TryParse(text[..^unit.Length], NumberStyles.None, CultureInfo.InvariantCulture, out ulong number))
            throw Wrong(node, $"{what} takes a size such as 64Mi or 1Gi, not '{text}'");
        BigInteger bytes = number * each, whole = (bytes + (1 << 20) - 1) >> 20;
        return bytes > 0 && whole < 1UL << 32 ? (ulong)whole : throw Wrong(node, $"{what} is no size that can be: '{text}'");
    }

    public static ManifestTextException Wrong(YamlNode node, string sentence) => new((int)node.Start.Line, sentence);
}

/// <summary>A manifest's text is wrong in one place.</summary>
/// <param name="line">From 1.</param>
/// <param name="sentence">What is wrong there.</param>
public sealed class ManifestTextException(int line, string sentence) : Exception($"line {line}: {sentence}")
{
    public int Line => line;
}
