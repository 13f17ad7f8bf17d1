using System.Text.Json.Serialization.Metadata;
using DePinChain.Modules.Sdk;

namespace DePinChain.Modules.Storage;

/// <summary>What governance may change about payment channels.</summary>
/// <param name="SettleDelayMin">Fewest blocks between closing and collecting.</param>
/// <param name="TakeBps">The network's part of a redeemed voucher, in hundredths of a percent.</param>
public readonly record struct PaymentChannelsParameters(
    [Bounds(5, 1_000_000)] ulong SettleDelayMin,
    [Bounds(0, 1_000)] ushort TakeBps)
{
    /// <summary>Mainnet: 12 hours of blocks of 12 seconds, 1 %.</summary>
    public static PaymentChannelsParameters Mainnet { get; } = new(SettleDelayMin: 3_600, TakeBps: 100);
}

/// <summary>The payment channels' part of the genesis document. What is left out is mainnet's.</summary>
public sealed record PaymentChannelsGenesis : IGenesisSection<PaymentChannelsGenesis>
{
    private static readonly PaymentChannelsParameters Defaults = PaymentChannelsParameters.Mainnet;

    /// <inheritdoc cref="PaymentChannelsParameters.SettleDelayMin"/>
    public ulong SettleDelayMin { get; init; } = Defaults.SettleDelayMin;

    /// <inheritdoc cref="PaymentChannelsParameters.TakeBps"/>
    public ushort TakeBps { get; init; } = Defaults.TakeBps;

    /// <inheritdoc/>
    public static JsonTypeInfo<PaymentChannelsGenesis> Json => StorageJson.Default.PaymentChannelsGenesis;

    /// <summary>The parameters.</summary>
    public PaymentChannelsParameters ToParameters() => new(SettleDelayMin, TakeBps);

    /// <inheritdoc/>
    public IEnumerable<GenesisFault> Validate(string path)
    {
        foreach (ParameterField<PaymentChannelsParameters> field in PaymentChannelsModule.ParameterFields)
            if (field.Fault(ToParameters(), path) is { } fault) yield return fault;
    }
}
