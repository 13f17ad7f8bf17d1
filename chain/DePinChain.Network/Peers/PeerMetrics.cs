using System.Diagnostics.Metrics;

namespace DePinChain.Network.Peers;

/// <summary>What becomes of peers, counted; costs nothing until somebody listens.</summary>
internal static class PeerMetrics
{
    private static readonly Meter Meter = new("DePinChain.Network");

    private static readonly Counter<long> Bans =
        Meter.CreateCounter<long>("depin_p2p_banned_total", description: "Peers that were banned, by what did it.");

    /// <summary>Makes the instruments known: whoever asks what there is sees them before anything was counted.</summary>
    public static void Publish() => _ = Bans.Enabled;

    public static void Ban(PeerConduct lastStraw) => Bans.Add(1, new KeyValuePair<string, object?>("reason", lastStraw switch
    {
        PeerConduct.ProvenLie => "proven_lie",
        PeerConduct.InvalidMessage => "invalid_message",
        PeerConduct.UselessAnswer => "useless_answers",
        _ => "timeouts",
    }));
}
