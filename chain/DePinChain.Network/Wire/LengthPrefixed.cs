using System.Buffers;

namespace DePinChain.Network.Wire;

/// <summary>Frames of an unsigned varint length and as many bytes, as every protocol above multistream has them.</summary>
public static class LengthPrefixed
{
    // A declared length costs the sender nothing, so memory follows what has arrived.
    private const int FirstAllocation = 64 * 1024;

    /// <summary>The next frame, or null when the stream ended before it.</summary>
    /// <exception cref="WireException">The length is malformed or above the bound, or the stream ended within the frame.</exception>
    public static async ValueTask<byte[]?> ReadAsync(Stream stream, int sizeMax, CancellationToken cancellation)
    {
        int? size = await ReadLengthAsync(stream, sizeMax, cancellation);
        return size is null ? null : await ReadExactlyAsync(stream, size.Value, cancellation);
    }

    /// <summary>The length before a frame, or null when the stream ended before it.</summary>
    public static async ValueTask<int?> ReadLengthAsync(Stream stream, int sizeMax, CancellationToken cancellation)
    {
        byte[] prefix = new byte[UnsignedVarint.SizeMax];
        for (int count = 0; count < prefix.Length; count++)
        {
            if (await stream.ReadAsync(prefix.AsMemory(count, 1), cancellation) == 0)
            {
                if (count == 0) return null;
                break;
            }

            if (prefix[count] >= 0x80) continue;
            if (!UnsignedVarint.TryRead(prefix.AsSpan(0, count + 1), out ulong size, out _)) break;
            if (size > (ulong)sizeMax) throw new WireException($"a frame of {size} bytes is announced, at most {sizeMax} are allowed");
            return (int)size;
        }

        throw new WireException("a frame's length is cut off or malformed");
    }

    /// <summary>Reads so many bytes, allocating as they come.</summary>
    public static async ValueTask<byte[]> ReadExactlyAsync(Stream stream, int size, CancellationToken cancellation)
    {
        byte[] bytes = new byte[Math.Min(size, FirstAllocation)];
        int filled = 0;
        while (filled < size)
        {
            if (filled == bytes.Length) Array.Resize(ref bytes, (int)Math.Min(size, bytes.Length * 2L));
            int read = await stream.ReadAsync(bytes.AsMemory(filled), cancellation);
            if (read == 0) throw new WireException($"a stream ended after {filled} of a frame's {size} bytes");
            filled += read;
        }

        return bytes;
    }

    /// <summary>Writes a frame in one piece.</summary>
    public static async ValueTask WriteAsync(Stream stream, ReadOnlyMemory<byte> payload, CancellationToken cancellation)
    {
        int prefix = UnsignedVarint.SizeOf((ulong)payload.Length);
        byte[] frame = ArrayPool<byte>.Shared.Rent(prefix + payload.Length);
        try
        {
            UnsignedVarint.Write(frame, (ulong)payload.Length);
            payload.Span.CopyTo(frame.AsSpan(prefix));
            await stream.WriteAsync(frame.AsMemory(0, prefix + payload.Length), cancellation);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(frame);
        }
    }
}
