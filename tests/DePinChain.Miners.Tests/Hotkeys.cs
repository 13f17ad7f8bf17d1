using DePinChain.Crypto;

namespace DePinChain.Miners.Tests;

/// <summary>Keys that tests sign with.</summary>
internal static class Hotkeys
{
    public static readonly PrivateKey First = PrivateKey.Parse("0x" + new string('1', 64));
    public static readonly PrivateKey Second = PrivateKey.Parse("0x" + new string('2', 64));
}
