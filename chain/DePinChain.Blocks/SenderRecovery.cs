using System.Diagnostics.CodeAnalysis;
using DePinChain.Crypto;
using DePinChain.Primitives;

namespace DePinChain.Blocks;

/// <summary>Finds who signed a transaction. Recovery costs about 46 µs, so a process does it once per transaction.</summary>
public static class SenderRecovery
{
    // Shared by pool, builder, import and RPC of one process, whose transactions are decoded again and again; bounded, so a flood only
    // evicts. The transaction at hand remembers its sender itself.
    private static readonly SenderCache Cache = new();

    /// <summary>The sender; false when the signature recovers to no key, and for the system transaction, which has none.</summary>
    public static bool TryRecover(Transaction transaction, out Address sender)
    {
        sender = default;
        if (transaction.IsSystem) return false;
        if ((transaction.Sender ??= Cache.Find(transaction.Hash)) is { } known)
        {
            sender = known.Address;
            return true;
        }

        Span<byte> rs = stackalloc byte[64];
        transaction.R.WriteBigEndian(rs[..32]);
        transaction.S.WriteBigEndian(rs[32..]);
        if (!Secp256k1.TryRecover(transaction.SigningHash, rs, transaction.YParity, out sender)) return false;
        transaction.Sender = new KnownSender(transaction.Hash, sender);
        Cache.Put(transaction.Sender);
        return true;
    }

    /// <summary>The transaction with its sender, or why there is none.</summary>
    public static bool TryRecover(
        Transaction transaction, [NotNullWhen(true)] out SignedTransaction? signed, [NotNullWhen(false)] out Rejection? rejection)
    {
        bool found = TryRecover(transaction, out Address sender);
        signed = found ? new SignedTransaction(transaction, sender) : null;
        rejection = found ? null : Rejections.InvalidSender;
        return found;
    }

    /// <summary>Senders of a block's transactions in order, the system transaction's being its fixed address.</summary>
    /// <returns>The index of the first transaction without a sender, or -1.</returns>
    public static int RecoverAll(IReadOnlyList<Transaction> transactions, Span<Address> senders)
    {
        for (int i = 0; i < transactions.Count; i++)
        {
            if (transactions[i].IsSystem) senders[i] = SystemTransaction.Sender;
            else if (!TryRecover(transactions[i], out senders[i])) return i;
        }
        return -1;
    }
}
