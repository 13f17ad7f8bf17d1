using System.Text.Json.Serialization.Metadata;
using DePinChain.Modules.Sdk;
using DePinChain.Primitives;

namespace DePinChain.Modules.Compute;

/// <summary>Devices' part of the genesis document. What is left out is mainnet's.</summary>
public sealed record DevicesGenesis : IGenesisSection<DevicesGenesis>
{
    private static readonly DeviceParameters Defaults = DeviceParameters.Mainnet;

    /// <inheritdoc cref="DeviceParameters.EpochBlocks"/>
    public ulong EpochBlocks { get; init; } = Defaults.EpochBlocks;

    /// <inheritdoc cref="DeviceParameters.StakeUnit"/>
    public Amount StakeUnit { get; init; } = Defaults.StakeUnit;

    /// <inheritdoc cref="DeviceParameters.CooldownBlocks"/>
    public ulong CooldownBlocks { get; init; } = Defaults.CooldownBlocks;

    /// <inheritdoc cref="DeviceParameters.UptimeWindow"/>
    public uint UptimeWindow { get; init; } = Defaults.UptimeWindow;

    /// <inheritdoc cref="DeviceParameters.BandwidthWindow"/>
    public uint BandwidthWindow { get; init; } = Defaults.BandwidthWindow;

    /// <inheritdoc cref="DeviceParameters.BenchWindow"/>
    public uint BenchWindow { get; init; } = Defaults.BenchWindow;

    /// <inheritdoc cref="DeviceParameters.MinUpEpochs"/>
    public uint MinUpEpochs { get; init; } = Defaults.MinUpEpochs;

    /// <inheritdoc cref="DeviceParameters.MonthBlocks"/>
    public ulong MonthBlocks { get; init; } = Defaults.MonthBlocks;

    /// <inheritdoc cref="DeviceParameters.EmissionMode"/>
    public uint EmissionMode { get; init; } = Defaults.EmissionMode;

    /// <inheritdoc cref="DeviceParameters.Target"/>
    public ulong Target { get; init; } = Defaults.Target;

    /// <summary>What the first month of the emission mints.</summary>
    public Amount FirstMonthBudget { get; init; } = ComputeEmission.FirstBudget;

    /// <summary>Models of GPU that the network knows.</summary>
    public IReadOnlyList<GenesisModel> Models { get; init; } = [];

    /// <inheritdoc/>
    public static JsonTypeInfo<DevicesGenesis> Json => ComputeJson.Default.DevicesGenesis;

    /// <inheritdoc/>
    public IEnumerable<GenesisFault> Validate(string path)
    {
        if (FirstMonthBudget > ComputeEmission.FirstBudget)
            yield return new GenesisFault(path + ".firstMonthBudget", $"is above {ComputeEmission.FirstBudget}");
        foreach (ParameterField<DeviceParameters> field in DevicesModule.ParameterFields)
            if (field.Fault(ToParameters(), path) is { } fault) yield return fault;
        for (int i = 0; i < Models.Count; i++)
        {
            if (Models[i].MultiplierMilli is 0 or > DevicesPolicy.MultiplierMilliMax)
                yield return new GenesisFault($"{path}.models[{i}].multiplierMilli", $"is not 1 to {DevicesPolicy.MultiplierMilliMax}");
        }
    }

    /// <summary>The parameters.</summary>
    public DeviceParameters ToParameters() => new(
        EpochBlocks, StakeUnit, CooldownBlocks, UptimeWindow, BandwidthWindow, BenchWindow, MinUpEpochs, MonthBlocks,
        EmissionMode, Target);
}

/// <summary>A model of GPU in the genesis document.</summary>
/// <param name="Id">Its number.</param>
/// <param name="MultiplierMilli">What it weighs, in thousandths.</param>
/// <param name="ReferenceGops">Throughput of one in the committee's measurement, in 10^9 operations a second.</param>
public sealed record GenesisModel(uint Id, uint MultiplierMilli, ulong ReferenceGops);
