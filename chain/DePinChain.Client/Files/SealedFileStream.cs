namespace DePinChain.Client.Files;

/// <summary>A file as a provider gets it, from any place on: sealed segment by segment while it is read, or as it is.</summary>
public sealed class SealedFileStream : IAsyncDisposable
{
    private readonly FileStream _file;
    private readonly FileCipher? _cipher;

    /// <param name="path">The file.</param>
    /// <param name="cipher">Seals it; null sends it as it is.</param>
    public SealedFileStream(string path, FileCipher? cipher)
    {
        _file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, FileCipher.SegmentSize, FileOptions.Asynchronous);
        _cipher = cipher;
        Size = cipher?.SealedSize ?? (ulong)_file.Length;
    }

    /// <summary>Bytes that a provider gets.</summary>
    public ulong Size { get; }

    /// <summary>The bytes from an offset on, in blocks of at most 64 KiB and a tag.</summary>
    /// <exception cref="IOException">The file has become shorter meanwhile.</exception>
    public async IAsyncEnumerable<ReadOnlyMemory<byte>> ReadAsync(
        ulong offset, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellation)
    {
        byte[] plain = new byte[FileCipher.SegmentSize];
        if (_cipher is null)
        {
            _file.Position = (long)offset;
            for (int read; (read = await _file.ReadAsync(plain, cancellation)) > 0;) yield return plain.AsMemory(0, read);
            yield break;
        }

        if (offset < FileCipher.HeaderSize) yield return _cipher.Header[(int)offset..].ToArray();
        ulong first = offset < FileCipher.HeaderSize ? 0
            : (offset - FileCipher.HeaderSize) / (FileCipher.OffsetOf(1) - FileCipher.HeaderSize);
        for (ulong segment = first; segment < _cipher.Segments; segment++)
        {
            Memory<byte> bytes = plain.AsMemory(0, _cipher.SizeOf(segment));
            _file.Position = (long)(segment * FileCipher.SegmentSize);
            await _file.ReadExactlyAsync(bytes, cancellation);
            byte[] result = _cipher.Seal(segment, bytes.Span);
            ulong begin = FileCipher.OffsetOf(segment);
            yield return offset > begin ? result.AsMemory((int)(offset - begin)) : result;
        }
    }

    public ValueTask DisposeAsync() => _file.DisposeAsync();
}
