using System.Text.Json;
using DePinChain.Client.Containers;
using DePinChain.Primitives;
using DePinChain.Providers.Files;

namespace DePinChain.Providers.Containers;

/// <summary>A published port that a container keeps, however often it is made again.</summary>
internal sealed record KeptPort(string Service, int Replica, ushort Port, string Protocol, int HostPort);

/// <summary>What the agent knows of a lease that the chain does not: what to run, and on which ports.</summary>
/// <param name="Lease">The lease, in hex.</param>
/// <param name="Manifest">The manifest's bytes in base64.</param>
/// <param name="Hash">Their SHA-256 in hex.</param>
/// <param name="Ports">Where its ports are published.</param>
internal sealed record LeaseNote(string Lease, string Manifest, string Hash, IReadOnlyList<KeptPort> Ports)
{
    /// <summary>What runs.</summary>
    public LeaseManifest Read() => LeaseManifest.Decode(Convert.FromBase64String(Manifest));

    /// <summary>What names it on this host: 48 bits of the lease.</summary>
    public static string ShortOf(Hash256 lease) => lease.ToString()[2..14];
}

/// <summary>The notes of leases on disk, each whole or not there. Safe for concurrent use.</summary>
internal sealed class LeaseShelf(ComputeHome home, ComputeSettings settings)
{
    private readonly Lock _gate = new();

    public LeaseNote? Find(Hash256 lease)
    {
        string path = PathOf(lease);
        lock (_gate) return File.Exists(path) ? JsonSerializer.Deserialize(File.ReadAllText(path), AgentFiles.Default.LeaseNote) : null;
    }

    /// <summary>Every lease with a note.</summary>
    public IReadOnlyList<Hash256> All()
    {
        lock (_gate)
        {
            return Directory.Exists(home.LeasesPath)
                ? [.. Directory.EnumerateFiles(home.LeasesPath, "0x*.json").Select(static file =>
                    Hash256.Parse(Path.GetFileNameWithoutExtension(file)))]
                : [];
        }
    }

    /// <summary>Keeps a manifest, with ports that no other lease has; a manifest that replaces another keeps its ports.</summary>
    /// <exception cref="ManifestRefusedException">There are not enough ports.</exception>
    public LeaseNote Keep(Hash256 lease, byte[] manifest, string hash, LeaseManifest read)
    {
        lock (_gate)
        {
            Directory.CreateDirectory(home.LeasesPath);
            LeaseNote[] others = [.. All().Where(other => other != lease).Select(Find).OfType<LeaseNote>()];
            LeaseNote? before = Find(lease);
            HashSet<int> taken = [.. others.SelectMany(static note => note.Ports).Select(static port => port.HostPort)];
            var ports = new List<KeptPort>();
            foreach (ServiceManifest service in read.Services)
            {
                for (int replica = 0; replica < service.Count; replica++)
                {
                    foreach (PortManifest port in service.Ports)
                    {
                        KeptPort? kept = before?.Ports.FirstOrDefault(old => (old.Service, old.Replica, old.Port, old.Protocol)
                            == (service.Name, replica, port.Port, port.Protocol));
                        kept ??= new KeptPort(service.Name, replica, port.Port, port.Protocol, FreePort(taken));
                        taken.Add(kept.HostPort);
                        ports.Add(kept);
                    }
                }
            }

            var note = new LeaseNote(lease.ToString(), Convert.ToBase64String(manifest), hash, ports);
            AgentHome.Replace(PathOf(lease), JsonSerializer.SerializeToUtf8Bytes(note, AgentFiles.Default.LeaseNote));
            return note;
        }
    }

    public void Forget(Hash256 lease)
    {
        lock (_gate) File.Delete(PathOf(lease));
    }

    private int FreePort(HashSet<int> taken)
    {
        for (int port = settings.PublishFrom; port <= settings.PublishTo; port++)
            if (!taken.Contains(port) && IsFree(port)) return port;
        throw new ManifestRefusedException(
            "NoPortsLeft", $"the provider publishes on {settings.PublishFrom} to {settings.PublishTo}, and all are taken");
    }

    private static bool IsFree(int port)
    {
        try
        {
            using var listener = new System.Net.Sockets.TcpListener(System.Net.IPAddress.Any, port);
            listener.Start();
            return true;
        }
        catch (System.Net.Sockets.SocketException)
        {
            return false;
        }
    }

    private string PathOf(Hash256 lease) => Path.Combine(home.LeasesPath, lease + ".json");
}

/// <summary>A tenant's request is refused.</summary>
/// <param name="name">A name that stays the same.</param>
/// <param name="sentence">In words.</param>
/// <param name="needed">What was leased or is needed.</param>
/// <param name="had">What came.</param>
/// <param name="hint">What to do.</param>
internal sealed class ManifestRefusedException(
    string name, string sentence, string? needed = null, string? had = null, string? hint = null) : Exception(sentence)
{
    public Client.Files.ProviderRefusal Refusal { get; } = new(name, sentence, needed, had, hint);
}
