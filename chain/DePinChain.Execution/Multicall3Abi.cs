using System.Text;
using DePinChain.Modules.Sdk;
using DePinChain.Primitives;

namespace DePinChain.Execution;

/// <summary>The selectors and the JSON ABI of Multicall3, as its verified source on Ethereum has them.</summary>
internal static class Multicall3Abi
{
    public static readonly uint Aggregate = Selector("aggregate((address,bytes)[])");
    public static readonly uint TryAggregate = Selector("tryAggregate(bool,(address,bytes)[])");
    public static readonly uint TryBlockAndAggregate = Selector("tryBlockAndAggregate(bool,(address,bytes)[])");
    public static readonly uint BlockAndAggregate = Selector("blockAndAggregate((address,bytes)[])");
    public static readonly uint Aggregate3 = Selector("aggregate3((address,bool,bytes)[])");
    public static readonly uint Aggregate3Value = Selector("aggregate3Value((address,bool,uint256,bytes)[])");
    public static readonly uint GetBlockHash = Selector("getBlockHash(uint256)");
    public static readonly uint GetBlockNumber = Selector("getBlockNumber()");
    public static readonly uint GetCurrentBlockCoinbase = Selector("getCurrentBlockCoinbase()");
    public static readonly uint GetCurrentBlockDifficulty = Selector("getCurrentBlockDifficulty()");
    public static readonly uint GetCurrentBlockGasLimit = Selector("getCurrentBlockGasLimit()");
    public static readonly uint GetCurrentBlockTimestamp = Selector("getCurrentBlockTimestamp()");
    public static readonly uint GetEthBalance = Selector("getEthBalance(address)");
    public static readonly uint GetLastBlockHash = Selector("getLastBlockHash()");
    public static readonly uint GetBasefee = Selector("getBasefee()");
    public static readonly uint GetChainId = Selector("getChainId()");

    private const string Target = """{"name":"target","type":"address"}""";
    private const string AllowFailure = """{"name":"allowFailure","type":"bool"}""";
    private const string CallData = """{"name":"callData","type":"bytes"}""";

    private static readonly string Call = Tuples("calls", Target, CallData);
    private static readonly string Call3 = Tuples("calls", Target, AllowFailure, CallData);
    private static readonly string Call3Value = Tuples("calls", Target, AllowFailure, """{"name":"value","type":"uint256"}""", CallData);

    private static readonly string Result = Tuples(
        "returnData", """{"name":"success","type":"bool"}""", """{"name":"returnData","type":"bytes"}""");

    private const string RequireSuccess = """{"name":"requireSuccess","type":"bool"}""";
    private const string BlockNumber = """{"name":"blockNumber","type":"uint256"}""";
    private const string BlockHash = """{"name":"blockHash","type":"bytes32"}""";

    public static string Json { get; } = "[" + string.Join(',', Functions()) + "]";

    private static IEnumerable<string> Functions() =>
    [
        Function("aggregate", "payable", [Call], [BlockNumber, """{"name":"returnData","type":"bytes[]"}"""]),
        Function("aggregate3", "payable", [Call3], [Result]),
        Function("aggregate3Value", "payable", [Call3Value], [Result]),
        Function("blockAndAggregate", "payable", [Call], [BlockNumber, BlockHash, Result]),
        Function("getBasefee", "view", [], ["""{"name":"basefee","type":"uint256"}"""]),
        Function("getBlockHash", "view", [BlockNumber], [BlockHash]),
        Function("getBlockNumber", "view", [], [BlockNumber]),
        Function("getChainId", "view", [], ["""{"name":"chainid","type":"uint256"}"""]),
        Function("getCurrentBlockCoinbase", "view", [], ["""{"name":"coinbase","type":"address"}"""]),
        Function("getCurrentBlockDifficulty", "view", [], ["""{"name":"difficulty","type":"uint256"}"""]),
        Function("getCurrentBlockGasLimit", "view", [], ["""{"name":"gaslimit","type":"uint256"}"""]),
        Function("getCurrentBlockTimestamp", "view", [], ["""{"name":"timestamp","type":"uint256"}"""]),
        Function("getEthBalance", "view", ["""{"name":"addr","type":"address"}"""], ["""{"name":"balance","type":"uint256"}"""]),
        Function("getLastBlockHash", "view", [], [BlockHash]),
        Function("tryAggregate", "payable", [RequireSuccess, Call], [Result]),
        Function("tryBlockAndAggregate", "payable", [RequireSuccess, Call], [BlockNumber, BlockHash, Result]),
    ];

    private static string Function(string name, string mutability, string[] inputs, string[] outputs)
    {
        string signature = $$"""[{{string.Join(',', inputs)}}],"outputs":[{{string.Join(',', outputs)}}]""";
        return $$"""{"type":"function","name":"{{name}}","stateMutability":"{{mutability}}","inputs":{{signature}}}""";
    }

    private static string Tuples(string name, params string[] components) =>
        $$"""{"components":[{{string.Join(',', components)}}],"name":"{{name}}","type":"tuple[]"}""";

    private static uint Selector(string signature) => Calldata.SelectorOf(Keccak256.Hash(Encoding.ASCII.GetBytes(signature)).ToArray());
}
