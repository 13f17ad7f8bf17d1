using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using DePinChain.Client.Containers;
using DePinChain.Primitives;

namespace DePinChain.Providers.Containers;

/// <summary>An attempt of a container on its host.</summary>
/// <param name="Name">What it tries.</param>
/// <param name="Script">For a shell in the container; it ends with 0 when the attempt succeeded.</param>
internal sealed record HostileProbe(string Name, string Script);

/// <summary>What came of an attempt.</summary>
/// <param name="Name">What was tried.</param>
/// <param name="IsContained">Whether it failed, as it should.</param>
/// <param name="Words">The last words of the attempt.</param>
internal sealed record ProbeOutcome(string Name, bool IsContained, string Words);

/// <summary>
/// Tries from inside a container, made by the rules of every lease, what a hostile tenant would try. Where an attempt succeeds, only
/// trusted tenants are served.
/// </summary>
internal sealed class IsolationCheck(ComputeSettings settings, EngineService engine, Address provider)
{
    private const string Service = "probe";
    private static readonly TimeSpan ProbeLimit = TimeSpan.FromSeconds(20);

    /// <summary>The attempts. HOST and GATE are addresses of this machine, PORT is one on which it listens, FILE is a file of it.</summary>
    public static IReadOnlyList<HostileProbe> Probes { get; } =
    [
        new("host files", "cat FILE"),
        new("host passwords", "cat /etc/shadow"),
        new("host processes", "test $(ls /proc | grep -c '^[0-9]') -gt 40"),
        new("engine socket", "ls /run/podman/podman.sock /var/run/docker.sock /run/docker.sock FILE.sock 2>/dev/null | grep ."),
        new("write to the image", "echo x > /probe"),
        new("raw disk", "mknod /tmp/disk b 254 0 && head -c 1 /tmp/disk"),
        new("kernel memory", "head -c 1 /proc/kcore || head -c 1 /dev/mem"),
        new("mount", "mount -t tmpfs none /tmp"),
        new("kernel settings", "echo 1 > /proc/sys/kernel/panic"),
        new("system request", "echo h > /proc/sysrq-trigger"),
        new("control groups",
            "mkdir /sys/fs/cgroup/memory/out || mkdir /sys/fs/cgroup/out || echo 1 > /sys/fs/cgroup/memory/release_agent"),
        new("root", "test $(id -u) = 0"),
        new("capabilities", "! grep -q '^CapBnd:.0000000000000000$' /proc/self/status"),
        new("new privileges", "! grep -q '^NoNewPrivs:.1$' /proc/self/status"),
        new("unfiltered system calls", "! grep -q '^Seccomp:.2$' /proc/self/status"),
        new("new namespaces", "unshare -m true || unshare -U true"),
        new("raw packets", "ping -c 1 -W 1 GATE"),
        new("host services at the gateway", "nc -w 1 GATE PORT < /dev/null"),
        new("host services at its address", "nc -w 1 HOST PORT < /dev/null"),
        new("metadata service", "nc -w 1 169.254.169.254 80 < /dev/null"),
        new("private network",
            "nc -w 1 10.0.0.1 80 < /dev/null || nc -w 1 192.168.0.1 80 < /dev/null || nc -w 1 172.16.0.1 80 < /dev/null"),
        new("any network", "nc -w 1 1.1.1.1 53 < /dev/null"),
        new("host names", "grep -v -e localhost -e probe -e ip6 -e containers.internal -e '^$' -e '^#' /etc/hosts"),
        new("disk fill", "dd if=/dev/zero of=/tmp/fill bs=1M count=200 2>/dev/null"),
        new("memory", "head -c 300000000 /dev/zero | tail -c 300000000 > /dev/null; test $? = 0"),
        new("fork bomb",
            "i=0; while [ $i -lt 400 ]; do sleep 3 & i=$((i+1)); done 2>/dev/null; test $(ls /proc | grep -c '^[0-9]') -gt 300"),
    ];

    /// <summary>Makes every attempt.</summary>
    /// <exception cref="EngineFailure">The engine does not answer, or there is nothing to make attempts with.</exception>
    public async Task<IReadOnlyList<ProbeOutcome>> RunAsync(CancellationToken cancellation)
    {
        await engine.EnsureAsync(cancellation);
        if (await DemoImage.EnsureAsync(engine.Link, cancellation) is { } missing) throw new EngineFailure(0, missing);
        string? unfenced = await LeaseFence.EnsureAsync(cancellation);
        string name = string.Create(CultureInfo.InvariantCulture, $"depinprobe-{Environment.ProcessId}");
        string network = name + "-net", label = provider + "-probe";
        string bridge = string.Create(CultureInfo.InvariantCulture, $"{LeaseFence.ClosedBridge}{Environment.ProcessId:x}p");
        using var listener = new TcpListener(IPAddress.IPv6Any, 0);
        listener.Server.DualMode = true;
        listener.Start();
        try
        {
            string subnet = await engine.Link.EnsureNetworkAsync(network, bridge, label, cancellation);
            string prefix = subnet[..(subnet.LastIndexOf('.') + 1)];
            var service = new ServiceManifest(
                Service, DemoImage.Name, ["/bin/sleep"], ["600"], [], [], [], 500, 64, 0, 1, "none");
            var plan = new ContainerPlan(service, 0, 1_000_000, network, prefix + "10", [], [], [], [], new Dictionary<string, string>
            {
                [ContainerRules.ProviderLabel] = label,
            });
            await engine.Link.CreateAsync(name, ContainerRules.Wish(plan, settings.PidsMax, settings.PublishHost), cancellation);
            await engine.Link.StartAsync(name, cancellation);
            int port = ((IPEndPoint)listener.LocalEndpoint).Port;
            var outcomes = new List<ProbeOutcome>();
            if (unfenced is not null) outcomes.Add(new ProbeOutcome("the fence stands", false, unfenced));
            string Filled(HostileProbe probe) => probe.Script.Replace("GATE", prefix + "1", StringComparison.Ordinal)
                .Replace("HOST", HostAddress() ?? prefix + "1", StringComparison.Ordinal)
                .Replace("PORT", port.ToString(CultureInfo.InvariantCulture), StringComparison.Ordinal)
                .Replace("FILE", Environment.ProcessPath ?? "/etc/machine-id", StringComparison.Ordinal);

            // Those that wait for a network that does not answer wait together; those that fill something go one by one.
            ILookup<bool, HostileProbe> kinds = Probes.ToLookup(static probe => probe.Script.Contains("nc -w", StringComparison.Ordinal));
            outcomes.AddRange(await Task.WhenAll(kinds[true].Select(probe => TryAsync(name, probe.Name, Filled(probe), cancellation))));
            foreach (HostileProbe probe in kinds[false]) outcomes.Add(await TryAsync(name, probe.Name, Filled(probe), cancellation));
            return outcomes;
        }
        finally
        {
            await RemoveAsync(name, network);
        }
    }

    // What was found stands, whether or not the engine cleans up at once.
    private async Task RemoveAsync(string name, string network)
    {
        try
        {
            await engine.Link.RemoveContainerAsync(name, CancellationToken.None);
            await engine.Link.RemoveNetworkAsync(network, CancellationToken.None);
        }
        catch (EngineFailure)
        {
            // The container ends by itself after ten minutes.
        }
    }

    private async Task<ProbeOutcome> TryAsync(string container, string name, string script, CancellationToken cancellation)
    {
        using CancellationTokenSource limit = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        limit.CancelAfter(ProbeLimit);
        var words = new StringBuilder();
        try
        {
            (string id, Stream output) = await engine.Link.ExecAsync(container, ["/bin/sh", "-c", script], limit.Token);
            await using (output)
            {
                await OutputFrames.ReadAsync(output, (_, bytes) =>
                {
                    if (words.Length < 400) words.Append(Encoding.UTF8.GetString(bytes.Span[..Math.Min(bytes.Length, 400)]));
                    return Task.CompletedTask;
                }, limit.Token);
            }

            int code = await engine.Link.ExitCodeOfAsync(id, limit.Token);
            string last = words.ToString().Trim().Split('\n')[^1];
            return new ProbeOutcome(name, code != 0, last.Length > 0 ? last : string.Create(CultureInfo.InvariantCulture, $"exit {code}"));
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            return new ProbeOutcome(name, true, $"nothing within {ProbeLimit.TotalSeconds:0} s");
        }
        catch (Exception trouble) when (trouble is EngineFailure or IOException)
        {
            return new ProbeOutcome(name, true, trouble.Message);
        }
    }

    private static string? HostAddress() => Dns.GetHostAddresses(Dns.GetHostName(), AddressFamily.InterNetwork)
        .FirstOrDefault(static address => !IPAddress.IsLoopback(address))?.ToString();
}
