using DePinChain.Blocks;
using DePinChain.Primitives;

namespace DePinChain.Ledger;

/// <summary>What eth_getLogs asks for.</summary>
/// <param name="Addresses">Any of these emitted the log; empty for everybody.</param>
/// <param name="Topics">By position: any of these; an empty list for anything.</param>
public sealed record LogFilter(IReadOnlyList<Address> Addresses, IReadOnlyList<IReadOnlyList<Hash256>> Topics)
{
    public bool Matches(LogEntry log)
    {
        if (Addresses.Count > 0 && !Addresses.Contains(log.Address))
            return false;
        for (int position = 0; position < Topics.Count; position++)
        {
            if (Topics[position].Count > 0 && (position >= log.Topics.Count || !Topics[position].Contains(log.Topics[position])))
                return false;
        }

        // A filter with more positions than the log has topics asks for a longer log, wildcard or not (geth's rule).
        return Topics.Count <= log.Topics.Count;
    }
}

/// <summary>A log with where it stands.</summary>
/// <param name="Height">Of its block.</param>
/// <param name="TransactionIndex">In its block.</param>
/// <param name="TransactionHash">Of its transaction.</param>
/// <param name="LogIndex">In its block, over all transactions.</param>
/// <param name="Log">The log.</param>
public sealed record LogMatch(ulong Height, int TransactionIndex, Hash256 TransactionHash, int LogIndex, LogEntry Log);
