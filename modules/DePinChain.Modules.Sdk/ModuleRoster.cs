using DePinChain.Primitives;

namespace DePinChain.Modules.Sdk;

/// <summary>
/// The catalog's modules by name and address, for the one module that decides about all others: filled while the catalog makes them, before
/// anything runs, and the same in every scope.
/// </summary>
public sealed class ModuleRoster
{
    private readonly SortedDictionary<string, IModule> _byName = new(StringComparer.Ordinal);

    /// <summary>Adds a module; each name once.</summary>
    public void Add(IModule module) =>
        Invariant.Assert(_byName.TryAdd(module.Descriptor.Name, module), "Every module of a catalog has a name of its own.");

    /// <summary>The module of a name; null when there is none.</summary>
    public IModule? Find(string name) => _byName.TryGetValue(name, out IModule? module) ? module : null;
}
