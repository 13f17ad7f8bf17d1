using DePinChain.Primitives;

namespace DePinChain.Modules.Sdk;

/// <summary>One module's view of the records of its scope.</summary>
/// <param name="module">The account whose storage this is.</param>
/// <param name="storage">The scope's records.</param>
public sealed class ModuleState(Address module, IModuleStorage storage)
{
    /// <summary>Bytes of the longest record; longer bodies go through <see cref="BlobMap{TKey, TValue}"/>.</summary>
    public const int RecordBytesMax = 4_096;

    /// <summary>The account whose storage this is.</summary>
    public Address Module => module;

    /// <summary>The scope's records, shared by all its modules.</summary>
    public IModuleStorage Storage => storage;

    /// <summary>The record at a location; null when there is none.</summary>
    public byte[]? Read(in Hash256 location) => storage.Read(module, location);

    /// <summary>Replaces the record at a location; an empty record is no record.</summary>
    /// <exception cref="RecordTooLargeException">More than <see cref="RecordBytesMax"/> bytes.</exception>
    public void Write(in Hash256 location, byte[] record)
    {
        if (record.Length > RecordBytesMax) throw new RecordTooLargeException(record.Length, RecordBytesMax);
        storage.Write(module, location, record.Length == 0 ? null : record);
    }

    /// <summary>Removes the record at a location, if there is one.</summary>
    public void Erase(in Hash256 location) => storage.Write(module, location, null);
}
