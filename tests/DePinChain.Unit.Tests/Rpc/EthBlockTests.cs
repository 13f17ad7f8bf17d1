using System.Text.Json;
using DePinChain.Blocks;
using DePinChain.Primitives;
using DePinChain.Unit.Tests.Execution;
using static DePinChain.Unit.Tests.Rpc.RpcChain;

namespace DePinChain.Unit.Tests.Rpc;

/// <summary>Blocks, transactions, receipts and fees.</summary>
public sealed class EthBlockTests
{
    private static readonly string[] HeaderFields =
    [
        "hash", "parentHash", "sha3Uncles", "miner", "stateRoot", "transactionsRoot", "receiptsRoot", "logsBloom", "difficulty", "number",
        "gasLimit", "gasUsed", "timestamp", "extraData", "mixHash", "nonce", "baseFeePerGas", "withdrawalsRoot", "blobGasUsed",
        "excessBlobGas", "parentBeaconBlockRoot",
    ];

    private RpcChain _chain = null!; // set before the tests
    private Block _block = null!; // as well
    private Transaction _call = null!; // as well

    [OneTimeSetUp]
    public async Task Start()
    {
        // Block 1 holds a type-2 transfer, a type-0 and a type-1 one, and a call that logs. Block 2 is empty.
        _chain = await StartAsync(hasSystemLogs: true);
        _call = Probe(3, Execution.Probe.Log);
        _block = _chain.Produce(
            Sign(Alice, 0),
            Sign(Alice, 1, f => f with { Type = TransactionType.Legacy }),
            Sign(Alice, 2, f => f with
            {
                Type = TransactionType.AccessList,
                GasLimit = 30_000,
                AccessList = [new AccessListEntry(Bob.Address, [Hash256.Zero])],
            }),
            _call);
        _chain.Produce();
    }

    [OneTimeTearDown]
    public async Task Stop() => await _chain.DisposeAsync();

    [Test]
    public async Task The_chain_is_named_alike_in_hex_and_decimal()
    {
        Assert.That(await _chain.TextAsync("eth_chainId"), Is.EqualTo("0x1466a8")); // 1,337,000
        Assert.That(await _chain.TextAsync("net_version"), Is.EqualTo("1337000"));
        Assert.That(await _chain.TextAsync("eth_blockNumber"), Is.EqualTo("0x2"));
        Assert.That((await _chain.FailAsync("eth_blockNumber", "[1]")).Message, Is.EqualTo("too many arguments, want at most 0"));
    }

    [Test]
    public async Task A_block_has_geths_fields_and_no_others()
    {
        JsonElement block = await _chain.CallAsync("eth_getBlockByNumber", "[\"0x1\",false]");
        string[] expected = [.. HeaderFields, "size", "totalDifficulty", "transactions", "uncles", "withdrawals"];
        Assert.That(block.EnumerateObject().Select(member => member.Name), Is.EquivalentTo(expected));
        Assert.That(block.GetProperty("hash").GetString(), Is.EqualTo(_block.Hash.ToString()));
        Assert.That(block.GetProperty("nonce").GetString(), Is.EqualTo("0x0000000000000000"));
        Assert.That(block.GetProperty("difficulty").GetString(), Is.EqualTo("0x0"));
        Assert.That(block.GetProperty("totalDifficulty").GetString(), Is.EqualTo("0x0"));
        Assert.That(block.GetProperty("number").GetString(), Is.EqualTo("0x1"));
        Assert.That(block.GetProperty("logsBloom").GetString(), Has.Length.EqualTo(2 + 512));
        Assert.That(block.GetProperty("size").GetString(), Is.EqualTo(Hex.Quantity((ulong)_block.EncodePlain().Length)));
        Assert.That(block.GetProperty("transactions").EnumerateArray().Select(hash => hash.GetString()), Has.Member(_call.Hash.ToString()));
        Assert.That(block.GetProperty("withdrawals").GetArrayLength(), Is.Zero);
    }

    [Test]
    public async Task The_raw_block_hashes_to_the_hash_and_holds_no_consensus_part()
    {
        byte[] header = Hex.Decode((await _chain.TextAsync("debug_getRawHeader", "[\"0x1\"]"))!);
        Assert.That(Keccak256.Hash(header), Is.EqualTo(_block.Hash));
        Assert.That(await _chain.TextAsync("debug_getRawBlock", "[\"0x1\"]"), Is.EqualTo(Hex.Encode(_block.EncodePlain())));
        Assert.That((await _chain.CallAsync("debug_getRawReceipts", "[\"0x1\"]")).GetArrayLength(), Is.EqualTo(_block.Transactions.Count));
    }

    [Test]
    public async Task What_is_unknown_is_null_and_never_an_error()
    {
        foreach ((string method, string parameters) in new[]
        {
            ("eth_getBlockByNumber", "[\"0x99\",true]"),
            ("eth_getBlockByHash", $"[\"{Hash256.Zero}\",false]"),
            ("eth_getTransactionByHash", $"[\"{Hash256.Zero}\"]"),
            ("eth_getTransactionReceipt", $"[\"{Hash256.Zero}\"]"),
            ("eth_getRawTransactionByHash", $"[\"{Hash256.Zero}\"]"),
            ("eth_getBlockReceipts", "[\"0x99\"]"),
            ("eth_getBlockTransactionCountByHash", $"[\"{Hash256.Zero}\"]"),
            ("eth_getTransactionByBlockNumberAndIndex", "[\"0x1\",\"0x99\"]"),
            ("eth_getUncleByBlockNumberAndIndex", "[\"0x1\",\"0x0\"]"),
            ("depin_getCommit", "[\"0x99\"]"),
        })
        {
            Assert.That((await _chain.CallAsync(method, parameters)).ValueKind, Is.EqualTo(JsonValueKind.Null), method);
        }
    }

    [Test]
    public async Task Transactions_of_each_type_have_their_fields()
    {
        JsonElement block = await _chain.CallAsync("eth_getBlockByNumber", "[\"0x1\",true]");
        string alice = Hex.Encode(Alice.Address.ToArray());
        JsonElement.ArrayEnumerator all = block.GetProperty("transactions").EnumerateArray();
        JsonElement[] sent = [.. all.Where(tx => tx.GetProperty("from").GetString() == alice)];
        JsonElement dynamic = sent[0], legacy = sent[1], listed = sent[2];

        Assert.That(dynamic.GetProperty("type").GetString(), Is.EqualTo("0x2"));
        Assert.That(dynamic.GetProperty("v").GetString(), Is.EqualTo(dynamic.GetProperty("yParity").GetString()));
        Assert.That(dynamic.GetProperty("accessList").GetArrayLength(), Is.Zero);
        Assert.That(dynamic.GetProperty("maxFeePerGas").GetString(), Is.EqualTo("0x2540be400")); // 10 gwei
        Assert.That(dynamic.GetProperty("gasPrice").GetString(), Is.EqualTo("0xb2d05e00"), "mined: base fee 1 gwei + tip 2 gwei");
        Assert.That(dynamic.GetProperty("nonce").GetString(), Is.EqualTo("0x0"));
        Assert.That(dynamic.GetProperty("chainId").GetString(), Is.EqualTo("0x1466a8"));
        Assert.That(dynamic.GetProperty("input").GetString(), Is.EqualTo("0x"));

        Assert.That(legacy.GetProperty("type").GetString(), Is.EqualTo("0x0"));
        Assert.That(legacy.TryGetProperty("yParity", out _), Is.False);
        Assert.That(legacy.TryGetProperty("accessList", out _), Is.False);
        ulong v = Convert.ToUInt64(legacy.GetProperty("v").GetString(), 16);
        Assert.That(v, Is.EqualTo((2 * ChainId) + 35).Or.EqualTo((2 * ChainId) + 36)); // EIP-155

        Assert.That(listed.GetProperty("type").GetString(), Is.EqualTo("0x1"));
        Assert.That(listed.TryGetProperty("maxFeePerGas", out _), Is.False);
        Assert.That(listed.GetProperty("accessList")[0].GetProperty("storageKeys").GetArrayLength(), Is.EqualTo(1));
    }

    [Test]
    public async Task The_system_transaction_is_unsigned_free_and_first()
    {
        JsonElement system = await _chain.CallAsync("eth_getTransactionByBlockNumberAndIndex", "[\"0x1\",\"0x0\"]");
        Assert.That(system.GetProperty("from").GetString(), Is.EqualTo("0xfffffffffffffffffffffffffffffffffffffffe"));
        foreach (string member in new[] { "v", "r", "s", "gas", "gasPrice", "type", "value" })
            Assert.That(system.GetProperty(member).GetString(), Is.EqualTo("0x0"), member);
        JsonElement receipt = await _chain.CallAsync("eth_getTransactionReceipt", $"[{system.GetProperty("hash").GetRawText()}]");
        Assert.That(receipt.GetProperty("status").GetString(), Is.EqualTo("0x1"));
        Assert.That(receipt.GetProperty("gasUsed").GetString(), Is.EqualTo("0x0"));
        Assert.That(receipt.GetProperty("logs").GetArrayLength(), Is.EqualTo(1));
    }

    [Test]
    public async Task A_receipt_has_its_fields_and_block_wide_log_indices()
    {
        JsonElement receipt = await _chain.CallAsync("eth_getTransactionReceipt", $"[\"{_call.Hash}\"]");
        Assert.That(receipt.EnumerateObject().Select(member => member.Name), Is.EquivalentTo(new[]
        {
            "transactionHash", "transactionIndex", "blockHash", "blockNumber", "from", "to", "type", "status", "gasUsed",
            "cumulativeGasUsed", "effectiveGasPrice", "contractAddress", "logs", "logsBloom",
        }));
        Assert.That(receipt.GetProperty("status").GetString(), Is.EqualTo("0x1"));
        Assert.That(receipt.GetProperty("contractAddress").ValueKind, Is.EqualTo(JsonValueKind.Null));
        Assert.That(receipt.GetProperty("effectiveGasPrice").GetString(), Is.EqualTo("0xb2d05e00"));
        JsonElement log = receipt.GetProperty("logs")[0];
        Assert.That(log.GetProperty("removed").GetBoolean(), Is.False);
        Assert.That(log.GetProperty("blockHash").GetString(), Is.EqualTo(_block.Hash.ToString()));
        Assert.That(log.GetProperty("address").GetString(), Is.EqualTo(Hex.Encode(ProbeModule.First.ToArray())));

        JsonElement all = await _chain.CallAsync("eth_getBlockReceipts", "[\"latest\"]");
        Assert.That(all.ValueKind, Is.EqualTo(JsonValueKind.Array));
        all = await _chain.CallAsync("eth_getBlockReceipts", $"[\"{_block.Hash}\"]");
        int[] indices = [.. all.EnumerateArray().SelectMany(r => r.GetProperty("logs").EnumerateArray())
            .Select(entry => Convert.ToInt32(entry.GetProperty("logIndex").GetString(), 16))];
        Assert.That(indices, Is.EqualTo(Enumerable.Range(0, indices.Length)));
    }

    [Test]
    public async Task A_block_counts_its_transactions_and_no_uncles()
    {
        string count = Hex.Quantity((ulong)_block.Transactions.Count);
        Assert.That(await _chain.TextAsync("eth_getBlockTransactionCountByNumber", "[\"0x1\"]"), Is.EqualTo(count));
        Assert.That(await _chain.TextAsync("eth_getBlockTransactionCountByHash", $"[\"{_block.Hash}\"]"), Is.EqualTo(count));
        Assert.That(await _chain.TextAsync("eth_getUncleCountByBlockNumber", "[\"0x1\"]"), Is.EqualTo("0x0"));
    }

    [Test]
    public async Task Fee_history_has_one_base_fee_more_than_blocks_and_zeros_for_empty_ones()
    {
        foreach (string count in new[] { "\"0x2\"", "2" })
        {
            JsonElement history = await _chain.CallAsync("eth_feeHistory", $"[{count},\"latest\",[0,10,100]]");
            Assert.That(history.GetProperty("oldestBlock").GetString(), Is.EqualTo("0x1"));
            Assert.That(history.GetProperty("baseFeePerGas").GetArrayLength(), Is.EqualTo(3));
            Assert.That(history.GetProperty("baseFeePerBlobGas").GetArrayLength(), Is.EqualTo(3));
            JsonElement[] ratios = [.. history.GetProperty("gasUsedRatio").EnumerateArray()];
            Assert.That(ratios.Select(ratio => ratio.ValueKind), Is.All.EqualTo(JsonValueKind.Number));
            Assert.That(ratios[0].GetDouble(), Is.GreaterThan(0).And.LessThan(0.01));
            Assert.That(ratios[1].GetDouble(), Is.Zero);
            JsonElement reward = history.GetProperty("reward");

            // Two types pay a tip of 2 gwei, two their whole price of 10 gwei less the base fee of 1.
            string[] tips = ["0x77359400", "0x77359400", "0x218711a00"];
            Assert.That(reward[0].EnumerateArray().Select(tip => tip.GetString()), Is.EqualTo(tips));
            Assert.That(reward[1].EnumerateArray().Select(tip => tip.GetString()), Is.All.EqualTo("0x0"));
        }

        JsonElement bare = await _chain.CallAsync("eth_feeHistory", "[\"0x400\",\"latest\",null]");
        Assert.That(bare.TryGetProperty("reward", out _), Is.False, "only with percentiles");
        Assert.That(bare.GetProperty("oldestBlock").GetString(), Is.EqualTo("0x0"), "no more than there are");
        (_, string message, _) = await _chain.FailAsync("eth_feeHistory", "[\"0x1\",\"0x99\",[]]");
        Assert.That(message, Does.StartWith("request beyond head block"));
    }

    [Test]
    public async Task Prices_are_never_null_and_agree_with_each_other()
    {
        UInt256 tip = UInt256.Parse((await _chain.TextAsync("eth_maxPriorityFeePerGas"))!);
        UInt256 baseFee = UInt256.Parse((await _chain.TextAsync("eth_baseFee"))!);
        Assert.That(tip, Is.GreaterThan(UInt256.Zero));
        Assert.That(UInt256.Parse((await _chain.TextAsync("eth_gasPrice"))!), Is.EqualTo(baseFee + tip));
        Assert.That(await _chain.TextAsync("eth_blobBaseFee"), Is.EqualTo("0x1"));
        JsonElement history = await _chain.CallAsync("eth_feeHistory", "[1,\"latest\",[]]");
        Assert.That(history.GetProperty("baseFeePerGas")[1].GetString(), Is.EqualTo(baseFee.ToHex()));
    }

    [Test]
    public async Task The_node_tells_what_it_is_and_keeps()
    {
        Assert.That(await _chain.TextAsync("web3_clientVersion"), Is.EqualTo("DePinChain/test"));
        Assert.That(
            await _chain.TextAsync("web3_sha3", "[\"0x\"]"),
            Is.EqualTo("0xc5d2460186f7233c927e7db2dcc703c0e500b653ca82273b7bfad8045d85a470"));
        Assert.That(await _chain.TextAsync("net_peerCount"), Is.EqualTo("0x1"));
        Assert.That((await _chain.CallAsync("eth_syncing")).ValueKind, Is.EqualTo(JsonValueKind.False));
        Assert.That((await _chain.CallAsync("eth_accounts")).GetArrayLength(), Is.Zero);
        Assert.That((await _chain.CallAsync("eth_mining")).GetBoolean(), Is.False);
        Assert.That((await _chain.CallAsync("eth_capabilities")).GetProperty("head").GetProperty("number").GetString(), Is.EqualTo("0x2"));
        JsonElement config = (await _chain.CallAsync("eth_config")).GetProperty("current");
        Assert.That(config.GetProperty("chainId").GetString(), Is.EqualTo("0x1466a8"));
        Assert.That(config.GetProperty("forkId").GetString(), Has.Length.EqualTo(10));
    }

    [TestCase("eth_sendTransaction")]
    [TestCase("eth_sign")]
    [TestCase("eth_signTransaction")]
    public async Task Methods_that_need_a_key_are_refused_with_what_to_do_instead(string method)
    {
        (int code, string message, _) = await _chain.FailAsync(method, "[{}]");
        Assert.That(code, Is.EqualTo(-32601));
        Assert.That(message, Does.Contain("eth_sendRawTransaction"));
    }

    [TestCase("personal_unlockAccount")]
    [TestCase("engine_newPayloadV3")]
    [TestCase("debug_traceTransaction")]
    public async Task Other_namespaces_do_not_exist(string method) =>
        Assert.That((await _chain.FailAsync(method)).Code, Is.EqualTo(-32601));
}
