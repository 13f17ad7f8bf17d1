using DePinChain.Modules.Sdk;
using DePinChain.Primitives;
using static DePinChain.Modules.Sdk.Guard;

namespace DePinChain.Modules.Attestations;

/// <summary>Verifiers with their bonds and workers, and for each role a tree of weights that committees are drawn from.</summary>
/// <remarks>
/// A tree is Fenwick's over 4,096 slots: node j holds the sum of the last lowbit(j) slots up to j. A weight changes at the start of a block
/// after all draws, so nobody can answer a seed that is already known with another weight.
/// </remarks>
[ModulePart]
internal sealed partial class VerifierRegistry(ModuleState state)
{
    [Slot(10)] private partial Map<Address, VerifierRecord> Records { get; }
    [Slot(11)] private partial Map<Address, Address> OwnerOf { get; }
    [Slot(12)] private partial Map<uint, Address> Slots { get; }
    [Slot(13)] private partial Item<uint> Filled { get; }
    [Slot(14)] private partial Map<(byte Role, uint Node), UInt128> Sums { get; }
    [Slot(15)] private partial Schedule<Address> WeightChanges { get; }
    [Slot(16)] private partial Item<Amount> BondedTotal { get; }
    [Slot(17)] private partial Item<Amount> EarnedTotal { get; }

    public uint Count => Filled.Value;

    /// <summary>All bonds, those on their way back included.</summary>
    public Amount Bonded => BondedTotal.Value;

    /// <summary>Fees that verifiers have not claimed.</summary>
    public Amount Unclaimed => EarnedTotal.Value;

    public Schedule<Address> Changes => WeightChanges;

    public bool TryGet(Address owner, out VerifierRecord? record) => Records.TryGet(owner, out record);

    public VerifierRecord Get(Address owner)
    {
        Require(Records.TryGet(owner, out VerifierRecord? record), new UnknownVerifier(owner));
        return record;
    }

    /// <summary>Whose worker a key is; zero for nobody's.</summary>
    public Address OwnerOfWorker(Address worker) => OwnerOf[worker];

    public Address OwnerAt(uint slot) => Slots[slot];

    /// <summary>Enters a new verifier without worker or bond.</summary>
    public VerifierRecord Enter(Address owner)
    {
        uint slot = Filled.Value;
        Require(!Records.Contains(owner), new VerifierExists(owner));
        Require(slot < AttestationsPolicy.VerifiersMax, new RegistryFull(AttestationsPolicy.VerifiersMax));
        Filled.Value = slot + 1;
        Slots[slot] = owner;
        VerifierRecord record = new(
            slot, Amount.Zero, Address.Zero, Roles: 0, WorkerUntil: 0, Amount.Zero, Served: 0, Missed: 0, MissRun: 0, JailedUntil: 0,
            Amount.Zero, WeightRoles: 0, []);
        Records[owner] = record;
        return record;
    }

    public void Save(Address owner, VerifierRecord record) => Records[owner] = record;

    /// <summary>Replaces a verifier's worker; zero for none.</summary>
    public VerifierRecord WithWorker(Address owner, VerifierRecord record, Address worker, byte roles, ulong until)
    {
        if (record.Worker != worker)
        {
            if (!worker.IsZero)
            {
                Address other = OwnerOf[worker];
                Require(other.IsZero, new WorkerTaken(worker, other));
                OwnerOf[worker] = owner;
            }

            if (!record.Worker.IsZero) OwnerOf.Remove(record.Worker);
        }

        return record with { Worker = worker, Roles = roles, WorkerUntil = until };
    }

    /// <summary>Takes out a verifier that has nothing left. The last slot's verifier takes its place.</summary>
    public void Remove(Address owner, VerifierRecord record)
    {
        record = Weigh(record, Amount.Zero, 0);
        if (!record.Worker.IsZero) OwnerOf.Remove(record.Worker);
        Records.Remove(owner);
        uint last = Filled.Value - 1;
        if (record.Slot != last)
        {
            Address moved = Slots[last];
            VerifierRecord other = Records[moved];
            (Amount weight, byte roles) = (other.Weight, other.WeightRoles);
            other = Weigh(other, Amount.Zero, 0) with { Slot = record.Slot };
            Records[moved] = Weigh(other, weight, roles);
            Slots[record.Slot] = moved;
        }

        Slots.Remove(last);
        Filled.Value = last;
    }

    public void Hold(Amount amount) => BondedTotal.Value += amount;

    public void Release(Amount amount) => BondedTotal.Value -= amount;

    /// <summary>Credits a fee, to be claimed.</summary>
    /// <returns>What was credited: nothing to a verifier that is gone.</returns>
    public Amount Credit(Address owner, Amount amount)
    {
        if (!Records.TryGet(owner, out VerifierRecord? record)) return Amount.Zero;
        Records[owner] = record with { Earned = record.Earned + amount };
        EarnedTotal.Value += amount;
        return amount;
    }

    public void Debit(Amount amount) => EarnedTotal.Value -= amount;

    /// <summary>
    /// Takes a part of a bond, and of what of it left since a duty began: that was weighed when the duty was given. What is taken is no
    /// longer counted; the caller says where the coins go.
    /// </summary>
    public Amount Slash(Address owner, uint bps, ulong dutyAt, ulong now)
    {
        if (!Records.TryGet(owner, out VerifierRecord? record)) return Amount.Zero;
        Amount cut = AttestationsPolicy.PartOf(record.Bond, bps);
        Amount bond = record.Bond - cut;
        Unbonding[] leaving = [.. record.Leaving];
        for (int at = 0; at < leaving.Length; at++)
        {
            // A change of the block before is weighed only after that block's draws.
            if (leaving[at].StartedAt + 1 < dutyAt) continue;
            Amount part = AttestationsPolicy.PartOf(leaving[at].Amount, bps);
            leaving[at] = leaving[at] with { Amount = leaving[at].Amount - part };
            cut += part;
        }

        Records[owner] = record with { Bond = bond, Leaving = leaving };
        BondedTotal.Value -= cut;
        WeightChanges.Add(now + 1, owner);
        return cut;
    }

    /// <summary>Counts a duty done or missed.</summary>
    /// <returns>Until when the verifier is jailed by it; 0 when it is not.</returns>
    public ulong CountDuty(Address owner, bool isDone, ulong now, in AttestationsParameters rules)
    {
        if (!Records.TryGet(owner, out VerifierRecord? record)) return 0;
        if (isDone)
        {
            Records[owner] = record with { Served = record.Served + 1, MissRun = 0 };
            return 0;
        }

        uint run = record.MissRun + 1;
        bool isJailed = run >= rules.MissesMax && record.JailedUntil == 0;
        ulong until = isJailed ? now + rules.JailBlocks : 0;
        Records[owner] = record with
        {
            Missed = record.Missed + 1,
            MissRun = run,
            JailedUntil = isJailed ? until : record.JailedUntil,
        };
        if (isJailed) WeightChanges.Add(now + 1, owner);
        return until;
    }

    /// <summary>Plans that a verifier is weighed anew at the start of a block.</summary>
    public void PlanWeighing(Address owner, ulong height) => WeightChanges.Add(height, owner);

    /// <summary>Weighs a verifier as it stands now.</summary>
    public void Reweigh(Address owner, ulong now, Amount bondMin)
    {
        if (!Records.TryGet(owner, out VerifierRecord? record)) return;
        Amount weight = AttestationsPolicy.WeightOf(record, now, bondMin);
        byte roles = weight.IsZero ? (byte)0 : record.Roles;
        if (weight == record.Weight && roles == record.WeightRoles) return;
        Records[owner] = Weigh(record, weight, roles);
    }

    /// <summary>All weights of a role.</summary>
    public UInt128 TotalOf(VerifierRole role) => Sums[((byte)role, AttestationsPolicy.VerifiersMax)];

    /// <summary>A verifier's stretch in a role's line; without weight for one that is not drawn.</summary>
    public Stretch StretchOf(VerifierRole role, Address owner)
    {
        if (!Records.TryGet(owner, out VerifierRecord? record) || !AttestationsPolicy.HasRole(record.WeightRoles, role)) return default;
        UInt128 start = UInt128.Zero;
        for (uint node = record.Slot; node > 0; node &= node - 1) start += Sums[((byte)role, node)];
        return new Stretch(record.Slot, start, record.Weight.Wei);
    }

    /// <summary>The verifier whose stretch a point lies in.</summary>
    public Stretch Find(VerifierRole role, UInt128 point)
    {
        uint node = 0;
        UInt128 left = point;
        for (uint step = AttestationsPolicy.VerifiersMax; step > 0; step >>= 1)
        {
            if (node + step > AttestationsPolicy.VerifiersMax) continue;
            UInt128 sum = Sums[((byte)role, node + step)];
            if (sum > left) continue;
            left -= sum;
            node += step;
        }

        return new Stretch(node, point - left, Records[Slots[node]].Weight.Wei);
    }

    private VerifierRecord Weigh(VerifierRecord record, Amount weight, byte roles)
    {
        for (byte role = 0; role < AttestationsPolicy.Roles; role++)
        {
            UInt128 old = AttestationsPolicy.HasRole(record.WeightRoles, (VerifierRole)role) ? record.Weight.Wei : UInt128.Zero;
            UInt128 now = AttestationsPolicy.HasRole(roles, (VerifierRole)role) ? weight.Wei : UInt128.Zero;
            if (old == now) continue;
            for (uint node = record.Slot + 1; node <= AttestationsPolicy.VerifiersMax; node += node & (~node + 1))
                Sums[(role, node)] = Sums[(role, node)] + now - old;
        }

        return record with { Weight = weight, WeightRoles = roles };
    }
}
