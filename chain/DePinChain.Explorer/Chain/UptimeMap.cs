using DePinChain.Indexer.Rows;
using DePinChain.Indexer.Store;
using DePinChain.Primitives;
using Microsoft.EntityFrameworkCore;

namespace DePinChain.Explorer.Chain;

/// <summary>Who signed which of the last blocks: out of the certificates that the next blocks carry.</summary>
public sealed class UptimeMap
{
    /// <summary>Blocks looked at.</summary>
    public const int Blocks = 1_000;

    private readonly Dictionary<Address, bool?[]> _signed;

    private UptimeMap(long first, Dictionary<Address, bool?[]> signed) => (First, _signed) = (first, signed);

    /// <summary>The lowest block of the map.</summary>
    public long First { get; }

    /// <summary>Who had a seat, in the order of their addresses.</summary>
    public IEnumerable<Address> Owners => _signed.Keys.Order();

    /// <summary>For each block from the first on: signed, missed, or null where the validator had no seat.</summary>
    public bool?[] Of(Address owner) => _signed.GetValueOrDefault(owner) ?? [];

    /// <summary>Blocks missed and blocks with a seat.</summary>
    public (int Missed, int Seats) Count(Address owner)
    {
        bool?[] blocks = Of(owner);
        return (blocks.Count(signed => signed == false), blocks.Count(signed => signed is not null));
    }

    /// <summary>Reads the last blocks whose certificate is chosen.</summary>
    public static async Task<UptimeMap> ReadAsync(IndexContext index, long height, CancellationToken cancellation)
    {
        long first = Math.Max(1, height - Blocks);
        var certificates = await index.Blocks.Where(row => row.Number > first && row.Number <= height).OrderBy(row => row.Number)
            .Select(row => new { row.Number, row.ParentSigners }).ToListAsync(cancellation);
        List<ValidatorSetRow> sets = await index.ValidatorSets.OrderBy(row => row.FromBlock).ToListAsync(cancellation);
        var signed = new Dictionary<Address, bool?[]>();
        int count = certificates.Count;
        int next = 0;
        IReadOnlyList<SetMember> seats = [];
        for (int at = 0; at < count; at++)
        {
            long block = certificates[at].Number - 1;
            for (; next < sets.Count && sets[next].FromBlock <= block; next++) seats = SetMember.Read(sets[next]);
            for (int seat = 0; seat < seats.Count; seat++)
            {
                if (!signed.TryGetValue(seats[seat].Owner, out bool?[]? blocks)) signed[seats[seat].Owner] = blocks = new bool?[count];
                blocks[at] = SetMember.Signed(certificates[at].ParentSigners, seat);
            }
        }

        return new UptimeMap(first, signed);
    }
}
