using System.Buffers.Binary;
using DePinChain.Modules.Economy;
using DePinChain.Modules.Sdk;
using DePinChain.Primitives;

namespace DePinChain.Modules.Storage;

/// <summary>What can be paid with: DPN, named by the zero account, and tokens, named by their accounts.</summary>
internal static class PayTokens
{
    private const ulong Facades = 0x2000;

    /// <summary>The number of what an account names; 0 is DPN.</summary>
    /// <returns>False when it names nothing.</returns>
    public static bool TryNumber(Address payToken, ITokens tokens, out uint token)
    {
        token = 0;
        if (payToken.IsZero) return true;
        Span<byte> bytes = stackalloc byte[Address.Size];
        payToken.CopyTo(bytes);
        ulong low = BinaryPrimitives.ReadUInt64BigEndian(bytes[12..]);
        if (low <= Facades || low - Facades > uint.MaxValue) return false;
        token = (uint)(low - Facades);
        return WellKnownAddresses.TokenFacade(token) == payToken && tokens.Exists(token);
    }
}
