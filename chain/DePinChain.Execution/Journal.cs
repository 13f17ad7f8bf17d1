using DePinChain.Primitives;
using DePinChain.State;

namespace DePinChain.Execution;

/// <summary>One journal over records, balances, bodies, logs and supply: a revert undoes all of them together.</summary>
internal sealed class Journal(StateOverlay overlay, LogJournal logs, NativeBank bank)
{
    private readonly List<(int Overlay, int Logs, int LogBytes, (UInt256, UInt256) Totals)> _marks =
        SpareLists<(int Overlay, int Logs, int LogBytes, (UInt256, UInt256) Totals)>.Take();

    public int Snapshot()
    {
        _marks.Add((overlay.Snapshot(), logs.Count, logs.PayloadBytes, bank.Totals));
        return _marks.Count - 1;
    }

    public void Revert(int snapshot)
    {
        (int overlayMark, int logCount, int logBytes, (UInt256, UInt256) totals) = _marks[snapshot];
        overlay.Revert(overlayMark);
        logs.TruncateTo(logCount, logBytes);
        bank.Restore(totals);
        _marks.RemoveRange(snapshot + 1, _marks.Count - snapshot - 1);
    }

    /// <summary>Gives the memory back; the journal is void from now on.</summary>
    public void Recycle() => SpareLists<(int Overlay, int Logs, int LogBytes, (UInt256, UInt256) Totals)>.Return(_marks);

    /// <summary>Makes everything so far final for this scope.</summary>
    public void Commit()
    {
        overlay.CommitTransaction();
        _marks.Clear();
    }
}
