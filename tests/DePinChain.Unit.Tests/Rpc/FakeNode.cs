using DePinChain.Blocks;
using DePinChain.Crypto;
using DePinChain.Primitives;
using DePinChain.Rpc;

namespace DePinChain.Unit.Tests.Rpc;

/// <summary>A node that says what a test puts into it and notes what it is asked for.</summary>
internal sealed class FakeNode : INodeStatus, INodeControl
{
    public string ClientVersion => "DePinChain/test";

    public IReadOnlyList<PeerStatus> Peers { get; set; } = [new PeerStatus("peer-1", "/memory/1", IsInbound: true, Height: 7)];

    public SyncProgress? Syncing { get; set; }

    public ConsensusStatus Consensus { get; } = new(8, 1, "prevote", Address.FromLow(1), -1, Hash256.Zero, -1, Hash256.Zero, 20, 10, 40);

    public NodeIdentity Identity { get; } =
        new("peer-0", ["/memory/0"], Address.FromLow(5), "rpc test", IsDevelopment: true, StartedAt: 1_700_000_000);

    public IReadOnlyList<Evidence> PendingEvidence => [];

    public VoteRecord? Votes { get; set; }

    public VoteRecord? FindVotes(ulong height) => Votes?.Height == height ? Votes : null;

    public IReadOnlyList<ulong> HeightsWithVotes(int most) => Votes is { } votes ? [votes.Height] : [];

    public IReadOnlyList<ScheduledUpgrade> Upgrades => [new ScheduledUpgrade("second", 1_000, IsKnown: false)];

    public uint Mined { get; private set; }

    public ulong Warped { get; private set; }

    public bool IsStopped { get; private set; }

    public long Now => 1_800_000_000;

    public PrivateKey? FaucetKey { get; set; }

    public Task<ulong> MineAsync(uint blocks, CancellationToken cancellation)
    {
        Mined += blocks;
        return Task.FromResult(100UL + blocks);
    }

    public Task<long> WarpAsync(ulong seconds, CancellationToken cancellation)
    {
        Warped += seconds;
        return Task.FromResult((long)Warped);
    }

    public Task<string?> SubmitEvidenceAsync(ReadOnlyMemory<byte> evidence, CancellationToken cancellation) =>
        Task.FromResult<string?>(evidence.Length > 0 ? null : "it is empty");

    public Task<string?> SubmitVoteAsync(ReadOnlyMemory<byte> vote, CancellationToken cancellation) =>
        SubmitEvidenceAsync(vote, cancellation);

    public BackupAnswer Backup(string folder) => new(7, Hash256.Zero, folder, "the disk is full");

    public void Stop() => IsStopped = true;
}
