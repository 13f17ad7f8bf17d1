using DePinChain.Blocks;
using DePinChain.Execution;
using DePinChain.Modules.Sdk;
using DePinChain.Primitives;
using DePinChain.State;

namespace DePinChain.Rpc;

/// <summary>Asks modules by the names in their own ABI, as any client would: what depin_ tells is what a contract call tells.</summary>
internal sealed class ModuleViews
{
    private readonly CallSimulator _simulator;
    private readonly Dictionary<string, (Address Address, ContractAbi Abi)> _modules = new(StringComparer.Ordinal);

    public ModuleViews(BlockExecutor executor)
    {
        _simulator = new CallSimulator(executor.Rules, executor.Modules);
        foreach (ModuleDescriptor module in executor.Modules.Descriptors)
            _modules[module.Name] = (module.Address, AbiJson.Parse(module.Abi));
    }

    /// <summary>The function and its decoded outputs; null when this network has no such view, or it reverts.</summary>
    public (AbiFunction Function, object?[] Values)? Ask(
        StateSnapshot state, BlockHeader header, string module, string view, params object?[] arguments)
    {
        if (!_modules.TryGetValue(module, out (Address Address, ContractAbi Abi) target)) return null;
        if (target.Abi.FindFunction(view) is not { } function || function.Inputs.Count != arguments.Length) return null;
        var request = new CallRequest { To = target.Address, Data = function.EncodeCall(arguments) };
        CallResult result = _simulator.Call(request, header, state);
        return result.Succeeded ? (function, function.DecodeResult(result.ReturnData.Span)) : null;
    }
}
