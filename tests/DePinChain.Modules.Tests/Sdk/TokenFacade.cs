using DePinChain.Modules.Sdk;
using DePinChain.Primitives;

namespace DePinChain.Modules.Tests.Sdk;

/// <summary>ERC-20's functions, at whatever account the state is of: their selectors are known to everybody.</summary>
[Module("token")]
public sealed partial class TokenFacade(ModuleState state, Logs logs) : IModule
{
    [Slot(0)] private partial Map<Address, UInt256> Balances { get; }

    /// <summary>Moves tokens of the caller.</summary>
    [Function]
    public bool Transfer(Call call, Address to, UInt256 value)
    {
        Balances[call.Sender] -= value;
        Balances[to] += value;
        logs.Emit(new Transfer(call.Sender, to, value));
        return true;
    }

    /// <summary>Moves tokens of another.</summary>
    [Function]
    public bool TransferFrom(Call call, Address from, Address to, UInt256 value) => false;

    /// <summary>Lets another move tokens.</summary>
    [Function]
    public bool Approve(Call call, Address spender, UInt256 value) => false;

    /// <summary>What an account owns.</summary>
    [Function]
    public UInt256 BalanceOf(Address owner) => Balances[owner];

    /// <summary>What another may move.</summary>
    [Function]
    public UInt256 Allowance(Address owner, Address spender) => UInt256.Zero;

    /// <summary>All tokens.</summary>
    [Function]
    public UInt256 TotalSupply() => UInt256.Zero;

    /// <summary>The token's name.</summary>
    [Function]
    public string Name() => "Token";

    /// <summary>The token's sign.</summary>
    [Function]
    public string Symbol() => "TKN";

    /// <summary>Digits after the point.</summary>
    [Function]
    public byte Decimals() => 18;
}

/// <summary>ERC-20's event.</summary>
[Event(typeof(TokenFacade))]
public readonly partial record struct Transfer([Indexed] Address From, [Indexed] Address To, UInt256 Value);

/// <summary>ERC-6093's error.</summary>
[Error(typeof(TokenFacade))]
public readonly partial record struct ERC20InsufficientBalance(Address Sender, UInt256 Balance, UInt256 Needed);
