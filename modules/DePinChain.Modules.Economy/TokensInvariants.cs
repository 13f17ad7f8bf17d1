namespace DePinChain.Modules.Economy;

/// <summary>What must always hold of the token ledger.</summary>
/// <remarks>
/// A mapping cannot be walked, so that the balances of a token add up to its supply is proved from its Transfer events (tests and indexer);
/// here the registry is checked.
/// </remarks>
internal static class TokensInvariants
{
    public static IEnumerable<string> Violations(TokenReport[] tokens)
    {
        foreach (TokenReport token in tokens)
        {
            if (!TokensPolicy.IsName(token.Name) || !TokensPolicy.IsSymbol(token.Symbol) || token.Decimals > TokensPolicy.DecimalsMax)
                yield return $"tokens: token {token.Id} is misnamed";
            if (!token.TotalSupply.FitsUInt128) yield return $"tokens: token {token.Id} has more units than a ledger holds";
        }
    }
}
