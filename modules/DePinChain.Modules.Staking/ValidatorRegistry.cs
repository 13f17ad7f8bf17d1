using DePinChain.Modules.Sdk;
using DePinChain.Primitives;
using static DePinChain.Modules.Sdk.Guard;

namespace DePinChain.Modules.Staking;

/// <summary>All validators there ever were, those that compete for seats, and the keys they use, used and will use.</summary>
[ModulePart]
internal sealed partial class ValidatorRegistry(ModuleState state)
{
    [Slot(0)] private partial Map<Address, ValidatorRecord> Records { get; }
    [Slot(1)] private partial Set<Address> Members { get; }
    [Slot(2)] private partial Set<Address> Competing { get; }
    [Slot(3)] private partial Map<Address, Address> Operators { get; }
    [Slot(4)] private partial Map<Address, PendingKey> PendingSigners { get; }
    [Slot(5)] private partial Map<Address, PendingKey> PendingVrfKeys { get; }

    public ulong Count => Members.Count;

    public bool Contains(Address validator) => Records.Contains(validator);

    public bool TryGet(Address validator, out ValidatorRecord record) => Records.TryGet(validator, out record);

    public ValidatorRecord Get(Address validator)
    {
        Require(Records.TryGet(validator, out ValidatorRecord record), new UnknownValidator(validator));
        return record;
    }

    public void Save(Address validator, in ValidatorRecord record) => Records[validator] = record;

    public void Add(Address validator, in ValidatorRecord record)
    {
        Operators[record.Signer] = validator;
        Records[validator] = record;
        Members.Add(validator);
    }

    public IReadOnlyList<Address> Page(ulong start, int limit) => Members.Page(start, limit);

    /// <summary>The operator a signing key belongs to or once belonged to; zero when nobody ever used it.</summary>
    public Address OperatorOf(Address signer) => Operators[signer];

    /// <summary>Validators that compete for seats, in no particular order.</summary>
    public IReadOnlyList<Address> Candidates() => Competing.Page(0, int.MaxValue);

    public bool IsCandidate(Address validator) => Competing.Contains(validator);

    /// <summary>
    /// Lets a validator compete. When the places are taken it must have more stake than the weakest candidate, whose place it takes.
    /// </summary>
    /// <remarks>
    /// Places are bounded so that the ranking at a boundary is; the scan for the weakest is paid by the call that wants the place.
    /// </remarks>
    public void Compete(Address validator, in ValidatorRecord record, uint placesMax)
    {
        if (record.Standing != Standing.Free || StakingPolicy.PowerOf(record.Tokens) == 0 || Competing.Contains(validator)) return;
        if (Competing.Count >= placesMax)
        {
            (Address weakest, Amount stake) = Weakest();
            if (record.Tokens <= stake) return;
            Competing.Remove(weakest);
        }

        Competing.Add(validator);
    }

    public void Withdraw(Address validator) => Competing.Remove(validator);

    public void ScheduleSigner(Address validator, Address signer, ulong epoch)
    {
        RequireFree(PendingSigners, validator);
        Operators[signer] = validator;
        PendingSigners[validator] = new PendingKey(signer.ToArray(), epoch);
    }

    public void ScheduleVrfKey(Address validator, byte[] key, ulong epoch)
    {
        RequireFree(PendingVrfKeys, validator);
        PendingVrfKeys[validator] = new PendingKey(key, epoch);
    }

    public bool TryFindPendingSigner(Address validator, out Address signer, out ulong epoch)
    {
        bool found = PendingSigners.TryGet(validator, out PendingKey pending);
        (signer, epoch) = found ? (new Address(pending.Key), pending.Epoch) : (Address.Zero, 0);
        return found;
    }

    public bool TryFindPendingVrfKey(Address validator, out PendingKey pending) => PendingVrfKeys.TryGet(validator, out pending);

    /// <summary>Makes the waiting signing key the validator's own.</summary>
    public void AdoptSigner(Address validator, Address signer)
    {
        Records[validator] = Records[validator] with { Signer = signer };
        PendingSigners.Remove(validator);
    }

    /// <summary>Makes the waiting VRF key the validator's own.</summary>
    public void AdoptVrfKey(Address validator, byte[] key)
    {
        Records[validator] = Records[validator] with { VrfKey = key };
        PendingVrfKeys.Remove(validator);
    }

    private static void RequireFree(Map<Address, PendingKey> pending, Address validator) =>
        Require(!pending.TryGet(validator, out PendingKey waiting), new KeyChangePending(waiting.Epoch));

    private (Address Validator, Amount Stake) Weakest()
    {
        Address weakest = Address.Zero;
        Amount least = new(UInt128.MaxValue);
        foreach (Address candidate in Candidates())
        {
            Amount stake = Records[candidate].Tokens;
            // On a tie the higher address gives way: it would lose the ranking too.
            if (stake > least || (stake == least && candidate < weakest)) continue;
            (weakest, least) = (candidate, stake);
        }

        return (weakest, least);
    }
}
