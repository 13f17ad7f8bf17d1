using DePinChain.Modules.Sdk;
using DePinChain.Primitives;

namespace DePinChain.Execution;

/// <summary>The five shares of a block start's work (decision 9).</summary>
internal enum WorkShare : byte
{
    Rest = 0,
    Staking = 1,
    Storage = 2,
    Compute = 3,
    Subnets = 4,
}

/// <summary>Which share a module draws from: by its address, whose second byte from the end names the family.</summary>
internal static class WorkShares
{
    public static WorkShare Of(Address module)
    {
        if (module == WellKnownAddresses.Staking) return WorkShare.Staking;
        if (IsWithin(module, 0x1100)) return WorkShare.Storage;
        if (IsWithin(module, 0x1200)) return WorkShare.Compute;
        return IsWithin(module, 0x1300) ? WorkShare.Subnets : WorkShare.Rest;
    }

    private static bool IsWithin(Address module, ulong first) =>
        module >= Address.FromLow(first) && module <= Address.FromLow(first + 0xff);
}
