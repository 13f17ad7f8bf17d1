using System.Globalization;
using System.Text.RegularExpressions;

namespace DePinChain.Client.Containers;

/// <summary>What is wrong with a manifest in itself, whatever was leased.</summary>
/// <param name="Name">A name that stays the same.</param>
/// <param name="Sentence">In words.</param>
/// <param name="Place">Where, as in <c>services.web.image</c>.</param>
public sealed partial record ManifestFault(string Name, string Sentence, string Place)
{
    private const int ServicesMax = 20, PortsMax = 16, VolumesMax = 8, WordsMax = 64, WordBytesMax = 4_096, ReplicasMax = 50;

    // Where the engine mounts what it gives every container: a volume over it could replace what protects the host.
    private static readonly string[] KeptPlaces = ["/proc", "/sys", "/dev", "/etc", "/run", "/tmp", "/var/tmp"];

    /// <summary>The first thing wrong; null when there is nothing.</summary>
    public static ManifestFault? Of(LeaseManifest manifest)
    {
        if (manifest.Services.Count is 0 or > ServicesMax)
            return new ManifestFault("ServiceCount", $"a group has 1 to {ServicesMax} services", manifest.Group);
        var names = new HashSet<string>(StringComparer.Ordinal);
        foreach (ServiceManifest service in manifest.Services)
        {
            string at = $"services.{service.Name}";
            if (!NamePattern().IsMatch(service.Name))
                return new ManifestFault("ServiceName", $"'{service.Name}' is no name: a-z, 0-9 and -, at most 31, a letter first", at);
            if (!names.Add(service.Name)) return new ManifestFault("ServiceTwice", $"'{service.Name}' is there twice", at);
            if ((OfCommand(service, at) ?? OfPorts(service, at) ?? OfVolumes(service, at)) is { } fault) return fault;
        }

        return null;
    }

    private static ManifestFault? OfCommand(ServiceManifest service, string at)
    {
        if (!ImagePattern().IsMatch(service.Image))
            return new ManifestFault("ImageName", $"'{service.Image}' is no image's name", at + ".image");
        if (service.Command.Count + service.Args.Count > WordsMax || service.Env.Count > WordsMax)
            return new ManifestFault("TooManyWords", $"a command, and an environment, has at most {WordsMax} words", at);
        foreach (string word in service.Command.Concat(service.Args).Concat(service.Env))
        {
            if (word.Length > WordBytesMax || word.Contains('\0', StringComparison.Ordinal))
                return new ManifestFault("WordTooLong", $"a word has at most {WordBytesMax} characters and no zero", at);
        }

        foreach (string variable in service.Env)
        {
            if (!VariablePattern().IsMatch(variable))
                return new ManifestFault("VariableName", $"'{variable.Split('=')[0]}' is no variable: NAME=value", at + ".env");
        }

        return service.Egress is "none" or "public" ? null
            : new ManifestFault("EgressName", $"'{service.Egress}' is no egress: none or public", at + ".egress");
    }

    private static ManifestFault? OfPorts(ServiceManifest service, string at)
    {
        if (service.Count is 0 or > ReplicasMax)
            return new ManifestFault("ReplicaCount", $"a service has 1 to {ReplicasMax} replicas", at + ".count");
        if (service.Ports.Count > PortsMax)
            return new ManifestFault("TooManyPorts", $"a service publishes at most {PortsMax} ports", at + ".expose");
        foreach (PortManifest port in service.Ports)
        {
            if (port.Port == 0 || port.Protocol is not ("tcp" or "udp"))
                return new ManifestFault("PortName", $"{port.Port}/{port.Protocol} is no port", at + ".expose");
        }

        return service.Ports.Distinct().Count() == service.Ports.Count ? null
            : new ManifestFault("PortTwice", "a port is published twice", at + ".expose");
    }

    private static ManifestFault? OfVolumes(ServiceManifest service, string at)
    {
        if (service.Volumes.Count > VolumesMax)
            return new ManifestFault("TooManyVolumes", $"a service has at most {VolumesMax} volumes", at + ".storage");
        foreach (VolumeManifest volume in service.Volumes)
        {
            string place = string.Create(CultureInfo.InvariantCulture, $"{at}.storage.{volume.Name}");
            if (!NamePattern().IsMatch(volume.Name)) return new ManifestFault("VolumeName", $"'{volume.Name}' is no name", place);
            if (LeaseDemand.ClassOf(volume.Class) == 0)
                return new ManifestFault("VolumeClass", $"'{volume.Class}' is no class: ephemeral, hdd, ssd, nvme or ram", place);
            if (!MountPattern().IsMatch(volume.Mount) || volume.Mount.Split('/').Contains(".."))
                return new ManifestFault("MountPlace", $"'{volume.Mount}' is no place to mount at: an absolute path without ..", place);
            if (KeptPlaces.Any(kept => volume.Mount == kept || volume.Mount.StartsWith(kept + "/", StringComparison.Ordinal)))
                return new ManifestFault("MountKept", $"'{volume.Mount}' is kept for the engine: mount elsewhere", place);
        }

        bool isTwice = service.Volumes.DistinctBy(static volume => volume.Mount).Count() < service.Volumes.Count
            || service.Volumes.DistinctBy(static volume => volume.Name).Count() < service.Volumes.Count;
        return isTwice ? new ManifestFault("VolumeTwice", "a volume's name or place is there twice", at + ".storage") : null;
    }

    [GeneratedRegex(@"\A[a-z][a-z0-9-]{0,30}\z")]
    private static partial Regex NamePattern();

    [GeneratedRegex(@"\A[a-z0-9][A-Za-z0-9._/:@-]{0,254}\z")]
    private static partial Regex ImagePattern();

    [GeneratedRegex(@"\A[A-Za-z_][A-Za-z0-9_]*=", RegexOptions.Singleline)]
    private static partial Regex VariablePattern();

    [GeneratedRegex(@"\A(/[A-Za-z0-9._-]{1,64}){1,8}\z")]
    private static partial Regex MountPattern();
}
