using System.Buffers;

namespace DePinChain.Rpc.Protocol;

/// <summary>The bytes of a response: grows in pooled steps, ends at a bound, and can be cut back to a mark.</summary>
/// <remarks>Not thread-safe: one request owns it at a time.</remarks>
internal sealed class ResponseBuffer(int sizeMax) : IBufferWriter<byte>, IDisposable
{
    private const int InitialSize = 4 * 1024;

    /// <summary>A buffer that grew beyond this is given back rather than kept for the next request.</summary>
    private const int KeptSize = 256 * 1024;

    private byte[] _bytes = ArrayPool<byte>.Shared.Rent(InitialSize);
    private int _length;

    public int Length => _length;

    public ReadOnlyMemory<byte> Written => _bytes.AsMemory(0, _length);

    /// <summary>Bytes that still fit; a batch shares one bound.</summary>
    public int Remaining => sizeMax - _length;

    public void Advance(int count) => _length += count;

    public Memory<byte> GetMemory(int sizeHint = 0)
    {
        Reserve(sizeHint);
        return _bytes.AsMemory(_length);
    }

    public Span<byte> GetSpan(int sizeHint = 0)
    {
        Reserve(sizeHint);
        return _bytes.AsSpan(_length);
    }

    public void Append(ReadOnlySpan<byte> bytes)
    {
        bytes.CopyTo(GetSpan(bytes.Length));
        _length += bytes.Length;
    }

    /// <summary>Forgets everything after <paramref name="length"/>, as when a result turns into an error halfway.</summary>
    public void CutBackTo(int length) => _length = length;

    public void Clear()
    {
        _length = 0;
        if (_bytes.Length > KeptSize)
        {
            ArrayPool<byte>.Shared.Return(_bytes);
            _bytes = ArrayPool<byte>.Shared.Rent(InitialSize);
        }
    }

    public void Dispose()
    {
        ArrayPool<byte>.Shared.Return(_bytes);
        _bytes = [];
        _length = 0;
    }

    private void Reserve(int sizeHint)
    {
        int wanted = Math.Max(sizeHint, 256);
        if (_bytes.Length - _length >= wanted)
            return;

        // Writers ask for more than they use: only what has been written counts against the bound.
        if (_length > sizeMax)
            throw new ResponseTooLargeException();
        byte[] larger = ArrayPool<byte>.Shared.Rent(Math.Max(_bytes.Length * 2, _length + wanted));
        _bytes.AsSpan(0, _length).CopyTo(larger);
        ArrayPool<byte>.Shared.Return(_bytes);
        _bytes = larger;
    }
}

/// <summary>A result grew beyond the response bound; the dispatcher turns it into the error of that name.</summary>
internal sealed class ResponseTooLargeException() : Exception("response too large");
