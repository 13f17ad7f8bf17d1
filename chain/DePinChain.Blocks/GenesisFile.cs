using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using DePinChain.Primitives;

namespace DePinChain.Blocks;

/// <summary>The JSON shape of a genesis document, before its texts are understood. Unknown keys land in <c>Unknown</c>.</summary>
internal sealed class GenesisFile
{
    [JsonPropertyName("$schema")] public string? Schema { get; set; }

    public string? Name { get; set; }

    public string? Description { get; set; }

    public ulong? ChainId { get; set; }

    public bool? Development { get; set; }

    public ulong? Timestamp { get; set; }

    public string? ExtraData { get; set; }

    public ulong? GasLimit { get; set; }

    public ulong? GasLimitTarget { get; set; }

    public ulong? MinBlockSeconds { get; set; }

    public string? MinBaseFeePerGas { get; set; }

    public string? InitialBaseFeePerGas { get; set; }

    public uint? BlockTimeMs { get; set; }

    public GenesisFileTimeouts? Timeouts { get; set; }

    public SortedDictionary<string, ulong>? Forks { get; set; }

    public string? TotalSupply { get; set; }

    public List<GenesisFileAccount>? Accounts { get; set; }

    public List<GenesisFileValidator>? Validators { get; set; }

    public SortedDictionary<string, JsonElement>? Modules { get; set; }

    [JsonExtensionData] public Dictionary<string, JsonElement>? Unknown { get; set; }

    public static GenesisFile From(GenesisDocument document) => new()
    {
        Schema = "./genesis.schema.json",
        Name = document.Name,
        Description = document.Description,
        ChainId = document.ChainId,
        Development = document.Development,
        Timestamp = document.Timestamp,
        ExtraData = document.ExtraData,
        GasLimit = document.GasLimit,
        GasLimitTarget = document.GasLimitTarget,
        MinBlockSeconds = document.MinBlockSeconds,
        MinBaseFeePerGas = document.MinBaseFeePerGas.ToString(),
        InitialBaseFeePerGas = document.InitialBaseFeePerGas.ToString(),
        BlockTimeMs = document.BlockTimeMs,
        Timeouts = GenesisFileTimeouts.From(document.Timeouts),
        Forks = Sorted(document.Forks.Select(f => KeyValuePair.Create(f.Name, f.Height))),
        TotalSupply = Dpn(document.TotalSupply),
        Accounts = [.. document.Accounts.Select(a => new GenesisFileAccount
        {
            Address = a.Address.ToString(),
            Balance = Dpn(a.Balance),
            Label = a.Label,
        })],
        Validators = [.. document.Validators.Select(v => new GenesisFileValidator
        {
            Operator = v.Operator.ToString(),
            Name = v.Name,
            SigningKey = Hex.Encode(v.SigningKey.Span),
            VrfKey = Hex.Encode(v.VrfKey.Span),
            VrfProofOfPossession = Hex.Encode(v.VrfProofOfPossession.Span),
            SelfBond = Dpn(v.SelfBond),
            Commission = Dpn(Amount.FromWei(v.Commission)),
        })],
        Modules = Sorted(document.Modules.Select(m => KeyValuePair.Create(m.Name, m.Section))),
    };

    // The document is read by people and parsers, never put into a page: quotes and arrows stay what they are.
    private static readonly GenesisJson Readable = new(
        new JsonSerializerOptions(GenesisJson.Default.Options) { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping });

    public string Write() => JsonSerializer.Serialize(this, Readable.GenesisFile) + "\n";

    // Amount prints its unit; the document's unit is in the schema.
    private static string Dpn(Amount amount) => amount.ToString().Replace(" DPN", "", StringComparison.Ordinal);

    private static SortedDictionary<string, T> Sorted<T>(IEnumerable<KeyValuePair<string, T>> pairs)
    {
        var sorted = new SortedDictionary<string, T>(StringComparer.Ordinal);
        foreach ((string key, T value) in pairs) sorted[key] = value;
        return sorted;
    }
}

internal sealed class GenesisFileTimeouts
{
    public uint? ProposeMs { get; set; }

    public uint? ProposeDeltaMs { get; set; }

    public uint? VoteMs { get; set; }

    public uint? VoteDeltaMs { get; set; }

    public uint? RebroadcastMs { get; set; }

    public uint? CapMs { get; set; }

    public uint? PrecisionMs { get; set; }

    public uint? MessageDelayMs { get; set; }

    [JsonExtensionData] public Dictionary<string, JsonElement>? Unknown { get; set; }

    public static GenesisFileTimeouts From(GenesisTimeouts timeouts) => new()
    {
        ProposeMs = timeouts.ProposeMs,
        ProposeDeltaMs = timeouts.ProposeDeltaMs,
        VoteMs = timeouts.VoteMs,
        VoteDeltaMs = timeouts.VoteDeltaMs,
        RebroadcastMs = timeouts.RebroadcastMs,
        CapMs = timeouts.CapMs,
        PrecisionMs = timeouts.PrecisionMs,
        MessageDelayMs = timeouts.MessageDelayMs,
    };
}

internal sealed class GenesisFileAccount
{
    public string? Address { get; set; }

    public string? Balance { get; set; }

    public string? Label { get; set; }

    [JsonExtensionData] public Dictionary<string, JsonElement>? Unknown { get; set; }
}

internal sealed class GenesisFileValidator
{
    public string? Operator { get; set; }

    public string? Name { get; set; }

    public string? SigningKey { get; set; }

    public string? VrfKey { get; set; }

    public string? VrfProofOfPossession { get; set; }

    public string? SelfBond { get; set; }

    public string? Commission { get; set; }

    [JsonExtensionData] public Dictionary<string, JsonElement>? Unknown { get; set; }
}

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    NumberHandling = JsonNumberHandling.Strict,
    AllowDuplicateProperties = false,
    WriteIndented = true)]
[JsonSerializable(typeof(GenesisFile))]
internal sealed partial class GenesisJson : JsonSerializerContext;
