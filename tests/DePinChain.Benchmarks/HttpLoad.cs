using System.Buffers;
using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace DePinChain.Benchmarks;

/// <summary>What one run of load saw.</summary>
/// <param name="PerSecond">Answers per second over all connections.</param>
/// <param name="P99Ms">99th percentile of the time from request to answer.</param>
/// <param name="Errors">Answers that carried a JSON-RPC error.</param>
internal sealed record LoadResult(double PerSecond, double P99Ms, int Errors);

/// <summary>A plain HTTP/1.1 load generator: keep-alive connections, one request at a time on each, bodies prepared beforehand.</summary>
internal static class HttpLoad
{
    /// <summary>Posts every body once, spread over the connections in order.</summary>
    public static async Task<LoadResult> PostAllAsync(int port, IReadOnlyList<byte[]> requests, int connections)
    {
        int next = -1;
        var clock = Stopwatch.StartNew();
        Caller[] workers = await Task.WhenAll(Enumerable.Range(0, connections).Select(_ => Task.Run(async () =>
        {
            var worker = new Caller();
            await worker.RunAsync(port, () =>
            {
                int index = Interlocked.Increment(ref next);
                return index < requests.Count ? requests[index] : null;
            });
            return worker;
        })));
        return Result(workers, clock.Elapsed.TotalSeconds);
    }

    /// <summary>Repeats one body on each connection for a while.</summary>
    public static async Task<LoadResult> RepeatAsync(int port, byte[] request, int connections, TimeSpan duration)
    {
        var clock = Stopwatch.StartNew();
        Caller[] workers = await Task.WhenAll(Enumerable.Range(0, connections).Select(_ => Task.Run(async () =>
        {
            var worker = new Caller();
            await worker.RunAsync(port, () => clock.Elapsed < duration ? request : null);
            return worker;
        })));
        return Result(workers, clock.Elapsed.TotalSeconds);
    }

    /// <summary>A whole HTTP request around a JSON body.</summary>
    public static byte[] Request(string json) =>
        Encoding.ASCII.GetBytes($"POST / HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\nContent-Length: " +
            $"{json.Length}\r\n\r\n{json}");

    private static LoadResult Result(Caller[] workers, double seconds)
    {
        double[] latencies = workers.SelectMany(worker => worker.LatenciesMs).Order().ToArray();
        return new LoadResult(latencies.Length / seconds, latencies.Length == 0 ? 0 : latencies[(int)(latencies.Length * 0.99)],
            workers.Sum(worker => worker.Errors));
    }

    private sealed class Caller
    {
        public List<double> LatenciesMs { get; } = [];

        public int Errors { get; private set; }

        public async Task RunAsync(int port, Func<byte[]?> next)
        {
            using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
            await socket.ConnectAsync(IPAddress.Loopback, port);
            byte[] buffer = ArrayPool<byte>.Shared.Rent(64 * 1024);
            while (next() is { } request)
            {
                long start = Stopwatch.GetTimestamp();
                await socket.SendAsync(request);
                int length = 0;
                while (!IsWhole(buffer.AsSpan(0, length)))
                {
                    int read = await socket.ReceiveAsync(buffer.AsMemory(length));
                    if (read == 0)
                        throw new IOException("the server closed the connection");
                    length += read;
                }

                LatenciesMs.Add(Stopwatch.GetElapsedTime(start).TotalMilliseconds);
                if (buffer.AsSpan(0, length).IndexOf("\"error\""u8) >= 0)
                    Errors++;
            }

            ArrayPool<byte>.Shared.Return(buffer);
        }

        /// <summary>Whether the head and the whole body, of a known length or in chunks, are there.</summary>
        private static bool IsWhole(ReadOnlySpan<byte> answer)
        {
            int head = answer.IndexOf("\r\n\r\n"u8);
            if (head < 0)
                return false;
            string headers = Encoding.ASCII.GetString(answer[..head]);
            int at = headers.IndexOf("content-length:", StringComparison.OrdinalIgnoreCase);
            if (at < 0)
                return answer.EndsWith("0\r\n\r\n"u8);
            int end = headers.IndexOf('\r', at);
            int length = int.Parse(headers.AsSpan(at + 15, (end < 0 ? headers.Length : end) - at - 15),
                System.Globalization.CultureInfo.InvariantCulture);
            return answer.Length >= head + 4 + length;
        }
    }
}
