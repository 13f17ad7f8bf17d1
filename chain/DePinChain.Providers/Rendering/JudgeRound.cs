using DePinChain.Client;
using DePinChain.Client.Programs;
using DePinChain.Primitives;
using DePinChain.Proofs.Verdicts;
using DePinChain.Providers.Containers;

namespace DePinChain.Providers.Rendering;

/// <summary>
/// Judges frames where this node's key attests for a verifier: renders what two nodes, or a node and an artist, differ about, commits to
/// the pixels and reveals them. What it must do the chain says; pixels and salt are found again after a crash, and are the same.
/// </summary>
internal sealed class JudgeRound(RenderChain chain, FrameStudio studio, ProgramLog log)
{
    private readonly Dictionary<ulong, Task<RenderedFrame>> _judging = [];

    /// <summary>Whether a rendering ended that a committee waits for.</summary>
    public bool HasNews => _judging.Values.Any(static task => task.IsCompletedSuccessfully);

    /// <summary>One look at the committees, and what follows from it.</summary>
    public async Task RunAsync(ulong head, CancellationToken cancellation)
    {
        Address verifier = await chain.VerifierAsync(cancellation);
        if (verifier == Address.Zero) return;
        IReadOnlyList<(ulong Judgement, AbiRecord Report)> live = await chain.JudgementsAsync(cancellation);
        foreach (ulong over in _judging.Keys.Where(one => live.All(job => job.Judgement != one)).ToList())
            if (_judging[over].IsCompleted) _judging.Remove(over);
        foreach ((ulong judgement, AbiRecord report) in live) await StepAsync(judgement, report, verifier, head, cancellation);
    }

    private async Task StepAsync(ulong judgement, AbiRecord report, Address verifier, ulong head, CancellationToken cancellation)
    {
        AbiRecord progress = report.Record("progress");
        ulong phase = progress.Count("state");
        if (phase is not (RenderWords.Committing or RenderWords.Answering) || head + 1 >= progress.Count("until")) return;
        IReadOnlyList<AbiRecord> seats = await chain.SeatsAsync(judgement, cancellation);
        ulong wanted = phase == RenderWords.Committing ? RenderWords.SeatDrawn : RenderWords.SeatCommitted;
        for (int seat = (int)progress.Count("firstSeat"); seat < seats.Count; seat++)
        {
            if (seats[seat].Address("verifier") != verifier || seats[seat].Count("state") != wanted) continue;
            if (!_judging.TryGetValue(judgement, out Task<RenderedFrame>? task))
            {
                if (await chain.FindFrameAsync(judgement, head, cancellation) is not ({ } job, { } frame)) return;
                log.Tell("judging", ("judgement", judgement), ("job", job), ("frame", frame));
                _judging[judgement] = Task.Run(() => studio.RenderAsync(job, frame, cancellation), cancellation);
                return;
            }

            if (!task.IsCompleted) return;
            try
            {
                await SayAsync(judgement, (ushort)seat, verifier, phase == RenderWords.Committing, (await task).Pixels, cancellation);
            }
            catch (Exception trouble) when (trouble is RenderFault or EngineFailure)
            {
                // Who cannot say which pixels are right says nothing.
                log.Warn("not judged", ("judgement", judgement), ("why", trouble.Message));
                return;
            }
        }
    }

    private async Task SayAsync(
        ulong judgement, ushort seat, Address verifier, bool isCommit, Hash256 pixels, CancellationToken cancellation)
    {
        Hash256 salt = chain.SaltOf("verdict", judgement, seat);
        object?[] value = isCommit
            ?
            [
                (UInt256)judgement, (UInt256)(ulong)seat,
                VerdictDigest.Of(chain.Account.ChainId, judgement, seat, verifier, (byte)RenderWords.Valid, pixels, [], salt).ToArray(),
            ]
            :
            [
                (UInt256)judgement, (UInt256)(ulong)seat, (UInt256)RenderWords.Valid, pixels.ToArray(), Array.Empty<object?>(),
                salt.ToArray(),
            ];
        await chain.Account.SendAsync(
            chain.Committees.Plan(isCommit ? "commitBatch" : "revealBatch", Amount.Zero, (object?)new object?[] { value }), cancellation);
        log.Tell(isCommit ? "verdict committed" : "verdict revealed", ("judgement", judgement), ("pixels", pixels));
    }
}
