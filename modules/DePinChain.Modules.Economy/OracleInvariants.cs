namespace DePinChain.Modules.Economy;

/// <summary>What must always hold of the price.</summary>
internal static class OracleInvariants
{
    public static IEnumerable<string> Violations(PriceState state, PriceStretch oldest, PriceStretch newest)
    {
        if (state.Oldest > state.Newest) yield return "oracle: the oldest stretch comes after the newest";
        if (oldest.Height > newest.Height) yield return "oracle: time runs backwards";
        if (newest.Cumulative < oldest.Cumulative) yield return "oracle: the sum of prices shrank";
        if (state.Newest != 0 && newest.Price is 0 or > OraclePolicy.PriceMax) yield return $"oracle: a price of {newest.Price}";
    }
}
