using System.Text.Json;
using DePinChain.Blocks;
using DePinChain.Primitives;
using static DePinChain.Unit.Tests.Rpc.RpcChain;

namespace DePinChain.Unit.Tests.Rpc;

/// <summary>The way of a transaction in, and what a wallet sees of it.</summary>
public sealed class SendingTests
{
    private RpcChain _chain = null!; // set before each test

    [SetUp]
    public async Task Start() => _chain = await StartAsync();

    [TearDown]
    public async Task Stop() => await _chain.DisposeAsync();

    [Test]
    public async Task An_accepted_transaction_is_journalled_pending_and_then_mined()
    {
        Transaction transaction = Sign(Alice, 0);
        Assert.That(await SendAsync(transaction), Is.EqualTo(transaction.Hash.ToString()));
        Assert.That(_chain.Journalled, Is.EqualTo(new[] { transaction }).Using<Transaction>((a, b) => a.Hash == b.Hash));

        JsonElement pending = await _chain.CallAsync("eth_getTransactionByHash", $"[\"{transaction.Hash}\"]");
        foreach (string place in new[] { "blockHash", "blockNumber", "transactionIndex" })
            Assert.That(pending.GetProperty(place).ValueKind, Is.EqualTo(JsonValueKind.Null), place);
        Assert.That(pending.GetProperty("gasPrice").GetString(), Is.EqualTo("0x2540be400"), "not mined: the cap, 10 gwei");
        string byHash = $"[\"{transaction.Hash}\"]";
        Assert.That((await _chain.CallAsync("eth_getTransactionReceipt", byHash)).ValueKind, Is.EqualTo(JsonValueKind.Null));
        Assert.That(await _chain.TextAsync("eth_getRawTransactionByHash", byHash), Is.EqualTo(Hex.Encode(transaction.Raw.Span)));

        _chain.Produce();
        JsonElement mined = await _chain.CallAsync("eth_getTransactionByHash", $"[\"{transaction.Hash}\"]");
        Assert.That(mined.GetProperty("blockNumber").GetString(), Is.EqualTo("0x1"));
        Assert.That(mined.GetProperty("gasPrice").GetString(), Is.EqualTo("0xb2d05e00"));
    }

    [Test]
    public async Task Counts_and_the_pending_block_see_the_pool()
    {
        for (ulong nonce = 0; nonce < 3; nonce++) await SendAsync(Sign(Alice, nonce));
        await SendAsync(Sign(Alice, 5));
        Assert.That(await _chain.TextAsync("eth_getTransactionCount", $"[\"{Alice.Address}\",\"pending\"]"), Is.EqualTo("0x3"));
        Assert.That(await _chain.TextAsync("eth_getTransactionCount", $"[\"{Alice.Address}\",\"latest\"]"), Is.EqualTo("0x0"));
        JsonElement status = await _chain.CallAsync("txpool_status");
        Assert.That(status.GetProperty("pending").GetString(), Is.EqualTo("0x3"));
        Assert.That(status.GetProperty("queued").GetString(), Is.EqualTo("0x1"));

        JsonElement block = await _chain.CallAsync("eth_getBlockByNumber", "[\"pending\",false]");
        Assert.That(block.GetProperty("number").GetString(), Is.EqualTo("0x1"));
        foreach (string unknown in new[] { "hash", "nonce", "miner" })
            Assert.That(block.GetProperty(unknown).ValueKind, Is.EqualTo(JsonValueKind.Null), unknown);
        Assert.That(block.GetProperty("transactions").GetArrayLength(), Is.EqualTo(3));
        Assert.That(block.GetProperty("parentHash").GetString(), Is.EqualTo(_chain.Head.Hash.ToString()));
    }

    [Test]
    public async Task Refusals_keep_geths_words_and_tell_what_was_needed_and_had()
    {
        Transaction sent = Sign(Alice, 0);
        await SendAsync(sent);
        await RefuseAsync(sent, "already known", Rejections.AlreadyKnown);
        Transaction same = Sign(Alice, 0, f => f with { Value = 2 });
        await RefuseAsync(same, "replacement transaction underpriced", Rejections.ReplacementUnderpriced);
        _chain.Produce();
        await RefuseAsync(sent, "nonce too low: next nonce 1, tx nonce 0", Rejections.NonceTooLow);
        await RefuseAsync(Sign(Alice, 1, f => f with { GasLimit = 20_000 }), "intrinsic gas too low", Rejections.IntrinsicGasTooLow);
        await RefuseAsync(Sign(Alice, 1, f => f with { ChainId = 1 }), "invalid chain id for signer", Rejections.WrongChainId);
        await RefuseAsync(Sign(Alice, 9_999), "nonce too high", Rejections.NonceGapTooLarge);

        UInt256 all = Amount.FromDpn(1_000).ToUInt256();
        JsonElement error = await RefuseAsync(
            Sign(Alice, 1, f => f with { Value = all }), "insufficient funds for gas * price + value", Rejections.InsufficientFunds);
        Assert.That(error.GetProperty("data").GetProperty("needed").GetString(), Does.EndWith(" wei"));
        Assert.That(error.GetProperty("data").GetProperty("had").GetString(), Does.EndWith(" wei"));
        Assert.That(error.GetProperty("data").GetProperty("hint").GetString(), Is.Not.Empty);
    }

    [Test]
    public async Task What_the_disk_cannot_keep_is_refused_by_name_and_does_not_wait()
    {
        Transaction kept = Sign(Alice, 0);
        await SendAsync(kept);
        _chain.DiskTrouble = Rejections.DiskFull.With("128 bytes in /data/pool.journal", "No space left on device");
        JsonElement error = await RefuseAsync(Sign(Alice, 1), "the node's disk refused the transaction", Rejections.DiskFull);
        JsonElement data = error.GetProperty("data");
        Assert.That(data.GetProperty("needed").GetString(), Is.EqualTo("128 bytes in /data/pool.journal"));
        Assert.That(data.GetProperty("had").GetString(), Is.EqualTo("No space left on device"));
        Assert.That(data.GetProperty("hint").GetString(), Does.Contain("free space"));
        Transaction dearer = Sign(
            Alice, 0, f => f with { MaxFeePerGas = f.MaxFeePerGas * 2UL, MaxPriorityFeePerGas = f.MaxPriorityFeePerGas * 2UL });
        await RefuseAsync(dearer, "the node's disk refused the transaction", Rejections.DiskFull);
        Assert.That((await _chain.CallAsync("txpool_status")).GetProperty("pending").GetString(), Is.EqualTo("0x1"));
        Assert.That(
            await _chain.TextAsync("eth_getRawTransactionByHash", $"[\"{kept.Hash}\"]"),
            Is.EqualTo(Hex.Encode(kept.Raw.Span)),
            "what was to be replaced is still there");

        _chain.DiskTrouble = null;
        await SendAsync(dearer);
        _chain.Produce();
        Assert.That(await _chain.TextAsync("eth_getTransactionCount", $"[\"{Alice.Address}\",\"latest\"]"), Is.EqualTo("0x1"));
    }

    [TestCase("0x")]
    [TestCase("0x03f86b")]
    [TestCase("0x02c0")]
    [TestCase("0xdeadbeef")]
    public async Task Bytes_that_are_no_transaction_are_refused(string raw)
    {
        (int code, _, JsonElement error) = await _chain.FailAsync("eth_sendRawTransaction", $"[\"{raw}\"]");
        Assert.That(code, Is.EqualTo(-32000));
        Assert.That(error.GetProperty("data").GetProperty("code").GetInt32(), Is.InRange(1_000, 1_099));
    }

    [Test]
    public async Task Bytes_behind_a_transaction_are_refused()
    {
        string raw = Hex.Encode(Sign(Alice, 0).Raw.Span);
        Assert.That((await _chain.FailAsync("eth_sendRawTransaction", $"[\"{raw}00\"]")).Message, Does.StartWith("rlp"));
        Assert.That(_chain.Journalled, Is.Empty);
    }

    private async Task<string?> SendAsync(Transaction transaction) =>
        await _chain.TextAsync("eth_sendRawTransaction", $"[\"{Hex.Encode(transaction.Raw.Span)}\"]");

    private async Task<JsonElement> RefuseAsync(Transaction transaction, string message, Rejection rule)
    {
        (int code, string text, JsonElement error) = await _chain.FailAsync(
            "eth_sendRawTransaction", $"[\"{Hex.Encode(transaction.Raw.Span)}\"]");
        Assert.That(code, Is.EqualTo(-32000));
        Assert.That(text, Does.StartWith(message));
        Assert.That(error.GetProperty("data").GetProperty("name").GetString(), Is.EqualTo(rule.Name));
        return error;
    }
}
