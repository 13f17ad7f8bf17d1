using System.Text.Json.Serialization.Metadata;
using DePinChain.Modules.Sdk;

namespace DePinChain.Modules.Compute;

/// <summary>Clusters' part of the genesis document. What is left out is mainnet's.</summary>
public sealed record ClustersGenesis : IGenesisSection<ClustersGenesis>
{
    private static readonly ClusterParameters Defaults = ClusterParameters.Mainnet;

    /// <inheritdoc cref="ClusterParameters.HourBlocks"/>
    public uint HourBlocks { get; init; } = Defaults.HourBlocks;

    /// <inheritdoc cref="ClusterParameters.AckBlocks"/>
    public uint AckBlocks { get; init; } = Defaults.AckBlocks;

    /// <inheritdoc cref="ClusterParameters.SpareBlocks"/>
    public uint SpareBlocks { get; init; } = Defaults.SpareBlocks;

    /// <inheritdoc cref="ClusterParameters.RoundBlocks"/>
    public uint RoundBlocks { get; init; } = Defaults.RoundBlocks;

    /// <inheritdoc cref="ClusterParameters.UpEpochs"/>
    public uint UpEpochs { get; init; } = Defaults.UpEpochs;

    /// <inheritdoc cref="ClusterParameters.ReservationBps"/>
    public uint ReservationBps { get; init; } = Defaults.ReservationBps;

    /// <inheritdoc cref="ClusterParameters.TokenBps"/>
    public uint TokenBps { get; init; } = Defaults.TokenBps;

    /// <inheritdoc cref="ClusterParameters.MissBps"/>
    public uint MissBps { get; init; } = Defaults.MissBps;

    /// <inheritdoc cref="ClusterParameters.BuybackBlocks"/>
    public uint BuybackBlocks { get; init; } = Defaults.BuybackBlocks;

    /// <inheritdoc cref="ClusterParameters.AuctionBlocks"/>
    public uint AuctionBlocks { get; init; } = Defaults.AuctionBlocks;

    /// <summary>Round trips between regions.</summary>
    public IReadOnlyList<GenesisRoundTrip> RoundTrips { get; init; } = [];

    /// <inheritdoc/>
    public static JsonTypeInfo<ClustersGenesis> Json => ComputeJson.Default.ClustersGenesis;

    /// <inheritdoc/>
    public IEnumerable<GenesisFault> Validate(string path)
    {
        foreach (ParameterField<ClusterParameters> field in ClustersModule.ParameterFields)
            if (field.Fault(ToParameters(), path) is { } fault) yield return fault;
        if (AuctionBlocks > BuybackBlocks) yield return new GenesisFault(path + ".auctionBlocks", "is above buybackBlocks");
        for (int i = 0; i < RoundTrips.Count; i++)
            if (RoundTrips[i].Ms == 0) yield return new GenesisFault($"{path}.roundTrips[{i}].ms", "is 0");
    }

    /// <summary>What governance may change of it.</summary>
    public ClusterParameters ToParameters() => new(
        HourBlocks, AckBlocks, SpareBlocks, RoundBlocks, UpEpochs, ReservationBps, TokenBps, MissBps, BuybackBlocks, AuctionBlocks);
}

/// <summary>How far two regions are apart.</summary>
/// <param name="First">ISO 3166 numeric.</param>
/// <param name="Second">ISO 3166 numeric; the same for within a region.</param>
/// <param name="Ms">Milliseconds there and back.</param>
public sealed record GenesisRoundTrip(ushort First, ushort Second, uint Ms);
