using System.Buffers.Binary;
using System.Diagnostics;
using System.Net;
using System.Text;
using DePinChain.EndToEnd.Tests.Crash;

namespace DePinChain.EndToEnd.Tests.Operations;

/// <summary>A node that is told of an OpenTelemetry collector sends it what it counts.</summary>
[NonParallelizable]
public sealed class OtlpTests
{
    private string _folder = "";

    [SetUp]
    public void MakeFolder() => _folder = Directory.CreateTempSubdirectory("depin-otlp-").FullName;

    [TearDown]
    public void RemoveFolder() => Directory.Delete(_folder, recursive: true);

    [Test]
    public async Task A_collector_is_sent_every_metric_as_protobuf_over_http()
    {
        using HttpListener collector = new();
        int port = Localnet.FreePort();
        collector.Prefixes.Add($"http://127.0.0.1:{port}/");
        collector.Start();
        Task<(string Path, string Type, byte[] Body)> sent = TakeOneAsync(collector);

        string home = Path.Combine(_folder, "node");
        int rpc = Localnet.FreePort();
        NodeRun made = await NodeRun.ToItsEndAsync(
            "init", "--home", home, "--network", "localnet", "--rpc-port", $"{rpc}", "--name", "counted",
            "--listen", $"/ip4/127.0.0.1/tcp/{Localnet.FreePort()}");
        Assert.That(made.ExitCode, Is.Zero, made.Error);
        await RunUntilItAnswersAsync(home, rpc, "--otlp", $"http://127.0.0.1:{port}");

        (string path, string type, byte[] body) = await sent.WaitAsync(TimeSpan.FromSeconds(30));
        Assert.That((path, type), Is.EqualTo(("/v1/metrics", "application/x-protobuf")));
        SortedDictionary<string, long?> metrics = Decode(body, out string resource);
        Assert.That(resource, Does.Contain("service.name=depin").And.Contain("service.instance.id=counted"));
        Assert.That(metrics["depin_consensus_height"], Is.EqualTo(0), "it stands at genesis");
        Assert.That(metrics["depin_build_info"], Is.EqualTo(1));
        string[] some = ["depin_p2p_peers", "depin_rpc_inflight", "depin_state_bytes", "depin_mempool_txs"];
        Assert.That(metrics.Keys, Is.SupersetOf(some));
    }

    [Test]
    public async Task A_collector_without_an_address_is_refused()
    {
        NodeRun run = await NodeRun.ToItsEndAsync("run", "--home", _folder, "--otlp", "127.0.0.1");
        run.AssertRefused(1, "127.0.0.1", "http://127.0.0.1:4318");
    }

    // What is left is sent when the node stops, so nobody waits for the clock.
    private static async Task RunUntilItAnswersAsync(string home, int rpc, params string[] arguments)
    {
        ProcessStartInfo start = new("dotnet") { RedirectStandardOutput = true, RedirectStandardError = true, UseShellExecute = false };
        foreach (string argument in (string[])[Localnet.NodeProgram, "run", "--home", home, "--metrics-port", "0", .. arguments])
            start.ArgumentList.Add(argument);
        using Process node = Process.Start(start)!;
        Task<string> output = node.StandardOutput.ReadToEndAsync(), error = node.StandardError.ReadToEndAsync();
        Stopwatch clock = Stopwatch.StartNew();
        while (await Processes.Fleet.HeightAsync($"http://127.0.0.1:{rpc}") is null)
        {
            Assert.That(node.HasExited, Is.False);
            Assert.That(clock.Elapsed, Is.LessThan(TimeSpan.FromSeconds(60)), "it does not answer");
            await Task.Delay(50);
        }

        using Process kill = Process.Start("kill", ["-TERM", $"{node.Id}"]);
        await node.WaitForExitAsync();
        Assert.That(node.ExitCode, Is.Zero, await output + await error);
    }

    private static async Task<(string Path, string Type, byte[] Body)> TakeOneAsync(HttpListener collector)
    {
        HttpListenerContext context = await collector.GetContextAsync();
        using MemoryStream body = new();
        await context.Request.InputStream.CopyToAsync(body);
        context.Response.StatusCode = 200;
        context.Response.ContentType = "application/x-protobuf";
        context.Response.Close();
        return (context.Request.Url!.AbsolutePath, context.Request.ContentType ?? "", body.ToArray());
    }

    // opentelemetry-proto 1.5, metrics.proto: ExportMetricsServiceRequest.resource_metrics = 1; ResourceMetrics.resource = 1,
    // scope_metrics = 2; ScopeMetrics.metrics = 2; Metric.name = 1, gauge = 5, sum = 7; data_points = 1; NumberDataPoint.as_int = 6.
    private static SortedDictionary<string, long?> Decode(byte[] body, out string resource)
    {
        SortedDictionary<string, long?> metrics = new(StringComparer.Ordinal);
        StringBuilder attributes = new();
        foreach (byte[] ofResource in Fields(body, 1))
        {
            foreach (byte[] described in Fields(ofResource, 1))
            {
                foreach (byte[] attribute in Fields(described, 1))
                    attributes.Append($"{Text(attribute, 1)}={Text(Fields(attribute, 2).First(), 1)} ");
            }

            foreach (byte[] metric in Fields(ofResource, 2).SelectMany(scope => Fields(scope, 2)))
            {
                byte[]? point = Fields(metric, 5).Concat(Fields(metric, 7)).SelectMany(data => Fields(data, 1)).FirstOrDefault();
                byte[]? whole = point is null ? null : Fields(point, 6).FirstOrDefault();
                metrics[Text(metric, 1)] = whole is null ? null : BinaryPrimitives.ReadInt64LittleEndian(whole);
            }
        }

        resource = attributes.ToString();
        return metrics;
    }

    private static string Text(byte[] message, int number) => Encoding.UTF8.GetString(Fields(message, number).FirstOrDefault() ?? []);

    // A reader of its own, so that the exporter's bytes are judged by nothing of the house.
    private static IEnumerable<byte[]> Fields(byte[] message, int number)
    {
        int at = 0;
        while (at < message.Length)
        {
            ulong tag = Varint();
            int start = at;
            int size = (tag & 7) switch
            {
                0 => 0,
                1 => 8,
                5 => 4,
                _ => (int)Varint(),
            };
            if ((tag & 7) == 0) Varint();
            if ((tag & 7) == 2) start = at;
            at = (tag & 7) == 0 ? at : start + size;
            if ((int)(tag >> 3) == number) yield return message[start..at];
        }

        ulong Varint()
        {
            ulong value = 0;
            for (int shift = 0; ; shift += 7)
            {
                byte part = message[at++];
                value |= (ulong)(part & 0x7f) << shift;
                if (part < 0x80) return value;
            }
        }
    }
}
