using System.Buffers;

namespace DePinChain.Network.Yamux;

/// <summary>Bytes that wait for their reader; grows with what has arrived and shrinks to nothing when it is read.</summary>
internal sealed class ByteRing
{
    private const int FirstSize = 4096;

    private byte[] _bytes = [];
    private int _start;

    public int Count { get; private set; }

    public void Append(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length > _bytes.Length - Count) Grow(Count + bytes.Length);
        int end = (_start + Count) % _bytes.Length;
        int first = Math.Min(bytes.Length, _bytes.Length - end);
        bytes[..first].CopyTo(_bytes.AsSpan(end));
        bytes[first..].CopyTo(_bytes);
        Count += bytes.Length;
    }

    /// <summary>Moves up to a destination's length out; returns how many.</summary>
    public int Take(Span<byte> destination)
    {
        int count = Math.Min(destination.Length, Count);
        if (count == 0) return 0;
        int first = Math.Min(count, _bytes.Length - _start);
        _bytes.AsSpan(_start, first).CopyTo(destination);
        _bytes.AsSpan(0, count - first).CopyTo(destination[first..]);
        _start = (_start + count) % _bytes.Length;
        Count -= count;
        if (Count == 0) Clear();
        return count;
    }

    /// <summary>Drops everything; returns how many bytes that were.</summary>
    public int Clear()
    {
        int dropped = Count;
        if (_bytes.Length > 0) ArrayPool<byte>.Shared.Return(_bytes);
        (_bytes, _start, Count) = ([], 0, 0);
        return dropped;
    }

    private void Grow(int size)
    {
        byte[] larger = ArrayPool<byte>.Shared.Rent(Math.Max(FirstSize, Math.Max(size, _bytes.Length * 2)));
        int first = Math.Min(Count, _bytes.Length - _start);
        _bytes.AsSpan(_start, first).CopyTo(larger);
        _bytes.AsSpan(0, Count - first).CopyTo(larger.AsSpan(first));
        if (_bytes.Length > 0) ArrayPool<byte>.Shared.Return(_bytes);
        (_bytes, _start) = (larger, 0);
    }
}
