using DePinChain.Modules.Sdk;
using DePinChain.Primitives;
using static DePinChain.Modules.Sdk.Guard;

namespace DePinChain.Modules.Economy;

/// <summary>Holds the community pool: the tax on rewards, forfeited rewards, fees and rounding dust, until governance spends it.</summary>
[Module("treasury", "0x0000000000000000000000000000000000001003")]
public sealed partial class TreasuryModule(ModuleState state, Logs logs, ICoinIssuer issuer, ITokens tokens)
    : IModule, ITreasury, IInvariants, IGenesis<TreasuryGenesis>
{
    [Slot(0)] private partial Parameters<TreasuryParameters> Rules { get; }
    [Slot(1)] private partial Item<SpendPeriod> Running { get; }
    [Slot(2)] private partial Map<uint, SpendPeriod> RunningOf { get; }

    /// <summary>Gives the DPN that comes along to the community pool.</summary>
    [Function, Payable]
    public void Fund(Call call)
    {
        Require(!call.Value.IsZero, new NothingToFund());
        logs.Emit(new PoolFunded(call.Sender, call.Value));
    }

    /// <summary>DPN in the community pool.</summary>
    [Function]
    public Amount Pool() => issuer.BalanceOf(Address);

    /// <summary>What the community pool holds of a token.</summary>
    [Function]
    public UInt128 PoolOf(uint token) => tokens.BalanceOf(token, Address);

    /// <summary>What may still be spent of the pool's DPN in the period of this block.</summary>
    [Function]
    public Amount Spendable(BlockContext block)
    {
        SpendPeriod period = TreasuryPolicy.PeriodAt(block.Number, Running.GetOr(default), Pool().Wei, Rules.Value);
        return new Amount(period.Allowance - period.Spent);
    }

    /// <inheritdoc/>
    public void Deposit(Address from, Amount amount)
    {
        if (amount.IsZero) return;
        issuer.Transfer(from, Address, amount);
        logs.Emit(new PoolFunded(from, amount));
    }

    /// <inheritdoc/>
    public void DepositToken(uint token, Address from, UInt128 amount)
    {
        if (amount == UInt128.Zero) return;
        tokens.Move(token, from, Address, amount);
        logs.Emit(new TokenPoolFunded(from, token, amount));
    }

    /// <inheritdoc/>
    public void Spend(Address to, Amount amount, ulong height)
    {
        Running.Value = Spent(TreasuryPolicy.PeriodAt(height, Running.GetOr(default), Pool().Wei, Rules.Value), amount.Wei);
        issuer.Transfer(Address, to, amount);
        logs.Emit(new PoolSpent(to, amount));
    }

    /// <inheritdoc/>
    public void SpendToken(uint token, Address to, UInt128 amount, ulong height)
    {
        RunningOf[token] = Spent(TreasuryPolicy.PeriodAt(height, RunningOf.GetOr(token, default), PoolOf(token), Rules.Value), amount);
        tokens.Move(token, Address, to, amount);
        logs.Emit(new TokenPoolSpent(to, token, amount));
    }

    /// <inheritdoc/>
    public void Burn(Address from, Amount amount)
    {
        if (amount.IsZero) return;
        issuer.Burn(from, amount);
        logs.Emit(new Burned(from, amount));
    }

    /// <inheritdoc/>
    public void Initialize(TreasuryGenesis section, GenesisContext context) => Rules.Value = section.ToParameters();

    /// <inheritdoc/>
    public IEnumerable<string> Violations() => TreasuryInvariants.Violations(Running.GetOr(default));

    private SpendPeriod Spent(in SpendPeriod period, UInt128 amount)
    {
        UInt128 left = period.Allowance - period.Spent;
        Require(amount <= left, new SpendLimitExceeded(amount, left, period.Start + Rules.Value.PeriodBlocks));
        return period with { Spent = period.Spent + amount };
    }
}
