using System.Text.Json.Serialization.Metadata;
using DePinChain.Modules.Sdk;
using DePinChain.Primitives;

namespace DePinChain.Modules.Economy;

/// <summary>Emission's part of the genesis document. What is left out is mainnet's.</summary>
public sealed record EmissionGenesis : IGenesisSection<EmissionGenesis>
{
    /// <summary>Most that each stream may ever have outstanding, in DPN.</summary>
    public StreamCaps Caps { get; init; } = new();

    /// <summary>The security stream's rates.</summary>
    public SecuritySection Security { get; init; } = new();

    /// <inheritdoc/>
    public static JsonTypeInfo<EmissionGenesis> Json => EconomyJson.Default.EmissionGenesis;

    /// <inheritdoc/>
    public IEnumerable<GenesisFault> Validate(string path)
    {
        SecuritySection security = Security;
        string at = path + ".security";
        if (security.RateMinWad > security.RateMaxWad) yield return new GenesisFault(at + ".rateMinWad", "is above rateMaxWad");
        if (security.StartRateWad < security.RateMinWad || security.StartRateWad > security.RateMaxWad)
            yield return new GenesisFault(at + ".startRateWad", "is not between rateMinWad and rateMaxWad");
        foreach (ParameterField<SecurityParameters> field in EmissionModule.ParameterFields)
            if (field.Fault(security.ToParameters(), at) is { } fault) yield return fault;

        UInt128 total = UInt128.Zero;
        foreach ((_, Amount cap) in Caps.ByStream()) total += UInt128.Min(cap.Wei, EmissionPolicy.SupplyMax.Wei + 1);
        if (total > EmissionPolicy.SupplyMax.Wei)
            yield return new GenesisFault(path + ".caps", $"add up to more than {EmissionPolicy.SupplyMax}");
    }
}

/// <summary>The caps of the streams.</summary>
public sealed record StreamCaps
{
    /// <summary>Validators and delegators.</summary>
    public Amount Security { get; init; } = Amount.FromDpn(471_625_818);

    /// <summary>Storage: 330 M simple and 770 M baseline.</summary>
    public Amount Storage { get; init; } = Amount.FromDpn(1_100_000_000);

    /// <summary>Compute.</summary>
    public Amount Compute { get; init; } = Amount.FromDpn(300_000_000);

    /// <summary>Render.</summary>
    public Amount Render { get; init; } = Amount.FromDpn(107_374_182);

    /// <summary>Subnets.</summary>
    public Amount Subnets { get; init; } = Amount.FromDpn(21_000_000);

    /// <summary>Every stream with its cap.</summary>
    public IReadOnlyList<(EmissionStream Stream, Amount Cap)> ByStream() =>
    [
        (EmissionStream.Security, Security), (EmissionStream.Storage, Storage), (EmissionStream.Compute, Compute),
        (EmissionStream.Render, Render), (EmissionStream.Subnets, Subnets),
    ];
}

/// <summary>The security stream's rates, in 10^-18.</summary>
public sealed record SecuritySection
{
    /// <summary>Yearly rate at genesis.</summary>
    public ulong StartRateWad { get; init; } = EmissionPolicy.StartRateWad;

    /// <summary>How far the rate may move in a year.</summary>
    public ulong RateChangeWad { get; init; } = EmissionPolicy.RateChangeWad;

    /// <summary>Lowest yearly rate.</summary>
    public ulong RateMinWad { get; init; } = EmissionPolicy.RateMinWad;

    /// <summary>Highest yearly rate.</summary>
    public ulong RateMaxWad { get; init; } = EmissionPolicy.RateMaxWad;

    /// <summary>Bonded part of the supply at which the rate stands still.</summary>
    public ulong GoalBondedWad { get; init; } = EmissionPolicy.GoalBondedWad;

    /// <summary>Blocks in this stream's year.</summary>
    public ulong BlocksPerYear { get; init; } = EmissionPolicy.BlocksPerYear;

    /// <summary>What governance may change of it.</summary>
    public SecurityParameters ToParameters() => new(RateChangeWad, RateMinWad, RateMaxWad, GoalBondedWad, BlocksPerYear);
}
