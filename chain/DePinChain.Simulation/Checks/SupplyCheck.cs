using DePinChain.Node;
using DePinChain.Primitives;
using DePinChain.State;

namespace DePinChain.Simulation.Checks;

/// <summary>No coin appears or vanishes: the balances of all accounts are the supply that the chain itself has kept.</summary>
internal static class SupplyCheck
{
    // The kernel's account, and the place of its third variable: a scalar's location is its slot number.
    private static readonly Address Kernel = Address.FromLow(0x1000);
    private static readonly Hash256 SupplyPlace = PlaceOf(2);

    public static void Check(Machine machine, ValidatorNode node)
    {
        using StateSnapshot state = node.Stores.State.Latest();
        UInt256 held = UInt256.Zero;
        foreach ((Hash256 _, Account account) in state.Accounts()) held += account.Balance;
        if (state.Height == 0) return;
        UInt256 kept = UInt256.FromBigEndian(state.FindRecord(Kernel, SupplyPlace) ?? []);
        Referee.Require(held == kept, $"{machine.Name}: accounts hold {held} wei, the supply is {kept} at {state.Height}");
    }

    private static Hash256 PlaceOf(byte slot)
    {
        Span<byte> word = stackalloc byte[Hash256.Size];
        word.Clear();
        word[^1] = slot;
        return new Hash256(word);
    }
}
