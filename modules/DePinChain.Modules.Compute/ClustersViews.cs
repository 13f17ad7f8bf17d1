using DePinChain.Modules.Sdk;
using DePinChain.Primitives;
using static DePinChain.Modules.Sdk.Guard;

namespace DePinChain.Modules.Compute;

// What clusters show.
public sealed partial class ClustersModule
{
    /// <summary>A cluster; reverts for one that there is not.</summary>
    [Function]
    public ClusterRecord GetCluster(ulong cluster) => _book.Get(cluster);

    /// <summary>How many clusters were ever booked; their numbers are 1 to this.</summary>
    [Function]
    public ulong ClusterCount() => _book.Last;

    /// <summary>Places of a cluster's roster, at most 100, in the order of prices, members first: the first is the head node.</summary>
    /// <param name="cluster">The cluster.</param>
    /// <param name="start">How many to pass over.</param>
    /// <param name="limit">How many at most.</param>
    [Function]
    public MemberReport[] GetMembers(ulong cluster, uint start, uint limit)
    {
        Require(limit <= DevicesPolicy.PageMax, new ClusterPageTooLarge(DevicesPolicy.PageMax));
        _book.Get(cluster);
        return [.. _book.RosterOf(cluster).Skip((int)Math.Min(start, ClustersPolicy.RosterMax)).Take((int)limit).Select(entry =>
        {
            MemberRecord member = _book.MemberOf(cluster, entry.Device);
            bool isThere = member.State != MemberState.None;
            MeshPoint point = isThere ? _book.PointOf(entry.Device) : default;
            return new MemberReport(
                entry.Device, member.State, isThere ? member.Hourly : entry.Price, member.From,
                isThere ? _book.HeardAt(entry.Device) : 0, point.WireGuardKey, point.EndpointHash);
        })];
    }

    /// <summary>The place of a device in whichever cluster it is in; all zeros for none.</summary>
    [Function]
    public MemberRecord GetPlace(Hash256 device) => _book.MemberOf(device);

    /// <summary>A device's offer; all zeros when it is not offered.</summary>
    [Function]
    public OfferRecord GetOffer(Hash256 device) =>
        _offers.Find(device) ?? new OfferRecord(default, UInt128.Zero, 0, 0, default, default, default);

    /// <summary>Offered devices of a model and region by price, at most 100.</summary>
    /// <param name="model">The registered number of the GPUs' model.</param>
    /// <param name="region">ISO 3166 numeric.</param>
    /// <param name="token">0 for DPN.</param>
    /// <param name="from">The device to begin with; zero for the cheapest.</param>
    /// <param name="limit">How many at most.</param>
    [Function]
    public Hash256[] GetOffers(uint model, ushort region, uint token, Hash256 from, uint limit)
    {
        Require(limit <= DevicesPolicy.PageMax, new ClusterPageTooLarge(DevicesPolicy.PageMax));
        Hash256 start = from == Hash256.Zero ? _offers.HeadOf(ClustersPolicy.ListKey(model, region, token)) : from;
        return [.. _offers.Walk([start]).Take((int)limit).Select(static offer => offer.Device)];
    }

    /// <summary>What so much an hour costs for so many hours, with all that a renter is asked for.</summary>
    [Function]
    public BookingCost GetCost(UInt128 hourly, uint hours, uint token) => ClustersPolicy.Cost(hourly, hours, token, Rules.Value);

    /// <summary>Fees in a token that wait to be burned or sold.</summary>
    [Function]
    public UInt128 GetFees(uint token) => _book.FeesOf(token);

    /// <summary>Round trip between two regions in milliseconds; 0 when nobody has said.</summary>
    [Function]
    public uint GetRoundTrip(ushort first, ushort second) => RoundTrips[PairOf(first, second)];

    /// <inheritdoc/>
    public IEnumerable<string> Violations()
    {
        SortedDictionary<uint, UInt128> owed = new() { [AssetVault.Native] = UInt128.Zero };
        for (ulong start = 0; start < _book.Live.Count; start += DevicesPolicy.PageMax)
        {
            foreach (ulong id in _book.Live.Page(start, DevicesPolicy.PageMax))
            {
                ClusterRecord cluster = _book.Get(id);
                owed[cluster.Token] = owed.GetValueOrDefault(cluster.Token) + cluster.Held - cluster.Spent + cluster.Fee + cluster.TokenFee;
                MemberRecord[] members = [.. _book.RosterOf(id).Select(entry => _book.MemberOf(id, entry.Device))];
                foreach (string violation in ClustersInvariants.OfCluster(id, cluster, members)) yield return violation;
            }
        }

        for (uint token = 1; _tokens.Exists(token); token++) owed.TryAdd(token, UInt128.Zero);
        foreach ((uint token, UInt128 sum) in owed)
        {
            UInt128 held = _book.HeldIn(token);
            UInt128 balance = _vault.BalanceOf(token, Address);
            UInt128 all = sum + _book.FeesOf(token);
            foreach (string violation in ClustersInvariants.OfMoney(token, all, held, balance)) yield return violation;
        }
    }
}
