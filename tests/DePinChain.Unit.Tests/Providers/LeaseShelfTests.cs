using System.Net;
using System.Net.Sockets;
using DePinChain.Client.Containers;
using DePinChain.Client.Programs;
using DePinChain.Primitives;
using DePinChain.Providers.Containers;

namespace DePinChain.Unit.Tests.Providers;

/// <summary>What an agent remembers of its leases, what the machine has, and what its settings say.</summary>
public sealed class LeaseShelfTests
{
    private static readonly Hash256 First = Hash256.Parse("0x" + new string('1', 64)), Second = Hash256.Parse("0x" + new string('2', 64));
    private string _folder = "";

    [SetUp]
    public void Create() => _folder = Directory.CreateTempSubdirectory("depin-shelf-").FullName;

    [TearDown]
    public void Remove() => Directory.Delete(_folder, recursive: true);

    [Test]
    public void A_lease_keeps_its_ports_whatever_becomes_of_its_containers_and_shares_them_with_nobody()
    {
        int port = FreePorts(3);
        var shelf = new LeaseShelf(new ComputeHome(_folder), new ComputeSettings { PublishFrom = port, PublishTo = port + 2 });
        LeaseNote note = shelf.Keep(First, [1], "0x01", Manifest(replicas: 2));
        Assert.That(note.Ports.Select(static kept => (kept.Service, kept.Replica, kept.HostPort)),
            Is.EqualTo(new[] { ("web", 0, port), ("web", 1, port + 1) }));
        Assert.That(shelf.Keep(Second, [2], "0x02", Manifest(replicas: 1)).Ports.Single().HostPort, Is.EqualTo(port + 2));

        // Another manifest of the same lease, read again by another agent: the same ports.
        var again = new LeaseShelf(new ComputeHome(_folder), new ComputeSettings { PublishFrom = port, PublishTo = port + 2 });
        Assert.That(again.Keep(First, [3], "0x03", Manifest(replicas: 2)).Ports, Is.EqualTo(note.Ports));
        Assert.That(again.Find(First)!.Hash, Is.EqualTo("0x03"));
        Assert.That(again.All(), Is.EquivalentTo(new[] { First, Second }));
        var full = Assert.Throws<ManifestRefusedException>(() => again.Keep(Second, [4], "0x04", Manifest(replicas: 2)))!;
        Assert.That(full.Refusal.Error, Is.EqualTo("NoPortsLeft"));
        again.Forget(First);
        Assert.That(again.Find(First), Is.Null);
    }

    [Test]
    public void Graphics_cards_are_found_where_the_driver_names_them()
    {
        Directory.CreateDirectory(Path.Combine(_folder, "0000:18:00.0"));
        Directory.CreateDirectory(Path.Combine(_folder, "0000:3b:00.0"));
        File.WriteAllText(Path.Combine(_folder, "0000:18:00.0", "information"), "Model: \t\t NVIDIA H200\nIRQ:   \t\t 120\n");
        Assert.That(MachineSurvey.FindGpus(_folder), Is.EqualTo(new[] { "NVIDIA H200", "card 1" }));
        Assert.That(MachineSurvey.FindGpus(Path.Combine(_folder, "none")), Is.Empty);
        MachineSurvey machine = MachineSurvey.Take(_folder);
        Assert.That(machine.CpuMilli, Is.EqualTo((ulong)Environment.ProcessorCount * 1_000));
        Assert.That(machine.MemMiB, Is.GreaterThan(100UL));
    }

    [Test]
    public void A_home_reads_back_the_settings_that_it_explains()
    {
        var home = new ComputeHome(Path.Combine(_folder, "home"));
        home.Create(new ComputeSettings { Port = 9_000, CpuMilli = 250, PayTo = "0x0000000000000000000000000000000000000001" });
        ComputeSettings read = home.ReadSettings();
        Assert.That((read.Port, read.CpuMilli, read.PayTo, read.Engine), Is.EqualTo(
            (9_000, 250UL, "0x0000000000000000000000000000000000000001", "podman")));
        Assert.That(read.Prices, Is.EqualTo(new PriceScales() with { GpuModels = read.Prices.GpuModels }));
        using var certificate = home.ReadCertificate();
        Assert.That(certificate.HasPrivateKey, Is.True);
        Assert.That(() => home.Create(new ComputeSettings()), Throws.TypeOf<ExitException>(), "never over another");
        File.WriteAllText(home.SettingsPath, File.ReadAllText(home.SettingsPath).Replace("\"pull\"", "\"pul\"", StringComparison.Ordinal));
        Assert.That(home.ReadSettings, Throws.TypeOf<ExitException>(), "a key that nobody reads");
    }

    private static LeaseManifest Manifest(ushort replicas) => new("g",
        [new ServiceManifest("web", "localhost/busybox:1", [], [], [], [new PortManifest(80, "tcp")], [], 100, 32, 0, replicas, "none")]);

    // So many in a row that nobody listens on.
    private static int FreePorts(int count)
    {
        for (int port = 12_000; ; port += count)
        {
            try
            {
                for (int one = port; one < port + count; one++)
                {
                    using var listener = new TcpListener(IPAddress.Any, one);
                    listener.Start();
                }

                return port;
            }
            catch (SocketException)
            {
                // Somebody has one of them.
            }
        }
    }
}
