using System.Globalization;
using DePinChain.Crypto;

namespace DePinChain.Node;

/// <summary>Every key of a localnet, from the mnemonic that anvil and hardhat use too: wallets already have it.</summary>
/// <remarks>All of them are public. The account level of the BIP-44 path separates what they are for.</remarks>
public static class LocalnetKeys
{
    public const string MnemonicText = "test test test test test test test test test test test junk";

    /// <summary>Accounts for people.</summary>
    public const int UserCount = 10;

    private const int UserLevel = 0;
    private const int OperatorLevel = 1;
    private const int SigningLevel = 2;
    private const int VrfLevel = 3;
    private const int FaucetLevel = 4;
    private const int NodeLevel = 5;

    private static readonly byte[] Seed = Mnemonic.ToSeed(MnemonicText);

    public static PrivateKey User(int index) => At(UserLevel, index);

    /// <summary>Owns validator <paramref name="index"/>.</summary>
    public static PrivateKey Operator(int index) => At(OperatorLevel, index);

    /// <summary>Signs validator <paramref name="index"/>'s proposals and votes.</summary>
    public static PrivateKey Signing(int index) => At(SigningLevel, index);

    /// <summary>Proves validator <paramref name="index"/>'s randomness.</summary>
    public static PrivateKey Vrf(int index) => At(VrfLevel, index);

    /// <summary>What peers know validator <paramref name="index"/>'s node by.</summary>
    public static PrivateKey Node(int index) => At(NodeLevel, index);

    public static PrivateKey Faucet() => At(FaucetLevel, 0);

    private static PrivateKey At(int level, int index) =>
        HierarchicalKey.Derive(Seed, string.Create(CultureInfo.InvariantCulture, $"m/44'/60'/{level}'/0/{index}"));
}
