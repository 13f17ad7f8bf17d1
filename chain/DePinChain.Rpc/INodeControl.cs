using DePinChain.Crypto;
using DePinChain.Primitives;

namespace DePinChain.Rpc;

/// <summary>What an operator on the same machine may ask of the node; all but <see cref="Stop"/> on a development genesis only.</summary>
/// <remarks>The server offers these calls to loopback connections only, and never to a web page.</remarks>
public interface INodeControl
{
    /// <summary>Has <paramref name="blocks"/> further blocks decided as fast as consensus allows and returns the new height.</summary>
    /// <param name="blocks">1 to 100,000.</param>
    /// <param name="cancellation">Ends the wait; blocks already decided stay.</param>
    Task<ulong> MineAsync(uint blocks, CancellationToken cancellation);

    /// <summary>Moves the clock that all nodes of a localnet share forward and returns its new offset from real time in seconds.</summary>
    /// <param name="seconds">1 or more; real blocks run, nothing is skipped.</param>
    /// <param name="cancellation">Ends the wait.</param>
    Task<long> WarpAsync(ulong seconds, CancellationToken cancellation);

    /// <summary>Takes a proof that a validator signed twice, and passes it on to the peers.</summary>
    /// <param name="evidence">RLP as a block carries it.</param>
    /// <param name="cancellation">Ends the wait for the node's answer.</param>
    /// <returns>Null when it was taken, else why not.</returns>
    Task<string?> SubmitEvidenceAsync(ReadOnlyMemory<byte> evidence, CancellationToken cancellation);

    /// <summary>Takes a signed vote as if a peer had sent it, and passes it on: how a test plays a validator that misbehaves.</summary>
    /// <param name="vote">RLP of the vote.</param>
    /// <param name="cancellation">Ends the wait for the node's answer.</param>
    /// <returns>Null when it was taken, else why not.</returns>
    Task<string?> SubmitVoteAsync(ReadOnlyMemory<byte> vote, CancellationToken cancellation);

    /// <summary>Copies the node's database into a new folder while it runs.</summary>
    /// <param name="folder">An absolute path; nothing may be there yet.</param>
    /// <returns>The manifest, which lies there too; or why it could not be done.</returns>
    BackupAnswer Backup(string folder);

    /// <summary>The time the node's clock shows now, in Unix seconds with its offset.</summary>
    long Now { get; }

    /// <summary>The key that pays the faucet's gifts; null where there is none.</summary>
    PrivateKey? FaucetKey { get; }

    /// <summary>Asks the node to stop cleanly; returns at once.</summary>
    void Stop();
}

/// <summary>What became of a backup.</summary>
/// <param name="Height">The last block in it.</param>
/// <param name="BlockHash">That block.</param>
/// <param name="Manifest">Path of the manifest.</param>
/// <param name="Fault">Why there is none; null when there is.</param>
public sealed record BackupAnswer(ulong Height, Hash256 BlockHash, string Manifest, string? Fault);

/// <summary>A change of the rules that the network has scheduled.</summary>
/// <param name="Name">The fork's.</param>
/// <param name="Height">Its first block.</param>
/// <param name="IsKnown">Whether the running program has it.</param>
public sealed record ScheduledUpgrade(string Name, ulong Height, bool IsKnown);
