using DePinChain.Modules.Sdk;
using DePinChain.Primitives;
using static DePinChain.Modules.Sdk.Guard;

namespace DePinChain.Modules.Economy;

/// <summary>
/// Keeps every token that is not DPN in one ledger. Each token also answers as an ERC-20 contract at its facade, account 0x2000 + id.
/// </summary>
[Module("tokens", "0x0000000000000000000000000000000000001005")]
public sealed partial class TokensModule(ModuleState state, Logs logs) : IModule, ITokens, IFacades, IInvariants, IGenesis<TokensGenesis>
{
    [Slot(0)] private partial CountedMap<uint, TokenRecord> Registry { get; }
    [Slot(1)] private partial Map<(uint Token, Address Owner), UInt128> Balances { get; }
    [Slot(2)] private partial Map<(uint Token, Address Owner, Address Spender), UInt256> Allowances { get; }

    /// <inheritdoc/>
    public ModuleDescriptor FacadeDescriptor => TokenFacade.Descriptor;

    /// <summary>Mints tokens for an account. Only the token's minter may.</summary>
    /// <param name="call">The minter.</param>
    /// <param name="token">Its number.</param>
    /// <param name="to">Who gets them.</param>
    /// <param name="amount">Base units.</param>
    [Function]
    public void Mint(Call call, uint token, Address to, UInt256 amount)
    {
        RequireMinter(call, token);
        Require(amount.FitsUInt128, new SupplyTooLarge(amount));
        Mint(token, to, (UInt128)amount);
    }

    /// <summary>Destroys tokens of the caller.</summary>
    /// <param name="call">The owner.</param>
    /// <param name="token">Its number.</param>
    /// <param name="amount">Base units.</param>
    [Function]
    public void Burn(Call call, uint token, UInt256 amount)
    {
        RecordOf(token);
        UInt128 balance = BalanceOf(token, call.Sender);
        Require(amount <= balance, new ERC20InsufficientBalance(call.Sender, balance, amount));
        Burn(token, call.Sender, (UInt128)amount);
    }

    /// <summary>Hands the right to mint to another account, or with zero to nobody.</summary>
    /// <param name="call">The minter.</param>
    /// <param name="token">Its number.</param>
    /// <param name="minter">The next minter.</param>
    [Function]
    public void SetMinter(Call call, uint token, Address minter)
    {
        TokenRecord record = RequireMinter(call, token);
        Registry[token] = record with { Minter = minter };
        logs.Emit(new MinterChanged(token, minter));
    }

    /// <summary>A token by its number.</summary>
    [Function]
    public TokenReport Token(uint token) => ReportOf(token, RecordOf(token));

    /// <summary>How many tokens there are; their numbers are 1 to this.</summary>
    [Function]
    public uint TokenCount() => (uint)Registry.Count;

    /// <summary>At most 100 tokens from a number on.</summary>
    /// <param name="first">The first number, from 1.</param>
    /// <param name="limit">How many at most.</param>
    [Function]
    public TokenReport[] Tokens(uint first, uint limit)
    {
        Require(limit <= TokensPolicy.PageMax, new TooManyTokens(TokensPolicy.PageMax));
        ulong start = Math.Max(first, 1);
        ulong count = Registry.Count;
        ulong size = start > count ? 0 : Math.Min(limit, count - start + 1);
        var page = new TokenReport[size];
        for (uint i = 0; i < page.Length; i++) page[i] = ReportOf((uint)start + i, Registry[(uint)start + i]);
        return page;
    }

    /// <summary>What an account holds of a token, in base units.</summary>
    [Function]
    public UInt128 BalanceOf(uint token, Address owner) => Balances[(token, owner)];

    /// <inheritdoc/>
    public bool Exists(uint token) => Registry.Contains(token);

    /// <inheritdoc/>
    public byte DecimalsOf(uint token) => RecordOf(token).Decimals;

    /// <inheritdoc/>
    public string SymbolOf(uint token) => RecordOf(token).Symbol;

    /// <inheritdoc/>
    public UInt128 TotalSupplyOf(uint token) => RecordOf(token).TotalSupply;

    /// <inheritdoc/>
    public void Move(uint token, Address from, Address to, UInt128 amount)
    {
        Require(!to.IsZero, new ERC20InvalidReceiver(to));
        UInt128 balance = Balances[(token, from)];
        Require(amount <= balance, new ERC20InsufficientBalance(from, balance, amount));
        Balances[(token, from)] = balance - amount;
        Balances[(token, to)] += amount;
        LogsOf(token).Emit(new Transfer(from, to, amount));
    }

    /// <inheritdoc/>
    public void Mint(uint token, Address to, UInt128 amount)
    {
        TokenRecord record = RecordOf(token);
        Require(!to.IsZero, new ERC20InvalidReceiver(to));
        Require(amount <= UInt128.MaxValue - record.TotalSupply, new SupplyTooLarge(amount));
        Registry[token] = record with { TotalSupply = record.TotalSupply + amount };
        Balances[(token, to)] += amount;
        LogsOf(token).Emit(new Transfer(Address.Zero, to, amount));
    }

    /// <inheritdoc/>
    public void Burn(uint token, Address from, UInt128 amount)
    {
        TokenRecord record = RecordOf(token);
        UInt128 balance = Balances[(token, from)];
        Require(amount <= balance, new ERC20InsufficientBalance(from, balance, amount));
        Balances[(token, from)] = balance - amount;
        Registry[token] = record with { TotalSupply = record.TotalSupply - amount };
        LogsOf(token).Emit(new Transfer(from, Address.Zero, amount));
    }

    /// <inheritdoc/>
    public uint Register(string name, string symbol, byte decimals, Address minter)
    {
        uint id = (uint)Registry.Count + 1;
        Invariant.Assert(id <= TokensPolicy.TokensMax, "Token facades end before the next range of addresses.");
        Registry[id] = new TokenRecord(name, symbol, decimals, minter, UInt128.Zero);
        Address facade = WellKnownAddresses.TokenFacade(id);
        state.Storage.Establish(facade);
        logs.Emit(new TokenRegistered(id, facade, name, symbol, decimals));
        return id;
    }

    /// <inheritdoc/>
    public IModule? FindFacade(Address account)
    {
        UInt256 number = UInt256.FromBigEndian(account.ToArray());
        UInt256 first = UInt256.FromBigEndian(WellKnownAddresses.TokenFacade(0).ToArray());
        if (number <= first || number > first + TokensPolicy.TokensMax) return null;
        uint token = (uint)(ulong)(number - first);
        return Exists(token) ? new TokenFacade(new ModuleState(account, state.Storage), this, token) : null;
    }

    /// <inheritdoc/>
    public void Initialize(TokensGenesis section, GenesisContext context)
    {
        foreach (GenesisToken token in section.Tokens)
        {
            uint id = Register(token.Name, token.Symbol, token.Decimals, token.Minter);
            foreach (GenesisHolding holding in token.Holdings ?? []) Mint(id, holding.Address, (UInt128)holding.Amount);
        }
    }

    /// <inheritdoc/>
    public IEnumerable<string> Violations() => TokensInvariants.Violations(Tokens(1, TokensPolicy.PageMax));

    /// <summary>What a spender may still move for an owner.</summary>
    internal UInt256 AllowanceOf(uint token, Address owner, Address spender) => Allowances[(token, owner, spender)];

    internal void Approve(uint token, Address owner, Address spender, UInt256 amount)
    {
        Require(!spender.IsZero, new ERC20InvalidSpender(spender));
        Allowances[(token, owner, spender)] = amount;
        LogsOf(token).Emit(new Approval(owner, spender, amount));
    }

    /// <summary>Uses up an allowance, unless it is unlimited.</summary>
    internal void SpendAllowance(uint token, Address owner, Address spender, UInt256 amount)
    {
        UInt256 allowance = AllowanceOf(token, owner, spender);
        Require(amount <= allowance, new ERC20InsufficientAllowance(spender, allowance, amount));
        if (!TokensPolicy.IsUnlimited(allowance)) Allowances[(token, owner, spender)] = allowance - amount;
    }

    internal TokenRecord RecordOf(uint token)
    {
        Require(Registry.TryGet(token, out TokenRecord record), new UnknownToken(token));
        return record;
    }

    private static TokenReport ReportOf(uint id, in TokenRecord record) =>
        new(id, WellKnownAddresses.TokenFacade(id), record.Name, record.Symbol, record.Decimals, record.Minter, record.TotalSupply);

    private TokenRecord RequireMinter(Call call, uint token)
    {
        TokenRecord record = RecordOf(token);
        Require(!record.Minter.IsZero && record.Minter == call.Sender, new NotMinter(record.Minter, call.Sender));
        return record;
    }

    private Logs LogsOf(uint token) => logs.For(WellKnownAddresses.TokenFacade(token));
}
