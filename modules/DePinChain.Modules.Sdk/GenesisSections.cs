using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using DePinChain.Primitives;

namespace DePinChain.Modules.Sdk;

internal static class GenesisSections
{
    private static readonly JsonElement Defaults = JsonDocument.Parse("{}").RootElement;

    public static IReadOnlyList<GenesisFault> Validate<TSection>(JsonElement? section, string path)
        where TSection : class, IGenesisSection<TSection>
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

    public static TSection Read<TSection>(JsonElement? section)
        where TSection : class, IGenesisSection<TSection>
    {
        JsonTypeInfo<TSection> json = TSection.Json;
        Invariant.Assert(
            (json.UnmappedMemberHandling ?? json.Options.UnmappedMemberHandling) == JsonUnmappedMemberHandling.Disallow,
            "A genesis section refuses keys it does not know.");
        return (section ?? Defaults).Deserialize(json) ?? throw new JsonException("The section is null.");
    }
}
