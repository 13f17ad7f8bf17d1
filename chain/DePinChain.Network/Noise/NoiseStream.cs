using System.Buffers.Binary;
using DePinChain.Network.Wire;

namespace DePinChain.Network.Noise;

/// <summary>A byte stream in Noise transport messages: a 16-bit big-endian length and at most 65,535 sealed bytes.</summary>
/// <remarks>One reader and one writer at a time. Buffers are of fixed size, whatever a peer announces.</remarks>
public sealed class NoiseStream : DuplexStream
{
    private const int LengthSize = 2;
    private const int SealedMax = ushort.MaxValue;

    /// <summary>Plaintext of one transport message.</summary>
    public const int PlaintextMax = SealedMax - NoiseCipher.TagSize;

    private const int FramesAtOnce = 2;

    private readonly Stream _wire;
    private readonly NoiseCipher _send;
    private readonly NoiseCipher _receive;
    private readonly byte[] _sealed = new byte[FramesAtOnce * (LengthSize + SealedMax)];
    private readonly byte[] _arrived = new byte[FramesAtOnce * (LengthSize + SealedMax)];
    private readonly byte[] _plain = new byte[PlaintextMax];
    private int _arrivedStart;
    private int _arrivedEnd;
    private int _plainStart;
    private int _plainEnd;

    internal NoiseStream(Stream wire, NoiseCipher send, NoiseCipher receive)
    {
        _wire = wire;
        _send = send;
        _receive = receive;
    }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        while (_plainStart == _plainEnd)
        {
            int? frame = CompleteFrame();
            if (frame is null)
            {
                if (!await FillAsync(cancellationToken)) return 0;
                continue;
            }

            int opened = Open(frame.Value, buffer.Span);
            if (opened > 0) return opened;
        }

        int count = Math.Min(buffer.Length, _plainEnd - _plainStart);
        _plain.AsSpan(_plainStart, count).CopyTo(buffer.Span);
        _plainStart += count;
        return count;
    }

    public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        while (!buffer.IsEmpty)
        {
            int filled = 0;
            while (!buffer.IsEmpty && filled + LengthSize + SealedMax <= _sealed.Length)
            {
                int size = Math.Min(buffer.Length, PlaintextMax);
                BinaryPrimitives.WriteUInt16BigEndian(_sealed.AsSpan(filled), (ushort)(size + NoiseCipher.TagSize));
                _send.Encrypt([], buffer.Span[..size], _sealed.AsSpan(filled + LengthSize));
                filled += LengthSize + size + NoiseCipher.TagSize;
                buffer = buffer[size..];
            }

            await _wire.WriteAsync(_sealed.AsMemory(0, filled), cancellationToken);
        }
    }

    public override async ValueTask DisposeAsync()
    {
        await _wire.DisposeAsync();
        await base.DisposeAsync();
    }

    // The ciphers are left to the collector: a read or write may still be inside them when the wire breaks.
    protected override void Dispose(bool disposing)
    {
        if (disposing) _wire.Dispose();
        base.Dispose(disposing);
    }

    /// <summary>The sealed size of the frame at the front when all of it is here.</summary>
    private int? CompleteFrame()
    {
        int available = _arrivedEnd - _arrivedStart;
        if (available < LengthSize) return null;
        int size = BinaryPrimitives.ReadUInt16BigEndian(_arrived.AsSpan(_arrivedStart));
        if (size < NoiseCipher.TagSize) throw new WireException("a Noise message is shorter than its tag");
        return available >= LengthSize + size ? size : null;
    }

    private async ValueTask<bool> FillAsync(CancellationToken cancellation)
    {
        if (_arrivedStart > 0)
        {
            _arrived.AsSpan(_arrivedStart, _arrivedEnd - _arrivedStart).CopyTo(_arrived);
            _arrivedEnd -= _arrivedStart;
            _arrivedStart = 0;
        }

        int read = await _wire.ReadAsync(_arrived.AsMemory(_arrivedEnd), cancellation);
        if (read == 0 && _arrivedEnd > 0) throw new IOException("the connection broke within a message");
        _arrivedEnd += read;
        return read > 0;
    }

    // Straight into the caller's buffer when it fits, else into our own; returns what the caller got.
    private int Open(int size, Span<byte> destination)
    {
        ReadOnlySpan<byte> text = _arrived.AsSpan(_arrivedStart + LengthSize, size);
        int plain = size - NoiseCipher.TagSize;
        bool fits = plain <= destination.Length;
        _receive.Decrypt([], text, fits ? destination : _plain);
        _arrivedStart += LengthSize + size;
        _plainStart = 0;
        _plainEnd = fits ? 0 : plain;
        return fits ? plain : 0;
    }
}
