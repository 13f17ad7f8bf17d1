using System.Security.Cryptography;
using DePinChain.Network.Swarming;
using DePinChain.Network.Wire;
using DePinChain.Network.Yamux;

namespace DePinChain.Network.Identify;

/// <summary>Echoes 32 bytes as often as the peer likes (<c>/ipfs/ping/1.0.0</c>).</summary>
public static class PingProtocol
{
    public const string Protocol = "/ipfs/ping/1.0.0";

    private const int PingSize = 32;

    // js-libp2p pings every ten seconds over a stream of its own; a peer that pauses longer opens another.
    private static readonly TimeSpan IdleMax = TimeSpan.FromMinutes(2);

    private static readonly string[] Protocols = [Protocol];

    public static void Serve(Swarm swarm) => swarm.Handle(Protocol, EchoAsync);

    /// <summary>The time that an echo takes.</summary>
    /// <exception cref="IOException">The peer does not answer, or answers something else.</exception>
    public static async Task<TimeSpan> PingAsync(PeerConnection connection, TimeProvider time, CancellationToken cancellation)
    {
        (YamuxStream stream, _) = await connection.OpenAsync(Protocols, cancellation);
        await using (stream)
        {
            byte[] sent = RandomNumberGenerator.GetBytes(PingSize);
            long start = time.GetTimestamp();
            await stream.WriteAsync(sent, cancellation);
            byte[] echo = await LengthPrefixed.ReadExactlyAsync(stream, PingSize, cancellation);
            TimeSpan elapsed = time.GetElapsedTime(start);
            stream.CloseWrite();
            return echo.AsSpan().SequenceEqual(sent) ? elapsed : throw new WireException("a peer echoed other bytes than it was sent");
        }
    }

    private static async Task EchoAsync(PeerConnection connection, YamuxStream stream, string protocol, CancellationToken cancellation)
    {
        byte[] ping = new byte[PingSize];
        while (true)
        {
            using CancellationTokenSource idle = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
            idle.CancelAfter(IdleMax);
            int filled = 0;
            while (filled < PingSize)
            {
                int read = await stream.ReadAsync(ping.AsMemory(filled), idle.Token);
                if (read == 0)
                {
                    stream.CloseWrite();
                    return;
                }

                filled += read;
            }

            await stream.WriteAsync(ping, idle.Token);
        }
    }
}
