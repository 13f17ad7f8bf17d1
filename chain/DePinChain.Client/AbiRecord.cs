using DePinChain.Primitives;

namespace DePinChain.Client;

/// <summary>Values that a view or an event gave, by the names of the ABI.</summary>
/// <param name="fields">What they are called.</param>
/// <param name="values">As the codec decodes them: integers as <see cref="UInt256"/>, bytes as arrays, tuples as object arrays.</param>
public sealed class AbiRecord(IReadOnlyList<AbiParameter> fields, IReadOnlyList<object?> values)
{
    public IReadOnlyList<object?> Values => values;

    public Address Address(string name) => (Address)this[name]!; // the ABI says so, as in the lines below

    public UInt256 Number(string name) => (UInt256)this[name]!;

    /// <summary>A number that fits 64 bits by its type.</summary>
    public ulong Count(string name) => (ulong)Number(name);

    public string Text(string name) => (string)this[name]!;

    public bool Flag(string name) => (bool)this[name]!;

    public byte[] Bytes(string name) => (byte[])this[name]!;

    public Hash256 Hash(string name) => new((byte[])this[name]!);

    public IReadOnlyList<object?> List(string name) => (object?[])this[name]!;

    public Amount Amount(string name) => Primitives.Amount.TryFrom(Number(name), out Amount amount) ? amount : Primitives.Amount.Zero;

    /// <summary>A tuple inside.</summary>
    public AbiRecord Record(string name)
    {
        int index = IndexOf(name);
        return new AbiRecord(fields[index].Components, (object?[])values[index]!);
    }

    /// <summary>The tuples of an array.</summary>
    public IReadOnlyList<AbiRecord> Records(string name)
    {
        int index = IndexOf(name);
        return [.. ((object?[])values[index]!).Select(tuple => new AbiRecord(fields[index].Components, (object?[])tuple!))];
    }

    public object? this[string name] => values[IndexOf(name)];

    private int IndexOf(string name)
    {
        for (int index = 0; index < fields.Count; index++)
        {
            if (string.Equals(fields[index].Name, name, StringComparison.OrdinalIgnoreCase)) return index;
        }

        throw new OtherAbiException($"there is no '{name}' among {string.Join(", ", fields.Select(field => field.Name))}");
    }
}
