using DePinChain.Primitives;

namespace DePinChain.Modules.Sdk;

/// <summary>The parameters of a module that governance may change: one record, each number with its declared range.</summary>
/// <typeparam name="T">A record of numbers, amounts, flags and enums, each number with a <see cref="BoundsAttribute"/>.</typeparam>
/// <param name="state">The module's records.</param>
/// <param name="slot">Where the record lies.</param>
/// <param name="values">The record's codec.</param>
/// <param name="fields">Its fields in declared order.</param>
public sealed class Parameters<T>(ModuleState state, Hash256 slot, RecordCodec<T> values, IReadOnlyList<ParameterField<T>> fields)
{
    private readonly RecordCell<T> _cell = new(state, values);

    /// <summary>All parameters. Genesis writes them; reading before is an error of the module.</summary>
    /// <exception cref="Revert"><see cref="ParameterOutOfRange"/> (write only).</exception>
    public T Value
    {
        get => _cell.Read(slot);
        set
        {
            foreach (ParameterField<T> parameter in fields) parameter.Check(parameter.Read(value));
            _cell.Write(slot, value);
        }
    }

    /// <summary>Every parameter with its value and range.</summary>
    public IReadOnlyList<ModuleParameter> List()
    {
        T value = Value;
        ModuleParameter[] list = new ModuleParameter[fields.Count];
        for (int i = 0; i < list.Length; i++)
        {
            ParameterField<T> field = fields[i];
            list[i] = new ModuleParameter(field.Key, field.Type, field.Read(value), field.Min, field.Max, field.Documentation);
        }

        return list;
    }

    /// <summary>Refuses a value that <see cref="Set"/> would refuse.</summary>
    /// <exception cref="Revert"><see cref="UnknownParameter"/> or <see cref="ParameterOutOfRange"/>.</exception>
    public void Check(string key, UInt256 value) => FieldOf(key).Check(value);

    /// <summary>Changes one parameter.</summary>
    /// <exception cref="Revert"><see cref="UnknownParameter"/> or <see cref="ParameterOutOfRange"/>.</exception>
    public void Set(string key, UInt256 value)
    {
        ParameterField<T> field = FieldOf(key);
        field.Check(value);
        _cell.Write(slot, field.Replace(Value, value));
    }

    private ParameterField<T> FieldOf(string key)
    {
        foreach (ParameterField<T> field in fields)
        {
            if (string.Equals(field.Key, key, StringComparison.Ordinal)) return field;
        }

        throw Revert.With(new UnknownParameter(key));
    }
}

/// <summary>One field of a parameter record; generated.</summary>
/// <param name="Key">Its name in camel case.</param>
/// <param name="Type">Its ABI type.</param>
/// <param name="Min">The smallest allowed value.</param>
/// <param name="Max">The largest allowed value.</param>
/// <param name="Documentation">What it is, from its XML comment.</param>
/// <param name="Read">The field of a record.</param>
/// <param name="Replace">The record with another value in the field.</param>
public sealed record ParameterField<T>(
    string Key, string Type, UInt256 Min, UInt256 Max, string Documentation, Func<T, UInt256> Read, Func<T, UInt256, T> Replace)
{
    internal void Check(UInt256 value)
    {
        if (value < Min || value > Max) throw Revert.With(new ParameterOutOfRange(Key, value, Min, Max));
    }
}

/// <summary>A governed parameter as <c>depin_getParams</c> shows it.</summary>
/// <param name="Key">Its name in camel case.</param>
/// <param name="Type">Its ABI type; an amount is uint256 in wei.</param>
/// <param name="Value">The value now; a flag is 0 or 1.</param>
/// <param name="Min">The smallest value governance may set.</param>
/// <param name="Max">The largest value governance may set.</param>
/// <param name="Documentation">What it is.</param>
public sealed record ModuleParameter(string Key, string Type, UInt256 Value, UInt256 Min, UInt256 Max, string Documentation);

/// <summary>A module with governed parameters. The generator implements it where a module has a <see cref="Parameters{T}"/> slot.</summary>
public interface IModuleParameters
{
    /// <summary>Every parameter with its value and range, in declared order.</summary>
    IReadOnlyList<ModuleParameter> ListParameters();

    /// <summary>Refuses a value that <see cref="SetParameter"/> would refuse: at a proposal's submission.</summary>
    /// <exception cref="Revert"><see cref="UnknownParameter"/> or <see cref="ParameterOutOfRange"/>.</exception>
    void CheckParameter(string key, UInt256 value);

    /// <summary>Changes one parameter. Governance alone calls it.</summary>
    /// <exception cref="Revert"><see cref="UnknownParameter"/> or <see cref="ParameterOutOfRange"/>.</exception>
    void SetParameter(string key, UInt256 value);
}

/// <summary>The range of a governed parameter: what governance may set, and what genesis may.</summary>
[AttributeUsage(AttributeTargets.Parameter | AttributeTargets.Property, Inherited = false)]
public sealed class BoundsAttribute : Attribute
{
    /// <summary>A range of numbers, both ends included.</summary>
    public BoundsAttribute(ulong min, ulong max)
    {
        Min = min.ToString(System.Globalization.CultureInfo.InvariantCulture);
        Max = max.ToString(System.Globalization.CultureInfo.InvariantCulture);
    }

    /// <summary>A range of numbers beyond 64 bits in decimal digits, or of amounts such as "1.5 DPN"; both ends included.</summary>
    public BoundsAttribute(string min, string max)
    {
        Min = min;
        Max = max;
    }

    /// <summary>The smallest allowed value.</summary>
    public string Min { get; }

    /// <summary>The largest allowed value.</summary>
    public string Max { get; }
}
