using DePinChain.Blocks;
using DePinChain.Network;
using DePinChain.Primitives;
using DePinChain.State;

namespace DePinChain.Engine;

/// <remarks>What peers may have of what is decided and of what waits.</remarks>
public sealed partial class LiveChain
{
    /// <summary>Makes the state snapshots that peers may have; null on a node that makes none.</summary>
    public SnapshotMaker? Snapshots { get; init; }

    /// <summary>The votes of heights that took several rounds.</summary>
    public VoteRecords Votes => new(_stores.Database);

    /// <summary>Begins a snapshot when one is due.</summary>
    /// <param name="offload">Where the writing is done.</param>
    public void SnapshotIfDue(Action<Action> offload)
    {
        if (Snapshots is { } maker && maker.IsDue(Head)) maker.Begin(_stores.State.Latest(), Head, offload);
    }

    /// <summary>Decided blocks for a peer that catches up.</summary>
    public Answer Serve(BlocksRequest request)
    {
        List<ReadOnlyMemory<byte>> chunks = [];
        long size = 0;
        for (ulong height = Math.Max(1, request.From); height <= Head.Number && chunks.Count < request.Count; height++)
        {
            if (_stores.Archive.FindBlock(height) is not { } block || FindCommit(height) is not { } commit) break;
            byte[] chunk = DecidedBlock.Encode(block, commit);
            size += chunk.Length;
            if (chunks.Count > 0 && size > request.BytesMax) break;
            chunks.Add(chunk);
        }

        return Given(chunks);
    }

    /// <summary>Headers at regular distances, as far as the chain goes.</summary>
    public Answer Serve(HeadersRequest request)
    {
        List<ReadOnlyMemory<byte>> chunks = [];
        ulong height = request.From;
        while (height <= Head.Number && chunks.Count < request.Count && _stores.Archive.FindHeader(height) is { } header)
        {
            chunks.Add(header.Encode());
            if (request.Step > ulong.MaxValue - height) break;
            height += request.Step;
        }

        return Given(chunks);
    }

    /// <summary>A height's header with all that it takes to believe it, as long as the state before it is kept.</summary>
    public Answer Serve(LightRequest request)
    {
        ChainHead head = Head;
        ulong height = request.Height == 0 ? head.Number : request.Height;
        if (height == head.Number && head.Commit is { } seen && head.Signers is { } signers)
            return Given([new LightBlock(head.Header, head.Block.Consensus.Preimage, signers, seen).Encode()]);
        bool isKept = height > 0 && height < head.Number;
        if (!isKept || _stores.Archive.FindBlock(height) is not { } block || FindCommit(height) is not { } commit) return Given([]);
        using StateSnapshot? before = _stores.State.At(height - 1);
        if (before is null) return Given([]);
        ValidatorSet set = _executor.ReadConsensusView(before, height - 1).Validators;
        return Given([new LightBlock(block.Header, block.Consensus.Preimage, set, commit).Encode()]);
    }

    /// <summary>Pending transactions, those of them that wait here.</summary>
    public Answer Serve(PooledTransactionsRequest request)
    {
        List<ReadOnlyMemory<byte>> chunks = [];
        int size = 0;
        foreach (Hash256 hash in request.Hashes)
        {
            if (_pool.Find(hash) is not { } signed) continue;
            size += signed.Transaction.Size;
            if (size > PooledTransactionsRequest.AnswerBytesMax) break;
            chunks.Add(signed.Transaction.Raw);
        }

        return Given(chunks);
    }

    private static Answer Given(List<ReadOnlyMemory<byte>> chunks) =>
        chunks.Count > 0 ? new Answer(AnswerStatus.Success, chunks) : Answer.Refused(AnswerStatus.NotAvailable);
}
