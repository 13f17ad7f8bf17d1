using System.Net.WebSockets;
using System.Text.Json;
using DePinChain.Blocks;
using DePinChain.Primitives;
using DePinChain.Rpc;
using DePinChain.Unit.Tests.Execution;
using static DePinChain.Unit.Tests.Rpc.RpcChain;

namespace DePinChain.Unit.Tests.Rpc;

/// <summary>Logs: searched, polled and pushed.</summary>
public sealed class LogTests
{
    private static readonly string Probed = Hex.Encode(ProbeModule.First.ToArray());

    // The probe's Log function emits NativeTransfer(address,address,uint256,bytes32).
    private static readonly string Topic = Keccak256.Hash("NativeTransfer(address,address,uint256,bytes32)"u8).ToString();

    private const string SomeHash = "0x00000000000000000000000000000000000000000000000000000000000000aa";

    private RpcChain _chain = null!; // set before each test

    [SetUp]
    public async Task Start() =>
        _chain = await StartAsync(new RpcOptions { LogBlocksMax = 10, LogResultsMax = 5, FiltersPerIpMax = 3, FilterLifeMs = 2_000 });

    [TearDown]
    public async Task Stop() => await _chain.DisposeAsync();

    [Test]
    public async Task Logs_are_found_by_address_topic_and_range()
    {
        Block first = _chain.Produce(Probe(0, Execution.Probe.Log));
        _chain.Produce(Probe(1, Execution.Probe.Log), Probe(2, Execution.Probe.Log));
        const string All = "\"fromBlock\":\"0x0\",\"toBlock\":\"latest\"";
        Assert.That(await CountAsync($"{All},\"address\":\"{Probed}\""), Is.EqualTo(3));
        Assert.That(await CountAsync($"{All},\"address\":[\"{Probed}\"],\"topics\":[\"{Topic}\"]"), Is.EqualTo(3));
        Assert.That(await CountAsync($"{All},\"topics\":[null]"), Is.EqualTo(3));
        Assert.That(await CountAsync($"{All},\"topics\":[[\"{Hash256.Zero}\",\"{Topic}\"],[]]"), Is.EqualTo(3));
        Assert.That(await CountAsync($"{All},\"topics\":[\"{Hash256.Zero}\"]"), Is.Zero);
        Assert.That(await CountAsync($"{All},\"topics\":[null,null,null,null]"), Is.EqualTo(3), "the event has four topics");
        Assert.That(await CountAsync($"\"fromBlock\":\"0x1\",\"toBlock\":\"0x1\""), Is.EqualTo(1));
        Assert.That(await CountAsync($"\"blockHash\":\"{first.Hash}\""), Is.EqualTo(1));
        Assert.That(await CountAsync("\"address\":\"0x00000000000000000000000000000000deadbeef\""), Is.Zero);
        Assert.That(await CountAsync("\"fromBlock\":\"latest\""), Is.EqualTo(2), "both ends default to the latest block");
    }

    [TestCase("\"fromBlock\":\"0x2\",\"toBlock\":\"0x1\"", "invalid block range params")]
    [TestCase("\"fromBlock\":\"0x0\",\"toBlock\":\"0x99\"", "block range extends beyond current head block")]
    [TestCase("\"blockHash\":\"" + SomeHash + "\",\"toBlock\":\"0x1\"", "cannot specify both")]
    public async Task Ranges_that_make_no_sense_are_invalid_parameters(string filter, string message)
    {
        _chain.Produce();
        _chain.Produce();
        (int code, string text, _) = await _chain.FailAsync("eth_getLogs", $"[{{{filter}}}]");
        Assert.That(code, Is.EqualTo(-32602));
        Assert.That(text, Does.Contain(message));
    }

    [Test]
    public async Task An_unknown_block_hash_is_an_error() =>
        Assert.That((await _chain.FailAsync("eth_getLogs", $"[{{\"blockHash\":\"{SomeHash}\"}}]")).Message, Is.EqualTo("unknown block"));

    [Test]
    public async Task Too_many_blocks_or_logs_get_a_smaller_range_to_try()
    {
        for (int i = 0; i < 12; i++) _chain.Produce();
        (int code, string message, _) = await _chain.FailAsync("eth_getLogs", "[{\"fromBlock\":\"0x0\",\"toBlock\":\"latest\"}]");
        Assert.That(code, Is.EqualTo(-32005));
        Assert.That(message, Does.Contain("at most 10").And.EndWith("try [0x0, 0x9]"));

        _chain.Produce(Probe(0, Execution.Probe.Log));
        _chain.Produce([.. Enumerable.Range(1, 5).Select(nonce => Probe((ulong)nonce, Execution.Probe.Log))]);
        (code, message, _) = await _chain.FailAsync("eth_getLogs", "[{\"fromBlock\":\"0xd\",\"toBlock\":\"latest\"}]");
        Assert.That(code, Is.EqualTo(-32005));
        Assert.That(message, Does.Contain("more than 5 results").And.EndWith("try [0xd, 0xd]"));
        Assert.That(await CountAsync("\"fromBlock\":\"0xd\",\"toBlock\":\"0xd\""), Is.EqualTo(1));
    }

    [Test]
    public async Task A_log_filter_delivers_each_log_once()
    {
        string id = (await _chain.TextAsync("eth_newFilter", $"[{{\"address\":\"{Probed}\"}}]"))!;
        Assert.That(await PollAsync(id), Is.Zero);
        _chain.Produce(Probe(0, Execution.Probe.Log));
        _chain.Produce(Probe(1, Execution.Probe.Log));
        Assert.That(await PollAsync(id), Is.EqualTo(2));
        Assert.That(await PollAsync(id), Is.Zero);
        Assert.That((await _chain.CallAsync("eth_uninstallFilter", $"[\"{id}\"]")).GetBoolean(), Is.True);
        Assert.That((await _chain.CallAsync("eth_uninstallFilter", $"[\"{id}\"]")).GetBoolean(), Is.False);
        Assert.That((await _chain.FailAsync("eth_getFilterChanges", $"[\"{id}\"]")).Message, Is.EqualTo("filter not found"));
    }

    [Test]
    public async Task Block_and_pending_filters_deliver_hashes()
    {
        string blocks = (await _chain.TextAsync("eth_newBlockFilter"))!;
        string pending = (await _chain.TextAsync("eth_newPendingTransactionFilter"))!;
        Transaction transaction = Sign(Alice, 0);
        await _chain.CallAsync("eth_sendRawTransaction", $"[\"{Hex.Encode(transaction.Raw.Span)}\"]");
        Block block = _chain.Produce();
        JsonElement decided = await _chain.CallAsync("eth_getFilterChanges", $"[\"{blocks}\"]");
        JsonElement admitted = await _chain.CallAsync("eth_getFilterChanges", $"[\"{pending}\"]");
        Assert.That(decided[0].GetString(), Is.EqualTo(block.Hash.ToString()));
        Assert.That(admitted[0].GetString(), Is.EqualTo(transaction.Hash.ToString()));
        Assert.That(await PollAsync(blocks), Is.Zero);
        Assert.That(await PollAsync(pending), Is.Zero);
    }

    [Test]
    public async Task Filters_are_bounded_and_forgotten_when_nobody_polls()
    {
        string first = (await _chain.TextAsync("eth_newBlockFilter"))!;
        for (int i = 0; i < 2; i++) await _chain.CallAsync("eth_newBlockFilter");
        Assert.That((await _chain.FailAsync("eth_newBlockFilter")).Code, Is.EqualTo(-32005));
        await Task.Delay(2_100);
        Assert.That((await _chain.FailAsync("eth_getFilterChanges", $"[\"{first}\"]")).Message, Is.EqualTo("filter not found"));
        await _chain.CallAsync("eth_newBlockFilter");
    }

    [Test]
    public async Task Subscriptions_push_heads_logs_and_hashes()
    {
        using ClientWebSocket socket = await _chain.ConnectAsync();
        string heads = await SubscribeAsync(socket, "\"newHeads\"");
        string logs = await SubscribeAsync(socket, $"\"logs\",{{\"address\":\"{Probed}\"}}");
        string hashes = await SubscribeAsync(socket, "\"newPendingTransactions\"");
        Transaction call = Probe(0, Execution.Probe.Log);
        await _chain.CallAsync("eth_sendRawTransaction", $"[\"{Hex.Encode(call.Raw.Span)}\"]");
        Assert.That((await NextAsync(socket, hashes)).GetString(), Is.EqualTo(call.Hash.ToString()));

        Block block = _chain.Produce();
        JsonElement head = await NextAsync(socket, heads);
        Assert.That(head.GetProperty("hash").GetString(), Is.EqualTo(block.Hash.ToString()));
        Assert.That(head.TryGetProperty("transactions", out _), Is.False, "header fields only");
        Assert.That((await NextAsync(socket, logs)).GetProperty("transactionHash").GetString(), Is.EqualTo(call.Hash.ToString()));

        await BareServer.SendAsync(socket, BareServer.Request("eth_unsubscribe", $"[\"{heads}\"]"));
        Assert.That(await BareServer.ReceiveAsync(socket), Does.Contain("\"result\":true"));
        await BareServer.SendAsync(socket, BareServer.Request("eth_unsubscribe", $"[\"{heads}\"]"));
        Assert.That(await BareServer.ReceiveAsync(socket), Does.Contain("subscription not found"));
    }

    [Test]
    public async Task Syncing_is_told_when_it_begins_and_ends()
    {
        using ClientWebSocket socket = await _chain.ConnectAsync();
        string id = await SubscribeAsync(socket, "\"syncing\"");
        _chain.Status.Syncing = new SyncProgress(0, 1, 9);
        _chain.Produce();
        JsonElement begun = await NextAsync(socket, id);
        Assert.That(begun.GetProperty("syncing").GetBoolean(), Is.True);
        Assert.That(begun.GetProperty("status").GetProperty("highestBlock").GetString(), Is.EqualTo("0x9"));
        Assert.That((await _chain.CallAsync("eth_syncing")).GetProperty("currentBlock").GetString(), Is.EqualTo("0x1"));
        _chain.Status.Syncing = null;
        _chain.Produce();
        Assert.That((await NextAsync(socket, id)).GetBoolean(), Is.False);
    }

    [Test]
    public async Task Subscriptions_need_a_socket_and_a_kind_that_exists()
    {
        Assert.That((await _chain.FailAsync("eth_subscribe", "[\"newHeads\"]")).Message, Does.StartWith("notifications not supported"));
        using ClientWebSocket socket = await _chain.ConnectAsync();
        await BareServer.SendAsync(socket, BareServer.Request("eth_subscribe", "[\"newBitcoins\"]"));
        Assert.That(await BareServer.ReceiveAsync(socket), Does.Contain("-32602").And.Contain("newBitcoins"));
    }

    private async Task<int> CountAsync(string filter) => (await _chain.CallAsync("eth_getLogs", $"[{{{filter}}}]")).GetArrayLength();

    private async Task<int> PollAsync(string id) => (await _chain.CallAsync("eth_getFilterChanges", $"[\"{id}\"]")).GetArrayLength();

    private static async Task<string> SubscribeAsync(WebSocket socket, string parameters)
    {
        await BareServer.SendAsync(socket, BareServer.Request("eth_subscribe", $"[{parameters}]"));
        string id = JsonDocument.Parse((await BareServer.ReceiveAsync(socket))!).RootElement.GetProperty("result").GetString()!;

        // A subscription counts from the moment its id is on its way; an answered request behind it shows that it is.
        await BareServer.SendAsync(socket, BareServer.Request("eth_chainId"));
        await BareServer.ReceiveAsync(socket);
        return id;
    }

    private static async Task<JsonElement> NextAsync(WebSocket socket, string id)
    {
        JsonElement parameters = JsonDocument.Parse((await BareServer.ReceiveAsync(socket))!).RootElement.GetProperty("params");
        Assert.That(parameters.GetProperty("subscription").GetString(), Is.EqualTo(id));
        return parameters.GetProperty("result");
    }
}
