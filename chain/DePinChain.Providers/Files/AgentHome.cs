using System.Globalization;
using System.Text.Json;
using DePinChain.Client.Programs;
using DePinChain.Crypto;

namespace DePinChain.Providers.Files;

/// <summary>The folder of a storage provider: settings, the agent's hot key, pieces, and uploads that are not complete.</summary>
internal sealed class AgentHome(string path)
{
    private const string SettingsFile = "provider.json";
    private const string KeyFile = "agent.key";
    private const string EnrolmentFile = "enrolment.json";

    public string Path { get; } = System.IO.Path.GetFullPath(path);

    public string SettingsPath => In(SettingsFile);

    public string PiecesPath => In("pieces");

    public string LanesPath => In("lanes");

    /// <summary>The owner wrote the time until which no new deals are taken.</summary>
    public bool IsUnderMaintenance =>
        File.Exists(In("maintenance")) && DateTimeOffset.TryParse(
            File.ReadAllText(In("maintenance")), CultureInfo.InvariantCulture, DateTimeStyles.None, out DateTimeOffset until) &&
        DateTimeOffset.UtcNow < until;

    public bool Exists => File.Exists(SettingsPath);

    /// <summary>Makes the home with a key of its own. An existing one is never changed.</summary>
    public void Create(AgentSettings settings)
    {
        if (Exists)
        {
            throw new ExitException(
                ExitException.LocalState, $"{Path} is a provider's home already; change its {SettingsFile}, or choose another --home.");
        }

        Directory.CreateDirectory(PiecesPath);
        Directory.CreateDirectory(LanesPath);
        using PrivateKey key = PrivateKey.Generate();
        WriteOwnerOnly(In(KeyFile), Primitives.Hex.Encode(key.ToArray()));
        File.WriteAllText(SettingsPath, settings.ToText());
    }

    public AgentSettings ReadSettings() => Read(SettingsFile, AgentJson.Default.AgentSettings)
        ?? throw new ExitException(ExitException.LocalState, $"{SettingsPath} is empty; depin provider storage init makes a home.");

    /// <summary>Whose home it is; null before it is registered.</summary>
    public Enrolment? FindEnrolment() => File.Exists(In(EnrolmentFile)) ? Read(EnrolmentFile, AgentJson.Default.Enrolment) : null;

    public void Save(Enrolment enrolment) => Replace(
        In(EnrolmentFile), JsonSerializer.SerializeToUtf8Bytes(enrolment, AgentJson.Default.Enrolment));

    /// <summary>The hot key that proves and settles.</summary>
    public PrivateKey ReadKey()
    {
        try
        {
            return PrivateKey.Parse(File.ReadAllText(In(KeyFile)).Trim());
        }
        catch (Exception trouble) when (trouble is IOException or UnauthorizedAccessException or FormatException)
        {
            throw new ExitException(
                ExitException.LocalState, $"{In(KeyFile)} cannot be read ({trouble.Message}); restore it, or name another agent with " +
                "'depin provider storage register'.");
        }
    }

    /// <summary>Writes a file so that after a power cut it is the old one or the new one.</summary>
    public static void Replace(string path, ReadOnlySpan<byte> content)
    {
        string next = path + ".next";
        using (var stream = new FileStream(next, FileMode.Create, FileAccess.Write))
        {
            stream.Write(content);
            stream.Flush(flushToDisk: true);
        }

        File.Move(next, path, overwrite: true);
    }

    private string In(string name) => System.IO.Path.Combine(Path, name);

    private T? Read<T>(string file, System.Text.Json.Serialization.Metadata.JsonTypeInfo<T> type)
    {
        try
        {
            return JsonSerializer.Deserialize(File.ReadAllText(In(file)), type);
        }
        catch (Exception trouble) when (trouble is IOException or UnauthorizedAccessException or JsonException)
        {
            throw new ExitException(
                ExitException.LocalState, $"{In(file)} cannot be read: {trouble.Message} 'depin provider storage init' makes a home.");
        }
    }

    private static void WriteOwnerOnly(string path, string text)
    {
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows()) options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        using var writer = new StreamWriter(path, options);
        writer.WriteLine(text);
    }
}
