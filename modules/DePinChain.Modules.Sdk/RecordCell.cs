using System.Diagnostics.CodeAnalysis;
using DePinChain.Primitives;

namespace DePinChain.Modules.Sdk;

/// <summary>Reads and writes values of one type at locations of one module: what all collections share.</summary>
internal readonly struct RecordCell<TValue>(ModuleState state, RecordCodec<TValue> codec)
{
    public ModuleState State => state;

    public bool Exists(in Hash256 location) => state.Read(location) is not null;

    public bool TryRead(in Hash256 location, [MaybeNullWhen(false)] out TValue value)
    {
        byte[]? record = state.Read(location);
        value = record is null ? default : codec.Decode(record);
        return record is not null;
    }

    /// <summary>The value, zero where that is what absence means.</summary>
    public TValue Read(in Hash256 location)
    {
        byte[]? record = state.Read(location);
        if (record is null && !codec.AbsentIsZero) throw new KeyNotFoundException($"No {typeof(TValue).Name} is stored here.");
        return codec.Decode(record);
    }

    /// <summary>The value of an element that is known to exist: absence is a packed value of zeros.</summary>
    public TValue ReadElement(in Hash256 location) => codec.Decode(state.Read(location));

    /// <summary>Writes the value and tells whether a record is there now: not for a packed value of zeros.</summary>
    public bool Write(in Hash256 location, TValue value)
    {
        byte[] record = codec.Encode(value);
        state.Write(location, record);
        return record.Length > 0;
    }
}
