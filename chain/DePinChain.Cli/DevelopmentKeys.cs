using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using DePinChain.Crypto;

namespace DePinChain.Cli;

/// <summary>The ten accounts of the well-known test mnemonic that every localnet funds. Their keys are public.</summary>
internal static class DevelopmentKeys
{
    public const string MnemonicText = "test test test test test test test test test test test junk";
    public const int Count = 10;

    // A localnet's chain id is 1,337,000 plus a counter; a fresh one takes the next.
    private const ulong FirstChainId = 1_337_000;
    private const ulong LastChainId = 1_337_999;

    public static bool IsDevelopmentChain(ulong chainId) => chainId is >= FirstChainId and <= LastChainId;

    public static bool TryFind(string name, [NotNullWhen(true)] out PrivateKey? key)
    {
        key = null;
        if (!name.StartsWith("dev", StringComparison.Ordinal) ||
            !int.TryParse(name.AsSpan(3), NumberStyles.None, CultureInfo.InvariantCulture, out int index) || index >= Count)
            return false;
        key = At(index);
        return true;
    }

    public static PrivateKey At(int index) => Mnemonic.DeriveKey(MnemonicText, (uint)index);
}
