using System.Text.Json.Serialization.Metadata;
using DePinChain.Modules.Sdk;
using DePinChain.Primitives;

namespace DePinChain.Modules.Storage;

/// <summary>What governance may change about sealed sectors. A provider keeps the calendar it began with.</summary>
/// <param name="PeriodBlocks">Blocks in which every sector is proven once.</param>
/// <param name="Deadlines">Windows of a period.</param>
/// <param name="LookbackBlocks">Blocks before a window whose beacon is its challenge.</param>
/// <param name="CutoffBlocks">Blocks before a window from which its faults and recoveries wait.</param>
/// <param name="PreCommitDelay">Blocks from the promise of a sector to the beacon that challenges its seal.</param>
/// <param name="ProveBlocksMax">Blocks from there in which the seal must be proven.</param>
/// <param name="TicketAgeMax">How old the beacon may be with which a sector is sealed.</param>
/// <param name="FaultPeriodsMax">Windows found faulty in a row after which a sector is terminated.</param>
/// <param name="LifeBlocksMin">Shortest life of a sector.</param>
/// <param name="LifeBlocksMax">How far ahead a sector's end may lie.</param>
/// <param name="PledgePer32GiB">What deposit and pledge for 32 GiB never exceed.</param>
/// <param name="FraudFee">The flat part of what a proof costs that is shown to be false.</param>
/// <param name="DevelopmentSizes">True where sectors below 32 GiB are allowed: they prove no replication.</param>
public readonly record struct SealedSectorsParameters(
    [Bounds(12, 100_000)] uint PeriodBlocks,
    [Bounds(4, SealedSectorsPolicy.DeadlinesMax)] ushort Deadlines,
    [Bounds(1, 1_000)] ushort LookbackBlocks,
    [Bounds(2, 10_000)] uint CutoffBlocks,
    [Bounds(2, 1_000)] uint PreCommitDelay,
    [Bounds(20, 25_000)] uint ProveBlocksMax,
    [Bounds(10, 25_000)] uint TicketAgeMax,
    [Bounds(1, 63)] ushort FaultPeriodsMax,
    [Bounds(20, 10_000_000)] ulong LifeBlocksMin,
    [Bounds(100, 20_000_000)] ulong LifeBlocksMax,
    [Bounds("0.0001 DPN", "1000 DPN")] Amount PledgePer32GiB,
    [Bounds("0 DPN", "100 DPN")] Amount FraudFee,
    bool DevelopmentSizes)
{
    /// <summary>
    /// Mainnet: a day in 48 windows of half an hour; 2 minutes to the seal's challenge, two days to prove it, 42 days of faults, lives of
    /// 30 to 1,278 days.
    /// </summary>
    public static SealedSectorsParameters Mainnet { get; } = new(
        PeriodBlocks: 7_200,
        Deadlines: 48,
        LookbackBlocks: 10,
        CutoffBlocks: 60,
        PreCommitDelay: 10,
        ProveBlocksMax: 14_400,
        TicketAgeMax: 7_200,
        FaultPeriodsMax: 42,
        LifeBlocksMin: 216_000,
        LifeBlocksMax: 9_201_600,
        PledgePer32GiB: Amount.One,
        FraudFee: new Amount(10_000_000_000_000_000),
        DevelopmentSizes: false);
}

/// <summary>The sealed sectors' part of the genesis document. What is left out is mainnet's.</summary>
public sealed record SealedSectorsGenesis : IGenesisSection<SealedSectorsGenesis>
{
    private static readonly SealedSectorsParameters Defaults = SealedSectorsParameters.Mainnet;

    /// <inheritdoc cref="SealedSectorsParameters.PeriodBlocks"/>
    public uint PeriodBlocks { get; init; } = Defaults.PeriodBlocks;

    /// <inheritdoc cref="SealedSectorsParameters.Deadlines"/>
    public ushort Deadlines { get; init; } = Defaults.Deadlines;

    /// <inheritdoc cref="SealedSectorsParameters.LookbackBlocks"/>
    public ushort LookbackBlocks { get; init; } = Defaults.LookbackBlocks;

    /// <inheritdoc cref="SealedSectorsParameters.CutoffBlocks"/>
    public uint CutoffBlocks { get; init; } = Defaults.CutoffBlocks;

    /// <inheritdoc cref="SealedSectorsParameters.PreCommitDelay"/>
    public uint PreCommitDelay { get; init; } = Defaults.PreCommitDelay;

    /// <inheritdoc cref="SealedSectorsParameters.ProveBlocksMax"/>
    public uint ProveBlocksMax { get; init; } = Defaults.ProveBlocksMax;

    /// <inheritdoc cref="SealedSectorsParameters.TicketAgeMax"/>
    public uint TicketAgeMax { get; init; } = Defaults.TicketAgeMax;

    /// <inheritdoc cref="SealedSectorsParameters.FaultPeriodsMax"/>
    public ushort FaultPeriodsMax { get; init; } = Defaults.FaultPeriodsMax;

    /// <inheritdoc cref="SealedSectorsParameters.LifeBlocksMin"/>
    public ulong LifeBlocksMin { get; init; } = Defaults.LifeBlocksMin;

    /// <inheritdoc cref="SealedSectorsParameters.LifeBlocksMax"/>
    public ulong LifeBlocksMax { get; init; } = Defaults.LifeBlocksMax;

    /// <inheritdoc cref="SealedSectorsParameters.PledgePer32GiB"/>
    public Amount PledgePer32GiB { get; init; } = Defaults.PledgePer32GiB;

    /// <inheritdoc cref="SealedSectorsParameters.FraudFee"/>
    public Amount FraudFee { get; init; } = Defaults.FraudFee;

    /// <inheritdoc cref="SealedSectorsParameters.DevelopmentSizes"/>
    public bool DevelopmentSizes { get; init; } = Defaults.DevelopmentSizes;

    /// <summary>What time alone mints.</summary>
    public Amount SimpleTotal { get; init; } = Amount.FromDpn(330_000_000);

    /// <summary>What growth along the baseline mints.</summary>
    public Amount BaselineTotal { get; init; } = Amount.FromDpn(770_000_000);

    /// <summary>Bytes at which the baseline begins.</summary>
    public ulong InitialBaseline { get; init; } = 1UL << 54;

    /// <inheritdoc/>
    public static JsonTypeInfo<SealedSectorsGenesis> Json => StorageJson.Default.SealedSectorsGenesis;

    /// <summary>The parameters.</summary>
    public SealedSectorsParameters ToParameters() => new(
        PeriodBlocks, Deadlines, LookbackBlocks, CutoffBlocks, PreCommitDelay, ProveBlocksMax, TicketAgeMax, FaultPeriodsMax, LifeBlocksMin,
        LifeBlocksMax, PledgePer32GiB, FraudFee, DevelopmentSizes);

    /// <inheritdoc/>
    public IEnumerable<GenesisFault> Validate(string path)
    {
        foreach (ParameterField<SealedSectorsParameters> field in SealedSectorsModule.ParameterFields)
            if (field.Fault(ToParameters(), path) is { } fault) yield return fault;
        if (SealedSectorsModule.CalendarFault(ToParameters()) is { } broken) yield return new GenesisFault(path + ".periodBlocks", broken);
        if (LifeBlocksMax < LifeBlocksMin) yield return new GenesisFault(path + ".lifeBlocksMax", "is below lifeBlocksMin");
        if (InitialBaseline == 0) yield return new GenesisFault(path + ".initialBaseline", "is zero");
    }
}
