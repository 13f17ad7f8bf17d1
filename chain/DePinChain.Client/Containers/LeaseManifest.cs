using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace DePinChain.Client.Containers;

/// <summary>What runs at one provider: the part of a deployment that goes to it off the chain.</summary>
/// <param name="Group">The group's name.</param>
/// <param name="Services">What runs, in the order of the group's units on the chain.</param>
public sealed record LeaseManifest(string Group, IReadOnlyList<ServiceManifest> Services)
{
    /// <summary>Bytes of a manifest at most.</summary>
    public const int BytesMax = 64 << 10;

    /// <summary>The bytes that are hashed and sent: no spaces, members in the order of their declaration.</summary>
    public byte[] Encode() => JsonSerializer.SerializeToUtf8Bytes(this, ManifestJson.Default.LeaseManifest);

    /// <summary>Reads what <see cref="Encode"/> wrote; members that are not known here are refused.</summary>
    /// <exception cref="JsonException">It is something else.</exception>
    public static LeaseManifest Decode(ReadOnlySpan<byte> bytes) =>
        JsonSerializer.Deserialize(bytes, ManifestJson.Default.LeaseManifest) ?? throw new JsonException("the manifest is null");

    /// <summary>What the chain holds of a deployment: SHA-256 over the SHA-256 of each group's bytes. A provider sees its own
    /// group and the others' hashes, so that nobody reads what runs elsewhere.</summary>
    public static byte[] HashOf(IEnumerable<byte[]> groupHashes) => SHA256.HashData(groupHashes.SelectMany(static hash => hash).ToArray());
}

/// <summary>One kind of container, so many times.</summary>
/// <param name="Name">Its name inside the lease; the containers of a lease find one another by it.</param>
/// <param name="Image">The image's name.</param>
/// <param name="Command">Replaces the image's entry point; empty for the image's own.</param>
/// <param name="Args">Its arguments; empty for the image's own.</param>
/// <param name="Env">Variables, <c>NAME=value</c>.</param>
/// <param name="Ports">Ports that the provider publishes.</param>
/// <param name="Volumes">Where something can be written; the image itself is read-only.</param>
/// <param name="CpuMilli">Thousandths of a core of each replica.</param>
/// <param name="MemMiB">Memory of each replica.</param>
/// <param name="Gpus">GPUs of each replica.</param>
/// <param name="Count">Replicas.</param>
/// <param name="Egress">Whether it may reach the public internet: <c>none</c> or <c>public</c>.</param>
public sealed record ServiceManifest(
    string Name,
    string Image,
    IReadOnlyList<string> Command,
    IReadOnlyList<string> Args,
    IReadOnlyList<string> Env,
    IReadOnlyList<PortManifest> Ports,
    IReadOnlyList<VolumeManifest> Volumes,
    uint CpuMilli,
    ulong MemMiB,
    ushort Gpus,
    ushort Count,
    string Egress);

/// <summary>A port of a container that is published.</summary>
/// <param name="Port">Inside the container.</param>
/// <param name="Protocol"><c>tcp</c> or <c>udp</c>.</param>
public sealed record PortManifest(ushort Port, string Protocol);

/// <summary>A volume of each replica; it goes when the lease ends.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Mount">Where in the container.</param>
/// <param name="SizeMiB">How large.</param>
/// <param name="Class"><c>ephemeral</c>, <c>hdd</c>, <c>ssd</c>, <c>nvme</c> or <c>ram</c>.</param>
/// <param name="IsReadOnly">Mounted read-only.</param>
public sealed record VolumeManifest(string Name, string Mount, ulong SizeMiB, string Class, bool IsReadOnly);

/// <summary>Manifests as JSON.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    RespectRequiredConstructorParameters = true, RespectNullableAnnotations = true)]
[JsonSerializable(typeof(LeaseManifest))]
internal sealed partial class ManifestJson : JsonSerializerContext;
