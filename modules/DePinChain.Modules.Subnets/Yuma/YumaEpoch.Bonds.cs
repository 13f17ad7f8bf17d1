namespace DePinChain.Modules.Subnets.Yuma;

/// <content>Bonds: how early and how well a validator backed whom the consensus backs, and the dividends they pay.</content>
public sealed partial class YumaEpoch
{
    // Classic: stake buys bonds, a moving average keeps them, columns add up to one. Stored so that each column's largest is a whole.
    private void BondByStake(in EpochRules rules, ulong lastTempo)
    {
        Span<long> held = ClearedColumn(_columnA);
        Span<long> bought = ClearedColumn(_columnB);
        long penalty = FixedPoint.FromProportion(rules.BondsPenalty);
        for (int row = 0; row < _rows; row++)
        {
            int start = row * _uids;
            long stake = _rowStake[row];
            for (int uid = 0; uid < _uids; uid++)
            {
                if (lastTempo > _registeredAt[uid]) held[uid] += _storedBonds[start + uid];
                else _storedBonds[start + uid] = 0;
                long delta = Product(BondWeight(_weights[start + uid], _consensus[uid], penalty), stake);
                _bonds[start + uid] = delta;
                bought[uid] += delta;
            }
        }

        long alpha = AlphaOf(rules);
        for (int row = 0; row < _rows; row++)
        {
            int start = row * _uids;
            for (int uid = 0; uid < _uids; uid++)
            {
                long old = _storedBonds[start + uid] == 0 ? 0 : ((long)_storedBonds[start + uid] << FixedPoint.FractionBits) / held[uid];
                long fresh = Part(_bonds[start + uid], bought[uid]);
                _bonds[start + uid] = Product(alpha, fresh) + Product(FixedPoint.One - alpha, old);
            }
        }

        SumColumns(bought);
        Span<long> largest = ClearedColumn(_columnA);
        _dividends.AsSpan(0, _uids).Clear();
        for (int row = 0; row < _rows; row++)
        {
            Span<long> bonds = _bonds.AsSpan(row * _uids, _uids);
            long dividends = 0;
            for (int uid = 0; uid < bonds.Length; uid++)
            {
                long bond = Part(bonds[uid], bought[uid]);
                bonds[uid] = bond;
                largest[uid] = Math.Max(largest[uid], bond);
                dividends += Product(bond, _incentive[uid]);
            }

            _dividends[_uidOfRow[row]] = dividends;
        }

        Normalise(_dividends.AsSpan(0, _uids));
        for (int row = 0; row < _rows; row++)
        {
            int start = row * _uids;
            for (int uid = 0; uid < _uids; uid++)
                _storedBonds[start + uid] = FixedPoint.ToProportion(Part(_bonds[start + uid], largest[uid]));
        }
    }

    // Yuma3: each bond moves on its own towards the weight; stake enters only with the dividends. Stored as they are.
    private void BondByPair(in EpochRules rules, ulong lastTempo)
    {
        Span<long> sums = ClearedColumn(_columnA);
        long penalty = FixedPoint.FromProportion(rules.BondsPenalty);
        bool liquid = rules.LiquidAlpha && _consensus.AsSpan(0, _uids).ContainsAnyExcept(0L);
        var alphas = new LiquidAlpha(rules);
        long alpha = AlphaOf(rules);
        for (int row = 0; row < _rows; row++)
        {
            int start = row * _uids;
            for (int uid = 0; uid < _uids; uid++)
            {
                long weight = BondWeight(_weights[start + uid], _consensus[uid], penalty);
                long old = lastTempo > _registeredAt[uid] ? FixedPoint.FromProportion(_storedBonds[start + uid]) : 0;
                if (liquid) alpha = alphas.Of(weight, old, _consensus[uid]);
                long bond = Math.Min(FixedPoint.One, Product(alpha, weight) + Product(FixedPoint.One - alpha, old));
                _bonds[start + uid] = bond;
                _storedBonds[start + uid] = FixedPoint.ToProportion(bond);
                sums[uid] += bond;
            }
        }

        _dividends.AsSpan(0, _uids).Clear();
        for (int row = 0; row < _rows; row++)
        {
            ReadOnlySpan<long> bonds = _bonds.AsSpan(row * _uids, _uids);
            long dividends = 0;
            for (int uid = 0; uid < bonds.Length; uid++)
            {
                long incentive = _incentive[uid];
                if (incentive != 0 && bonds[uid] != 0) dividends += Product(Part(bonds[uid], sums[uid]), incentive);
            }

            _dividends[_uidOfRow[row]] = Product(dividends, _rowStake[row]);
        }

        Normalise(_dividends.AsSpan(0, _uids));
    }

    // 1 − average / 10^6, the quotient truncated as from I64F64.
    private static long AlphaOf(in EpochRules rules) =>
        FixedPoint.One - (long)(((ulong)rules.BondsMovingAverage << FixedPoint.FractionBits) / EpochRules.Million);

    // The weight that buys bonds lies between the validator's own and the clipped one.
    private static long BondWeight(long weight, long consensus, long penalty)
    {
        if (weight <= consensus || penalty == 0) return weight;
        if (penalty == FixedPoint.One) return consensus;
        return Math.Max(0, weight + FixedPoint.Multiply(penalty, consensus - weight));
    }

    private Span<long> ClearedColumn(long[] column)
    {
        Span<long> cleared = column.AsSpan(0, _uids);
        cleared.Clear();
        return cleared;
    }

    private void SumColumns(Span<long> sums)
    {
        sums.Clear();
        for (int row = 0; row < _rows; row++)
        {
            ReadOnlySpan<long> bonds = _bonds.AsSpan(row * _uids, _uids);
            for (int uid = 0; uid < bonds.Length; uid++) sums[uid] += bonds[uid];
        }
    }
}
