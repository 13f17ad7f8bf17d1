using DePinChain.Modules.Sdk;
using DePinChain.Primitives;

namespace DePinChain.Modules.Storage;

/// <summary>Fees in DPN that deals and vouchers have burned, by day and by whose income they came out of: what demand is paid by.</summary>
[ModulePart]
internal sealed partial class BurnedFees(ModuleState state)
{
    [Slot(70)] private partial Item<ulong> Length { get; }
    [Slot(71)] private partial Item<ulong> Today { get; }
    [Slot(72)] private partial Map<ulong, Amount> OfDays { get; }
    [Slot(73)] private partial Map<(ulong Day, Address Account), Amount> OfAccounts { get; }

    /// <summary>Blocks of a day.</summary>
    public ulong DayBlocks => Length.Value;

    public void Begin(ulong dayBlocks) => Length.Value = dayBlocks;

    /// <summary>A block starts.</summary>
    public void Turn(ulong height)
    {
        ulong today = height / DayBlocks;
        if (today != Today.Value) Today.Value = today;
    }

    /// <summary>Counts a fee for the day and, less what bad service costs it, for the account whose income it came out of.</summary>
    public void Credit(Address account, Amount burned, ushort lossBps)
    {
        if (burned.IsZero) return;
        ulong today = Today.Value;
        OfDays[today] += burned;
        Amount counted = RetrievalsPolicy.KeptOf(burned, lossBps);
        if (!counted.IsZero) OfAccounts[(today, account)] += counted;
    }

    public Amount On(ulong day) => OfDays[day];

    public Amount Take(ulong day, Address account)
    {
        Amount burned = OfAccounts[(day, account)];
        if (!burned.IsZero) OfAccounts.Remove((day, account));
        return burned;
    }
}
