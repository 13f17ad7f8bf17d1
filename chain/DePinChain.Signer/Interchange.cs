using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using DePinChain.Crypto;
using DePinChain.Engine;
using DePinChain.Primitives;

namespace DePinChain.Signer;

/// <summary>What one signer tells another about what was signed: the idea of EIP-3076 in its minimal form, one mark for each key.</summary>
internal static class Interchange
{
    private const string Version = "depin-1";

    public static string Write(SignerNetwork network, Address signer, SignerMark mark) => new JsonObject
    {
        ["metadata"] = new JsonObject
        {
            ["interchange_format_version"] = Version,
            ["genesis"] = network.Genesis.ToString(),
            ["chain_id"] = network.ChainId.ToString(CultureInfo.InvariantCulture),
        },
        ["data"] = new JsonArray(new JsonObject
        {
            ["signer"] = signer.ToString(),
            ["height"] = mark.Slot.Height.ToString(CultureInfo.InvariantCulture),
            ["round"] = mark.Slot.Round.ToString(CultureInfo.InvariantCulture),
            ["step"] = (int)mark.Slot.Step,
            ["digest"] = mark.Digest.ToString(),
            ["signature"] = Hex.Encode(mark.Signature.ToArray()),
        }),
    }.ToJsonString(new JsonSerializerOptions { WriteIndented = true });

    /// <summary>The mark that a file tells of a key.</summary>
    /// <exception cref="RefusalException">It is no such file, of another network, or tells nothing of the key.</exception>
    public static SignerMark Read(string text, string place, SignerNetwork network, Address signer)
    {
        try
        {
            JsonNode? content = JsonNode.Parse(text);
            string version = Text(content?["metadata"], "interchange_format_version");
            if (version != Version) throw new FormatException($"version {version} is not {Version}");
            if (Hash256.Parse(Text(content?["metadata"], "genesis")) is var genesis && genesis != network.Genesis)
            {
                throw new RefusalException(
                    ExitCode.RefusedForSafety,
                    $"{place} is of the network with genesis {genesis}, this signer's has {network.Genesis}; its marks say nothing here.");
            }

            foreach (JsonNode? entry in content?["data"] as JsonArray ?? [])
            {
                if (Address.Parse(Text(entry, "signer")) == signer) return ReadMark(entry, network.ChainId);
            }
        }
        catch (Exception trouble) when (trouble is JsonException or FormatException or InvalidOperationException or OverflowException)
        {
            throw new RefusalException(ExitCode.Usage, $"{place} is no interchange file: {trouble.Message}.", trouble);
        }

        throw new RefusalException(ExitCode.LocalState, $"{place} tells nothing of {signer}, whose key is here.");
    }

    private static SignerMark ReadMark(JsonNode? entry, ulong chainId)
    {
        int step = entry?["step"]?.GetValue<int>() ?? throw new FormatException("a mark has no step");
        if (step is < 0 or > (int)SigningStep.Precommit) throw new FormatException($"a step {step} does not exist");
        SigningSlot slot = new(
            ulong.Parse(Text(entry, "height"), NumberStyles.None, CultureInfo.InvariantCulture),
            uint.Parse(Text(entry, "round"), NumberStyles.None, CultureInfo.InvariantCulture),
            (SigningStep)step);
        byte[] signature = Hex.Decode(Text(entry, "signature"));
        if (signature.Length != Signature.Size) throw new FormatException($"a signature of {signature.Length} bytes");
        return new SignerMark(chainId, slot, Hash256.Parse(Text(entry, "digest")), new Signature(signature));
    }

    private static string Text(JsonNode? node, string name) =>
        node?[name]?.GetValue<string>() ?? throw new FormatException($"{name} is missing");
}
