using DePinChain.Consensus;
using DePinChain.Network;

namespace DePinChain.Engine;

/// <summary>Where the consensus loop meets the world: time, pace, peers and the queue of what happens.</summary>
public sealed record HostEdge(ITransport Transport, HostMailbox Mailbox, LocalClock Clock, BlockPacing Pacing, TimeoutSchedule Timeouts);
