using System.Globalization;
using System.Text.Json.Nodes;
using DePinChain.Client;
using DePinChain.Primitives;

namespace DePinChain.Explorer.Chain;

/// <summary>What a page can prove: an account, or the record of an object in its module's storage.</summary>
/// <param name="Kind">In addresses: account, deal, lease.</param>
/// <param name="Module">Whose storage; empty for an account.</param>
/// <param name="Record">The record's type in the module's published layout, which says where such records lie.</param>
/// <param name="Word">For people.</param>
public sealed record ProofSubject(string Kind, string Module, string Record, string Word)
{
    public static IReadOnlyList<ProofSubject> All { get; } =
    [
        new("account", "", "", "account"),
        new("deal", "storageMarket", "DealRecord", "deal"),
        new("storage-provider", "storageMarket", "ProviderRecord", "storage provider"),
        new("dataset", "dataSets", "DataSetRecord", "data set"),
        new("order", "computeMarket", "OrderRecord", "order"),
        new("lease", "computeMarket", "LeaseRecord", "lease"),
        new("provider", "computeMarket", "ProviderRecord", "compute provider"),
        new("escrow", "escrow", "AccountRecord", "escrow account"),
        new("device", "devices", "DeviceRecord", "device"),
        new("cluster", "clusters", "ClusterRecord", "cluster"),
        new("subnet", "subnets", "SubnetRecord", "subnet"),
        new("validator", "staking", "ValidatorRecord", "validator"),
        new("proposal", "governance", "ProposalRecord", "proposal"),
        new("job", "attestations", "JobRecord", "job"),
        new("render", "render", "JobRecord", "render job"),
    ];

    public static ProofSubject? Find(string kind) => All.FirstOrDefault(one => string.Equals(one.Kind, kind, StringComparison.Ordinal));

    /// <summary>Where an object's record lies, out of the layout that the node publishes; null when it publishes no such record.</summary>
    /// <exception cref="FormatException">The key is not one of the mapping's keys.</exception>
    public RecordPlace? Locate(LiveChain chain, string key)
    {
        if (chain.Codec.Directory.Find(Module) is not { StorageLayout: JsonObject layout } module) return null;
        foreach (JsonNode? slot in layout["storage"] as JsonArray ?? [])
        {
            var mapping = layout["types"]?[slot!["type"]!.ToString()] as JsonObject;
            if (mapping?["encoding"]?.ToString() != "mapping") continue;
            string value = mapping["value"]!.ToString();
            string keyType = layout["types"]![mapping["key"]!.ToString()]!["label"]!.ToString();
            if (layout["types"]![value]!["label"]!.ToString() != "struct " + Record) continue;
            byte[] place = new byte[64];
            KeyOf(keyType, key).CopyTo(place.AsSpan());
            uint number = uint.Parse(slot!["slot"]!.ToString(), CultureInfo.InvariantCulture);
            ((UInt256)number).WriteBigEndian(place.AsSpan(32));
            return new RecordPlace(module, number, keyType, key, Keccak256.Hash(place), value);
        }

        return null;
    }

    // As Solidity pads a key: numbers and addresses to the right of the word.
    private static byte[] KeyOf(string type, string key)
    {
        byte[] word = new byte[32];
        if (type == "address")
        {
            Address.Parse(key).CopyTo(word.AsSpan(12));
            return word;
        }

        if (type == "bytes32") return Hash256.Parse(key).ToArray();
        if (!ulong.TryParse(key, NumberStyles.None, CultureInfo.InvariantCulture, out ulong number))
            throw new FormatException($"'{key}' is not a number");
        ((UInt256)number).WriteBigEndian(word);
        return word;
    }
}

/// <summary>Where a record lies: keccak(key ‖ slot), as Solidity locates a mapping's values.</summary>
/// <param name="Module">Whose storage.</param>
/// <param name="Slot">The mapping's.</param>
/// <param name="KeyType">uint64, bytes32 or address.</param>
/// <param name="Key">As people write it.</param>
/// <param name="Location">The storage key of eth_getProof.</param>
/// <param name="Type">The record's type in the layout.</param>
public sealed record RecordPlace(PublishedModule Module, uint Slot, string KeyType, string Key, Hash256 Location, string Type);
