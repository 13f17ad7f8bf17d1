using System.IO.Pipelines;
using DePinChain.Network.Wire;

namespace DePinChain.Unit.Tests.Network;

/// <summary>A connection within the process: what one end writes the other reads.</summary>
internal sealed class DuplexPair : DuplexStream
{
    private readonly PipeReader _reader;
    private readonly PipeWriter _writer;

    private DuplexPair(PipeReader reader, PipeWriter writer)
    {
        _reader = reader;
        _writer = writer;
    }

    public static (DuplexPair First, DuplexPair Second) Create()
    {
        PipeOptions options = new(pauseWriterThreshold: 1024 * 1024, resumeWriterThreshold: 512 * 1024, useSynchronizationContext: false);
        Pipe there = new(options), back = new(options);
        return (new DuplexPair(back.Reader, there.Writer), new DuplexPair(there.Reader, back.Writer));
    }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        ReadResult result = await _reader.ReadAsync(cancellationToken);
        int count = (int)Math.Min(buffer.Length, result.Buffer.Length);
        int copied = 0;
        foreach (ReadOnlyMemory<byte> part in result.Buffer.Slice(0, count))
        {
            part.Span.CopyTo(buffer.Span[copied..]);
            copied += part.Length;
        }

        _reader.AdvanceTo(result.Buffer.GetPosition(count));
        return count;
    }

    public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        FlushResult result = await _writer.WriteAsync(buffer, cancellationToken);
        if (result.IsCompleted) throw new IOException("the other end is closed");
    }

    protected override void Dispose(bool disposing)
    {
        _writer.Complete();
        _reader.CancelPendingRead();
        _reader.Complete();
        base.Dispose(disposing);
    }
}
