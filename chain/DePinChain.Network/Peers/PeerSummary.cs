using DePinChain.Network.Swarming;

namespace DePinChain.Network.Peers;

/// <summary>A connected peer as an operator sees it.</summary>
/// <param name="Address">Where it is connected from or was dialled.</param>
/// <param name="Agent">The program it says it is; empty until identified. Text of a stranger: print it with care.</param>
/// <param name="Points">Its standing with this node.</param>
/// <param name="GossipScore">Its standing in gossip, the points included.</param>
/// <param name="RoundTrip">Of the last ping; zero before the first.</param>
/// <param name="IsTrusted">Whether the operator named it.</param>
public sealed record PeerSummary(
    PeerId Peer, Multiaddress Address, bool IsInbound, string Agent, double Points, double GossipScore, TimeSpan RoundTrip,
    TimeSpan ConnectedFor, long BytesReceived, long BytesSent, bool IsTrusted);
