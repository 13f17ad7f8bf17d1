using System.Diagnostics;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Text;
using DePinChain.Rpc;
using static DePinChain.Unit.Tests.Rpc.BareServer;

namespace DePinChain.Unit.Tests.Rpc;

/// <summary>What the transport refuses before a method sees it.</summary>
public sealed class HttpTests
{
    private BareServer _server = null!; // set before each test

    [OneTimeSetUp]
    public async Task Start() =>
        _server = await StartAsync(new RpcOptions { AllowedHosts = ["node.example"], AllowedOrigins = ["https://wallet.example"] });

    [OneTimeTearDown]
    public async Task Stop() => await _server.DisposeAsync();

    [TestCase("localhost", 200)]
    [TestCase("127.0.0.1:8545", 200)]
    [TestCase("node.example", 200)]
    [TestCase("NODE.example:80", 200)]
    [TestCase("evil.example", 403)]
    [TestCase("127.0.0.1.evil.example", 403)]
    public async Task Only_known_names_are_served(string host, int status)
    {
        // DNS rebinding: a page of evil.example whose name now resolves to 127.0.0.1.
        using HttpResponseMessage response = await _server.SendAsync(
            Request("test_echo", "[\"0x\"]"), request => request.Headers.Host = host);
        Assert.That((int)response.StatusCode, Is.EqualTo(status));
    }

    [TestCase("application/json", 200)]
    [TestCase("application/json; charset=utf-8", 200)]
    [TestCase("application/json-rpc", 200)]
    [TestCase("text/plain", 415)]
    [TestCase("application/x-www-form-urlencoded", 415)]
    public async Task Only_JSON_is_read(string type, int status)
    {
        // A browser sends the other types without asking first.
        using HttpResponseMessage response = await _server.SendAsync(
            Request("test_echo", "[\"0x\"]"), request => request.Content!.Headers.ContentType = MediaTypeHeaderValue.Parse(type));
        Assert.That((int)response.StatusCode, Is.EqualTo(status));
    }

    [Test]
    public async Task A_page_of_an_allowed_origin_may_read_and_another_may_not()
    {
        using HttpResponseMessage allowed = await _server.SendAsync(
            Request("test_echo", "[\"0x\"]"), request => request.Headers.Add("Origin", "https://wallet.example"));
        Assert.That(allowed.Headers.GetValues("Access-Control-Allow-Origin"), Is.EqualTo(new[] { "https://wallet.example" }));
        using HttpResponseMessage other = await _server.SendAsync(
            Request("test_echo", "[\"0x\"]"), request => request.Headers.Add("Origin", "https://evil.example"));
        Assert.That(other.Headers.Contains("Access-Control-Allow-Origin"), Is.False);
    }

    [TestCase("https://wallet.example", true)]
    [TestCase("https://evil.example", false)]
    public async Task A_preflight_is_granted_to_allowed_origins_only(string origin, bool isGranted)
    {
        using HttpResponseMessage response = await _server.SendAsync("", request =>
        {
            request.Method = HttpMethod.Options;
            request.Headers.Add("Origin", origin);
            request.Headers.Add("Access-Control-Request-Headers", "content-type");
        });
        Assert.That(response.IsSuccessStatusCode, Is.True);
        Assert.That(response.Headers.Contains("Access-Control-Allow-Headers"), Is.EqualTo(isGranted));
    }

    [Test]
    public async Task The_star_opens_to_every_page()
    {
        await using BareServer localnet = await StartAsync(new RpcOptions { AllowedOrigins = ["*"] });
        using HttpResponseMessage response = await localnet.SendAsync(
            Request("test_echo", "[\"0x\"]"), request => request.Headers.Add("Origin", "http://localhost:3000"));
        Assert.That(response.Headers.GetValues("Access-Control-Allow-Origin"), Is.EqualTo(new[] { "http://localhost:3000" }));
    }

    [Test]
    public async Task Trusted_methods_answer_programs_on_this_machine_and_no_page_behind_the_star()
    {
        await using BareServer localnet = await StartAsync(new RpcOptions { AllowedOrigins = ["*"] });
        Assert.That(await localnet.PostAsync(Request("test_trusted")), Does.Contain("true"));
        foreach (string header in new[] { "Origin", "X-Forwarded-For", "Forwarded" })
        {
            using HttpResponseMessage response = await localnet.SendAsync(
                Request("test_trusted"), request => request.Headers.TryAddWithoutValidation(header, "http://localhost:3000"));
            Assert.That(await response.Content.ReadAsStringAsync(), Does.Contain("-32601"), header);
        }
    }

    [Test]
    public async Task An_empty_GET_says_that_we_live_and_other_verbs_are_refused()
    {
        using var client = new HttpClient();
        Assert.That((await client.GetAsync(_server.Address)).StatusCode, Is.EqualTo(HttpStatusCode.OK));
        HttpResponseMessage put = await client.PutAsync(_server.Address, new StringContent("x"));
        Assert.That(put.StatusCode, Is.EqualTo(HttpStatusCode.MethodNotAllowed));
        Assert.That((await client.GetAsync(new Uri(_server.Address, "/admin"))).StatusCode, Is.EqualTo(HttpStatusCode.NotFound));
    }

    [Test]
    public async Task A_body_that_promises_too_much_is_refused_before_it_is_sent()
    {
        using Socket socket = await _server.OpenRawAsync();
        await socket.SendAsync(Head(5 * 1024 * 1024 + 1));
        var clock = Stopwatch.StartNew();
        Assert.That(await ReadLineAsync(socket), Does.Contain("413"));
        Assert.That(clock.ElapsedMilliseconds, Is.LessThan(5_000));
    }

    [Test]
    public async Task A_body_that_turns_out_too_long_is_refused_without_being_kept()
    {
        using Socket socket = await _server.OpenRawAsync();
        await socket.SendAsync(Encoding.ASCII.GetBytes(
            $"POST / HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n"));
        byte[] chunk = [.. Encoding.ASCII.GetBytes("100000\r\n"), .. Enumerable.Repeat((byte)' ', 0x100000), .. "\r\n"u8];
        try
        {
            for (int i = 0; i < 6; i++) await socket.SendAsync(chunk);
        }
        catch (SocketException)
        {
            // The server may close before the last chunk is out.
        }

        Assert.That(await ReadLineAsync(socket), Does.Contain("413").Or.Empty);
        Assert.That(await _server.PostAsync(Request("test_echo", "[\"0x\"]")), Does.Contain("result"));
    }

    [Test]
    public async Task A_large_body_in_small_pieces_is_read_whole()
    {
        string data = "0x" + new string('a', 400_000);
        byte[] body = Encoding.ASCII.GetBytes(Request("test_echo", $"[\"{data}\"]"));
        using Socket socket = await _server.OpenRawAsync();
        await socket.SendAsync(Head(body.Length));
        for (int sent = 0; sent < body.Length; sent += 50_000)
            await socket.SendAsync(body.AsMemory(sent, Math.Min(50_000, body.Length - sent)));
        Assert.That(await ReadLineAsync(socket), Does.Contain("200"));
    }

    [Test]
    public async Task One_address_gets_sixty_four_connections()
    {
        await using BareServer server = await StartAsync();
        var sockets = new List<Socket>();
        for (int i = 0; i < 64; i++) sockets.Add(await server.OpenRawAsync());
        foreach (Socket socket in sockets)
        {
            await socket.SendAsync("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n"u8.ToArray());
            Assert.That(await ReadLineAsync(socket), Does.Contain("200"));
        }

        Assert.That(await TryOneMoreAsync(server), Is.Empty);
        foreach (Socket socket in sockets) socket.Dispose();
    }

    /// <summary>What a connection hears that is reset or closed unread: nothing.</summary>
    private static async Task<string> TryOneMoreAsync(BareServer server)
    {
        try
        {
            using Socket socket = await server.OpenRawAsync();
            return await ReadLineAsync(socket);
        }
        catch (SocketException)
        {
            return "";
        }
    }

    private static byte[] Head(int length) => Encoding.ASCII.GetBytes(
        $"POST / HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: {length}\r\n\r\n");

    /// <summary>The first line of the answer; empty when the connection is closed instead.</summary>
    private static async Task<string> ReadLineAsync(Socket socket)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(10));
        byte[] buffer = new byte[4096];
        try
        {
            int count = await socket.ReceiveAsync(buffer, limit.Token);
            return Encoding.ASCII.GetString(buffer, 0, count).Split('\r')[0];
        }
        catch (SocketException)
        {
            return "";
        }
    }
}
