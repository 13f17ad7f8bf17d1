using DePinChain.Primitives;

namespace DePinChain.Blocks;

/// <summary>What a validator's hot key signs to show that the operator holds it.</summary>
public static class ProofOfPossession
{
    /// <summary>keccak("DPC-POP" ‖ chainId in 32 bytes ‖ operator in 20 bytes).</summary>
    public static Hash256 Digest(ulong chainId, Address operatorAccount)
    {
        Span<byte> message = stackalloc byte[7 + 32 + Address.Size];
        "DPC-POP"u8.CopyTo(message);
        ((UInt256)chainId).WriteBigEndian(message.Slice(7, 32));
        operatorAccount.CopyTo(message[39..]);
        return Keccak256.Hash(message);
    }
}
