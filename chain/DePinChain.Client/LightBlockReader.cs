using System.Text.Json.Nodes;
using DePinChain.Blocks;
using DePinChain.Crypto;
using DePinChain.Primitives;

namespace DePinChain.Client;

/// <summary>Reads <c>depin_getLightBlock</c>'s answer. A stranger's word: what is malformed is refused.</summary>
public static class LightBlockReader
{
    // As many validators as a set may ever have; a longer list is not worth reading.
    private const int ValidatorsMax = 1_024;

    /// <summary>Fetches a height's light block.</summary>
    /// <param name="node">Who is asked.</param>
    /// <param name="height">A height, or null for the latest.</param>
    /// <param name="cancellation">Ends the wait.</param>
    /// <exception cref="FormatException">The answer is not a light block, or that height is not there.</exception>
    public static async Task<LightBlock> FetchAsync(JsonRpcConnection node, ulong? height, CancellationToken cancellation)
    {
        JsonNode parameter = height is { } number ? Hex.Quantity(number) : "latest";
        JsonNode? answer = await node.CallAsync("depin_getLightBlock", cancellation, parameter);
        string which = height?.ToString(System.Globalization.CultureInfo.InvariantCulture) ?? "latest";
        return answer is null
            ? throw new FormatException($"{node.Endpoint} has no block {which}")
            : Read(answer) ?? throw new FormatException($"{node.Endpoint} answered for block {which} with what is no light block");
    }

    /// <summary>The light block in an answer; null when it is none.</summary>
    public static LightBlock? Read(JsonNode answer)
    {
        if (answer is not JsonObject fields || Bytes(fields["header"]) is not { } rawHeader || Bytes(fields["preimage"]) is not { } words)
            return null;
        bool isRead = BlockHeader.TryDecode(rawHeader, out BlockHeader? header, out _)
            & ConsensusPreimage.TryDecode(words, out ConsensusPreimage? preimage);
        if (!isRead || SetOf(fields["validators"]) is not { } set || CommitOf(fields["commit"]) is not { } commit) return null;
        return new LightBlock(header!, preimage!, set, commit); // both were read
    }

    private static ValidatorSet? SetOf(JsonNode? node)
    {
        if (node is not JsonArray { Count: <= ValidatorsMax } list) return null;
        List<Validator> validators = new(list.Count);
        foreach (JsonNode? item in list)
        {
            if (item is not JsonObject entry || !Address.TryParse(Text(entry["address"]), out Address address)) return null;
            if (!Hex.TryParseQuantity(Text(entry["power"]), out UInt256 power) || !power.FitsUInt64) return null;
            validators.Add(new Validator(address, (ulong)power));
        }

        try
        {
            return new ValidatorSet(validators);
        }
        catch (ArgumentException)
        {
            return null;
        }
    }

    private static CommitCertificate? CommitOf(JsonNode? node)
    {
        if (node is not JsonObject fields || fields["seals"] is not JsonArray { Count: <= ValidatorsMax } list) return null;
        if (!Hex.TryParseQuantity(Text(fields["height"]), out UInt256 height) || !height.FitsUInt64) return null;
        if (!Hex.TryParseQuantity(Text(fields["round"]), out UInt256 round) || round > int.MaxValue) return null;
        if (!Hash256.TryParse(Text(fields["blockHash"]), out Hash256 hash) || Bytes(fields["bitmap"]) is not { } bitmap) return null;
        List<Signature> seals = new(list.Count);
        foreach (JsonNode? item in list)
        {
            if (Bytes(item) is not { Length: Signature.Size } seal || seal[^1] > 1) return null;
            seals.Add(new Signature(seal));
        }

        return new CommitCertificate((ulong)height, (uint)(ulong)round, hash, bitmap, seals);
    }

    private static string? Text(JsonNode? node) => node is JsonValue value && value.TryGetValue(out string? text) ? text : null;

    private static byte[]? Bytes(JsonNode? node) => Hex.TryDecode(Text(node), out byte[] bytes) ? bytes : null;
}
