using System.Text.Json;
using DePinChain.Client.Programs;
using DePinChain.Crypto;

namespace DePinChain.Miners.Homes;

/// <summary>The folder of a miner or validator: settings, its hotkey, and what must outlive the process.</summary>
internal sealed class SubnetHome(string path)
{
    private const string SettingsFile = "subnet.json";
    private const string KeyFile = "hotkey";

    public string Path { get; } = System.IO.Path.GetFullPath(path);

    public bool Exists => File.Exists(In(SettingsFile));

    public string NoncesPath => In("nonces");

    public string ReceiptsPath => In("receipts");

    public string TurnsPath => In("turns");

    public string NotesPath => In("validator.json");

    public string EvidencePath => In("evidence");

    /// <summary>Makes the home with a hotkey of its own. An existing one is never changed.</summary>
    public void Create(SubnetSettings settings)
    {
        if (Exists)
        {
            throw new ExitException(
                ExitException.LocalState, $"{Path} is a home already; change its {SettingsFile}, or choose another --home.");
        }

        Directory.CreateDirectory(Path);
        using PrivateKey key = PrivateKey.Generate();
        DurableFile.WriteSecret(In(KeyFile), Primitives.Hex.Encode(key.ToArray()));
        File.WriteAllText(In(SettingsFile), settings.ToText());
    }

    /// <summary>Writes other settings.</summary>
    public void Save(SubnetSettings settings) =>
        DurableFile.Replace(In(SettingsFile), System.Text.Encoding.UTF8.GetBytes(settings.ToText()));

    public SubnetSettings ReadSettings()
    {
        try
        {
            SubnetSettings? settings = JsonSerializer.Deserialize(File.ReadAllText(In(SettingsFile)), SubnetJson.Default.SubnetSettings);
            if (settings is not null && System.Net.IPAddress.TryParse(settings.Host, out _) && settings.Port is >= 0 and < 65_536)
                return settings;
            throw new ExitException(ExitException.LocalState, $"{In(SettingsFile)} has no IP address in host or no port; mend it.");
        }
        catch (Exception trouble) when (trouble is IOException or UnauthorizedAccessException or JsonException)
        {
            throw new ExitException(
                ExitException.LocalState, $"{In(SettingsFile)} cannot be read: {trouble.Message} 'depin subnet init' makes a home.");
        }
    }

    /// <summary>The hotkey: signs answers, questions and weights.</summary>
    public PrivateKey ReadKey()
    {
        try
        {
            return PrivateKey.Parse(File.ReadAllText(In(KeyFile)).Trim());
        }
        catch (Exception trouble) when (trouble is IOException or UnauthorizedAccessException or FormatException)
        {
            throw new ExitException(
                ExitException.LocalState, $"{In(KeyFile)} cannot be read ({trouble.Message}); restore it from your backup.");
        }
    }

    /// <summary>A path of the settings, relative to this folder.</summary>
    public string In(string name) => System.IO.Path.GetFullPath(System.IO.Path.Combine(Path, name));
}
