using System.Text.Json.Nodes;
using DePinChain.Primitives;

namespace DePinChain.Client;

/// <summary>A module as the node publishes it.</summary>
/// <param name="Name">As in <c>depin call name.method</c>.</param>
/// <param name="Address">Where its calls go.</param>
/// <param name="Abi">Functions, events and errors.</param>
/// <param name="AbiText">The ABI as JSON text.</param>
/// <param name="StorageLayout">solc's storageLayout shape.</param>
/// <param name="Docs">NatSpec shape.</param>
public sealed record PublishedModule(string Name, Address Address, ContractAbi Abi, string AbiText, JsonNode? StorageLayout,
    JsonNode? Docs)
{
    private const string EnumPrefix = "enum ";

    /// <summary>The name of an enumeration's value; null for a parameter of another type, and for a value without a name.</summary>
    public string? WordOf(AbiParameter parameter, object? value) =>
        parameter.InternalType.StartsWith(EnumPrefix, StringComparison.Ordinal)
            && Docs?["enums"]?[parameter.InternalType[EnumPrefix.Length..]]?[AbiValues.Format(value)] is JsonValue word
            && word.TryGetValue(out string? text) ? text : null;
}

/// <summary>The modules of a node, learned at run time: a module that the node gains shows up here without a code change.</summary>
public sealed class ModuleDirectory
{
    private readonly IReadOnlyList<PublishedModule> _modules;

    private ModuleDirectory(IReadOnlyList<PublishedModule> modules) => _modules = modules;

    public IReadOnlyList<PublishedModule> All => _modules;

    public static async Task<ModuleDirectory> LoadAsync(JsonRpcConnection node, CancellationToken cancellation)
    {
        var modules = new List<PublishedModule>();
        foreach (JsonNode? entry in await node.CallAsync("depin_getModules", cancellation) as JsonArray ?? [])
        {
            string abi = Text(entry!["abi"]);
            modules.Add(new PublishedModule(entry["name"]!.GetValue<string>(), Address.Parse(entry["address"]!.GetValue<string>()),
                AbiJson.Parse(abi), abi,
                Node(entry["storageLayout"]), Node(entry["docs"])));
        }

        return new ModuleDirectory(modules);
    }

    /// <summary>The module of that name, in any case of letters; null when the node has none.</summary>
    public PublishedModule? Find(string name) =>
        _modules.FirstOrDefault(module => string.Equals(module.Name, name, StringComparison.OrdinalIgnoreCase));

    public PublishedModule? Find(Address address) => _modules.FirstOrDefault(module => module.Address == address);

    /// <summary>Revert data in words: <c>NameTaken(name: alice)</c>, the text of <c>Error(string)</c>, or a panic's meaning.</summary>
    public DecodedRevert DecodeRevert(ReadOnlySpan<byte> data) => RevertDecoder.Decode(data, _modules);

    /// <summary>The event that a log is, or null when no module declares it.</summary>
    public (PublishedModule Module, AbiEvent Event)? FindEvent(Address emitter, Hash256 topic)
    {
        foreach (PublishedModule module in _modules.OrderByDescending(module => module.Address == emitter))
        {
            if (module.Abi.FindEvent(topic) is { } declared)
                return (module, declared);
        }

        return null;
    }

    private static string Text(JsonNode? node) =>
        node is JsonValue value && value.TryGetValue(out string? text) ? text : node?.ToJsonString() ?? "[]";

    private static JsonNode? Node(JsonNode? node) =>
        node is JsonValue value && value.TryGetValue(out string? text) ? JsonNode.Parse(text) : node?.DeepClone();
}
