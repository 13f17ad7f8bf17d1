using DePinChain.Blocks;
using DePinChain.LightClient;
using DePinChain.Primitives;

namespace DePinChain.Engine;

/// <summary>What happened to a node that a person wants to see.</summary>
public abstract record HostReport
{
    private HostReport()
    {
    }

    /// <summary>A block was decided and is durable.</summary>
    /// <param name="Head">The chain after it.</param>
    /// <param name="Round">The round that decided.</param>
    /// <param name="TookMs">From the height's beginning on this node.</param>
    /// <param name="FinalMs">From the proposal's sending or arrival on this node; null when it came before the height began here.</param>
    public sealed record Committed(ChainHead Head, uint Round, long TookMs, long? FinalMs) : HostReport;

    /// <summary>Blocks that others had decided were taken over.</summary>
    public sealed record Synchronized(ulong From, ulong To) : HostReport;

    /// <summary>The write-ahead log was replayed.</summary>
    public sealed record Recovered(int Records, ulong Head, SignerMark? Mark) : HostReport;

    /// <summary>The log of the height of the signer's mark is lost: no vote until the height after it is decided.</summary>
    public sealed record VotingSuspended(SignerMark Mark) : HostReport;

    /// <summary>The key's first start on this machine: no vote for two heights that are decided while it listens.</summary>
    public sealed record Listening(ulong VotesFrom) : HostReport;

    /// <summary>The guard prevented a double signature, or nobody could be asked.</summary>
    /// <param name="Slot">What was not signed.</param>
    /// <param name="Trouble">Why nobody could be asked; null when it was the guard.</param>
    public sealed record SignatureRefused(SigningSlot Slot, string? Trouble) : HostReport;

    /// <summary>A proposed block breaks a rule.</summary>
    public sealed record BlockRefused(Block Block, string Fault) : HostReport;

    /// <summary>Our own block broke a rule; the others go on without us for a round.</summary>
    public sealed record BuildFailed(ulong Height, string Fault) : HostReport;

    /// <summary>A validator contradicted itself.</summary>
    public sealed record Equivocation(Address Signer, Evidence Evidence) : HostReport;

    /// <summary>A validator voted as if it had never been locked; recorded, not punished.</summary>
    public sealed record LockForgotten(Address Signer, Offence Offence) : HostReport;

    /// <summary>A peer sent what no honest node sends.</summary>
    public sealed record PeerMisbehaved(string Peer, string What) : HostReport;
}

/// <summary>
/// More than two thirds committed a block that is invalid here: this node's state has diverged, and going on would be a lie.
/// </summary>
public sealed class ConsensusHaltedException(ulong height, Hash256 blockHash, Block? block, CommitCertificate? commit)
    : Exception($"More than two thirds committed block {blockHash} at height {height}, which is invalid here.")
{
    public ulong Height { get; } = height;

    public Hash256 BlockHash { get; } = blockHash;

    /// <summary>The block, if it is at hand.</summary>
    public Block? Block { get; } = block;

    public CommitCertificate? Commit { get; } = commit;
}
