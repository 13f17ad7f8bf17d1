using DePinChain.Crypto;

namespace DePinChain.Unit.Tests.Blocks;

/// <summary>Keys that the tests of blocks and execution sign with; they live as long as the process.</summary>
internal static class Keys
{
    /// <summary>The key of EIP-155's example, 0x4646…46.</summary>
    public static readonly PrivateKey Example = PrivateKey.Parse("0x" + string.Concat(Enumerable.Repeat("46", 32)));

    /// <summary>The key whose secret is the number itself.</summary>
    public static PrivateKey Number(int secret) => PrivateKey.Parse($"0x{secret:x64}");
}
