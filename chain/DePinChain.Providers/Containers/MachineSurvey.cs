using System.Globalization;
using System.Text.RegularExpressions;

namespace DePinChain.Providers.Containers;

/// <summary>What this machine has.</summary>
/// <param name="CpuMilli">Thousandths of a core.</param>
/// <param name="MemMiB">Memory.</param>
/// <param name="DiskMiB">Free disk at the home.</param>
/// <param name="Gpus">Graphics cards by the driver's names.</param>
/// <param name="CanMakeVolumes">Whether volumes on disk can be made: root and ext4's tools.</param>
internal sealed partial record MachineSurvey(
    ulong CpuMilli, ulong MemMiB, ulong DiskMiB, IReadOnlyList<string> Gpus, bool CanMakeVolumes)
{
    /// <summary>Looks at the machine.</summary>
    /// <param name="folder">Where volumes would lie.</param>
    public static MachineSurvey Take(string folder)
    {
        ulong memory = (ulong)GC.GetGCMemoryInfo().TotalAvailableMemoryBytes >> 20;
        string root = Path.GetFullPath(folder);
        while (!Directory.Exists(root)) root = Path.GetDirectoryName(root) ?? "/";
        ulong disk = (ulong)new DriveInfo(root).AvailableFreeSpace >> 20;
        return new MachineSurvey(
            (ulong)Environment.ProcessorCount * 1_000, memory, disk, FindGpus("/proc/driver/nvidia/gpus"),
            Environment.UserName == "root" && Tool.Find("mkfs.ext4") is not null);
    }

    /// <summary>What to let of it by default: three quarters of processor and memory, a quarter of the disk.</summary>
    public (ulong CpuMilli, ulong MemMiB, ulong DiskMiB) Share => (CpuMilli * 3 / 4, MemMiB * 3 / 4, DiskMiB / 4);

    /// <summary>Classes of storage as the chain's bits: memory always, disk where volumes can be made.</summary>
    public byte Classes => (byte)(CanMakeVolumes ? 1 | 2 | 4 | 8 | 16 : 16);

    /// <summary>The driver's cards: a folder for each, with a file that says the model.</summary>
    public static IReadOnlyList<string> FindGpus(string folder)
    {
        if (!Directory.Exists(folder)) return [];
        var found = new List<string>();
        foreach (string card in Directory.EnumerateDirectories(folder).Order(StringComparer.Ordinal))
        {
            string file = Path.Combine(card, "information");
            Match model = File.Exists(file) ? ModelPattern().Match(File.ReadAllText(file)) : Match.Empty;
            found.Add(model.Success ? model.Groups[1].Value.Trim() : string.Create(CultureInfo.InvariantCulture, $"card {found.Count}"));
        }

        return found;
    }

    [GeneratedRegex(@"^Model:\s*(.+)$", RegexOptions.Multiline)]
    private static partial Regex ModelPattern();
}
