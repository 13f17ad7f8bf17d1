using DePinChain.Primitives;

namespace DePinChain.Engine;

/// <summary>Where consensus stood after the last step, for whoever looks from another thread.</summary>
public sealed record ConsensusSummary(
    ulong Height, uint Round, bool IsOpen, bool IsDecided, Address Proposer, int LockedRound, Hash256 LockedHash, bool MayVote)
{
    public static ConsensusSummary None { get; } = new(0, 0, false, false, Address.Zero, -1, Hash256.Zero, true);
}

/// <summary>A peer and the height it last said it had.</summary>
public sealed record KnownPeer(Network.PeerId Id, ulong? Height);
