using DePinChain.Client;
using DePinChain.Client.Programs;
using DePinChain.Primitives;
using DePinChain.Providers.Containers;
using DePinChain.Providers.Files;

namespace DePinChain.Providers.Rendering;

/// <summary>
/// Takes every step that the chain wants of this node: render what it was given, commit, reveal, hand out the picture. What a frame needs
/// the chain says; what was rendered the home does, so that nothing is committed to twice with two minds.
/// </summary>
internal sealed class FrameRound(RenderHome home, RenderHomeSettings settings, RenderChain chain, FrameStudio studio, ProgramLog log)
{
    private static readonly TimeSpan Again = TimeSpan.FromSeconds(10);

    private readonly Dictionary<(ulong Job, uint Frame), Task<RenderedFrame>> _running = [];
    private readonly Dictionary<(ulong Job, uint Frame), DateTime> _notBefore = [];

    /// <summary>Whether something here ended that the chain is to hear of.</summary>
    public bool HasNews => _running.Values.Any(static task => task.IsCompleted);

    /// <summary>One look at the chain, and what follows from it.</summary>
    public async Task RunAsync(ulong head, CancellationToken cancellation)
    {
        ulong seen = home.ReadSeen();
        var notes = home.Frames().ToDictionary(static note => (note.Job, note.Frame));
        if (seen != head || seen == 0)
        {
            ulong from = seen == 0 || seen > head ? 0 : seen + 1;
            foreach ((ulong job, uint frame) in await chain.AssignedAsync(from, head, cancellation))
            {
                if (notes.ContainsKey((job, frame))) continue;
                FrameNote note = notes[(job, frame)] = new FrameNote { Job = job, Frame = frame };
                home.Save(note);
            }

            home.SaveSeen(head);
        }

        foreach (FrameNote note in notes.Values) await StepAsync(note, head, cancellation);
    }

    private async Task StepAsync(FrameNote note, ulong head, CancellationToken cancellation)
    {
        AbiRecord at = await chain.FrameAsync(note.Job, note.Frame, cancellation);
        AbiRecord work = at.Record("work"), second = at.Record("second");
        (ulong stage, ulong check) = (at.Count("stage"), at.Count("check"));
        bool isFirst = work.Address("node") == chain.Node && stage != 0;
        bool isSecond = second.Address("node") == chain.Node && check != 0;
        if (!isFirst && !isSecond)
        {
            End(note, "not ours any more");
            return;
        }

        AbiRecord mine = isFirst ? work : second;
        bool mustCommit = isFirst ? stage == RenderWords.Assigned : stage == RenderWords.Committed && check == RenderWords.CheckAssigned;
        bool mustReveal = stage == RenderWords.Revealing && mine.Hash("pixelHash") == Hash256.Zero;
        if (mustCommit || mustReveal)
        {
            if (note.Pixels.Length == 0 && !await RenderedAsync(note, cancellation)) return;
            await SayAsync(note, mustCommit, cancellation);
            if (mustCommit) return;
        }

        // Only now, when nobody can commit to it any more, may others see it.
        if (note.Step == FrameStep.Rendered && (mustReveal || mine.Hash("pixelHash") != Hash256.Zero))
        {
            byte[] picture = await File.ReadAllBytesAsync(home.PictureOf(note), cancellation);
            await chain.Contents.PutAsync(picture, null, head + settings.KeepBlocks, cancellation);
            note.Step = FrameStep.Shown;
            home.Save(note);
            log.Tell("shown", ("job", note.Job), ("frame", note.Frame), ("bytes", picture.Length));
        }

        if (stage == RenderWords.Rejected && isFirst && settings.Escalate) await EscalateAsync(note, cancellation);
        if (stage == RenderWords.Approved) End(note, "paid");
    }

    // Begins to render, or takes what was rendered to disk; true when it is there.
    private async Task<bool> RenderedAsync(FrameNote note, CancellationToken cancellation)
    {
        (ulong, uint) key = (note.Job, note.Frame);
        if (!_running.TryGetValue(key, out Task<RenderedFrame>? task))
        {
            if (_notBefore.TryGetValue(key, out DateTime until) && DateTime.UtcNow < until) return false;
            log.Tell("rendering", ("job", note.Job), ("frame", note.Frame));
            _running[key] = Task.Run(() => studio.RenderAsync(note.Job, note.Frame, cancellation), cancellation);
            return false;
        }

        if (!task.IsCompleted) return false;
        _running.Remove(key);
        RenderedFrame done;
        try
        {
            done = await task;
        }
        catch (Exception trouble) when (trouble is RenderFault or EngineFailure or NodeRefusedException or NodeUnreachableException)
        {
            // A scene that cannot be rendered is another node's after the deadline; everything else is tried again until then.
            _notBefore[key] = trouble is RenderFault ? DateTime.MaxValue : DateTime.UtcNow + Again;
            log.Warn("not rendered", ("job", note.Job), ("frame", note.Frame), ("why", trouble.Message));
            return false;
        }

        AbiRecord job = await chain.JobAsync(note.Job, cancellation);
        AgentHome.Replace(home.PictureOf(note), done.Picture);
        note.Pixels = done.Pixels.ToString();
        note.File = done.File.ToString();
        note.ObhMilli = settings.Work == RenderHomeSettings.Measured
            ? (uint)Math.Clamp(done.Time.TotalHours * settings.Score * 1_000, 1, 1e9) : (uint)job.Count("obhMilli");
        note.Step = FrameStep.Rendered;
        home.Save(note);
        log.Tell("rendered", ("job", note.Job), ("frame", note.Frame), ("seconds", Math.Round(done.Time.TotalSeconds, 1)));
        return true;
    }

    private async Task SayAsync(FrameNote note, bool isCommit, CancellationToken cancellation)
    {
        Hash256 salt = chain.SaltOf("frame", note.Job, note.Frame), pixels = Hash256.Parse(note.Pixels);
        byte[] commitment = Keccak256.Hash([.. pixels.ToArray(), .. salt.ToArray(), .. chain.Node.ToArray()]).ToArray();
        TransactionPlan plan = isCommit
            ? chain.Render.Plan(
                "commitFrame", Amount.Zero, (UInt256)note.Job, (UInt256)note.Frame, commitment, Hash256.Parse(note.File).ToArray(),
                new byte[Hash256.Size], (UInt256)note.ObhMilli)
            : chain.Render.Plan(
                "revealFrame", Amount.Zero, (UInt256)note.Job, (UInt256)note.Frame, pixels.ToArray(), salt.ToArray());
        await chain.Account.SendAsync(plan, cancellation);
        log.Tell(isCommit ? "committed" : "revealed", ("job", note.Job), ("frame", note.Frame), ("pixels", note.Pixels));
    }

    private async Task EscalateAsync(FrameNote note, CancellationToken cancellation)
    {
        (ulong, uint) key = (note.Job, note.Frame);
        if (_notBefore.TryGetValue(key, out DateTime until) && DateTime.UtcNow < until) return;
        try
        {
            await chain.Account.SendAsync(
                chain.Render.Plan("escalateFrame", Amount.Zero, (UInt256)note.Job, (UInt256)note.Frame), cancellation);
            log.Tell("rejected; a committee decides", ("job", note.Job), ("frame", note.Frame));
        }
        catch (NodeRefusedException refused)
        {
            _notBefore[key] = DateTime.UtcNow + Again;
            log.Warn("rejected, and no committee", ("job", note.Job), ("frame", note.Frame), ("why", chain.Account.Words(refused)));
        }
    }

    private void End(FrameNote note, string why)
    {
        if (_running.ContainsKey((note.Job, note.Frame))) return; // until it is rendered: the container is its own
        home.Forget(note);
        log.Tell("ended", ("job", note.Job), ("frame", note.Frame), ("why", why));
    }
}
