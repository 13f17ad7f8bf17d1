using DePinChain.Modules.Attestations;
using DePinChain.Modules.Economy;
using DePinChain.Modules.Sdk;
using DePinChain.Primitives;
using static DePinChain.Modules.Sdk.Guard;

namespace DePinChain.Modules.Compute;

/// <summary>
/// Keeps what every host can sell and what of it is sold, the only such ledger, so that nothing is sold twice; and devices with their
/// stakes, which earn new coins by what committees measure of them.
/// </summary>
[Module("devices", "0x0000000000000000000000000000000000001202", Parts = [typeof(DeviceRegistry), typeof(DeviceJobs)])]
public sealed partial class DevicesModule : IModule, IJobKind, IBeginBlock, IInvariants, IGenesis<DevicesGenesis>
{
    private readonly ModuleState _state;
    private readonly Logs _logs;
    private readonly IBank _bank;
    private readonly IEmission _emission;
    private readonly IAttestations _attestations;
    private readonly IOracle _oracle;
    private readonly IClientPolicies _policies;
    private readonly DeviceRegistry _registry;
    private readonly DeviceJobs _jobs;

    /// <param name="state">The module's records.</param>
    /// <param name="logs">The module's events.</param>
    /// <param name="bank">Holds stakes.</param>
    /// <param name="emission">Mints the compute stream.</param>
    /// <param name="attestations">Draws the committees that measure devices.</param>
    /// <param name="oracle">Says what a target in dollars is in DPN.</param>
    /// <param name="policies">Know what hosts ask of those they serve.</param>
    public DevicesModule(
        ModuleState state, Logs logs, IBank bank, IEmission emission, IAttestations attestations, IOracle oracle, IClientPolicies policies)
    {
        _state = state;
        _logs = logs;
        _bank = bank;
        _emission = emission;
        _attestations = attestations;
        _oracle = oracle;
        _policies = policies;
        _registry = new DeviceRegistry(state);
        _jobs = new DeviceJobs(state);
    }

    [Slot(0)] private partial Map<Address, HostRecord> Hosts { get; }
    [Slot(1)] private partial Set<Address> HostList { get; }
    [Slot(2)] private partial Map<Hash256, ReservationRecord> Reservations { get; }
    [Slot(3)] private partial SetMap<Address, Hash256> ReservationsOf { get; }
    [Slot(4)] private partial Parameters<DeviceParameters> Rules { get; }

    /// <summary>A host's capacity and how much of it is sold; nothing at all for an unknown host.</summary>
    [Function]
    public HostRecord CapacityOf(Address host) => Find(host);

    /// <summary>The part of a host that a lease or cluster holds.</summary>
    /// <param name="reservation">The number of the lease, or of whatever holds it.</param>
    [Function]
    public ReservationRecord ReservationOf(Hash256 reservation) =>
        Reservations.TryGet(reservation, out ReservationRecord? record) ? record : new ReservationRecord(default, 0, 0, 0, []);

    /// <summary>Sets what a host can sell; no less than is sold.</summary>
    public void SetCapacity(Address host, Capacity total)
    {
        for (int i = 0; i < total.Gpus.Length; i++)
            Require(total.Gpus[i] is { Interface: not GpuInterface.Any, Count: > 0 }, new InvalidGpuPool((uint)i));
        RequireUnheld(host);
        HostRecord sold = Find(host);
        Require(DevicesPolicy.Covers(total, sold), new CapacitySold(host));
        ushort[] gpus = new ushort[total.Gpus.Length];
        for (int i = 0; i < Math.Min(gpus.Length, sold.Gpus.Length); i++) gpus[i] = sold.Gpus[i];
        HostList.Add(host);
        Hosts[host] = sold with { Total = total, Gpus = gpus };
        _logs.Emit(new CapacityChanged(host, total));
    }

    /// <summary>What a host has too little of for a demand.</summary>
    public Shortage ShortageOf(Address host, Demand demand) => DevicesPolicy.Fit(Find(host), demand, out _);

    /// <summary>Sells a part of a host.</summary>
    /// <param name="host">The host.</param>
    /// <param name="reservation">A number that holds nothing yet.</param>
    /// <param name="demand">How much.</param>
    public void Reserve(Address host, Hash256 reservation, Demand demand)
    {
        HostRecord record = Find(host);
        Shortage shortage = DevicesPolicy.Fit(record, demand, out ushort[] gpus);
        Require(shortage == Shortage.None, new CapacityTooSmall(host, shortage));
        Invariant.Assert(!Reservations.Contains(reservation), "A reservation is made once.");
        ushort[] sold = new ushort[gpus.Length];
        for (int i = 0; i < sold.Length; i++) sold[i] = (ushort)(record.Gpus[i] + gpus[i]);
        Hosts[host] = record with
        {
            CpuMilli = record.CpuMilli + demand.CpuMilli,
            MemMiB = record.MemMiB + demand.MemMiB,
            DiskMiB = record.DiskMiB + demand.DiskMiB,
            Gpus = sold,
            Reservations = record.Reservations + 1,
        };
        Reservations[reservation] = new ReservationRecord(host, demand.CpuMilli, demand.MemMiB, demand.DiskMiB, gpus);
        ReservationsOf[host].Add(reservation);
        _logs.Emit(new CapacityReserved(reservation, host));
    }

    /// <summary>Frees a part of a host. Nothing happens when the number holds nothing.</summary>
    public void Release(Hash256 reservation)
    {
        if (!Reservations.TryGet(reservation, out ReservationRecord? held)) return;
        HostRecord record = Hosts[held.Host];
        ushort[] sold = [.. record.Gpus];

        // Kinds in use keep their places; only unused ones may have been dropped behind them.
        for (int i = 0; i < held.Gpus.Length; i++)
            if (held.Gpus[i] > 0) sold[i] -= held.Gpus[i];
        Hosts[held.Host] = record with
        {
            CpuMilli = record.CpuMilli - held.CpuMilli,
            MemMiB = record.MemMiB - held.MemMiB,
            DiskMiB = record.DiskMiB - held.DiskMiB,
            Gpus = sold,
            Reservations = record.Reservations - 1,
        };
        Reservations.Remove(reservation);
        ReservationsOf[held.Host].Remove(reservation);
        _logs.Emit(new CapacityReleased(reservation, held.Host));
    }

    /// <inheritdoc/>
    public IEnumerable<string> Violations()
    {
        for (ulong i = 0; i < HostList.Count; i++)
        {
            Address host = HostList[i];
            List<ReservationRecord> held = [];
            Set<Hash256> reservations = ReservationsOf[host];
            for (ulong k = 0; k < reservations.Count; k++) held.Add(Reservations[reservations[k]]);
            foreach (string violation in DevicesInvariants.OfHost(host, Hosts[host], held)) yield return violation;
        }

        foreach (string violation in DevicesInvariants.OfStakes(_registry, _bank.BalanceOf(Address))) yield return violation;
    }

    private HostRecord Find(Address host) =>
        Hosts.TryGet(host, out HostRecord? record) ? record : DevicesPolicy.Unsold(new Capacity(0, 0, 0, []));
}
