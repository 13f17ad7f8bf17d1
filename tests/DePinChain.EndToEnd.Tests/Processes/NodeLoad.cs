using System.Text.Json;
using DePinChain.Blocks;
using DePinChain.Crypto;
using DePinChain.Primitives;

namespace DePinChain.EndToEnd.Tests.Processes;

/// <summary>Sends transfers of one account to one node, whatever happens to it, and remembers what that node promised.</summary>
internal sealed class NodeLoad(string url, ulong chainId, int account) : IDisposable
{
    private const string MnemonicText = "test test test test test test test test test test test junk";
    private const ulong TransferGas = 21_000;
    private static readonly UInt256 Gwei = 1_000_000_000UL;
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(40);

    private readonly PrivateKey _key = Mnemonic.DeriveKey(MnemonicText, (uint)account);
    private ulong _nonce;

    /// <summary>Transactions whose hash the node returned.</summary>
    public List<Hash256> Accepted { get; } = [];

    /// <summary>Sends until asked to stop; what was not answered is sent again until it is.</summary>
    public async Task RunAsync(CancellationToken stopping)
    {
        while (!stopping.IsCancellationRequested)
        {
            Transaction transfer = Next();
            while (!await IsTakenAsync(transfer)) await Task.Delay(Pause, CancellationToken.None);
            Accepted.Add(transfer.Hash);
            _nonce++;
            await Task.Delay(Pause, CancellationToken.None);
        }
    }

    public void Dispose() => _key.Dispose();

    private async Task<bool> IsTakenAsync(Transaction transfer)
    {
        try
        {
            await Fleet.AskAsync(url, "eth_sendRawTransaction", Hex.Encode(transfer.Raw.Span));
            return true;
        }
        catch (InvalidOperationException refused) when (refused.Message.Contains("known") || refused.Message.Contains("nonce too low"))
        {
            return true; // it was taken before the answer was lost
        }
        catch (InvalidOperationException full) when (full.Message.Contains("DiskFull"))
        {
            return false; // its disk refused the journal, so it took nothing
        }
        catch (Exception away) when (away is HttpRequestException or TaskCanceledException or IOException or JsonException)
        {
            return false;
        }
    }

    private Transaction Next() => TransactionCodec.Sign(
        new UnsignedTransaction
        {
            ChainId = chainId,
            Nonce = _nonce,
            MaxFeePerGas = Gwei * 100UL,
            MaxPriorityFeePerGas = Gwei,
            GasLimit = TransferGas,
            To = _key.Address,
            Value = 1UL,
        },
        _key);
}
