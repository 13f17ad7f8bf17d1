using DePinChain.Primitives;

namespace DePinChain.Modules.Sdk;

/// <summary>Who signed the block before this one.</summary>
/// <param name="Height">Height of the decided block.</param>
/// <param name="Round">Round it was decided in.</param>
/// <param name="Proposer">Signing address of the validator that built it: its header's miner.</param>
/// <param name="Signers">Every validator of that height's set, ascending by address.</param>
public sealed record LastCommit(ulong Height, uint Round, Address Proposer, IReadOnlyList<CommitSigner> Signers);

/// <summary>One validator of a height's set.</summary>
/// <param name="Address">Signing address.</param>
/// <param name="Power">Voting power at that height.</param>
/// <param name="Signed">Whether its seal is in the certificate.</param>
public readonly record struct CommitSigner(Address Address, ulong Power, bool Signed);
