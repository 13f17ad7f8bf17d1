using DePinChain.Modules.Economy;
using DePinChain.Modules.Sdk;
using DePinChain.Primitives;
using static DePinChain.Modules.Sdk.Guard;

namespace DePinChain.Modules.Governance;

/// <summary>Who deposited how much on which proposal; paid back or burned as a whole.</summary>
[ModulePart]
internal sealed partial class DepositBook(ModuleState state, Logs logs, IBank bank, ITreasury treasury)
{
    [Slot(10)] private partial SetMap<ulong, Address> Depositors { get; }
    [Slot(11)] private partial Map<(ulong Proposal, Address Depositor), Amount> Deposits { get; }
    [Slot(12)] private partial Item<Amount> Sum { get; }

    /// <summary>Deposits of all proposals.</summary>
    public Amount Held => Sum.Value;

    /// <summary>Notes a deposit whose coins lie on the module's account already.</summary>
    public void Add(ulong proposal, Address depositor, Amount amount)
    {
        if (Depositors[proposal].Add(depositor))
            Require(Depositors[proposal].Count <= GovernancePolicy.DepositorsMax, new TooManyDepositors(GovernancePolicy.DepositorsMax));
        Deposits[(proposal, depositor)] += amount;
        Sum.Value += amount;
    }

    public IReadOnlyList<DepositReport> Of(ulong proposal) =>
    [
        .. Depositors[proposal].Page(0, GovernancePolicy.DepositorsMax)
            .Select(depositor => new DepositReport(depositor, Deposits[(proposal, depositor)])),
    ];

    /// <summary>Pays every depositor back.</summary>
    public void Refund(ulong proposal)
    {
        Hash256 reference = ((UInt256)proposal).ToHash256();
        foreach (DepositReport deposit in TakeAll(proposal))
        {
            bank.Transfer(WellKnownAddresses.Governance, deposit.Depositor, deposit.Amount, reference);
            logs.Emit(new DepositRefunded(proposal, deposit.Depositor, deposit.Amount));
        }
    }

    /// <summary>Destroys a proposal's deposit.</summary>
    public void Burn(ulong proposal)
    {
        Amount burned = Amount.Zero;
        foreach (DepositReport deposit in TakeAll(proposal)) burned += deposit.Amount;
        treasury.Burn(WellKnownAddresses.Governance, burned);
        logs.Emit(new DepositBurned(proposal, burned));
    }

    private IReadOnlyList<DepositReport> TakeAll(ulong proposal)
    {
        IReadOnlyList<DepositReport> deposits = Of(proposal);
        foreach (DepositReport deposit in deposits)
        {
            Depositors[proposal].Remove(deposit.Depositor);
            Deposits.Remove((proposal, deposit.Depositor));
            Sum.Value -= deposit.Amount;
        }

        return deposits;
    }
}
