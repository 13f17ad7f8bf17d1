using System.Text.Json;
using System.Text.Json.Serialization;

namespace DePinChain.Node.Homes;

/// <summary>What <c>node.json</c> says. The file that <c>depin node init</c> writes explains each key.</summary>
/// <remarks>Set, not init: the generated reader gives an init property that the file leaves out its type's zero.</remarks>
internal sealed record NodeSettings
{
    /// <summary>What people call the node.</summary>
    public string Name { get; set; } = "node";

    /// <summary>The network's genesis document; relative to the home.</summary>
    public string Genesis { get; set; } = NodeHome.GenesisFile;

    /// <summary>The signing and VRF keys; relative to the home, null on a node that only follows.</summary>
    public string? SignerKey { get; set; }

    /// <summary>The socket of a signer process that holds the keys instead; null when there is none.</summary>
    public string? SignerSocket { get; set; }

    /// <summary>The multiaddress to listen on; null to dial only.</summary>
    public string? Listen { get; set; }

    /// <summary>Multiaddresses at which others reach this node, where it cannot know them itself.</summary>
    public IReadOnlyList<string> ExternalAddresses { get; set; } = [];

    /// <summary>Multiaddresses, with peer ids, of nodes to begin with.</summary>
    public IReadOnlyList<string> Bootnodes { get; set; } = [];

    /// <summary>Multiaddresses, with peer ids, of nodes to stay connected to.</summary>
    public IReadOnlyList<string> PersistentPeers { get; set; } = [];

    /// <summary>Peer ids that are told to nobody: a sentry's validators.</summary>
    public IReadOnlyList<string> PrivatePeers { get; set; } = [];

    /// <summary>Talk to persistent peers only: a validator behind sentries.</summary>
    public bool PersistentOnly { get; set; }

    public int InboundMax { get; set; } = 40;

    public int OutboundMax { get; set; } = 16;

    /// <summary>HEIGHT:HASH of a block of the right history; null believes the peers, from genesis on.</summary>
    public string? Trusted { get; set; }

    /// <summary>Keep the state of every block, and not only of the last 90,000.</summary>
    public bool Archive { get; set; }

    /// <summary>A state snapshot for others at every so many epochs' ends; 0 makes none, null is the network's custom.</summary>
    public uint? SnapshotEpochs { get; set; }

    /// <summary>Bytes of shards of blobs that may lie beside the database; 0 keeps none, null is the network's custom.</summary>
    public ulong? BlobBytesMax { get; set; }

    /// <summary>The base address of an OpenTelemetry collector; null sends nothing.</summary>
    public string? Otlp { get; set; }

    /// <summary>An IP address; anything but loopback lets the world in.</summary>
    public string RpcHost { get; set; } = "127.0.0.1";

    /// <summary>HTTP and WebSocket.</summary>
    public int RpcPort { get; set; } = 8545;

    /// <summary>The file's text, with an explanation of each key.</summary>
    public string ToText() => $$"""
        {
          // What people call this node.
          "name": {{Json(Name)}},
          // The network's genesis document, relative to this folder.
          "genesis": {{Json(Genesis)}},
          // The file with the signing and VRF keys, relative to this folder; null on a node that only follows the chain.
          "signerKey": {{Json(SignerKey)}},
          // The socket of a signer process that holds the keys instead (depin signer run); null when there is none.
          "signerSocket": {{Json(SignerSocket)}},
          // Where to listen for peers, as a multiaddress; null to dial only.
          "listen": {{Json(Listen)}},
          // At which multiaddresses others reach this node, where it cannot know them itself: behind a router.
          "externalAddresses": {{Json(ExternalAddresses)}},
          // Nodes to begin with, as multiaddresses that end in /p2p/PEERID.
          "bootnodes": {{Json(Bootnodes)}},
          // Nodes to stay connected to, whatever it takes.
          "persistentPeers": {{Json(PersistentPeers)}},
          // Peer ids that are told to nobody, for the sentries in front of a validator.
          "privatePeers": {{Json(PrivatePeers)}},
          // true: talk to the persistent peers only, for a validator behind sentries.
          "persistentOnly": {{Json(PersistentOnly)}},
          // The most connections that others and this node open.
          "inboundMax": {{Json(InboundMax)}},
          "outboundMax": {{Json(OutboundMax)}},
          // HEIGHT:HASH of a block that you trust. A node without a state then begins from a snapshot of its peers, and one that finds
          // another block at that height stops. null: every block from genesis on.
          "trusted": {{Json(Trusted)}},
          // true: keep the state of every block, so that calls and balances can be asked of any; false: of the last 90,000. A database that
          // was begun with true keeps all of it; one that was not keeps what it still has.
          "archive": {{Json(Archive)}},
          // Write a state snapshot for others at the end of every so many epochs; 0 writes none, null is the network's custom.
          "snapshotEpochs": {{Json(SnapshotEpochs)}},
          // Bytes of shards of committees' blobs that may lie beside the database; 0 keeps none (a custodian then earns nothing for
          // them), null is the network's custom.
          "blobBytesMax": {{Json(BlobBytesMax)}},
          // Send metrics to this OpenTelemetry collector (OTLP over HTTP, http://127.0.0.1:4318); null sends nothing.
          "otlp": {{Json(Otlp)}},
          // JSON-RPC over HTTP and WebSocket; anything but a loopback address lets the world in.
          "rpcHost": {{Json(RpcHost)}},
          "rpcPort": {{Json(RpcPort)}}
        }

        """;

    /// <summary>Reads the file's text.</summary>
    /// <exception cref="JsonException">It is no JSON, or has a key that nobody knows.</exception>
    public static NodeSettings Parse(string text) =>
        JsonSerializer.Deserialize(text, NodeSettingsJson.Default.NodeSettings) ?? throw new JsonException("null is no object");

    private static string Json<T>(T value) => value switch
    {
        null => "null",
        string text => JsonSerializer.Serialize(text, NodeSettingsJson.Default.String),
        IReadOnlyList<string> list => JsonSerializer.Serialize([.. list], NodeSettingsJson.Default.StringArray),
        bool flag => flag ? "true" : "false",
        IFormattable number => number.ToString(null, System.Globalization.CultureInfo.InvariantCulture),
        _ => throw new ArgumentException("A setting is a text, a list of texts, a flag or a number.", nameof(value)),
    };
}

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    ReadCommentHandling = JsonCommentHandling.Skip,
    AllowTrailingCommas = true,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow)]
[JsonSerializable(typeof(NodeSettings))]
[JsonSerializable(typeof(SignerKeyFile))]
[JsonSerializable(typeof(string[]))]
internal sealed partial class NodeSettingsJson : JsonSerializerContext;

/// <summary>What the signer's key file holds: hexadecimal secrets, and the address they sign for.</summary>
internal sealed record SignerKeyFile(string Address, string SigningKey, string VrfKey);
