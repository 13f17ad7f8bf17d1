using System.Buffers;

namespace DePinChain.Miners.Judging;

/// <summary>Lines of a stranger's stream, each and all of them bounded.</summary>
internal sealed class LineReader(Stream stream, int lineMax, int allMax)
{
    private readonly byte[] _buffer = new byte[16 << 10];
    private readonly ArrayBufferWriter<byte> _line = new();
    private int _at;
    private int _filled;
    private int _all;

    /// <summary>The next line without its end; null at the end of the stream.</summary>
    /// <exception cref="MinerSilentException">It is longer than it may be.</exception>
    public async Task<byte[]?> NextAsync(CancellationToken cancellation)
    {
        _line.ResetWrittenCount();
        while (true)
        {
            if (_at == _filled)
            {
                (_at, _filled) = (0, await stream.ReadAsync(_buffer, cancellation));
                if (_filled == 0) return _line.WrittenCount > 0 ? _line.WrittenSpan.ToArray() : null;
                _all += _filled;
                if (_all > allMax) throw new MinerSilentException($"the answer is longer than {allMax} bytes");
            }

            int end = Array.IndexOf(_buffer, (byte)'\n', _at, _filled - _at);
            int until = end < 0 ? _filled : end;
            _line.Write(_buffer.AsSpan(_at, until - _at));
            if (_line.WrittenCount > lineMax) throw new MinerSilentException($"a line is longer than {lineMax} bytes");
            _at = end < 0 ? until : end + 1;
            if (end >= 0) return _line.WrittenSpan.ToArray();
        }
    }
}
