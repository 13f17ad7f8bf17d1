using System.Buffers.Binary;
using DePinChain.Modules.Subnets.Yuma;
using DePinChain.Primitives;

namespace DePinChain.Modules.Subnets;

/// <summary>The numbers and rules of subnets. Sources are subtensor's defaults where nothing else is said.</summary>
public static class SubnetsPolicy
{
    /// <summary>No network may allow more subnets.</summary>
    public const uint SubnetsCap = 128;

    /// <summary>Places of a subnet.</summary>
    public const uint UidsMax = 256;

    /// <summary>Permits of a subnet: bounds the work of an epoch.</summary>
    public const uint ValidatorsMax = 64;

    /// <summary>Neurons that are not immune are pruned first, but so many of them stay.</summary>
    public const int MinNonImmune = 10;

    /// <summary>Most blocks between two epochs: a week.</summary>
    public const uint TempoMax = 50_400;

    /// <summary>Voters counted in one block.</summary>
    public const int VotersPerBlockMax = 64;

    /// <summary>Bytes of a row of votes: one for each subnet there may be.</summary>
    public const int VoteBytesMax = (int)SubnetsCap * WeightSize;

    /// <summary>Epochs whose audited answers count for how far a subnet's work is verified.</summary>
    public const ulong VerifiedEpochs = 10;

    /// <summary>Children of a hotkey in one subnet. Source: subtensor, <c>set_children.rs</c>.</summary>
    public const int ChildrenMax = 5;

    /// <summary>Bytes of one child: proportion 8, hotkey 20.</summary>
    public const int ChildSize = 28;

    /// <summary>Links between hotkeys in one subnet: bounds what an epoch reads.</summary>
    public const int LinksMax = 128;

    /// <summary>Changes of children at one block's start.</summary>
    public const int KinChangesPerBlockMax = 16;

    /// <summary>Places of a dissolved subnet that are cleared at one block's start.</summary>
    public const int PlacesPerBlockMax = 16;

    /// <summary>Parts in a whole.</summary>
    public const ushort Whole = ushort.MaxValue;

    /// <summary>One DPN in the unit of prices and emission: wei · 10^-9.</summary>
    public const ulong Coin = 1_000_000_000;

    /// <summary>Wei of the unit of prices, issuance and stake.</summary>
    public const ulong WeiPerUnit = 1_000_000_000;

    /// <summary>What is ever issued to subnets: 21,000,000 DPN, in 10^-9.</summary>
    public const ulong IssuanceCap = 21_000_000 * Coin;

    /// <summary>Each registration raises the price of the next by 26 %.</summary>
    public const uint PriceMultiplier = 12_600;

    /// <summary>A hotkey's owner takes at most 18 % of dividends.</summary>
    public const ushort TakeMax = 11_796;

    /// <summary>Shares nobody owns, made with a hotkey's first stake: nobody can inflate the price of a share by being the first.</summary>
    public const ulong DeadShares = 1_000;

    /// <summary>Payments of unstaked coins at one block's start.</summary>
    public const int UnstakesPerBlockMax = 50;

    /// <summary>Bytes of a subnet's name.</summary>
    public const int NameBytesMax = 32;

    /// <summary>Bytes of one packed weight: uid and value, two bytes each.</summary>
    public const int WeightSize = 4;

    /// <summary>A validator is inactive after this part of a tempo, in thousandths, without new weights: 5,000 blocks at 360.</summary>
    public const ulong ActivityFactor = 13_889;

    /// <summary>Blocks after which a validator without new weights is inactive.</summary>
    public static ulong ActivityCutoff(uint tempo) => Math.Max(1, ActivityFactor * tempo / 1_000);

    /// <summary>Least immunity: a neuron must live to see the first weights that can know of it.</summary>
    public static ulong ImmunityMin(uint tempo, uint revealPeriod) => ((ulong)revealPeriod + 2) * tempo;

    /// <summary>What exchanging a hotkey costs. Source: subtensor, <c>KeySwapCost</c>.</summary>
    public static Amount SwapPrice => Amount.FromWei(100_000_000_000_000_000);

    /// <summary>Blocks between two exchanges of one hotkey: a day at a tempo of 360 and 12 seconds a block, as upstream.</summary>
    public static ulong SwapDelay(uint tempo) => 20UL * tempo;

    /// <summary>Least stake behind a hotkey that has children: links of a subnet are few.</summary>
    public static Amount ParentStakeMin => Amount.FromDpn(100);

    /// <summary>
    /// A proportion of 2^64 − 1 in parts of 2^32, floored: upstream normalises in U96F32.
    /// </summary>
    public static ulong NormOf(ulong proportion) => (ulong)(((UInt128)proportion << FixedPoint.FractionBits) / ulong.MaxValue);

    /// <summary>A share's average so many blocks later, moved towards the newest by the part that these are of the span.</summary>
    public static ulong AverageOf(ulong average, ulong share, ulong blocks, ulong span)
    {
        Int128 step = ((Int128)share - average) * (Int128)Math.Min(blocks, span) / span;
        return (ulong)(average + step);
    }

    /// <summary>What a challenge of evidence costs until it is answered.</summary>
    public static Amount ChallengeDeposit => Amount.FromWei(100_000_000_000_000_000);

    /// <summary>Challenges that end at one block's start.</summary>
    public const int ChallengesPerBlockMax = 32;

    /// <summary>Blocks in which a validator shows a leaf: 300 at a tempo of 360.</summary>
    public static ulong AnswerBlocks(uint tempo) => Math.Max(1, tempo * 5UL / 6);

    /// <summary>Blocks after weights were shown in which their evidence may be asked for.</summary>
    public static ulong ChallengeableBlocks(uint tempo) => tempo;

    /// <summary>Blocks between two changes of one parameter.</summary>
    public static ulong ChangeDelay(uint tempo) => 2UL * tempo;

    /// <summary>True for 1 to 32 bytes of printable ASCII.</summary>
    public static bool IsName(string name) =>
        name.Length is > 0 and <= NameBytesMax && !name.AsSpan().ContainsAnyExceptInRange(' ', '~');

    /// <summary>Stake as an epoch counts it: whole units of 10^-9 DPN.</summary>
    public static ulong UnitsOf(Amount amount) => (ulong)UInt128.Min(amount.Wei / WeiPerUnit, ulong.MaxValue);

    /// <summary>A price as DPN.</summary>
    public static Amount FromUnits(UInt128 units) => Amount.FromWei(units * WeiPerUnit);

    /// <summary>A subnet's rules as an epoch takes them.</summary>
    public static EpochRules EpochRulesOf(in SubnetRules rules) => new(
        rules.Kappa, (int)rules.ValidatorsMax, ActivityCutoff(rules.Tempo), rules.BondsMovingAverage, rules.BondsPenalty, rules.Yuma3,
        rules.LiquidAlpha, rules.AlphaLow, rules.AlphaHigh, (short)rules.AlphaSteepness, StakeThreshold: 0, rules.CommitReveal);

    /// <summary>The lowest and highest value of a parameter beside the others.</summary>
    public static (ulong Min, ulong Max) BoundsOf(
        SubnetParameter parameter, in SubnetRules rules, uint uids, uint tempoMin) => parameter switch
        {
            SubnetParameter.Tempo => (tempoMin, Math.Min(TempoMax, rules.Immunity / (rules.RevealPeriod + 2UL))),
            SubnetParameter.Immunity => (ImmunityMin(rules.Tempo, rules.RevealPeriod), 1_000_000),
            SubnetParameter.ValidatorsMax => (1, ValidatorsMax),
            SubnetParameter.WeightsRateLimit => (0, rules.Tempo),
            SubnetParameter.WeightsMin => (1, UidsMax),
            SubnetParameter.RevealPeriod => (1, Math.Min(100, (rules.Immunity / rules.Tempo) - 2UL)),
            SubnetParameter.Kappa => (32_767, 43_253),
            SubnetParameter.BondsMovingAverage => (0, EpochRules.Million),
            SubnetParameter.AlphaLow => (0, rules.AlphaHigh),
            SubnetParameter.AlphaHigh => (rules.AlphaLow, Whole),
            SubnetParameter.AlphaSteepness => (0, (ulong)short.MaxValue),
            SubnetParameter.BondsPenalty => (0, Whole),
            SubnetParameter.VersionKey => (0, ulong.MaxValue),
            SubnetParameter.UidsMax => (Math.Max(uids, 2), UidsMax),
            _ => (0, 1),
        };

    /// <summary>The rules with one choice changed; the value is within <see cref="BoundsOf"/>.</summary>
    public static SubnetRules With(in SubnetRules rules, SubnetParameter parameter, ulong value) => parameter switch
    {
        SubnetParameter.Tempo => rules with { Tempo = (uint)value },
        SubnetParameter.Immunity => rules with { Immunity = (uint)value },
        SubnetParameter.ValidatorsMax => rules with { ValidatorsMax = (uint)value },
        SubnetParameter.WeightsRateLimit => rules with { WeightsRateLimit = (uint)value },
        SubnetParameter.WeightsMin => rules with { WeightsMin = (uint)value },
        SubnetParameter.CommitReveal => rules with { CommitReveal = value == 1 },
        SubnetParameter.RevealPeriod => rules with { RevealPeriod = (uint)value },
        SubnetParameter.Kappa => rules with { Kappa = (ushort)value },
        SubnetParameter.BondsMovingAverage => rules with { BondsMovingAverage = (uint)value },
        SubnetParameter.BondsPenalty => rules with { BondsPenalty = (ushort)value },
        SubnetParameter.Yuma3 => rules with { Yuma3 = value == 1 },
        SubnetParameter.LiquidAlpha => rules with { LiquidAlpha = value == 1 },
        SubnetParameter.AlphaLow => rules with { AlphaLow = (ushort)value },
        SubnetParameter.AlphaHigh => rules with { AlphaHigh = (ushort)value },
        SubnetParameter.AlphaSteepness => rules with { AlphaSteepness = (ushort)value },
        SubnetParameter.UidsMax => rules with { UidsMax = (uint)value },
        SubnetParameter.RegistrationOpen => rules with { RegistrationOpen = value == 1 },
        _ => rules,
    };

    /// <summary>The uids and values of a packed row: two bytes each, big-endian.</summary>
    public static (ushort Uid, ushort Value) WeightAt(ReadOnlySpan<byte> packed, int index) =>
        (BinaryPrimitives.ReadUInt16BigEndian(packed[(index * WeightSize)..]),
            BinaryPrimitives.ReadUInt16BigEndian(packed[((index * WeightSize) + 2)..]));

    /// <summary>Writes a packed row into an array by uid.</summary>
    public static void Unpack(ReadOnlySpan<byte> packed, Span<ushort> row)
    {
        for (int i = 0; i < packed.Length / WeightSize; i++)
        {
            (ushort uid, ushort value) = WeightAt(packed, i);
            if (uid < row.Length) row[uid] = value;
        }
    }

    /// <summary>Packs the values of an array that are not zero.</summary>
    public static byte[] Pack(ReadOnlySpan<ushort> row)
    {
        int count = row.Length - row.Count((ushort)0);
        byte[] packed = new byte[count * WeightSize];
        int at = 0;
        for (int uid = 0; uid < row.Length; uid++)
        {
            if (row[uid] == 0) continue;
            BinaryPrimitives.WriteUInt16BigEndian(packed.AsSpan(at), (ushort)uid);
            BinaryPrimitives.WriteUInt16BigEndian(packed.AsSpan(at + 2), row[uid]);
            at += WeightSize;
        }

        return packed;
    }
}
