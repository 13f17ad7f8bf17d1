using System.Buffers.Binary;

namespace DePinChain.Client.Containers;

/// <summary>What containers print, in frames: a byte for the stream, three of zero, the length, then so many bytes.</summary>
/// <remarks>Source: Docker Engine API, attach, "Stream format". Stream 9 is ours: the exit code of a command, at its end.</remarks>
public static class OutputFrames
{
    public const byte Output = 1, Error = 2, ExitCode = 9;

    private const int HeadBytes = 8;
    private const int FrameBytesMax = 16 << 20;

    /// <summary>Passes each frame on until the stream ends.</summary>
    /// <param name="stream">Where they come from.</param>
    /// <param name="take">Gets a stream's number and bytes, which are its own until it returns.</param>
    /// <param name="cancellation">Ends it.</param>
    /// <exception cref="IOException">It ends in the middle of a frame, or a frame is larger than one can be.</exception>
    public static async Task ReadAsync(Stream stream, Func<byte, ReadOnlyMemory<byte>, Task> take, CancellationToken cancellation)
    {
        byte[] head = new byte[HeadBytes], buffer = new byte[32 << 10];
        while (await stream.ReadAtLeastAsync(head, HeadBytes, throwOnEndOfStream: false, cancellation) is > 0 and var read)
        {
            if (read < HeadBytes) throw new IOException("the output ends in the middle of a frame");
            uint left = BinaryPrimitives.ReadUInt32BigEndian(head.AsSpan(4));
            if (left > FrameBytesMax) throw new IOException($"a frame of {left} bytes is none of an output");
            while (left > 0)
            {
                int part = await stream.ReadAsync(buffer.AsMemory(0, (int)Math.Min(left, (uint)buffer.Length)), cancellation);
                if (part == 0) throw new IOException("the output ends in the middle of a frame");
                await take(head[0], buffer.AsMemory(0, part));
                left -= (uint)part;
            }
        }
    }

    /// <summary>The frame that tells how a command ended.</summary>
    public static byte[] Ended(int exitCode)
    {
        byte[] frame = new byte[HeadBytes + sizeof(int)];
        frame[0] = ExitCode;
        BinaryPrimitives.WriteUInt32BigEndian(frame.AsSpan(4), sizeof(int));
        BinaryPrimitives.WriteInt32BigEndian(frame.AsSpan(HeadBytes), exitCode);
        return frame;
    }
}
