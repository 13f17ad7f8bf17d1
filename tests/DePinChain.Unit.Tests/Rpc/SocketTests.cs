using System.Net.WebSockets;
using System.Text.Json;
using DePinChain.Rpc;
using DePinChain.Rpc.Live;
using static DePinChain.Unit.Tests.Rpc.BareServer;

namespace DePinChain.Unit.Tests.Rpc;

/// <summary>The WebSocket side of the port.</summary>
public sealed class SocketTests
{
    [Test]
    public async Task Requests_and_batches_are_answered_in_order_on_the_same_port()
    {
        await using BareServer server = await StartAsync();
        using ClientWebSocket socket = await server.ConnectAsync();
        await SendAsync(socket, Request("test_echo", "[\"0x01\"]", "1"));
        await SendAsync(socket, $"[{Request("test_echo", "[\"0x02\"]", "2")}]");
        await SendAsync(socket, "{");
        Assert.That(await ReceiveAsync(socket), Does.Contain("0x01"));
        Assert.That(await ReceiveAsync(socket), Does.StartWith("[").And.Contain("0x02"));
        Assert.That(await ReceiveAsync(socket), Does.Contain("-32700"));
    }

    [Test]
    public async Task A_large_answer_comes_whole()
    {
        await using BareServer server = await StartAsync();
        using ClientWebSocket socket = await server.ConnectAsync();
        await SendAsync(socket, Request("test_blow", "[\"0x200000\"]"));
        Assert.That((await ReceiveAsync(socket))!, Has.Length.GreaterThan(4_000_000));
    }

    [Test]
    public async Task A_foreign_page_opens_no_socket()
    {
        await using BareServer server = await StartAsync(new RpcOptions { AllowedOrigins = ["https://wallet.example"] });
        Assert.That(
            async () => await server.ConnectAsync(options => options.SetRequestHeader("Origin", "https://evil.example")),
            Throws.InstanceOf<WebSocketException>());
        using ClientWebSocket allowed = await server.ConnectAsync(options => options.SetRequestHeader("Origin", "https://wallet.example"));
        Assert.That(allowed.State, Is.EqualTo(WebSocketState.Open));
    }

    [Test]
    public async Task A_message_above_the_body_limit_closes_the_socket()
    {
        await using BareServer server = await StartAsync(new RpcOptions { BodyBytesMax = 100_000 });
        using ClientWebSocket socket = await server.ConnectAsync();
        await SendAsync(socket, new string(' ', 200_000));
        Assert.That(await ReceiveAsync(socket), Is.Null);
        Assert.That(socket.CloseStatus, Is.EqualTo(WebSocketCloseStatus.MessageTooBig));
    }

    [Test]
    public async Task A_subscriber_learns_its_id_before_the_first_event_and_nothing_after_it_left()
    {
        await using BareServer server = await StartAsync();
        ClientWebSocket socket = await server.ConnectAsync();
        await SendAsync(socket, Request("test_subscribe"));
        string id = JsonDocument.Parse((await ReceiveAsync(socket))!).RootElement.GetProperty("result").GetString()!;
        await WaitForAsync(() => server.Hub.All is [{ IsActive: true }]);
        server.Hub.All[0].Notify("{\"number\":\"0x1\"}"u8);
        JsonElement message = JsonDocument.Parse((await ReceiveAsync(socket))!).RootElement;
        Assert.That(message.GetProperty("method").GetString(), Is.EqualTo("eth_subscription"));
        Assert.That(message.TryGetProperty("id", out _), Is.False);
        Assert.That(message.GetProperty("params").GetProperty("subscription").GetString(), Is.EqualTo(id));
        Assert.That(message.GetProperty("params").GetProperty("result").GetProperty("number").GetString(), Is.EqualTo("0x1"));
        socket.Dispose();
        await WaitForAsync(() => server.Hub.All.IsEmpty);
    }

    [Test]
    public async Task A_socket_has_at_most_thirty_two_subscriptions()
    {
        await using BareServer server = await StartAsync();
        using ClientWebSocket socket = await server.ConnectAsync();
        for (int i = 0; i < 32; i++) await SendAsync(socket, Request("test_subscribe"));
        for (int i = 0; i < 32; i++) Assert.That(await ReceiveAsync(socket), Does.Contain("result"));
        await SendAsync(socket, Request("test_subscribe"));
        Assert.That(await ReceiveAsync(socket), Does.Contain("-32005"));
    }

    [Test]
    public async Task A_reader_that_does_not_read_is_closed_and_the_others_do_not_notice()
    {
        await using BareServer server = await StartAsync(new RpcOptions { UnsentMs = 300 });
        using ClientWebSocket slow = await server.ConnectAsync();
        using ClientWebSocket quick = await server.ConnectAsync();
        await SendAsync(slow, Request("test_subscribe"));
        await WaitForAsync(() => server.Hub.All.Length == 1);
        await SendAsync(quick, Request("test_subscribe"));
        await WaitForAsync(() => server.Hub.All is [{ IsActive: true }, { IsActive: true }]);
        await ReceiveAsync(quick);

        byte[] result = [(byte)'"', .. Enumerable.Repeat((byte)'x', 100_000), (byte)'"'];
        Subscription sleeper = server.Hub.All[0], reader = server.Hub.All[1];
        for (int i = 0; i < 200; i++) sleeper.Notify(result);
        reader.Notify("1"u8);
        Assert.That(await ReceiveAsync(quick), Does.Contain("\"result\":1"));
        await WaitForAsync(() => server.Hub.All is [{ } left] && left == reader);
    }

    private static async Task WaitForAsync(Func<bool> isTrue)
    {
        for (int i = 0; i < 1_000 && !isTrue(); i++) await Task.Delay(10);
        Assert.That(isTrue(), Is.True, "waited ten seconds in vain");
    }
}
