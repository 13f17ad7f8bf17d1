using DePinChain.Primitives;

namespace DePinChain.Modules.Economy;

/// <summary>A token: anything that is counted and is not DPN.</summary>
/// <param name="Name">1 to 32 bytes of UTF-8.</param>
/// <param name="Symbol">1 to 11 letters and digits.</param>
/// <param name="Decimals">Digits after the point that wallets show.</param>
/// <param name="Minter">The only account that may mint; zero when only modules do.</param>
/// <param name="TotalSupply">What all accounts hold together, in base units.</param>
public readonly record struct TokenRecord(string Name, string Symbol, byte Decimals, Address Minter, UInt128 TotalSupply);

/// <summary>A token as a view shows it.</summary>
/// <param name="Id">Its number; 0 is never used.</param>
/// <param name="Facade">The account that answers as its ERC-20 contract.</param>
/// <param name="Name">Its name.</param>
/// <param name="Symbol">Its symbol.</param>
/// <param name="Decimals">Digits after the point that wallets show.</param>
/// <param name="Minter">The only account that may mint; zero when only modules do.</param>
/// <param name="TotalSupply">What all accounts hold together, in base units.</param>
public readonly record struct TokenReport(
    uint Id, Address Facade, string Name, string Symbol, byte Decimals, Address Minter, UInt256 TotalSupply);
