using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using DePinChain.Modules.Sdk;
using DePinChain.Primitives;

namespace DePinChain.Modules.Subnets;

/// <summary>What governance may change about subnets. Durations are in blocks, proportions parts of 65,535, prices 10^-9 DPN.</summary>
/// <param name="SubnetsMax">Subnets there may be.</param>
/// <param name="LockMin">Least lock of a subnet.</param>
/// <param name="LockInterval">Blocks in which a lock's price falls by the last lock.</param>
/// <param name="NetRateLimit">Blocks between two registrations of subnets.</param>
/// <param name="EpochsPerBlock">Most epochs at one block's start.</param>
/// <param name="BlockEmission">What all subnets emit in a block before the first halving.</param>
/// <param name="OwnerCut">The owner's part of a subnet's emission.</param>
/// <param name="Tempo">A new subnet's blocks between epochs, and the fewest an owner may choose.</param>
/// <param name="Immunity">A new subnet's immunity.</param>
/// <param name="WeightsRateLimit">A new subnet's limit.</param>
/// <param name="FreezeBlocks">Before an epoch owners may not change parameters for so long.</param>
/// <param name="PriceStart">What a place in a new subnet costs.</param>
/// <param name="PriceMin">Least price of a place.</param>
/// <param name="PriceMax">Highest price of a place.</param>
/// <param name="PriceHalfLife">Blocks in which the price of a place halves.</param>
/// <param name="UnstakeBlocks">Blocks that stake takes on its way back.</param>
/// <param name="StakeMin">Least stake that one may add.</param>
/// <param name="TakeDelay">Blocks between two rises of a take.</param>
/// <param name="CommitDeposit">What a commitment costs until it is revealed.</param>
/// <param name="ServingRateLimit">Blocks between two announcements of an axon.</param>
/// <param name="GaugeBlocks">Blocks of one count of votes, and more when there are many.</param>
/// <param name="GaugeCap">Most of the emission that one subnet may have; but never less than an equal part.</param>
/// <param name="GaugeAverageBlocks">Blocks over which a subnet's share is averaged before it may have to make room.</param>
/// <param name="VerifiedFloor">What a subnet without verified work keeps of its share; 65,535 keeps all of it.</param>
/// <param name="NetImmunity">Blocks in which a new subnet need not make room, and in which its owner may dissolve it.</param>
/// <param name="DissolveFee">Part of a lock that does not come back; it is recycled.</param>
/// <param name="ChildDelay">Blocks until a hotkey's new children weigh.</param>
public readonly record struct SubnetsParameters(
    [Bounds(1, SubnetsPolicy.SubnetsCap)] uint SubnetsMax,
    [Bounds("1 DPN", "1000000 DPN")] Amount LockMin,
    [Bounds(1, 2_000_000)] ulong LockInterval,
    [Bounds(0, 1_000_000)] ulong NetRateLimit,
    [Bounds(1, 2)] uint EpochsPerBlock,
    [Bounds("0 DPN", "100 DPN")] Amount BlockEmission,
    [Bounds(0, SubnetsPolicy.Whole / 2)] uint OwnerCut,
    [Bounds(5, SubnetsPolicy.TempoMax)] uint Tempo,
    [Bounds(1, 1_000_000)] uint Immunity,
    [Bounds(0, 10_000)] uint WeightsRateLimit,
    [Bounds(0, 100)] ulong FreezeBlocks,
    [Bounds(1, 1_000_000_000_000)] ulong PriceStart,
    [Bounds(1, 1_000_000_000_000)] ulong PriceMin,
    [Bounds(1, 1_000_000_000_000)] ulong PriceMax,
    [Bounds(1, 7_200)] uint PriceHalfLife,
    [Bounds(1, 1_000_000)] ulong UnstakeBlocks,
    [Bounds("0.001 DPN", "1000 DPN")] Amount StakeMin,
    [Bounds(0, 10_000_000)] ulong TakeDelay,
    [Bounds("0 DPN", "1000 DPN")] Amount CommitDeposit,
    [Bounds(0, 10_000)] ulong ServingRateLimit,
    [Bounds(1, 100_000)] ulong GaugeBlocks,
    [Bounds(1, SubnetsPolicy.Whole)] uint GaugeCap,
    [Bounds(1, 10_000_000)] ulong GaugeAverageBlocks,
    [Bounds(0, SubnetsPolicy.Whole)] uint VerifiedFloor,
    [Bounds(0, 10_000_000)] ulong NetImmunity,
    [Bounds(0, SubnetsPolicy.Whole)] uint DissolveFee,
    [Bounds(0, 1_000_000)] ulong ChildDelay)
{
    /// <summary>Mainnet, in blocks of 12 seconds: subtensor's numbers where it has them.</summary>
    public static SubnetsParameters Mainnet { get; } = new(
        SubnetsMax: 32,
        LockMin: Amount.FromDpn(1_000),
        LockInterval: 100_800,
        NetRateLimit: 7_200,
        EpochsPerBlock: 2,
        BlockEmission: Amount.One,
        OwnerCut: 11_796,
        Tempo: 360,
        Immunity: 5_000,
        WeightsRateLimit: 100,
        FreezeBlocks: 10,
        PriceStart: SubnetsPolicy.Coin,
        PriceMin: SubnetsPolicy.Coin / 2_000,
        PriceMax: 100 * SubnetsPolicy.Coin,
        PriceHalfLife: 360,
        UnstakeBlocks: 7_200,
        StakeMin: Amount.FromWei(100_000_000_000_000_000),
        TakeDelay: 216_000,
        CommitDeposit: Amount.One,
        ServingRateLimit: 50,
        GaugeBlocks: 100,
        GaugeCap: 16_384,
        GaugeAverageBlocks: 216_000,
        VerifiedFloor: SubnetsPolicy.Whole,
        NetImmunity: 1_296_000,
        DissolveFee: 6_553,
        ChildDelay: 7_200);

    /// <summary>A new subnet's rules.</summary>
    public SubnetRules ForNewSubnet() => new(
        Tempo, Immunity, SubnetsPolicy.UidsMax, SubnetsPolicy.ValidatorsMax, WeightsRateLimit, WeightsMin: 1, CommitReveal: true,
        RevealPeriod: 1, Kappa: 32_767, BondsMovingAverage: 900_000, BondsPenalty: SubnetsPolicy.Whole, Yuma3: true, LiquidAlpha: false,
        AlphaLow: 45_875, AlphaHigh: 58_982, AlphaSteepness: 1_000, RegistrationOpen: true);
}

/// <summary>Subnets' part of the genesis document. What is left out is mainnet's.</summary>
public sealed record SubnetsGenesis : IGenesisSection<SubnetsGenesis>
{
    private static readonly SubnetsParameters Defaults = SubnetsParameters.Mainnet;

    /// <inheritdoc cref="SubnetsParameters.SubnetsMax"/>
    public uint SubnetsMax { get; init; } = Defaults.SubnetsMax;

    /// <inheritdoc cref="SubnetsParameters.LockMin"/>
    public Amount LockMin { get; init; } = Defaults.LockMin;

    /// <inheritdoc cref="SubnetsParameters.LockInterval"/>
    public ulong LockInterval { get; init; } = Defaults.LockInterval;

    /// <inheritdoc cref="SubnetsParameters.NetRateLimit"/>
    public ulong NetRateLimit { get; init; } = Defaults.NetRateLimit;

    /// <inheritdoc cref="SubnetsParameters.EpochsPerBlock"/>
    public uint EpochsPerBlock { get; init; } = Defaults.EpochsPerBlock;

    /// <inheritdoc cref="SubnetsParameters.BlockEmission"/>
    public Amount BlockEmission { get; init; } = Defaults.BlockEmission;

    /// <inheritdoc cref="SubnetsParameters.OwnerCut"/>
    public uint OwnerCut { get; init; } = Defaults.OwnerCut;

    /// <inheritdoc cref="SubnetsParameters.Tempo"/>
    public uint Tempo { get; init; } = Defaults.Tempo;

    /// <inheritdoc cref="SubnetsParameters.Immunity"/>
    public uint Immunity { get; init; } = Defaults.Immunity;

    /// <inheritdoc cref="SubnetsParameters.WeightsRateLimit"/>
    public uint WeightsRateLimit { get; init; } = Defaults.WeightsRateLimit;

    /// <inheritdoc cref="SubnetsParameters.FreezeBlocks"/>
    public ulong FreezeBlocks { get; init; } = Defaults.FreezeBlocks;

    /// <inheritdoc cref="SubnetsParameters.PriceStart"/>
    public ulong PriceStart { get; init; } = Defaults.PriceStart;

    /// <inheritdoc cref="SubnetsParameters.PriceMin"/>
    public ulong PriceMin { get; init; } = Defaults.PriceMin;

    /// <inheritdoc cref="SubnetsParameters.PriceMax"/>
    public ulong PriceMax { get; init; } = Defaults.PriceMax;

    /// <inheritdoc cref="SubnetsParameters.PriceHalfLife"/>
    public uint PriceHalfLife { get; init; } = Defaults.PriceHalfLife;

    /// <inheritdoc cref="SubnetsParameters.UnstakeBlocks"/>
    public ulong UnstakeBlocks { get; init; } = Defaults.UnstakeBlocks;

    /// <inheritdoc cref="SubnetsParameters.StakeMin"/>
    public Amount StakeMin { get; init; } = Defaults.StakeMin;

    /// <inheritdoc cref="SubnetsParameters.TakeDelay"/>
    public ulong TakeDelay { get; init; } = Defaults.TakeDelay;

    /// <inheritdoc cref="SubnetsParameters.CommitDeposit"/>
    public Amount CommitDeposit { get; init; } = Defaults.CommitDeposit;

    /// <inheritdoc cref="SubnetsParameters.ServingRateLimit"/>
    public ulong ServingRateLimit { get; init; } = Defaults.ServingRateLimit;

    /// <inheritdoc cref="SubnetsParameters.GaugeBlocks"/>
    public ulong GaugeBlocks { get; init; } = Defaults.GaugeBlocks;

    /// <inheritdoc cref="SubnetsParameters.GaugeCap"/>
    public uint GaugeCap { get; init; } = Defaults.GaugeCap;

    /// <inheritdoc cref="SubnetsParameters.GaugeAverageBlocks"/>
    public ulong GaugeAverageBlocks { get; init; } = Defaults.GaugeAverageBlocks;

    /// <inheritdoc cref="SubnetsParameters.VerifiedFloor"/>
    public uint VerifiedFloor { get; init; } = Defaults.VerifiedFloor;

    /// <inheritdoc cref="SubnetsParameters.NetImmunity"/>
    public ulong NetImmunity { get; init; } = Defaults.NetImmunity;

    /// <inheritdoc cref="SubnetsParameters.DissolveFee"/>
    public uint DissolveFee { get; init; } = Defaults.DissolveFee;

    /// <inheritdoc cref="SubnetsParameters.ChildDelay"/>
    public ulong ChildDelay { get; init; } = Defaults.ChildDelay;

    /// <inheritdoc/>
    public static JsonTypeInfo<SubnetsGenesis> Json => SubnetsJson.Default.SubnetsGenesis;

    /// <summary>The parameters.</summary>
    public SubnetsParameters ToParameters() => new(
        SubnetsMax, LockMin, LockInterval, NetRateLimit, EpochsPerBlock, BlockEmission, OwnerCut, Tempo, Immunity, WeightsRateLimit,
        FreezeBlocks, PriceStart, PriceMin, PriceMax, PriceHalfLife, UnstakeBlocks, StakeMin, TakeDelay, CommitDeposit, ServingRateLimit,
        GaugeBlocks, GaugeCap, GaugeAverageBlocks, VerifiedFloor, NetImmunity, DissolveFee, ChildDelay);

    /// <inheritdoc/>
    public IEnumerable<GenesisFault> Validate(string path)
    {
        if (PriceMin > PriceMax) yield return new GenesisFault(path + ".priceMin", "is above priceMax");
        if (FreezeBlocks >= Tempo) yield return new GenesisFault(path + ".freezeBlocks", "leaves no block between two epochs");
        if (Immunity < SubnetsPolicy.ImmunityMin(Tempo, revealPeriod: 1))
            yield return new GenesisFault(path + ".immunity", "ends before a first reveal can count");
        foreach (ParameterField<SubnetsParameters> field in SubnetsModule.ParameterFields)
            if (field.Fault(ToParameters(), path) is { } fault) yield return fault;
    }
}

/// <summary>How the genesis section is read: camel case, unknown keys refused.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    Converters = [typeof(AmountJson)])]
[JsonSerializable(typeof(SubnetsGenesis))]
internal sealed partial class SubnetsJson : JsonSerializerContext;
