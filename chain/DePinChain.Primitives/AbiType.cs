using System.Globalization;

namespace DePinChain.Primitives;

/// <summary>What a type of the contract ABI is made of.</summary>
public enum AbiKind
{
    UnsignedInteger = 1,
    SignedInteger = 2,
    Bool = 3,
    Address = 4,
    FixedBytes = 5,
    Bytes = 6,
    String = 7,
    Array = 8,
    FixedArray = 9,
    Tuple = 10,
}

/// <summary>A type of the contract ABI, known at run time: what wallets, the command line and the explorer read from a JSON ABI.</summary>
/// <remarks>At most eight arrays and tuples inside each other, so the codec's recursion is bounded by the type and never by data.</remarks>
public sealed class AbiType : IEquatable<AbiType>
{
    private const int HeadWordsMax = 1 << 20;

    private readonly string _canonical;

    internal AbiType(AbiKind kind, string canonical, int size, AbiType? element, IReadOnlyList<AbiType> components)
    {
        Kind = kind;
        _canonical = canonical;
        Size = size;
        Element = element;
        Components = components;
        int inner = 0;
        foreach (AbiType part in element is null ? components : [element]) inner = Math.Max(inner, part.Nesting);
        Nesting = kind >= AbiKind.Array ? inner + 1 : 0;
        if (Nesting > AbiReader.NestingMax)
            throw new AbiException($"{canonical} has more than {AbiReader.NestingMax} arrays and tuples inside each other.");
        IsDynamic = kind is AbiKind.Bytes or AbiKind.String or AbiKind.Array
            || (kind == AbiKind.FixedArray && element!.IsDynamic) // A fixed array has an element.
            || (kind == AbiKind.Tuple && components.Any(component => component.IsDynamic));
        long words = kind switch
        {
            AbiKind.FixedArray => (long)size * element!.HeadWordsInParent,
            AbiKind.Tuple => components.Sum(component => (long)component.HeadWordsInParent),
            _ => 1,
        };
        FrameWords = words <= HeadWordsMax ? (int)words : throw new AbiException($"{canonical} has more than {HeadWordsMax} words.");
    }

    public AbiKind Kind { get; }

    /// <summary>Bits of an integer, bytes of bytes1 … bytes32, elements of a fixed array; 0 for the other kinds.</summary>
    public int Size { get; }

    /// <summary>The type of an array's elements, null for the other kinds.</summary>
    public AbiType? Element { get; }

    /// <summary>The types of a tuple's components; empty for the other kinds.</summary>
    public IReadOnlyList<AbiType> Components { get; }

    /// <summary>True when the value lies in the tail, behind an offset.</summary>
    public bool IsDynamic { get; }

    /// <summary>Words that the value takes in its parent's head: one when dynamic.</summary>
    public int HeadWordsInParent => IsDynamic ? 1 : FrameWords;

    // Words in the head of a tuple's or fixed array's own frame; 1 for the other kinds.
    internal int FrameWords { get; }

    private int Nesting { get; }

    /// <summary>
    /// Reads a canonical type: <c>uint256</c>, <c>(address,uint64)[]</c>, <c>bytes</c>, <c>string[2]</c>. No aliases, names or spaces.
    /// </summary>
    /// <exception cref="AbiException">Not a type.</exception>
    public static AbiType Parse(string canonical)
    {
        int position = 0;
        AbiType type = ParseAt(canonical, ref position, depth: 0);
        return position == canonical.Length ? type : throw NotAType(canonical);
    }

    /// <summary>The canonical text, as it stands in a signature.</summary>
    public override string ToString() => _canonical;

    public bool Equals(AbiType? other) => other is not null && string.Equals(_canonical, other._canonical, StringComparison.Ordinal);

    public override bool Equals(object? obj) => Equals(obj as AbiType);

    public override int GetHashCode() => _canonical.GetHashCode(StringComparison.Ordinal);

    private static AbiType ParseAt(string text, ref int position, int depth)
    {
        if (depth > AbiReader.NestingMax) throw NotAType(text);
        AbiType type = position < text.Length && text[position] == '('
            ? ParseTuple(text, ref position, depth)
            : ParseElementary(text, ref position);
        while (position < text.Length && text[position] == '[') type = ParseArray(text, ref position, type);
        return type;
    }

    private static AbiType ParseTuple(string text, ref int position, int depth)
    {
        List<AbiType> components = [];
        do
        {
            position++; // The opening parenthesis or a comma.
            components.Add(ParseAt(text, ref position, depth + 1));
        }
        while (position < text.Length && text[position] == ',');

        if (position >= text.Length || text[position] != ')') throw NotAType(text);
        position++;
        return new AbiType(AbiKind.Tuple, $"({string.Join(',', components)})", 0, null, components);
    }

    private static AbiType ParseArray(string text, ref int position, AbiType element)
    {
        int end = text.IndexOf(']', position);
        if (end < 0) throw NotAType(text);
        string length = text[(position + 1)..end];
        position = end + 1;
        if (length.Length == 0) return new AbiType(AbiKind.Array, $"{element}[]", 0, element, []);
        return TryParseSize(length, HeadWordsMax, out int count)
            ? new AbiType(AbiKind.FixedArray, $"{element}[{count}]", count, element, [])
            : throw NotAType(text);
    }

    private static AbiType ParseElementary(string text, ref int position)
    {
        int start = position;
        while (position < text.Length && char.IsAsciiLetterOrDigit(text[position])) position++;
        string name = text[start..position];
        return name switch
        {
            "bool" => Elementary(AbiKind.Bool, name),
            "address" => Elementary(AbiKind.Address, name),
            "bytes" => Elementary(AbiKind.Bytes, name),
            "string" => Elementary(AbiKind.String, name),
            _ when name.StartsWith("uint", StringComparison.Ordinal) => Sized(AbiKind.UnsignedInteger, name, name[4..], 256),
            _ when name.StartsWith("int", StringComparison.Ordinal) => Sized(AbiKind.SignedInteger, name, name[3..], 256),
            _ when name.StartsWith("bytes", StringComparison.Ordinal) => Sized(AbiKind.FixedBytes, name, name[5..], 32),
            _ => throw NotAType(text),
        };
    }

    private static AbiType Sized(AbiKind kind, string name, string digits, int max)
    {
        bool isSize = TryParseSize(digits, max, out int size) && (kind == AbiKind.FixedBytes || size % 8 == 0);
        return isSize ? new AbiType(kind, name, size, null, []) : throw NotAType(name);
    }

    private static AbiType Elementary(AbiKind kind, string name) => new(kind, name, 0, null, []);

    private static bool TryParseSize(string digits, int max, out int size) =>
        int.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out size)
        && digits[0] != '0' && size <= max;

    private static AbiException NotAType(string text) =>
        new($"\"{text}\" is not a canonical ABI type, as uint256, (address,uint64)[] or string[2].");
}
