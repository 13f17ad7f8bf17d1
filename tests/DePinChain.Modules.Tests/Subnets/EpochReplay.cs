using System.Text.Json;
using DePinChain.Modules.Subnets.Yuma;

namespace DePinChain.Modules.Tests.Subnets;

/// <summary>A subnet as the epoch vectors describe it: stake, weights and bonds between epochs, all in arrays.</summary>
internal sealed class EpochReplay
{
    private readonly EpochRules _rules;
    private readonly ulong _tempo;
    private readonly ulong[] _stake;
    private readonly ulong[] _lastUpdate;
    private readonly ulong[] _registeredAt;
    private readonly ushort[][] _weights;
    private readonly ushort[][] _bonds;
    private readonly bool[] _permits;
    private ulong _block;

    public EpochReplay(JsonElement config, ulong[] stake, ulong start)
    {
        _rules = EpochRules.Default with
        {
            Kappa = config.GetProperty("kappa").GetUInt16(),
            ValidatorsMax = config.GetProperty("max_allowed_validators").GetInt32(),
            ActivityCutoff = config.Number("activity_cutoff_blocks"),
            BondsMovingAverage = config.GetProperty("bonds_moving_average").GetUInt32(),
            BondsPenalty = config.GetProperty("bonds_penalty").GetUInt16(),
            Yuma3 = config.GetProperty("yuma3_on").GetBoolean(),
            LiquidAlpha = config.GetProperty("liquid_alpha_on").GetBoolean(),
            AlphaLow = config.GetProperty("alpha_low_u16").GetUInt16(),
            AlphaHigh = config.GetProperty("alpha_high_u16").GetUInt16(),
            AlphaSteepness = config.GetProperty("alpha_sigmoid_steepness").GetInt16(),
            StakeThreshold = config.Number("stake_threshold"),
            CommitReveal = config.GetProperty("commit_reveal").GetBoolean(),
        };
        _tempo = config.Number("tempo");
        _stake = stake;
        _block = start;
        _lastUpdate = [.. stake.Select(_ => start)];
        _registeredAt = [.. stake.Select(_ => start)];
        _weights = [.. stake.Select(_ => new ushort[stake.Length])];
        _bonds = [.. stake.Select(_ => new ushort[stake.Length])];
        _permits = new bool[stake.Length];
    }

    public YumaEpoch Epoch { get; } = new();

    public IReadOnlyList<bool> Permits => _permits;

    public ushort Bond(int from, int to) => _bonds[from][to];

    public void Jump(ulong block) => _block = block;

    public void AddStake(int uid, ulong amount) => _stake[uid] += amount;

    public void SetWeights(int uid, IReadOnlyList<int> uids, IReadOnlyList<ushort> values)
    {
        ushort[] row = [.. values];
        WeightScale.Upscale(row);
        _weights[uid] = new ushort[_stake.Length];
        for (int i = 0; i < row.Length; i++) _weights[uid][uids[i]] = row[i];
        _lastUpdate[uid] = _block;
    }

    public void Replace(int uid, ulong stake)
    {
        _stake[uid] = stake;
        _weights[uid] = new ushort[_stake.Length];
        _bonds[uid] = new ushort[_stake.Length];
        _permits[uid] = false;
        _lastUpdate[uid] = _registeredAt[uid] = _block;
    }

    public void Run(ulong emission)
    {
        int uids = _stake.Length;
        Epoch.Begin(uids, uids);
        _stake.CopyTo(Epoch.Stake);
        _lastUpdate.CopyTo(Epoch.LastUpdate);
        _registeredAt.CopyTo(Epoch.RegisteredAt);
        var rows = new SortedDictionary<int, int>();
        for (int uid = 0; uid < uids; uid++)
        {
            if (!_permits[uid]) continue;
            rows[uid] = Epoch.AddValidator(uid);
            _weights[uid].CopyTo(Epoch.WeightsOf(rows[uid]));
            _bonds[uid].CopyTo(Epoch.BondsOf(rows[uid]));
        }

        Epoch.Run(_rules, _block, _block > _tempo ? _block - _tempo : 0, emission);
        for (int uid = 0; uid < uids; uid++)
        {
            _permits[uid] = Epoch.NewPermit[uid];
            bool kept = _permits[uid] && rows.ContainsKey(uid);
            _bonds[uid] = kept ? Epoch.BondsOf(rows[uid]).ToArray() : new ushort[uids];
        }
    }
}
