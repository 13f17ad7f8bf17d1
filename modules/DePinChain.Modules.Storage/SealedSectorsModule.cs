using DePinChain.Modules.Attestations;
using DePinChain.Modules.Economy;
using DePinChain.Modules.Sdk;
using DePinChain.Primitives;
using DePinChain.Proofs.Pieces;
using DePinChain.Proofs.Replication;
using static DePinChain.Modules.Sdk.Guard;

namespace DePinChain.Modules.Storage;

/// <summary>
/// Sealed capacity: sectors are promised, proven to be replicas of their own, and proven again every period. What is proven has power and
/// earns its part of the storage stream; what is not loses both, and its pledge by and by.
/// </summary>
[Module("sealedSectors", "0x0000000000000000000000000000000000001102", Parts =
    [typeof(StorageRewards), typeof(SectorFunds), typeof(SectorBook), typeof(WindowClaims)])]
public sealed partial class SealedSectorsModule : IModule, IBeginBlock, IInvariants, IGenesis<SealedSectorsGenesis>
{
    private readonly ModuleState _state;
    private readonly Logs _logs;
    private readonly IBank _bank;
    private readonly IEmission _emission;
    private readonly IStorageMarket _market;
    private readonly IAttestations _attestations;
    private readonly IMeter _meter;
    private readonly StorageRewards _rewards;
    private readonly SectorFunds _funds;
    private readonly SectorBook _book;
    private readonly WindowClaims _claims;

    /// <param name="state">The module's records.</param>
    /// <param name="logs">The module's events.</param>
    /// <param name="bank">Moves DPN.</param>
    /// <param name="meter">Where a block's start charges computation.</param>
    /// <param name="treasury">Burns penalties.</param>
    /// <param name="emission">Mints the storage stream.</param>
    /// <param name="market">Knows providers, deals, and what fees were burned.</param>
    /// <param name="attestations">Judges seals that are too large for a block.</param>
    public SealedSectorsModule(
        ModuleState state, Logs logs, IBank bank, IMeter meter, ITreasury treasury, IEmission emission, IStorageMarket market,
        IAttestations attestations)
    {
        _state = state;
        _logs = logs;
        _bank = bank;
        _meter = meter;
        _emission = emission;
        _market = market;
        _attestations = attestations;
        _rewards = new StorageRewards(state, logs, emission);
        _funds = new SectorFunds(state, logs, bank, treasury, emission);
        _book = new SectorBook(state, logs);
        _claims = new WindowClaims(state);
        WindowJudging = new WindowKind(this);
    }

    [Slot(0)] private partial Schedule<SectorKey> Promises { get; }
    [Slot(1)] private partial Schedule<SectorKey> Ends { get; }
    [Slot(2)] private partial Schedule<FaultedOut> TooLongFaulty { get; }
    [Slot(3)] private partial Item<ulong> ChainId { get; }
    [Slot(100)] private partial Parameters<SealedSectorsParameters> Rules { get; }

    /// <summary>Begins to seal: fixes the size of the provider's sectors and when each window of its period opens.</summary>
    /// <param name="call">The provider; its value becomes free funds.</param>
    /// <param name="providerId">Its number at the market.</param>
    /// <param name="kind">The size of all its sectors.</param>
    [Function, Payable]
    public void BeginSealing(Call call, ulong providerId, SectorKind kind)
    {
        SealedSectorsParameters rules = Rules.Value;
        _market.RequireActing(providerId, call.Sender);
        Require(!_book.IsKnown(providerId), new AlreadySealing(providerId));
        Require(rules.DevelopmentSizes || !SealedSectorsPolicy.IsDevelopmentSize(kind), new SectorSizeNotAllowed(kind));
        string? fault = CalendarFault(rules);
        Require(fault is null, new InvalidCalendar(fault ?? ""));

        // Spreads the providers' windows over the period; nobody chooses.
        Hash256 place = call.Block.Randomness.At(call.Block.Number - 1, SealedSectorsPolicy.OffsetDomain, providerId);
        uint offset = (uint)(place.ToUInt256() % rules.PeriodBlocks);
        _book.Begin(
            providerId,
            new ProvingCalendar(kind, offset, rules.PeriodBlocks, rules.Deadlines, rules.LookbackBlocks, rules.CutoffBlocks));
        Fund(providerId, call.Value);
        _logs.Emit(new SealerBegan(providerId, kind, offset, rules.PeriodBlocks));
    }

    /// <summary>Adds free funds of a provider; what it owes is paid first. Anybody may.</summary>
    [Function, Payable]
    public void AddPledge(Call call, ulong providerId)
    {
        _book.CalendarOf(providerId);
        Fund(providerId, call.Value);
    }

    /// <summary>Pays free funds to the provider's owner, who must owe nothing.</summary>
    [Function]
    public void WithdrawAvailable(Call call, ulong providerId, Amount amount)
    {
        Address owner = _market.RequireActing(providerId, call.Sender);

        // What false proofs may still cost stays here, or in pledges, which only ever become free funds.
        (FundsRecord funds, Amount stake) = (_funds.Of(providerId), _claims.StakeOf(providerId));
        Require(amount > funds.Free || funds.Free - amount + funds.Pledged >= stake, new FundsAtStake(providerId, stake));
        _funds.Withdraw(providerId, owner, amount);
        _logs.Emit(new SealerFunded(providerId, Amount.Zero, amount));
    }

    /// <summary>Promises sectors, each against a deposit out of the free funds, to which the call's value is added.</summary>
    /// <param name="call">The provider.</param>
    /// <param name="providerId">Its number.</param>
    /// <param name="promises">At most 64.</param>
    [Function, Payable]
    public void PreCommitSectors(
        Call call, ulong providerId, [Limit(SealedSectorsPolicy.PreCommitsPerCallMax)] PreCommitment[] promises)
    {
        SealedSectorsParameters rules = Rules.Value;
        ProvingCalendar calendar = _book.CalendarOf(providerId);
        _market.RequireActing(providerId, call.Sender);
        Require(promises.Length > 0, new SectorCount(0, SealedSectorsPolicy.PreCommitsPerCallMax));
        Fund(providerId, call.Value);
        RequireNoDebt(providerId);
        Amount deposit = DepositOf(calendar.Kind, rules);
        _funds.Deposit(providerId, deposit * (ulong)promises.Length);
        foreach (PreCommitment promise in promises) PreCommit(call, providerId, calendar, rules, promise, deposit);
    }

    /// <summary>Proves seals that are small enough to be verified in the block, and locks the sectors' pledges.</summary>
    /// <param name="call">The provider, whose value is added to its free funds.</param>
    /// <param name="providerId">Its number.</param>
    /// <param name="sectors">The promised sectors.</param>
    /// <param name="proofs">A proof of replication for each; together at most 64 KiB.</param>
    [Function, Payable]
    public void ProveCommitSectors(
        Call call,
        ulong providerId,
        [Limit(SealedSectorsPolicy.PreCommitsPerCallMax)] ulong[] sectors,
        [Limit(SealedSectorsPolicy.PreCommitsPerCallMax)] byte[][] proofs)
    {
        ProvingCalendar calendar = _book.CalendarOf(providerId);
        _market.RequireActing(providerId, call.Sender);
        Require(
            sectors.Length > 0 && sectors.Length == proofs.Length, new SectorCount((uint)sectors.Length, (uint)proofs.Length));
        RequireSize(proofs.Sum(static proof => (long)proof.Length));
        Fund(providerId, call.Value);
        SectorShape shape = SectorShape.Of(calendar.Kind);
        for (int at = 0; at < sectors.Length; at++)
        {
            SectorRecord record = Provable(call.Block, providerId, sectors[at]);
            call.Meter.Charge((ulong)shape.Compressions * SealedSectorsPolicy.GasPerCompression);
            ReplicationVerdict verdict = ReplicationProof.Verify(
                shape, IdentityOf(call.Block, providerId, sectors[at], record), record.CommR,
                SealSeed(call.Block, providerId, sectors[at], record), proofs[at]);
            Require(verdict.IsValid, new InvalidSeal(sectors[at], verdict.Fault, (uint)verdict.Record));
            AcceptSeal(call.Block, providerId, sectors[at], record, calendar);
        }
    }

    /// <summary>Moves the ends of sectors that have power away.</summary>
    [Function]
    public void ExtendSectors(
        Call call, ulong providerId, [Limit(SealedSectorsPolicy.SectorsPerCallMax)] ulong[] sectors, ulong expiration)
    {
        _market.RequireActing(providerId, call.Sender);
        SealedSectorsParameters rules = Rules.Value;
        foreach (ulong sector in sectors)
        {
            SectorRecord record = _book.Get(providerId, sector);
            RequireState(providerId, sector, record, SectorState.Active);
            ulong latest = call.Block.Number + rules.LifeBlocksMax;
            Require(
                expiration > record.Expiration && expiration <= latest,
                new ExpirationOutOfRange(sector, record.Expiration + 1, latest));
            _book.Save(providerId, sector, record with { Expiration = expiration });
            Ends.Add(expiration, new SectorKey(providerId, sector));
            _logs.Emit(new SectorExtended(providerId, sector, expiration));
        }
    }

    /// <summary>Gives sectors up before their end, for a fee. Their deals are slashed.</summary>
    [Function]
    public void TerminateSectors(
        Call call, ulong providerId, [Limit(SealedSectorsPolicy.SectorsPerCallMax)] ulong[] sectors)
    {
        _market.RequireActing(providerId, call.Sender);
        foreach (ulong sector in sectors)
        {
            SectorRecord record = _book.Get(providerId, sector);
            Require(record.State == SectorState.Sealed, new WrongSectorState(sector, record.State));

            // Otherwise the pledge were gone before a fraud is shown.
            Require(record.Job == 0 || !_attestations.IsLive(record.Job), new SealInDispute(sector, record.Job));
            ulong window = _claims.FindJob(providerId, record.Partition, record.Place);
            Require(window == 0, new WindowInDispute(sector, window));
            Terminate(call.Block.Number, providerId, sector, record);
        }
    }

    /// <summary>
    /// Settles what a provider's power has earned: a quarter becomes free at once, the rest over 180 days. What bad service cost it burns.
    /// Anybody may ask.
    /// </summary>
    /// <returns>What is free at once, and what is not yet.</returns>
    [Function]
    public (Amount Liquid, Amount Vesting) Claim(Call call, ulong providerId)
    {
        _book.CalendarOf(providerId);
        (Amount owed, Amount forgone) = _rewards.TakeOwed(providerId);
        _funds.BurnUnclaimed(forgone);
        if (!forgone.IsZero) _logs.Emit(new RewardForgone(providerId, forgone));
        (Amount liquid, Amount vesting) = _funds.Reward(providerId, owed, DayOf(call.Block.Number));
        if (!liquid.IsZero || !vesting.IsZero) _logs.Emit(new RewardClaimed(providerId, liquid, vesting));
        return (liquid, vesting);
    }

    /// <summary>Pays the caller its part of a finished day's demand: pro rata to the fees that its income burned.</summary>
    /// <returns>What was paid.</returns>
    [Function]
    public Amount ClaimDemand(Call call, ulong day)
    {
        DemandPool pool = _rewards.PoolOf(day);
        Amount burned = pool.Pool.IsZero ? Amount.Zero : _market.TakeBurned(day, call.Sender);
        Require(!burned.IsZero, new NoDemand(day, call.Sender));

        // Rounded down: the rest stays unclaimed.
        Amount paid = pool.Pool.MulDiv(burned.Wei, pool.Burned.Wei, Rounding.Down);
        _funds.PayUnclaimed(call.Sender, paid);
        _logs.Emit(new DemandClaimed(day, call.Sender, burned, paid));
        return paid;
    }

    /// <summary>What is wrong with the windows that parameters describe, or null.</summary>
    internal static string? CalendarFault(in SealedSectorsParameters rules)
    {
        if (rules.PeriodBlocks % rules.Deadlines != 0) return "is no multiple of deadlines";
        if (rules.PeriodBlocks / rules.Deadlines < rules.LookbackBlocks) return "has windows shorter than lookbackBlocks";
        return rules.CutoffBlocks <= rules.LookbackBlocks ? "has a cutoff that is not before the challenge" : null;
    }

    private void PreCommit(
        Call call, ulong providerId, in ProvingCalendar calendar, in SealedSectorsParameters rules, PreCommitment promise, Amount deposit)
    {
        ulong now = call.Block.Number;
        ulong sector = promise.Sector;
        Require(
            sector <= SealedSectorsPolicy.SectorNumberMax && !_book.Exists(providerId, sector), new SectorNumberTaken(providerId, sector));
        Require(!promise.CommR.IsZero, new NoReplica(sector));
        ulong oldest = now > rules.TicketAgeMax ? now - rules.TicketAgeMax : 0;
        Require(promise.TicketBlock < now && promise.TicketBlock >= oldest, new TicketOutOfRange(sector, promise.TicketBlock, oldest));
        ulong proven = now + rules.PreCommitDelay + rules.ProveBlocksMax;
        ulong earliest = proven + rules.LifeBlocksMin;
        ulong latest = now + rules.LifeBlocksMax;
        Require(promise.Expiration >= earliest && promise.Expiration <= latest, new ExpirationOutOfRange(sector, earliest, latest));
        Hash256 commD = CommDOf(providerId, calendar, promise);
        Hash256 ticket = call.Block.Randomness.At(promise.TicketBlock, SealedSectorsPolicy.TicketDomain, providerId);
        _book.Save(providerId, sector, new SectorRecord(
            SectorState.PreCommitted, commD, promise.CommR, ticket, now, SealedAt: 0, promise.Expiration, deposit, Amount.Zero,
            Partition: 0, Place: 0, Container: 0, Job: 0, Seed: Hash256.Zero, promise.DealIds));
        Promises.Add(proven + 1, new SectorKey(providerId, sector));
        _logs.Emit(new SectorPreCommitted(
            providerId, sector, commD, promise.CommR, promise.Expiration, deposit, now + rules.PreCommitDelay));
    }

    // The chain itself computes what a sector's data is committed to; the provider cannot leave a deal out.
    private Hash256 CommDOf(ulong providerId, in ProvingCalendar calendar, PreCommitment promise)
    {
        ulong sector = promise.Sector;
        Require(
            promise.PieceCids.Length == promise.DealIds.Length,
            new SectorCount((uint)promise.PieceCids.Length, (uint)promise.DealIds.Length));
        List<PieceCid> pieces = [];
        for (int at = 0; at < promise.PieceCids.Length; at++)
        {
            bool decoded = PieceCid.TryDecode(promise.PieceCids[at], out PieceCid piece, out string? broken);
            Require(decoded, new PiecesDoNotFit(sector, broken ?? ""));
            ulong deal = promise.DealIds[at];
            Require(
                deal == 0 || _market.CanSeal(deal, providerId, piece, promise.Expiration - calendar.Period),
                new DealNotForSector(sector, deal));
            pieces.Add(piece);
        }

        bool fit = PieceLayout.TryCommD(SectorShape.Of(calendar.Kind).NodesLog2, pieces, out Hash256 commD, out string? fault);
        Require(fit, new PiecesDoNotFit(sector, fault ?? ""));
        return commD;
    }

    private SectorRecord Provable(BlockContext block, ulong providerId, ulong sector)
    {
        SealedSectorsParameters rules = Rules.Value;
        SectorRecord record = _book.Get(providerId, sector);
        Require(record.State == SectorState.PreCommitted, new WrongSectorState(sector, record.State));
        ulong from = record.PreCommittedAt + rules.PreCommitDelay + 1;
        ulong until = from - 1 + rules.ProveBlocksMax;
        Require(block.Number >= from && block.Number <= until, new NotTimeToProve(sector, from, until));
        return record;
    }

    private void AcceptSeal(
        BlockContext block, ulong providerId, ulong sector, SectorRecord record, in ProvingCalendar calendar)
    {
        Amount pledge = PledgeOf(calendar.Kind, Rules.Value);
        _funds.Pledge(providerId, record.Deposit, pledge);
        Enter(block, providerId, sector, record with { Deposit = Amount.Zero, Pledge = pledge }, calendar);
    }

    // A sector whose seal is accepted and whose pledge is locked gets its place.
    private void Enter(BlockContext block, ulong providerId, ulong sector, SectorRecord record, in ProvingCalendar calendar)
    {
        ulong home = _book.HomeOf(providerId, calendar, block.Number);
        record = WithDeals(block.Number, providerId, record, calendar, home);
        if (record.Container != 0) _book.Link(record.Container, providerId, sector);
        record = _book.Place(providerId, sector, record, calendar, home, block.Number);
        _book.Save(providerId, sector, record);
        Ends.Add(record.Expiration, new SectorKey(providerId, sector));
        _logs.Emit(new SectorSealed(providerId, sector, record.Partition, record.Place, record.Pledge));
    }

    private void Fund(ulong providerId, Amount value)
    {
        if (value.IsZero) return;
        _funds.Add(providerId, value);
        _logs.Emit(new SealerFunded(providerId, value, Amount.Zero));
    }

    private void RequireNoDebt(ulong providerId)
    {
        Amount debt = _funds.Of(providerId).Debt;
        Require(debt.IsZero, new ProviderInDebt(providerId, debt));
    }

    private void RequireState(ulong providerId, ulong sector, SectorRecord record, SectorState needed)
    {
        SectorState state = _book.StateOf(providerId, record);
        Require(state == needed, new WrongSectorState(sector, state));
    }

    private static void RequireSize(long bytes) => Require(
        bytes <= SealedSectorsPolicy.ProofBytesMax, new ProofsTooLarge((uint)bytes, SealedSectorsPolicy.ProofBytesMax));
}
