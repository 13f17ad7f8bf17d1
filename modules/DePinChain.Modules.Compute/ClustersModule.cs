using DePinChain.Modules.Economy;
using DePinChain.Modules.Sdk;
using DePinChain.Primitives;
using static DePinChain.Modules.Sdk.Guard;

namespace DePinChain.Modules.Compute;

/// <summary>
/// Books many devices at once or none: members and spares are taken by price in one transaction, all acknowledge before anybody is paid,
/// and a member that fails is replaced or paid no more.
/// </summary>
[Module("clusters", "0x0000000000000000000000000000000000001203", Parts = [typeof(OfferBook), typeof(ClusterBook)])]
public sealed partial class ClustersModule : IModule, IBeginBlock, IInvariants, IGenesis<ClustersGenesis>
{
    private readonly ModuleState _state;
    private readonly Logs _logs;
    private readonly ITokens _tokens;
    private readonly ITreasury _treasury;
    private readonly IOracle _oracle;
    private readonly DevicesModule _devices;
    private readonly AssetVault _vault;
    private readonly OfferBook _offers;
    private readonly ClusterBook _book;

    /// <param name="state">The module's records.</param>
    /// <param name="logs">The module's events.</param>
    /// <param name="bank">Holds what renters pay.</param>
    /// <param name="tokens">Holds what renters pay in tokens.</param>
    /// <param name="treasury">Burns fees.</param>
    /// <param name="oracle">Says what fees in tokens are worth.</param>
    /// <param name="devices">Keeps devices, and what of them is sold.</param>
    public ClustersModule(
        ModuleState state, Logs logs, IBank bank, ITokens tokens, ITreasury treasury, IOracle oracle, DevicesModule devices)
    {
        _state = state;
        _logs = logs;
        _tokens = tokens;
        _treasury = treasury;
        _oracle = oracle;
        _devices = devices;
        _vault = new AssetVault(bank, tokens, treasury);
        _offers = new OfferBook(state);
        _book = new ClusterBook(state);
    }

    [Slot(0)] private partial Parameters<ClusterParameters> Rules { get; }
    [Slot(1)] private partial Map<(uint First, uint Second), uint> RoundTrips { get; }

    /// <summary>
    /// Consents to clusters: whoever books at this price has the device, without asking again. As a spare it may be called to a cheaper
    /// place at that place's price, which it may decline at no cost.
    /// </summary>
    /// <param name="call">The device's owner.</param>
    /// <param name="device">The device.</param>
    /// <param name="price">Base units an hour for all its GPUs.</param>
    /// <param name="token">0 for DPN.</param>
    /// <param name="maxHours">The longest cluster.</param>
    /// <param name="after">An offer of the same list that is no dearer, from which its place is looked for; zero for the cheapest.</param>
    [Function]
    public void OfferDevice(Call call, Hash256 device, UInt128 price, uint token, uint maxHours, Hash256 after)
    {
        DeviceRecord record = _devices.GetOwnDevice(device, call.Sender);
        bool isValid = price != UInt128.Zero && price >> 96 == UInt128.Zero && _vault.Exists(token)
            && maxHours is > 0 and <= ClustersPolicy.HoursMax;
        Require(isValid, new InvalidOffer(price, token, ClustersPolicy.HoursMax));
        OfferRecord? standing = _offers.Find(device);
        Require(standing is null || standing.Owner != call.Sender, new AlreadyOffered(device));

        // What an owner consented to before the device changed hands means nothing now.
        _offers.Remove(device);
        Hash256 list = ClustersPolicy.ListKey(record.Model, record.Region, token);
        _offers.Add(device, new OfferRecord(call.Sender, price, token, maxHours, list, Hash256.Zero, Hash256.Zero), after);
        _logs.Emit(new DeviceOffered(device, token, price, maxHours));
    }

    /// <summary>Ends a consent. A cluster that has the device keeps it.</summary>
    /// <param name="call">Who gave it.</param>
    /// <param name="device">The device.</param>
    [Function]
    public void WithdrawOffer(Call call, Hash256 device)
    {
        OfferRecord? offer = _offers.Find(device);
        Require(offer is not null, new NotOffered(device));
        Require(offer!.Owner == call.Sender, new NotDeviceOwner(offer.Owner, call.Sender));
        EndOffer(device);
    }

    /// <summary>
    /// Books all devices or none. Takes the cheapest that pass, the better rank first among equals, and one spare for every 16 as far as
    /// there are; what comes along beyond the cost is returned.
    /// </summary>
    /// <param name="call">The renter; the value is the payment in DPN, or nothing for a token.</param>
    /// <param name="request">What is needed.</param>
    /// <param name="kind">What runs on it.</param>
    /// <param name="hours">For how long.</param>
    /// <param name="maxHourly">The most that all devices may cost an hour.</param>
    /// <param name="token">0 for DPN.</param>
    /// <param name="minQuorum">With fewer members the renter pays by the block when he closes; 0 for all.</param>
    /// <param name="manifest">Hash of what to run.</param>
    /// <returns>The cluster's number.</returns>
    [Function, Payable]
    public ulong BookCluster(
        Call call, ClusterRequest request, ClusterKind kind, uint hours, UInt128 maxHourly, uint token, ushort minQuorum, Hash256 manifest)
    {
        RequireValid(request, hours, minQuorum);
        ClusterParameters rules = Rules.Value;
        ulong now = call.Block.Number;
        List<Candidate> chosen = Choose(call, request, StartsOf(request, token), hours, rules);
        Require(chosen.Count >= request.Devices, new TooFewDevices((uint)chosen.Count, request.Devices));
        UInt128 hourly = UInt128.Zero;
        for (int i = 0; i < request.Devices; i++) hourly += chosen[i].Price;
        Require(hourly <= maxHourly, new TooDear(hourly, maxHourly));
        BookingCost cost = ClustersPolicy.Cost(hourly, hours, token, rules);
        Collect(call, token, cost.Total);

        ulong id = _book.NextId();
        RosterEntry[] entries = new RosterEntry[chosen.Count];
        for (int i = 0; i < entries.Length; i++)
        {
            Candidate one = chosen[i];
            entries[i] = new RosterEntry(one.Device, one.Price);
            _devices.Hold(one.Device, one.Record, id);
            MemberState state = i < request.Devices ? MemberState.Waiting : MemberState.Spare;
            _book.Save(one.Device, new MemberRecord(id, one.Price, state, From: 0));
        }

        ushort quorum = minQuorum == 0 ? request.Devices : minQuorum;
        ClusterRecord cluster = new(
            call.Sender, kind, ClusterState.Reserved, token, request.Devices, Ready: 0, quorum, hourly, hours, manifest, now,
            now + rules.AckBlocks, Extended: false, StartedAt: 0, EndsAt: 0, cost.Hours, cost.Reservation,
            cost.TokenFee, Spent: UInt128.Zero);
        _book.Add(id, cluster, new Roster(entries));
        _book.Hold(token, cost.Total);
        _book.Steps.Add(cluster.Deadline, new ClusterStep(id, StepKind.Deadline, 0));
        ushort spares = (ushort)(entries.Length - request.Devices);
        _logs.Emit(new ClusterBooked(
            id, call.Sender, kind, token, request.Devices, spares, hourly, hours, cost.Total, cluster.Deadline, manifest));
        return id;
    }

    /// <inheritdoc/>
    public void Initialize(ClustersGenesis section, GenesisContext context)
    {
        Rules.Value = section.ToParameters();
        foreach (GenesisRoundTrip trip in section.RoundTrips) RoundTrips[PairOf(trip.First, trip.Second)] = trip.Ms;
    }

    private static void RequireValid(ClusterRequest request, uint hours, ushort minQuorum)
    {
        bool isValid = request.Devices is > 0 and <= ClustersPolicy.DevicesMax && hours is > 0 and <= ClustersPolicy.HoursMax
            && request.Regions.Length > 0 && request.Regions.Length == request.From.Length
            && request.BandwidthTier <= ClustersPolicy.TierMax && minQuorum <= request.Devices;
        Require(isValid, new InvalidRequest());
    }

    // Where to begin in each region's list, and that the regions are close enough.
    private Hash256[] StartsOf(ClusterRequest request, uint token)
    {
        ushort[] regions = request.Regions;
        Hash256[] starts = new Hash256[regions.Length];
        for (int i = 0; i < regions.Length; i++)
        {
            for (int j = 0; j < i && request.MaxRttMs > 0; j++)
            {
                uint rtt = RoundTrips[PairOf(regions[j], regions[i])];
                Require(rtt > 0 && rtt <= request.MaxRttMs, new RegionsTooFar(regions[j], regions[i], rtt));
            }

            Hash256 list = ClustersPolicy.ListKey(request.Model, regions[i], token);
            starts[i] = request.From[i] == Hash256.Zero ? _offers.HeadOf(list) : request.From[i];
            bool isStart = request.From[i] == Hash256.Zero || _offers.Find(starts[i])?.List == list;
            bool isTwice = starts.AsSpan(0, i).Contains(starts[i]) && starts[i] != Hash256.Zero;
            Require(isStart && !isTwice, new WrongStart(regions[i], starts[i]));
        }

        return starts;
    }

    private List<Candidate> Choose(Call call, ClusterRequest request, Hash256[] starts, uint hours, in ClusterParameters rules)
    {
        Amount least = _devices.GetMinStake(request.Model, request.GpusPerDevice);
        ulong epoch = call.Block.Number / _devices.EpochBlocks;
        int wanted = request.Devices + ClustersPolicy.Spares(request.Devices);
        int left = ClustersPolicy.ScanMax(request.Devices);
        List<Candidate> found = [];
        foreach ((Hash256 device, OfferRecord offer) in _offers.Walk(starts))
        {
            // All of one price are looked at, since the better rank goes first among them.
            if (left-- == 0 || (found.Count >= wanted && offer.Price > found[^1].Price)) break;
            if (offer.MaxHours < hours || _devices.FindDevice(device) is not { } record || record.Owner != offer.Owner) continue;
            bool passes = record.Model == request.Model && record.Gpus == request.GpusPerDevice && record.VramMiB >= request.MinVramMiB
                && ClustersPolicy.IsOfTier(record.Bandwidth, request.BandwidthTier)
                && DevicesModule.IsFit(record, least, rules.UpEpochs, epoch) && _devices.IsFree(device, record)
                && _devices.Admits(call.Block, record.Owner, call.Sender);
            if (passes) found.Add(new Candidate(device, record, offer.Price, DevicesModule.RankOfDevice(record)));
        }

        found.Sort();
        if (found.Count > wanted) found.RemoveRange(wanted, found.Count - wanted);
        return WithinHosts(found);
    }

    // Several devices of one owner may share a host that has room for some of them only.
    private List<Candidate> WithinHosts(List<Candidate> found)
    {
        SortedSet<Address> owners = [];
        bool isShared = false;
        foreach (Candidate one in found) isShared |= !owners.Add(one.Record.Owner) && _devices.IsHost(one.Record.Owner);
        if (!isShared) return found;
        List<Candidate> fitting = [];
        SortedDictionary<Address, int> taken = [];
        foreach (Candidate one in found)
        {
            int before = taken.GetValueOrDefault(one.Record.Owner);
            if (!_devices.HasRoom(one.Record, before + 1)) continue;
            taken[one.Record.Owner] = before + 1;
            fitting.Add(one);
        }

        return fitting;
    }

    private void Collect(Call call, uint token, UInt128 due)
    {
        if (token != AssetVault.Native)
        {
            Require(call.Value.IsZero, new WrongPayment(UInt128.Zero, call.Value.Wei));
            UInt128 had = _vault.BalanceOf(token, call.Sender);
            Require(had >= due, new WrongPayment(due, had));
            _vault.Move(token, call.Sender, Address, due, default);
            return;
        }

        Require(call.Value.Wei >= due, new WrongPayment(due, call.Value.Wei));
        _vault.Move(token, Address, call.Sender, call.Value.Wei - due, default);
    }

    private void EndOffer(Hash256 device)
    {
        if (_offers.Find(device) is null) return;
        _offers.Remove(device);
        _logs.Emit(new OfferWithdrawn(device));
    }

    private static (uint First, uint Second) PairOf(ushort first, ushort second) => (Math.Min(first, second), Math.Max(first, second));

    private sealed record Candidate(Hash256 Device, DeviceRecord Record, UInt128 Price, long Rank) : IComparable<Candidate>
    {
        public int CompareTo(Candidate? other)
        {
            int byPrice = Price.CompareTo(other!.Price);
            if (byPrice != 0) return byPrice;
            int byRank = other.Rank.CompareTo(Rank);
            return byRank != 0 ? byRank : Device.CompareTo(other.Device);
        }
    }
}
