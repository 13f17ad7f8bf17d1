using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json;
using DePinChain.Client.Programs;
using DePinChain.Crypto;
using DePinChain.Primitives;

namespace DePinChain.Providers.Containers;

/// <summary>The folder of a provider of compute: settings, the provider's key, its TLS key, and what each lease was told to run.</summary>
internal sealed class ComputeHome(string path)
{
    private const string SettingsFile = "compute.json", KeyFile = "agent.key", TlsFile = "tls.pem";
    private static readonly TimeSpan TlsValidity = TimeSpan.FromDays(3_650);

    public string Path { get; } = System.IO.Path.GetFullPath(path);

    public string SettingsPath => In(SettingsFile);

    public string LeasesPath => In("leases");

    public string VolumesPath => In("volumes");

    public bool Exists => File.Exists(SettingsPath);

    /// <summary>Makes the home with keys of its own. An existing one is never changed.</summary>
    public void Create(ComputeSettings settings)
    {
        if (Exists)
        {
            throw new ExitException(
                ExitException.LocalState, $"{Path} is a provider's home already; change its {SettingsFile}, or choose another --home.");
        }

        Directory.CreateDirectory(LeasesPath);
        using PrivateKey key = PrivateKey.Generate();
        WriteOwnerOnly(In(KeyFile), Hex.Encode(key.ToArray()));
        using ECDsa tls = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN={key.Address}", tls, HashAlgorithmName.SHA256);
        DateTimeOffset now = DateTimeOffset.UtcNow.AddMinutes(-5);
        using X509Certificate2 certificate = request.CreateSelfSigned(now, now + TlsValidity);
        WriteOwnerOnly(In(TlsFile), certificate.ExportCertificatePem() + "\n" + tls.ExportPkcs8PrivateKeyPem());
        File.WriteAllText(SettingsPath, settings.ToText());
    }

    public ComputeSettings ReadSettings()
    {
        try
        {
            return JsonSerializer.Deserialize(File.ReadAllText(SettingsPath), AgentFiles.Default.ComputeSettings)
                ?? throw new JsonException("it is empty");
        }
        catch (Exception trouble) when (trouble is IOException or UnauthorizedAccessException or JsonException)
        {
            throw new ExitException(
                ExitException.LocalState,
                $"{SettingsPath} cannot be read: {trouble.Message} 'depin provider compute init' makes a home.");
        }
    }

    /// <summary>The provider's account: it bids, proves that it lives, and is paid.</summary>
    public PrivateKey ReadKey()
    {
        try
        {
            return PrivateKey.Parse(File.ReadAllText(In(KeyFile)).Trim());
        }
        catch (Exception trouble) when (trouble is IOException or UnauthorizedAccessException or FormatException)
        {
            throw new ExitException(
                ExitException.LocalState,
                $"{In(KeyFile)} cannot be read ({trouble.Message}); restore it: stake and earnings belong to it.");
        }
    }

    /// <summary>The key with which tenants are spoken to.</summary>
    public X509Certificate2 ReadCertificate()
    {
        try
        {
            return X509Certificate2.CreateFromPemFile(In(TlsFile), In(TlsFile));
        }
        catch (Exception trouble) when (trouble is IOException or UnauthorizedAccessException or CryptographicException)
        {
            throw new ExitException(
                ExitException.LocalState, $"{In(TlsFile)} cannot be read ({trouble.Message}); restore it from a copy of the home.");
        }
    }

    public string In(string name) => System.IO.Path.Combine(Path, name);

    private static void WriteOwnerOnly(string path, string text)
    {
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows()) options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        using var writer = new StreamWriter(path, options);
        writer.WriteLine(text);
    }
}
