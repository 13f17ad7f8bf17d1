using System.Buffers.Binary;

namespace DePinChain.State;

/// <summary>
/// Keys of the tables that hold the past. In the history index a flat key is followed by the height that overwrote its value, so the value
/// at height h is under the first key after h. Eras come first: the oldest goes with one range deletion instead of one deletion per key.
/// </summary>
internal static class HistoryKeys
{
    private const byte AccountKind = 0;
    private const byte RecordKind = 1;

    /// <summary>Era (4), kind (1), flat key (32 or 64), height (8).</summary>
    public static byte[] OfValue(ulong era, ReadOnlySpan<byte> flatKey, ulong height)
    {
        byte[] key = new byte[13 + flatKey.Length];
        WritePrefix(key, era, flatKey, flatKey.Length == Primitives.Hash256.Size);
        BinaryPrimitives.WriteUInt64BigEndian(key.AsSpan(5 + flatKey.Length), height);
        return key;
    }

    /// <summary>
    /// The part before the height; also for the first bytes of a flat key when <paramref name="ofAccount"/> says which table.
    /// </summary>
    public static byte[] OfPrefix(ulong era, ReadOnlySpan<byte> flatKey, bool ofAccount)
    {
        byte[] key = new byte[5 + flatKey.Length];
        WritePrefix(key, era, flatKey, ofAccount);
        return key;
    }

    public static byte[] OfEra(ulong era)
    {
        byte[] key = new byte[4];
        BinaryPrimitives.WriteUInt32BigEndian(key, checked((uint)era));
        return key;
    }

    /// <summary>
    /// Height (8), 0 for the account trie or 1 for a storage trie, then the page's key: where a row of page diffs begins.
    /// </summary>
    public static byte[] OfPage(ulong height, bool isStorage, ReadOnlySpan<byte> pageKey)
    {
        byte[] key = new byte[9 + pageKey.Length];
        BinaryPrimitives.WriteUInt64BigEndian(key, height);
        key[8] = isStorage ? (byte)1 : (byte)0;
        pageKey.CopyTo(key.AsSpan(9));
        return key;
    }

    /// <summary>Height (8), then 0xff: the pages that height removed.</summary>
    public static byte[] OfRemovals(ulong height)
    {
        byte[] key = new byte[9];
        BinaryPrimitives.WriteUInt64BigEndian(key, height);
        key[8] = 0xff;
        return key;
    }

    private static void WritePrefix(Span<byte> key, ulong era, ReadOnlySpan<byte> flatKey, bool ofAccount)
    {
        BinaryPrimitives.WriteUInt32BigEndian(key, checked((uint)era));
        key[4] = ofAccount ? AccountKind : RecordKind;
        flatKey.CopyTo(key[5..]);
    }
}
