using System.Text;
using DePinChain.Primitives;

namespace DePinChain.Modules.Economy;

/// <summary>What a token may look like, and the meaning of its limits.</summary>
public static class TokensPolicy
{
    /// <summary>UTF-8 bytes of a name.</summary>
    public const int NameBytesMax = 32;

    /// <summary>Characters of a symbol: what MetaMask accepts.</summary>
    public const int SymbolCharactersMax = 11;

    /// <summary>Digits after the point.</summary>
    public const byte DecimalsMax = 18;

    /// <summary>Tokens there may be: facades lie at 0x2000 + id.</summary>
    public const uint TokensMax = 0xDFFF;

    /// <summary>Tokens in one page of a view.</summary>
    public const int PageMax = 100;

    /// <summary>An allowance of 2^256 − 1 means "for ever" and is never decreased, as in OpenZeppelin's ERC20.</summary>
    public static bool IsUnlimited(UInt256 allowance) => allowance == UInt256.MaxValue;

    /// <summary>1 to 32 bytes of UTF-8 without control characters.</summary>
    public static bool IsName(string name)
    {
        foreach (char character in name)
            if (char.IsControl(character)) return false;
        return Encoding.UTF8.GetByteCount(name) is > 0 and <= NameBytesMax;
    }

    /// <summary>1 to 11 ASCII letters and digits.</summary>
    public static bool IsSymbol(string symbol)
    {
        foreach (char character in symbol)
            if (!char.IsAsciiLetterOrDigit(character)) return false;
        return symbol.Length is > 0 and <= SymbolCharactersMax;
    }
}
