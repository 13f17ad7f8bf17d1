using DePinChain.Primitives;

namespace DePinChain.Modules.Sdk;

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
    /// <summary>What is wrong with this field of a genesis section's parameters; null when nothing is.</summary>
    public GenesisFault? Fault(T record, string path)
    {
        UInt256 value = Read(record);
        return value >= Min && value <= Max ? null : new GenesisFault($"{path}.{Key}", $"{value} is not between {Min} and {Max}");
    }

    internal void Check(UInt256 value)
    {
        if (value < Min || value > Max) throw Revert.With(new ParameterOutOfRange(Key, value, Min, Max));
    }
}
