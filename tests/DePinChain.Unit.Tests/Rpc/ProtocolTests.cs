using System.Text.Json;
using DePinChain.Rpc;
using static DePinChain.Unit.Tests.Rpc.BareServer;

namespace DePinChain.Unit.Tests.Rpc;

/// <summary>JSON-RPC 2.0 and its error codes, over a real connection.</summary>
public sealed class ProtocolTests
{
    private BareServer _server = null!; // set before each test

    [OneTimeSetUp]
    public async Task Start() => _server = await StartAsync();

    [OneTimeTearDown]
    public async Task Stop() => await _server.DisposeAsync();

    [TestCase("1", "1")]
    [TestCase("\"abc\"", "\"abc\"")]
    [TestCase("null", "null")]
    [TestCase("-7.5e3", "-7.5e3")]
    [TestCase("\"a\\u0041\\\"\"", "\"a\\u0041\\\"\"")]
    public async Task The_id_comes_back_as_it_was_sent(string id, string echoed)
    {
        string answer = await _server.PostAsync(Request("test_echo", "[\"0x12\"]", id));
        Assert.That(answer, Is.EqualTo($$"""{"jsonrpc":"2.0","id":{{echoed}},"result":"0x12"}"""));
    }

    [Test]
    public async Task Members_may_come_in_any_order_and_strange_ones_are_ignored()
    {
        const string Body = """ { "params" : ["0x"], "x": [{"id":9}], "method":"test_echo" , "id":3,"jsonrpc":"2.0" } """;
        Assert.That(await _server.PostAsync(Body), Is.EqualTo("""{"jsonrpc":"2.0","id":3,"result":"0x"}"""));
    }

    [TestCase("")]
    [TestCase("{")]
    [TestCase("nonsense")]
    [TestCase("{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"test_echo\",\"params\":[\"0x\"]} x")]
    [TestCase("{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"test_echo\",\"params\":[\"0x\",]}")]
    [TestCase("[{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"test_echo\",\"params\":[\"0x\"]},")]
    public async Task Broken_JSON_is_a_parse_error(string body) => Assert.That(await _server.ErrorCodeAsync(body), Is.EqualTo(-32700));

    [Test]
    public async Task Bytes_that_are_not_UTF8_are_a_parse_error()
    {
        using var client = new HttpClient();
        var content = new ByteArrayContent([.. "{\"jsonrpc\":\"2.0\",\"method\":\"test_echo\",\"id\":\""u8, 0xff, .. "\"}"u8]);
        content.Headers.ContentType = new("application/json");
        using HttpResponseMessage response = await client.PostAsync(_server.Address, content);
        Assert.That(await response.Content.ReadAsStringAsync(), Does.Contain("-32700"));
    }

    [TestCase("1")]
    [TestCase("\"text\"")]
    [TestCase("{}")]
    [TestCase("{\"id\":1,\"method\":\"test_echo\"}")]
    [TestCase("{\"jsonrpc\":\"1.0\",\"id\":1,\"method\":\"test_echo\"}")]
    [TestCase("{\"jsonrpc\":\"2.0\",\"id\":1}")]
    [TestCase("{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":7}")]
    [TestCase("{\"jsonrpc\":\"2.0\",\"id\":{},\"method\":\"test_echo\"}")]
    [TestCase("{\"jsonrpc\":\"2.0\",\"id\":true,\"method\":\"test_echo\"}")]
    [TestCase("{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"test_echo\",\"params\":\"0x\"}")]
    [TestCase("[]")]
    public async Task What_is_JSON_but_no_request_is_an_invalid_request(string body) =>
        Assert.That(await _server.ErrorCodeAsync(body), Is.EqualTo(-32600));

    [Test]
    public async Task An_unknown_method_is_named_in_the_error()
    {
        JsonElement error = (await _server.CallAsync("eth_mineBitcoin")).GetProperty("error");
        Assert.That(error.GetProperty("code").GetInt32(), Is.EqualTo(-32601));
        Assert.That(error.GetProperty("message").GetString(), Is.EqualTo("the method eth_mineBitcoin does not exist/is not available"));
    }

    [TestCase("[]", "missing value for required argument 0")]
    [TestCase("[null]", "missing value for required argument 0")]
    [TestCase("null", "missing value for required argument 0")]
    [TestCase("{\"data\":\"0x\"}", "non-array args")]
    [TestCase("[\"0x\",1]", "too many arguments, want at most 1")]
    [TestCase("[5]", "invalid argument 0: not a string")]
    [TestCase("[\"12\"]", "invalid argument 0: hex string without 0x prefix")]
    [TestCase("[\"0x1\"]", "invalid argument 0: hex string of odd length")]
    [TestCase("[\"0xzz\"]", "invalid argument 0: invalid hex string")]
    public async Task Wrong_parameters_are_told_by_place_and_reason(string parameters, string message)
    {
        JsonElement error = (await _server.CallAsync("test_echo", parameters)).GetProperty("error");
        Assert.That(error.GetProperty("code").GetInt32(), Is.EqualTo(-32602));
        Assert.That(error.GetProperty("message").GetString(), Is.EqualTo(message));
    }

    [Test]
    public async Task A_batch_is_answered_entry_by_entry_and_notifications_are_not()
    {
        const string Notification = """{"jsonrpc":"2.0","method":"test_echo","params":["0x02"]}""";
        string body = $"[{Request("test_echo", "[\"0x01\"]", "1")},{Notification},5,{Request("none", "[]", "\"b\"")}]";
        JsonElement[] answers = [.. JsonDocument.Parse(await _server.PostAsync(body)).RootElement.EnumerateArray()];
        Assert.That(answers, Has.Length.EqualTo(3));
        Assert.That(answers[0].GetProperty("result").GetString(), Is.EqualTo("0x01"));
        Assert.That(answers[1].GetProperty("error").GetProperty("code").GetInt32(), Is.EqualTo(-32600));
        Assert.That(answers[1].GetProperty("id").ValueKind, Is.EqualTo(JsonValueKind.Null));
        Assert.That(answers[2].GetProperty("id").GetString(), Is.EqualTo("b"));
    }

    [Test]
    public async Task Notifications_run_and_are_answered_with_nothing()
    {
        int before = _server.Calls;
        using HttpResponseMessage response = await _server.SendAsync("""{"jsonrpc":"2.0","method":"test_count"}""");
        Assert.That((int)response.StatusCode, Is.EqualTo(204));
        const string Batch = """[{"jsonrpc":"2.0","method":"test_count"},{"jsonrpc":"2.0","method":"unknown"}]""";
        Assert.That(await _server.PostAsync(Batch), Is.Empty);
        Assert.That(_server.Calls, Is.EqualTo(before + 2));
    }

    [Test]
    public async Task A_batch_that_breaks_at_its_end_runs_nothing()
    {
        int before = _server.Calls;
        Assert.That(await _server.ErrorCodeAsync($"[{Request("test_count")},{Request("test_count")}"), Is.EqualTo(-32700));
        Assert.That(_server.Calls, Is.EqualTo(before));
    }

    [Test]
    public async Task A_batch_has_at_most_a_hundred_entries()
    {
        string hundred = string.Join(',', Enumerable.Repeat(Request("test_echo", "[\"0x\"]"), 100));
        Assert.That(JsonDocument.Parse(await _server.PostAsync($"[{hundred}]")).RootElement.GetArrayLength(), Is.EqualTo(100));
        Assert.That(await _server.PostAsync($"[{hundred},{Request("test_echo")}]"), Does.Contain("-32600").And.Contain("batch too large"));
    }

    [TestCase("[", "]")]
    [TestCase("{\"a\":", "}")]
    public async Task GHSA_5crp_a_million_levels_of_nesting_are_refused_and_the_process_lives(string open, string close)
    {
        // Deeper than 32 levels is a parse error at the 33rd, wherever it stands: in .NET a stack overflow could not be caught.
        string deep = string.Concat(Enumerable.Repeat(open, 1_000_000));
        Assert.That(await _server.ErrorCodeAsync(deep.Length > 5_000_000 ? deep[..5_000_000] : deep), Is.EqualTo(-32700));
        string inner = string.Concat(Enumerable.Repeat(open, 40)) + "0" + string.Concat(Enumerable.Repeat(close, 40));
        Assert.That(await _server.ErrorCodeAsync(Request("test_echo", $"[{inner}]")), Is.EqualTo(-32700));
        Assert.That(await _server.PostAsync(Request("test_echo", "[\"0x\"]")), Does.Contain("result"));
    }

    [Test]
    public async Task A_fault_of_ours_is_an_internal_error_without_its_text()
    {
        string answer = await _server.PostAsync(Request("test_throw"));
        Assert.That(answer, Is.EqualTo("""{"jsonrpc":"2.0","id":1,"error":{"code":-32603,"message":"internal error"}}"""));
    }

    [Test]
    public async Task A_response_beyond_ten_megabytes_is_an_error_and_spares_the_rest_of_the_batch()
    {
        // Six megabytes of data are twelve megabytes of digits.
        Assert.That(await _server.ErrorCodeAsync(Request("test_blow", "[\"0x600000\"]")), Is.EqualTo(-32003));
        string small = Request("test_echo", "[\"0x\"]");
        string batch = await _server.PostAsync($"[{small},{Request("test_blow", "[\"0x600000\"]")},{small}]");
        JsonElement[] answers = [.. JsonDocument.Parse(batch).RootElement.EnumerateArray()];
        Assert.That(answers[1].GetProperty("error").GetProperty("code").GetInt32(), Is.EqualTo(-32003));
        Assert.That(answers[2].GetProperty("result").GetString(), Is.EqualTo("0x"));
    }

    [Test]
    public async Task Expensive_calls_wait_their_turn_and_give_up_in_time()
    {
        // Half the cores are held by calls that do not end; the next one waits until its budget is spent.
        await using BareServer server = await StartAsync(new RpcOptions { RequestBudgetMs = 300 });
        int places = Math.Max(1, Environment.ProcessorCount / 2);
        Task<string>[] held = [.. Enumerable.Range(0, places).Select(_ => server.PostAsync(Request("test_hold")))];
        while (Volatile.Read(ref server.Holding) < places) await Task.Delay(5);
        Assert.That(await server.PostAsync(Request("test_hold")), Does.Contain("-32002"));
        Assert.That(await server.PostAsync(Request("test_echo", "[\"0x\"]")), Does.Contain("result"), "cheap calls pass");
        server.Released.Set();
        Assert.That(await Task.WhenAll(held), Is.All.Contain("true"));
        Assert.That(await server.PostAsync(Request("test_hold")), Does.Contain("true"));
    }

    [Test]
    public async Task Any_bytes_get_an_answer_that_is_JSON_and_never_an_internal_error()
    {
        var random = new Random(20_260_101);
        string[] pieces =
        [
            "{", "}", "[", "]", ":", ",", "\"jsonrpc\"", "\"2.0\"", "\"id\"", "1", "\"method\"", "\"test_echo\"", "\"params\"", "null",
            "\"0x\"", "\\", "\u0000", "é",
        ];
        for (int i = 0; i < 2_000; i++)
        {
            string body = string.Concat(Enumerable.Range(0, random.Next(1, 24)).Select(_ => pieces[random.Next(pieces.Length)]));
            string answer = await _server.PostAsync(body);
            if (answer.Length == 0) continue;
            Assert.That(() => JsonDocument.Parse(answer), Throws.Nothing, body);
            Assert.That(answer, Does.Not.Contain("-32603"), body);
        }
    }

    [Test]
    public async Task A_large_response_arrives_whole()
    {
        string answer = (await _server.CallAsync("test_blow", "[\"0x400000\"]")).GetProperty("result").GetString()!;
        Assert.That(answer, Has.Length.EqualTo(2 + (2 * 0x400000)));
        Assert.That(answer.AsSpan(2).IndexOfAnyExcept('0'), Is.EqualTo(-1));
    }
}
