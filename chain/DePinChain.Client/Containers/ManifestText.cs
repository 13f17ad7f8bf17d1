using System.Globalization;
using System.Text;
using DePinChain.Primitives;
using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace DePinChain.Client.Containers;

/// <summary>One group of a deployment: what its provider is told, and what the market is told.</summary>
/// <param name="Manifest">What runs.</param>
/// <param name="Spec">The market's requirement: (name, regions, attributes, allOf, anyOf, units).</param>
/// <param name="Ceiling">Base units a block at most, over all replicas.</param>
public sealed record PlannedGroup(LeaseManifest Manifest, object?[] Spec, UInt128 Ceiling);

/// <summary>
/// Deployments as YAML: the part of Akash's Stack Definition Language 2.0 that this market serves. Names that are not known are errors,
/// so that nobody believes in a limit or a secret that nobody reads.
/// </summary>
/// <remarks>Source: Akash, docs "Stack Definition Language". Ours: <c>egress</c>, prices in DPN a block, GPU models by number.</remarks>
public sealed class ManifestText
{
    private const int BytesMax = 256 << 10;

    private readonly YamlTable _services;
    private readonly YamlTable _compute;
    private readonly YamlTable _placement;

    private ManifestText(YamlTable services, YamlTable compute, YamlTable placement) =>
        (_services, _compute, _placement) = (services, compute, placement);

    /// <summary>A deployment that runs as it is, with an explanation of each part.</summary>
    public static string Template =>
        """
        version: "2.0"
        services:
          web:
            image: localhost/busybox:1          # the provider's own image, or registry/name@sha256:…
            command: [/bin/httpd, -f]           # replaces the image's entry point
            args: ["-p", "8080", "-h", /www]
            env: [GREETING=hello]
            expose:
              - port: 8080                      # published by the provider on a port of its choice
                to: [{global: true}]
            params:
              storage:
                scratch: {mount: /data}         # the image itself is read-only
            # egress: public                    # nothing goes out unless you say so
        profiles:
          compute:
            small:
              resources:
                cpu: {units: 0.1}               # cores
                memory: {size: 32Mi}
                storage:
                  - {name: scratch, size: 8Mi, attributes: {class: ram}}   # ephemeral, hdd, ssd, nvme or ram
                # gpu: {units: 1, models: [1], vram: 24Gi, interface: pcie}
          placement:
            anywhere:
              # regions: [276, 1000]            # ISO 3166 numeric, or a continent
              # attributes: {tier: gold}
              # signedBy: {allOf: [], anyOf: []}
              pricing:
                small: {denom: dpn, amount: 0.001}   # at most, for one replica and one block
        deployment:
          web:
            anywhere: {profile: small, count: 1}

        """;

    /// <summary>Reads a deployment: one group for each placement that is used.</summary>
    /// <exception cref="ManifestTextException">Something is wrong, with its line.</exception>
    public static IReadOnlyList<PlannedGroup> Read(string text)
    {
        if (Encoding.UTF8.GetByteCount(text) > BytesMax) throw new ManifestTextException(1, $"a deployment has at most {BytesMax} bytes");
        var stream = new YamlStream();
        try
        {
            stream.Load(new StringReader(text));
        }
        catch (YamlException trouble)
        {
            throw new ManifestTextException((int)trouble.Start.Line, trouble.Message);
        }

        if (stream.Documents.Count != 1) throw new ManifestTextException(1, "a deployment is one YAML document");
        var root = YamlTable.Of(stream.Documents[0].RootNode, "a deployment");
        root.AllowOnly("a deployment", "version", "services", "profiles", "deployment");
        if (root.RequiredText("version", "a deployment") != "2.0")
            throw YamlTable.Wrong(root.Required("version", "a deployment"), "version is \"2.0\"");
        YamlTable profiles = root.RequiredTable("profiles", "a deployment");
        profiles.AllowOnly("profiles", "compute", "placement");
        var reader = new ManifestText(
            root.RequiredTable("services", "a deployment"), profiles.RequiredTable("compute", "profiles"),
            profiles.RequiredTable("placement", "profiles"));
        return reader.Groups(root.RequiredTable("deployment", "a deployment"));
    }

    private List<PlannedGroup> Groups(YamlTable deployment)
    {
        var groups = new List<PlannedGroup>();
        foreach (string place in _placement.Keys)
        {
            YamlTable placement = _placement.RequiredTable(place, "placement");
            placement.AllowOnly(place, "regions", "attributes", "signedBy", "pricing");
            var services = new List<ServiceManifest>();
            var units = new List<object?>();
            UInt128 ceiling = UInt128.Zero;
            foreach (string name in deployment.Keys)
            {
                YamlTable uses = deployment.RequiredTable(name, "deployment");
                if (uses.Find(place) is not { } use) continue;
                var row = YamlTable.Of(use, place);
                row.AllowOnly(place, "profile", "count");
                string profile = row.RequiredText("profile", place);
                var count = (ushort)YamlTable.NumberOf(row.Required("count", place), "count", 50);
                (ServiceManifest service, UnitWish wish) = Service(name, profile, count, row.Required("profile", place));
                UInt128 price = PriceOf(placement, profile, row.Required("profile", place));
                services.Add(service);
                units.Add(LeaseDemand.UnitOf(service, wish.Models, wish.VramMiB, wish.Attached, price));
                ceiling += price * count;
            }

            if (services.Count == 0) continue;
            var manifest = new LeaseManifest(place, services);
            if (ManifestFault.Of(manifest) is { } fault)
                throw YamlTable.Wrong(
                    _services.Find(fault.Place.Split('.').ElementAtOrDefault(1) ?? "") ?? _placement.Required(place, "placement"),
                    $"{fault.Place}: {fault.Sentence}");
            if (manifest.Encode().Length > LeaseManifest.BytesMax)
                throw YamlTable.Wrong(_placement.Required(place, "placement"), $"a group has at most {LeaseManifest.BytesMax} bytes");
            groups.Add(new PlannedGroup(manifest, Spec(place, placement, services, units), ceiling));
        }

        RequireUsed(deployment, groups);
        return groups;
    }

    private void RequireUsed(YamlTable deployment, List<PlannedGroup> groups)
    {
        foreach (string name in deployment.Keys)
        {
            YamlNode node = deployment.Required(name, "deployment");
            if (_services.Find(name) is null) throw YamlTable.Wrong(node, $"there is no service '{name}'");
            foreach (string place in YamlTable.Of(node, name).Keys)
            {
                if (_placement.Find(place) is null) throw YamlTable.Wrong(node, $"there is no placement '{place}'");
            }
        }

        foreach (string name in _services.Keys)
        {
            if (deployment.Find(name) is null)
                throw YamlTable.Wrong(_services.Required(name, "services"), $"service '{name}' is deployed nowhere");
        }

        if (groups.Count == 0) throw new ManifestTextException(1, "nothing is deployed");
    }

    private static object?[] Spec(string place, YamlTable placement, List<ServiceManifest> services, List<object?> units)
    {
        object?[] regions = placement.Find("regions") is { } node
            ? [.. YamlTable.ListOf(node, "regions")
                .Select(static one => (object?)(UInt256)YamlTable.NumberOf(one, "regions", ushort.MaxValue))]
            : [];
        var pairs = new List<object?>();
        YamlTable? attributes = placement.FindTable("attributes");
        foreach (string key in attributes?.Keys ?? [])
        {
            YamlNode value = attributes!.Required(key, "attributes");
            pairs.Add(new object?[] { Word(key, value), Word(YamlTable.TextOf(value, key), value) });
        }

        // Whether containers may go out is in the manifest, which nobody sees who bids: so the order says it too.
        bool goesOut = services.Any(static service => service.Egress == "public") && attributes?.Find("egress") is null;
        if (goesOut) pairs.Add(new object?[] { WordOf("egress"), WordOf("public") });
        YamlTable? signed = placement.FindTable("signedBy");
        signed?.AllowOnly("signedBy", "allOf", "anyOf");
        return [WordOf(place), regions, pairs.ToArray(), Auditors(signed, "allOf"), Auditors(signed, "anyOf"), units.ToArray()];
    }

    private static object?[] Auditors(YamlTable? signed, string name) => signed?.Find(name) is not { } node ? []
        : [.. YamlTable.ListOf(node, name)
            .Select(one => Address.TryParse(YamlTable.TextOf(one, name), out Address auditor) ? (object?)auditor
            : throw YamlTable.Wrong(one, $"'{YamlTable.TextOf(one, name)}' is no auditor's address"))];

    private static UInt128 PriceOf(YamlTable placement, string profile, YamlNode from)
    {
        YamlTable pricing = placement.RequiredTable("pricing", "placement");
        if (pricing.Find(profile) is not { } node) throw YamlTable.Wrong(from, $"pricing has no price for profile '{profile}'");
        var price = YamlTable.Of(node, profile);
        price.AllowOnly(profile, "denom", "amount");
        if (price.RequiredText("denom", profile) != "dpn") throw YamlTable.Wrong(node, "denom is dpn: providers here ask for DPN");
        string text = price.RequiredText("amount", profile);
        try
        {
            return Amount.Parse(text).Wei is var wei && wei > 0 ? wei : throw new FormatException();
        }
        catch (Exception trouble) when (trouble is FormatException or OverflowException)
        {
            throw YamlTable.Wrong(price.Required("amount", profile), $"'{text}' is no price in DPN a block, such as 0.001");
        }
    }

    private static byte[] Word(string text, YamlNode at) => Encoding.UTF8.GetByteCount(text) <= Hash256.Size ? WordOf(text)
        : throw YamlTable.Wrong(at, $"'{text}' is longer than {Hash256.Size} bytes");

    // Left-aligned text; a place's own name is for its tenant only and may be cut.
    private static byte[] WordOf(string text)
    {
        byte[] word = new byte[Hash256.Size], bytes = Encoding.UTF8.GetBytes(text);
        bytes.AsSpan(0, Math.Min(bytes.Length, word.Length)).CopyTo(word);
        return word;
    }

    private (ServiceManifest Service, UnitWish Wish) Service(string name, string profile, ushort count, YamlNode from)
    {
        if (_services.Find(name) is not { } node) throw YamlTable.Wrong(from, $"there is no service '{name}'");
        if (_compute.Find(profile) is not { } computed) throw YamlTable.Wrong(from, $"there is no compute profile '{profile}'");
        var service = YamlTable.Of(node, name);
        service.AllowOnly($"service '{name}'", "image", "command", "args", "env", "expose", "params", "egress");
        var profileTable = YamlTable.Of(computed, profile);
        profileTable.AllowOnly(profile, "resources");
        YamlTable resources = profileTable.RequiredTable("resources", profile);
        resources.AllowOnly("resources", "cpu", "memory", "storage", "gpu");
        YamlTable cpu = resources.RequiredTable("cpu", "resources"), memory = resources.RequiredTable("memory", "resources");
        cpu.AllowOnly("cpu", "units");
        memory.AllowOnly("memory", "size");
        UnitWish wish = UnitWish.Of(resources.FindTable("gpu"));
        return (new ServiceManifest(
            name, service.RequiredText("image", $"service '{name}'"), service.Words("command"), service.Words("args"), service.Words("env"),
            Ports(service), Volumes(service, resources), MilliOf(cpu.Required("units", "cpu")),
                YamlTable.MiBOf(memory.Required("size", "memory"), "size"),
            wish.Gpus, count, service.Find("egress") is { } egress ? YamlTable.TextOf(egress, "egress") : "none"), wish);
    }

    // Cores, as 0.5 or 500m.
    private static uint MilliOf(YamlNode node)
    {
        string text = YamlTable.TextOf(node, "units");
        bool isMilli = text.EndsWith('m');
        bool isRead = decimal.TryParse(
            isMilli ? text[..^1] : text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out decimal cores)
            && cores is > 0 and < 1_000_000;
        decimal milli = isMilli ? cores : cores * 1_000;
        return isRead && milli == decimal.Truncate(milli) && milli <= 384_000 ? (uint)milli
            : throw YamlTable.Wrong(node, $"cpu takes cores, as 0.5 or 500m, not '{text}'");
    }

    private static List<PortManifest> Ports(YamlTable service)
    {
        var ports = new List<PortManifest>();
        if (service.Find("expose") is not { } node) return ports;
        foreach (YamlNode entry in YamlTable.ListOf(node, "expose"))
        {
            var port = YamlTable.Of(entry, "expose");
            if (port.Find("as") is { } outside)
                throw YamlTable.Wrong(outside,
                    "'as' is not served: the provider chooses the port outside, and 'depin compute status' shows it");
            port.AllowOnly("expose", "port", "proto", "to");
            var inside = (ushort)YamlTable.NumberOf(port.Required("port", "expose"), "port", ushort.MaxValue);
            string protocol = port.Find("proto") is { } proto ? YamlTable.TextOf(proto, "proto") : "tcp";
            if (port.Find("to") is not { } to || YamlTable.ListOf(to, "to").Any(IsGlobal)) ports.Add(new PortManifest(inside, protocol));
        }

        return ports;
    }

    private static bool IsGlobal(YamlNode node)
    {
        var to = YamlTable.Of(node, "to");
        to.AllowOnly("to", "global", "service");
        return to.Find("global") is { } global && YamlTable.FlagOf(global, "global");
    }

    private static List<VolumeManifest> Volumes(YamlTable service, YamlTable resources)
    {
        var volumes = new List<VolumeManifest>();
        YamlTable? mounts = service.FindTable("params")?.FindTable("storage");
        if (resources.Find("storage") is { } node)
        {
            foreach (YamlNode entry in YamlTable.ListOf(node, "storage"))
            {
                var volume = YamlTable.Of(entry, "storage");
                volume.AllowOnly("storage", "name", "size", "attributes");
                string name = volume.RequiredText("name", "storage");
                YamlTable? attributes = volume.FindTable("attributes");
                attributes?.AllowOnly("attributes", "class", "persistent");
                string kind = attributes?.Find("class") is { } text ? YamlTable.TextOf(text, "class") : "ephemeral";
                if (mounts?.Find(name) is not { } place)
                    throw YamlTable.Wrong(entry, $"volume '{name}' is mounted nowhere: say where under params.storage.{name}.mount");
                var mount = YamlTable.Of(place, name);
                mount.AllowOnly(name, "mount", "readOnly");
                volumes.Add(new VolumeManifest(
                    name, mount.RequiredText("mount", name), YamlTable.MiBOf(volume.Required("size", "storage"), "size"), kind,
                    mount.Find("readOnly") is { } flag && YamlTable.FlagOf(flag, "readOnly")));
            }
        }

        foreach (string name in mounts?.Keys ?? [])
        {
            if (volumes.All(volume => volume.Name != name))
                throw YamlTable.Wrong(mounts!.Required(name, "storage"), $"there is no volume '{name}' in the profile's storage");
        }

        return volumes;
    }

    /// <summary>Which GPUs a unit takes.</summary>
    private sealed record UnitWish(ushort Gpus, IReadOnlyList<uint> Models, uint VramMiB, byte Attached)
    {
        public static UnitWish Of(YamlTable? gpu)
        {
            if (gpu is null) return new UnitWish(0, [], 0, 0);
            gpu.AllowOnly("gpu", "units", "models", "vram", "interface");
            string attached = gpu.Find("interface") is { } text ? YamlTable.TextOf(text, "interface") : "any";
            byte kind = attached switch
            {
                "any" => 0,
                "pcie" => 1,
                "sxm" => 2,
                _ => throw YamlTable.Wrong(gpu.Required("interface", "gpu"), $"interface is any, pcie or sxm, not '{attached}'"),
            };
            uint[] models = gpu.Find("models") is { } list
                ? [.. YamlTable.ListOf(list, "models").Select(static one => (uint)YamlTable.NumberOf(one, "models", uint.MaxValue))] : [];
            uint vram = gpu.Find("vram") is { } size ? (uint)YamlTable.MiBOf(size, "vram") : 0;
            return new UnitWish((ushort)YamlTable.NumberOf(gpu.Required("units", "gpu"), "units", 24), models, vram, kind);
        }
    }
}
