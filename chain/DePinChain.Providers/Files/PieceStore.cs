using System.Collections.Concurrent;
using DePinChain.Client.Files;
using DePinChain.Proofs.Hashing;
using DePinChain.Proofs.Pieces;
using DePinChain.Proofs.Possession;

namespace DePinChain.Providers.Files;

/// <summary>
/// Pieces on disk, named by what they are: <c>CID</c> and, beside it, <c>CID.tree</c> with one level of its tree; while it comes,
/// <c>CID.part</c>. A file gets its name only when all of its bytes were hashed and are on disk, so a name is a promise.
/// </summary>
internal sealed class PieceStore
{
    private const string PartEnding = ".part";
    private const string TreeEnding = ".tree";
    private const int CopySize = 1 << 20;
    private const int TreesMax = 64;

    // Room that the file system keeps for everything else on it.
    private const long DiskReserve = 256L << 20;

    private readonly string _folder;
    private readonly ulong _capacity;
    private readonly Lock _gate = new();
    private readonly ConcurrentDictionary<PieceCid, PieceTree> _trees = new();
    private readonly Dictionary<PieceCid, SemaphoreSlim> _uploads = [];
    private ulong _reserved;
    private ulong _arriving;

    public PieceStore(string folder, ulong capacity)
    {
        (_folder, _capacity) = (folder, capacity);
        Directory.CreateDirectory(folder);
        foreach (PieceCid piece in List()) _reserved += piece.RawSize;
    }

    /// <summary>Bytes that may still come.</summary>
    public ulong FreeBytes
    {
        get
        {
            lock (_gate)
            {
                ulong quota = _capacity - Math.Min(_reserved + _arriving, _capacity);
                long disk = Math.Max(new DriveInfo(_folder).AvailableFreeSpace - DiskReserve, 0);
                return Math.Min(quota, (ulong)disk);
            }
        }
    }

    /// <summary>Bytes of the pieces that are there.</summary>
    public ulong UsedBytes
    {
        get
        {
            lock (_gate) return _reserved;
        }
    }

    /// <summary>The pieces that are whole.</summary>
    public IEnumerable<PieceCid> List() => Directory.EnumerateFiles(_folder)
        .Select(static path => PieceCid.TryParse(Path.GetFileName(path), out PieceCid piece, out _) ? piece : (PieceCid?)null)
        .OfType<PieceCid>();

    /// <summary>Whether a piece is there, whole and as long as it must be.</summary>
    public bool Has(in PieceCid piece)
    {
        var file = new FileInfo(PathOf(piece));
        return file.Exists && (ulong)file.Length == piece.RawSize;
    }

    /// <summary>Where a piece's bytes lie.</summary>
    public string FileOf(in PieceCid piece) => PathOf(piece);

    /// <summary>How far an upload has come.</summary>
    public UploadState StateOf(in PieceCid piece)
    {
        if (Has(piece)) return new UploadState(piece.RawSize, piece.RawSize, Complete: true);
        var part = new FileInfo(PathOf(piece) + PartEnding);
        return new UploadState(part.Exists ? (ulong)part.Length : 0, piece.RawSize, Complete: false);
    }

    /// <summary>
    /// Takes bytes of a piece from an offset on. What is cut off stays and is gone on with; when all are there they are hashed, and only
    /// the right ones become the piece.
    /// </summary>
    /// <exception cref="UploadRefusedException">Another offset, no room, another upload of it, too many bytes, or the wrong
    /// ones.</exception>
    public async Task<UploadState> ReceiveAsync(PieceCid piece, ulong offset, Stream bytes, CancellationToken cancellation)
    {
        SemaphoreSlim turn;
        lock (_gate)
        {
            if (!_uploads.TryGetValue(piece, out turn!)) _uploads[piece] = turn = new SemaphoreSlim(1);
        }

        if (!await turn.WaitAsync(0, cancellation))
            throw new UploadRefusedException("UploadRunning", "the piece is being uploaded already", hint: "wait for that upload to end");
        try
        {
            UploadState state = StateOf(piece);
            if (state.Complete) return state;
            if (offset != state.Received)
            {
                throw new UploadRefusedException(
                    "WrongOffset", "the bytes do not begin where the last ones ended", $"{state.Received}", $"{offset}",
                    "ask for the upload's state and go on from there");
            }

            Reserve(piece.RawSize);
            try
            {
                await AppendAsync(piece, state.Received, bytes, cancellation);
            }
            finally
            {
                lock (_gate) _arriving -= piece.RawSize;
            }

            state = StateOf(piece);
            return state.Received == piece.RawSize ? await AdoptAsync(piece, cancellation) : state;
        }
        finally
        {
            turn.Release();
        }
    }

    /// <summary>A chunk of a piece, and the path that shows it.</summary>
    /// <exception cref="PieceLostException">The file is gone, or is not what it was.</exception>
    public async Task<(byte[] Bytes, byte[] Path)> ReadChunkAsync(PieceCid piece, ulong chunk, CancellationToken cancellation)
    {
        byte[] bytes = new byte[ChunkLayout.SizeOf(piece, chunk)];
        await ReadAsync(piece, chunk * ChunkLayout.ChunkSize, bytes, cancellation);
        byte[] path = new byte[ChunkLayout.PathLengthOf(piece) * NodeHash.Size];
        if (path.Length > 0) (await TreeAsync(piece, cancellation)).CopyPathAbove(ChunkLayout.SubtreeHeight, chunk, path);
        return (bytes, path);
    }

    /// <summary>Proves possession of a leaf: reads one block of the piece again.</summary>
    /// <exception cref="PieceLostException">The file is gone, or is not what it was: the proof would be wrong.</exception>
    public async Task<PossessionProof> ProveAsync(PieceCid piece, ulong leaf, CancellationToken cancellation)
    {
        PieceTree tree = await TreeAsync(piece, cancellation);
        ulong offset = PieceTree.BlockOffset(leaf);
        byte[] block = new byte[(int)Math.Min(PieceTree.BlockSize, piece.RawSize - Math.Min(offset, piece.RawSize))];
        await ReadAsync(piece, offset, block, cancellation);
        PossessionProof proof = tree.Prove(leaf, block);
        return proof.Verify(piece, leaf) ? proof : throw new PieceLostException(piece, "its bytes have changed on the disk");
    }

    /// <summary>Deletes a piece that nobody pays for any more.</summary>
    public void Delete(in PieceCid piece)
    {
        lock (_gate)
        {
            if (!File.Exists(PathOf(piece))) return;
            File.Delete(PathOf(piece));
            File.Delete(PathOf(piece) + TreeEnding);
            _reserved -= piece.RawSize;
        }

        _trees.TryRemove(piece, out _);
    }

    /// <summary>Forgets what came of a piece that nobody will pay for.</summary>
    public void DeletePart(in PieceCid piece) => File.Delete(PathOf(piece) + PartEnding);

    private void Reserve(ulong bytes)
    {
        lock (_gate)
        {
            ulong free = FreeBytes;
            if (bytes > free) throw new UploadRefusedException("NoRoom", "the provider has no room for the piece", $"{bytes}", $"{free}");
            _arriving += bytes;
        }
    }

    private string PathOf(in PieceCid piece) => Path.Combine(_folder, piece.ToString());

    private async Task AppendAsync(PieceCid piece, ulong received, Stream bytes, CancellationToken cancellation)
    {
        await using var file = new FileStream(
            PathOf(piece) + PartEnding, FileMode.OpenOrCreate, FileAccess.Write, FileShare.Read, CopySize, FileOptions.Asynchronous);
        file.Position = (long)received;
        byte[] buffer = new byte[CopySize];
        try
        {
            for (int read; (read = await bytes.ReadAsync(buffer, cancellation)) > 0; received += (ulong)read)
            {
                if (received + (ulong)read > piece.RawSize)
                    throw new UploadRefusedException("TooManyBytes", "there are more bytes than the piece has", $"{piece.RawSize}");
                await file.WriteAsync(buffer.AsMemory(0, read), CancellationToken.None);
            }
        }
        catch (Exception cut) when (cut is IOException or OperationCanceledException && received < piece.RawSize)
        {
            // What came is kept; the client goes on from there.
        }
        finally
        {
            await file.FlushAsync(CancellationToken.None);
            file.Flush(flushToDisk: true);
        }
    }

    private async Task<UploadState> AdoptAsync(PieceCid piece, CancellationToken cancellation)
    {
        string part = PathOf(piece) + PartEnding;
        PieceTree tree = await HashAsync(part, cancellation);
        if (tree.Cid != piece)
        {
            File.Delete(part);
            throw new UploadRefusedException(
                "WrongPiece", "the bytes are not the piece; they were thrown away", piece.ToString(), tree.Cid.ToString(),
                "upload it again from its first byte");
        }

        AgentHome.Replace(PathOf(piece) + TreeEnding, tree.Level);
        File.Move(part, PathOf(piece));
        Remember(tree);
        lock (_gate) _reserved += piece.RawSize;
        return StateOf(piece);
    }

    private async Task<PieceTree> TreeAsync(PieceCid piece, CancellationToken cancellation)
    {
        if (_trees.TryGetValue(piece, out PieceTree? known)) return known;
        PieceTree? tree = null;
        try
        {
            tree = PieceTree.TryLoad(piece, await File.ReadAllBytesAsync(PathOf(piece) + TreeEnding, cancellation));
        }
        catch (IOException)
        {
            // Made again below.
        }

        if (tree is null)
        {
            if (!Has(piece)) throw new PieceLostException(piece, "its file is gone");
            tree = await HashAsync(PathOf(piece), cancellation);
            if (tree.Cid != piece) throw new PieceLostException(piece, "its bytes have changed on the disk");
            AgentHome.Replace(PathOf(piece) + TreeEnding, tree.Level);
        }

        Remember(tree);
        return tree;
    }

    private void Remember(PieceTree tree)
    {
        if (_trees.Count >= TreesMax && _trees.Keys.FirstOrDefault() is var first) _trees.TryRemove(first, out _);
        _trees[tree.Cid] = tree;
    }

    private async Task ReadAsync(PieceCid piece, ulong offset, Memory<byte> bytes, CancellationToken cancellation)
    {
        try
        {
            await using var file = new FileStream(
                PathOf(piece), FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, 1, FileOptions.Asynchronous);
            file.Position = (long)offset;
            await file.ReadExactlyAsync(bytes, cancellation);
        }
        catch (Exception trouble) when (trouble is IOException or UnauthorizedAccessException)
        {
            throw new PieceLostException(piece, trouble.Message);
        }
    }

    private static async Task<PieceTree> HashAsync(string path, CancellationToken cancellation)
    {
        var builder = new PieceTree.Builder();
        byte[] buffer = new byte[CopySize];
        await using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, 1, FileOptions.SequentialScan);
        for (int read; (read = await file.ReadAsync(buffer, cancellation)) > 0;) builder.Append(buffer.AsSpan(0, read));
        return builder.Finish();
    }
}

/// <summary>An upload is refused; the client is told why.</summary>
internal sealed class UploadRefusedException(string name, string message, string? needed = null, string? had = null, string? hint = null)
    : Exception(message)
{
    public ProviderRefusal Refusal { get; } = new(name, message, needed, had, hint);
}

/// <summary>A piece that was whole is not there any more, or not as it was.</summary>
internal sealed class PieceLostException(PieceCid piece, string why) : Exception($"piece {piece} is lost: {why}")
{
    public PieceCid Piece => piece;
}
