using DePinChain.Modules.Economy;
using DePinChain.Modules.Sdk;
using DePinChain.Primitives;
using static DePinChain.Modules.Sdk.Guard;

namespace DePinChain.Modules.Staking;

/// <summary>
/// Decides who validates: operators bond DPN and name their keys, others delegate to them, the most staked get the seats, all share each
/// block's rewards, and who signs twice or stays away loses a part.
/// </summary>
[Module("staking", "0x0000000000000000000000000000000000001001", Parts =
[
    typeof(ValidatorRegistry), typeof(RewardPeriods), typeof(Delegations), typeof(UnbondingQueue), typeof(Redelegations),
    typeof(SlashQueue), typeof(SigningLog), typeof(Epochs),
])]
public sealed partial class StakingModule
    : IModule, IStaking, IValidatorSource, IBeginBlock, ILastPass, IInvariants, IGenesis<StakingGenesis>
{
    private readonly ModuleState _state;
    private readonly Logs _logs;
    private readonly ICoinIssuer _issuer;
    private readonly ICryptography _cryptography;
    private readonly StakingParts _parts;
    private readonly BlockStartStep _blockStart;

    /// <param name="state">The module's records.</param>
    /// <param name="logs">The module's events.</param>
    /// <param name="issuer">The bank; staking burns what it slashes.</param>
    /// <param name="cryptography">Checks keys and evidence.</param>
    /// <param name="emission">Mints the security stream.</param>
    /// <param name="watchers">Who follows the shares; nobody when left out.</param>
    public StakingModule(
        ModuleState state, Logs logs, ICoinIssuer issuer, ICryptography cryptography, IEmission emission, StakeWatchers? watchers = null)
    {
        _state = state;
        _logs = logs;
        _issuer = issuer;
        _cryptography = cryptography;
        _parts = new StakingParts(state, logs, issuer, watchers ?? new StakeWatchers());
        _blockStart = new BlockStartStep(_parts, new StepRunner(state, logs), logs, issuer, emission);
    }

    [Slot(100)] private partial Parameters<StakingParameters> Rules { get; }

    /// <summary>
    /// Makes the caller a validator whose own stake is the value that comes along. It may have a seat from the next-but-one epoch on.
    /// </summary>
    /// <param name="call">The operator, with at least <paramref name="minSelfBond"/>.</param>
    /// <param name="signingKey">Hot key for proposals and votes: 33 bytes compressed, never used by any validator before.</param>
    /// <param name="signingPossession">65-byte signature by that key over keccak("DPC-POP" ‖ chainId in 32 bytes ‖ operator).</param>
    /// <param name="vrfKey">Hot key of the randomness beacon: 33 bytes compressed.</param>
    /// <param name="vrfPossession">65-byte signature by that key over the same digest.</param>
    /// <param name="moniker">1 to 64 bytes of printable text.</param>
    /// <param name="commissionWad">Part of the rewards the operator keeps, in 10^-18.</param>
    /// <param name="maxCommissionWad">Highest commission it will ever take.</param>
    /// <param name="maxDailyChangeWad">Most the commission will change in a day.</param>
    /// <param name="minSelfBond">Stake of its own below which it wants to be jailed.</param>
    [Function, Payable]
    public void CreateValidator(
        Call call,
        [Limit(33)] byte[] signingKey,
        [Limit(65)] byte[] signingPossession,
        [Limit(33)] byte[] vrfKey,
        [Limit(65)] byte[] vrfPossession,
        [Limit(256)] string moniker,
        ulong commissionWad,
        ulong maxCommissionWad,
        ulong maxDailyChangeWad,
        Amount minSelfBond)
    {
        StakingParameters rules = Rules.Value;
        Address validator = call.Sender;
        Require(!_parts.Registry.Contains(validator), new ValidatorExists(validator));
        Require(StakingPolicy.IsMoniker(moniker), new InvalidMoniker(moniker));
        Require(maxCommissionWad <= StakingPolicy.Wad, new CommissionTooHigh(maxCommissionWad, StakingPolicy.Wad));
        Require(commissionWad <= maxCommissionWad, new CommissionTooHigh(commissionWad, maxCommissionWad));
        Require(maxDailyChangeWad <= maxCommissionWad, new CommissionStepTooLarge(maxDailyChangeWad, maxCommissionWad));
        Require(minSelfBond >= rules.MinSelfBond, new SelfBondTooLow(rules.MinSelfBond, minSelfBond));
        Require(call.Value >= minSelfBond, new SelfBondTooLow(minSelfBond, call.Value));
        Address signer = ProvenSigner(call, signingKey, signingPossession);
        ProvenKey(call, vrfKey, vrfPossession);

        ulong activeFrom = _parts.Epochs.At(call.Block.Number).Number + rules.KeyDelayEpochs;
        _parts.Registry.Add(validator, new ValidatorRecord(
            moniker, signer, vrfKey, activeFrom, Amount.Zero, UInt128.Zero, commissionWad, maxCommissionWad, maxDailyChangeWad,
            CommissionChangedAt: call.Block.Number, minSelfBond, JailedUntil: 0, Standing.Free));
        _logs.Emit(new ValidatorCreated(validator, signer, moniker));
        UInt128 shares = _parts.Delegations.Bond(validator, validator, call.Value, rules.CandidatesMax);
        _logs.Emit(new Delegated(validator, validator, call.Value, shares));
    }

    /// <summary>
    /// Changes the caller's name and commission. The commission changes at most once a day, and by no more than was promised.
    /// </summary>
    /// <param name="call">The operator.</param>
    /// <param name="moniker">1 to 64 bytes of printable text.</param>
    /// <param name="commissionWad">Part of the rewards the operator keeps from now on, in 10^-18.</param>
    [Function]
    public void EditValidator(Call call, [Limit(256)] string moniker, ulong commissionWad)
    {
        StakingParameters rules = Rules.Value;
        ValidatorRecord record = _parts.Registry.Get(call.Sender);
        Require(StakingPolicy.IsMoniker(moniker), new InvalidMoniker(moniker));
        if (commissionWad != record.CommissionWad)
        {
            Require(commissionWad <= record.MaxCommissionWad, new CommissionTooHigh(commissionWad, record.MaxCommissionWad));
            ulong step = commissionWad > record.CommissionWad ? commissionWad - record.CommissionWad : record.CommissionWad - commissionWad;
            Require(step <= record.MaxDailyChangeWad, new CommissionStepTooLarge(step, record.MaxDailyChangeWad));
            ulong from = record.CommissionChangedAt + rules.CommissionDayBlocks;
            Require(call.Block.Number >= from, new CommissionChangedRecently(from));

            // What was earned so far pays the old commission.
            _parts.Rewards.Settle(call.Sender, record);
            record = record with { CommissionWad = commissionWad, CommissionChangedAt = call.Block.Number };
        }

        record = record with { Moniker = moniker };
        _parts.Registry.Save(call.Sender, record);
        _parts.Registry.Compete(call.Sender, record, rules.CandidatesMax);
        _logs.Emit(new ValidatorEdited(call.Sender, moniker, commissionWad));
    }

    /// <summary>Names the signing key the caller's validator uses from the next-but-one epoch on. The old key stays liable.</summary>
    /// <param name="call">The operator.</param>
    /// <param name="key">33 bytes compressed, never used by any validator before.</param>
    /// <param name="possession">65-byte signature by that key over keccak("DPC-POP" ‖ chainId in 32 bytes ‖ operator).</param>
    [Function]
    public void SetSigningKey(Call call, [Limit(33)] byte[] key, [Limit(65)] byte[] possession)
    {
        _parts.Registry.Get(call.Sender);
        Address signer = ProvenSigner(call, key, possession);
        ulong epoch = _parts.Epochs.At(call.Block.Number).Number + Rules.Value.KeyDelayEpochs;
        _parts.Registry.ScheduleSigner(call.Sender, signer, epoch);
        _logs.Emit(new SigningKeyScheduled(call.Sender, signer, epoch));
    }

    /// <summary>Names the VRF key the caller's validator uses from the next-but-one epoch on.</summary>
    /// <param name="call">The operator.</param>
    /// <param name="key">33 bytes compressed.</param>
    /// <param name="possession">65-byte signature by that key over keccak("DPC-POP" ‖ chainId in 32 bytes ‖ operator).</param>
    [Function]
    public void SetVrfKey(Call call, [Limit(33)] byte[] key, [Limit(65)] byte[] possession)
    {
        _parts.Registry.Get(call.Sender);
        ProvenKey(call, key, possession);
        ulong epoch = _parts.Epochs.At(call.Block.Number).Number + Rules.Value.KeyDelayEpochs;
        _parts.Registry.ScheduleVrfKey(call.Sender, key, epoch);
        _logs.Emit(new VrfKeyScheduled(call.Sender, key, epoch));
    }

    /// <summary>Stakes the DPN that comes along with a validator, and pays the rewards earned there so far.</summary>
    /// <param name="call">The delegator, with at least 0.001 DPN.</param>
    /// <param name="validator">The validator's operator.</param>
    /// <returns>The shares bought.</returns>
    [Function, Payable]
    public UInt256 Delegate(Call call, Address validator)
    {
        StakingParameters rules = Rules.Value;
        Require(call.Value >= rules.MinDelegation, new DelegationTooSmall(rules.MinDelegation, call.Value));
        UInt128 shares = _parts.Delegations.Bond(call.Sender, validator, call.Value, rules.CandidatesMax);
        _logs.Emit(new Delegated(call.Sender, validator, call.Value, shares));
        return shares;
    }

    /// <summary>
    /// Gives shares back. The DPN is paid after the unbonding period, unless the validator is slashed for what it did before.
    /// </summary>
    /// <param name="call">The delegator.</param>
    /// <param name="validator">The validator's operator.</param>
    /// <param name="shares">How many shares.</param>
    /// <returns>The number of the unbonding.</returns>
    [Function]
    public ulong Undelegate(Call call, Address validator, UInt256 shares)
    {
        StakingParameters rules = Rules.Value;
        Amount amount = _parts.Delegations.Unbond(call.Sender, validator, SharesOf(call.Sender, validator, shares));
        ulong completion = call.Block.Number + rules.UnbondingBlocks;
        ulong id = _parts.Unbondings.Add(call.Sender, validator, amount, call.Block.Number, completion);
        _parts.Delegations.AddUnbonding(amount);
        _logs.Emit(new UnbondingStarted(call.Sender, validator, id, amount, completion));
        JailIfUnderbonded(call.Sender, validator, call.Block.Number);
        return id;
    }

    /// <summary>
    /// Moves stake to another validator at once. For an unbonding period it still answers for the first, and may not move on.
    /// </summary>
    /// <param name="call">The delegator.</param>
    /// <param name="from">The validator it leaves.</param>
    /// <param name="to">The validator it joins.</param>
    /// <param name="shares">How many shares of the first.</param>
    [Function]
    public void Redelegate(Call call, Address from, Address to, UInt256 shares)
    {
        StakingParameters rules = Rules.Value;
        Require(from != to, new SameValidator(to));
        _parts.Redelegations.RequireSettled(call.Sender, from, call.Block.Number);
        Amount amount = _parts.Delegations.Unbond(call.Sender, from, SharesOf(call.Sender, from, shares));
        UInt128 bought = _parts.Delegations.Bond(call.Sender, to, amount, rules.CandidatesMax);
        ulong completion = call.Block.Number + rules.UnbondingBlocks;
        ulong id = _parts.Redelegations.Add(call.Sender, from, to, amount, call.Block.Number, completion);
        _parts.Part(call.Sender, from);
        _logs.Emit(new Redelegated(call.Sender, from, to, id, amount, bought, completion));
        JailIfUnderbonded(call.Sender, from, call.Block.Number);
    }

    /// <summary>Bonds unbonding DPN to its validator again.</summary>
    /// <param name="call">The delegator.</param>
    /// <param name="id">The number of the unbonding.</param>
    /// <param name="amount">How much of it.</param>
    [Function]
    public void CancelUnbonding(Call call, ulong id, Amount amount)
    {
        UnbondingRecord entry = _parts.Unbondings.Get(id);
        Require(entry.Delegator == call.Sender, new NotDelegator(entry.Delegator, call.Sender));
        Require(call.Block.Number < entry.CompletesAt, new AlreadyMatured(id));
        Require(!_parts.Slashes.IsFrozen(entry), new EntryFrozen(entry.Validator));
        Require(!amount.IsZero, new NothingToMove());
        Require(amount <= entry.Balance, new UnbondingTooSmall(amount, entry.Balance));
        _parts.Unbondings.Reduce(id, entry, amount);
        _parts.Delegations.SubtractUnbonding(amount);
        UInt128 shares = _parts.Delegations.Bond(call.Sender, entry.Validator, amount, Rules.Value.CandidatesMax);
        _logs.Emit(new UnbondingCancelled(call.Sender, entry.Validator, id, amount, shares));
    }

    /// <summary>
    /// Pays a completed unbonding to its delegator. It also happens by itself at a block's start, 100 a block; anybody may hurry it.
    /// </summary>
    /// <param name="call">Anybody.</param>
    /// <param name="id">The number of the unbonding.</param>
    [Function]
    public void ClaimUnbonded(Call call, ulong id)
    {
        UnbondingRecord entry = _parts.Unbondings.Get(id);
        Require(call.Block.Number >= entry.CompletesAt, new NotMatured(entry.CompletesAt, call.Block.Number));
        Require(!_parts.Slashes.IsFrozen(entry), new EntryFrozen(entry.Validator));
        _blockStart.Pay(id, entry);
    }

    /// <summary>Lets the caller's validator compete for a seat again, once its time in jail is over and its own stake is enough.</summary>
    /// <param name="call">The operator.</param>
    [Function]
    public void Unjail(Call call)
    {
        ValidatorRecord record = _parts.Registry.Get(call.Sender);
        Require(record.Standing != Standing.Tombstoned, new ValidatorTombstoned(call.Sender));
        Require(record.Standing == Standing.Jailed, new NotJailed(call.Sender));
        Require(call.Block.Number >= record.JailedUntil, new StillJailed(record.JailedUntil, call.Block.Number));
        Amount selfBond = _parts.Delegations.StakeOf(call.Sender, call.Sender);
        Require(selfBond >= record.MinSelfBond, new SelfBondTooLow(record.MinSelfBond, selfBond));
        record = record with { Standing = Standing.Free, JailedUntil = 0 };
        _parts.Registry.Save(call.Sender, record);
        _parts.Registry.Compete(call.Sender, record, Rules.Value.CandidatesMax);
        _parts.Epochs.Mute(call.Sender, mute: false);
        _parts.Signing.Clear(call.Sender);
        _logs.Emit(new Unjailed(call.Sender));
    }

    /// <summary>Pays the caller what it has earned with a validator.</summary>
    /// <param name="call">The delegator.</param>
    /// <param name="validator">The validator's operator.</param>
    /// <returns>What was paid.</returns>
    [Function]
    public Amount WithdrawRewards(Call call, Address validator)
    {
        Amount reward = _parts.Delegations.Withdraw(call.Sender, validator);
        Require(!reward.IsZero, new NothingToWithdraw());
        return reward;
    }

    /// <summary>Pays the caller the commission its validator has earned.</summary>
    /// <param name="call">The operator.</param>
    /// <returns>What was paid.</returns>
    [Function]
    public Amount WithdrawCommission(Call call)
    {
        Amount commission = _parts.Delegations.WithdrawCommission(call.Sender);
        Require(!commission.IsZero, new NothingToWithdraw());
        return commission;
    }

    /// <summary>Names the account that the caller's rewards and commission go to from now on.</summary>
    /// <param name="call">The delegator.</param>
    /// <param name="recipient">The account.</param>
    [Function]
    public void SetWithdrawAddress(Call call, Address recipient)
    {
        Require(!recipient.IsZero && recipient != Address, new InvalidRecipient(recipient));
        _parts.Delegations.SetRecipient(call.Sender, recipient);
        _logs.Emit(new WithdrawAddressSet(call.Sender, recipient));
    }

    /// <summary>
    /// Hands in proof that a validator signed twice. Blocks carry such proofs by themselves; this is for one that no proposer took in.
    /// </summary>
    /// <param name="call">Anybody.</param>
    /// <param name="evidence">RLP as in a block's evidence list.</param>
    [Function]
    public void SubmitEvidence(Call call, [Limit(4096)] byte[] evidence)
    {
        StakingParameters rules = Rules.Value;
        Require(_cryptography.TryVerifyEvidence(evidence, out Misbehaviour misbehaviour), new InvalidEvidence());
        ulong now = call.Block.Number;
        EvidenceVerdict verdict = _parts.Penalties.Judge(misbehaviour, now, rules, out EpochMember member);
        Require(verdict != EvidenceVerdict.TooOld, new EvidenceTooOld(misbehaviour.Height, now - Math.Min(now, rules.UnbondingBlocks)));
        Require(verdict != EvidenceVerdict.NotSeated, new NotSeated(misbehaviour.Signer, misbehaviour.Height));
        Require(verdict != EvidenceVerdict.AlreadyTombstoned, new AlreadyTombstoned(member.Operator));
        _parts.Penalties.Tombstone(misbehaviour, member, now, rules);
    }

    /// <inheritdoc/>
    public void BeginBlock(BlockContext block) => _blockStart.Run(block, Rules.Value);

    /// <inheritdoc/>
    public void LastPass(BlockContext block)
    {
        if (_parts.Epochs.HasElected && block.Number >= _parts.Epochs.Next.Start) _parts.Boundary.TakeOver();
        if (!_parts.Epochs.HasElected && block.Number >= _parts.Epochs.Current.End) _parts.Boundary.Elect(block.Number, Rules.Value);
    }

    // Shares beyond 128 bits cannot exist, so they are only too many.
    private UInt128 SharesOf(Address delegator, Address validator, UInt256 shares)
    {
        Require(shares.FitsUInt128, new InsufficientShares(shares, _parts.Delegations.Find(delegator, validator).Shares));
        return (UInt128)shares;
    }

    private void JailIfUnderbonded(Address delegator, Address validator, ulong now)
    {
        if (delegator != validator) return;
        ValidatorRecord record = _parts.Registry.Get(validator);
        if (record.Standing != Standing.Free || _parts.Delegations.StakeOf(validator, validator) >= record.MinSelfBond) return;
        _parts.Penalties.Jail(validator, PenaltyReason.SelfBond, now);
    }

    private Address ProvenSigner(Call call, byte[] key, byte[] possession)
    {
        Address signer = ProvenKey(call, key, possession);
        Address owner = _parts.Registry.OperatorOf(signer);
        Require(owner.IsZero, new SigningKeyUsed(signer, owner));
        return signer;
    }

    private Address ProvenKey(Call call, byte[] key, byte[] possession)
    {
        bool isKey = _cryptography.TryAddressOf(key, out Address account) && key.Length == StakingPolicy.KeyBytes;
        Require(isKey, new InvalidKey(key));
        Hash256 digest = _cryptography.Keccak(StakingPolicy.PossessionMessage(call.Block.ChainId, call.Sender));
        bool isProven = _cryptography.TryRecover(digest, possession, out Address prover) && prover == account;
        Require(isProven, new InvalidPossession(key));
        return account;
    }
}
