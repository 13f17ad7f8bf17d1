using System.Text.Json.Serialization.Metadata;

namespace DePinChain.Modules.Sdk;

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
