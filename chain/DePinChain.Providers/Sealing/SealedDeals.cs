using DePinChain.Client;
using DePinChain.Client.Programs;
using DePinChain.Primitives;
using DePinChain.Proofs.Pieces;
using DePinChain.Proofs.Replication;
using DePinChain.Providers.Files;

namespace DePinChain.Providers.Sealing;

/// <summary>
/// Deals that ask for a sealed replica: which are taken, which sector their pieces go to, and what the promise says of them. Once a sector
/// is sealed, only its replica is kept.
/// </summary>
internal sealed class SealedDeals(SectorChain sectors, SectorHome home, DealBook book, PieceStore store, ProgramLog log)
{
    // What this agent seals, in memory.
    private static readonly SectorKind[] Kinds = [SectorKind.TwoKiB, SectorKind.EightMiB, SectorKind.HalfGiB];

    private readonly HashSet<ulong> _told = [];

    /// <summary>Why a piece cannot be sealed here, or null.</summary>
    public async Task<string?> RefusalAsync(PieceCid piece, CancellationToken cancellation) =>
        await FindKindAsync(piece, cancellation) is null ? "it asks for a sealed replica, and fits no sector that this agent seals" : null;

    /// <summary>Plans a sector for the deals whose data has come: as many as fit the first one's.</summary>
    public async Task PlanAsync(CancellationToken cancellation)
    {
        IEnumerable<SectorNote> alive = home.List().Where(static note => note.Step != SectorStep.Over);
        HashSet<ulong> planned = [.. alive.SelectMany(static note => note.Pieces).Select(static piece => piece.Deal)];
        KeptDeal[] waiting = [.. book.Live.Where(deal =>
            deal is { IsSealed: true, State: DealStanding.Published } && !planned.Contains(deal.Id) && store.Has(deal.Piece))];
        if (waiting.Length == 0) return;
        if (await FindKindAsync(waiting[0].Piece, cancellation) is not { } kind)
        {
            if (_told.Add(waiting[0].Id)) log.Warn("a deal's piece fits no sector that this agent seals", ("deal", waiting[0].Id));
            return;
        }

        List<KeptDeal> chosen = [];
        foreach (KeptDeal deal in waiting)
            if (chosen.Count < PiecesMax && Fit([.. chosen.Select(static one => one.Piece), deal.Piece], kind)) chosen.Add(deal);
        SectorNote note = home.Plan(kind, [.. chosen.Select(deal => (
            new SectorPiece(deal.Piece.ToString(), $"deal {deal.Id}") { Deal = deal.Id, End = deal.End }, store.FileOf(deal.Piece)))]);
        log.Tell("sector planned", ("sector", note.Sector), ("deals", string.Join(", ", chosen.Select(static deal => deal.Id))));
    }

    /// <summary>What a promise says of a sector's deals: each one's number, 0 for one that no longer waits; and the least end.</summary>
    public async Task<(ulong Expiration, object?[] Deals)> PromisedAsync(SectorNote note, CancellationToken cancellation)
    {
        ulong end = 0;
        List<object?> numbers = [];
        foreach (SectorPiece piece in note.Pieces)
        {
            bool waits = piece.Deal != 0
                && (await sectors.Chain.DealAsync(piece.Deal, cancellation)).Count("state") == (ulong)DealStanding.Published;
            numbers.Add(waits ? (UInt256)piece.Deal : UInt256.Zero);
            if (waits) end = Math.Max(end, piece.End);
        }

        // The last window that is paid lies at most a period after the deal's end.
        ulong period = end == 0 ? 0 : (await sectors.FindCalendarAsync(cancellation))?.Count("period") ?? 0;
        return (end + period, [.. numbers]);
    }

    /// <summary>Deletes the plain pieces of a sealed sector's deals; the replica gives them back.</summary>
    public void Forget(SectorNote note)
    {
        HashSet<PieceCid> hot = [.. book.Live.Where(static deal => deal.IsHot).Select(static deal => deal.Piece)];
        foreach (SectorPiece piece in note.Pieces.Where(static piece => piece.Deal != 0))
            if (!hot.Contains(piece.Read())) store.Delete(piece.Read());
    }

    private const int PiecesMax = 64;

    // A provider seals one size; before its first sector the network says whether there are small ones.
    private async Task<SectorKind?> FindKindAsync(PieceCid piece, CancellationToken cancellation)
    {
        if (await sectors.FindCalendarAsync(cancellation) is { } calendar)
        {
            SectorKind kind = (SectorKind)calendar.Count("kind");
            return Kinds.Contains(kind) && Fit([piece], kind) ? kind : null;
        }

        GovernedParameters rules = await sectors.Chain.ParametersAsync(cancellation);
        if (rules["sealedSectors", "developmentSizes"] == UInt256.Zero) return null;
        foreach (SectorKind kind in Kinds)
            if (Fit([piece], kind)) return kind;
        return null;
    }

    private static bool Fit(PieceCid[] pieces, SectorKind kind) =>
        PieceLayout.TryCommD(SectorShape.Of(kind).NodesLog2, pieces, out _, out _);
}
