using System.Text.Json;
using DePinChain.Blocks;
using DePinChain.Modules.Sdk;
using DePinChain.Primitives;
using DePinChain.Rpc.Formats;
using DePinChain.Rpc.Protocol;
using DePinChain.State;

namespace DePinChain.Rpc.Namespaces;

/// <summary>depin_: modules, parameters, and short cuts to what the modules of every network answer.</summary>
/// <remarks>
/// The short cuts are calls to module views, decoded by the module's own ABI: nothing is told here that a contract call would not tell.
/// </remarks>
internal sealed class DepinModules
{
    private const ulong PageMax = 100;

    private readonly ChainView _chain;
    private readonly ModuleViews _views;
    private readonly byte[] _modules;

    public DepinModules(ChainView chain)
    {
        _chain = chain;
        _views = new ModuleViews(chain.Executor);
        _modules = Describe(chain.Executor.Modules.Descriptors);
    }

    public void AddTo(MethodTable methods)
    {
        methods.Light("depin_getModules", GetModules);
        methods.Light("depin_getErrors", GetErrors);
        methods.Heavy("depin_getParams", GetParams);
        methods.Heavy("depin_getEpoch", GetEpoch);
        methods.Heavy("depin_getSupply", GetSupply);
        methods.Heavy("depin_getStakingInfo", GetStakingInfo);
        methods.Heavy("depin_getRewards", GetRewards);
    }

    private RpcError? GetModules(ref ParameterReader parameters, Utf8JsonWriter result, in RequestScope scope)
    {
        if (parameters.Finish() is { } fault) return fault;
        result.WriteRawValue(_modules, skipInputValidation: true);
        return null;
    }

    /// <summary>The catalogue of refusals outside modules; modules list theirs in their ABI.</summary>
    private static RpcError? GetErrors(ref ParameterReader parameters, Utf8JsonWriter result, in RequestScope scope)
    {
        if (parameters.Finish() is { } fault) return fault;
        result.WriteStartArray();
        foreach (Rejection rejection in Rejections.All)
        {
            result.WriteStartObject();
            result.WriteNumber("code"u8, rejection.Code);
            result.WriteString("name"u8, rejection.Name);
            result.WriteString("message"u8, rejection.Message);
            if (rejection.Hint is not null) result.WriteString("hint"u8, rejection.Hint);
            result.WriteEndObject();
        }

        result.WriteEndArray();
        return null;
    }

    private RpcError? GetParams(ref ParameterReader parameters, Utf8JsonWriter result, in RequestScope scope)
    {
        BlockSelector block = parameters.ReadOptionalHeight();
        if (parameters.Finish() is { } fault) return fault;
        if (_chain.OpenState(block, out StateSnapshot? state) is { } missing) return missing;
        using StateSnapshot open = state!; // open, because there is no error
        result.WriteStartArray();
        foreach ((string module, ModuleParameter parameter) in _chain.Executor.ReadParameters(open))
        {
            result.WriteStartObject();
            result.WriteString("module"u8, module);
            result.WriteString("key"u8, parameter.Key);
            result.WriteString("type"u8, parameter.Type);
            result.WriteQuantity("value"u8, parameter.Value);
            result.WriteQuantity("min"u8, parameter.Min);
            result.WriteQuantity("max"u8, parameter.Max);
            result.WriteString("documentation"u8, parameter.Documentation);
            result.WriteEndObject();
        }

        result.WriteEndArray();
        return null;
    }

    private RpcError? GetEpoch(ref ParameterReader parameters, Utf8JsonWriter result, in RequestScope scope)
    {
        BlockSelector block = parameters.ReadOptionalHeight();
        return parameters.Finish() ?? Show(result, block, "staking", "epochInfo");
    }

    private RpcError? GetSupply(ref ParameterReader parameters, Utf8JsonWriter result, in RequestScope scope)
    {
        BlockSelector block = parameters.ReadOptionalHeight();
        return parameters.Finish() ?? Show(result, block, "emission", "supply");
    }

    private RpcError? GetStakingInfo(ref ParameterReader parameters, Utf8JsonWriter result, in RequestScope scope)
    {
        Address account = parameters.ReadAddress();
        BlockSelector block = parameters.ReadOptionalHeight();
        if (parameters.Finish() is { } fault) return fault;
        if (_chain.OpenState(block, out StateSnapshot? state) is { } missing) return missing;
        using StateSnapshot open = state!; // open, because there is no error
        result.WriteStartObject();
        result.WriteAddress("account"u8, account);
        Field(result, open, "delegations", "getDelegations", account, UInt256.Zero, (UInt256)PageMax);
        Field(result, open, "unbondings", "getUnbondings", account);
        Field(result, open, "redelegations", "getRedelegations", account);
        Field(result, open, "withdrawAddress", "withdrawAddress", account);
        Field(result, open, "validator", "getValidator", account);
        result.WriteEndObject();
        return null;
    }

    /// <summary>What an account could withdraw now, validator by validator.</summary>
    private RpcError? GetRewards(ref ParameterReader parameters, Utf8JsonWriter result, in RequestScope scope)
    {
        Address account = parameters.ReadAddress();
        BlockSelector block = parameters.ReadOptionalHeight();
        if (parameters.Finish() is { } fault) return fault;
        if (_chain.OpenState(block, out StateSnapshot? state) is { } missing) return missing;
        using StateSnapshot open = state!; // open, because there is no error
        object?[] page = [account, UInt256.Zero, (UInt256)PageMax];
        if (_views.Ask(open, _chain.HeaderOf(open), "staking", "getDelegations", page) is not ({ } function, var values))
            return Absent("staking", "getDelegations");

        // The view lists tuples: validator, shares, tokens, rewards.
        AbiParameter report = function.Outputs[0];
        int pending = IndexOf(report, "rewards"), validator = IndexOf(report, "validator");
        if (pending < 0 || validator < 0) return Absent("staking", "getDelegations");
        UInt256 total = UInt256.Zero;
        result.WriteStartObject();
        result.WriteStartArray("rewards"u8);
        foreach (object? entry in (object?[])values[0]!) // the view's output is an array
        {
            var members = (object?[])entry!; // of tuples
            var amount = (UInt256)members[pending]!; // whose components have the ABI's types
            total += amount;
            result.WriteStartObject();
            result.WriteAddress("validator"u8, (Address)members[validator]!); // as above
            result.WriteQuantity("pending"u8, amount);
            result.WriteEndObject();
        }

        result.WriteEndArray();
        result.WriteQuantity("total"u8, total);
        result.WriteEndObject();
        return null;
    }

    private static int IndexOf(AbiParameter tuple, string member)
    {
        for (int i = 0; i < tuple.Components.Count; i++)
        {
            if (tuple.Components[i].Name.StartsWith(member, StringComparison.OrdinalIgnoreCase)) return i;
        }

        return -1;
    }

    private RpcError? Show(Utf8JsonWriter result, BlockSelector block, string module, string view)
    {
        if (_chain.OpenState(block, out StateSnapshot? state) is { } missing) return missing;
        using StateSnapshot open = state!; // open, because there is no error
        if (_views.Ask(open, _chain.HeaderOf(open), module, view) is not ({ } function, var values)) return Absent(module, view);
        AbiFormat.WriteOutputs(result, function, values);
        return null;
    }

    private void Field(
        Utf8JsonWriter result, StateSnapshot state, string name, string view, params object?[] arguments)
    {
        result.WritePropertyName(name);
        if (_views.Ask(state, _chain.HeaderOf(state), "staking", view, arguments) is ({ } function, var values))
            AbiFormat.WriteOutputs(result, function, values);
        else
            result.WriteNullValue();
    }

    private static RpcError Absent(string module, string view) => RpcError.Server($"this network has no view {module}.{view}");

    /// <summary>The list never changes while the node runs, so its JSON is made once.</summary>
    private static byte[] Describe(IReadOnlyList<ModuleDescriptor> modules)
    {
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartArray();
            foreach (ModuleDescriptor module in modules)
            {
                json.WriteStartObject();
                json.WriteString("name"u8, module.Name);
                json.WriteString("address"u8, module.Address.ToString()); // for people: EIP-55
                WriteJson(json, "abi"u8, module.Abi);
                WriteJson(json, "storageLayout"u8, module.StorageLayout);
                WriteJson(json, "docs"u8, module.Docs);
                json.WriteEndObject();
            }

            json.WriteEndArray();
        }

        return buffer.ToArray();
    }

    private static void WriteJson(Utf8JsonWriter json, ReadOnlySpan<byte> name, string text)
    {
        json.WritePropertyName(name);
        if (text.Length == 0) json.WriteNullValue();
        else json.WriteRawValue(text);
    }
}
