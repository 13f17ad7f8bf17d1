using System.Text.Json;

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
/// <typeparam name="TSection">The section: a record whose properties have defaults; a document says only what differs.</typeparam>
public interface IGenesis<TSection> : IGenesis
    where TSection : class, IGenesisSection<TSection>, new()
{
    /// <summary>Writes the module's first state.</summary>
    void Initialize(TSection section, GenesisContext context);

    IReadOnlyList<GenesisFault> IGenesis.Validate(JsonElement? section, string path) => GenesisSections.Validate<TSection>(section, path);

    void IGenesis.Initialize(JsonElement? section, GenesisContext context) => Initialize(GenesisSections.Read<TSection>(section), context);
}
