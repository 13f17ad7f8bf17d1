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

    /// <summary>The stored record; null before genesis.</summary>
    public byte[]? Record => state.Read(slot);

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
