namespace DePinChain.Modules.Subnets.Yuma;

/// <content>Weights, the consensus on them, and what miners earn by it.</content>
public sealed partial class YumaEpoch
{
    // Drops a validator's weight on itself, weights older than their target's registration, and weights whose replacement was committed
    // before their target registered; then each row adds up to one.
    private void NormaliseWeights(bool commitReveal)
    {
        for (int row = 0; row < _rows; row++)
        {
            int uid = _uidOfRow[row];
            ReadOnlySpan<ushort> stored = _storedWeights.AsSpan(row * _uids, _uids);
            Span<long> weights = _weights.AsSpan(row * _uids, _uids);
            ulong updated = _lastUpdate[uid];
            ulong committed = commitReveal ? _openCommit[uid] : ulong.MaxValue;
            ulong sum = 0;
            for (int target = 0; target < stored.Length; target++)
            {
                ulong registered = _registeredAt[target];
                bool masked = updated <= registered || committed < registered;
                ulong weight = masked ? 0UL : stored[target];
                weights[target] = (long)weight;
                sum += weight;
            }

            if (uid != _owner)
            {
                sum -= (ulong)weights[uid];
                weights[uid] = 0;
            }

            if (sum == 0) continue;
            foreach (ref long weight in weights)
            {
                if (weight != 0) weight = (long)(((ulong)weight << FixedPoint.FractionBits) / sum);
            }
        }
    }

    private void FindConsensus(long kappa)
    {
        for (int row = 0; row < _rows; row++)
        {
            _rowStake[row] = _activeShare[_uidOfRow[row]];
            _majority[row] = _rowStake[row];
        }

        Normalise(_majority.AsSpan(0, _rows));
        long total = 0;
        for (int row = 0; row < _rows; row++) total += _majority[row];
        for (int uid = 0; uid < _uids; uid++) _consensus[uid] = ConsensusOn(uid, total - kappa);
    }

    // Most columns hold many zeros: their stake is summed before anything is sorted.
    private long ConsensusOn(int uid, long minority)
    {
        int scored = 0;
        bool anyZero = false;
        long zeroStake = 0;
        for (int row = 0, cell = uid; row < _rows; row++, cell += _uids)
        {
            if (_majority[row] == 0) continue;
            long weight = _weights[cell];
            if (weight != 0)
            {
                _keys[scored++] = Selection.KeyOf(weight, row);
                continue;
            }

            anyZero = true;
            zeroStake += _majority[row];
        }

        if (anyZero && zeroStake > minority) return 0;
        return Selection.MedianOf(_majority, _keys.AsSpan(0, scored), minority, zeroStake);
    }

    // Clips each weight to the consensus; what is left times the validator's stake is the target's rank.
    private void RankMiners()
    {
        Span<long> rank = _incentive.AsSpan(0, _uids);
        rank.Clear();
        _trust.AsSpan(0, _uids).Clear();
        for (int row = 0; row < _rows; row++)
        {
            ReadOnlySpan<long> weights = _weights.AsSpan(row * _uids, _uids);
            long stake = _rowStake[row];
            long trust = 0;
            for (int uid = 0; uid < weights.Length; uid++)
            {
                long clipped = Math.Min(weights[uid], _consensus[uid]);
                if (clipped == 0) continue;
                trust += clipped;
                rank[uid] += Product(stake, clipped);
            }

            _trust[_uidOfRow[row]] = trust;
        }

        Normalise(rank);
    }
}
