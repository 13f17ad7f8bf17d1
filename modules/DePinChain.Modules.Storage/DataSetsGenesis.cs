using System.Text.Json.Serialization.Metadata;
using DePinChain.Modules.Sdk;
using DePinChain.Primitives;

namespace DePinChain.Modules.Storage;

/// <summary>What governance may change about data sets; it counts for sets that are created afterwards.</summary>
/// <param name="PeriodBlocks">Blocks between two challenges of a set.</param>
/// <param name="WindowBlocks">Blocks in which a challenge is answered.</param>
/// <param name="SlashAfterFaults">Missed periods in a row that end a set.</param>
/// <param name="InactiveBlocks">Blocks after which anybody may clean up a set that nobody proves.</param>
/// <param name="RentDeposit">What a set costs while it exists.</param>
public readonly record struct DataSetsParameters(
    [Bounds(10, 1_000_000)] ulong PeriodBlocks,
    [Bounds(5, 500_000)] ulong WindowBlocks,
    [Bounds(1, 100)] ulong SlashAfterFaults,
    [Bounds(10, 10_000_000)] ulong InactiveBlocks,
    [Bounds("0 DPN", "100 DPN")] Amount RentDeposit)
{
    /// <summary>Mainnet: a challenge a day, an hour to answer, a week to fail, 30 days idle.</summary>
    public static DataSetsParameters Mainnet { get; } = new(
        PeriodBlocks: 7_200, WindowBlocks: 300, SlashAfterFaults: 7, InactiveBlocks: 216_000,
        RentDeposit: new Amount(100_000_000_000_000_000));
}

/// <summary>The data sets' part of the genesis document. What is left out is mainnet's.</summary>
public sealed record DataSetsGenesis : IGenesisSection<DataSetsGenesis>
{
    private static readonly DataSetsParameters Defaults = DataSetsParameters.Mainnet;

    /// <inheritdoc cref="DataSetsParameters.PeriodBlocks"/>
    public ulong PeriodBlocks { get; init; } = Defaults.PeriodBlocks;

    /// <inheritdoc cref="DataSetsParameters.WindowBlocks"/>
    public ulong WindowBlocks { get; init; } = Defaults.WindowBlocks;

    /// <inheritdoc cref="DataSetsParameters.SlashAfterFaults"/>
    public ulong SlashAfterFaults { get; init; } = Defaults.SlashAfterFaults;

    /// <inheritdoc cref="DataSetsParameters.InactiveBlocks"/>
    public ulong InactiveBlocks { get; init; } = Defaults.InactiveBlocks;

    /// <inheritdoc cref="DataSetsParameters.RentDeposit"/>
    public Amount RentDeposit { get; init; } = Defaults.RentDeposit;

    /// <inheritdoc/>
    public static JsonTypeInfo<DataSetsGenesis> Json => StorageJson.Default.DataSetsGenesis;

    /// <summary>The parameters.</summary>
    public DataSetsParameters ToParameters() => new(PeriodBlocks, WindowBlocks, SlashAfterFaults, InactiveBlocks, RentDeposit);

    /// <inheritdoc/>
    public IEnumerable<GenesisFault> Validate(string path)
    {
        if (WindowBlocks >= PeriodBlocks) yield return new GenesisFault(path + ".windowBlocks", "is not below periodBlocks");
        foreach (ParameterField<DataSetsParameters> field in DataSetsModule.ParameterFields)
            if (field.Fault(ToParameters(), path) is { } fault) yield return fault;
    }
}
