using System.Text.Json.Serialization.Metadata;
using DePinChain.Modules.Sdk;
using DePinChain.Primitives;

namespace DePinChain.Modules.Economy;

/// <summary>The tokens that exist from block 0 on, numbered from 1 in this order.</summary>
public sealed record TokensGenesis : IGenesisSection<TokensGenesis>
{
    /// <summary>The tokens.</summary>
    public IReadOnlyList<GenesisToken> Tokens { get; init; } = [];

    /// <inheritdoc/>
    public static JsonTypeInfo<TokensGenesis> Json => EconomyJson.Default.TokensGenesis;

    /// <inheritdoc/>
    public IEnumerable<GenesisFault> Validate(string path)
    {
        if (Tokens.Count > TokensPolicy.PageMax) yield return new GenesisFault(path + ".tokens", $"are more than {TokensPolicy.PageMax}");
        for (int i = 0; i < Tokens.Count; i++)
        {
            foreach (GenesisFault fault in Tokens[i].Validate($"{path}.tokens[{i}]")) yield return fault;
        }
    }
}

/// <summary>A token of block 0.</summary>
/// <param name="Name">1 to 32 bytes of UTF-8.</param>
/// <param name="Symbol">1 to 11 letters and digits.</param>
/// <param name="Decimals">Digits after the point, at most 18.</param>
/// <param name="Minter">The only account that may mint; left out when only modules may.</param>
/// <param name="Holdings">Who holds how much; left out when nobody does.</param>
public sealed record GenesisToken(
    string Name, string Symbol, byte Decimals, Address Minter = default, IReadOnlyList<GenesisHolding>? Holdings = null)
{
    internal IEnumerable<GenesisFault> Validate(string path)
    {
        if (!TokensPolicy.IsName(Name)) yield return new GenesisFault(path + ".name", "is not 1 to 32 bytes of printable text");
        if (!TokensPolicy.IsSymbol(Symbol)) yield return new GenesisFault(path + ".symbol", "is not 1 to 11 letters and digits");
        if (Decimals > TokensPolicy.DecimalsMax)
            yield return new GenesisFault(path + ".decimals", $"are more than {TokensPolicy.DecimalsMax}");
        UInt256 total = UInt256.Zero;
        for (int i = 0; i < Holdings?.Count; i++)
        {
            GenesisHolding holding = Holdings[i];
            if (holding.Address.IsZero) yield return new GenesisFault($"{path}.holdings[{i}].address", "is zero");
            bool fits = holding.Amount.FitsUInt128 && (total + holding.Amount).FitsUInt128;
            if (fits) total += holding.Amount;
            else yield return new GenesisFault($"{path}.holdings[{i}].amount", "makes a supply of 2^128 base units or more");
        }
    }
}

/// <summary>What one account holds of a token in block 0.</summary>
/// <param name="Address">The account.</param>
/// <param name="Amount">Base units.</param>
public sealed record GenesisHolding(Address Address, UInt256 Amount);
