using System.Text.Json.Serialization;

namespace DePinChain.Node.Processes;

/// <summary>What <c>depin localnet chaos</c> asks for.</summary>
/// <remarks>Set, not init: see <see cref="Homes.NodeSettings"/>.</remarks>
/// <param name="Do">status, kill, pause, partition, heal, delay, skew, diskfull or corrupt.</param>
internal sealed record ChaosRequest(string Do)
{
    /// <summary>The nodes it happens to; empty for all where that makes sense.</summary>
    public IReadOnlyList<string> Nodes { get; set; } = [];

    /// <summary>How long it lasts, or a killed node stays down; null until healed, and for a kill not at all.</summary>
    public long? ForMs { get; set; }

    /// <summary>The delay of messages, or by how much the clock is wrong.</summary>
    public long Ms { get; set; }

    /// <summary>What is corrupted: wal, mark, journal or database.</summary>
    public string Part { get; set; } = "";

    /// <summary>A killed node stays down until it is healed.</summary>
    public bool StaysDown { get; set; }
}

/// <summary>What came of it.</summary>
/// <param name="Error">Null when it was done.</param>
/// <param name="Nodes">How every node is doing now.</param>
internal sealed record ChaosAnswer(string? Error, IReadOnlyList<NodeReport> Nodes)
{
    public static ChaosAnswer Refusal(string why) => new(why, []);
}

/// <summary>How a node of a localnet is doing.</summary>
/// <param name="Name">v0, v1, …</param>
/// <param name="State">stopped, starting, running or paused.</param>
/// <param name="ProcessId">Null while none runs.</param>
/// <param name="Height">Its last block.</param>
/// <param name="Rpc">Where it answers.</param>
/// <param name="PeerId">What peers know it by; empty before its first start.</param>
/// <param name="Home">Its folder.</param>
/// <param name="Troubles">What chaos does to it now.</param>
internal sealed record NodeReport(
    string Name, string State, int? ProcessId, ulong Height, string? Rpc, string PeerId, string Home, IReadOnlyList<string> Troubles);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(ChaosRequest))]
[JsonSerializable(typeof(ChaosAnswer))]
internal sealed partial class ControlJson : JsonSerializerContext;
