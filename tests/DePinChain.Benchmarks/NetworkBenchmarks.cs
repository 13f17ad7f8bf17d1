using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using DePinChain.Network.Identity;
using DePinChain.Network.Noise;
using DePinChain.Network.Swarming;
using DePinChain.Network.Yamux;

namespace DePinChain.Benchmarks;

internal static class NetworkBenchmarks
{
    private const int Megabytes = 256;
    private const int PieceSize = 64 * 1024;

    /// <summary>One Yamux stream over Noise over loopback TCP; the floor is the cipher alone, sealing and opening as many bytes.</summary>
    /// <remarks>Both ends run in this process, so a core's speed is the bytes by half of the processor time.</remarks>
    public static async Task YamuxAsync()
    {
        await TransferAsync(Megabytes / 4);
        var rounds = new List<(double Wall, double Core, double Floor)>();
        for (int round = 0; round < 3; round++)
        {
            (double wall, double core) = await TransferAsync(Megabytes);
            rounds.Add((wall, core, Floor()));
        }

        double perCore = Figures.Median(rounds.Select(round => round.Core));
        double floor = Figures.Median(rounds.Select(round => round.Floor));
        Figures.Print("Yamux over Noise on loopback, MB/s", $"{Figures.Median(rounds.Select(round => round.Wall)):0} by the clock");
        Figures.Print(
            "Yamux over Noise on loopback, MB/s and core", $"{perCore:0}  (the cipher alone {floor:0}, ratio {perCore / floor:0.00})",
            perCore >= 300, "goal 300 MB/s and core");
    }

    private static async Task<(double Wall, double Core)> TransferAsync(int megabytes)
    {
        using NodeKey first = NodeKey.Generate(), second = NodeKey.Generate();
        using Socket listener = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        listener.Listen();
        using Socket dialler = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        await dialler.ConnectAsync(listener.LocalEndPoint!);
        using Socket accepted = await listener.AcceptAsync();
        Task<SecuredChannel> dialling = ConnectionUpgrade.RunAsync(new NetworkStream(dialler), first, true, null, default);
        SecuredChannel there = await ConnectionUpgrade.RunAsync(new NetworkStream(accepted), second, false, null, default);
        SecuredChannel here = await dialling;

        var opened = new TaskCompletionSource<YamuxStream>(TaskCreationOptions.RunContinuationsAsynchronously);
        YamuxSession sending = new(here.Channel, true, new YamuxLimits(), stream => stream.Dispose(), TimeProvider.System);
        YamuxSession receiving = new(there.Channel, false, new YamuxLimits(), stream => opened.TrySetResult(stream), TimeProvider.System);
        Task running = Task.WhenAll(sending.RunAsync(), receiving.RunAsync());
        await sending.PingAsync(default);
        await receiving.PingAsync(default);
        await using YamuxStream writer = sending.Open();
        await using YamuxStream reader = await opened.Task;

        long bytes = (long)megabytes * 1_000_000;
        TimeSpan processor = Process.GetCurrentProcess().TotalProcessorTime;
        var clock = Stopwatch.StartNew();
        Task writing = Task.Run(() => WriteAsync(writer, bytes));
        await ReadAsync(reader, bytes);
        await writing;
        double seconds = clock.Elapsed.TotalSeconds;
        double used = (Process.GetCurrentProcess().TotalProcessorTime - processor).TotalSeconds;
        sending.Close();
        receiving.Close();
        await running;
        return (megabytes / seconds, megabytes / (used / 2));
    }

    private static async Task WriteAsync(YamuxStream stream, long bytes)
    {
        byte[] piece = RandomNumberGenerator.GetBytes(4 * PieceSize);
        for (long left = bytes; left > 0; left -= piece.Length)
            await stream.WriteAsync(piece.AsMemory(0, (int)Math.Min(left, piece.Length)));
    }

    private static async Task ReadAsync(YamuxStream stream, long bytes)
    {
        byte[] buffer = new byte[4 * PieceSize];
        while (bytes > 0) bytes -= await stream.ReadAsync(buffer);
    }

    // Sealing at one end and opening at the other: each end does one of the two, so a core's floor is the mean of both.
    private static double Floor()
    {
        using ChaCha20Poly1305 cipher = new(new byte[32]);
        byte[] nonce = new byte[12], plain = new byte[PieceSize], text = new byte[PieceSize], tag = new byte[16];
        int pieces = Megabytes * 1_000_000 / PieceSize;
        double seconds = Figures.Seconds(() =>
        {
            for (int piece = 0; piece < pieces; piece++)
            {
                cipher.Encrypt(nonce, plain, text, tag);
                cipher.Decrypt(nonce, text, tag, plain);
            }
        });
        return Megabytes / (seconds / 2);
    }
}
