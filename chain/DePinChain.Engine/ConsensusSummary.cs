using DePinChain.Network;
using DePinChain.Primitives;

namespace DePinChain.Engine;

/// <summary>Where consensus stood after the last event, for whoever looks from another thread.</summary>
public sealed record ConsensusSummary
{
    /// <summary>The height that is being decided.</summary>
    public ulong Height { get; init; }

    public uint Round { get; init; }

    /// <summary>"newHeight", "propose", "prevote", "precommit" or "commit".</summary>
    public string Step { get; init; } = "newHeight";

    public Address Proposer { get; init; }

    /// <summary>-1 when not locked.</summary>
    public int LockedRound { get; init; } = -1;

    public Hash256 LockedHash { get; init; }

    /// <summary>-1 when no value had a polka.</summary>
    public int ValidRound { get; init; } = -1;

    public Hash256 ValidHash { get; init; }

    /// <summary>Power that has prevoted in this round, for anything.</summary>
    public UInt128 PrevotePower { get; init; }

    /// <summary>Power that has precommitted in this round, for anything.</summary>
    public UInt128 PrecommitPower { get; init; }

    public UInt128 TotalPower { get; init; }

    /// <summary>False while the log of the height of the signer's mark is lost.</summary>
    public bool MayVote { get; init; } = true;
}

/// <summary>A peer and the height it last said it had.</summary>
public sealed record KnownPeer(PeerId Id, ulong? Height);
