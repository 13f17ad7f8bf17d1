using DePinChain.Modules.Sdk;
using DePinChain.Primitives;
using static DePinChain.Modules.Sdk.Guard;

namespace DePinChain.Modules.Economy;

/// <summary>A token as wallets know it: ERC-20 (EIP-20) with the errors of ERC-6093. It holds nothing; the ledger is in Tokens.</summary>
/// <remarks>Its account is 0x2000 + the token's number.</remarks>
[Module("token")]
public sealed partial class TokenFacade(ModuleState state, TokensModule tokens, uint token) : IModule
{
    /// <summary>The token's name.</summary>
    [Function]
    public string Name() => tokens.RecordOf(token).Name;

    /// <summary>The token's symbol.</summary>
    [Function]
    public string Symbol() => tokens.RecordOf(token).Symbol;

    /// <summary>Digits after the point that wallets show.</summary>
    [Function]
    public byte Decimals() => tokens.RecordOf(token).Decimals;

    /// <summary>What all accounts hold together, in base units.</summary>
    [Function]
    public UInt256 TotalSupply() => tokens.TotalSupplyOf(token);

    /// <summary>What an account holds, in base units.</summary>
    [Function]
    public UInt256 BalanceOf(Address account) => tokens.BalanceOf(token, account);

    /// <summary>What a spender may still move for an owner. 2^256 − 1 stands for ever.</summary>
    [Function]
    public UInt256 Allowance(Address owner, Address spender) => tokens.AllowanceOf(token, owner, spender);

    /// <summary>Moves tokens of the caller.</summary>
    /// <param name="call">The owner.</param>
    /// <param name="to">Who gets them.</param>
    /// <param name="value">Base units.</param>
    [Function]
    public bool Transfer(Call call, Address to, UInt256 value)
    {
        Move(call.Sender, to, value);
        return true;
    }

    /// <summary>Lets another account move tokens of the caller.</summary>
    /// <param name="call">The owner.</param>
    /// <param name="spender">Who may move them.</param>
    /// <param name="value">How many base units; replaces what was allowed before.</param>
    [Function]
    public bool Approve(Call call, Address spender, UInt256 value)
    {
        tokens.Approve(token, call.Sender, spender, value);
        return true;
    }

    /// <summary>Moves tokens of an account that allowed it.</summary>
    /// <param name="call">The spender.</param>
    /// <param name="from">The owner.</param>
    /// <param name="to">Who gets them.</param>
    /// <param name="value">Base units.</param>
    [Function]
    public bool TransferFrom(Call call, Address from, Address to, UInt256 value)
    {
        tokens.SpendAllowance(token, from, call.Sender, value);
        Move(from, to, value);
        return true;
    }

    private void Move(Address from, Address to, UInt256 value)
    {
        UInt128 balance = tokens.BalanceOf(token, from);
        Require(value <= balance, new ERC20InsufficientBalance(from, balance, value));
        tokens.Move(token, from, to, (UInt128)value);
    }
}
