using DePinChain.Crypto;

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

    /// <summary>The time the node's clock shows now, in Unix seconds with its offset.</summary>
    long Now { get; }

    /// <summary>The key that pays the faucet's gifts; null where there is none.</summary>
    PrivateKey? FaucetKey { get; }

    /// <summary>Asks the node to stop cleanly; returns at once.</summary>
    void Stop();
}
