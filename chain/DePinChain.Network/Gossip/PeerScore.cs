namespace DePinChain.Network.Gossip;

/// <summary>What a peer's conduct in gossip is worth (gossipsub 1.1, "The Score Function").</summary>
/// <remarks>
/// P3 (too few deliveries in the mesh) is left out: on a chain that is quiet for twelve seconds it would punish the honest. Counters decay
/// once a second and are dropped when they are next to nothing.
/// </remarks>
internal sealed class PeerScore
{
    private const double TimeInMeshCapSeconds = 300;
    private const double FirstDeliveriesCap = 100;
    private const double TopicCap = 50;
    private const double BehaviourTolerated = 6;
    private const double Nothing = 0.01;

    private readonly Dictionary<Topic, Counters> _topics = [];
    private double _behaviour;

    /// <summary>P7: grafts within the backoff and promises that were not kept.</summary>
    public double Behaviour => _behaviour;

    public void EnterMesh(Topic topic, long now) => Of(topic).MeshSince = now;

    public void LeaveMesh(Topic topic) => Of(topic).MeshSince = null;

    public void DeliveredFirst(Topic topic)
    {
        Counters counters = Of(topic);
        counters.FirstDeliveries = Math.Min(FirstDeliveriesCap, counters.FirstDeliveries + 1);
    }

    public void DeliveredInvalid(Topic topic) => Of(topic).Invalid++;

    public void Misbehaved(double points) => _behaviour += points;

    public void Decay(TimeSpan elapsed)
    {
        double seconds = elapsed.TotalSeconds;
        foreach (Counters counters in _topics.Values)
        {
            counters.FirstDeliveries = Fade(counters.FirstDeliveries, 0.98, seconds);
            counters.Invalid = Fade(counters.Invalid, 0.997, seconds);
        }

        _behaviour = Fade(_behaviour, 0.99, seconds);
    }

    /// <param name="application">P5: what the rest of the node thinks of the peer.</param>
    /// <param name="colocated">P6: peers beyond the tolerated number that share its address.</param>
    public double Value(long now, TimeProvider time, double application, int colocated)
    {
        double positive = 0, negative = 0;
        foreach ((Topic topic, Counters counters) in _topics)
        {
            double inMesh = counters.MeshSince is { } since ? time.GetElapsedTime(since, now).TotalSeconds : 0;
            positive += (Math.Min(TimeInMeshCapSeconds, inMesh) / 60) + (counters.FirstDeliveries * 0.1);
            // A lie about consensus is never an accident; a bad transaction may be a peer with another view.
            double weight = topic is Topic.Vote or Topic.Proposal ? -50 : -10;
            negative += weight * counters.Invalid * counters.Invalid;
        }

        double excess = Math.Max(0, _behaviour - BehaviourTolerated);
        return Math.Min(TopicCap, positive) + negative + application - (5.0 * colocated * colocated) - (10 * excess * excess);
    }

    private static double Fade(double counter, double perSecond, double seconds)
    {
        double left = counter * Math.Pow(perSecond, seconds);
        return left < Nothing ? 0 : left;
    }

    private Counters Of(Topic topic)
    {
        if (!_topics.TryGetValue(topic, out Counters? counters)) _topics[topic] = counters = new Counters();
        return counters;
    }

    private sealed class Counters
    {
        public long? MeshSince { get; set; }

        public double FirstDeliveries { get; set; }

        public double Invalid { get; set; }
    }
}
