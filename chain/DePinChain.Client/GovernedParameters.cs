using System.Text.Json.Nodes;
using DePinChain.Primitives;

namespace DePinChain.Client;

/// <summary>The parameters that governance may change, as they are now.</summary>
public sealed class GovernedParameters
{
    private readonly Dictionary<(string Module, string Key), UInt256> _values = [];

    private GovernedParameters()
    {
    }

    public static async Task<GovernedParameters> LoadAsync(JsonRpcConnection node, CancellationToken cancellation)
    {
        var parameters = new GovernedParameters();
        foreach (JsonNode? entry in await node.CallAsync("depin_getParams", cancellation) as JsonArray ?? [])
        {
            (string Module, string Key) name = (entry!["module"]!.GetValue<string>(), entry["key"]!.GetValue<string>());
            parameters._values[name] = JsonQuantity.OrZero(entry["value"]);
        }

        return parameters;
    }

    /// <exception cref="OtherAbiException">The node's module has no such parameter.</exception>
    public UInt256 this[string module, string key] => _values.TryGetValue((module, key), out UInt256 value) ? value
        : throw new OtherAbiException($"module '{module}' has no parameter '{key}'");

    /// <summary>A parameter in blocks or bytes.</summary>
    public ulong Count(string module, string key) => (ulong)this[module, key];

    /// <summary>A parameter in DPN.</summary>
    public Amount Amount(string module, string key) =>
        Primitives.Amount.TryFrom(this[module, key], out Amount amount) ? amount : Primitives.Amount.Zero;
}
