using System.Text.Json;
using System.Text.Json.Nodes;
using DePinChain.Client;
using DePinChain.Indexer.Decoding;
using DePinChain.Primitives;

namespace DePinChain.Explorer.Chain;

/// <summary>A question to a module's view.</summary>
public sealed record ViewCall(string Module, string Function, params object?[] Arguments);

/// <summary>Asks modules' views at one block, many in one request, and gives the answers with the ABI's names.</summary>
public sealed class NodeViews(LiveChain chain, long height)
{
    private const string Gatherer = "multicall3";

    private readonly string _block = Hex.Quantity((ulong)Math.Max(0, height));

    /// <summary>Whether the node has such a module.</summary>
    public bool Has(string module) => chain.Codec.Directory.Find(module) is not null;

    /// <summary>One answer; null when the module, the view or the object does not exist.</summary>
    public async Task<Facts?> AskAsync(string module, string function, params object?[] arguments) =>
        (await AskAsync([new ViewCall(module, function, arguments)]))[0];

    /// <summary>The answers in the order of the questions; null where the view reverts or does not exist.</summary>
    public async Task<Facts?[]> AskAsync(IReadOnlyList<ViewCall> calls)
    {
        var answers = new Facts?[calls.Count];
        var asked = new List<(int Place, AbiFunction Function)>();
        var bundle = new List<object?>();
        for (int i = 0; i < calls.Count; i++)
        {
            PublishedModule? module = chain.Codec.Directory.Find(calls[i].Module);
            AbiFunction? function = module?.Abi.FindFunction(calls[i].Function);
            if (module is null || function is null || function.Inputs.Count != calls[i].Arguments.Length) continue;
            asked.Add((i, function));
            bundle.Add(new object?[] { module.Address, true, function.EncodeCall(calls[i].Arguments) });
        }

        if (asked.Count == 0) return answers;
        PublishedModule gatherer = chain.Codec.Directory.Find(Gatherer)
            ?? throw new InvalidOperationException($"the node has no {Gatherer}");
        AbiFunction gather = gatherer.Abi.FindFunction("aggregate3") ?? throw new InvalidOperationException("no aggregate3");
        byte[] result = await CallAsync(gatherer.Address, gather.EncodeCall([bundle.ToArray()]));
        object?[] parts = (object?[])gather.DecodeResult(result)[0]!;
        for (int i = 0; i < asked.Count; i++)
        {
            var part = (object?[])parts[i]!;
            if (part[0] is true && part[1] is byte[] data) answers[asked[i].Place] = Read(asked[i].Function, data);
        }

        return answers;
    }

    /// <summary>A view by itself, with its values as they are and its own refusal.</summary>
    /// <exception cref="NodeRefusedException">It reverts.</exception>
    /// <exception cref="FormatException">An argument does not fit, or the answer is not what the ABI says.</exception>
    public async Task<object?[]> AskRawAsync(PublishedModule module, AbiFunction function, IReadOnlyList<object?> arguments) =>
        function.DecodeResult(await CallAsync(module.Address, function.EncodeCall(arguments)));

    private static Facts? Read(AbiFunction function, byte[] data)
    {
        try
        {
            return new Facts(JsonNode.Parse(AbiTree.ToJson(function.Outputs, function.DecodeResult(data))));
        }
        catch (Exception malformed) when (malformed is AbiException or JsonException)
        {
            return null;
        }
    }

    private async Task<byte[]> CallAsync(Address to, byte[] data)
    {
        var call = new JsonObject { ["to"] = to.ToString(), ["data"] = Hex.Encode(data) };
        JsonNode? answer = await chain.Node.CallAsync("eth_call", CancellationToken.None, call, _block);
        return Hex.TryDecode(answer?.GetValue<string>(), out byte[] bytes) ? bytes
            : throw new NodeUnreachableException(chain.Node.Endpoint, "eth_call answered no bytes");
    }
}
