using System.Text.Json;
using System.Text.Json.Serialization;

namespace DePinChain.Providers.Rendering;

/// <summary>What <c>render.json</c> says. The file that <c>depin provider render init</c> writes explains each key.</summary>
/// <remarks>Set, not init: the generated reader gives an init property that the file leaves out its type's zero.</remarks>
internal sealed record RenderHomeSettings
{
    /// <summary>Reports the artist's estimate as the work of a frame.</summary>
    public const string Estimate = "estimate";

    /// <summary>Reports points times hours.</summary>
    public const string Measured = "measured";

    /// <summary>JSON-RPC of a node on this machine: scenes and pictures go through its blobs.</summary>
    public string Rpc { get; set; } = "http://127.0.0.1:8545";

    /// <summary><c>podman</c>, or a socket that speaks Docker's API.</summary>
    public string Engine { get; set; } = "podman";

    /// <summary>The renderer, in the host's <c>/usr</c>.</summary>
    public string Blender { get; set; } = "/usr/bin/blender";

    /// <summary>Thousandths of a core and MiB of memory for a rendering.</summary>
    public ulong CpuMilli { get; set; } = 1_000;

    public ulong MemMiB { get; set; } = 2_048;

    /// <summary>A rendering that takes longer is ended.</summary>
    public uint SecondsMax { get; set; } = 3_600;

    /// <summary>The largest scene that is fetched.</summary>
    public ulong SceneMiB { get; set; } = 256;

    /// <summary>OctaneBench points, memory of GPUs and tiers, as the chain is told.</summary>
    public uint Score { get; set; } = 10;

    public uint VramMiB { get; set; }

    public byte Tiers { get; set; } = 2;

    /// <summary>What is reported as a frame's work: <see cref="Estimate"/> or <see cref="Measured"/>.</summary>
    public string Work { get; set; } = Estimate;

    /// <summary>Whether a rejected frame goes to a committee.</summary>
    public bool Escalate { get; set; } = true;

    /// <summary>How long pictures lie in the node's blobs, in blocks after they were shown; a node takes at most 20,000.</summary>
    public ulong KeepBlocks { get; set; } = 19_900;

    /// <summary>The file's text, with an explanation of each key.</summary>
    public string ToText() =>
        $$"""
            {
              // JSON-RPC of a node on this machine: the agent follows it, and scenes and pictures go through its blobs.
              "rpc": {{Text(Rpc)}},
              // "podman" starts Podman's service as it is needed; or a socket that speaks Docker's API: "unix:///run/docker.sock".
              "engine": {{Text(Engine)}},
              // The renderer, somewhere under /usr, which containers see but cannot change.
              "blender": {{Text(Blender)}},
              // What a rendering may use: thousandths of a core, MiB of memory (pictures included), seconds.
              "cpuMilli": {{CpuMilli}},
              "memMiB": {{MemMiB}},
              "secondsMax": {{SecondsMax}},
              // The largest scene that is fetched.
              "sceneMiB": {{SceneMiB}},
              // What the chain is told: OctaneBench points (deadlines follow from them), memory of GPUs, tiers (tier n is bit n - 1).
              "score": {{Score}},
              "vramMiB": {{VramMiB}},
              "tiers": {{Tiers}},
              // What is reported as a frame's work: the artist's "estimate", or points times hours as "measured".
              "work": {{Text(Work)}},
              // Whether a frame that its artist rejects goes to a committee, which renders it too.
              "escalate": {{(Escalate ? "true" : "false")}},
              // How long pictures lie in the node's blobs, in blocks: at most 19900.
              "keepBlocks": {{KeepBlocks}}
            }

            """;

    private static string Text(string value) => JsonSerializer.Serialize(value, RenderFiles.Default.String);
}

/// <summary>How far a frame is. Each step is written down before the chain hears of it, so that a restart says the same again.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<FrameStep>))]
internal enum FrameStep
{
    /// <summary>It is to be rendered.</summary>
    Assigned,

    /// <summary>Its picture lies here; the commitment is bound to it.</summary>
    Rendered,

    /// <summary>The chain has its pixels; the picture can be had.</summary>
    Shown,
}

/// <summary>A frame of this node, as it lies in its folder.</summary>
internal sealed record FrameNote
{
    public ulong Job { get; set; }

    public uint Frame { get; set; }

    public FrameStep Step { get; set; }

    /// <summary>Hash of its decoded pixels, and the note that names the picture.</summary>
    public string Pixels { get; set; } = "";

    public string File { get; set; } = "";

    /// <summary>Work that is reported, in 1/1,000 OctaneBench hours.</summary>
    public uint ObhMilli { get; set; }
}

/// <summary>Up to which block assignments were looked for.</summary>
internal sealed record SeenNote(ulong Block);

/// <summary>How the agent's own files are read and written.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    ReadCommentHandling = JsonCommentHandling.Skip,
    AllowTrailingCommas = true,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow)]
[JsonSerializable(typeof(RenderHomeSettings))]
[JsonSerializable(typeof(FrameNote))]
[JsonSerializable(typeof(SeenNote))]
[JsonSerializable(typeof(string))]
internal sealed partial class RenderFiles : JsonSerializerContext;
