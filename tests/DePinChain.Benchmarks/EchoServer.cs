using System.Diagnostics;
using System.Globalization;
using System.IO.Pipelines;
using DePinChain.EndToEnd.Tests;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Logging;

namespace DePinChain.Benchmarks;

/// <summary>The floor of every read: Kestrel that takes a body and gives a fixed answer, in a process of its own as the node is.</summary>
/// <remarks>Inside the load's own process it would share the load's threads and pay for fewer switches than any server can.</remarks>
internal sealed class EchoServer : IDisposable
{
    /// <summary>The argument that makes this program the server.</summary>
    public const string Verb = "serve-echo";

    private readonly Process _process;

    private EchoServer(Process process, int port) => (_process, Port) = (process, port);

    public int Port { get; }

    public static async Task<EchoServer> StartAsync()
    {
        int port = Localnet.FreePort();
        var start = new ProcessStartInfo(Environment.ProcessPath!) { RedirectStandardOutput = true, UseShellExecute = false };
        if (Path.GetFileNameWithoutExtension(start.FileName) == "dotnet")
            start.ArgumentList.Add(Environment.GetCommandLineArgs()[0]);
        start.ArgumentList.Add(Verb);
        start.ArgumentList.Add(port.ToString(CultureInfo.InvariantCulture));
        Process process = Process.Start(start)!;
        await process.StandardOutput.ReadLineAsync(); // it listens
        return new EchoServer(process, port);
    }

    /// <summary>Serves until the process is ended.</summary>
    public static async Task ServeAsync(int port)
    {
        WebApplicationBuilder builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls(string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{port}"));
        await using WebApplication app = builder.Build();
        byte[] answer = """{"jsonrpc":"2.0","id":1,"result":"0x21e19e0c9bab2400000"}"""u8.ToArray();
        app.Run(async context =>
        {
            ReadResult body = await context.Request.BodyReader.ReadAtLeastAsync((int)(context.Request.ContentLength ?? 0));
            context.Request.BodyReader.AdvanceTo(body.Buffer.End);
            context.Response.ContentType = "application/json";
            context.Response.ContentLength = answer.Length;
            await context.Response.BodyWriter.WriteAsync(answer);
        });
        app.Lifetime.ApplicationStarted.Register(() => Console.WriteLine(port));
        await app.RunAsync();
    }

    public void Dispose()
    {
        _process.Kill();
        _process.WaitForExit();
        _process.Dispose();
    }
}
