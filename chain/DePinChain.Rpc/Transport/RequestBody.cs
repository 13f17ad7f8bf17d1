using System.Buffers;
using System.IO.Pipelines;

namespace DePinChain.Rpc.Transport;

/// <summary>How reading a body ended.</summary>
internal enum BodyOutcome : byte
{
    Complete,
    TooLarge,
    NoMemory,
}

/// <summary>A body that came in several pieces, in rented memory that grows with what has arrived, never with what was promised.</summary>
internal sealed class RequestBody(MemoryBudget budget, int sizeMax) : IDisposable
{
    private byte[] _bytes = [];
    private int _length;
    private long _reserved;

    public ReadOnlyMemory<byte> Bytes => _bytes.AsMemory(0, _length);

    public async ValueTask<BodyOutcome> ReadToEndAsync(PipeReader reader, CancellationToken cancellation)
    {
        while (true)
        {
            ReadResult read = await reader.ReadAsync(cancellation);
            BodyOutcome outcome = Take(read.Buffer);
            reader.AdvanceTo(read.Buffer.End);
            if (outcome != BodyOutcome.Complete || read.IsCompleted) return outcome;
        }
    }

    /// <summary>Appends a piece.</summary>
    public BodyOutcome Take(in ReadOnlySequence<byte> piece)
    {
        if (piece.Length > sizeMax - _length) return BodyOutcome.TooLarge;
        int length = _length + (int)piece.Length;
        if (length > _bytes.Length && !TryGrow(length)) return BodyOutcome.NoMemory;
        piece.CopyTo(_bytes.AsSpan(_length));
        _length = length;
        return BodyOutcome.Complete;
    }

    public void Clear() => _length = 0;

    public void Dispose()
    {
        if (_bytes.Length > 0) ArrayPool<byte>.Shared.Return(_bytes);
        _bytes = [];
        _length = 0;
        budget.Return(_reserved);
        _reserved = 0;
    }

    private bool TryGrow(int length)
    {
        int wanted = Math.Max(length, Math.Max(_bytes.Length * 2, 4096));
        byte[] larger = ArrayPool<byte>.Shared.Rent(wanted);
        if (!budget.TryTake(larger.Length))
        {
            ArrayPool<byte>.Shared.Return(larger);
            return false;
        }

        _bytes.AsSpan(0, _length).CopyTo(larger);
        if (_bytes.Length > 0) ArrayPool<byte>.Shared.Return(_bytes);
        budget.Return(_reserved);
        _reserved = larger.Length;
        _bytes = larger;
        return true;
    }
}
