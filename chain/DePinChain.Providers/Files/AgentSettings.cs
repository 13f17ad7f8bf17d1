using System.Text.Json;
using System.Text.Json.Serialization;

namespace DePinChain.Providers.Files;

/// <summary>What <c>provider.json</c> says. The file that <c>depin provider storage init</c> writes explains each key.</summary>
/// <remarks>Set, not init: the generated reader gives an init property that the file leaves out its type's zero.</remarks>
internal sealed record AgentSettings
{
    /// <summary>A node's JSON-RPC.</summary>
    public string Rpc { get; set; } = "http://127.0.0.1:8545";

    /// <summary>An IP address to listen on.</summary>
    public string Host { get; set; } = "127.0.0.1";

    public int Port { get; set; } = 5310;

    /// <summary>What the chain tells clients; null for http at host and port.</summary>
    public string? Endpoint { get; set; }

    /// <summary>A PEM file with certificate and key, for HTTPS; null for HTTP.</summary>
    public string? Certificate { get; set; }

    /// <summary>Bytes that pieces may take.</summary>
    public ulong Capacity { get; set; } = 10UL << 30;

    /// <summary>The largest piece, padded.</summary>
    public ulong PieceMax { get; set; } = 2UL << 30;

    /// <summary>DPN for a GiB of padded piece and a day of blocks.</summary>
    public string PricePerGiBDay { get; set; } = "0.01";

    /// <summary>DPN for a MiB that somebody fetches.</summary>
    public string RetrievalPerMiB { get; set; } = "0";

    /// <summary>Most collateral for one deal, in DPN.</summary>
    public string CollateralMax { get; set; } = "100";

    /// <summary>The longest deal, in blocks.</summary>
    public ulong BlocksMax { get; set; } = 9_201_600;

    /// <summary>The file's text, with an explanation of each key.</summary>
    public string ToText() => $$"""
        {
          // A node's JSON-RPC: what the agent follows and sends its proofs to.
          "rpc": {{Text(Rpc)}},
          // Where to listen for clients. Anything but a loopback address lets the world in, which is what a provider wants.
          "host": {{Text(Host)}},
          "port": {{Port}},
          // The address that the chain tells clients; null for http://host:port.
          "endpoint": {{Text(Endpoint)}},
          // A PEM file with certificate and key for HTTPS, relative to this folder; null for HTTP.
          "certificate": {{Text(Certificate)}},
          // Bytes that pieces may take on this disk, and the largest piece (padded).
          "capacity": {{Capacity}},
          "pieceMax": {{PieceMax}},
          // DPN for a GiB of padded piece and a day of blocks; 'register' and 'run' put it on the chain as the standing offer.
          "pricePerGiBDay": {{Text(PricePerGiBDay)}},
          // DPN for a MiB that somebody fetches, paid by vouchers; 0 serves for nothing.
          "retrievalPerMiB": {{Text(RetrievalPerMiB)}},
          // The most collateral to risk for one deal, in DPN, and the longest deal to take without being asked, in blocks.
          "collateralMax": {{Text(CollateralMax)}},
          "blocksMax": {{BlocksMax}}
        }

        """;

    private static string Text(string? value) => JsonSerializer.Serialize(value, AgentJson.Default.String);
}

/// <summary>How the agent's own files are read and written.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    ReadCommentHandling = JsonCommentHandling.Skip,
    AllowTrailingCommas = true,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow)]
[JsonSerializable(typeof(AgentSettings))]
[JsonSerializable(typeof(Enrolment))]
[JsonSerializable(typeof(LaneNote))]
[JsonSerializable(typeof(Sealing.SectorNote))]
[JsonSerializable(typeof(string))]
internal sealed partial class AgentJson : JsonSerializerContext;

/// <summary>Which provider of which chain the home belongs to, once it is registered.</summary>
/// <param name="ProviderId">The provider's number.</param>
/// <param name="ChainId">Of which chain.</param>
/// <param name="Block">The block it was registered in.</param>
internal sealed record Enrolment(ulong ProviderId, ulong ChainId, ulong Block);
