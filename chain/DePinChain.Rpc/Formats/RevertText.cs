using DePinChain.Primitives;

namespace DePinChain.Rpc.Formats;

/// <summary>The message of a revert in geth's words; libraries take the reason from the bytes and people from this.</summary>
internal static class RevertText
{
    private const string Bare = "execution reverted";

    private const int ReasonBytesMax = 1_024;

    // keccak("Error(string)") and keccak("Panic(uint256)"), first four bytes.
    private static ReadOnlySpan<byte> ErrorSelector => [0x08, 0xc3, 0x79, 0xa0];

    private static ReadOnlySpan<byte> PanicSelector => [0x4e, 0x48, 0x7b, 0x71];

    public static string MessageOf(ReadOnlySpan<byte> data)
    {
        if (data.Length < 4) return Bare;
        try
        {
            var reader = new AbiReader(data[4..]);
            if (data[..4].SequenceEqual(ErrorSelector)) return $"{Bare}: {reader.ReadString(ReasonBytesMax)}";
            if (data[..4].SequenceEqual(PanicSelector)) return $"{Bare}: {PanicReason(reader.ReadUInt256())}";
        }
        catch (AbiException)
        {
            // Bytes that only look like a reason are shown as what they are: data without a text.
        }

        return Bare;
    }

    /// <summary>Solidity's panic codes as geth's abi package names them.</summary>
    private static string PanicReason(UInt256 code) => !code.FitsUInt64 ? $"unknown panic code: {code.ToHex()}" : (ulong)code switch
    {
        0x00 => "generic panic",
        0x01 => "assert(false)",
        0x11 => "arithmetic underflow or overflow",
        0x12 => "division or modulo by zero",
        0x21 => "enum overflow",
        0x22 => "invalid encoded storage byte array accessed",
        0x31 => "out-of-bounds array access; popping on an empty array",
        0x32 => "out-of-bounds access of an array or bytesN",
        0x41 => "out of memory",
        0x51 => "uninitialized function",
        _ => $"unknown panic code: {code.ToHex()}",
    };
}
