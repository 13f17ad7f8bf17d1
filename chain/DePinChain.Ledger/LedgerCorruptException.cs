namespace DePinChain.Ledger;

/// <summary>A row of the ledger does not decode: the database was damaged or written by another version.</summary>
public sealed class LedgerCorruptException(string what)
    : Exception($"the ledger is damaged: {what}; stop the node and restore a backup, or start a localnet with --fresh");
