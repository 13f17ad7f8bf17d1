using System.Globalization;
using System.Text.Json;
using DePinChain.Client.Programs;
using DePinChain.Crypto;
using DePinChain.Primitives;

namespace DePinChain.Worker.Homes;

/// <summary>The folder of a worker: settings, hot keys, and a journal for each chain.</summary>
internal sealed class WorkerHome(string path)
{
    private const string SettingsFile = "worker.json";
    private const string LockFile = "lock";

    public string Path { get; } = System.IO.Path.GetFullPath(path);

    public bool Exists => File.Exists(In(SettingsFile));

    /// <summary>Where compiled kernels are kept.</summary>
    public string KernelsPath => In("kernels");

    /// <summary>What miners showed of answers that are disputed on a chain.</summary>
    public string DisputesOf(ulong chainId, Hash256 genesis) =>
        In(string.Create(CultureInfo.InvariantCulture, $"disputes-{chainId}-{genesis.ToString()[2..10]}"));

    /// <summary>Where models lie.</summary>
    public string ModelsOf(WorkerSettings settings) => settings.Models is null ? In("models") : In(settings.Models);

    /// <summary>The journal of a chain; another chain never meets its entries.</summary>
    public string JournalOf(ulong chainId, Hash256 genesis) =>
        In(string.Create(CultureInfo.InvariantCulture, $"journal-{chainId}-{genesis.ToString()[2..10]}.log"));

    /// <summary>Writes settings and a new key for each of those without a file; an existing home is never changed.</summary>
    /// <returns>The addresses of the keys.</returns>
    public IReadOnlyList<Address> Create(WorkerSettings settings, IReadOnlyList<PrivateKey> keys)
    {
        if (Exists)
        {
            throw new ExitException(
                ExitException.LocalState, $"{Path} is a worker's home already; change its {SettingsFile}, or choose another --home.");
        }

        Directory.CreateDirectory(Path);
        List<KeySettings> named = [];
        for (int index = 0; index < keys.Count; index++)
        {
            string file = string.Create(CultureInfo.InvariantCulture, $"worker-{index}.key");
            WriteOwnerOnly(In(file), Hex.Encode(keys[index].ToArray()));
            named.Add(new KeySettings { File = file, Node = index < settings.Keys.Count ? settings.Keys[index].Node : null });
        }

        File.WriteAllText(In(SettingsFile), (settings with { Keys = named }).ToText());
        return [.. keys.Select(static key => key.Address)];
    }

    /// <summary>Writes settings anew over those of an existing home; its keys and journals stay.</summary>
    public void Save(WorkerSettings settings) => File.WriteAllText(In(SettingsFile), settings.ToText());

    public WorkerSettings ReadSettings()
    {
        try
        {
            return JsonSerializer.Deserialize(File.ReadAllText(In(SettingsFile)), WorkerJson.Default.WorkerSettings)
                ?? throw new JsonException("null is no object");
        }
        catch (Exception trouble) when (trouble is IOException or UnauthorizedAccessException or JsonException)
        {
            throw new ExitException(
                ExitException.LocalState, $"{In(SettingsFile)} cannot be read: {trouble.Message} 'depin-worker init' makes a home.");
        }
    }

    /// <summary>A key, out of its file.</summary>
    public PrivateKey ReadKey(KeySettings settings)
    {
        string file = In(settings.File);
        try
        {
            string text = File.ReadAllText(file).Trim();
            return settings.PasswordFile is { } password
                ? Keystore.DecryptV3(text, File.ReadAllText(In(password)).TrimEnd('\r', '\n'))
                : PrivateKey.Parse(text);
        }
        catch (Exception trouble) when (trouble is IOException or UnauthorizedAccessException or FormatException or KeystoreException)
        {
            throw new ExitException(
                ExitException.LocalState,
                $"{file} cannot be read ({trouble.Message}); restore it, or delegate another key with 'depin worker register'.");
        }
    }

    /// <summary>Holds the home: a second process with the same keys would use the same nonces.</summary>
    public IDisposable Lock()
    {
        try
        {
            return new FileStream(In(LockFile), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException)
        {
            throw new ExitException(ExitException.LocalState, $"Another worker runs from {Path}; stop it first.");
        }
    }

    private string In(string name) => System.IO.Path.Combine(Path, name);

    private static void WriteOwnerOnly(string path, string text)
    {
        FileStreamOptions options = new() { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows()) options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        using StreamWriter writer = new(path, options);
        writer.WriteLine(text);
    }
}
