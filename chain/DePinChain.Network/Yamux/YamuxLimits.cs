namespace DePinChain.Network.Yamux;

/// <summary>What one connection may cost.</summary>
public sealed record YamuxLimits
{
    /// <summary>The window both sides begin every stream with (the specification of hashicorp/yamux).</summary>
    public const uint WindowInitial = 256 * 1024;

    /// <summary>
    /// Data in one frame: with its header it fits into one Noise message, and longer ones would let one stream hold up the others.
    /// </summary>
    public const int FrameMax = 63 * 1024;

    /// <summary>Up to here a stream's receive window grows when the peer fills it faster than the round trip allows.</summary>
    public uint WindowMax { get; init; } = 1024 * 1024;

    /// <summary>Streams that the peer may have open at once.</summary>
    public int InboundStreamsMax { get; init; } = 64;

    /// <summary>Streams that this node may have open at once; below the 256 unacknowledged ones that peers must accept.</summary>
    public int OutboundStreamsMax { get; init; } = 64;

    /// <summary>Bytes over all streams that have arrived and not been read.</summary>
    public int UnreadMax { get; init; } = 16 * 1024 * 1024;

    /// <summary>Control frames that wait because the peer does not read.</summary>
    public int ControlMax { get; init; } = 1024;

    public TimeSpan KeepAlive { get; init; } = TimeSpan.FromSeconds(30);

    public TimeSpan PongWithin { get; init; } = TimeSpan.FromSeconds(20);
}
