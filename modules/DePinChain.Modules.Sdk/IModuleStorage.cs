using DePinChain.Primitives;

namespace DePinChain.Modules.Sdk;

/// <summary>The records of all modules in one execution scope, metered, with one journal for records, balances and logs.</summary>
public interface IModuleStorage
{
    /// <summary>The record at a location; null when there is none.</summary>
    byte[]? Read(Address module, in Hash256 location);

    /// <summary>Replaces the record at a location. Null removes it; an empty array is never written.</summary>
    void Write(Address module, in Hash256 location, byte[]? value);

    /// <summary>A body by its keccak-256; null when nothing names it.</summary>
    byte[]? ReadBlob(in Hash256 hash);

    /// <summary>Adds one reference to a body.</summary>
    void PutBlob(in Hash256 hash, byte[] body);

    /// <summary>Drops one reference to a body.</summary>
    void ReleaseBlob(in Hash256 hash);

    /// <summary>Makes an account answer as a module does: nonce 1 and the module code, so that wallets and proofs see a contract.</summary>
    void Establish(Address account);

    /// <summary>Units of work that the running step at a block's start has left; no bound outside of one.</summary>
    ulong UnitsLeft => ulong.MaxValue;

    /// <summary>A mark to which <see cref="Revert"/> can return: records, bodies, balances and logs together.</summary>
    int Snapshot();

    /// <summary>Undoes everything since the mark.</summary>
    void Revert(int snapshot);
}
