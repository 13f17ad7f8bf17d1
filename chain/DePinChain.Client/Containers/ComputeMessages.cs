using System.Text.Json.Serialization;
using DePinChain.Client.Files;

namespace DePinChain.Client.Containers;

/// <summary>A manifest on its way to a provider.</summary>
/// <param name="Groups">SHA-256 of every group of the deployment, in hex, in order.</param>
/// <param name="Manifest">This group's bytes in base64, as they were hashed.</param>
public sealed record ManifestDelivery(IReadOnlyList<string> Groups, string Manifest);

/// <summary>How a lease stands at its provider.</summary>
/// <param name="Lease">The lease.</param>
/// <param name="State"><c>waiting</c> for the manifest, <c>starting</c>, <c>running</c>, <c>refused</c>.</param>
/// <param name="Reason">Why it was refused, or what it waits for.</param>
/// <param name="Replicas">What runs.</param>
public sealed record LeaseStanding(string Lease, string State, string? Reason, IReadOnlyList<ReplicaStanding> Replicas);

/// <summary>One container.</summary>
/// <param name="Service">Of which service.</param>
/// <param name="Replica">From 0.</param>
/// <param name="State"><c>running</c>, <c>crashed</c>, <c>starting</c>.</param>
/// <param name="Restarts">How often it ended and was started again.</param>
/// <param name="ExitCode">Of its last end.</param>
/// <param name="OutOfMemory">Whether its last end was for memory.</param>
/// <param name="Ports">Where its published ports are reached, as <c>8080/tcp http://127.0.0.1:31000</c>.</param>
public sealed record ReplicaStanding(
    string Service, int Replica, string State, int Restarts, int ExitCode, bool OutOfMemory, IReadOnlyList<PublishedPort> Ports);

/// <summary>Where a published port is reached.</summary>
/// <param name="Port">Inside the container.</param>
/// <param name="Protocol"><c>tcp</c> or <c>udp</c>.</param>
/// <param name="Host">The provider's host.</param>
/// <param name="HostPort">Its port there.</param>
public sealed record PublishedPort(ushort Port, string Protocol, string Host, int HostPort);

/// <summary>A command for a running container.</summary>
/// <param name="Service">Which service.</param>
/// <param name="Replica">Which replica.</param>
/// <param name="Command">The program and its arguments.</param>
public sealed record ExecWish(string Service, int Replica, IReadOnlyList<string> Command);

/// <summary>The messages between tenants and providers as JSON: camel case, unknown keys ignored so that either side may be
/// newer.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, RespectRequiredConstructorParameters = true,
    RespectNullableAnnotations = true)]
[JsonSerializable(typeof(ManifestDelivery))]
[JsonSerializable(typeof(LeaseStanding))]
[JsonSerializable(typeof(ExecWish))]
[JsonSerializable(typeof(DeviceAsk))]
[JsonSerializable(typeof(DeviceGrant))]
[JsonSerializable(typeof(ProviderRefusal))]
public sealed partial class ComputeJson : JsonSerializerContext;
