namespace DePinChain.Cli.Commands;

/// <summary>A saved state of a localnet.</summary>
internal sealed record LocalnetSnapshot(string Name, DateTime SavedAt, long Bytes);

/// <summary>
/// Named copies of a stopped localnet's whole data folder. Databases and signer files are saved and restored together: restoring one
/// without the other is how validators sign twice, so only a localnet has this command.
/// </summary>
internal sealed class LocalnetSnapshots(LocalnetProcess localnet)
{
    private string Folder => localnet.Folder + ".snapshots";

    public string Save(string name)
    {
        localnet.RequireStopped("a snapshot");
        if (!Directory.Exists(localnet.Folder))
            throw CliFailure.LocalState("NoState", $"{localnet.Folder} does not exist", "start the network once");
        string target = PathOf(name);
        if (Directory.Exists(target))
            throw CliFailure.LocalState("SnapshotExists", $"there is already a snapshot '{name}'",
                "choose another name, or depin localnet snapshot rm NAME");
        Copy(localnet.Folder, target);
        return target;
    }

    public string Load(string name)
    {
        localnet.RequireStopped("loading a snapshot");
        string source = Existing(name);
        string aside = localnet.Folder + ".old";
        if (Directory.Exists(aside))
            Directory.Delete(aside, recursive: true);
        if (Directory.Exists(localnet.Folder))
            Directory.Move(localnet.Folder, aside);
        Copy(source, localnet.Folder);
        if (Directory.Exists(aside))
            Directory.Delete(aside, recursive: true);
        return source;
    }

    public IEnumerable<LocalnetSnapshot> List() => !Directory.Exists(Folder) ? [] :
        Directory.EnumerateDirectories(Folder).Order(StringComparer.Ordinal)
            .Select(path => new LocalnetSnapshot(Path.GetFileName(path), Directory.GetCreationTimeUtc(path),
            Directory.EnumerateFiles(path, "*", SearchOption.AllDirectories).Sum(file => new FileInfo(file).Length)));

    public void Remove(string name) => Directory.Delete(Existing(name), recursive: true);

    private string Existing(string name) => Directory.Exists(PathOf(name)) ? PathOf(name)
        : throw CliFailure.LocalState("UnknownSnapshot", $"there is no snapshot '{name}'", "depin localnet snapshot list");

    private string PathOf(string name) => name.Length is > 0 and <= 64
        && name.All(letter => char.IsAsciiLetterOrDigit(letter) || letter is '-' or '_')
        ? Path.Combine(Folder, name)
        : throw CliFailure.Usage($"'{name}' is not a snapshot's name", "1 to 64 letters, digits, '-' or '_'");

    private static void Copy(string from, string to)
    {
        foreach (string folder in Directory.EnumerateDirectories(from, "*", SearchOption.AllDirectories).Prepend(from))
            Directory.CreateDirectory(Path.Combine(to, Path.GetRelativePath(from, folder)));
        foreach (string file in Directory.EnumerateFiles(from, "*", SearchOption.AllDirectories))
            File.Copy(file, Path.Combine(to, Path.GetRelativePath(from, file)));
    }
}
