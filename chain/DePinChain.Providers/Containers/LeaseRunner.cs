using System.Collections.Concurrent;
using System.Globalization;
using System.Text.Json.Nodes;
using DePinChain.Client.Containers;
using DePinChain.Client.Programs;
using DePinChain.Primitives;

namespace DePinChain.Providers.Containers;

/// <summary>
/// Brings the engine to what leases say: network, volumes and containers that are missing are made, what ended is started again. Every
/// step looks first, so that it may be done again after any crash.
/// </summary>
internal sealed class LeaseRunner(
    ComputeSettings settings, EngineService engine, VolumeStore volumes, Address provider, ProgramLog log)
{
    private const int FirstHost = 10, BackOffSecondsMax = 60;
    private const uint FirstUser = 1_000_000;

    // What runtimes say when the image cannot run what it is told to: nothing that the provider could mend.
    private static readonly string[] TenantsFaults =
        ["executable file", "no such file or directory", "exec format error", "permission denied", "command was not found"];

    private readonly ConcurrentDictionary<string, Attempt> _attempts = new(StringComparer.Ordinal);

    private string Label => provider.ToString();

    /// <summary>Refuses a manifest that this provider could never start.</summary>
    /// <exception cref="ManifestRefusedException">It names an image that is not here, or egress that is not given.</exception>
    public async Task RequireStartableAsync(LeaseManifest manifest, CancellationToken cancellation)
    {
        if (!settings.PublicEgress && manifest.Services.Any(static service => service.Egress == "public"))
            throw new ManifestRefusedException("EgressNotOffered", "the provider gives no egress to the public internet", "egress: none",
                "public");
        await engine.EnsureAsync(cancellation);
        foreach (string image in manifest.Services.Select(static service => service.Image).Distinct())
        {
            if (await engine.Link.HasImageAsync(image, cancellation)) continue;
            if (!settings.Pull)
            {
                throw new ManifestRefusedException(
                    "ImageNotHere", $"the provider has no image {image} and fetches none", had: image,
                    hint: "ask the provider to import it, or choose one that pulls");
            }

            try
            {
                await engine.Link.PullAsync(image, cancellation);
            }
            catch (EngineFailure failure) when (failure.Status >= 400)
            {
                throw new ManifestRefusedException("ImageNotFetched", $"image {image} could not be fetched: {failure.Message}", had: image);
            }
        }
    }

    /// <summary>Makes and starts what is missing of a lease.</summary>
    /// <returns>Its containers as they are then.</returns>
    /// <exception cref="EngineFailure">The engine or the host cannot.</exception>
    /// <exception cref="ManifestRefusedException">The image cannot run what it is told to.</exception>
    public async Task<IReadOnlyList<ReplicaStanding>> EnsureAsync(Hash256 lease, LeaseNote note, CancellationToken cancellation)
    {
        LeaseManifest manifest = note.Read();
        string name = LeaseNote.ShortOf(lease);
        await engine.EnsureAsync(cancellation);
        if (await LeaseFence.EnsureAsync(cancellation) is { } trouble) throw new EngineFailure(0, $"the fence is not up: {trouble}");
        bool isOpen = manifest.Services.Any(static service => service.Egress == "public");
        string bridge = (isOpen ? LeaseFence.OpenBridge : LeaseFence.ClosedBridge) + name[..8];
        string subnet = await engine.Link.EnsureNetworkAsync(NetworkOf(name), bridge, Label, cancellation);
        IReadOnlyList<ContainerPlan> plans = Plans(lease, note, manifest, subnet);
        foreach ((string container, JsonNode labels) in await engine.Link.ContainersAsync(Label, cancellation))
        {
            bool isOurs = labels[ContainerRules.LeaseLabel]?.GetValue<string>() == lease.ToString();
            bool isPlanned = labels[ContainerRules.ManifestLabel]?.GetValue<string>() == note.Hash;
            if (isOurs && !isPlanned) await engine.Link.RemoveContainerAsync(container, cancellation);
        }

        var standing = new List<ReplicaStanding>();
        foreach (ContainerPlan plan in plans) standing.Add(await EnsureAsync(name, plan, cancellation));
        return standing;
    }

    /// <summary>Ends everything of a lease and deletes it.</summary>
    public async Task RemoveAsync(string name, CancellationToken cancellation)
    {
        await engine.EnsureAsync(cancellation);
        string begin = $"depin-{name}-";
        foreach ((string container, _) in await engine.Link.ContainersAsync(Label, cancellation))
        {
            if (!container.StartsWith(begin, StringComparison.Ordinal)) continue;
            await engine.Link.RemoveContainerAsync(container, cancellation);
            _attempts.TryRemove(container, out _);
        }

        await engine.Link.RemoveNetworkAsync(NetworkOf(name), cancellation);
        await volumes.RemoveAsync(name, cancellation);
    }

    /// <summary>Short names of the leases of which anything is on this host.</summary>
    public async Task<IReadOnlySet<string>> PresentAsync(CancellationToken cancellation)
    {
        await engine.EnsureAsync(cancellation);
        const string Begin = "depin-";
        HashSet<string> names = [.. volumes.Leases()];
        foreach ((string container, _) in await engine.Link.ContainersAsync(Label, cancellation))
            if (container.StartsWith(Begin, StringComparison.Ordinal)) names.Add(container[Begin.Length..].Split('-')[0]);
        foreach (string network in await engine.Link.NetworksAsync(Label, cancellation))
            if (network.StartsWith(Begin, StringComparison.Ordinal)) names.Add(network[Begin.Length..]);
        return names;
    }

    /// <summary>The container of a replica.</summary>
    public static string ContainerOf(Hash256 lease, string service, int replica) =>
        string.Create(CultureInfo.InvariantCulture, $"depin-{LeaseNote.ShortOf(lease)}-{service}-{replica}");

    private static string NetworkOf(string name) => $"depin-{name}";

    private List<ContainerPlan> Plans(Hash256 lease, LeaseNote note, LeaseManifest manifest, string subnet)
    {
        string prefix = subnet[..(subnet.LastIndexOf('.') + 1)];
        var places = new List<(ServiceManifest Service, int Replica, string Address)>();
        foreach (ServiceManifest service in manifest.Services)
        {
            for (int replica = 0; replica < service.Count; replica++)
                places.Add((service, replica, string.Create(CultureInfo.InvariantCulture, $"{prefix}{FirstHost + places.Count}")));
        }

        string[] names = [.. places.Select(static place => $"{place.Service.Name}:{place.Address}")];

        // Every lease has an account of its own: what one leaves behind, another cannot touch.
        uint user = FirstUser + (Convert.ToUInt32(LeaseNote.ShortOf(lease)[..7], 16) % 1_000_000_000);
        var labels = new Dictionary<string, string>
        {
            [ContainerRules.ProviderLabel] = Label,
            [ContainerRules.LeaseLabel] = note.Lease,
            [ContainerRules.ManifestLabel] = note.Hash,
        };
        string network = NetworkOf(LeaseNote.ShortOf(lease));
        return [.. places.Select(place => new ContainerPlan(
            place.Service, place.Replica, user, network, place.Address, names,
            [.. note.Ports.Where(port => port.Service == place.Service.Name && port.Replica == place.Replica)], [], [], labels))];
    }

    private async Task<ReplicaStanding> EnsureAsync(string lease, ContainerPlan plan, CancellationToken cancellation)
    {
        string name = string.Create(CultureInfo.InvariantCulture, $"depin-{lease}-{plan.Service.Name}-{plan.Replica}");
        Attempt attempt = _attempts.GetOrAdd(name, static _ => new Attempt());
        JsonNode? found = await engine.Link.FindAsync(name, cancellation);
        if (found is null)
        {
            var binds = new List<(string, string, bool)>();
            foreach (VolumeManifest volume in plan.Service.Volumes.Where(static volume => volume.Class != "ram"))
            {
                string kept = string.Create(CultureInfo.InvariantCulture, $"{plan.Service.Name}-{plan.Replica}-{volume.Name}");
                binds.Add((await volumes.EnsureAsync(lease, kept, volume.SizeMiB, plan.User, cancellation), volume.Mount,
                    volume.IsReadOnly));
            }

            JsonObject wish = ContainerRules.Wish(plan with { Binds = binds }, settings.PidsMax, settings.PublishHost);
            await engine.Link.CreateAsync(name, wish, cancellation);
            await StartAsync(name, plan, cancellation);
            log.Tell("container started", ("container", name), ("image", plan.Service.Image));
        }
        else if (!IsRunning(found) && DateTime.UtcNow >= attempt.Next)
        {
            // A tenant's program may end as often as it likes: it is started again, ever more slowly, and its lease stays.
            int wait = Math.Min(1 << Math.Min(attempt.Restarts, 6), BackOffSecondsMax);
            attempt.Restarts++;
            attempt.Next = DateTime.UtcNow.AddSeconds(wait);
            foreach (VolumeManifest volume in plan.Service.Volumes.Where(static volume => volume.Class != "ram"))
            {
                string kept = string.Create(CultureInfo.InvariantCulture, $"{plan.Service.Name}-{plan.Replica}-{volume.Name}");
                await volumes.EnsureAsync(lease, kept, volume.SizeMiB, plan.User, cancellation);
            }

            await StartAsync(name, plan, cancellation);
        }

        JsonNode? state = (await engine.Link.FindAsync(name, cancellation))?["State"];
        bool runs = state?["Running"]?.GetValue<bool>() ?? false;
        return new ReplicaStanding(
            plan.Service.Name, plan.Replica, runs ? "running" : "crashed", attempt.Restarts, state?["ExitCode"]?.GetValue<int>() ?? 0,
            state?["OOMKilled"]?.GetValue<bool>() ?? false,
            [.. plan.Ports.Select(port => new PublishedPort(port.Port, port.Protocol, settings.PublishHost, port.HostPort))]);
    }

    private async Task StartAsync(string name, ContainerPlan plan, CancellationToken cancellation)
    {
        try
        {
            await engine.Link.StartAsync(name, cancellation);
        }
        catch (EngineFailure failure) when (failure.Status > 0
            && TenantsFaults.Any(fault => failure.Message.Contains(fault, StringComparison.OrdinalIgnoreCase)))
        {
            throw new ManifestRefusedException(
                "CannotStart", $"{plan.Service.Name} cannot be started: {failure.Message}",
                hint: "mend command and image, and send the manifest again with 'depin compute send'");
        }
    }

    private static bool IsRunning(JsonNode container) => container["State"]?["Running"]?.GetValue<bool>() ?? false;

    private sealed class Attempt
    {
        public int Restarts { get; set; }

        public DateTime Next { get; set; }
    }
}
