using System.Reflection;
using System.Runtime.InteropServices;
using DePinChain.Blocks;
using DePinChain.Engine;
using DePinChain.Rpc;

namespace DePinChain.Node;

/// <summary>What the node says of itself over RPC: published values, never a question to the consensus loop.</summary>
internal sealed class NodeStatus(GenesisDocument genesis, ValidatorNode node, PeerWire? wire, long startedAt) : INodeStatus
{
    /// <inheritdoc/>
    public string ClientVersion { get; } =
        $"DePinChain/v{Version}/{RuntimeInformation.RuntimeIdentifier}/dotnet{Environment.Version.Major}.{Environment.Version.Minor}";

    /// <inheritdoc/>
    public IReadOnlyList<PeerStatus> Peers =>
        [.. node.Host.Peers.Select(peer =>
        {
            (string address, bool isInbound) = wire?.Find(peer.Id) ?? ("in this process", false);
            return new PeerStatus(peer.Id.Value, address, isInbound, peer.Height);
        })];

    /// <inheritdoc/>
    public SyncProgress? Syncing
    {
        get
        {
            if (node.Host.CatchUp is not { } catchUp) return null;
            ulong head = node.Chain.Head.Number;
            return new SyncProgress(catchUp.From, head, Math.Max(head, catchUp.To));
        }
    }

    /// <inheritdoc/>
    public ConsensusStatus Consensus
    {
        get
        {
            ConsensusSummary summary = node.Host.Summary;
            return new ConsensusStatus(
                summary.Height,
                summary.Round,
                summary.Step,
                summary.Proposer,
                summary.LockedRound,
                summary.LockedHash,
                summary.ValidRound,
                summary.ValidHash,
                summary.PrevotePower,
                summary.PrecommitPower,
                summary.TotalPower);
        }
    }

    /// <inheritdoc/>
    public NodeIdentity Identity => new(
        wire?.PeerId ?? node.Name, wire?.ListenAddresses ?? [], node.SigningAddress, genesis.Name, genesis.Development, startedAt);

    /// <inheritdoc/>
    public IReadOnlyList<ScheduledUpgrade> Upgrades { get; } =
        [.. genesis.Forks.Select(fork => new ScheduledUpgrade(fork.Name, fork.Height, NodeComposition.KnownForks.Contains(fork.Name)))];

    /// <inheritdoc/>
    public IReadOnlyList<Evidence> PendingEvidence => node.Chain.Evidence.Pending;

    /// <inheritdoc/>
    public VoteRecord? FindVotes(ulong height) => node.Chain.Votes.Find(height);

    /// <inheritdoc/>
    public IReadOnlyList<ulong> HeightsWithVotes(int most) => node.Chain.Votes.Heights(most);

    /// <summary>The program's version.</summary>
    public static string Version => typeof(NodeStatus).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()
        is { InformationalVersion: var text } ? text.Split('+')[0] : "1.0.0";
}
