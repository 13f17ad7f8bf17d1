using System.Globalization;

namespace DePinChain.Providers.Containers;

/// <summary>
/// Volumes of leases: files of their full size with a file system of their own, so that a tenant fills its volume and nothing else. They
/// go when the lease ends.
/// </summary>
internal sealed class VolumeStore(ComputeHome home)
{
    /// <summary>Makes and mounts a volume, unless it is.</summary>
    /// <param name="lease">Short name of the lease.</param>
    /// <param name="name">Name of service, replica and volume.</param>
    /// <param name="sizeMiB">Size.</param>
    /// <param name="user">Whose its root is.</param>
    /// <param name="cancellation">Ends it.</param>
    /// <returns>Where it is mounted on the host.</returns>
    /// <exception cref="EngineFailure">The host cannot.</exception>
    public async Task<string> EnsureAsync(string lease, string name, ulong sizeMiB, uint user, CancellationToken cancellation)
    {
        string folder = Path.Combine(home.VolumesPath, lease), image = Path.Combine(folder, name + ".img");
        string place = Path.Combine(folder, name);
        Directory.CreateDirectory(place);
        if (IsMounted(place)) return place;
        if (!File.Exists(image))
        {
            string next = image + ".next";
            File.Delete(next);
            long bytes = (long)(sizeMiB << 20);
            new FileStream(next, new FileStreamOptions
            {
                Mode = FileMode.CreateNew,
                Access = FileAccess.Write,
                PreallocationSize = bytes,
            }).Dispose();
            using (var file = new FileStream(next, FileMode.Open, FileAccess.Write)) file.SetLength(bytes);
            string owner = string.Create(CultureInfo.InvariantCulture, $"root_owner={user}:{user}");
            Require(await Tool.RunAsync(
                Tool.Find("mkfs.ext4") ?? "mkfs.ext4", null, cancellation, "-q", "-F", "-m", "0", "-E", owner, next));
            File.Move(next, image);
        }

        Require(await Tool.RunAsync("mount", null, cancellation, "-o", "loop,nosuid,nodev,noatime", image, place));
        return place;
    }

    /// <summary>Unmounts and deletes everything of a lease.</summary>
    public async Task RemoveAsync(string lease, CancellationToken cancellation)
    {
        string folder = Path.Combine(home.VolumesPath, lease);
        if (!Directory.Exists(folder)) return;
        foreach (string place in Directory.EnumerateDirectories(folder))
            if (IsMounted(place)) Require(await Tool.RunAsync("umount", null, cancellation, place));
        Directory.Delete(folder, recursive: true);
    }

    /// <summary>Leases that have volumes here.</summary>
    public IReadOnlyList<string> Leases() => Directory.Exists(home.VolumesPath)
        ? [.. Directory.EnumerateDirectories(home.VolumesPath).Select(static folder => Path.GetFileName(folder))] : [];

    private static bool IsMounted(string place) =>
        File.ReadLines("/proc/self/mounts").Any(line => line.Split(' ') is [_, var at, ..] && at == place);

    private static void Require(string? trouble)
    {
        if (trouble is not null) throw new EngineFailure(0, trouble);
    }
}
