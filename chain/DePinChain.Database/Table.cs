namespace DePinChain.Database;

/// <summary>
/// The tables of a node's database, one column family each. Names on disk equal the names here; values may be added, never reused.
/// </summary>
public enum Table : byte
{
    /// <summary>Format marks and heights; a handful of rows.</summary>
    Meta = 0,

    /// <summary>keccak(address) → slim account. Read path of the state.</summary>
    FlatAccount = 1,

    /// <summary>keccak(address) ‖ keccak(location) → record. Read path of the state.</summary>
    FlatSlot = 2,

    /// <summary>Path bytes → page of two levels of the account trie.</summary>
    TrieAccount = 3,

    /// <summary>keccak(address) ‖ path bytes → page of two levels of that account's storage trie.</summary>
    TrieStorage = 4,

    /// <summary>keccak(body) → body.</summary>
    Blob = 5,

    /// <summary>keccak(body) → how many live leaves and retained reverse diffs name it.</summary>
    BlobCount = 6,

    /// <summary>Block header by height.</summary>
    Header = 7,

    /// <summary>Block hash → height.</summary>
    HeightByHash = 8,

    /// <summary>Height → the block as it travels.</summary>
    BlockBody = 9,

    /// <summary>Height → receipts.</summary>
    Receipt = 10,

    /// <summary>Height → the certificate this node saw.</summary>
    Certificate = 11,

    /// <summary>Transaction hash → height and index.</summary>
    TransactionIndex = 12,

    /// <summary>Address or topic ‖ height → blocks that hold a matching log.</summary>
    LogIndex = 13,

    /// <summary>Height → state root and the blobs that block released.</summary>
    History = 14,

    /// <summary>Era ‖ flat key ‖ height → the value before that height: the reverse diffs, indexed by key.</summary>
    HistoryIndex = 15,

    /// <summary>Height ‖ page key → reverse diffs of trie pages, for historical proofs.</summary>
    TrieHistory = 16,

    /// <summary>What consensus keeps beside its log.</summary>
    Consensus = 17,

    /// <summary>Evidence of misbehaviour that waits for a block.</summary>
    Evidence = 18,
}
