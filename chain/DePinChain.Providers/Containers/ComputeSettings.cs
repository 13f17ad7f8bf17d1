using System.Text.Json;
using System.Text.Json.Serialization;

namespace DePinChain.Providers.Containers;

/// <summary>What <c>compute.json</c> says. The file that <c>depin provider compute init</c> writes explains each key.</summary>
/// <remarks>Set, not init: the generated reader gives an init property that the file leaves out its type's zero.</remarks>
internal sealed record ComputeSettings
{
    /// <summary>A node's JSON-RPC.</summary>
    public string Rpc { get; set; } = "http://127.0.0.1:8545";

    /// <summary>An IP address to listen on.</summary>
    public string Host { get; set; } = "127.0.0.1";

    public int Port { get; set; } = 8443;

    /// <summary>What the chain tells tenants; null for https at host and port.</summary>
    public string? Endpoint { get; set; }

    /// <summary><c>podman</c>, or a socket that speaks Docker's API, as <c>unix:///run/docker.sock</c>.</summary>
    public string Engine { get; set; } = "podman";

    /// <summary>The address on which containers' ports are published, and the ports to take for it.</summary>
    public string PublishHost { get; set; } = "127.0.0.1";

    public int PublishFrom { get; set; } = 31_000;

    public int PublishTo { get; set; } = 31_999;

    /// <summary>Thousandths of a core, MiB of memory and of disk to let.</summary>
    public ulong CpuMilli { get; set; } = 1_000;

    public ulong MemMiB { get; set; } = 1_024;

    public ulong DiskMiB { get; set; } = 1_024;

    /// <summary>ISO 3166 numeric, and the continent from 1000 on; 0 for unsaid.</summary>
    public ushort Region { get; set; }

    public ushort Continent { get; set; }

    /// <summary>What the provider says of itself.</summary>
    public IReadOnlyDictionary<string, string> Attributes { get; set; } = new Dictionary<string, string>();

    /// <summary>DPN a block for each unit.</summary>
    public PriceScales Prices { get; set; } = new();

    /// <summary>A program that gets the order as JSON and prints the price in base units a block; null for the scales.</summary>
    public string? PriceScript { get; set; }

    /// <summary>Notice that bids promise, in blocks; 0 for none unless the tenant asks.</summary>
    public uint NoticeBlocks { get; set; }

    /// <summary>Accounts that may be served although a check of the isolation fails; and those that are never served.</summary>
    public IReadOnlyList<string> TrustedTenants { get; set; } = [];

    public IReadOnlyList<string> DeniedTenants { get; set; } = [];

    /// <summary>Whether images come from registries; otherwise only those that are here.</summary>
    public bool Pull { get; set; }

    /// <summary>Whether tenants may ask for egress to the public internet.</summary>
    public bool PublicEgress { get; set; }

    /// <summary>Processes of a container at most.</summary>
    public int PidsMax { get; set; } = 256;

    /// <summary>Blocks between withdrawals of what was earned.</summary>
    public ulong WithdrawBlocks { get; set; } = 7_200;

    /// <summary>Where DPN above <see cref="KeepDpn"/> goes after a withdrawal; null keeps it.</summary>
    public string? PayTo { get; set; }

    public string KeepDpn { get; set; } = "5";

    /// <summary>Kinds of devices that committees measure, in the order of preference; without one it is the processor.</summary>
    public IReadOnlyList<string> Backends { get; set; } = ["cuda", "opencl"];

    /// <summary>Whether OpenCL devices that are this machine's processor count.</summary>
    public bool AllowProcessors { get; set; }

    /// <summary>The file's text, with an explanation of each key.</summary>
    public string ToText() =>
        $$"""
            {
              // A node's JSON-RPC: what the agent follows, and sends its bids and signs of life to.
              "rpc": {{Text(Rpc)}},
              // Where tenants' manifests are taken (TLS 1.3), and what the chain tells them; null for https://host:port.
              "host": {{Text(Host)}},
              "port": {{Port}},
              "endpoint": {{Text(Endpoint)}},
              // "podman" starts Podman's service as it is needed; or a socket that speaks Docker's API: "unix:///run/docker.sock".
              "engine": {{Text(Engine)}},
              // Where containers' ports are published.
              "publishHost": {{Text(PublishHost)}},
              "publishFrom": {{PublishFrom}},
              "publishTo": {{PublishTo}},
              // What is let: thousandths of a core, MiB of memory and of disk.
              "cpuMilli": {{CpuMilli}},
              "memMiB": {{MemMiB}},
              "diskMiB": {{DiskMiB}},
              // Country (ISO 3166 numeric) and continent (from 1000 on), and what else you say of the machine.
              "region": {{Region}},
              "continent": {{Continent}},
              "attributes": {},
              // DPN a block for a thousandth of a core, a MiB of memory, a MiB of disk, a published port.
              "prices": {
                "cpuMilli": {{Text(Prices.CpuMilli)}}, "memMiB": {{Text(Prices.MemMiB)}}, "diskMiB": {{Text(Prices.DiskMiB)}},
                "port": {{Text(Prices.Port)}}
              },
              // A program that reads the order as JSON and prints base units a block, within ten seconds; null for the prices above.
              "priceScript": null,
              // Notice that bids promise, in blocks.
              "noticeBlocks": {{NoticeBlocks}},
              // Served even where a check of the isolation fails; and never served.
              "trustedTenants": [],
              "deniedTenants": [],
              // Whether images may come from registries, and containers may reach the public internet.
              "pull": {{(Pull ? "true" : "false")}},
              "publicEgress": {{(PublicEgress ? "true" : "false")}},
              "pidsMax": {{PidsMax}},
              // Where devices that were entered with 'depin provider compute device' work when committees measure them: "cuda", "opencl"
              // in the order of preference, else the processor; true: OpenCL devices that are this machine's processor too.
              "backends": {{JsonSerializer.Serialize([.. Backends], AgentFiles.Default.StringArray)}},
              "allowProcessors": {{(AllowProcessors ? "true" : "false")}},
              // Earnings are collected every so many blocks; what is above keepDpn goes to payTo, unless that is null.
              "withdrawBlocks": {{WithdrawBlocks}},
              "payTo": {{Text(PayTo)}},
              "keepDpn": {{Text(KeepDpn)}}
            }

            """;

    private static string Text(string? value) => JsonSerializer.Serialize(value, AgentFiles.Default.String);
}

/// <summary>Prices in DPN a block, as decimals of any length.</summary>
internal sealed record PriceScales
{
    public string CpuMilli { get; set; } = "0.0000001";

    public string MemMiB { get; set; } = "0.0000001";

    public string DiskMiB { get; set; } = "0.00000001";

    public string Port { get; set; } = "0";

    public string Gpu { get; set; } = "0.01";

    /// <summary>Prices of single models, by their number.</summary>
    public IReadOnlyDictionary<string, string> GpuModels { get; set; } = new Dictionary<string, string>();
}

/// <summary>How the agent's own files are read and written.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    ReadCommentHandling = JsonCommentHandling.Skip,
    AllowTrailingCommas = true,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow)]
[JsonSerializable(typeof(ComputeSettings))]
[JsonSerializable(typeof(LeaseNote))]
[JsonSerializable(typeof(string[]))]
[JsonSerializable(typeof(string))]
internal sealed partial class AgentFiles : JsonSerializerContext;
