using DePinChain.Modules.Sdk;
using DePinChain.Primitives;
using DePinChain.Proofs.Hashing;
using DePinChain.Proofs.Pieces;
using DePinChain.Proofs.Possession;
using static DePinChain.Modules.Sdk.Guard;

namespace DePinChain.Modules.Storage;

/// <summary>
/// Proof of possession for hot data: a provider keeps pieces in sets, and each set is challenged once a period at a block that nobody
/// chooses, for leaves that nobody knows before. Proven periods are paid for; missed ones are not, and too many in a row end the set.
/// </summary>
[Module("dataSets", "0x0000000000000000000000000000000000001101", Parts = [typeof(DataSetPieces)])]
public sealed partial class DataSetsModule : IModule, IInvariants, IGenesis<DataSetsGenesis>
{
    private readonly Logs _logs;
    private readonly IBank _bank;
    private readonly IStorageMarket _market;
    private readonly DataSetPieces _pieces;
    private readonly ModuleState _state;

    /// <param name="state">The module's records.</param>
    /// <param name="logs">The module's events.</param>
    /// <param name="bank">Holds deposits.</param>
    /// <param name="market">Knows providers, deals and proven time.</param>
    public DataSetsModule(ModuleState state, Logs logs, IBank bank, IStorageMarket market)
    {
        _state = state;
        _logs = logs;
        _bank = bank;
        _market = market;
        _pieces = new DataSetPieces(state);
    }

    [Slot(0)] private partial Map<ulong, DataSetRecord> Sets { get; }
    [Slot(1)] private partial Item<Amount> Deposits { get; }
    [Slot(2)] private partial Set<ulong> Existing { get; }
    [Slot(100)] private partial Parameters<DataSetsParameters> Rules { get; }

    /// <summary>Opens a data set of a provider, against a deposit that comes back when it is cleaned up.</summary>
    /// <param name="call">The provider, with the deposit.</param>
    /// <param name="providerId">Its number.</param>
    /// <returns>The set's number.</returns>
    [Function, Payable]
    public ulong CreateDataSet(Call call, ulong providerId)
    {
        DataSetsParameters rules = Rules.Value;
        _market.RequireActing(providerId, call.Sender);
        Require(call.Value == rules.RentDeposit, new WrongRentDeposit(rules.RentDeposit, call.Value));
        ulong id = _market.OpenContainer(providerId, rules.PeriodBlocks);
        Sets[id] = new DataSetRecord(
            providerId, DataSetState.Live, rules.WindowBlocks, rules.SlashAfterFaults, rules.InactiveBlocks, rules.RentDeposit, call.Sender,
            ActiveAt: call.Block.Number, Pieces: 0, Leaves: 0, NextPeriod: 0, FaultRun: 0, StorageMarketPolicy.ChallengesMin,
            RaisedChallenges: 0, RaisedUntil: 0, Frozen: default);
        Existing.Add(id);
        Deposits.Value += rules.RentDeposit;
        _logs.Emit(new DataSetCreated(id, providerId, _market.ContainerOf(id).Offset, rules.PeriodBlocks));
        return id;
    }

    /// <summary>Adds pieces; each activates its deal. They are asked for from the next challenge on.</summary>
    /// <param name="call">The provider.</param>
    /// <param name="setId">The set.</param>
    /// <param name="pieceCids">At most 100 pieces.</param>
    /// <param name="dealIds">The deal of each, or 0.</param>
    /// <returns>The first piece's number.</returns>
    [Function]
    public ulong AddPieces(
        Call call,
        ulong setId,
        [Limit(DataSetsPolicy.PiecesPerCallMax)] byte[][] pieceCids,
        [Limit(DataSetsPolicy.PiecesPerCallMax)] ulong[] dealIds)
    {
        DataSetRecord set = Current(call, setId);
        Require(pieceCids.Length == dealIds.Length && pieceCids.Length > 0, new PieceCount((uint)pieceCids.Length, (uint)dealIds.Length));
        ulong first = set.Pieces;
        for (int index = 0; index < pieceCids.Length; index++)
        {
            PieceCid piece = Decoded(pieceCids[index], index);
            ushort challenges = DataSetsPolicy.ChallengesDefault;
            if (dealIds[index] != 0)
                challenges = _market.Activate(dealIds[index], set.Provider, setId, piece, call.Block.Number);
            set = Added(setId, set, piece, dealIds[index] == 0 ? [] : [dealIds[index]], challenges, call.Block.Number);
        }

        Sets[setId] = set;
        _logs.Emit(new PiecesAdded(setId, first, pieceCids));
        return first;
    }

    /// <summary>Adds an aggregate (FRC-0058) and activates the deals of files that are shown to lie in it.</summary>
    /// <param name="call">The provider.</param>
    /// <param name="setId">The set.</param>
    /// <param name="aggregateCid">The aggregate.</param>
    /// <param name="fileCids">At most 64 files.</param>
    /// <param name="proofs">For each that it lies in the aggregate: place, path, place in the index, path.</param>
    /// <param name="dealIds">The deal of each.</param>
    /// <returns>The piece's number.</returns>
    [Function]
    public ulong AddAggregate(
        Call call,
        ulong setId,
        [Limit(PieceCid.EncodedSizeMax)] byte[] aggregateCid,
        [Limit(DataSetsPolicy.FilesMax)] byte[][] fileCids,
        [Limit(DataSetsPolicy.FilesMax)] byte[][] proofs,
        [Limit(DataSetsPolicy.FilesMax)] ulong[] dealIds)
    {
        DataSetRecord set = Current(call, setId);
        Require(
            fileCids.Length == dealIds.Length && proofs.Length == dealIds.Length,
            new PieceCount((uint)fileCids.Length, (uint)dealIds.Length));
        PieceCid aggregate = Decoded(aggregateCid, 0);
        ushort challenges = DataSetsPolicy.ChallengesDefault;
        for (int index = 0; index < fileCids.Length; index++)
        {
            PieceCid file = Decoded(fileCids[index], index);
            call.Meter.Charge(DataSetsPolicy.GasPerNode * 2 * aggregate.Height);
            bool decoded = SegmentInclusion.TryDecode(proofs[index], out SegmentInclusion? proof);
            Require(decoded, new InvalidInclusion((uint)index, "the proof does not decode"));
            Require(proof!.Verify(file, aggregate, out string? fault), new InvalidInclusion((uint)index, fault ?? ""));
            challenges = Math.Max(challenges, _market.Activate(dealIds[index], set.Provider, setId, file, call.Block.Number));
        }

        ulong piece = set.Pieces;
        Sets[setId] = Added(setId, set, aggregate, dealIds, challenges, call.Block.Number);
        _logs.Emit(new PiecesAdded(setId, piece, [aggregateCid]));
        return piece;
    }

    /// <summary>
    /// Proves possession for the set's next period. Anybody may bring the proof: it is the set's, whoever sends it. A right one is paid for
    /// at once, and removals that wait take effect.
    /// </summary>
    /// <param name="call">Anybody.</param>
    /// <param name="setId">The set.</param>
    /// <param name="period">The period: what <see cref="NextDuty"/> says.</param>
    /// <param name="proofs">A leaf and its siblings for each challenge, in order.</param>
    [Function]
    public void ProvePossession(Call call, ulong setId, ulong period, [Limit(StorageMarketPolicy.ChallengesMax)] PdpProof[] proofs)
    {
        DataSetRecord set = Judged(setId, call.Block.Number);
        Require(set.State == DataSetState.Live, new DataSetOver(setId, set.State));
        Require(period != 0 && period == set.NextPeriod, new WrongPeriod(period, set.NextPeriod));
        ContainerRecord container = _market.ContainerOf(setId);
        ulong challenge = StorageMarketPolicy.EndOf(container, period);
        Require(challenge < call.Block.Number, new ChallengeAhead(challenge));
        FrozenRange range = DataSetsPolicy.RangeOf(set, period);
        Require(proofs.Length == range.Challenges, new WrongProofCount(range.Challenges, (uint)proofs.Length));
        int bytes = proofs.Sum(static proof => NodeHash.Size * (1 + proof.Siblings.Length));
        Require(bytes <= DataSetsPolicy.ProofBytesMax, new ProofTooLarge((uint)bytes));
        Hash256 seed = call.Block.Randomness.At(challenge, DataSetsPolicy.Domain, setId);
        for (int index = 0; index < proofs.Length; index++) Check(call, setId, range, seed, index, proofs[index]);

        _market.ClosePeriod(setId, period, proven: true);
        set = set with { NextPeriod = period + 1, FaultRun = 0, ActiveAt = call.Block.Number };
        Sets[setId] = WithoutLeaving(setId, set);
        _logs.Emit(new PossessionProven(setId, period, range.Challenges));
    }

    /// <summary>Judges the periods of a set that passed without proof. Anybody may ask; a set that misses too many fails.</summary>
    [Function]
    public void ClosePeriods(Call call, ulong setId) => Judged(setId, call.Block.Number);

    /// <summary>Lets pieces leave the set with the next proof. Their deals must be over.</summary>
    [Function]
    public void SchedulePieceDeletions(Call call, ulong setId, [Limit(DataSetsPolicy.PiecesPerCallMax)] ulong[] pieceIds)
    {
        DataSetRecord set = Judged(setId, call.Block.Number);
        _market.RequireActing(set.Provider, call.Sender);
        Set<ulong> leaving = _pieces.LeavingOf(setId);
        foreach (ulong piece in pieceIds)
        {
            PieceRecord record = _pieces.Get(setId, piece);
            RequireEnded(piece, record);
            Require(leaving.Count < DataSetsPolicy.RemovalsMax, new TooManyRemovals(DataSetsPolicy.RemovalsMax));
            Require(leaving.Add(piece), new UnknownPiece(setId, piece));
            _logs.Emit(new RemovalScheduled(setId, piece));
        }
    }

    /// <summary>
    /// Clears a set whose deals are all over, piece by piece, and pays its deposit back. When it was idle for long, anybody may, and gets
    /// the deposit.
    /// </summary>
    /// <param name="call">The provider, or anybody.</param>
    /// <param name="setId">The set.</param>
    /// <param name="max">Pieces in this call, at most 100.</param>
    /// <returns>True when the set is gone.</returns>
    [Function]
    public bool Cleanup(Call call, ulong setId, ulong max)
    {
        DataSetRecord set = Judged(setId, call.Block.Number);
        ulong idleAt = set.ActiveAt + set.InactiveBlocks;
        bool isIdle = call.Block.Number > idleAt;
        if (!isIdle) _market.RequireActing(set.Provider, call.Sender);
        ulong left = set.Pieces;
        for (ulong done = 0; done < Math.Min(max, DataSetsPolicy.PiecesPerCallMax) && left > 0; done++)
        {
            left--;
            if (_pieces.TryGet(setId, left, out PieceRecord? record)) RequireEnded(left, record!);
            _pieces.LeavingOf(setId).Remove(left);
            _pieces.Drop(setId, left);
        }

        if (left > 0)
        {
            Sets[setId] = set with { State = DataSetState.Closing, Pieces = left, Leaves = _pieces.SumOf(setId, left), NextPeriod = 0 };
            return false;
        }

        Address payee = isIdle ? call.Sender : set.Depositor;
        Sets.Remove(setId);
        Existing.Remove(setId);
        Deposits.Value -= set.Rent;
        _bank.Transfer(Address, payee, set.Rent);
        _logs.Emit(new DataSetClosed(setId, payee, set.Rent));
        return true;
    }

    /// <summary>A data set.</summary>
    [Function]
    public DataSetRecord GetDataSet(ulong setId) => Find(setId);

    /// <summary>A piece of a set.</summary>
    [Function]
    public PieceRecord GetPiece(ulong setId, ulong pieceId) => _pieces.Get(setId, pieceId);

    /// <summary>What the set's provider has to prove next, and by when.</summary>
    [Function]
    public PossessionDuty NextDuty(BlockContext block, ulong setId)
    {
        ContainerRecord container = _market.ContainerOf(setId);
        DataSetRecord set = DataSetsPolicy.Judge(Find(setId), container, block.Number, []);
        if (set.State != DataSetState.Live || set.NextPeriod == 0) return default;
        ulong challenge = StorageMarketPolicy.EndOf(container, set.NextPeriod);
        FrozenRange range = DataSetsPolicy.RangeOf(set, set.NextPeriod);
        return new PossessionDuty(set.NextPeriod, challenge + 1, challenge + set.WindowBlocks, range.Leaves, range.Challenges);
    }

    /// <summary>The leaves that the proof of a period shows: piece and place in it, in order.</summary>
    [Function]
    public (Hash256 Seed, ulong[] PieceIds, ulong[] Offsets) Challenges(BlockContext block, ulong setId, ulong period)
    {
        ContainerRecord container = _market.ContainerOf(setId);
        DataSetRecord set = DataSetsPolicy.Judge(Find(setId), container, block.Number, []);
        Require(period != 0 && period == set.NextPeriod, new WrongPeriod(period, set.NextPeriod));
        FrozenRange range = DataSetsPolicy.RangeOf(set, period);
        Hash256 seed = block.Randomness.At(StorageMarketPolicy.EndOf(container, period), DataSetsPolicy.Domain, setId);
        ulong[] pieces = new ulong[range.Challenges];
        ulong[] offsets = new ulong[range.Challenges];
        for (int index = 0; index < pieces.Length; index++)
        {
            ulong leaf = PossessionChallenge.LeafOf(seed, setId, (ulong)index, range.Leaves);
            (pieces[index], offsets[index]) = _pieces.Find(setId, leaf, range.Pieces);
        }

        return (seed, pieces, offsets);
    }

    /// <inheritdoc/>
    public void Initialize(DataSetsGenesis section, GenesisContext context) => Rules.Value = section.ToParameters();

    /// <inheritdoc/>
    public IEnumerable<string> Violations()
    {
        foreach (string broken in DataSetsInvariants.OfDeposits(_bank.BalanceOf(_state.Module), Deposits.Value)) yield return broken;
        foreach (ulong id in Existing.Page(0, WalkMax))
        {
            DataSetRecord set = Find(id);
            if (set.Pieces > WalkMax) continue;
            ulong leaves = 0;
            for (ulong piece = 0; piece < set.Pieces; piece++)
                if (_pieces.TryGet(id, piece, out PieceRecord? record)) leaves += DataSetPieces.CidOf(record!).LeafCount;
            foreach (string broken in DataSetsInvariants.OfLeaves(id, set, leaves, _pieces.SumOf(id, set.Pieces))) yield return broken;
        }
    }

    // Walking all pieces is for networks that a test or a localnet has.
    private const int WalkMax = 256;

    private DataSetRecord Find(ulong setId)
    {
        Require(Sets.TryGet(setId, out DataSetRecord? set), new UnknownDataSet(setId));
        return set;
    }

    private DataSetRecord Judged(ulong setId, ulong now)
    {
        List<ulong> missed = [];
        DataSetRecord before = Find(setId);
        DataSetRecord set = DataSetsPolicy.Judge(before, _market.ContainerOf(setId), now, missed);
        ulong run = before.FaultRun;
        foreach (ulong period in missed)
        {
            _market.ClosePeriod(setId, period, proven: false);
            _logs.Emit(new PdpFault(setId, period, ++run));
        }

        if (missed.Count > 0) Sets[setId] = set;
        if (set.State == DataSetState.Failed && before.State == DataSetState.Live)
        {
            _market.SlashContainer(setId, now);
            _logs.Emit(new DataSetFailed(setId));
        }

        return set;
    }

    // The set as its provider may change it in this block, with what a challenge that has fallen draws from kept.
    private DataSetRecord Current(Call call, ulong setId)
    {
        DataSetRecord set = Judged(setId, call.Block.Number);
        _market.RequireActing(set.Provider, call.Sender);
        Require(set.State == DataSetState.Live, new DataSetOver(setId, set.State));
        return DataSetsPolicy.Freeze(set, _market.ContainerOf(setId), call.Block.Number);
    }

    private static PieceCid Decoded(byte[] cid, int index)
    {
        bool decoded = PieceCid.TryDecode(cid, out PieceCid piece, out string? fault);
        Require(decoded, new InvalidPiece((uint)index, fault ?? ""));
        Require(piece.LeafCount > 0, new InvalidPiece((uint)index, "the piece is empty"));
        Require(
            piece.Height <= StorageMarketPolicy.PieceHeightMax,
            new InvalidPiece((uint)index, "the piece is larger than 64 GiB: the proofs of a set with it would not fit a block"));
        return piece;
    }

    private DataSetRecord Added(ulong setId, DataSetRecord set, in PieceCid piece, ulong[] deals, ushort challenges, ulong now)
    {
        Require(set.Pieces < DataSetsPolicy.PiecesMax, new DataSetFull(setId));
        _pieces.Add(setId, set.Pieces, piece, deals);

        // A set that was empty is first asked at the next challenge; before period 1 there is no block to pay for.
        ulong next = set.NextPeriod != 0
            ? set.NextPeriod
            : Math.Max(1, StorageMarketPolicy.PeriodAfter(_market.ContainerOf(setId), now));
        return set with
        {
            Pieces = set.Pieces + 1,
            Leaves = set.Leaves + piece.LeafCount,
            NextPeriod = next,
            Challenges = Math.Max(set.Challenges, challenges),
        };
    }

    private void Check(Call call, ulong setId, in FrozenRange range, in Hash256 seed, int index, PdpProof proof)
    {
        ulong leaf = PossessionChallenge.LeafOf(seed, setId, (ulong)index, range.Leaves);
        (ulong piece, ulong offset) = _pieces.Find(setId, leaf, range.Pieces);
        PieceCid cid = DataSetPieces.CidOf(_pieces.Get(setId, piece));
        call.Meter.Charge(DataSetsPolicy.GasPerNode * cid.Height);
        byte[] siblings = new byte[proof.Siblings.Length * NodeHash.Size];
        for (int level = 0; level < proof.Siblings.Length; level++) proof.Siblings[level].CopyTo(siblings.AsSpan(level * NodeHash.Size));
        bool isRight = PossessionProof.Verify(cid, offset, proof.Leaf.ToArray(), siblings);
        Require(isRight, new InvalidPossession((uint)index, piece, offset));
    }

    // After a proof no challenge has fallen that is not judged, so pieces may go.
    private DataSetRecord WithoutLeaving(ulong setId, DataSetRecord set)
    {
        Set<ulong> leaving = _pieces.LeavingOf(setId);
        foreach (ulong piece in leaving.Page(0, DataSetsPolicy.RemovalsPerProofMax))
        {
            leaving.Remove(piece);
            ulong leaves = _pieces.Remove(setId, piece, set.Pieces);
            set = set with { Leaves = set.Leaves - leaves };
            _logs.Emit(new PieceRemoved(setId, piece));
        }

        return set.Leaves == 0 ? set with { NextPeriod = 0 } : set;
    }

    private void RequireEnded(ulong piece, PieceRecord record)
    {
        foreach (ulong deal in record.Deals) Require(_market.HasEnded(deal), new DealStillRuns(piece, deal));
    }
}
