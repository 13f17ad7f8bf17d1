using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using DePinChain.Modules.Sdk;
using DePinChain.Primitives;

namespace DePinChain.Modules.Attestations;

/// <summary>Attestations' part of the genesis document. What is left out is mainnet's.</summary>
public sealed record AttestationsGenesis : IGenesisSection<AttestationsGenesis>
{
    private static readonly AttestationsParameters Defaults = AttestationsParameters.Mainnet;

    /// <inheritdoc cref="AttestationsParameters.BondMin"/>
    public Amount BondMin { get; init; } = Defaults.BondMin;

    /// <inheritdoc cref="AttestationsParameters.UnbondingBlocks"/>
    public ulong UnbondingBlocks { get; init; } = Defaults.UnbondingBlocks;

    /// <inheritdoc cref="AttestationsParameters.SeedBlocks"/>
    public ulong SeedBlocks { get; init; } = Defaults.SeedBlocks;

    /// <inheritdoc cref="AttestationsParameters.CommitBlocks"/>
    public ulong CommitBlocks { get; init; } = Defaults.CommitBlocks;

    /// <inheritdoc cref="AttestationsParameters.RevealBlocks"/>
    public ulong RevealBlocks { get; init; } = Defaults.RevealBlocks;

    /// <inheritdoc cref="AttestationsParameters.CertificateBlocks"/>
    public ulong CertificateBlocks { get; init; } = Defaults.CertificateBlocks;

    /// <inheritdoc cref="AttestationsParameters.DisputeBlocks"/>
    public ulong DisputeBlocks { get; init; } = Defaults.DisputeBlocks;

    /// <inheritdoc cref="AttestationsParameters.AuditBlocks"/>
    public ulong AuditBlocks { get; init; } = Defaults.AuditBlocks;

    /// <inheritdoc cref="AttestationsParameters.AuditOdds"/>
    public uint AuditOdds { get; init; } = Defaults.AuditOdds;

    /// <inheritdoc cref="AttestationsParameters.ShardBlocks"/>
    public ulong ShardBlocks { get; init; } = Defaults.ShardBlocks;

    /// <inheritdoc cref="AttestationsParameters.FraudSlashBps"/>
    public ushort FraudSlashBps { get; init; } = Defaults.FraudSlashBps;

    /// <inheritdoc cref="AttestationsParameters.MismatchSlashBps"/>
    public ushort MismatchSlashBps { get; init; } = Defaults.MismatchSlashBps;

    /// <inheritdoc cref="AttestationsParameters.AuditSlashBps"/>
    public ushort AuditSlashBps { get; init; } = Defaults.AuditSlashBps;

    /// <inheritdoc cref="AttestationsParameters.ShardSlashBps"/>
    public ushort ShardSlashBps { get; init; } = Defaults.ShardSlashBps;

    /// <inheritdoc cref="AttestationsParameters.CommitteeBps"/>
    public ushort CommitteeBps { get; init; } = Defaults.CommitteeBps;

    /// <inheritdoc cref="AttestationsParameters.DisputerFeeBps"/>
    public ushort DisputerFeeBps { get; init; } = Defaults.DisputerFeeBps;

    /// <inheritdoc cref="AttestationsParameters.DisputerSlashBps"/>
    public ushort DisputerSlashBps { get; init; } = Defaults.DisputerSlashBps;

    /// <inheritdoc cref="AttestationsParameters.MissesMax"/>
    public uint MissesMax { get; init; } = Defaults.MissesMax;

    /// <inheritdoc cref="AttestationsParameters.JailBlocks"/>
    public ulong JailBlocks { get; init; } = Defaults.JailBlocks;

    /// <summary>The first verifiers; their bonds come from their owners' accounts.</summary>
    public IReadOnlyList<GenesisVerifier> Verifiers { get; init; } = [];

    /// <inheritdoc/>
    public static JsonTypeInfo<AttestationsGenesis> Json => AttestationsJson.Default.AttestationsGenesis;

    /// <summary>The parameters.</summary>
    public AttestationsParameters ToParameters() => new(
        BondMin, UnbondingBlocks, SeedBlocks, CommitBlocks, RevealBlocks, CertificateBlocks, DisputeBlocks, AuditBlocks, AuditOdds,
        ShardBlocks, FraudSlashBps, MismatchSlashBps, AuditSlashBps, ShardSlashBps, CommitteeBps, DisputerFeeBps, DisputerSlashBps,
        MissesMax, JailBlocks);

    /// <inheritdoc/>
    public IEnumerable<GenesisFault> Validate(string path)
    {
        // A bond answers for what it was drawn for: until the last committee's window is over.
        ulong longest = (AttestationsPolicy.RedrawsMax + 1UL) * (SeedBlocks + CommitBlocks + RevealBlocks + 2);
        if (UnbondingBlocks < longest + DisputeBlocks)
        {
            ulong least = longest + DisputeBlocks;
            yield return new GenesisFault(path + ".unbondingBlocks", $"is below the longest job with its window, {least}");
        }


        if (DisputeBlocks <= AuditBlocks || DisputeBlocks <= ShardBlocks)
            yield return new GenesisFault(path + ".disputeBlocks", "is not above auditBlocks and shardBlocks");
        for (int i = 0; i < Verifiers.Count; i++)
            foreach (GenesisFault fault in Verifiers[i].Validate($"{path}.verifiers[{i}]", BondMin)) yield return fault;
        foreach (ParameterField<AttestationsParameters> field in AttestationsModule.ParameterFields)
            if (field.Fault(ToParameters(), path) is { } fault) yield return fault;
    }
}

/// <summary>A verifier in the genesis document.</summary>
/// <param name="Owner">Whose bond it is.</param>
/// <param name="Worker">The key that attests, for a year.</param>
/// <param name="Roles">What it judges: bit n is role n.</param>
/// <param name="Bond">Its bond.</param>
public sealed record GenesisVerifier(Address Owner, Address Worker, byte Roles, Amount Bond)
{
    internal IEnumerable<GenesisFault> Validate(string path, Amount bondMin)
    {
        if (Worker.IsZero || Worker == Owner) yield return new GenesisFault(path + ".worker", "is zero or the owner itself");
        if (Roles is 0 or > AttestationsPolicy.AllRoles)
            yield return new GenesisFault(path + ".roles", $"is not 1 to {AttestationsPolicy.AllRoles}");
        if (Bond < bondMin) yield return new GenesisFault(path + ".bond", $"is below bondMin, {bondMin}");
    }
}

/// <summary>How the genesis section is read: camel case, unknown keys refused.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    RespectNullableAnnotations = true,
    RespectRequiredConstructorParameters = true,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    Converters = [typeof(AddressJson), typeof(AmountJson)])]
[JsonSerializable(typeof(AttestationsGenesis))]
internal sealed partial class AttestationsJson : JsonSerializerContext;
