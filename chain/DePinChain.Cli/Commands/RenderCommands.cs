using System.CommandLine;
using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json.Nodes;
using DePinChain.Client;
using DePinChain.Client.Rendering;
using DePinChain.Primitives;

namespace DePinChain.Cli.Commands;

/// <summary>Rendering on the chain: jobs and frames for artists, and the verbs of those who render.</summary>
internal static class RenderCommands
{
    private const int FramesPerPage = 100;
    private static readonly string[] JobStages = ["unknown", "rendering", "done", "cancelled", "quarantined"];

    private static readonly string[] FrameStages =
        ["free", "assigned", "committed", "revealing", "delivered", "rejected", "judging", "approved"];

    private static readonly Argument<ulong> Job = new("job") { Description = "The job's number." };
    private static readonly Argument<uint> Frame = new("frame") { Description = "The frame, counted from 0." };

    private static readonly Option<string> Pixels = new("--pixels")
    {
        Description = "The pixels' hash: keccak256(width ‖ height ‖ channels ‖ samples).",
        Required = true,
    };

    private static readonly Option<string> Salt = new("--salt") { Description = "32 bytes that nobody else knows; keep them to reveal." };
    private static readonly Option<uint> Work = new("--obh-milli") { Description = "Work of a frame, in 1/1,000 OctaneBench hours." };

    public static Command Build() => new("render", "Have frames rendered, or render them: jobs, frames, approvals, nodes.")
    {
        Submit(), Status(), Frames(), RenderContents.Get(Job), Approve(), Reject(), Cancel(), Node(), Commit(),
        Reveal(), Escalate(), Claim(), Rewards(),
    };

    private static Command Submit()
    {
        var scene = new Option<FileInfo>("--scene") { Description = "The scene, a .blend with all that it needs.", Required = true };
        var width = new Option<uint>("--width") { Description = "Pixels of a row.", DefaultValueFactory = _ => 1_920 };
        var height = new Option<uint>("--height") { Description = "Rows.", DefaultValueFactory = _ => 1_080 };
        var samples = new Option<uint>("--samples") { Description = "Paths for a pixel.", DefaultValueFactory = _ => 64 };
        var seed = new Option<uint>("--seed") { Description = "Where the paths' random numbers begin." };
        var engine = new Option<ushort>("--engine") { Description = "The engine's number." };
        var first = new Option<uint>("--first") { Description = "Number of the first frame.", DefaultValueFactory = _ => 1 };
        var frames = new Option<uint>("--frames") { Description = "How many.", Required = true };
        var tier = new Option<byte>("--tier") { Description = "1, 2 or 3.", DefaultValueFactory = _ => 2 };
        var vram = new Option<uint>("--vram") { Description = "Least memory in MiB." };
        var check = new Option<ushort>("--check-bps") { Description = "Part to render twice, in 1/10,000; 0 for the tier's own." };
        var blocks = new Option<ulong>("--blocks") { Description = "Ends after so many blocks.", DefaultValueFactory = _ => 14_400 };
        var command = new Command("submit", "Submits a job of --key; the deposit is computed, and what is not used comes back.")
        {
            scene, width, height, samples, seed, engine, first, frames, Work, tier, vram, check, blocks,
        };
        command.Runs(async (session, parse, cancellation) =>
        {
            ModuleGateway render = await GatewayAsync(session, cancellation);
            SceneSettings settings = new(
                parse.GetValue(width), parse.GetValue(height), parse.GetValue(samples), parse.GetValue(seed));
            if (settings.FindFault() is { } fault) throw CliFailure.Usage(fault);
            byte[] content = await File.ReadAllBytesAsync(parse.GetValue(scene)!.FullName, cancellation);
            byte[] settingsHash = settings.HashOf().ToArray();
            uint work = parse.GetValue(Work) == 0 ? 1_000 : parse.GetValue(Work);
            UInt256 count = parse.GetValue(frames), of = parse.GetValue(tier), part = parse.GetValue(check);
            Amount deposit = await render.AmountAsync("getDeposit", cancellation, count, (UInt256)work, of, part);
            ulong head = (ulong)await session.Node.QuantityAsync("eth_blockNumber", cancellation);

            // Prices may move before the block comes; what is too much comes back in the end.
            deposit = deposit.MulDiv(6, 5, Rounding.Up);
            if (parse.GetValue(blocks) is 0 or > RenderContents.JobBlocksMax)
                throw CliFailure.Usage($"--blocks takes 1 to {RenderContents.JobBlocksMax}: so long a scene lies at nodes");
            ulong deadline = head + parse.GetValue(blocks);
            byte[] sceneHash = (await RenderContents.PutSceneAsync(session, content, settings, head, cancellation)).ToArray();
            TransactionPlan plan = render.Plan(
                "submitJob", deposit, sceneHash, settingsHash, (UInt256)parse.GetValue(engine), (UInt256)parse.GetValue(first), count,
                (UInt256)work, of, (UInt256)parse.GetValue(vram), part, (UInt256)deadline);
            await TransactionFlow.SendAsync(
                session, plan, $"submit a job of {count} frames", [("deposit", $"{deposit}; the rest comes back")], cancellation);
        });
        return command;
    }

    private static Command Status()
    {
        var command = new Command("status", "A job: how many frames are where, what is left of its deposit.") { Job };
        command.Runs(async (session, parse, cancellation) =>
        {
            ModuleGateway render = await GatewayAsync(session, cancellation);
            ulong id = parse.GetValue(Job);
            AbiRecord job = await render.RecordAsync("getJob", cancellation, (UInt256)id);
            ulong[] stages = await StagesAsync(render, id, job.Count("frames"), cancellation);
            session.Output.Facts(
            [
                ("job", Text(id)), ("artist", job.Address("artist").ToString()), ("stage", JobStages[job.Count("stage")]),
                ("tier", Text(job.Count("tier"))), ("price", $"{Dollars(job.Count("price"))} an OctaneBench hour"),
                ("deposit", job.Amount("escrow").ToString()), ("deadline", Text(job.Count("deadline"))),
                ("frames", Text(job.Count("frames"))), ("paid", Text(job.Count("paid"))),
                .. stages.GroupBy(static stage => stage).OrderBy(static group => group.Key)
                    .Select(static group => (FrameStages[group.Key], (JsonNode?)group.Count())),
            ]);
        });
        return command;
    }

    private static Command Frames()
    {
        var command = new Command("frames", "A job's frames: who renders them, second renderings, pixels.") { Job };
        command.Runs(async (session, parse, cancellation) =>
        {
            ModuleGateway render = await GatewayAsync(session, cancellation);
            UInt256 id = parse.GetValue(Job);
            ulong frames = (await render.RecordAsync("getJob", cancellation, id)).Count("frames");
            var rows = new List<IReadOnlyList<JsonNode?>>();
            for (ulong frame = 0; frame < frames; frame++)
            {
                AbiRecord at = await render.RecordAsync("getFrame", cancellation, id, (UInt256)frame);
                AbiRecord work = at.Record("work"), second = at.Record("second");
                rows.Add(
                [
                    Text(frame), FrameStages[at.Count("stage")], Known(work.Address("node")), Known(second.Address("node")),
                    Text(at.Count("due")), work.Hash("pixelHash").ToString(), second.Hash("pixelHash").ToString(),
                    work.Hash("fileHash").ToString(),
                ]);
            }

            session.Output.Rows(["frame", "stage", "node", "second", "due", "pixels", "secondPixels", "file"], rows);
        });
        return command;
    }

    private static Command Approve()
    {
        var which = new Argument<uint[]>("frames") { Description = "Frames counted from 0; none for all that are delivered." };
        var command = new Command("approve", "Approves frames of a job of --key: they are paid.") { Job, which };
        command.Runs(async (session, parse, cancellation) =>
        {
            ModuleGateway render = await GatewayAsync(session, cancellation);
            ulong id = parse.GetValue(Job);
            uint[] chosen = parse.GetValue(which)!;
            if (chosen.Length == 0)
            {
                ulong frames = (await render.RecordAsync("getJob", cancellation, (UInt256)id)).Count("frames");
                ulong[] stages = await StagesAsync(render, id, frames, cancellation);
                ulong delivered = (ulong)Array.IndexOf(FrameStages, "delivered");
                chosen = [.. Enumerable.Range(0, stages.Length).Where(at => stages[at] == delivered).Select(at => (uint)at).Take(64)];
            }

            if (chosen.Length == 0) throw CliFailure.Usage($"job {id} has no delivered frame", $"depin render status {id}");
            object?[] list = [.. chosen.Select(static frame => (object?)(UInt256)frame)];
            TransactionPlan plan = render.Plan("approveFrames", Amount.Zero, (UInt256)id, list);
            await TransactionFlow.SendAsync(session, plan, $"approve {chosen.Length} frames", cancellation);
        });
        return command;
    }

    private static Command Reject()
    {
        var reason = new Option<byte>("--reason") { Description = "Why, in your own numbers." };
        var bond = new Option<string>("--bond")
        {
            Description = "At least a tenth of the frame's price; the rest comes back.",
            Required = true,
        };
        var command = new Command("reject", "Rejects a frame with a bond; its node may have a committee decide.")
        {
            Job, Frame, reason, bond,
        };
        command.Runs((session, parse, cancellation) => SendAsync(
            session, "rejectFrame", Session.AmountOf(parse.GetValue(bond)!), "reject a frame", cancellation, (UInt256)parse.GetValue(Job),
            (UInt256)parse.GetValue(Frame), (UInt256)parse.GetValue(reason)));
        return command;
    }

    private static Command Cancel()
    {
        var command = new Command("cancel", "Hands out no more frames of a job of --key.") { Job };
        command.Runs((session, parse, cancellation) => SendAsync(
            session, "cancelJob", Amount.Zero, "cancel a job", cancellation, (UInt256)parse.GetValue(Job)));
        return command;
    }

    private static Command Node()
    {
        var score = new Option<uint>("--score") { Description = "OctaneBench points.", Required = true };
        var vram = new Option<uint>("--vram") { Description = "Memory of its GPUs in MiB." };
        var engines = new Option<ulong>("--engines") { Description = "Engine n is bit n.", DefaultValueFactory = _ => 1 };
        var tiers = new Option<byte>("--tiers") { Description = "Tier n is bit n − 1.", DefaultValueFactory = _ => 2 };
        var bond = new Option<string>("--bond") { Description = "What is added to its bond.", DefaultValueFactory = _ => "0" };
        var command = new Command("node", "Says what the node of --key has.") { score, vram, engines, tiers, bond };
        command.Runs((session, parse, cancellation) => SendAsync(
            session, "setNode", Session.AmountOf(parse.GetValue(bond)!), "set a node", cancellation, (UInt256)parse.GetValue(score),
            (UInt256)parse.GetValue(vram), (UInt256)parse.GetValue(engines), (UInt256)parse.GetValue(tiers)));
        return command;
    }

    private static Command Commit()
    {
        var file = new Option<string>("--file-hash")
        {
            Description = "Hash of the file.",
            DefaultValueFactory = _ => Hash256.Zero.ToString(),
        };
        var command = new Command("commit", "Binds the node of --key to a frame's pixels without showing them.")
        {
            Job, Frame, Pixels, Salt, file, Work,
        };
        command.Runs(async (session, parse, cancellation) =>
        {
            byte[] salt = parse.GetValue(Salt) is { } given ? HashOf(given) : RandomNumberGenerator.GetBytes(Hash256.Size);
            byte[] commitment = Keccak256.Hash([.. HashOf(parse.GetValue(Pixels)!), .. salt, .. session.KeyAddress.ToArray()]).ToArray();
            uint work = parse.GetValue(Work) == 0 ? 1_000 : parse.GetValue(Work);
            ModuleGateway render = await GatewayAsync(session, cancellation);
            TransactionPlan plan = render.Plan(
                "commitFrame", Amount.Zero, (UInt256)parse.GetValue(Job), (UInt256)parse.GetValue(Frame), commitment,
                HashOf(parse.GetValue(file)!), new byte[Hash256.Size], (UInt256)work);
            await TransactionFlow.SendAsync(session, plan, "commit to a frame", [("salt", Hex.Encode(salt))], cancellation);
        });
        return command;
    }

    private static Command Reveal()
    {
        var command = new Command("reveal", "Shows the pixels that the node of --key committed to.") { Job, Frame, Pixels, Salt };
        command.Runs((session, parse, cancellation) => SendAsync(
            session, "revealFrame", Amount.Zero, "reveal a frame", cancellation, (UInt256)parse.GetValue(Job),
            (UInt256)parse.GetValue(Frame), HashOf(parse.GetValue(Pixels)!), HashOf(parse.GetValue(Salt) ?? "")));
        return command;
    }

    private static Command Escalate()
    {
        var command = new Command("escalate", "Has a committee decide about a rejected frame of --key.") { Job, Frame };
        command.Runs((session, parse, cancellation) => SendAsync(
            session, "escalateFrame", Amount.Zero, "escalate", cancellation, (UInt256)parse.GetValue(Job),
            (UInt256)parse.GetValue(Frame)));
        return command;
    }

    private static Command Claim()
    {
        var command = new Command("claim", "Takes a frame for the node of --key instead of waiting for one.") { Job };
        command.Runs((session, parse, cancellation) => SendAsync(
            session, "claimFrame", Amount.Zero, "claim a frame", cancellation, (UInt256)parse.GetValue(Job)));
        return command;
    }

    private static Command Rewards()
    {
        var node = new Argument<string>("node") { Description = "Whose." };
        var epochs = new Argument<ulong[]>("epochs") { Description = "Settled epochs.", Arity = ArgumentArity.OneOrMore };
        var command = new Command("rewards", "Mints what a node earned in epochs.") { node, epochs };
        command.Runs((session, parse, cancellation) => SendAsync(
            session, "claimRewards", Amount.Zero, "claim rewards", cancellation, Session.AddressOf(parse.GetValue(node)!),
            new object?[] { parse.GetValue(epochs)!.Select(static epoch => (object?)(UInt256)epoch).ToArray() }[0]));
        return command;
    }

    private static async Task<ulong[]> StagesAsync(ModuleGateway render, ulong job, ulong frames, CancellationToken cancellation)
    {
        var stages = new List<ulong>();
        for (ulong start = 0; start < frames; start += FramesPerPage)
        {
            object?[] page = (object?[])(await render.ValueAsync(
                "getStages", cancellation, (UInt256)job, (UInt256)start, (UInt256)FramesPerPage))!;
            stages.AddRange(page.Select(static stage => (ulong)(UInt256)stage!));
        }

        return [.. stages];
    }

    private static async Task SendAsync(
        Session session, string method, Amount value, string what, CancellationToken cancellation, params object?[] arguments)
    {
        ModuleGateway render = await GatewayAsync(session, cancellation);
        await TransactionFlow.SendAsync(session, render.Plan(method, value, arguments), what, cancellation);
    }

    private static async Task<ModuleGateway> GatewayAsync(Session session, CancellationToken cancellation) =>
        ModuleGateway.Of(session.Node, await session.ModulesAsync(cancellation), "render");

    private static byte[] HashOf(string text) => Hex.TryDecode(text, out byte[] bytes) && bytes.Length == Hash256.Size ? bytes
        : throw CliFailure.Usage($"'{text}' is not 32 bytes in hex", "0x and 64 hex digits");

    private static string Known(Address address) => address == Address.Zero ? "-" : address.ToString();

    private static string Dollars(ulong nano) => (nano / 1e9m).ToString("0.#########", CultureInfo.InvariantCulture) + " USD";

    private static string Text(ulong number) => number.ToString(CultureInfo.InvariantCulture);
}
