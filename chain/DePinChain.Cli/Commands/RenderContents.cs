using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;
using DePinChain.Client;
using DePinChain.Client.Committees;
using DePinChain.Client.Rendering;
using DePinChain.Primitives;

namespace DePinChain.Cli.Commands;

/// <summary>Scenes to the nodes that render them, and pictures from them, through the blobs of a node on this machine.</summary>
internal static class RenderContents
{
    private const ulong PictureBytesMax = 512UL << 20;
    private const ulong ShownStage = 4;

    // A node keeps a blob for 20,000 blocks at most; some pass until it has it.
    private const ulong KeepBlocks = 19_900;

    /// <summary>The longest that a job may take: its scene lies at nodes a little longer, for frames that are judged at the end.</summary>
    public const ulong JobBlocksMax = 19_000;

    /// <summary>Brings a scene to the node.</summary>
    /// <returns>What the chain keeps of it.</returns>
    public static async Task<Hash256> PutSceneAsync(
        Session session, byte[] scene, SceneSettings settings, ulong head, CancellationToken cancellation)
    {
        try
        {
            if (session.IsDryRun) return ContentNote.Of(scene, settings.ToText()).RootOf();
            return await new ContentDesk(new BlobDesk(session.Node)).PutAsync(
                scene, settings.ToText(), head + KeepBlocks, cancellation);
        }
        catch (ContentFaultException fault)
        {
            throw CliFailure.Usage(fault.Message);
        }
        catch (NodeRefusedException refused)
        {
            throw CliFailure.LocalState(
                "SceneNotTaken", $"the node at {session.Node.Endpoint} did not take the scene: {refused.Message}",
                "use a node on this machine; it takes 336 MiB at most, and what its store has room for");
        }
    }

    public static Command Get(Argument<ulong> job)
    {
        var folder = new Option<DirectoryInfo>("--out") { Description = "Where the pictures go.", Required = true };
        var command = new Command("get", "Fetches a job's pictures as soon as they are delivered, each checked against its pixels' hash.")
        {
            job, folder,
        };
        command.Runs(async (session, parse, cancellation) =>
        {
            ModuleGateway render = ModuleGateway.Of(session.Node, await session.ModulesAsync(cancellation), "render");
            var contents = new ContentDesk(new BlobDesk(session.Node));
            UInt256 id = parse.GetValue(job);
            AbiRecord record = await render.RecordAsync("getJob", cancellation, id);
            DirectoryInfo place = parse.GetValue(folder)!;
            place.Create();
            var rows = new List<IReadOnlyList<JsonNode?>>();
            bool isWhole = true;
            for (ulong frame = 0; frame < record.Count("frames"); frame++)
            {
                AbiRecord at = await render.RecordAsync("getFrame", cancellation, id, (UInt256)frame);
                string number = (record.Count("first") + frame).ToString("d4", CultureInfo.InvariantCulture);
                (string word, string? file) = await FetchAsync(contents, at, Path.Combine(place.FullName, number + ".png"), cancellation);
                isWhole &= file is not null;
                rows.Add([frame.ToString(CultureInfo.InvariantCulture), word, file]);
            }

            session.Output.Rows(["frame", "picture", "file"], rows);
            if (!isWhole) throw new CliFailure(ExitCode.RejectedByChain, "NotAllDelivered", "some pictures are not to be had yet")
            {
                Hint = $"depin render status {id}; the command fetches what is missing when it runs again",
            };
        });
        return command;
    }

    private static async Task<(string Word, string? File)> FetchAsync(
        ContentDesk contents, AbiRecord frame, string path, CancellationToken cancellation)
    {
        AbiRecord work = frame.Record("work");
        if (frame.Count("stage") < ShownStage) return ("not delivered", null);
        if (File.Exists(path) && PixelImage.FromPng(await File.ReadAllBytesAsync(path, cancellation)).HashOf() == work.Hash("pixelHash"))
            return ("here already", path);
        try
        {
            (byte[] picture, _) = await contents.GetAsync(work.Hash("fileHash"), PictureBytesMax, cancellation);
            if (PixelImage.FromPng(picture).HashOf() != work.Hash("pixelHash")) return ("other pixels than were committed to", null);
            await File.WriteAllBytesAsync(path, picture, cancellation);
            return ("right", path);
        }
        catch (Exception trouble) when (trouble is NodeRefusedException or ContentFaultException)
        {
            return (trouble.Message, null);
        }
    }
}
