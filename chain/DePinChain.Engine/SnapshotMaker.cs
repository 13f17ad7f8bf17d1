using DePinChain.State;

namespace DePinChain.Engine;

/// <summary>Writes a state snapshot at every so many epochs' ends, beside the loop, for nodes that join later.</summary>
/// <remarks>The state is held while it is written, so blocks go on; one that is due while another is written is left out.</remarks>
public sealed class SnapshotMaker(SnapshotFolder folder, ulong everyEpochs)
{
    private int _isWriting;

    public SnapshotFolder Folder => folder;

    /// <summary>Why the last snapshot could not be written; null when it was.</summary>
    public string? Trouble { get; private set; }

    /// <summary>Whether a snapshot is due after a head: an epoch ended with it, and its turn has come.</summary>
    public bool IsDue(ChainHead head) =>
        head.Commit is not null && head.EpochStart == head.Number + 1 && head.Block.Consensus.Preimage.Epoch % everyEpochs == 0;

    /// <summary>Writes one of a state that is handed over.</summary>
    public void Begin(StateSnapshot state, ChainHead head, Action<Action> offload)
    {
        if (Interlocked.Exchange(ref _isWriting, 1) == 1)
        {
            state.Dispose();
            return;
        }

        offload(() => Write(state, head));
    }

    private void Write(StateSnapshot state, ChainHead head)
    {
        try
        {
            using (state) folder.Write(state, head);
            Trouble = null;
        }
        catch (Exception trouble) when (trouble is IOException or UnauthorizedAccessException)
        {
            // A full disk must not stop the node: the next one is due soon.
            Trouble = trouble.Message;
        }
        finally
        {
            Volatile.Write(ref _isWriting, 0);
        }
    }
}
