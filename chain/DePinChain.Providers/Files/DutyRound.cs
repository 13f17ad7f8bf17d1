using DePinChain.Client.Programs;
using DePinChain.Client;
using DePinChain.Primitives;
using DePinChain.Proofs.Pieces;
using DePinChain.Proofs.Possession;
using DePinChain.Providers.Sealing;

namespace DePinChain.Providers.Files;

/// <summary>
/// What a provider has to do at a block, in the order of what it costs to miss: prove, bring new pieces into a set, accept proposals,
/// collect what was earned, clean up. Every step asks the chain first and may be done twice without harm.
/// </summary>
internal sealed class DutyRound(
    StorageChain chain, DealBook book, PieceStore store, AgentSettings settings, SealedDeals cold, ProgramLog log)
{
    private const int PiecesPerCallMax = 100;
    private const int SettledPerCallMax = 64;
    private const ulong LiveState = 1;

    // A piece that cannot be proven is told about once an hour at most, not every block.
    private static readonly TimeSpan Repeat = TimeSpan.FromHours(1);

    private readonly Dictionary<ulong, ulong> _provenPeriods = [];
    private readonly Dictionary<string, DateTime> _told = [];

    /// <summary>What the chain wants of each set next, as it was when last looked at.</summary>
    public IReadOnlyList<SetDuty> Duties { get; private set; } = [];

    /// <summary>True while no new deals are taken.</summary>
    public bool Maintenance { get; set; }

    public async Task RunAsync(ulong head, CancellationToken cancellation)
    {
        await book.FollowAsync(head, cancellation);
        await ProveAsync(head, cancellation);
        await AddPiecesAsync(head, cancellation);
        await AcceptAsync(head, cancellation);
        ForgetParts();
    }

    // What came of a piece whose deal ended before all of it was there: nobody will bring the rest.
    private void ForgetParts()
    {
        HashSet<PieceCid> wanted = [.. book.Live.Select(static deal => deal.Piece)];
        foreach (KeptDeal deal in book.All)
        {
            if (deal.State >= DealStanding.Terminated && !wanted.Contains(deal.Piece)) store.DeletePart(deal.Piece);
        }
    }

    private async Task ProveAsync(ulong head, CancellationToken cancellation)
    {
        var duties = new List<SetDuty>();
        foreach (ulong set in book.Sets)
        {
            AbiRecord duty = await chain.Sets.RecordAsync("nextDuty", cancellation, (UInt256)set);
            ulong period = duty.Count("period");
            if (period == 0) continue;
            var due = new SetDuty(set, period, duty.Count("opens"), duty.Count("closes"));
            duties.Add(due);

            // Final once it opens: the block of the challenge must be behind the block that is asked.
            bool isOpen = head >= due.Opens && head < due.Closes;
            if (!isOpen || _provenPeriods.GetValueOrDefault(set) >= period) continue;
            if (await TryProveAsync(due, cancellation))
            {
                _provenPeriods[set] = period;
                await SettleAsync(set, head, cancellation);
                await CleanUpAsync(set, cancellation);
            }
        }

        Duties = duties;
    }

    private async Task<bool> TryProveAsync(SetDuty duty, CancellationToken cancellation)
    {
        try
        {
            AbiRecord asked = await chain.Sets.ViewAsync("challenges", cancellation, (UInt256)duty.Set, (UInt256)duty.Period);
            IReadOnlyDictionary<ulong, PieceCid> pieces = book.PiecesOf(duty.Set);
            object?[] numbers = (object?[])asked.Values[1]!; // (seed, pieceIds, offsets), as the ABI says
            object?[] offsets = (object?[])asked.Values[2]!;
            var proofs = new List<object?>();
            for (int index = 0; index < numbers.Length; index++)
            {
                ulong number = (ulong)(UInt256)numbers[index]!;
                if (!pieces.TryGetValue(number, out PieceCid piece))
                {
                    WarnOnce($"piece {duty.Set} {number}", $"set {duty.Set} holds a piece {number} that this agent has not seen added");
                    return false;
                }

                PossessionProof proof = await store.ProveAsync(piece, (ulong)(UInt256)offsets[index]!, cancellation);
                proofs.Add(new object?[] { proof.Leaf, proof.Siblings.Chunk(Hash256.Size).ToArray<object?>() });
            }

            await chain.SendAsync(
                chain.Sets.Plan("provePossession", Amount.Zero, (UInt256)duty.Set, (UInt256)duty.Period, proofs.ToArray()), cancellation);
            log.Tell("proven", ("set", duty.Set), ("period", duty.Period), ("leaves", proofs.Count));
            return true;
        }
        catch (PieceLostException lost)
        {
            WarnOnce($"lost {lost.Piece}", lost.Message + "; its deals are not paid until it is back, and are slashed after some periods");
        }
        catch (NodeRefusedException refused)
        {
            WarnOnce($"proof {duty.Set} {duty.Period}", $"the proof of set {duty.Set} was refused: {chain.Words(refused)}");
        }

        return false;
    }

    // Data that is whole goes into the set; the call activates its deals.
    private async Task AddPiecesAsync(ulong head, CancellationToken cancellation)
    {
        KeptDeal[] ready = [.. book.Live
            .Where(deal => deal is { State: DealStanding.Published, IsHot: true, Set: 0 } && store.Has(deal.Piece))
            .Take(PiecesPerCallMax)];
        if (ready.Length == 0) return;
        ulong set = await LiveSetAsync(head, cancellation);
        try
        {
            await chain.SendAsync(
                chain.Sets.Plan("addPieces", Amount.Zero, (UInt256)set, ready.Select(deal => (object?)deal.Piece.Encode()).ToArray(),
                    ready.Select(deal => (object?)(UInt256)deal.Id).ToArray()),
                cancellation);
            foreach (KeptDeal deal in ready)
            {
                await book.RefreshAsync(deal.Id, cancellation);
                log.Tell("activated", ("deal", deal.Id), ("set", set), ("piece", deal.Piece));
            }
        }
        catch (NodeRefusedException refused) when (ready.Length == 1)
        {
            WarnOnce($"activate {ready[0].Id}", $"deal {ready[0].Id} could not be activated: {chain.Words(refused)}");
        }
        catch (NodeRefusedException)
        {
            // One of them is in the way of the others: one by one.
            foreach (KeptDeal deal in ready) await AddPieceAsync(deal, set, cancellation);
        }
    }

    private async Task AddPieceAsync(KeptDeal deal, ulong set, CancellationToken cancellation)
    {
        try
        {
            object?[] cids = [deal.Piece.Encode()];
            object?[] deals = [(UInt256)deal.Id];
            await chain.SendAsync(chain.Sets.Plan("addPieces", Amount.Zero, (UInt256)set, cids, deals), cancellation);
            await book.RefreshAsync(deal.Id, cancellation);
            log.Tell("activated", ("deal", deal.Id), ("set", set), ("piece", deal.Piece));
        }
        catch (NodeRefusedException refused)
        {
            WarnOnce($"activate {deal.Id}", $"deal {deal.Id} could not be activated: {chain.Words(refused)}");
        }
    }

    // A set that failed takes nothing more; its provider goes on with another.
    private async Task<ulong> LiveSetAsync(ulong head, CancellationToken cancellation)
    {
        foreach (ulong set in book.Sets.Reverse())
        {
            if ((await chain.Sets.RecordAsync("getDataSet", cancellation, (UInt256)set)).Count("state") == LiveState) return set;
        }

        return await OpenSetAsync(head, cancellation);
    }

    private async Task<ulong> OpenSetAsync(ulong head, CancellationToken cancellation)
    {
        Amount rent = (await chain.ParametersAsync(cancellation)).Amount("dataSets", "rentDeposit");
        await chain.SendAsync(chain.Sets.Plan("createDataSet", rent, (UInt256)book.ProviderId), cancellation);
        ulong now = await chain.HeadAsync(cancellation);
        await book.FollowAsync(Math.Max(head, now), cancellation);
        log.Tell("data set opened", ("set", book.Sets[^1]));
        return book.Sets[^1];
    }

    // Proposals that the standing offer did not cover: taken when the price is right and there is room.
    private async Task AcceptAsync(ulong head, CancellationToken cancellation)
    {
        foreach (KeptDeal deal in book.Live.Where(static deal => deal.State == DealStanding.Proposed))
        {
            string? why = Refusal(deal, head) ?? (deal.IsSealed ? await cold.RefusalAsync(deal.Piece, cancellation) : null);
            if (why is not null)
            {
                WarnOnce($"refuse {deal.Id}", $"proposal {deal.Id} is not accepted: {why}");
                continue;
            }

            try
            {
                await chain.SendAsync(chain.Market.Plan("acceptDeal", Amount.Zero, (UInt256)deal.Id), cancellation);
                await book.RefreshAsync(deal.Id, cancellation);
                log.Tell("accepted", ("deal", deal.Id), ("piece", deal.Piece));
            }
            catch (NodeRefusedException refused)
            {
                WarnOnce($"accept {deal.Id}", $"proposal {deal.Id} could not be accepted: {chain.Words(refused)}");
            }
        }
    }

    private string? Refusal(KeptDeal deal, ulong head)
    {
        if (Maintenance) return "the provider is under maintenance";
        if (deal.Start <= head) return "its start has passed";
        if (deal.Piece.PaddedSize > settings.PieceMax) return $"the piece is larger than {settings.PieceMax} bytes";
        if (deal.Piece.RawSize > store.FreeBytes && !store.Has(deal.Piece)) return $"there is room for {store.FreeBytes} bytes";
        UInt128 ask = Asking.PerBlock(settings, deal.Piece.PaddedSize, chain.DayBlocks);
        return deal.Price < ask ? $"it pays {deal.Price} wei for a block, {ask} are asked" : null;
    }

    private async Task SettleAsync(ulong set, ulong head, CancellationToken cancellation)
    {
        KeptDeal[] earning = [.. book.Live.Where(deal => deal.State == DealStanding.Active && deal.Set == set)];
        foreach (KeptDeal[] batch in earning.Chunk(SettledPerCallMax))
        {
            try
            {
                object?[] ids = [.. batch.Select(static deal => (object?)(UInt256)deal.Id)];
                await chain.SendAsync(chain.Market.Plan("settleDeals", Amount.Zero, [ids]), cancellation);
            }
            catch (NodeRefusedException)
            {
                // A client ended one of them in the block between: the next period settles the others.
            }

            foreach (KeptDeal deal in batch)
            {
                KeptDeal now = await book.RefreshAsync(deal.Id, cancellation);
                if (now.State != DealStanding.Active) log.Tell("deal over", ("deal", deal.Id), ("how", now.State));
            }
        }
    }

    // Pieces without a deal leave the set with the next proof; their files go when nothing needs them.
    private async Task CleanUpAsync(ulong set, CancellationToken cancellation)
    {
        var needed = book.Live.Select(static deal => deal.Piece).ToHashSet();
        var leaving = new List<ulong>();
        foreach ((ulong number, PieceCid piece) in book.PiecesOf(set))
        {
            if (needed.Contains(piece)) continue;
            if (!await IsInSetAsync(set, number, cancellation)) store.Delete(piece);
            else leaving.Add(number);
        }

        foreach (ulong[] batch in leaving.Chunk(PiecesPerCallMax))
        {
            try
            {
                object?[] numbers = [.. batch.Select(static number => (object?)(UInt256)number)];
                await chain.SendAsync(chain.Sets.Plan("schedulePieceDeletions", Amount.Zero, (UInt256)set, numbers), cancellation);
            }
            catch (NodeRefusedException)
            {
                // Scheduled already: they leave with the next proof.
            }
        }
    }

    private async Task<bool> IsInSetAsync(ulong set, ulong piece, CancellationToken cancellation)
    {
        try
        {
            await chain.Sets.ViewAsync("getPiece", cancellation, (UInt256)set, (UInt256)piece);
            return true;
        }
        catch (NodeRefusedException)
        {
            return false;
        }
    }

    private void WarnOnce(string key, string what)
    {
        if (_told.TryGetValue(key, out DateTime at) && DateTime.UtcNow - at < Repeat) return;
        _told[key] = DateTime.UtcNow;
        log.Warn(what);
    }
}

/// <summary>What the chain wants of a data set next.</summary>
internal sealed record SetDuty(ulong Set, ulong Period, ulong Opens, ulong Closes);
