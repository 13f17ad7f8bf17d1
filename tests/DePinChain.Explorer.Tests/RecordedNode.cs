using System.Globalization;
using System.Net;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using DePinChain.Primitives;

namespace DePinChain.Explorer.Tests;

/// <summary>
/// A node that tells a recorded chain over JSON-RPC: transfers of one wei from a few senders to ever new accounts, so many in each block.
/// Balances and supply follow from counting, so every height can be asked. Modules, views and parameters are the shared network's.
/// </summary>
internal sealed class RecordedNode : IAsyncDisposable
{
    public const int Senders = 64;
    private const long Gas = 21_000;
    private const long FirstTime = 1_700_000_000;
    private const long GasLimit = 60_000_000;
    private static readonly UInt128 Price = 1_000_000_000;
    private static readonly UInt128 Opening = UInt128.Parse("1000000000000000000000000", CultureInfo.InvariantCulture);
    private static readonly UInt128 FirstSupply = Opening * Senders;

    private readonly HttpListener _listener = new();
    private readonly HttpClient _http = new();
    private readonly CancellationTokenSource _ended = new();
    private readonly string[] _blocks;
    private readonly int _perBlock;
    private readonly int _transactions;
    private readonly Task _serving;

    /// <param name="transactions">In all; the blocks are written down before anybody asks.</param>
    /// <param name="perBlock">In each block.</param>
    /// <param name="head">The finalized height it claims, where there are no recorded blocks.</param>
    public RecordedNode(int transactions, int perBlock, long head = -1)
    {
        (_perBlock, _transactions) = (perBlock, transactions);
        int count = transactions == 0 ? 0 : 1 + ((transactions + perBlock - 1) / perBlock);
        _blocks = [.. Enumerable.Range(0, count).Select(number => BlockText(number, (int)(CountAt(number) - CountAt(number - 1))))];
        Head = count > 0 ? count - 1 : head;
        int port = EndToEnd.Tests.Localnet.FreePort();
        Endpoint = new Uri($"http://127.0.0.1:{port}/");
        _listener.Prefixes.Add(Endpoint.ToString());
        _listener.Start();
        _serving = ServeAsync();
    }

    public Uri Endpoint { get; }

    public long Head { get; }

    /// <summary>Balances of blocks below this one are refused, as by a node that has dropped their state.</summary>
    public long FirstState { get; set; }

    /// <summary>Of the recorded text.</summary>
    public long Bytes => _blocks.Sum(block => (long)block.Length);

    public static Address Sender(long number) => Named(1, number);

    public static Address Recipient(long number) => Named(2, number);

    public static Hash256 HashOf(byte kind, long number)
    {
        Span<byte> name = stackalloc byte[9];
        name[0] = kind;
        System.Buffers.Binary.BinaryPrimitives.WriteInt64BigEndian(name[1..], number);
        return Keccak256.Hash(name);
    }

    public static Hash256 BlockHash(long number) => HashOf(3, number);

    public static Hash256 TransactionHash(long number) => HashOf(4, number);

    public async ValueTask DisposeAsync()
    {
        await _ended.CancelAsync();
        _listener.Close();
        await _serving;
        _http.Dispose();
        _ended.Dispose();
    }

    // The kind in front and the number at the end, so that a name says whose it is.
    private static Address Named(byte kind, long number)
    {
        var bytes = new byte[Address.Size];
        bytes[0] = kind;
        System.Buffers.Binary.BinaryPrimitives.WriteInt64BigEndian(bytes.AsSpan(12), number);
        return new Address(bytes);
    }

    private string BlockText(int number, int count)
    {
        var transactions = new StringBuilder();
        var receipts = new StringBuilder();
        for (int i = 0; i < count; i++)
        {
            long place = ((long)(number - 1) * _perBlock) + i;
            string comma = i == 0 ? "" : ",";
            Hash256 hash = TransactionHash(place);
            transactions.Append(CultureInfo.InvariantCulture, $$"""
                {{comma}}{"hash":"{{hash}}","from":"{{Sender(place % Senders)}}","to":"{{Recipient(place)}}","value":"0x1","input":"0x",
                """).Append(CultureInfo.InvariantCulture, $$"""
                "nonce":"0x{{place / Senders:x}}","gas":"0x5208"}
                """);
            receipts.Append(CultureInfo.InvariantCulture, $$"""
                {{comma}}{"transactionHash":"{{hash}}","status":"0x1","gasUsed":"0x5208","effectiveGasPrice":"0x3b9aca00","logs":[]}
                """);
        }

        string parent = number == 0 ? Hash256.Zero.ToString() : BlockHash(number - 1).ToString();
        return string.Create(CultureInfo.InvariantCulture, $$"""
            {"number":"0x{{number:x}}","hash":"{{BlockHash(number)}}","parentHash":"{{parent}}","timestamp":"0x{{FirstTime + number:x}}",
            """) + string.Create(CultureInfo.InvariantCulture, $$"""
            "miner":"{{Sender(0)}}","gasUsed":"0x{{count * Gas:x}}","gasLimit":"0x{{GasLimit:x}}","baseFeePerGas":"0x3b9aca00",
            """) + $$"""
            "size":"0x1000","transactions":[{{transactions}}]}
            """ + "\n[" + receipts + "]";
    }

    private async Task ServeAsync()
    {
        while (!_ended.IsCancellationRequested)
        {
            try
            {
                HttpListenerContext http = await _listener.GetContextAsync();
                _ = AnswerAsync(http);
            }
            catch (Exception ended) when (ended is HttpListenerException or ObjectDisposedException or InvalidOperationException)
            {
                return;
            }
        }
    }

    private async Task AnswerAsync(HttpListenerContext http)
    {
        try
        {
            if (http.Request.HttpMethod != "POST")
            {
                http.Response.StatusCode = (int)HttpStatusCode.BadRequest; // it has no WebSocket
                http.Response.Close();
                return;
            }

            using JsonDocument asked = await JsonDocument.ParseAsync(http.Request.InputStream);
            var answer = new StringBuilder();
            if (asked.RootElement.ValueKind == JsonValueKind.Array)
            {
                answer.Append('[');
                foreach (JsonElement one in asked.RootElement.EnumerateArray())
                {
                    if (answer.Length > 1) answer.Append(',');
                    await AddAsync(answer, one);
                }

                answer.Append(']');
            }
            else
            {
                await AddAsync(answer, asked.RootElement);
            }

            http.Response.ContentType = "application/json";
            await http.Response.OutputStream.WriteAsync(Encoding.UTF8.GetBytes(answer.ToString()));
            http.Response.Close();
        }
        catch (Exception gone) when (gone is HttpListenerException or ObjectDisposedException or IOException)
        {
            // Whoever asked does not wait any more.
        }
    }

    private async Task AddAsync(StringBuilder answer, JsonElement call)
    {
        string method = call.GetProperty("method").GetString()!;
        JsonElement parameters = call.GetProperty("params");
        answer.Append("{\"jsonrpc\":\"2.0\",\"id\":").Append(call.GetProperty("id").GetRawText());
        if (method == "eth_getBalance" && HeightOf(parameters[1]) < FirstState)
        {
            answer.Append(""","error":{"code":-32000,"message":"historical state not available"}}""");
            return;
        }

        answer.Append(",\"result\":");
        answer.Append(method switch
        {
            "eth_getBlockByNumber" => Block(parameters[0].GetString()!),
            "eth_getBlockReceipts" => _blocks[(int)HeightOf(parameters[0])].Split('\n')[1],
            "depin_getCommit" => """{"round":"0x0","bitmap":"0x0f"}""",
            "eth_getBalance" => Quoted(Balance(Address.Parse(parameters[0].GetString()!), HeightOf(parameters[1]))),
            "depin_getSupply" => $$"""{"total":{{Quoted(FirstSupply - (Price * Gas * (UInt128)CountAt(HeightOf(parameters[0]))))}}}""",
            "depin_getValidators" => """{"validators":[]}""",
            "depin_getNetwork" => $$"""
                {"name":"recorded","chainId":"0x51","development":false,"genesisHash":"{{BlockHash(0)}}","minBaseFeePerGas":"0x3b9aca00"}
                """,
            _ => await SharedAsync(method, parameters),
        });
        answer.Append('}');
    }

    private string Block(string height)
    {
        if (height != "finalized") return _blocks[(int)HeightOf(height)].Split('\n')[0];
        return $$"""{"number":"0x{{Head:x}}","timestamp":"0x{{FirstTime + Head:x}}"}""";
    }

    /// <summary>What the shared network says, at its own latest block.</summary>
    private async Task<string> SharedAsync(string method, JsonElement parameters)
    {
        JsonArray asked = JsonSerializer.Deserialize<JsonArray>(parameters)!;
        if (method is "eth_call" or "depin_getParams" or "eth_getTransactionCount") asked[^1] = "latest";
        var call = new JsonObject { ["jsonrpc"] = "2.0", ["id"] = 1, ["method"] = method, ["params"] = asked };
        using var body = new StringContent(call.ToJsonString(), Encoding.UTF8, "application/json");
        using HttpResponseMessage answer = await _http.PostAsync(SharedNetwork.Network.RpcUrl, body, _ended.Token);
        JsonNode? said = JsonNode.Parse(await answer.Content.ReadAsStringAsync());
        return said?["result"]?.ToJsonString() ?? "null";
    }

    private long CountAt(long height) => Math.Clamp(height * _perBlock, 0, _transactions);

    private UInt128 Balance(Address account, long height)
    {
        byte[] bytes = account.ToArray();
        long number = System.Buffers.Binary.BinaryPrimitives.ReadInt64BigEndian(bytes.AsSpan(12)), count = CountAt(height);
        if (bytes[0] == 2) return number < count ? 1u : 0u;
        if (bytes[0] != 1) return 0;
        var sent = (UInt128)((count - number + Senders - 1) / Senders);
        return Opening - (sent * ((Price * Gas) + 1));
    }

    private static long HeightOf(JsonElement height) => HeightOf(height.GetString()!);

    private static long HeightOf(string height) => long.Parse(height[2..], NumberStyles.HexNumber, CultureInfo.InvariantCulture);

    private static string Quoted(UInt128 number) => $"\"0x{number.ToString("x", CultureInfo.InvariantCulture)}\"";
}
