using DePinChain.Modules.Economy;
using DePinChain.Modules.Sdk;
using DePinChain.Primitives;
using static DePinChain.Modules.Sdk.Guard;

namespace DePinChain.Modules.Compute;

/// <summary>
/// Keeps tenants' money and pays it to providers by the block: settled lazily, ended in the exact block in which it no longer suffices,
/// and never in debt.
/// </summary>
[Module("escrow", "0x0000000000000000000000000000000000001200")]
public sealed partial class EscrowModule(ModuleState state, Logs logs, IBank bank, ITokens tokens, ITreasury treasury)
    : IModule, IBeginBlock, IInvariants, IGenesis<EscrowGenesis>
{
    private readonly AssetVault _vault = new(bank, tokens, treasury);

    [Slot(0)] private partial Map<Hash256, AccountRecord> Accounts { get; }
    [Slot(1)] private partial Map<Hash256, PaymentRecord> Payments { get; }
    [Slot(2)] private partial SetMap<Hash256, Hash256> OpenPayments { get; }
    [Slot(3)] private partial Map<(Address Granter, Address Grantee, uint Token), GrantRecord> Grants { get; }
    [Slot(4)] private partial Map<Hash256, BondRecord> Bonds { get; }
    [Slot(5)] private partial Map<uint, UInt128> Held { get; }
    [Slot(6)] private partial Schedule<Hash256> Drying { get; }
    [Slot(7)] private partial Schedule<Hash256> Dried { get; }
    [Slot(8)] private partial Parameters<EscrowParameters> Rules { get; }
    [Slot(9)] private partial Map<Hash256, TopUpRecord> TopUps { get; }

    /// <summary>Accounts whose money ended: whoever uses them takes them from here and closes what they paid for.</summary>
    public Schedule<Hash256> Ended => Dried;

    /// <summary>Tops up an account, which then runs dry later. An account whose money ended takes nothing.</summary>
    /// <param name="call">The owner; for an account in DPN the value is the amount.</param>
    /// <param name="account">The account.</param>
    /// <param name="amount">Base units.</param>
    [Function, Payable]
    public void Deposit(Call call, Hash256 account, UInt128 amount)
    {
        AccountRecord record = RequireOwner(call, account);
        UInt128 expected = record.Token == AssetVault.Native ? amount : UInt128.Zero;
        Require(call.Value.Wei == expected, new WrongValue(expected, call.Value.Wei));

        // The value of a call is on this module's account already.
        if (record.Token != AssetVault.Native) _vault.Move(record.Token, call.Sender, Address, amount, account);
        Credit(account, record, call.Sender, isGrant: false, amount, call.Block.Number);
    }

    /// <summary>Tops up an account of the caller with somebody else's money, as far as that somebody allows.</summary>
    /// <param name="call">The owner.</param>
    /// <param name="account">The account.</param>
    /// <param name="granter">Who allowed it; gets the rest back when the account closes.</param>
    /// <param name="amount">Base units.</param>
    [Function]
    public void DepositFromGrant(Call call, Hash256 account, Address granter, UInt128 amount)
    {
        AccountRecord record = RequireOwner(call, account);
        GrantRecord grant = Grants.GetOr((granter, call.Sender, record.Token), default);
        UInt128 allowed = call.Block.Number < grant.ExpiresAt ? grant.Limit : UInt128.Zero;
        Require(amount <= allowed, new GrantTooSmall(granter, amount, allowed));
        Grants[(granter, call.Sender, record.Token)] = grant with { Limit = grant.Limit - amount };
        _vault.Move(record.Token, granter, Address, amount, account);
        Credit(account, record, granter, isGrant: true, amount, call.Block.Number);
    }

    /// <summary>Lets another account put the caller's money into its escrow accounts. What is not used comes back to the caller.</summary>
    /// <param name="call">Who pays.</param>
    /// <param name="grantee">Whose accounts may be paid.</param>
    /// <param name="token">0 for DPN, else the number of a token.</param>
    /// <param name="limit">Base units in all; replaces what was allowed before, zero ends it.</param>
    /// <param name="expiresAt">Block from which it is no longer valid.</param>
    [Function]
    public void AllowDeposit(Call call, Address grantee, uint token, UInt128 limit, ulong expiresAt)
    {
        Require(_vault.Exists(token), new UnknownAsset(token));
        Require(expiresAt > call.Block.Number, new GrantExpiryPast(expiresAt, call.Block.Number));
        if (limit == UInt128.Zero) Grants.Remove((call.Sender, grantee, token));
        else Grants[(call.Sender, grantee, token)] = new GrantRecord(limit, expiresAt);
        logs.Emit(new DepositAllowed(call.Sender, grantee, token, limit, expiresAt));
    }

    /// <summary>
    /// Lets the owner's own money keep an account from running dry: when it would, up to so much is added, at most once a day. It ends
    /// when the total is used up or the owner has too little.
    /// </summary>
    /// <param name="call">The owner.</param>
    /// <param name="account">The account.</param>
    /// <param name="perDay">Base units a day; zero ends it.</param>
    /// <param name="maxTotal">Base units in all.</param>
    [Function]
    public void AutoTopUp(Call call, Hash256 account, UInt128 perDay, UInt128 maxTotal)
    {
        AccountRecord record = RequireOwner(call, account);
        Require(record.State == AccountState.Open, new AccountEnded(account));
        if (perDay == UInt128.Zero) TopUps.Remove(account);
        else TopUps[account] = new TopUpRecord(perDay, maxTotal, TopUps.GetOr(account, default).LastAt);
        logs.Emit(new TopUpSet(account, call.Sender, perDay, maxTotal));
    }

    /// <summary>Pays what payments have earned to their payees, less the take. Anybody may call it.</summary>
    /// <param name="call">Anybody.</param>
    /// <param name="payments">At most 64 open payments.</param>
    [Function]
    public void Withdraw(Call call, [Limit(EscrowPolicy.WithdrawalsMax)] Hash256[] payments)
    {
        foreach (Hash256 id in payments)
        {
            PaymentRecord payment = GetPaymentRecord(id);
            Require(payment.State == PaymentState.Open, new PaymentNotOpen(id));
            if (ExhaustIfDry(payment.Account, call.Block.Number)) continue;
            AccountRecord account = Settled(Accounts[payment.Account], call.Block.Number);
            Accounts[payment.Account] = PayOut(id, payment, account, PaymentState.Open);
        }
    }

    /// <summary>An account with its amounts as of this block.</summary>
    /// <param name="account">Its number.</param>
    [Function]
    public AccountReport GetAccount(BlockContext block, Hash256 account)
    {
        AccountRecord record = Settled(GetAccountRecord(account), block.Number);
        return new AccountReport(
            record.Owner, record.Token, record.State, Accounts[account].SettledAt, record.Transferred, record.Balance, record.Owed,
            record.RateSum, record.Promised, record.DryHeight, record.Deposits);
    }

    /// <summary>A payment with what it has earned as of this block.</summary>
    /// <param name="payment">Its number.</param>
    [Function]
    public PaymentReport GetPayment(BlockContext block, Hash256 payment)
    {
        PaymentRecord record = GetPaymentRecord(payment);
        UInt128 pending = record.State == PaymentState.Open
            ? Pending(record, Settled(Accounts[record.Account], block.Number)) : UInt128.Zero;
        return new PaymentReport(record.Account, record.Payee, record.Rate, record.State, pending, record.Withdrawn);
    }

    /// <summary>What a granter still lets a grantee deposit, and until which block.</summary>
    [Function]
    public GrantRecord GetGrant(Address granter, Address grantee, uint token) => Grants.GetOr((granter, grantee, token), default);

    /// <summary>A bond; all zeros when there is none.</summary>
    [Function]
    public BondRecord GetBond(Hash256 bond) => Bonds.GetOr(bond, default);

    /// <summary>A standing order; all zeros when there is none.</summary>
    [Function]
    public TopUpRecord GetTopUp(Hash256 account) => TopUps.GetOr(account, default);

    /// <summary>What all accounts and bonds of a token hold together.</summary>
    [Function]
    public UInt128 TotalHeld(uint token) => Held[token];

    /// <summary>Pays out and ends the accounts whose money ends at this block.</summary>
    public void BeginBlock(BlockContext block) => new StepRunner(state, logs).ForEachDue(
        Drying, block.Number, EscrowPolicy.DryPerBlockMax, id => ExhaustIfDry(id, block.Number));

    /// <inheritdoc/>
    public void Initialize(EscrowGenesis section, GenesisContext context) => Rules.Value = section.ToParameters();

    /// <inheritdoc/>
    public IEnumerable<string> Violations()
    {
        for (uint token = 0; token == AssetVault.Native || tokens.Exists(token); token++)
        {
            foreach (string violation in EscrowInvariants.OfAsset(token, Held[token], _vault.BalanceOf(token, Address)))
                yield return violation;
        }
    }

    private AccountRecord RequireOwner(Call call, in Hash256 account)
    {
        AccountRecord record = GetAccountRecord(account);
        Require(record.Owner == call.Sender, new NotAccountOwner(record.Owner, call.Sender));
        return record;
    }

    private AccountRecord GetAccountRecord(in Hash256 account)
    {
        Require(Accounts.TryGet(account, out AccountRecord? record), new UnknownAccount(account));
        return record;
    }

    private PaymentRecord GetPaymentRecord(in Hash256 payment)
    {
        Require(Payments.TryGet(payment, out PaymentRecord record), new UnknownPayment(payment));
        return record;
    }
}
