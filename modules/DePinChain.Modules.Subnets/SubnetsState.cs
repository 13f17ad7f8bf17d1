using DePinChain.Primitives;

namespace DePinChain.Modules.Subnets;

/// <summary>A subnet.</summary>
/// <param name="Name">1 to 32 bytes of printable text.</param>
/// <param name="Owner">Who registered it; sets its parameters.</param>
/// <param name="OwnerHotkey">Earns the owner's cut; may always validate, and is never pruned.</param>
/// <param name="RegisteredAt">The block it was registered in.</param>
/// <param name="Lock">What the owner locked for it.</param>
/// <param name="TaskManifest">keccak-256 of the description of its task.</param>
/// <param name="VersionKey">Validators of an older version may not set weights; 0 lets all.</param>
/// <param name="Emits">Whether the owner has started emission.</param>
/// <param name="Uids">Places taken: uids 0 to this, less one.</param>
/// <param name="EpochIndex">Epochs run so far.</param>
/// <param name="LastEpochAt">The block the last one ran in; 0 before the first.</param>
/// <param name="NextEpochAt">The block the next one is due at.</param>
/// <param name="Price">What a place cost when last somebody registered, in 10^-9 DPN.</param>
/// <param name="PricedAt">When that was.</param>
public readonly record struct SubnetRecord(
    string Name,
    Address Owner,
    Address OwnerHotkey,
    ulong RegisteredAt,
    Amount Lock,
    Hash256 TaskManifest,
    ulong VersionKey,
    bool Emits,
    uint Uids,
    ulong EpochIndex,
    ulong LastEpochAt,
    ulong NextEpochAt,
    ulong Price,
    ulong PricedAt);

/// <summary>What a subnet's owner may choose. Proportions are parts of 65,535, durations blocks.</summary>
/// <param name="Tempo">Blocks between two epochs.</param>
/// <param name="Immunity">Blocks a new neuron is spared from pruning.</param>
/// <param name="UidsMax">Places.</param>
/// <param name="ValidatorsMax">Permits given by stake.</param>
/// <param name="WeightsRateLimit">Blocks between two settings of weights.</param>
/// <param name="WeightsMin">Fewest weights of a row.</param>
/// <param name="CommitReveal">Weights are committed before they are shown.</param>
/// <param name="RevealPeriod">Epochs between commitment and reveal.</param>
/// <param name="Kappa">Stake majority behind a consensus.</param>
/// <param name="BondsMovingAverage">Part of old bonds that stays, in millionths.</param>
/// <param name="BondsPenalty">How far weights above consensus are cut before they buy bonds.</param>
/// <param name="Yuma3">Bonds of fixed scale per pair; otherwise the classic ones that stake buys.</param>
/// <param name="LiquidAlpha">Bonds move faster where validators differ from consensus.</param>
/// <param name="AlphaLow">Slowest.</param>
/// <param name="AlphaHigh">Fastest.</param>
/// <param name="AlphaSteepness">Steepness between them, in hundredths.</param>
/// <param name="RegistrationOpen">Whether places may be bought.</param>
public readonly record struct SubnetRules(
    uint Tempo,
    uint Immunity,
    uint UidsMax,
    uint ValidatorsMax,
    uint WeightsRateLimit,
    uint WeightsMin,
    bool CommitReveal,
    uint RevealPeriod,
    ushort Kappa,
    uint BondsMovingAverage,
    ushort BondsPenalty,
    bool Yuma3,
    bool LiquidAlpha,
    ushort AlphaLow,
    ushort AlphaHigh,
    ushort AlphaSteepness,
    bool RegistrationOpen);

/// <summary>One choice of an owner.</summary>
public enum SubnetParameter : byte
{
    /// <summary>Blocks between two epochs, from the next one on.</summary>
    Tempo = 0,

    /// <summary>Blocks a new neuron is spared from pruning.</summary>
    Immunity = 1,

    /// <summary>Permits given by stake.</summary>
    ValidatorsMax = 2,

    /// <summary>Blocks between two settings of weights.</summary>
    WeightsRateLimit = 3,

    /// <summary>Fewest weights of a row.</summary>
    WeightsMin = 4,

    /// <summary>1 when weights are committed first.</summary>
    CommitReveal = 5,

    /// <summary>Epochs between commitment and reveal.</summary>
    RevealPeriod = 6,

    /// <summary>Stake majority behind a consensus.</summary>
    Kappa = 7,

    /// <summary>Part of old bonds that stays, in millionths.</summary>
    BondsMovingAverage = 8,

    /// <summary>How far weights above consensus are cut.</summary>
    BondsPenalty = 9,

    /// <summary>1 for bonds per pair.</summary>
    Yuma3 = 10,

    /// <summary>1 for liquid alpha.</summary>
    LiquidAlpha = 11,

    /// <summary>Slowest liquid alpha.</summary>
    AlphaLow = 12,

    /// <summary>Fastest liquid alpha.</summary>
    AlphaHigh = 13,

    /// <summary>Steepness of liquid alpha.</summary>
    AlphaSteepness = 14,

    /// <summary>1 when places may be bought.</summary>
    RegistrationOpen = 15,

    /// <summary>Oldest version of a validator that may set weights; 0 lets all.</summary>
    VersionKey = 16,

    /// <summary>Places; not fewer than are taken.</summary>
    UidsMax = 17,
}

/// <summary>A place in a subnet.</summary>
/// <param name="Hotkey">Who holds it.</param>
/// <param name="RegisteredAt">Since when.</param>
/// <param name="UpdatedAt">When it last set weights, or registered.</param>
public readonly record struct NeuronRecord(Address Hotkey, ulong RegisteredAt, ulong UpdatedAt);

/// <summary>Where a neuron serves.</summary>
/// <param name="Version">Of its software.</param>
/// <param name="Ip">IPv4 in the low 32 bits, or IPv6.</param>
/// <param name="Port">TCP port.</param>
/// <param name="IpType">4 or 6.</param>
/// <param name="Protocol">Meant for the subnet's software.</param>
/// <param name="ServedAt">When it was announced.</param>
/// <param name="TlsKey">Public key of its certificate; up to 65 bytes.</param>
public readonly record struct AxonRecord(
    uint Version, UInt128 Ip, ushort Port, byte IpType, byte Protocol, ulong ServedAt, byte[] TlsKey);

/// <summary>Weights that wait to be shown.</summary>
/// <param name="Commitment">keccak-256 of them.</param>
/// <param name="CommittedAt">When.</param>
/// <param name="Epoch">In which epoch of the subnet.</param>
/// <param name="Deposit">Comes back with the reveal.</param>
public readonly record struct CommitRecord(Hash256 Commitment, ulong CommittedAt, ulong Epoch, Amount Deposit);

/// <summary>Stake behind a hotkey.</summary>
/// <param name="Owner">Its coldkey: takes its part of dividends, and what it earns as a miner.</param>
/// <param name="Value">All stake, in wei.</param>
/// <param name="Shares">Shares of it.</param>
/// <param name="Take">The owner's part of dividends, of 65,535.</param>
/// <param name="TakeRaisedAt">When it last rose.</param>
public readonly record struct HotkeyRecord(Address Owner, Amount Value, UInt128 Shares, ushort Take, ulong TakeRaisedAt);

/// <summary>Stake on its way back.</summary>
/// <param name="Owner">Who gets it.</param>
/// <param name="Amount">How much.</param>
public readonly record struct UnstakeRecord(Address Owner, Amount Amount);

/// <summary>What the module holds for others beside locks and what subnets have still to pay out.</summary>
/// <param name="Staked">Value of all stake.</param>
/// <param name="Unstaking">On its way back.</param>
/// <param name="Deposits">Of commitments.</param>
public readonly record struct HeldRecord(Amount Staked, Amount Unstaking, Amount Deposits);

/// <summary>What a validator's last weights rest on.</summary>
/// <param name="Validator">Its hotkey.</param>
/// <param name="Root">keccak(count ‖ root of the tree of its checks).</param>
/// <param name="Epoch">The epoch of the checks.</param>
/// <param name="ShownAt">The block its weights were shown in.</param>
public readonly record struct EvidenceRecord(Address Validator, Hash256 Root, ulong Epoch, ulong ShownAt);

/// <summary>A question for one leaf of a validator's evidence.</summary>
/// <param name="Netuid">The subnet.</param>
/// <param name="Validator">Who has to show it.</param>
/// <param name="Challenger">Who asked.</param>
/// <param name="Root">Of the evidence.</param>
/// <param name="Epoch">The epoch of the checks.</param>
/// <param name="Leaf">Which leaf.</param>
/// <param name="EndsAt">The block at whose start it is too late.</param>
/// <param name="Deposit">Goes to the validator that shows it, and back when it does not.</param>
public readonly record struct ChallengeRecord(
    ulong Netuid, Address Validator, Address Challenger, Hash256 Root, ulong Epoch, ulong Leaf, ulong EndsAt, Amount Deposit);

/// <summary>A neuron's exact shares of an epoch, in parts of 2^32.</summary>
/// <param name="Uid">Its place.</param>
/// <param name="Incentive">Of the miners' part.</param>
/// <param name="Dividends">Of the validators' part.</param>
public readonly record struct ShareReport(uint Uid, ulong Incentive, ulong Dividends);

/// <summary>When the last subnet was registered, and for how much.</summary>
/// <param name="Lock">What it locked.</param>
/// <param name="Block">When; 0 when there is none.</param>
public readonly record struct LastLock(Amount Lock, ulong Block);

/// <summary>A neuron as a view shows it, by the last epoch. Proportions are parts of 65,535.</summary>
/// <param name="Uid">Its place.</param>
/// <param name="Hotkey">Who holds it.</param>
/// <param name="Coldkey">Who owns that.</param>
/// <param name="Stake">Behind the hotkey.</param>
/// <param name="RegisteredAt">Since when.</param>
/// <param name="UpdatedAt">When it last set weights.</param>
/// <param name="Permit">Whether it may set weights.</param>
/// <param name="Consensus">Score a majority backs.</param>
/// <param name="Incentive">Part of the miners' reward.</param>
/// <param name="Dividends">Part of the validators' reward.</param>
/// <param name="Trust">What consensus left of its weights.</param>
/// <param name="Emission">What it earned, in 10^-9 DPN; least is pruned first.</param>
public readonly record struct NeuronReport(
    uint Uid, Address Hotkey, Address Coldkey, Amount Stake, ulong RegisteredAt, ulong UpdatedAt, bool Permit, ushort Consensus,
    ushort Incentive, ushort Dividends, ushort Trust, ulong Emission);

/// <summary>Votes on the split of emission.</summary>
/// <param name="VotedAt">When.</param>
/// <param name="Row">Netuid and value, two bytes each.</param>
public readonly record struct VoteRecord(ulong VotedAt, byte[] Row);

/// <summary>A count of votes.</summary>
/// <param name="StartedAt">The block it began in.</param>
/// <param name="Cursor">Voters counted so far.</param>
/// <param name="Stake">Their stake, in 10^-9 DPN.</param>
/// <param name="IsVoted">Whether the last count had votes for a subnet that emits; without, all emit alike.</param>
public readonly record struct GaugeRound(ulong StartedAt, ulong Cursor, UInt128 Stake, bool IsVoted);

/// <summary>A subnet's votes in the count that runs.</summary>
/// <param name="Rank">Sum of stake · part of the row, in 2^-32 of 10^-9 DPN.</param>
/// <param name="Backing">Stake that votes for it at all, in 10^-9 DPN.</param>
public readonly record struct GaugeTally(UInt128 Rank, UInt128 Backing);

/// <summary>
/// What the last count gave a subnet, in parts of 2^32: rank · consensus, normalised over all and bounded, times what is verified, is its
/// share.
/// </summary>
/// <param name="Netuid">The subnet.</param>
/// <param name="Rank">Its part of all votes, by stake.</param>
/// <param name="Trust">The part of the voting stake that votes for it at all.</param>
/// <param name="Consensus">1 / (1 + e^(−10 · (trust − 1/2))).</param>
/// <param name="Bounded">Its part after normalising and bounding.</param>
/// <param name="Verified">How much of that its verified work lets through.</param>
/// <param name="Share">Its part of each block's emission.</param>
/// <param name="Average">Its share, averaged: the least makes room for a new subnet.</param>
public readonly record struct GaugeReport(
    uint Netuid, ulong Rank, ulong Trust, ulong Consensus, ulong Bounded, ulong Verified, ulong Share, ulong Average);

/// <summary>What committees found of a subnet's answers in one epoch.</summary>
/// <param name="Epoch">Which.</param>
/// <param name="Passed">Right ones.</param>
/// <param name="Judged">All that were judged.</param>
public readonly record struct WorkRecord(ulong Epoch, uint Passed, uint Judged);

/// <summary>A part of one hotkey's stake that weighs for another in a subnet.</summary>
/// <param name="Parent">Whose stake.</param>
/// <param name="Child">For whom it weighs.</param>
/// <param name="Proportion">Of 2^64 − 1.</param>
public readonly record struct KinLink(Address Parent, Address Child, ulong Proportion);

/// <summary>Children that wait to become a hotkey's.</summary>
/// <param name="Netuid">The subnet.</param>
/// <param name="Parent">Whose children, by its pool's first hotkey.</param>
/// <param name="DueAt">The block they take effect at; 0 when nothing waits.</param>
/// <param name="Children">Proportion and child, 28 bytes each.</param>
public readonly record struct KinChange(uint Netuid, Address Parent, ulong DueAt, byte[] Children);

/// <summary>What a child keeps of dividends that other owners' stake earns.</summary>
/// <param name="Take">Of 65,535.</param>
/// <param name="RaisedAt">When it last rose.</param>
public readonly record struct KinTake(ushort Take, ulong RaisedAt);

/// <summary>What the module holds, and for what.</summary>
/// <param name="Locks">Of subnets.</param>
/// <param name="Pending">What epochs have still to pay out.</param>
/// <param name="Staked">Value of all stake.</param>
/// <param name="Unstaking">On its way back.</param>
/// <param name="Commitments">Deposits of weights that wait to be shown.</param>
/// <param name="Challenges">Deposits of questions that wait for an answer.</param>
public readonly record struct HoldingsReport(
    Amount Locks, Amount Pending, Amount Staked, Amount Unstaking, Amount Commitments, Amount Challenges);

/// <summary>One neuron in an epoch that is run for show: what it goes in with, and what comes out, in parts of 2^32.</summary>
/// <param name="Uid">Its place.</param>
/// <param name="Stake">What weighs for it, in 10^-9 DPN: the less of now and the last epoch.</param>
/// <param name="Share">Its part of the stake.</param>
/// <param name="ActiveShare">Its part of the stake of active validators.</param>
/// <param name="Consensus">The score that a majority backs.</param>
/// <param name="Trust">What consensus left of its weights.</param>
/// <param name="Incentive">Its part of the miners' half; 0 when it is gated.</param>
/// <param name="Dividends">Its part of the validators' half.</param>
public readonly record struct TrialReport(
    uint Uid, ulong Stake, ulong Share, ulong ActiveShare, ulong Consensus, ulong Trust, ulong Incentive, ulong Dividends);
