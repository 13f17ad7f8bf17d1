namespace DePinChain.Execution;

/// <summary>Every price of a transaction, in gas. What the EVM prices has the EVM's price; the rest is decision 9.</summary>
public static class GasSchedule
{
    // ---- envelope ------------------------------------------------------------------------------------------------------

    /// <summary>A transaction that only moves value (yellow paper, G_transaction).</summary>
    public const ulong Transaction = 21_000;

    /// <summary>EIP-2028.</summary>
    public const ulong CalldataZeroByte = 4;

    /// <summary>EIP-2028.</summary>
    public const ulong CalldataNonZeroByte = 16;

    /// <summary>EIP-2930.</summary>
    public const ulong AccessListAddress = 2_400;

    /// <summary>EIP-2930.</summary>
    public const ulong AccessListStorageKey = 1_900;

    /// <summary>EIP-7623: a zero byte is one token, another byte four.</summary>
    public const ulong FloorPerToken = 10;

    /// <summary>EIP-7623.</summary>
    public const ulong TokensPerNonZeroByte = 4;

    /// <summary>EIP-7825: the most gas one transaction may ask for, 2^24.</summary>
    public const ulong TransactionGasMax = 1UL << 24;

    // ---- state ---------------------------------------------------------------------------------------------------------

    /// <summary>First read of a record, a balance or a body in a transaction (EIP-2929, COLD_SLOAD_COST).</summary>
    public const ulong ReadFirst = 2_100;

    /// <summary>Every later read of it (EIP-2929, WARM_STORAGE_READ_COST).</summary>
    public const ulong ReadAgain = 100;

    /// <summary>Replacing or removing a record. Nothing is refunded.</summary>
    public const ulong Write = 5_000;

    /// <summary>For each byte of a replaced record above <see cref="WordBytes"/>.</summary>
    public const ulong WriteByte = 16;

    /// <summary>A record where none was.</summary>
    public const ulong Create = 20_000;

    /// <summary>For each byte of a new record or body above <see cref="WordBytes"/>.</summary>
    public const ulong CreateByte = 200;

    /// <summary>For each word of a body that is read (yellow paper, G_copy).</summary>
    public const ulong BodyWord = 3;

    /// <summary>What a Solidity slot holds; longer records pay by the byte.</summary>
    public const int WordBytes = 32;

    /// <summary>A move of native value by a module, its NativeTransfer log included.</summary>
    public const ulong NativeTransfer = 6_700;

    /// <summary>A call from Multicall3 (EIP-2929, COLD_ACCOUNT_ACCESS_COST).</summary>
    public const ulong InnerCall = 2_600;

    // ---- logs and computation ------------------------------------------------------------------------------------------

    /// <summary>Yellow paper, G_log.</summary>
    public const ulong Log = 375;

    /// <summary>Yellow paper, G_logtopic.</summary>
    public const ulong LogTopic = 375;

    /// <summary>Yellow paper, G_logdata.</summary>
    public const ulong LogByte = 8;

    /// <summary>Bytes of log payload one transaction may emit.</summary>
    public const int LogBytesMax = 32 * 1024;

    /// <summary>Yellow paper, G_keccak256.</summary>
    public const ulong Keccak = 30;

    /// <summary>Yellow paper, G_keccak256word.</summary>
    public const ulong KeccakWord = 6;

    /// <summary>The SHA-256 precompile.</summary>
    public const ulong Sha256 = 60;

    /// <summary>The SHA-256 precompile.</summary>
    public const ulong Sha256Word = 12;

    /// <summary>The ecrecover precompile; a verification with a known key costs the same.</summary>
    public const ulong Recover = 3_000;

    /// <summary>About four point multiplications.</summary>
    public const ulong VerifyVrf = 12_000;

    /// <summary>A square root in the field: a tenth of a recovery.</summary>
    public const ulong DecompressKey = 300;

    /// <summary>The price of reading a record of this transaction.</summary>
    public static ulong Read(bool first) => first ? ReadFirst : ReadAgain;

    /// <summary>The price of a record's new value.</summary>
    /// <param name="existed">Whether a record was there.</param>
    /// <param name="size">Bytes of the new one; 0 removes it.</param>
    public static ulong WriteRecord(bool existed, int size)
    {
        ulong extra = (ulong)Math.Max(0, size - WordBytes);
        return existed || size == 0 ? Write + WriteByte * extra : Create + CreateByte * extra;
    }

    /// <summary>The price of a log.</summary>
    public static ulong EmitLog(int topics, int size) => Log + LogTopic * (ulong)topics + LogByte * (ulong)size;

    /// <summary>The price of hashing by the word.</summary>
    public static ulong Hash(ulong start, ulong perWord, int size) => start + perWord * (((ulong)size + 31) / 32);
}
