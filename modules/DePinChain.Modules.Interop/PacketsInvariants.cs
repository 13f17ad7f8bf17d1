using DePinChain.Modules.Economy;
using DePinChain.Primitives;

namespace DePinChain.Modules.Interop;

/// <summary>What always holds of packets.</summary>
internal static class PacketsInvariants
{
    // Of each kind so many are looked at: a check of a running node is to end.
    private const int LookedAtMax = 256;

    /// <summary>
    /// What lanes have locked lies on the module's account, lane by lane; of a voucher there is never more than came in over its lane.
    /// </summary>
    public static IEnumerable<string> Violations(
        IReadOnlyList<ulong> lanes, TransferVault vault, Amount coins, ITokens tokens, Address module)
    {
        foreach (uint asset in vault.LockedAssets.Page(0, LookedAtMax))
        {
            UInt128 held = vault.HeldOf(asset), sum = UInt128.Zero;
            foreach (ulong lane in lanes) sum += vault.EscrowedFor(lane, asset);
            if (sum != held) yield return $"packets: {held} of asset {asset} is held, and {sum} for all lanes";
            UInt128 balance = asset == PacketsPolicy.Native ? coins.Wei : tokens.BalanceOf(asset, module);
            if (balance < held) yield return $"packets: {held} of asset {asset} is held, and {balance} is there";
        }

        foreach (uint token in vault.VouchersMade.Page(0, LookedAtMax))
        {
            UInt128 outstanding = vault.FindVoucher(token)!.Outstanding, supply = tokens.TotalSupplyOf(token);
            if (supply > outstanding) yield return $"packets: {supply} of voucher {token} exists, and {outstanding} came in";
        }
    }
}
