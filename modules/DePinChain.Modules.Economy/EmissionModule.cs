using DePinChain.Modules.Sdk;
using DePinChain.Primitives;

namespace DePinChain.Modules.Economy;

/// <summary>Makes new DPN, and proves that it never makes more than each stream's cap. Nothing else can mint.</summary>
[Module("emission", "0x0000000000000000000000000000000000001004")]
public sealed partial class EmissionModule(ModuleState state, Logs logs, ICoinIssuer issuer)
    : IModule, IEmission, IInvariants, IGenesis<EmissionGenesis>
{
    [Slot(0)] private partial Map<EmissionStream, StreamRecord> Accounts { get; }
    [Slot(1)] private partial Item<SecurityState> Security { get; }
    [Slot(2)] private partial Parameters<SecurityParameters> SecurityRules { get; }
    [Slot(3)] private partial Map<LockedFor, Amount> Locked { get; }
    [Slot(4)] private partial Item<Amount> GenesisSupply { get; }

    /// <inheritdoc/>
    public Amount Circulating
    {
        get
        {
            SupplyReport supply = Supply();
            return supply.Circulating;
        }
    }

    /// <summary>The supply: what genesis held, what was minted and burned since, what is locked and what circulates.</summary>
    [Function]
    public SupplyReport Supply()
    {
        Amount minted = Amount.Zero;
        Amount cap = GenesisSupply.Value;
        foreach (StreamReport stream in Streams())
        {
            minted += stream.Minted;
            cap += stream.Cap;
        }

        Amount total = issuer.TotalSupply;
        Amount locked = Locked[LockedFor.Bond] + Locked[LockedFor.Pledge] + Locked[LockedFor.Vesting];
        Amount pool = issuer.BalanceOf(WellKnownAddresses.Treasury);

        // A donation into a locked account is not reported; a supply never circulates below zero.
        _ = total.TrySubtract(locked + pool, out Amount circulating);
        return new SupplyReport(GenesisSupply.Value, minted, GenesisSupply.Value + minted - total, total, locked, pool, circulating, cap);
    }

    /// <summary>Every stream with its cap, what it minted, what was recycled and what remains.</summary>
    [Function]
    public StreamReport[] Streams()
    {
        var reports = new StreamReport[EmissionPolicy.StreamCount];
        for (byte number = 0; number < reports.Length; number++)
        {
            var stream = (EmissionStream)number;
            StreamRecord account = AccountOf(stream);
            reports[number] = new StreamReport(stream, account.Cap, account.Minted, account.Recycled, account.Remaining);
        }

        return reports;
    }

    /// <summary>The inputs of the security stream's formula, to recompute a block's emission by hand.</summary>
    [Function]
    public SecurityReport SecurityStream()
    {
        SecurityState last = Security.Value;
        Amount remaining = AccountOf(EmissionStream.Security).Remaining;
        return new SecurityReport(last.RateWad, last.Bonded, issuer.TotalSupply, remaining, last.Provision);
    }

    /// <inheritdoc/>
    public Amount Mint(EmissionStream stream, Address to, Amount amount)
    {
        StreamRecord account = AccountOf(stream);
        Amount minted = Amount.Min(amount, account.Remaining);
        if (minted.IsZero) return minted;
        Accounts[stream] = account with { Minted = account.Minted + minted };
        issuer.Mint(to, minted);
        logs.Emit(new Minted(stream, to, minted));
        return minted;
    }

    /// <inheritdoc/>
    public Amount MintSecurity(Address to, Amount bonded)
    {
        SecurityParameters rules = SecurityRules.Value;
        Amount supply = issuer.TotalSupply;
        ulong rate = EmissionPolicy.NextRate(Security.Value.RateWad, bonded, supply, rules);
        Amount provision = EmissionPolicy.BlockProvision(rate, supply, AccountOf(EmissionStream.Security).Remaining, rules);
        Amount minted = Mint(EmissionStream.Security, to, provision);
        Security.Value = new SecurityState(rate, bonded, minted);

        // Every block has a system transaction because this stream always reports.
        if (minted.IsZero) logs.Emit(new Minted(EmissionStream.Security, to, minted));
        return minted;
    }

    /// <inheritdoc/>
    public void Recycle(Address from, Amount amount)
    {
        if (amount.IsZero) return;
        issuer.Burn(from, amount);
        StreamRecord account = AccountOf(EmissionStream.Subnets);
        Amount reissuable = Amount.Min(amount, account.Issuance);
        if (!reissuable.IsZero) Accounts[EmissionStream.Subnets] = account with { Recycled = account.Recycled + reissuable };
        logs.Emit(new Recycled(from, amount, reissuable));
    }

    /// <inheritdoc/>
    public void ReportLocked(LockedFor reason, Amount total)
    {
        if (Locked[reason] != total) Locked[reason] = total;
    }

    /// <inheritdoc/>
    public Amount IssuanceOf(EmissionStream stream) => AccountOf(stream).Issuance;

    /// <inheritdoc/>
    public void Initialize(EmissionGenesis section, GenesisContext context)
    {
        GenesisSupply.Value = context.TotalSupply;
        SecurityRules.Value = section.Security.ToParameters();
        Security.Value = new SecurityState(section.Security.StartRateWad, Amount.Zero, Amount.Zero);
        foreach ((EmissionStream stream, Amount cap) in section.Caps.ByStream())
            if (!cap.IsZero) Accounts[stream] = new StreamRecord(cap, Amount.Zero, Amount.Zero);
    }

    /// <inheritdoc/>
    public IEnumerable<string> Violations() => EmissionInvariants.Violations(Supply(), Streams());

    // A stream that genesis did not size has a cap of zero.
    private StreamRecord AccountOf(EmissionStream stream) => Accounts.TryGet(stream, out StreamRecord account) ? account : default;
}
