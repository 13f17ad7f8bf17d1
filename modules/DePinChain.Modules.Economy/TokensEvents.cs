using DePinChain.Modules.Sdk;
using DePinChain.Primitives;

namespace DePinChain.Modules.Economy;

/// <summary>A token exists from now on; its facade answers as its ERC-20 contract.</summary>
[Event(typeof(TokensModule))]
public readonly partial record struct TokenRegistered([Indexed] uint Id, Address Facade, string Name, string Symbol, byte Decimals);

/// <summary>A token has another minter.</summary>
[Event(typeof(TokensModule))]
public readonly partial record struct MinterChanged([Indexed] uint Id, [Indexed] Address Minter);

/// <summary>No token has this number.</summary>
[Error(typeof(TokensModule))]
public readonly partial record struct UnknownToken(uint Id);

/// <summary>Only the token's minter may do this.</summary>
[Error(typeof(TokensModule))]
public readonly partial record struct NotMinter(Address Minter, Address Caller);

/// <summary>More base units than a ledger can hold.</summary>
[Error(typeof(TokensModule))]
public readonly partial record struct SupplyTooLarge(UInt256 Amount);

/// <summary>A view returns at most so many tokens at once.</summary>
[Error(typeof(TokensModule))]
public readonly partial record struct TooManyTokens(uint Maximum);

/// <summary>ERC-20: tokens moved; from zero when minted, to zero when burned.</summary>
[Event(typeof(TokenFacade))]
public readonly partial record struct Transfer([Indexed] Address From, [Indexed] Address To, UInt256 Value);

/// <summary>ERC-20: an account lets another move its tokens.</summary>
[Event(typeof(TokenFacade))]
public readonly partial record struct Approval([Indexed] Address Owner, [Indexed] Address Spender, UInt256 Value);

// The errors of ERC-6093, which wallets decode.

/// <summary>ERC-6093: the sender has less than it wants to move.</summary>
[Error(typeof(TokenFacade))]
public readonly partial record struct ERC20InsufficientBalance(Address Sender, UInt256 Balance, UInt256 Needed);

/// <summary>ERC-6093: nobody can own tokens at this address.</summary>
[Error(typeof(TokenFacade))]
public readonly partial record struct ERC20InvalidReceiver(Address Receiver);

/// <summary>ERC-6093: the spender may move less than it wants to.</summary>
[Error(typeof(TokenFacade))]
public readonly partial record struct ERC20InsufficientAllowance(Address Spender, UInt256 Allowance, UInt256 Needed);

/// <summary>ERC-6093: nobody can be approved at this address.</summary>
[Error(typeof(TokenFacade))]
public readonly partial record struct ERC20InvalidSpender(Address Spender);
