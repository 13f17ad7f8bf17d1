using System.Text.Json;
using DePinChain.Rpc;

namespace DePinChain.Unit.Tests.Rpc;

/// <summary>Every method with parameters that nobody would send: a wrong question is the caller's fault, never ours.</summary>
public sealed class MethodFuzzTests
{
    private const string Needed =
        """
        chainId blockNumber syncing accounts getBalance getTransactionCount getCode getStorageAt call estimateGas gasPrice
        maxPriorityFeePerGas feeHistory getBlockByNumber getBlockByHash getTransactionByHash getTransactionReceipt sendRawTransaction
        getLogs newFilter newBlockFilter newPendingTransactionFilter getFilterChanges getFilterLogs uninstallFilter subscribe unsubscribe
        getProof getBlockReceipts getBlockTransactionCountByHash getBlockTransactionCountByNumber getTransactionByBlockHashAndIndex
        getTransactionByBlockNumberAndIndex getRawTransactionByHash getUncleCountByBlockHash getUncleByBlockHashAndIndex createAccessList
        blobBaseFee baseFee config capabilities protocolVersion coinbase mining hashrate
        """;

    private static readonly string[] Values =
    [
        "null", "true", "0", "-1", "1e308", "99999999999999999999", "\"\"", "\"0x\"", "\"0x0\"", "\"0x1\"", "\"0xffffffffffffffff\"",
        "\"latest\"", "\"pending\"", "\"earliest\"", "\"\\u0000\"", "\"é\"", "[]", "[[]]", "[null]", "{}", "{\"to\":null}",
        "\"0x00000000000000000000000000000000000010ff\"", "\"0x000000000000000000000000000000000000d001\"",
        "\"0x11111111111111111111111111111111111111111111111111111111111111ff\"",
        "{\"to\":\"0x000000000000000000000000000000000000d001\",\"data\":\"0x00000004\",\"value\":\"0x1\"}",
        "{\"to\":\"0x0000000000000000000000000000000000001004\",\"gas\":\"0xffffffffffffffff\",\"gasPrice\":\"0x1\"}",
        "{\"fromBlock\":\"0x0\",\"toBlock\":\"latest\",\"topics\":[[]]}", "{\"blockNumber\":\"0x1\"}", "[0,50,100]", "[\"0x1\"]",
    ];

    [Test]
    public async Task No_method_fails_by_itself_whatever_it_is_asked()
    {
        await using RpcChain chain = await RpcChain.StartAsync(new RpcOptions { FiltersPerIpMax = 10 });
        for (int i = 0; i < 3; i++) chain.Produce();
        var random = new Random(20_260_102);
        foreach (string method in chain.Server.MethodNames)
        {
            for (int i = 0; i < 60; i++)
            {
                IEnumerable<string> chosen = Enumerable.Range(0, random.Next(0, 5)).Select(_ => Values[random.Next(Values.Length)]);
                string parameters = string.Join(',', chosen);
                string answer = await chain.PostAsync(BareServer.Request(method, $"[{parameters}]"));
                using JsonDocument json = JsonDocument.Parse(answer);
                if (!json.RootElement.TryGetProperty("error", out JsonElement error)) continue;
                Assert.That(error.GetProperty("code").GetInt32(), Is.Not.EqualTo(-32603), $"{method}({parameters})");
            }
        }
    }

    [Test]
    public async Task The_table_holds_what_wallets_and_explorers_need()
    {
        await using RpcChain chain = await RpcChain.StartAsync();
        string[] names = [.. chain.Server.MethodNames];

        // Every method the node offers.
        foreach (string name in Needed.Split([' ', '\n'], StringSplitOptions.RemoveEmptyEntries))
            Assert.That(names, Has.Member("eth_" + name));

        JsonElement modules = await chain.CallAsync("rpc_modules");
        string[] open = ["debug", "depin", "eth", "net", "rpc", "txpool", "web3"];
        Assert.That(modules.EnumerateObject().Select(module => module.Name), Is.EquivalentTo(open));
    }
}
