using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using DePinChain.Primitives;

namespace DePinChain.Modules.Sdk;

/// <summary>A module with state in block 0, as the genesis builder sees it. Modules implement <see cref="IGenesis{TSection}"/>.</summary>
public interface IGenesis
{
    /// <summary>Everything wrong with the module's section, each with its JSON path; nothing when it can be applied.</summary>
    /// <param name="section">The section; null when the document has none, which stands for <c>{}</c>.</param>
    /// <param name="path">JSON path of the section.</param>
    IReadOnlyList<GenesisFault> Validate(JsonElement? section, string path);

    /// <summary>Writes the module's first state from a section that <see cref="Validate"/> finds no fault with.</summary>
    void Initialize(JsonElement? section, GenesisContext context);
}

/// <summary>A module with a typed genesis section.</summary>
/// <typeparam name="TSection">The section: a record whose properties have defaults, so that a document may leave it out.</typeparam>
public interface IGenesis<TSection> : IGenesis
    where TSection : class, IGenesisSection<TSection>
{
    /// <summary>Writes the module's first state.</summary>
    void Initialize(TSection section, GenesisContext context);

    IReadOnlyList<GenesisFault> IGenesis.Validate(JsonElement? section, string path) => GenesisSections.Validate<TSection>(section, path);

    void IGenesis.Initialize(JsonElement? section, GenesisContext context) => Initialize(GenesisSections.Read<TSection>(section), context);
}

/// <summary>A module's part of the genesis document.</summary>
/// <typeparam name="TSelf">The section itself.</typeparam>
public interface IGenesisSection<TSelf>
    where TSelf : class, IGenesisSection<TSelf>
{
    /// <summary>
    /// How System.Text.Json reads it: a property of a source-generated context that disallows unmapped members and names
    /// the converters of <see cref="AddressJson"/> and its neighbours.
    /// </summary>
    static abstract JsonTypeInfo<TSelf> Json { get; }

    /// <summary>Everything wrong with the values, each with its JSON path under <paramref name="path"/>.</summary>
    IEnumerable<GenesisFault> Validate(string path);
}

/// <summary>One mistake in a module's genesis section.</summary>
/// <param name="Path">Where it stands.</param>
/// <param name="Message">What is wrong and what would be right.</param>
public readonly record struct GenesisFault(string Path, string Message);

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
