using DePinChain.Primitives;

namespace DePinChain.Modules.Interop;

/// <summary>A light client of another network.</summary>
/// <param name="Creator">Who made it, and answers for the header it began with.</param>
/// <param name="ChainId">The network's EIP-155 chain id.</param>
/// <param name="TrustingSeconds">Seconds for which a believed header vouches for others.</param>
/// <param name="Height">Of the last believed header.</param>
/// <param name="Timestamp">Of the last believed header, in Unix seconds.</param>
/// <param name="FrozenAt">Block in which two certificates for one height ended it; 0 while it believes.</param>
public readonly record struct ClientRecord(
    Address Creator, ulong ChainId, ulong TrustingSeconds, ulong Height, ulong Timestamp, ulong FrozenAt);

/// <summary>The last believed header with its set and seals: what the next one is judged by.</summary>
/// <param name="LightBlock">RLP [header, preimage, validators, commit].</param>
public sealed record TrustedRecord(byte[] LightBlock);

/// <summary>What is kept of a believed header.</summary>
/// <param name="StateRoot">Root of the network's state after it.</param>
/// <param name="Timestamp">Unix seconds.</param>
public readonly record struct ConsensusRecord(Hash256 StateRoot, ulong Timestamp);
