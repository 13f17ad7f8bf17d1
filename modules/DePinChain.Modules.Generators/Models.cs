namespace DePinChain.Modules.Generators;

/// <summary>What a value is on the ABI and in a record.</summary>
internal enum ValueKind
{
    Bool,
    Unsigned,
    Signed,
    UInt256,
    Amount,
    Address,
    Hash,
    Enum,
    Bytes,
    String,
    Array,
    Record,
}

/// <summary>A type of the ABI: everything the emitters need, without a symbol.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="CSharp">Fully qualified C# type.</param>
/// <param name="Name">Bare name of a record or enum, else empty.</param>
/// <param name="Canonical">Canonical ABI type: tuples in parentheses.</param>
/// <param name="Size">Bytes in a record; 0 when not elementary.</param>
/// <param name="IsDynamic">True when it lies in the ABI's tail.</param>
/// <param name="HeadWords">Words in the ABI's head.</param>
internal sealed record AbiValue(ValueKind Kind, string CSharp, string Name, string Canonical, int Size, bool IsDynamic, int HeadWords)
{
    /// <summary>An array's element.</summary>
    public AbiValue? Element { get; init; }

    /// <summary>A record's fields in declared order.</summary>
    public EquatableList<Field> Fields { get; init; } = EquatableList<Field>.Empty;

    /// <summary>An enum's members.</summary>
    public EquatableList<EnumMember> Members { get; init; } = EquatableList<EnumMember>.Empty;

    /// <summary>True for an enum whose members combine.</summary>
    public bool IsFlags { get; init; }

    /// <summary>The version byte that [Record] asks for; 0 without it.</summary>
    public byte Version { get; init; }

    /// <summary>Fits a C# identifier and is the same for equal types only.</summary>
    public string Identifier { get; init; } = "";

    public bool IsElementary => Size > 0;
}

internal sealed record EnumMember(string Name, byte Value);

/// <summary>A function's input, a field of a record, event or error.</summary>
/// <param name="Name">C# name.</param>
/// <param name="AbiName">Name in JSON.</param>
/// <param name="Type">Its type.</param>
/// <param name="Limit">Declared limit of a length; 0 for the default.</param>
/// <param name="IsIndexed">True for an event's topic.</param>
/// <param name="Documentation">Plain text.</param>
internal sealed record Field(string Name, string AbiName, AbiValue Type, int Limit, bool IsIndexed, string Documentation)
{
    /// <summary>Range of a governed parameter, in decimal digits; null without one.</summary>
    public string? Min { get; init; }

    /// <inheritdoc cref="Min"/>
    public string? Max { get; init; }
}

internal enum Mutability
{
    View,
    NonPayable,
    Payable,
}

/// <summary>A function of a module.</summary>
/// <param name="Method">C# name.</param>
/// <param name="AbiName">Name in JSON.</param>
/// <param name="Signature">Canonical signature.</param>
/// <param name="Selector">First four bytes of its hash.</param>
/// <param name="Mutability">What it may do.</param>
/// <param name="TakesBlock">True for a view whose first parameter is the block.</param>
/// <param name="Inputs">Parameters after the context.</param>
/// <param name="Outputs">Nothing, one value, or a tuple's elements.</param>
/// <param name="ReturnsTuple">True when the outputs are a C# tuple's elements.</param>
/// <param name="Gas">Charged before it runs.</param>
/// <param name="Since">Fork from which it exists.</param>
/// <param name="Until">Fork from which it does not.</param>
/// <param name="Docs">Its comment.</param>
internal sealed record Function(
    string Method,
    string AbiName,
    string Signature,
    uint Selector,
    Mutability Mutability,
    bool TakesBlock,
    EquatableList<Field> Inputs,
    EquatableList<Field> Outputs,
    bool ReturnsTuple,
    ulong Gas,
    string? Since,
    string? Until,
    Docs Docs);

/// <summary>An event or error.</summary>
/// <param name="Type">Where the codec goes.</param>
/// <param name="Name">Name in JSON.</param>
/// <param name="Signature">Canonical signature.</param>
/// <param name="Fields">Fields in declared order.</param>
/// <param name="Module">Fully qualified name of the one module it belongs to; empty for all of its namespace.</param>
/// <param name="Docs">Its comment.</param>
/// <param name="Problems">What is wrong; nothing is emitted then.</param>
internal sealed record Message(
    TypePlace Type, string Name, string Signature, EquatableList<Field> Fields, string Module, Docs Docs, EquatableList<Problem> Problems);

/// <summary>A type that gets another part.</summary>
/// <param name="Namespace">Its namespace; empty for the global one.</param>
/// <param name="Name">Its name.</param>
/// <param name="IsPublic">Whether what is generated beside it is public.</param>
internal sealed record TypePlace(string Namespace, string Name, bool IsPublic)
{
    public string FullName => Namespace.Length == 0 ? Name : Namespace + "." + Name;
}

internal enum CollectionKind
{
    Map,
    CountedMap,
    Item,
    Set,
    SetMap,
    Schedule,
    Sequence,
    BlobMap,
    Parameters,
}

/// <summary>A collection at a slot.</summary>
/// <param name="Property">C# name.</param>
/// <param name="Modifiers">Accessibility as declared.</param>
/// <param name="CSharp">The property's type.</param>
/// <param name="Kind">Which collection.</param>
/// <param name="Number">Its slot.</param>
/// <param name="Keys">One to three key types; none without a key.</param>
/// <param name="Value">The value's type; null for a sequence.</param>
internal sealed record Slot(
    string Property, string Modifiers, string CSharp, CollectionKind Kind, int Number, EquatableList<AbiValue> Keys, AbiValue? Value);

/// <summary>A class with slots that a module has as a part.</summary>
internal sealed record Part(TypePlace Type, string State, EquatableList<Slot> Slots, EquatableList<Problem> Problems);

/// <summary>A module.</summary>
/// <param name="Type">The class.</param>
/// <param name="Name">Name in the catalog.</param>
/// <param name="Address">0x and 40 digits; empty when each instance has its own.</param>
/// <param name="State">The expression that holds its ModuleState; empty without one.</param>
/// <param name="Slots">Its own slots.</param>
/// <param name="PartSlots">The slots of its parts.</param>
/// <param name="Functions">Its functions in declared order.</param>
/// <param name="Docs">Its comment.</param>
/// <param name="Problems">What is wrong; nothing is emitted when it is an error of form.</param>
internal sealed record Module(
    TypePlace Type,
    string Name,
    string Address,
    string State,
    EquatableList<Slot> Slots,
    EquatableList<Slot> PartSlots,
    EquatableList<Function> Functions,
    Docs Docs,
    EquatableList<Problem> Problems);

/// <summary>An XML comment as plain text.</summary>
internal sealed record Docs(string Summary, string Remarks, EquatableList<NamedText> Parameters, string Returns)
{
    public static readonly Docs None = new("", "", EquatableList<NamedText>.Empty, "");

    public string Of(string parameter)
    {
        foreach (NamedText text in Parameters)
        {
            if (text.Name == parameter) return text.Text;
        }

        return "";
    }
}

internal sealed record NamedText(string Name, string Text);
