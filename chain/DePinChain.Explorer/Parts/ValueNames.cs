using DePinChain.Primitives;

namespace DePinChain.Explorer.Parts;

/// <summary>The ABI has numbers but no units: a name tells which are amounts of DPN. The exact number is always shown beside.</summary>
public static class ValueNames
{
    private static readonly string[] Money =
    [
        "amount", "value", "balance", "price", "stake", "tokens", "bond", "reward", "deposit", "supply", "minted", "burned", "pot", "tax",
        "bonus", "forfeited", "cap", "total", "collateral", "locked", "pool", "remaining", "recycled", "circulating", "genesis",
        "compensation", "paid", "take", "arrears", "refunded", "earnings", "outstanding", "commission", "initial", "fee", "ceiling",
        "transferred", "owed", "promised", "funded", "redeemed", "pending", "withdrawn", "left", "budget", "toOwner", "toCoStaker", "limit",
        "rent", "bonded", "last", "selfBond", "minSelfBond", "minDelegation", "lock", "gross",
    ];

    /// <summary>Whether a number of this name and type is an amount: amounts have 128 or 256 bits.</summary>
    public static bool IsMoney(string name, AbiParameter? parameter) =>
        parameter?.Type.ToString() is null or "uint128" or "uint256"
        && Array.Exists(Money, word => string.Equals(name, word, StringComparison.OrdinalIgnoreCase)
            || (name.Length > word.Length && name.EndsWith(word, StringComparison.OrdinalIgnoreCase)
                && char.IsUpper(name[name.Length - word.Length])));
}
