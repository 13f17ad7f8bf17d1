using DePinChain.Blocks;

namespace DePinChain.Mempool.Rules;

/// <summary>
/// Near enough to the account's nonce that the missing ones could still arrive: transactions of a far future fill the pool
/// without ever being payable (geth GHSA-pvx3-gm3c-gmpr).
/// </summary>
internal sealed class NonceGapRule(PoolOptions options, bool isDevelopment) : IAdmissionRule
{
    // Operation's complaint C2: the most common reason on a restarted localnet, and the wallet does not say it.
    private const string RestartHint =
        "the chain may have been restarted: clear the wallet's activity (nonce) data for this network, "
        + "or start the localnet without --fresh";

    /// <summary>
    /// On a development network the bounds are wide, and a wallet that remembers another chain would be queued for ever. An account
    /// that has done nothing here yet gets the narrow window of a public network: enough for what arrives out of order.
    /// </summary>
    private const ulong UnusedAccountWindow = 80;

    private readonly ulong _window = (ulong)(options.ExecutablePerAccountMax + options.QueuedPerAccountMax);

    public Rejection? Check(in Candidate candidate)
    {
        ulong nonce = candidate.Transaction.Nonce, next = candidate.Account.Nonce;
        bool isUnused = next == 0 && candidate.Queue is null;
        if (nonce - next < (isUnused ? Math.Min(_window, UnusedAccountWindow) : _window)) return null;
        Rejection rejection = candidate.Refuse(Rejections.NonceGapTooLarge, $"next nonce {next}, tx nonce {nonce}");
        return isDevelopment && candidate.IsLocal ? rejection with { Hint = RestartHint } : rejection;
    }
}
