using DePinChain.Indexer.Rows;

namespace DePinChain.Indexer.Following;

/// <summary>How the follower is doing.</summary>
public enum FollowerState
{
    /// <summary>Nothing heard from the node yet.</summary>
    Connecting,

    /// <summary>It takes blocks as they come, or catches up.</summary>
    Following,

    /// <summary>The node does not answer.</summary>
    NodeSilent,

    /// <summary>The node told what cannot be; nothing more is taken from it.</summary>
    NodeContradicts,

    /// <summary>The index cannot go on; the message says why.</summary>
    Stopped,
}

/// <summary>A moment's picture; replaced whole.</summary>
/// <param name="State">How it is doing.</param>
/// <param name="NodeHeight">The node's latest finalized block; -1 before the first answer.</param>
/// <param name="NodeTimestamp">That block's time in Unix seconds.</param>
/// <param name="Mark">How far the index is.</param>
/// <param name="Trouble">What is wrong, in a sentence; empty when nothing is.</param>
/// <param name="HeardAt">When the node answered last.</param>
public sealed record FollowerStatus(
    FollowerState State, long NodeHeight, long NodeTimestamp, MarkRow Mark, string Trouble, DateTimeOffset HeardAt)
{
    /// <summary>Finalized blocks that the index lacks.</summary>
    public long Lag => Math.Max(0, NodeHeight - Mark.Height);
}
