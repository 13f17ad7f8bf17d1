using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using DePinChain.Modules.Sdk;
using DePinChain.Primitives;

namespace DePinChain.Modules.Governance;

/// <summary>Governance's part of the genesis document: its parameters. What is left out is mainnet's.</summary>
public sealed record GovernanceGenesis : IGenesisSection<GovernanceGenesis>
{
    private static readonly GovernanceParameters Defaults = GovernanceParameters.Mainnet;

    /// <inheritdoc cref="GovernanceParameters.DepositMin"/>
    public Amount DepositMin { get; init; } = Defaults.DepositMin;

    /// <inheritdoc cref="GovernanceParameters.DepositBlocks"/>
    public ulong DepositBlocks { get; init; } = Defaults.DepositBlocks;

    /// <inheritdoc cref="GovernanceParameters.VotingBlocks"/>
    public ulong VotingBlocks { get; init; } = Defaults.VotingBlocks;

    /// <inheritdoc cref="GovernanceParameters.DelayBlocks"/>
    public ulong DelayBlocks { get; init; } = Defaults.DelayBlocks;

    /// <inheritdoc cref="GovernanceParameters.QuorumWad"/>
    public ulong QuorumWad { get; init; } = Defaults.QuorumWad;

    /// <inheritdoc cref="GovernanceParameters.ThresholdWad"/>
    public ulong ThresholdWad { get; init; } = Defaults.ThresholdWad;

    /// <inheritdoc cref="GovernanceParameters.VetoWad"/>
    public ulong VetoWad { get; init; } = Defaults.VetoWad;

    /// <inheritdoc/>
    public static JsonTypeInfo<GovernanceGenesis> Json => GovernanceJson.Default.GovernanceGenesis;

    /// <summary>The parameters.</summary>
    public GovernanceParameters ToParameters() =>
        new(DepositMin, DepositBlocks, VotingBlocks, DelayBlocks, QuorumWad, ThresholdWad, VetoWad);

    /// <inheritdoc/>
    public IEnumerable<GenesisFault> Validate(string path)
    {
        foreach (ParameterField<GovernanceParameters> field in GovernanceModule.ParameterFields)
            if (field.Fault(ToParameters(), path) is { } fault) yield return fault;
    }
}

/// <summary>How the genesis section is read: camel case, unknown keys refused.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    Converters = [typeof(AmountJson)])]
[JsonSerializable(typeof(GovernanceGenesis))]
internal sealed partial class GovernanceJson : JsonSerializerContext;
