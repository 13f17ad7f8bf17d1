using System.Buffers.Binary;
using DePinChain.Primitives;

namespace DePinChain.Client;

/// <summary>Indexed values of events as the topics that a search for logs takes.</summary>
public static class LogTopic
{
    public static Hash256 Of(ulong number)
    {
        byte[] word = new byte[Hash256.Size];
        BinaryPrimitives.WriteUInt64BigEndian(word.AsSpan(Hash256.Size - sizeof(ulong)), number);
        return new Hash256(word);
    }

    public static Hash256 Of(Address account)
    {
        byte[] word = new byte[Hash256.Size];
        account.CopyTo(word.AsSpan(Hash256.Size - Address.Size));
        return new Hash256(word);
    }
}
