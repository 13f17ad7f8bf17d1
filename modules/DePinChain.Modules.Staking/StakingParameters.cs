using DePinChain.Modules.Sdk;
using DePinChain.Primitives;

namespace DePinChain.Modules.Staking;

/// <summary>What governance may change about staking. Rates are in 10^-18; durations are in blocks.</summary>
/// <param name="EpochBlocks">Blocks of an epoch, from the next one on.</param>
/// <param name="UnbondingBlocks">Blocks that unbonding and the liability of a redelegation last.</param>
/// <param name="ValidatorsMax">Seats.</param>
/// <param name="CandidatesMax">Validators that compete for the seats.</param>
/// <param name="KeyDelayEpochs">Epochs that a key waits before use, so that a VRF key cannot be ground against a known mix.</param>
/// <param name="ChurnDivisor">At a boundary total / this much power may move; 1 sets no limit.</param>
/// <param name="MinSelfBond">Least stake of an operator's own.</param>
/// <param name="MinDelegation">Least amount of one delegation.</param>
/// <param name="LivenessWindow">Blocks over which seals are counted.</param>
/// <param name="MinSignedWad">Part of the window a validator must sign.</param>
/// <param name="DowntimeSlashWad">Part of the stake that too many missed blocks cost.</param>
/// <param name="DoubleSignSlashWad">Part of the stake that signing twice costs.</param>
/// <param name="JailBlocks">Blocks in jail for missed blocks or proposals.</param>
/// <param name="MissedProposalsMin">Missed proposals of an epoch below which nobody is jailed for them.</param>
/// <param name="CommunityTaxWad">Part of each block's rewards for the community pool.</param>
/// <param name="ProposerBonusWad">Part of each block's rewards for the proposer who includes every seal.</param>
/// <param name="CommissionDayBlocks">Blocks between two changes of a commission.</param>
public readonly record struct StakingParameters(
    [Bounds(5, 100_000)] ulong EpochBlocks,
    [Bounds(10, 2_000_000)] ulong UnbondingBlocks,
    [Bounds(1, 150)] uint ValidatorsMax,
    [Bounds(1, 300)] uint CandidatesMax,
    [Bounds(2, 100)] ulong KeyDelayEpochs,
    [Bounds(1, 100)] ulong ChurnDivisor,
    [Bounds("1 DPN", "1000000 DPN")] Amount MinSelfBond,
    [Bounds("0.001 DPN", "1000 DPN")] Amount MinDelegation,
    [Bounds(10, 30_000)] ulong LivenessWindow,
    [Bounds(0, StakingPolicy.Wad)] ulong MinSignedWad,
    [Bounds(0, StakingPolicy.Wad / 10)] ulong DowntimeSlashWad,
    [Bounds(0, StakingPolicy.Wad)] ulong DoubleSignSlashWad,
    [Bounds(1, 1_000_000)] ulong JailBlocks,
    [Bounds(1, 100_000)] uint MissedProposalsMin,
    [Bounds(0, StakingPolicy.Wad / 2)] ulong CommunityTaxWad,
    [Bounds(0, StakingPolicy.Wad / 2)] ulong ProposerBonusWad,
    [Bounds(1, 1_000_000)] ulong CommissionDayBlocks)
{
    /// <summary>Mainnet: blocks of 12 seconds, epochs of 2 hours, unbonding of 14 days.</summary>
    public static StakingParameters Mainnet { get; } = new(
        EpochBlocks: 600,
        UnbondingBlocks: 100_800,
        ValidatorsMax: 100,
        CandidatesMax: 200,
        KeyDelayEpochs: 2,
        ChurnDivisor: 4,
        MinSelfBond: Amount.One,
        MinDelegation: new Amount(1_000_000_000_000_000),
        LivenessWindow: 7_200,
        MinSignedWad: StakingPolicy.Wad / 2,
        DowntimeSlashWad: StakingPolicy.Wad / 10_000,
        DoubleSignSlashWad: StakingPolicy.Wad / 20,
        JailBlocks: 300,
        MissedProposalsMin: 3,
        CommunityTaxWad: StakingPolicy.Wad / 50,
        ProposerBonusWad: StakingPolicy.Wad / 100,
        CommissionDayBlocks: 7_200);

    /// <summary>Localnet: mainnet's rates over minutes.</summary>
    public static StakingParameters Localnet { get; } = Mainnet with
    {
        EpochBlocks = 20,
        UnbondingBlocks = 60,
        ChurnDivisor = 1,
        LivenessWindow = 100,
        JailBlocks = 30,
        CommissionDayBlocks = 60,
    };

    /// <summary>Blocks of the window that may lack a seal.</summary>
    public ulong MissedMax => LivenessWindow - (ulong)((UInt128)LivenessWindow * MinSignedWad / StakingPolicy.Wad);
}
