using DePinChain.Primitives;
using DePinChain.State;

namespace DePinChain.Execution;

/// <summary>The code that every module account shows, so that wallets and proofs see a contract (decision 9).</summary>
public static class ModuleCode
{
    private static readonly byte[] Body = [0x60, 0x00, 0x60, 0x00, 0xfd];

    /// <summary>PUSH1 0, PUSH1 0, REVERT: what an EVM that does not know the module would do.</summary>
    public static ReadOnlySpan<byte> Code => Body;

    /// <summary>keccak(0x60006000fd).</summary>
    public static Hash256 Hash { get; } = Keccak256.Hash(Body);

    /// <summary>Gives an account the code and nonce 1; one that has them already is left alone.</summary>
    internal static void Establish(StateOverlay overlay, Address account)
    {
        if (overlay.FindAccount(account)?.CodeHash == Hash) return;
        overlay.PutBlob(Hash, Body);
        overlay.SetCodeHash(account, Hash);
        overlay.SetNonce(account, 1);
    }
}
