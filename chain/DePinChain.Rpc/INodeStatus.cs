using DePinChain.Blocks;
using DePinChain.Primitives;

namespace DePinChain.Rpc;

/// <summary>What only the running node can tell: its peers, its progress and where consensus stands.</summary>
/// <remarks>
/// Every member returns a published, immutable value and never waits for consensus: a status request that takes a consensus
/// lock is a way to stop a validator from outside (CometBFT GHSA-mvj3-qrqh-cjvr).
/// </remarks>
public interface INodeStatus
{
    /// <summary>Name and version as in <c>web3_clientVersion</c>: <c>DePinChain/v1.0.0/linux-x64/dotnet10.0</c>.</summary>
    string ClientVersion { get; }

    /// <summary>Connected peers, inbound and outbound.</summary>
    IReadOnlyList<PeerStatus> Peers { get; }

    /// <summary>Null when the node follows the chain, else how far it is.</summary>
    SyncProgress? Syncing { get; }

    /// <summary>The latest published state of consensus.</summary>
    ConsensusStatus Consensus { get; }

    /// <summary>What this node is: addresses, keys' public halves, uptime.</summary>
    NodeIdentity Identity { get; }

    /// <summary>What the network has scheduled, and whether this program can follow.</summary>
    IReadOnlyList<ScheduledUpgrade> Upgrades { get; }

    /// <summary>The votes of a height that took several rounds; null when it did not, or it was too long ago.</summary>
    VoteRecord? FindVotes(ulong height);

    /// <summary>Heights that there are such votes of, the newest first.</summary>
    IReadOnlyList<ulong> HeightsWithVotes(int most);

    /// <summary>Verified evidence of misbehaviour that no block has included yet.</summary>
    IReadOnlyList<Evidence> PendingEvidence { get; }
}

/// <param name="Id">The peer's identity in the transport's own text form.</param>
/// <param name="Address">Where it is connected, in the transport's own text form.</param>
/// <param name="IsInbound">Whether the peer dialled us.</param>
/// <param name="Height">The height it last said it had; null when it has not.</param>
public sealed record PeerStatus(string Id, string Address, bool IsInbound, ulong? Height);

/// <param name="StartingBlock">Height at which this catch-up began.</param>
/// <param name="CurrentBlock">Height of the last committed block.</param>
/// <param name="HighestBlock">Best height that a peer has announced.</param>
public sealed record SyncProgress(ulong StartingBlock, ulong CurrentBlock, ulong HighestBlock);

/// <summary>The height being decided and how far it is.</summary>
/// <param name="Height">The height that is being decided.</param>
/// <param name="Round">Its round.</param>
/// <param name="Step">"newHeight", "propose", "prevote", "precommit" or "commit".</param>
/// <param name="Proposer">Who proposes in this round.</param>
/// <param name="LockedRound">-1 when not locked.</param>
/// <param name="LockedHash">Zero when not locked.</param>
/// <param name="ValidRound">-1 when none.</param>
/// <param name="ValidHash">Zero when none.</param>
/// <param name="PrevotePower">Power that has prevoted in this round, for anything.</param>
/// <param name="PrecommitPower">Power that has precommitted in this round, for anything.</param>
/// <param name="TotalPower">Power of the whole set.</param>
public sealed record ConsensusStatus(
    ulong Height,
    uint Round,
    string Step,
    Address Proposer,
    int LockedRound,
    Hash256 LockedHash,
    int ValidRound,
    Hash256 ValidHash,
    UInt128 PrevotePower,
    UInt128 PrecommitPower,
    UInt128 TotalPower);

/// <param name="PeerId">The transport identity.</param>
/// <param name="ListenAddresses">Where peers reach this node.</param>
/// <param name="SigningAddress">The validator's signing address; null on a node that does not vote.</param>
/// <param name="Network">The genesis document's name.</param>
/// <param name="IsDevelopment">Whether the genesis allows the development calls.</param>
/// <param name="StartedAt">Unix seconds.</param>
public sealed record NodeIdentity(
    string PeerId,
    IReadOnlyList<string> ListenAddresses,
    Address? SigningAddress,
    string Network,
    bool IsDevelopment,
    long StartedAt);
