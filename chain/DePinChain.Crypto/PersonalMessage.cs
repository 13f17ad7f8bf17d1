using System.Globalization;
using System.Text;
using DePinChain.Primitives;

namespace DePinChain.Crypto;

/// <summary>Messages that wallets sign for people (EIP-191, version 0x45): the prefix keeps them from being transactions.</summary>
public static class PersonalMessage
{
    /// <summary>keccak("\x19Ethereum Signed Message:\n" ‖ decimal length ‖ message).</summary>
    public static Hash256 Hash(ReadOnlySpan<byte> message)
    {
        string length = message.Length.ToString(CultureInfo.InvariantCulture);
        return new Keccak256.Hasher()
            .Append("\u0019Ethereum Signed Message:\n"u8)
            .Append(Encoding.ASCII.GetBytes(length))
            .Append(message)
            .Finish();
    }
}
