namespace DePinChain.Explorer.Chain;

/// <summary>What a piece's tree says about its size: FRC-0069, a tree of 2^height leaves of 32 bytes over payload with two bits in 256
/// added and padding at its end.</summary>
public static class StorageSizes
{
    private const int LeafBits = 5;
    private const int HeightMax = 60;

    /// <summary>Bytes of the file itself.</summary>
    public static UInt128 Payload(long height, long padding)
    {
        if (height is < 0 or > HeightMax) return 0;
        UInt128 padded = UInt128.One << (int)(height + LeafBits);
        UInt128 unpadded = padded * 127 / 128;
        UInt128 trailing = padding > 0 ? (UInt128)(ulong)padding : 0;
        return trailing >= unpadded ? 0 : unpadded - trailing;
    }
}
