namespace DePinChain.Modules.Subnets.Yuma;

/// <summary>
/// One epoch of a subnet: from stake, weights and bonds to consensus, incentive, dividends, permits, new bonds and emission. A pure
/// function over arrays that are kept between runs, so that a warm instance allocates nothing.
/// </summary>
/// <remarks>
/// Source: subtensor, <c>pallets/subtensor/src/epoch/run_epoch.rs</c>, <c>epoch_mechanism</c>; the median is found by sorting, which gives
/// the same as its pivot search. Use: <see cref="Begin"/>, fill the inputs, <see cref="AddValidator"/> for each holder of a permit with its
/// rows, <see cref="Run"/>, read the results. Sums are of values within [0, 1] over at most 65,536 entries: they cannot overflow, and their
/// order does not matter.
/// </remarks>
public sealed partial class YumaEpoch
{
    /// <summary>No owner, and no open commitment.</summary>
    public const int None = -1;

    private int _uids;
    private int _rows;
    private int _owner;

    // Per uid: inputs.
    private ulong[] _stake = [];
    private ulong[] _lastUpdate = [];
    private ulong[] _registeredAt = [];
    private ulong[] _openCommit = [];
    private bool[] _permit = [];

    // Per uid: results.
    private bool[] _newPermit = [];
    private bool[] _active = [];
    private long[] _share = [];
    private long[] _activeShare = [];
    private long[] _consensus = [];
    private long[] _trust = [];
    private long[] _incentive = [];
    private long[] _dividends = [];
    private long[] _serverShare = [];
    private long[] _validatorShare = [];
    private ulong[] _emission = [];

    // Per uid: sums of columns, and sort keys.
    private long[] _columnA = [];
    private long[] _columnB = [];
    private ulong[] _keys = [];

    // Per row.
    private int[] _uidOfRow = [];
    private long[] _rowStake = [];
    private long[] _majority = [];

    // Per row and uid.
    private ushort[] _storedWeights = [];
    private ushort[] _storedBonds = [];
    private long[] _weights = [];
    private long[] _bonds = [];

    /// <summary>Stake behind each uid, in any unit whose sum fits 64 bits.</summary>
    public Span<ulong> Stake => _stake.AsSpan(0, _uids);

    /// <summary>Block at which each uid last set weights.</summary>
    public Span<ulong> LastUpdate => _lastUpdate.AsSpan(0, _uids);

    /// <summary>Block at which each uid was registered.</summary>
    public Span<ulong> RegisteredAt => _registeredAt.AsSpan(0, _uids);

    /// <summary>Block of each uid's earliest commitment that is still open; <see cref="ulong.MaxValue"/> when there is none.</summary>
    public Span<ulong> OpenCommit => _openCommit.AsSpan(0, _uids);

    /// <summary>Who may validate from the next epoch on.</summary>
    public ReadOnlySpan<bool> NewPermit => _newPermit.AsSpan(0, _uids);

    /// <summary>Who set weights recently enough.</summary>
    public ReadOnlySpan<bool> Active => _active.AsSpan(0, _uids);

    /// <summary>Each uid's part of the stake, I32F32.</summary>
    public ReadOnlySpan<long> Share => _share.AsSpan(0, _uids);

    /// <summary>Each uid's part of the stake of active validators, I32F32.</summary>
    public ReadOnlySpan<long> ActiveShare => _activeShare.AsSpan(0, _uids);

    /// <summary>The score of each uid that a majority stands behind, I32F32.</summary>
    public ReadOnlySpan<long> Consensus => _consensus.AsSpan(0, _uids);

    /// <summary>How much of each validator's weights the consensus left, I32F32.</summary>
    public ReadOnlySpan<long> Trust => _trust.AsSpan(0, _uids);

    /// <summary>Each uid's part of the miners' reward, I32F32; the rank, normalised.</summary>
    public ReadOnlySpan<long> Incentive => _incentive.AsSpan(0, _uids);

    /// <summary>Each uid's part of the validators' reward, I32F32.</summary>
    public ReadOnlySpan<long> Dividends => _dividends.AsSpan(0, _uids);

    /// <summary>Each uid's part of the whole emission as a miner, I32F32.</summary>
    public ReadOnlySpan<long> ServerShare => _serverShare.AsSpan(0, _uids);

    /// <summary>Each uid's part of the whole emission as a validator, I32F32.</summary>
    public ReadOnlySpan<long> ValidatorShare => _validatorShare.AsSpan(0, _uids);

    /// <summary>What each uid earns of the whole emission; who earns least is pruned first.</summary>
    public ReadOnlySpan<ulong> Emission => _emission.AsSpan(0, _uids);

    /// <summary>Starts a new epoch: clears the inputs and makes room.</summary>
    /// <param name="uids">Uids of the subnet.</param>
    /// <param name="validatorsMax">Most calls of <see cref="AddValidator"/>.</param>
    /// <param name="owner">The owner's uid, or <see cref="None"/>.</param>
    public void Begin(int uids, int validatorsMax, int owner = None)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(uids);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(uids, Selection.EntriesMax);
        _uids = uids;
        _rows = 0;
        _owner = owner;
        Reserve(uids);
        ReserveRows(validatorsMax, validatorsMax * uids);
        Stake.Clear();
        LastUpdate.Clear();
        RegisteredAt.Clear();
        OpenCommit.Fill(ulong.MaxValue);
        _permit.AsSpan(0, uids).Clear();
    }

    /// <summary>Adds a holder of a permit; its rows are zero until filled.</summary>
    /// <returns>The row's number for <see cref="WeightsOf"/> and <see cref="BondsOf"/>.</returns>
    public int AddValidator(int uid)
    {
        int row = _rows++;
        _uidOfRow[row] = uid;
        _permit[uid] = true;
        _storedWeights.AsSpan(row * _uids, _uids).Clear();
        _storedBonds.AsSpan(row * _uids, _uids).Clear();
        return row;
    }

    /// <summary>A row's weights, by uid.</summary>
    public Span<ushort> WeightsOf(int row) => _storedWeights.AsSpan(row * _uids, _uids);

    /// <summary>A row's bonds, by uid: the last epoch's before the run, this one's after it.</summary>
    public Span<ushort> BondsOf(int row) => _storedBonds.AsSpan(row * _uids, _uids);

    /// <summary>Computes the epoch.</summary>
    /// <param name="rules">The subnet's numbers.</param>
    /// <param name="block">This block.</param>
    /// <param name="lastTempo">Bonds towards whoever registered at or after this block are dropped.</param>
    /// <param name="emission">What is to be shared out.</param>
    public void Run(in EpochRules rules, ulong block, ulong lastTempo, ulong emission)
    {
        ShareStake(rules.StakeThreshold);
        Selection.MarkTop(Share, rules.ValidatorsMax, _newPermit, _keys);
        for (int uid = 0; uid < _uids; uid++) _newPermit[uid] = (_newPermit[uid] && _share[uid] != 0) || uid == _owner;
        ShareActiveStake(rules.ActivityCutoff, block);
        NormaliseWeights(rules.CommitReveal);
        FindConsensus(FixedPoint.FromProportion(rules.Kappa));
        RankMiners();
        if (rules.Yuma3) BondByPair(rules, lastTempo);
        else BondByStake(rules, lastTempo);
        ShareOut(emission);
    }

    private static void Grow<T>(ref T[] array, int size)
    {
        if (array.Length < size) array = new T[size];
    }

    private void Reserve(int uids)
    {
        Grow(ref _stake, uids);
        Grow(ref _lastUpdate, uids);
        Grow(ref _registeredAt, uids);
        Grow(ref _openCommit, uids);
        Grow(ref _permit, uids);
        Grow(ref _newPermit, uids);
        Grow(ref _active, uids);
        Grow(ref _share, uids);
        Grow(ref _activeShare, uids);
        Grow(ref _consensus, uids);
        Grow(ref _trust, uids);
        Grow(ref _incentive, uids);
        Grow(ref _dividends, uids);
        Grow(ref _serverShare, uids);
        Grow(ref _validatorShare, uids);
        Grow(ref _emission, uids);
        Grow(ref _columnA, uids);
        Grow(ref _columnB, uids);
        Grow(ref _keys, uids);
    }

    private void ReserveRows(int rows, int cells)
    {
        Grow(ref _uidOfRow, rows);
        Grow(ref _rowStake, rows);
        Grow(ref _majority, rows);
        Grow(ref _storedWeights, cells);
        Grow(ref _storedBonds, cells);
        Grow(ref _weights, cells);
        Grow(ref _bonds, cells);
        Grow(ref _keys, rows);
    }

    // floor(stake · 2^32 / sum): I64F64 cut to I32F32. A stake below 2^-32 of the sum is nothing.
    private void ShareStake(ulong threshold)
    {
        UInt128 sum = 0;
        for (int uid = 0; uid < _uids; uid++)
        {
            if (_stake[uid] < threshold && uid != _owner) _stake[uid] = 0;
            sum += _stake[uid];
        }

        for (int uid = 0; uid < _uids; uid++)
            _share[uid] = sum == 0 ? 0 : (long)(((UInt128)_stake[uid] << FixedPoint.FractionBits) / sum);
    }

    private void ShareActiveStake(ulong cutoff, ulong block)
    {
        for (int uid = 0; uid < _uids; uid++)
        {
            _active[uid] = (UInt128)_lastUpdate[uid] + cutoff >= block;
            _activeShare[uid] = _active[uid] && _permit[uid] ? _share[uid] : 0;
        }

        Normalise(_activeShare.AsSpan(0, _uids));
    }

    private void ShareOut(ulong emission)
    {
        long total = 0;
        for (int uid = 0; uid < _uids; uid++) total += _incentive[uid] + _dividends[uid];

        // Without usable weights stake alone earns, active stake before all.
        bool anyActive = _activeShare.AsSpan(0, _uids).ContainsAnyExcept(0L);
        for (int uid = 0; uid < _uids; uid++)
        {
            long both = total == 0 ? anyActive ? _activeShare[uid] : _share[uid] : Part(_incentive[uid] + _dividends[uid], total);
            _serverShare[uid] = Part(_incentive[uid], total);
            _validatorShare[uid] = total == 0 ? both : Part(_dividends[uid], total);
            _emission[uid] = (ulong)FixedPoint.ShareOf(both, emission);
        }
    }

    private static void Normalise(Span<long> values)
    {
        long sum = 0;
        foreach (long value in values) sum += value;
        foreach (ref long value in values) value = Part(value, sum);
    }

    // part / whole of non-negative values, truncated; zero when the whole is.
    private static long Part(long part, long whole)
    {
        if (part == 0 || whole == 0) return 0;
        return part < FixedPoint.One ? (long)(((ulong)part << FixedPoint.FractionBits) / (ulong)whole) : FixedPoint.Divide(part, whole);
    }

    // a · b of non-negative values whose product fits.
    private static long Product(long a, long b)
    {
        ulong high = Math.BigMul((ulong)a, (ulong)b, out ulong low);
        return unchecked((long)((high << FixedPoint.FractionBits) | (low >> FixedPoint.FractionBits)));
    }
}
