using System.Text.Json;
using DePinChain.Blocks;
using DePinChain.Crypto;
using DePinChain.Primitives;

namespace DePinChain.EndToEnd.Tests.Crash;

/// <summary>Sends transfers from the development accounts and remembers what the network promised about each.</summary>
internal sealed class TransferStream : IDisposable
{
    private const string MnemonicText = "test test test test test test test test test test test junk";
    private const ulong TransferGas = 21_000;

    private static readonly UInt256 Gwei = 1_000_000_000UL;

    private readonly PrivateKey[] _keys = [.. Enumerable.Range(0, 10).Select(index => Mnemonic.DeriveKey(MnemonicText, (uint)index))];
    private readonly ulong[] _nonces = new ulong[10];
    private readonly Queue<Transaction> _unanswered = [];
    private ulong _chainId;
    private int _turn;

    /// <summary>Transactions whose hash the network returned: it promised to bring each into a block.</summary>
    public List<Hash256> Accepted { get; } = [];

    /// <summary>What a client has been told is final: the block of each transaction.</summary>
    public Dictionary<Hash256, (string Number, string Hash)> Final { get; } = [];

    /// <summary>Sends and watches for so long, or until the node is gone.</summary>
    public async Task RunAsync(Localnet localnet, TimeSpan duration)
    {
        using CancellationTokenSource over = new(duration);
        try
        {
            if (_chainId == 0) _chainId = Convert.ToUInt64((await localnet.CallAsync("eth_chainId")).GetString(), 16);
            await RepeatUnansweredAsync(localnet);
            while (!over.IsCancellationRequested)
            {
                await SendAsync(localnet);
                if (_turn % 4 == 0 && Accepted.Count > 0) await LookUpAsync(localnet, Accepted[(int)((long)_turn * 7919 % Accepted.Count)]);
            }
        }
        catch (Exception gone) when (gone is HttpRequestException or IOException or JsonException or TaskCanceledException)
        {
            // The node is gone; what was not answered is sent again after the restart.
        }
    }

    /// <summary>Asks for a transaction's receipt; what was final once must be final in the same block for ever.</summary>
    public async Task<bool> LookUpAsync(Localnet localnet, Hash256 transaction)
    {
        JsonElement receipt = await localnet.CallAsync("eth_getTransactionReceipt", transaction.ToString());
        if (receipt.ValueKind == JsonValueKind.Null)
        {
            Assert.That(Final.ContainsKey(transaction), Is.False, $"{transaction} was final and is gone");
            return false;
        }

        (string, string) block = (receipt.GetProperty("blockNumber").GetString()!, receipt.GetProperty("blockHash").GetString()!);
        if (Final.TryAdd(transaction, block)) return true;
        Assert.That(block, Is.EqualTo(Final[transaction]), $"{transaction} moved to another block");
        return true;
    }

    public void Dispose()
    {
        foreach (PrivateKey key in _keys) key.Dispose();
    }

    private async Task SendAsync(Localnet localnet)
    {
        int from = _turn % _keys.Length;
        int to = (from + 1) % _keys.Length;
        Transaction transfer = TransactionCodec.Sign(
            new UnsignedTransaction
            {
                ChainId = _chainId,
                Nonce = _nonces[from],
                MaxFeePerGas = Gwei * 100UL,
                MaxPriorityFeePerGas = Gwei,
                GasLimit = TransferGas,
                To = _keys[to].Address,
                Value = 1UL,
            },
            _keys[from]);
        _unanswered.Enqueue(transfer);
        _nonces[from]++;
        _turn++;
        try
        {
            await localnet.CallAsync("eth_sendRawTransaction", Hex.Encode(transfer.Raw.Span));
            Accepted.Add(_unanswered.Dequeue().Hash);
        }
        catch (InvalidOperationException refused) when (refused.Message.Contains("NonceGapTooLarge"))
        {
            // Thousands wait already: short lives include less than this stream sends. It was not taken; this sender waits for its turn.
            _unanswered.Dequeue();
            _nonces[from]--;
            await Task.Delay(20);
        }
    }

    // The answer was lost with the node, so whether the transaction was taken is unknown: sending it again is right in both cases.
    private async Task RepeatUnansweredAsync(Localnet localnet)
    {
        while (_unanswered.TryPeek(out Transaction? transfer))
        {
            try
            {
                await localnet.CallAsync("eth_sendRawTransaction", Hex.Encode(transfer.Raw.Span));
            }
            catch (InvalidOperationException refused) when (refused.Message.Contains("known") || refused.Message.Contains("nonce too low"))
            {
                // It was taken.
            }
            catch (InvalidOperationException refused) when (refused.Message.Contains("NonceGapTooLarge"))
            {
                _unanswered.Dequeue();
                _nonces[(_turn - 1) % _keys.Length]--;
                continue;
            }

            Accepted.Add(_unanswered.Dequeue().Hash);
        }
    }
}
