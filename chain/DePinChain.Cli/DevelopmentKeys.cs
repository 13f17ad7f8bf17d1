using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using DePinChain.Crypto;

namespace DePinChain.Cli;

/// <summary>The ten accounts of the well-known test mnemonic that every localnet funds. Their keys are public.</summary>
internal static class DevelopmentKeys
{
    public const string MnemonicText = "test test test test test test test test test test test junk";
    public const int Count = 10;

    // As genesis/localnet.json says: accounts, the validators' operators, their workers.
    private static readonly (string Prefix, int Count, uint Account)[] Families = [("dev", Count, 0), ("operator", 4, 1), ("worker", 4, 6)];

    // A localnet's chain id is 1,337,000 plus a counter; a fresh one takes the next.
    private const ulong FirstChainId = 1_337_000;
    private const ulong LastChainId = 1_337_999;

    public static bool IsDevelopmentChain(ulong chainId) => chainId is >= FirstChainId and <= LastChainId;

    public static bool TryFind(string name, [NotNullWhen(true)] out PrivateKey? key)
    {
        key = null;
        foreach ((string prefix, int count, uint account) in Families)
        {
            if (!name.StartsWith(prefix, StringComparison.Ordinal) ||
                !int.TryParse(name.AsSpan(prefix.Length), NumberStyles.None, CultureInfo.InvariantCulture, out int index) || index >= count)
                continue;
            key = account == 0 ? At(index) : HierarchicalKey.Derive(Mnemonic.ToSeed(MnemonicText), $"m/44'/60'/{account}'/0/{index}");
            return true;
        }

        return false;
    }

    public static PrivateKey At(int index) => Mnemonic.DeriveKey(MnemonicText, (uint)index);
}
