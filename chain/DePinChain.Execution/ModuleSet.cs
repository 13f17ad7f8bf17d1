using DePinChain.Modules.Sdk;

namespace DePinChain.Execution;

/// <summary>The modules of a network in catalog order: how they describe themselves and how an execution scope makes them.</summary>
/// <remarks>The kernel's own System module goes in front and Multicall3 answers beside them; the catalog names neither.</remarks>
public sealed class ModuleSet
{
    // System's events are declared in the SDK, where modules' steps emit them too, so its own ABI does not name them.
    private const string SystemMessages =
        """
        {"type":"event","name":"NativeTransfer","anonymous":false,"inputs":[
        {"name":"from","type":"address","indexed":true},{"name":"to","type":"address","indexed":true},
        {"name":"amount","type":"uint256","indexed":false},{"name":"ref","type":"bytes32","indexed":true}]},
        {"type":"event","name":"ModuleFaulted","anonymous":false,"inputs":[
        {"name":"module","type":"address","indexed":true},{"name":"key","type":"bytes","indexed":false},
        {"name":"code","type":"uint8","indexed":false}]}
        """;

    private readonly Func<ModuleScope, IReadOnlyList<IModule>> _create;

    /// <param name="descriptors">Of the catalog's modules, in catalog order.</param>
    /// <param name="create">Makes them over one scope, in the same order.</param>
    public ModuleSet(IReadOnlyList<ModuleDescriptor> descriptors, Func<ModuleScope, IReadOnlyList<IModule>> create)
    {
        Descriptors = [System, .. descriptors, Multicall3.Descriptor];
        _create = create;
    }

    /// <summary>What the catalog's modules have governance decide.</summary>
    internal GovernedParameters Parameters { get; } = new();

    /// <summary>Everything that answers calls: System, the catalog, Multicall3.</summary>
    public IReadOnlyList<ModuleDescriptor> Descriptors { get; }

    private static ModuleDescriptor System => SystemModule.Descriptor with
    {
        Abi = $"{SystemModule.Descriptor.Abi.TrimEnd()[..^1]},{SystemMessages.ReplaceLineEndings("")}]",
    };

    /// <summary>The modules over one scope, System first.</summary>
    public IReadOnlyList<IModule> Create(ModuleScope scope) =>
        [new SystemModule(scope.StateOf(WellKnownAddresses.System)), .. _create(scope)];
}
