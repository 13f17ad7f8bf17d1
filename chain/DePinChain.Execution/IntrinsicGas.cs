using DePinChain.Blocks;

namespace DePinChain.Execution;

/// <summary>What a transaction costs before anything runs, and the least it costs in the end.</summary>
public static class IntrinsicGas
{
    /// <summary>21000, calldata (EIP-2028) and access list (EIP-2930).</summary>
    public static ulong Of(Transaction transaction) => Of(transaction.Data.Span, transaction.AccessList);

    /// <inheritdoc cref="Of(Transaction)"/>
    public static ulong Of(ReadOnlySpan<byte> data, IReadOnlyList<AccessListEntry> accessList)
    {
        ulong zeros = (ulong)data.Count((byte)0);
        ulong others = (ulong)data.Length - zeros;
        ulong gas = GasSchedule.Transaction + zeros * GasSchedule.CalldataZeroByte + others * GasSchedule.CalldataNonZeroByte;
        foreach (AccessListEntry entry in accessList)
            gas += GasSchedule.AccessListAddress + (ulong)entry.StorageKeys.Count * GasSchedule.AccessListStorageKey;
        return gas;
    }

    /// <summary>EIP-7623: 21000 + 10 · (zero bytes + 4 · other bytes); a transaction pays this if it used less.</summary>
    /// <remarks>It bounds a block's bytes by its gas: without it 60 M gas of zero bytes would be 15 MB.</remarks>
    public static ulong Floor(ReadOnlySpan<byte> data)
    {
        ulong zeros = (ulong)data.Count((byte)0);
        ulong tokens = zeros + ((ulong)data.Length - zeros) * GasSchedule.TokensPerNonZeroByte;
        return GasSchedule.Transaction + GasSchedule.FloorPerToken * tokens;
    }
}
