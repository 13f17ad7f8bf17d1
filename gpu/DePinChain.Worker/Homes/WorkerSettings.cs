using System.Text.Json;
using System.Text.Json.Serialization;

namespace DePinChain.Worker.Homes;

/// <summary>What <c>worker.json</c> says. The file that <c>init</c> writes explains each key.</summary>
/// <remarks>Set, not init: the generated reader gives an init property that the file leaves out its type's zero.</remarks>
internal sealed record WorkerSettings
{
    /// <summary>A node's JSON-RPC; its WebSocket is on the same port.</summary>
    public string Rpc { get; set; } = "http://127.0.0.1:8545";

    /// <summary>A loopback port for metrics and status; 0 for none.</summary>
    public int Port { get; set; } = 9480;

    /// <summary>The keys that attest.</summary>
    public IReadOnlyList<KeySettings> Keys { get; set; } = [];

    /// <summary>Judge accepted jobs of others too, and prove frauds.</summary>
    public bool Watch { get; set; } = true;

    /// <summary>Kinds of devices in the order of preference: cuda, opencl. The processor is always there.</summary>
    public IReadOnlyList<string> Backends { get; set; } = ["cuda", "opencl"];

    /// <summary>Only devices whose id or name contains this.</summary>
    public string Device { get; set; } = "";

    /// <summary>Use OpenCL devices that are this machine's processor: slower, for checking only.</summary>
    public bool AllowProcessors { get; set; }

    /// <summary>Jobs judged at a time; what waits too long is abstained from.</summary>
    public int JobsAtOnce { get; set; } = 2;

    /// <summary>Where models lie by which answers are judged; null for "models" in this home.</summary>
    public string? Models { get; set; }

    /// <summary>Bytes of weights that a model may have; of a larger one's audits the worker abstains.</summary>
    public ulong ModelBytesMax { get; set; } = 4UL << 30;

    /// <summary>Which answers of miners are disputed: passed, all or none.</summary>
    public string Disputes { get; set; } = "passed";

    /// <summary>The file's text, with an explanation of each key.</summary>
    public string ToText() => $$"""
        {
          // A node's JSON-RPC: what is followed and where verdicts are sent. Its WebSocket is on the same port.
          "rpc": {{JsonSerializer.Serialize(Rpc, WorkerJson.Default.String)}},
          // A port on 127.0.0.1 for /metrics, /status and /health; 0 for none.
          "port": {{Port}},
          // Keys that attest, each the worker of one verifier: "file" is a key relative to this folder (hexadecimal, or a keystore of
          // version 3 with its password in the file named by "passwordFile"), "node" the JSON-RPC of the validator's own node, where
          // its shards lie; null is the node above.
          "keys": {{JsonSerializer.Serialize([.. Keys], WorkerJson.Default.KeySettingsArray)}},
          // Judge accepted jobs of others too; who proves one wrong is paid for it.
          "watch": {{(Watch ? "true" : "false")}},
          // Kinds of devices in the order of preference ("cuda", "opencl"), and a part of the name of those that may be used. The
          // processor is always there and judges again whatever a device finds wrong.
          "backends": {{JsonSerializer.Serialize([.. Backends], WorkerJson.Default.StringArray)}},
          "device": {{JsonSerializer.Serialize(Device, WorkerJson.Default.String)}},
          // true: use OpenCL devices that are this machine's processor. They check kernels and are slower than the processor itself.
          "allowProcessors": {{(AllowProcessors ? "true" : "false")}},
          // Jobs judged at a time; the worker abstains in time from what it will not get to.
          "jobsAtOnce": {{JobsAtOnce}},
          // Folder of models in Hugging Face's form, for verifiers of inference; null for "models" beside this file. Audits of a model
          // that is not there, or has more bytes of weights than this, are abstained from.
          "models": {{JsonSerializer.Serialize(Models, WorkerJson.Default.String)}},
          "modelBytesMax": {{ModelBytesMax}},
          // Answers of exact models whose trace is wrong are disputed on the chain, with a bond out of the key's coins, and the miner's
          // loss is shared with this key: "passed" those that a committee did not find wrong, "all" at once, "none" never.
          "disputes": {{JsonSerializer.Serialize(Disputes, WorkerJson.Default.String)}}
        }

        """;
}

/// <summary>One key of a worker.</summary>
internal sealed record KeySettings
{
    /// <summary>Where the key lies; relative to the home.</summary>
    public string File { get; set; } = "";

    /// <summary>The file with a keystore's password; null for a key in hexadecimal.</summary>
    public string? PasswordFile { get; set; }

    /// <summary>JSON-RPC of the validator's node, where its shards lie; null is the worker's own.</summary>
    public string? Node { get; set; }
}

/// <summary>How the worker's own files are read and written.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    ReadCommentHandling = JsonCommentHandling.Skip,
    AllowTrailingCommas = true,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingDefault,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow)]
[JsonSerializable(typeof(WorkerSettings))]
[JsonSerializable(typeof(KeySettings[]))]
[JsonSerializable(typeof(JournalEntry))]
[JsonSerializable(typeof(string[]))]
internal sealed partial class WorkerJson : JsonSerializerContext;
