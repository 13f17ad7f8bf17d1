using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using DePinChain.Modules.Sdk;
using DePinChain.Primitives;

namespace DePinChain.Modules.Staking;

/// <summary>
/// Staking's part of the genesis document: its parameters. The first validators stand in the document itself. What is left out is
/// mainnet's.
/// </summary>
public sealed record StakingGenesis : IGenesisSection<StakingGenesis>
{
    private static readonly StakingParameters Defaults = StakingParameters.Mainnet;

    /// <inheritdoc cref="StakingParameters.EpochBlocks"/>
    public ulong EpochBlocks { get; init; } = Defaults.EpochBlocks;

    /// <inheritdoc cref="StakingParameters.UnbondingBlocks"/>
    public ulong UnbondingBlocks { get; init; } = Defaults.UnbondingBlocks;

    /// <inheritdoc cref="StakingParameters.ValidatorsMax"/>
    public uint ValidatorsMax { get; init; } = Defaults.ValidatorsMax;

    /// <inheritdoc cref="StakingParameters.CandidatesMax"/>
    public uint CandidatesMax { get; init; } = Defaults.CandidatesMax;

    /// <inheritdoc cref="StakingParameters.KeyDelayEpochs"/>
    public ulong KeyDelayEpochs { get; init; } = Defaults.KeyDelayEpochs;

    /// <inheritdoc cref="StakingParameters.ChurnDivisor"/>
    public ulong ChurnDivisor { get; init; } = Defaults.ChurnDivisor;

    /// <inheritdoc cref="StakingParameters.MinSelfBond"/>
    public Amount MinSelfBond { get; init; } = Defaults.MinSelfBond;

    /// <inheritdoc cref="StakingParameters.MinDelegation"/>
    public Amount MinDelegation { get; init; } = Defaults.MinDelegation;

    /// <inheritdoc cref="StakingParameters.LivenessWindow"/>
    public ulong LivenessWindow { get; init; } = Defaults.LivenessWindow;

    /// <inheritdoc cref="StakingParameters.MinSignedWad"/>
    public ulong MinSignedWad { get; init; } = Defaults.MinSignedWad;

    /// <inheritdoc cref="StakingParameters.DowntimeSlashWad"/>
    public ulong DowntimeSlashWad { get; init; } = Defaults.DowntimeSlashWad;

    /// <inheritdoc cref="StakingParameters.DoubleSignSlashWad"/>
    public ulong DoubleSignSlashWad { get; init; } = Defaults.DoubleSignSlashWad;

    /// <inheritdoc cref="StakingParameters.JailBlocks"/>
    public ulong JailBlocks { get; init; } = Defaults.JailBlocks;

    /// <inheritdoc cref="StakingParameters.MissedProposalsMin"/>
    public uint MissedProposalsMin { get; init; } = Defaults.MissedProposalsMin;

    /// <inheritdoc cref="StakingParameters.CommunityTaxWad"/>
    public ulong CommunityTaxWad { get; init; } = Defaults.CommunityTaxWad;

    /// <inheritdoc cref="StakingParameters.ProposerBonusWad"/>
    public ulong ProposerBonusWad { get; init; } = Defaults.ProposerBonusWad;

    /// <inheritdoc cref="StakingParameters.CommissionDayBlocks"/>
    public ulong CommissionDayBlocks { get; init; } = Defaults.CommissionDayBlocks;

    /// <inheritdoc/>
    public static JsonTypeInfo<StakingGenesis> Json => StakingJson.Default.StakingGenesis;

    /// <summary>The parameters.</summary>
    public StakingParameters ToParameters() => new(
        EpochBlocks, UnbondingBlocks, ValidatorsMax, CandidatesMax, KeyDelayEpochs, ChurnDivisor, MinSelfBond, MinDelegation,
        LivenessWindow, MinSignedWad, DowntimeSlashWad, DoubleSignSlashWad, JailBlocks, MissedProposalsMin, CommunityTaxWad,
        ProposerBonusWad, CommissionDayBlocks);

    /// <inheritdoc/>
    public IEnumerable<GenesisFault> Validate(string path)
    {
        if (CandidatesMax < ValidatorsMax) yield return new GenesisFault(path + ".candidatesMax", "is below validatorsMax");
        foreach (ParameterField<StakingParameters> field in StakingModule.ParameterFields)
            if (field.Fault(ToParameters(), path) is { } fault) yield return fault;
    }
}

/// <summary>How the genesis section is read: camel case, unknown keys refused.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    Converters = [typeof(AmountJson)])]
[JsonSerializable(typeof(StakingGenesis))]
internal sealed partial class StakingJson : JsonSerializerContext;
