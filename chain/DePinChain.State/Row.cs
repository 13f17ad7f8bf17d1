using DePinChain.Database;

namespace DePinChain.State;

/// <summary>One change of the database; a null value deletes.</summary>
internal readonly record struct Row(Table Table, byte[] Key, byte[]? Value)
{
    public void AddTo(IWriteBatch batch)
    {
        if (Value is null)
        {
            batch.Delete(Table, Key);
        }
        else
        {
            batch.Put(Table, Key, Value);
        }
    }
}
