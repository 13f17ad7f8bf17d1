using DePinChain.Modules.Sdk;
using DePinChain.Primitives;
using static DePinChain.Modules.Sdk.Guard;

namespace DePinChain.Modules.Compute;

// What members and the renter do once a cluster is booked.
public sealed partial class ClustersModule
{
    /// <summary>Says that a device is ready, and how the others reach it. With the last member's word the cluster starts.</summary>
    /// <param name="call">The device's owner.</param>
    /// <param name="cluster">The cluster.</param>
    /// <param name="device">A member, or a spare.</param>
    /// <param name="wireGuardKey">Its public key.</param>
    /// <param name="endpointHash">Hash of where it listens.</param>
    [Function]
    public void AckCluster(Call call, ulong cluster, Hash256 device, Hash256 wireGuardKey, Hash256 endpointHash)
    {
        _devices.GetOwnDevice(device, call.Sender);
        ClusterRecord record = _book.Get(cluster);
        Require(record.State is ClusterState.Reserved or ClusterState.Running, new WrongClusterState(cluster, record.State));
        MemberRecord member = _book.MemberOf(cluster, device);
        Require(member.State != MemberState.None, new NotAMember(cluster, device));
        bool isNew = member.State is MemberState.Waiting or MemberState.Spare;
        Require(isNew, new AlreadyAcknowledged(cluster, device));

        ulong now = call.Block.Number;
        bool isMember = member.State == MemberState.Waiting;
        uint from = record.State == ClusterState.Running ? (uint)now : 0;
        _book.Save(device, member with { State = isMember ? MemberState.Ready : MemberState.ReadySpare, From = from });
        _book.Save(device, new MeshPoint(wireGuardKey, endpointHash));
        _book.Hear(device, now);
        _logs.Emit(new MemberAcknowledged(cluster, device, wireGuardKey, endpointHash));
        if (!isMember) return;
        record = record with { Ready = (ushort)(record.Ready + 1) };
        if (record.State == ClusterState.Reserved && record.Ready == record.Devices) Start(cluster, record, now);
        else _book.Save(cluster, record);
    }

    /// <summary>Takes a device out of a cluster: before the start at no cost, later paid for complete hours. Its offer ends.</summary>
    /// <param name="call">The device's owner.</param>
    /// <param name="cluster">The cluster.</param>
    /// <param name="device">A member, or a spare.</param>
    [Function]
    public void DeclineCluster(Call call, ulong cluster, Hash256 device)
    {
        _devices.GetOwnDevice(device, call.Sender);
        ClusterRecord record = _book.Get(cluster);
        Require(record.State is ClusterState.Reserved or ClusterState.Running, new WrongClusterState(cluster, record.State));
        MemberRecord member = _book.MemberOf(cluster, device);
        Require(member.State != MemberState.None, new NotAMember(cluster, device));
        ulong now = call.Block.Number;
        if (record.State == ClusterState.Running)
        {
            _book.Save(cluster, Lose(cluster, record, device, LeaveReason.Declined, now));
            return;
        }

        Drop(cluster, device, LeaveReason.Declined);
        if (member.State is MemberState.Spare or MemberState.ReadySpare) return;
        if (member.State == MemberState.Ready) record = record with { Ready = (ushort)(record.Ready - 1) };
        if (Promoted(cluster, record, device, member) is not { } replaced) Abort(cluster, record, now);
        else if (replaced.Ready == replaced.Devices) Start(cluster, replaced, now);
        else _book.Save(cluster, replaced);
    }

    /// <summary>Gives a sign of life of devices in running clusters.</summary>
    /// <param name="call">Their owner.</param>
    /// <param name="devices">At most 64.</param>
    [Function]
    public void Heartbeat(Call call, [Limit(ClustersPolicy.HeartbeatMax)] Hash256[] devices)
    {
        foreach (Hash256 device in devices)
        {
            _devices.GetOwnDevice(device, call.Sender);
            MemberRecord member = _book.MemberOf(device);
            Require(member.State is MemberState.Waiting or MemberState.Ready, new NotAMember(member.Cluster, device));
            _book.Hear(device, call.Block.Number);
        }
    }

    /// <summary>Sends a member away that is of no use: it is paid to the end of the running hour, and another takes its place.</summary>
    /// <param name="call">The renter.</param>
    /// <param name="cluster">The cluster.</param>
    /// <param name="device">A member.</param>
    /// <param name="fault">What is wrong, in the renter's terms.</param>
    /// <param name="evidence">Hash of what shows it.</param>
    [Function]
    public void ReportDevice(Call call, ulong cluster, Hash256 device, byte fault, Hash256 evidence)
    {
        ClusterRecord record = GetOwn(cluster, ClusterState.Running, call.Sender);
        MemberRecord member = _book.MemberOf(cluster, device);
        Require(member.State is MemberState.Waiting or MemberState.Ready, new NotAMember(cluster, device));
        _logs.Emit(new MemberReported(cluster, device, fault, evidence));
        _book.Save(cluster, Lose(cluster, record, device, LeaveReason.Dismissed, call.Block.Number));
    }

    /// <summary>Books a running cluster for longer, at the same price, as far as all members consented to.</summary>
    /// <param name="call">The renter, with the payment.</param>
    /// <param name="cluster">The cluster.</param>
    /// <param name="hours">How much longer.</param>
    [Function, Payable]
    public void ExtendCluster(Call call, ulong cluster, uint hours)
    {
        ClusterRecord record = GetOwn(cluster, ClusterState.Running, call.Sender);
        Require(hours is > 0 and <= ClustersPolicy.HoursMax, new InvalidRequest());
        uint total = record.Hours + hours;
        foreach (RosterEntry entry in _book.RosterOf(cluster))
        {
            if (_book.MemberOf(cluster, entry.Device).State == MemberState.None) continue;
            uint most = _offers.Find(entry.Device)?.MaxHours ?? 0;
            Require(total <= most, new TooLong(entry.Device, total, most));
        }

        ClusterParameters rules = Rules.Value;
        BookingCost cost = ClustersPolicy.Cost(record.Hourly, hours, record.Token, rules);
        Collect(call, record.Token, cost.Total);
        _book.Hold(record.Token, cost.Total);
        _book.AddFee(record.Token, cost.Reservation);
        record = record with
        {
            Hours = total,
            EndsAt = record.EndsAt + ((ulong)hours * rules.HourBlocks),
            Held = record.Held + cost.Hours,
            TokenFee = record.TokenFee + cost.TokenFee,
        };
        _book.Save(cluster, record);
        _book.Steps.Add(record.EndsAt, new ClusterStep(cluster, StepKind.End, 0));
        _logs.Emit(new ClusterExtended(cluster, hours, record.EndsAt, cost.Total));
    }

    /// <summary>
    /// Ends a running cluster: members are paid to the end of the running hour, with fewer than the quorum by the block; the rest comes
    /// back.
    /// </summary>
    /// <param name="call">The renter.</param>
    /// <param name="cluster">The cluster.</param>
    [Function]
    public void CloseCluster(Call call, ulong cluster)
    {
        ClusterRecord record = GetOwn(cluster, ClusterState.Running, call.Sender);
        ulong now = call.Block.Number;
        ulong hourEnd = Math.Min(ClustersPolicy.HourEnd(record.StartedAt, now, Rules.Value.HourBlocks), record.EndsAt);
        BeginSettling(cluster, record, ClusterState.Closing, record.Ready < record.MinQuorum ? now : hourEnd, now + 1);
    }

    private ClusterRecord GetOwn(ulong cluster, ClusterState state, Address caller)
    {
        ClusterRecord record = _book.Get(cluster, state);
        Require(record.Renter == caller, new NotTheRenter(record.Renter, caller));
        return record;
    }

    private void Start(ulong id, ClusterRecord cluster, ulong now)
    {
        ClusterParameters rules = Rules.Value;
        ulong endsAt = now + ((ulong)cluster.Hours * rules.HourBlocks);
        _book.AddFee(cluster.Token, cluster.Fee);
        _book.Save(id, cluster with { State = ClusterState.Running, StartedAt = now, EndsAt = endsAt, Fee = UInt128.Zero });
        _book.Steps.Add(now + 1, new ClusterStep(id, StepKind.Spares, cluster.Devices));
        _book.Steps.Add(now + rules.RoundBlocks, new ClusterStep(id, StepKind.Sweep, 0));
        _book.Steps.Add(endsAt, new ClusterStep(id, StepKind.End, 0));
        _logs.Emit(new ClusterStarted(id, now, endsAt));
    }

    private void Abort(ulong id, ClusterRecord cluster, ulong now) =>
        BeginSettling(id, cluster, ClusterState.Aborting, now, now + 1);

    private void BeginSettling(ulong id, ClusterRecord cluster, ClusterState state, ulong endsAt, ulong from)
    {
        _book.Save(id, cluster with { State = state, EndsAt = endsAt });
        _book.Steps.Add(from, new ClusterStep(id, StepKind.Settle, 0));
        _logs.Emit(new ClusterClosing(id, state, endsAt));
    }

    // Takes a device out without pay. Its consent ends with it: it would only be taken and fail again.
    private void Drop(ulong id, Hash256 device, LeaveReason reason)
    {
        LetGo(device);
        EndOffer(device);
        _logs.Emit(new MemberLeft(id, device, reason));
    }

    private void LetGo(Hash256 device)
    {
        _book.Remove(device);
        _devices.LetGo(device);
    }

    // A spare takes a place before the start; null when there is none.
    private ClusterRecord? Promoted(ulong id, ClusterRecord cluster, Hash256 gone, in MemberRecord place)
    {
        foreach (RosterEntry entry in _book.RosterOf(id))
        {
            MemberRecord spare = _book.MemberOf(id, entry.Device);
            if (spare.State is not (MemberState.Spare or MemberState.ReadySpare)) continue;
            bool isReady = spare.State == MemberState.ReadySpare;
            MemberState state = isReady ? MemberState.Ready : MemberState.Waiting;
            _book.Save(entry.Device, new MemberRecord(id, place.Hourly, state, From: 0));
            _logs.Emit(new MemberReplaced(id, gone, entry.Device));
            return isReady ? cluster with { Ready = (ushort)(cluster.Ready + 1) } : cluster;
        }

        return null;
    }

    // A member of a running cluster goes, is paid what is its due, and a device of the roster that is free again takes its place.
    private ClusterRecord Lose(ulong id, ClusterRecord cluster, Hash256 device, LeaveReason reason, ulong now)
    {
        ClusterParameters rules = Rules.Value;
        MemberRecord member = _book.MemberOf(id, device);
        if (member.State == MemberState.Ready)
        {
            ulong from = StartOf(cluster, member);

            // Who fails is paid for whole hours only; who is sent away for the running one too.
            ulong until = reason == LeaveReason.Dismissed
                ? Math.Min(ClustersPolicy.HourEnd(cluster.StartedAt, now, rules.HourBlocks), cluster.EndsAt)
                : from + ((now - from) / rules.HourBlocks * rules.HourBlocks);
            cluster = Paid(id, cluster, device, member, until, rules) with { Ready = (ushort)(cluster.Ready - 1) };
            if (reason != LeaveReason.Dismissed) _devices.CountJob(device, endedWell: false);
        }

        Drop(id, device, reason);
        Recall(id, cluster, device, member, now, rules);
        return cluster;
    }

    private void Recall(
        ulong id, ClusterRecord cluster, Hash256 gone, in MemberRecord place, ulong now, in ClusterParameters rules)
    {
        ulong epoch = now / _devices.EpochBlocks;
        foreach (RosterEntry entry in _book.RosterOf(id))
        {
            OfferRecord? offer = _offers.Find(entry.Device);
            if (offer is null || offer.Token != cluster.Token || offer.MaxHours < cluster.Hours) continue;
            if (_devices.FindDevice(entry.Device) is not { } record || record.Owner != offer.Owner) continue;
            Amount least = _devices.GetMinStake(record.Model, record.Gpus);
            if (!DevicesModule.IsFit(record, least, rules.UpEpochs, epoch) || !_devices.IsFree(entry.Device, record)) continue;
            _devices.Hold(entry.Device, record, id);
            _book.Save(entry.Device, new MemberRecord(id, place.Hourly, MemberState.Waiting, From: 0));
            _book.Hear(entry.Device, now);
            _logs.Emit(new MemberReplaced(id, gone, entry.Device));
            return;
        }
    }

    private static ulong StartOf(ClusterRecord cluster, in MemberRecord member) => member.From == 0 ? cluster.StartedAt : member.From;

    private ClusterRecord Paid(
        ulong id, ClusterRecord cluster, Hash256 device, in MemberRecord member, ulong until, in ClusterParameters rules)
    {
        ulong from = StartOf(cluster, member);
        UInt128 gross = until <= from ? UInt128.Zero : ClustersPolicy.Earned(member.Hourly, until - from, rules.HourBlocks);
        if (gross == UInt128.Zero) return cluster;
        UInt128 fee = ClustersPolicy.SupplierFee(gross, cluster.Token, rules);
        Address owner = _devices.FindDevice(device)!.Owner; // a device that is held cannot be taken away
        _book.AddFee(cluster.Token, fee);
        _book.LetGo(cluster.Token, gross - fee);
        _vault.Move(cluster.Token, Address, owner, gross - fee, device);
        _logs.Emit(new MemberPaid(id, device, owner, gross, fee));
        return cluster with { Spent = cluster.Spent + gross };
    }
}
