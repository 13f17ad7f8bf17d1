using DePinChain.Client;
using DePinChain.Primitives;
using DePinChain.Proofs.Pieces;

namespace DePinChain.Providers.Files;

/// <summary>A deal of this provider, as the chain has it.</summary>
/// <param name="Id">Its number.</param>
/// <param name="State">Where it stands.</param>
/// <param name="Client">Who may bring its data.</param>
/// <param name="Piece">What is stored.</param>
/// <param name="Price">Base units for a block.</param>
/// <param name="Start">The data must be proven soon after it.</param>
/// <param name="End">The last block that is paid.</param>
/// <param name="Set">The data set, or the sealed sector's container, that it lies in; 0 before.</param>
/// <param name="IsHot">It asks for proofs of possession, so its piece is kept as it is.</param>
/// <param name="IsSealed">It asks for a sealed replica.</param>
internal sealed record KeptDeal(
    ulong Id, DealStanding State, Address Client, PieceCid Piece, UInt128 Price, ulong Start, ulong End, ulong Set, bool IsHot,
    bool IsSealed);

/// <summary>States of a deal, as the chain numbers them.</summary>
internal enum DealStanding
{
    None = 0,
    Proposed = 1,
    Published = 2,
    Active = 3,
    Completed = 4,
    Terminated = 5,
    Slashed = 6,
    Cancelled = 7,
    Expired = 8,
}

/// <summary>
/// This provider's deals and data sets. Everything here comes from the chain's logs and views, so that an agent that lost its memory, or
/// slept for a week, knows the same as one that did not.
/// </summary>
internal sealed class DealBook(StorageChain chain, Enrolment enrolment)
{
    private readonly SortedDictionary<ulong, KeptDeal> _deals = [];
    private readonly SortedDictionary<ulong, SortedDictionary<ulong, PieceCid>> _sets = [];
    private readonly Lock _gate = new();
    // Active deals change seldom, and mostly by this agent: each is read again in its turn.
    private const int RefreshedMax = 32;
    // Classes, as the chain numbers them: 0 possession, 1 a sealed replica, 2 both.
    private const ulong SealedClass = 1;
    private ulong _next = enrolment.Block;
    private int _turn;

    public ulong ProviderId => enrolment.ProviderId;

    /// <summary>Deals that are not over.</summary>
    public IReadOnlyList<KeptDeal> Live
    {
        get
        {
            lock (_gate) return [.. _deals.Values.Where(static deal => deal.State is >= DealStanding.Proposed and <= DealStanding.Active)];
        }
    }

    public IReadOnlyList<KeptDeal> All
    {
        get
        {
            lock (_gate) return [.. _deals.Values];
        }
    }

    public IReadOnlyList<ulong> Sets
    {
        get
        {
            lock (_gate) return [.. _sets.Keys];
        }
    }

    /// <summary>The pieces that a set ever got, by their numbers.</summary>
    public IReadOnlyDictionary<ulong, PieceCid> PiecesOf(ulong set)
    {
        lock (_gate) return _sets.TryGetValue(set, out SortedDictionary<ulong, PieceCid>? pieces)
            ? new SortedDictionary<ulong, PieceCid>(pieces)
            : new SortedDictionary<ulong, PieceCid>();
    }

    public KeptDeal? Find(ulong id)
    {
        lock (_gate) return _deals.GetValueOrDefault(id);
    }

    /// <summary>Reads what happened up to a block, and how all deals stand that are not over.</summary>
    public async Task FollowAsync(ulong head, CancellationToken cancellation)
    {
        if (head >= _next)
        {
            Hash256 provider = LogTopic.Of(enrolment.ProviderId);
            var found = new SortedSet<ulong>();
            foreach (string name in (string[])["DealProposed", "DealPublished"])
            {
                foreach (ModuleLog log in await chain.Market.LogsAsync(name, _next, head, cancellation, null, null, provider))
                    found.Add(log.Values.Count("id"));
            }

            await FollowSetsAsync(head, provider, cancellation);
            foreach (ulong id in found) await RefreshAsync(id, cancellation);
            _next = head + 1;
        }

        foreach (KeptDeal deal in Live.Where(static deal => deal.State != DealStanding.Active))
            await RefreshAsync(deal.Id, cancellation);
        KeptDeal[] active = [.. Live.Where(static deal => deal.State == DealStanding.Active)];
        for (int count = Math.Min(active.Length, RefreshedMax); count > 0; count--)
            await RefreshAsync(active[(int)((uint)unchecked(_turn++) % active.Length)].Id, cancellation);
    }

    /// <summary>Reads a deal again.</summary>
    public async Task<KeptDeal> RefreshAsync(ulong id, CancellationToken cancellation)
    {
        AbiRecord record = await chain.DealAsync(id, cancellation);
        var deal = new KeptDeal(
            id, (DealStanding)record.Count("state"), record.Address("client"), StorageChain.PieceOf(record),
                (UInt128)record.Number("price"),
            record.Count("start"), record.Count("end"), record.Count("container"), record.Count("class") != SealedClass,
            record.Count("class") >= SealedClass);
        if (record.Count("provider") == enrolment.ProviderId)
        {
            lock (_gate) _deals[id] = deal;
        }

        return deal;
    }

    private async Task FollowSetsAsync(ulong head, Hash256 provider, CancellationToken cancellation)
    {
        foreach (ModuleLog log in await chain.Sets.LogsAsync("DataSetCreated", _next, head, cancellation, null, provider))
        {
            lock (_gate) _sets[log.Values.Count("setId")] = [];
        }

        foreach (ulong set in Sets)
        {
            Hash256 topic = LogTopic.Of(set);
            foreach (ModuleLog log in await chain.Sets.LogsAsync("PiecesAdded", _next, head, cancellation, topic))
                Remember(set, log.Values);
            foreach (ModuleLog _ in await chain.Sets.LogsAsync("DataSetClosed", _next, head, cancellation, topic))
            {
                lock (_gate) _sets.Remove(set);
            }
        }
    }

    private void Remember(ulong set, AbiRecord added)
    {
        ulong number = added.Count("first");
        lock (_gate)
        {
            foreach (object? cid in added.List("cids"))
            {
                if (PieceCid.TryDecode((byte[])cid!, out PieceCid piece, out _)) _sets[set][number] = piece;
                number++;
            }
        }
    }
}
