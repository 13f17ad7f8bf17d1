using DePinChain.Client.Programs;
using DePinChain.Proofs.Pieces;
using DePinChain.Providers.Files;

namespace DePinChain.Providers.Sealing;

/// <summary>
/// Brings pieces back that lie in sealed replicas only, when somebody asks: one replica is decoded at a time, and what comes of it is
/// served from the store until nobody has asked for an hour.
/// </summary>
/// <param name="home">The sectors.</param>
/// <param name="store">The pieces that are served.</param>
/// <param name="whose">Of which provider on which chain.</param>
/// <param name="hot">Pieces that other deals want kept as they are.</param>
/// <param name="clock">What time it is.</param>
/// <param name="log">What the program tells.</param>
internal sealed class UnsealDesk(
    SectorHome home, PieceStore store, (ulong Chain, ulong Provider) whose, Func<HashSet<PieceCid>> hot, TimeProvider clock,
    ProgramLog log) : IDisposable
{
    /// <summary>How long a piece is kept after the last request.</summary>
    public static readonly TimeSpan KeptFor = TimeSpan.FromHours(1);

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    private readonly Dictionary<PieceCid, Task> _running = [];
    private readonly Dictionary<PieceCid, DateTimeOffset> _askedFor = [];
    private readonly SemaphoreSlim _one = new(1);
    private readonly Lock _gate = new();

    /// <summary>Sees to it that a piece is in the store.</summary>
    /// <returns>False when no replica holds it.</returns>
    /// <exception cref="UploadRefusedException">It takes longer than a request waits.</exception>
    /// <exception cref="PieceLostException">The replica does not give it back.</exception>
    public async Task<bool> BringAsync(PieceCid piece, CancellationToken cancellation)
    {
        if (Find(piece) is not ({ } note, { } index)) return false;
        Task running;
        lock (_gate)
        {
            _askedFor[piece] = clock.GetUtcNow();
            if (!_running.TryGetValue(piece, out running!) || running.IsCompleted)
                _running[piece] = running = Task.Run(() => UnsealAsync(note, index, piece), CancellationToken.None);
        }

        await Task.WhenAny(running, Task.Delay(Patience, cancellation));
        if (!running.IsCompleted)
        {
            throw new UploadRefusedException(
                "Unsealing", "the piece lies in a sealed replica, which is being decoded", hint: "ask again in a few seconds");
        }

        await running;
        return true;
    }

    /// <summary>A piece that was brought back is served.</summary>
    public void Touch(PieceCid piece)
    {
        lock (_gate)
            if (_askedFor.ContainsKey(piece)) _askedFor[piece] = clock.GetUtcNow();
    }

    /// <summary>After a start: what was brought back before lies in the store still.</summary>
    public void Recall()
    {
        IEnumerable<SectorNote> there = home.List().Where(static note => note.Step == SectorStep.Sealed);
        foreach (SectorPiece piece in there.SelectMany(static note => note.Pieces))
            if (piece.Deal != 0 && store.Has(piece.Read())) _askedFor[piece.Read()] = clock.GetUtcNow();
    }

    /// <summary>Deletes what nobody has asked for of late; the replicas still have it.</summary>
    public void Tidy()
    {
        HashSet<PieceCid> wanted = hot();
        lock (_gate)
        {
            foreach ((PieceCid piece, DateTimeOffset at) in _askedFor.ToList())
            {
                if (clock.GetUtcNow() - at < KeptFor) continue;
                _askedFor.Remove(piece);
                _running.Remove(piece);
                if (!wanted.Contains(piece)) store.Delete(piece);
            }
        }
    }

    public void Dispose() => _one.Dispose();

    private (SectorNote Note, int Index)? Find(PieceCid piece)
    {
        string name = piece.ToString();
        foreach (SectorNote note in home.List().Where(static note => note.Step == SectorStep.Sealed))
        {
            int index = Array.FindIndex(note.Pieces, one => one.Deal != 0 && one.Cid == name);
            if (index >= 0) return (note, index);
        }

        return null;
    }

    private async Task UnsealAsync(SectorNote note, int index, PieceCid piece)
    {
        await _one.WaitAsync();
        try
        {
            byte[] raw = home.Unseal(note, note.IdentityOf(whose.Chain, whose.Provider), index);
            store.DeletePart(piece);
            await store.ReceiveAsync(piece, 0, new MemoryStream(raw), CancellationToken.None);
            log.Tell("unsealed", ("sector", note.Sector), ("piece", piece));
        }
        catch (ExitException broken)
        {
            throw new PieceLostException(piece, broken.Message);
        }
        finally
        {
            _one.Release();
        }
    }
}
