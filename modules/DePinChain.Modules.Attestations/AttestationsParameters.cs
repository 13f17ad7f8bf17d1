using DePinChain.Modules.Sdk;
using DePinChain.Primitives;

namespace DePinChain.Modules.Attestations;

/// <summary>What governance may change about committees. Durations are in blocks, parts in hundredths of a percent.</summary>
/// <param name="BondMin">Least bond of a verifier that is drawn.</param>
/// <param name="UnbondingBlocks">How long a bond is on its way back; it answers for what it was drawn for before.</param>
/// <param name="SeedBlocks">From the block that fixes a job to the one whose randomness draws its committee.</param>
/// <param name="CommitBlocks">Blocks in which verdicts are committed.</param>
/// <param name="RevealBlocks">Blocks in which they are revealed.</param>
/// <param name="CertificateBlocks">Blocks in which an announced blob must be certified available.</param>
/// <param name="DisputeBlocks">How long an accepted blob can be disputed, and its shards must be served.</param>
/// <param name="AuditBlocks">Blocks in which an audited verifier shows its work.</param>
/// <param name="AuditOdds">One valid verdict in so many is audited.</param>
/// <param name="ShardBlocks">Blocks in which a custodian must serve a shard that is asked for on the chain.</param>
/// <param name="FraudSlashBps">What a valid verdict on a proven fraud costs.</param>
/// <param name="MismatchSlashBps">What another verdict than the quorum's costs where there is one right answer.</param>
/// <param name="AuditSlashBps">What an audit without answer costs.</param>
/// <param name="ShardSlashBps">What a shard that is not served costs.</param>
/// <param name="CommitteeBps">The committee's part of a fee; the rest is burned.</param>
/// <param name="DisputerFeeBps">A disputer's part of the fee.</param>
/// <param name="DisputerSlashBps">A disputer's part of slashed bonds; the rest is burned.</param>
/// <param name="MissesMax">Missed duties in a row after which a verifier is jailed.</param>
/// <param name="JailBlocks">How long a jailed verifier is not drawn.</param>
public readonly record struct AttestationsParameters(
    [Bounds("1 DPN", "1000000 DPN")] Amount BondMin,
    [Bounds(10, 2_000_000)] ulong UnbondingBlocks,
    [Bounds(1, 100)] ulong SeedBlocks,
    [Bounds(2, 10_000)] ulong CommitBlocks,
    [Bounds(2, 10_000)] ulong RevealBlocks,
    [Bounds(2, 10_000)] ulong CertificateBlocks,
    [Bounds(10, 1_000_000)] ulong DisputeBlocks,
    [Bounds(2, 10_000)] ulong AuditBlocks,
    [Bounds(1, 10_000)] uint AuditOdds,
    [Bounds(2, 10_000)] ulong ShardBlocks,
    [Bounds(0, 10_000)] ushort FraudSlashBps,
    [Bounds(0, 10_000)] ushort MismatchSlashBps,
    [Bounds(0, 10_000)] ushort AuditSlashBps,
    [Bounds(0, 10_000)] ushort ShardSlashBps,
    [Bounds(0, 10_000)] ushort CommitteeBps,
    [Bounds(0, 10_000)] ushort DisputerFeeBps,
    [Bounds(0, 10_000)] ushort DisputerSlashBps,
    [Bounds(1, 10_000)] uint MissesMax,
    [Bounds(1, 1_000_000)] ulong JailBlocks)
{
    /// <summary>Mainnet: blocks of 12 seconds, 7,200 a day.</summary>
    public static AttestationsParameters Mainnet { get; } = new(
        BondMin: Amount.FromDpn(10_000),
        UnbondingBlocks: 100_800,
        SeedBlocks: 2,
        CommitBlocks: 25,
        RevealBlocks: 10,
        CertificateBlocks: 100,
        DisputeBlocks: 7_200,
        AuditBlocks: 25,
        AuditOdds: 64,
        ShardBlocks: 50,
        FraudSlashBps: 1_000,
        MismatchSlashBps: 500,
        AuditSlashBps: 500,
        ShardSlashBps: 100,
        CommitteeBps: 8_000,
        DisputerFeeBps: 2_500,
        DisputerSlashBps: 5_000,
        MissesMax: 16,
        JailBlocks: 600);
}
