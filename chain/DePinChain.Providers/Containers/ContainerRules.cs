using System.Globalization;
using System.Text.Json.Nodes;
using DePinChain.Client.Containers;

namespace DePinChain.Providers.Containers;

/// <summary>How one container of a lease is to be made: who it is, where it stands, what it may use.</summary>
/// <param name="Service">What runs.</param>
/// <param name="Replica">From 0.</param>
/// <param name="User">An account of the lease's own, never root.</param>
/// <param name="Network">The lease's network.</param>
/// <param name="Address">Its address there.</param>
/// <param name="Names">The lease's services by their addresses, as <c>web:10.89.0.10</c>.</param>
/// <param name="Ports">Where its ports are published.</param>
/// <param name="Binds">Volumes on disk: place on the host, place in the container.</param>
/// <param name="Devices">GPUs by the engine's names.</param>
/// <param name="Labels">How the agent finds it again.</param>
internal sealed record ContainerPlan(
    ServiceManifest Service,
    int Replica,
    uint User,
    string Network,
    string Address,
    IReadOnlyList<string> Names,
    IReadOnlyList<KeptPort> Ports,
    IReadOnlyList<(string Host, string Mount, bool IsReadOnly)> Binds,
    IReadOnlyList<string> Devices,
    IReadOnlyDictionary<string, string> Labels);

/// <summary>
/// What every container is held to, whatever its manifest says: no root, no capability, no new privilege, a read-only image, memory,
/// processor, processes and logs with a limit, no path of the host, no engine socket, a network of the lease's own.
/// </summary>
internal static class ContainerRules
{
    /// <summary>Labels of containers and networks.</summary>
    public const string ProviderLabel = "depin.provider", LeaseLabel = "depin.lease", ManifestLabel = "depin.manifest";

    private const int TmpMiBMax = 64, OpenFilesMax = 1_024, TasksMax = 4_096, LogMiB = 1;

    // TEST-NET-1 (RFC 5737) answers nobody: the host's own resolvers are not the tenant's.
    private const string NoResolver = "192.0.2.1", PublicResolver = "9.9.9.9";

    /// <summary>The wish for Docker's <c>POST /containers/create</c>.</summary>
    /// <param name="plan">The container.</param>
    /// <param name="pidsMax">Processes at most.</param>
    /// <param name="publishHost">Where its ports are published.</param>
    public static JsonObject Wish(ContainerPlan plan, int pidsMax, string publishHost)
    {
        ServiceManifest service = plan.Service;
        string user = plan.User.ToString(CultureInfo.InvariantCulture);
        var wish = new JsonObject
        {
            ["Image"] = service.Image,
            ["User"] = $"{user}:{user}",
            ["Hostname"] = string.Create(CultureInfo.InvariantCulture, $"{service.Name}-{plan.Replica}"),
            ["Env"] = Words(service.Env),
            ["Labels"] = new JsonObject(plan.Labels.Select(static label =>
                KeyValuePair.Create(label.Key, (JsonNode?)label.Value))),
            ["ExposedPorts"] = new JsonObject(plan.Ports
                .Select(static port => KeyValuePair.Create(NameOf(port), (JsonNode?)new JsonObject()))),
            ["HostConfig"] = Limits(plan, pidsMax, publishHost),
            ["NetworkingConfig"] = new JsonObject
            {
                ["EndpointsConfig"] = new JsonObject
                {
                    [plan.Network] = new JsonObject { ["IPAMConfig"] = new JsonObject { ["IPv4Address"] = plan.Address } },
                },
            },
        };
        if (service.Command.Count > 0) wish["Entrypoint"] = Words(service.Command);
        if (service.Args.Count > 0) wish["Cmd"] = Words(service.Args);
        return wish;
    }

    /// <summary>Memory of a replica with its volumes in memory, in bytes.</summary>
    public static ulong MemoryOf(ServiceManifest service)
    {
        ulong memory = service.MemMiB;
        foreach (VolumeManifest volume in service.Volumes)
            if (volume.Class == "ram") memory += volume.SizeMiB;
        return memory << 20;
    }

    /// <summary>What holds every container, a lease's or our own: limits, no capability, no way up, no log without an end.</summary>
    /// <param name="memory">Bytes, without swap.</param>
    /// <param name="cpuMilli">Thousandths of a core.</param>
    /// <param name="pidsMax">Processes at most.</param>
    public static JsonObject Held(ulong memory, ulong cpuMilli, int pidsMax) => new()
    {
        ["Memory"] = memory,
        ["MemorySwap"] = memory,
        ["NanoCpus"] = cpuMilli * 1_000_000,
        ["PidsLimit"] = pidsMax,
        ["Privileged"] = false,
        ["ReadonlyRootfs"] = true,
        ["CapDrop"] = new JsonArray("ALL"),
        ["SecurityOpt"] = new JsonArray("no-new-privileges"),
        ["IpcMode"] = "private",
        ["ShmSize"] = Math.Min(memory / 4, 64UL << 20),
        ["Ulimits"] = new JsonArray(Limit("nofile", OpenFilesMax), Limit("nproc", TasksMax), Limit("core", 0)),
        ["RestartPolicy"] = new JsonObject { ["Name"] = "no" },
        ["LogConfig"] = new JsonObject { ["Type"] = "json-file", ["Config"] = new JsonObject { ["max-size"] = $"{LogMiB}m" } },
    };

    private static JsonObject Limits(ContainerPlan plan, int pidsMax, string publishHost)
    {
        ServiceManifest service = plan.Service;
        JsonObject limits = Held(MemoryOf(service), service.CpuMilli, pidsMax);
        limits["Tmpfs"] = Temporary(service);
        limits["NetworkMode"] = plan.Network;
        limits["ExtraHosts"] = Words(plan.Names);
        limits["Dns"] = new JsonArray(service.Egress == "public" ? PublicResolver : NoResolver);
        limits["PortBindings"] = new JsonObject(plan.Ports.Select(port => KeyValuePair.Create(NameOf(port), (JsonNode?)new JsonArray(
            new JsonObject
            {
                ["HostIp"] = publishHost,
                ["HostPort"] = port.HostPort.ToString(CultureInfo.InvariantCulture),
            }))));
        limits["Binds"] = Words(plan.Binds.Select(static bind => $"{bind.Host}:{bind.Mount}:{(bind.IsReadOnly ? "ro" : "rw")}"));
        if (plan.Devices.Count > 0)
        {
            limits["Devices"] = new JsonArray([.. plan.Devices.Select(static name => (JsonNode?)new JsonObject
            {
                ["PathOnHost"] = name,
                ["PathInContainer"] = name,
                ["CgroupPermissions"] = "rw",
            })]);
        }

        return limits;
    }

    // Its pages count as the container's memory.
    private static JsonObject Temporary(ServiceManifest service)
    {
        ulong tmp = Math.Clamp(service.MemMiB / 2, 1, TmpMiBMax);
        var places = new JsonObject();
        foreach ((string place, ulong size) in ((string, ulong)[])[("/tmp", tmp), ("/var/tmp", 1), ("/run", 1)])
            places[place] = string.Create(CultureInfo.InvariantCulture, $"rw,size={size}m,mode=1777,nosuid,nodev,noexec");
        foreach (VolumeManifest volume in service.Volumes)
        {
            if (volume.Class == "ram")
                places[volume.Mount] = string.Create(
                    CultureInfo.InvariantCulture, $"{(volume.IsReadOnly ? "ro" : "rw")},size={volume.SizeMiB}m,mode=1777,nosuid,nodev");
        }

        return places;
    }

    private static JsonObject Limit(string name, int most) => new() { ["Name"] = name, ["Soft"] = most, ["Hard"] = most };

    private static JsonArray Words(IEnumerable<string> words) => new([.. words.Select(static word => (JsonNode?)word)]);

    private static string NameOf(KeptPort port) => string.Create(CultureInfo.InvariantCulture, $"{port.Port}/{port.Protocol}");
}
