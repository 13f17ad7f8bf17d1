using DePinChain.Modules.Economy;
using DePinChain.Modules.Sdk;
using DePinChain.Primitives;

namespace DePinChain.Modules.Compute;

/// <summary>Moves DPN (token 0) and tokens by the same words.</summary>
internal sealed class AssetVault(IBank bank, ITokens tokens, ITreasury treasury)
{
    /// <summary>The number that stands for DPN.</summary>
    public const uint Native = 0;

    public bool Exists(uint token) => token == Native || tokens.Exists(token);

    public UInt128 BalanceOf(uint token, Address account) =>
        token == Native ? bank.BalanceOf(account).Wei : tokens.BalanceOf(token, account);

    public void Move(uint token, Address from, Address to, UInt128 amount, Hash256 reference)
    {
        if (amount == UInt128.Zero) return;
        if (token == Native) bank.Transfer(from, to, new Amount(amount), reference);
        else tokens.Move(token, from, to, amount);
    }

    public void ToPool(uint token, Address from, UInt128 amount)
    {
        if (token == Native) treasury.Deposit(from, new Amount(amount));
        else treasury.DepositToken(token, from, amount);
    }
}
