using DePinChain.Primitives;

namespace DePinChain.Modules.Economy;

/// <summary>What other modules ask of the token ledger. Amounts are base units.</summary>
public interface ITokens
{
    /// <summary>True when a token has this number.</summary>
    bool Exists(uint token);

    /// <summary>Digits after the point of one whole token.</summary>
    byte DecimalsOf(uint token);

    /// <summary>Its symbol: 1 to 11 letters and digits.</summary>
    string SymbolOf(uint token);

    /// <summary>What an account holds.</summary>
    UInt128 BalanceOf(uint token, Address owner);

    /// <summary>What all accounts hold together.</summary>
    UInt128 TotalSupplyOf(uint token);

    /// <summary>Moves tokens; reported as ERC-20 Transfer by the token's facade.</summary>
    void Move(uint token, Address from, Address to, UInt128 amount);

    /// <summary>Creates tokens.</summary>
    void Mint(uint token, Address to, UInt128 amount);

    /// <summary>Destroys tokens.</summary>
    void Burn(uint token, Address from, UInt128 amount);

    /// <summary>Adds a token, such as the voucher of one from another chain.</summary>
    /// <returns>Its number.</returns>
    uint Register(string name, string symbol, byte decimals, Address minter);
}
