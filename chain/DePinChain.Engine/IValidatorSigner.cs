using DePinChain.Blocks;
using DePinChain.Primitives;

namespace DePinChain.Engine;

/// <summary>Signs for a validator: in this process, or in one of its own that alone holds the keys.</summary>
public interface IValidatorSigner : IDisposable
{
    /// <summary>The signing address.</summary>
    Address Address { get; }

    /// <summary>The highest slot signed so far, as last known.</summary>
    SignerMark Mark { get; }

    /// <summary>Refusals since the start: each is a double signature that did not happen.</summary>
    long RefusalCount { get; }

    /// <summary>Why the last signature was not made when it was not the mark that forbade it; null else.</summary>
    string? Trouble { get; }

    /// <summary>Signs a vote, or returns null when that is refused or cannot be done.</summary>
    Vote? Sign(VoteKind kind, ulong height, uint round, int validRound, in Hash256 blockHash);

    /// <summary>Signs a proposal, or returns null when that is refused or cannot be done.</summary>
    Proposal? Sign(ulong height, uint round, int validRound, in Hash256 blockHash);

    /// <summary>The 81-byte proof of randomness for a height.</summary>
    /// <exception cref="SignerUnreachableException">Nobody is there to prove it.</exception>
    byte[] Prove(ulong height, in Hash256 parentMix);
}

/// <summary>The process that holds the keys does not answer. The node goes on without a vote until it does.</summary>
public sealed class SignerUnreachableException(string message, Exception? cause = null) : Exception(message, cause);
