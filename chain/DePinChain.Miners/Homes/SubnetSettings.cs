using System.Text.Json;
using System.Text.Json.Serialization;

namespace DePinChain.Miners.Homes;

/// <summary>What a program of a subnet does.</summary>
internal enum SubnetRole
{
    /// <summary>Serves a model.</summary>
    Miner,

    /// <summary>Asks miners, checks what they answer, scores them; and lets people ask.</summary>
    Validator,
}

/// <summary>What <c>subnet.json</c> says. The file that <c>depin subnet init</c> writes explains each key.</summary>
/// <remarks>Set, not init: the generated reader gives an init property that the file leaves out its type's zero.</remarks>
internal sealed record SubnetSettings
{
    public SubnetRole Role { get; set; }

    /// <summary>A node's JSON-RPC.</summary>
    public string Rpc { get; set; } = "http://127.0.0.1:8545";

    public uint Netuid { get; set; } = 1;

    /// <summary>An IP address to listen on.</summary>
    public string Host { get; set; } = "127.0.0.1";

    /// <summary>A miner: where validators ask. A validator: where people ask.</summary>
    public int Port { get; set; } = 5410;

    /// <summary>The IP address that the chain tells validators; null for <see cref="Host"/>.</summary>
    public string? Announce { get; set; }

    /// <summary>The model's folder.</summary>
    public string Model { get; set; } = "model";

    /// <summary>The description of the subnet's task.</summary>
    public string Manifest { get; set; } = "manifest.json";

    /// <summary>A miner: enter with a deposit, commit to every answer, and show it to auditors.</summary>
    public bool Receipts { get; set; }

    /// <summary>Threads of the processor that the model may use; 0 for all.</summary>
    public int Workers { get; set; }

    /// <summary>The file's text, with an explanation of each key.</summary>
    public string ToText() => $$"""
        {
          // miner or validator.
          "role": {{JsonSerializer.Serialize(Role, SubnetJson.Default.SubnetRole)}},
          // A node's JSON-RPC: what is followed, and where transactions go.
          "rpc": {{Text(Rpc)}},
          "netuid": {{Netuid}},
          // Where to listen: a miner for validators, a validator for people who speak OpenAI's protocol.
          "host": {{Text(Host)}},
          "port": {{Port}},
          // A miner: the IP address that the chain tells validators; null for host.
          "announce": {{Text(Announce)}},
          // The model's folder (Hugging Face form) and the description of the subnet's task, relative to this file.
          "model": {{Text(Model)}},
          "manifest": {{Text(Manifest)}},
          // A miner: true puts up the deposit of the inference module from the hotkey's coins, commits to every answer, and shows them
          // to auditors. A wrong answer then costs a part of the deposit.
          "receipts": {{(Receipts ? "true" : "false")}},
          // Threads that the model may use; 0 for all.
          "workers": {{Workers}}
        }

        """;

    private static string Text(string? value) => JsonSerializer.Serialize(value, SubnetJson.Default.String);
}

/// <summary>How the program's own files are read and written.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    ReadCommentHandling = JsonCommentHandling.Skip,
    AllowTrailingCommas = true,
    UseStringEnumConverter = true,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow)]
[JsonSerializable(typeof(SubnetSettings))]
[JsonSerializable(typeof(TaskManifest))]
[JsonSerializable(typeof(Receipts.BatchNote))]
[JsonSerializable(typeof(Disputes.TurnNote))]
[JsonSerializable(typeof(ModelCard))]
[JsonSerializable(typeof(Judging.ValidatorNotes))]
[JsonSerializable(typeof(string))]
internal sealed partial class SubnetJson : JsonSerializerContext;
