using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using DePinChain.Primitives;

namespace DePinChain.Modules.Sdk;

internal static class GenesisSections
{
    public static IReadOnlyList<GenesisFault> Validate<TSection>(JsonElement? section, string path)
        where TSection : class, IGenesisSection<TSection>, new()
    {
        try
        {
            return [.. Read<TSection>(section).Validate(path)];
        }
        catch (JsonException malformed)
        {
            // The serializer's path starts with "$" for the section's own root.
            string place = malformed.Path is { Length: > 1 } inner ? string.Concat(path, inner.AsSpan(1)) : path;
            return [new GenesisFault(place, malformed.Message)];
        }
    }

    /// <summary>The section's own defaults with what the document says laid over them.</summary>
    /// <remarks>
    /// Deserializing the document alone would lose the defaults: System.Text.Json's source generator assigns every init-only property, zero
    /// when the document leaves it out.
    /// </remarks>
    public static TSection Read<TSection>(JsonElement? section)
        where TSection : class, IGenesisSection<TSection>, new()
    {
        JsonTypeInfo<TSection> json = TSection.Json;
        Invariant.Assert(
            (json.UnmappedMemberHandling ?? json.Options.UnmappedMemberHandling) == JsonUnmappedMemberHandling.Disallow,
            "A genesis section refuses keys it does not know.");
        JsonNode? merged = JsonSerializer.SerializeToNode(new TSection(), json);
        if (section is { } document)
        {
            if (document.ValueKind != JsonValueKind.Object) throw new JsonException("An object is expected.", "$", null, null);
            Lay(document, over: merged!.AsObject(), "$");
        }

        return merged.Deserialize(json)!;
    }

    // The parser bounds the depth of a document, so the recursion is bounded.
    private static void Lay(JsonElement document, JsonObject over, string path)
    {
        SortedSet<string> seen = new(StringComparer.Ordinal);
        foreach (JsonProperty member in document.EnumerateObject())
        {
            string place = $"{path}.{member.Name}";
            if (!seen.Add(member.Name)) throw new JsonException("The key occurs twice.", place, null, null);
            if (member.Value.ValueKind == JsonValueKind.Null)
                throw new JsonException("null says nothing: leave the key out to have its default.", place, null, null);
            if (member.Value.ValueKind == JsonValueKind.Object && over[member.Name] is JsonObject inner) Lay(member.Value, inner, place);
            else over[member.Name] = JsonNode.Parse(member.Value.GetRawText());
        }
    }
}
