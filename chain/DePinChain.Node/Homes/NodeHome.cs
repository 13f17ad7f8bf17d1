using System.Text;
using System.Text.Json;
using DePinChain.Blocks;
using DePinChain.Crypto;
using DePinChain.Engine;

namespace DePinChain.Node.Homes;

/// <summary>The folder of one node: settings, keys, genesis, and what the node keeps there while it runs.</summary>
internal sealed class NodeHome(string path)
{
    public const string SettingsFile = "node.json";
    public const string GenesisFile = "genesis.json";
    public const string NodeKeyFile = "node.key";
    public const string SignerFile = "signer.key";
    public const string LockFile = "node.lock";
    public const string DatabaseFolder = "database";

    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    public string Path { get; } = System.IO.Path.GetFullPath(path);

    public DiskFolder Folder => new(Path);

    public bool HasSettings => File.Exists(PathOf(SettingsFile));

    public string PathOf(string file) => System.IO.Path.Combine(Path, file);

    public NodeSettings ReadSettings()
    {
        string file = PathOf(SettingsFile);
        if (!File.Exists(file))
            throw new RefusalException(ExitCode.LocalState, $"{file} does not exist; make a home with: depin node init --home {Path}");
        try
        {
            return NodeSettings.Parse(File.ReadAllText(file));
        }
        catch (Exception trouble) when (trouble is JsonException or IOException or UnauthorizedAccessException)
        {
            throw new RefusalException(ExitCode.LocalState, $"{file} cannot be understood: {trouble.Message}", trouble);
        }
    }

    public void Write(NodeSettings settings) => Folder.Replace(SettingsFile, Encoding.UTF8.GetBytes(settings.ToText()));

    public GenesisDocument ReadGenesis(NodeSettings settings)
    {
        string file = PathOf(settings.Genesis);
        string json;
        try
        {
            json = File.ReadAllText(file);
        }
        catch (Exception missing) when (missing is IOException or UnauthorizedAccessException)
        {
            throw new RefusalException(
                ExitCode.LocalState, $"{file} cannot be read ({missing.Message}); put the network's genesis document there.", missing);
        }

        return Understand(json, file);
    }

    /// <summary>Reads and checks a genesis document.</summary>
    public static GenesisDocument Understand(string json, string place)
    {
        bool isRead = GenesisDocument.TryParse(json, out GenesisDocument? genesis, out IReadOnlyList<GenesisError> errors);
        if (isRead) errors = genesis!.Validate();
        if (errors.Count > 0)
            throw new RefusalException(ExitCode.LocalState, $"{place} is no genesis of a network that can run: {errors[0]}.");
        return genesis!;
    }

    /// <summary>The key that peers know this node by; it signs nothing of consensus.</summary>
    public PrivateKey ReadNodeKey()
    {
        string file = PathOf(NodeKeyFile);
        try
        {
            return PrivateKey.Parse(File.ReadAllText(file).Trim());
        }
        catch (Exception trouble) when (trouble is FormatException or IOException or UnauthorizedAccessException)
        {
            throw new RefusalException(
                ExitCode.LocalState,
                $"The node's key {file} cannot be read ({trouble.Message}); restore it, or run depin node init again for a new identity.",
                trouble);
        }
    }

    /// <summary>The keys of a validator; null on a node that only follows.</summary>
    public SignerKeys? ReadSignerKeys(NodeSettings settings)
    {
        if (settings.SignerKey is not { } name) return null;
        if (settings.SignerSocket is not null)
        {
            throw new RefusalException(
                ExitCode.RefusedForSafety,
                $"{PathOf(SettingsFile)} names a signer process and a key file, and two signers of one key sign twice; set one to null.");
        }

        string file = PathOf(name);
        try
        {
            SignerKeyFile keys = JsonSerializer.Deserialize(File.ReadAllText(file), NodeSettingsJson.Default.SignerKeyFile)
                ?? throw new JsonException("null is no object");
            SignerKeys read = new(PrivateKey.Parse(keys.SigningKey), PrivateKey.Parse(keys.VrfKey));
            return string.Equals(read.Signing.Address.ToString(), keys.Address, StringComparison.OrdinalIgnoreCase)
                ? read
                : throw new FormatException($"the key is {read.Signing.Address}'s, not {keys.Address}'s");
        }
        catch (Exception trouble) when (trouble is FormatException or JsonException or IOException or UnauthorizedAccessException)
        {
            throw new RefusalException(
                ExitCode.LocalState,
                $"The signer's keys {file} cannot be read ({trouble.Message}); restore the file, "
                + $"or set signerKey to null in {PathOf(SettingsFile)} to follow without voting.",
                trouble);
        }
    }

    public void WriteNodeKey(PrivateKey key) => WriteSecret(NodeKeyFile, Primitives.Hex.Encode(key.ToArray()) + "\n");

    public void WriteSignerKeys(SignerKeys keys)
    {
        SignerKeyFile content = new(
            keys.Signing.Address.ToString(),
            Primitives.Hex.Encode(keys.Signing.ToArray()),
            Primitives.Hex.Encode(keys.Vrf.ToArray()));
        WriteSecret(SignerFile, JsonSerializer.Serialize(content, NodeSettingsJson.Default.SignerKeyFile) + "\n");
    }

    /// <summary>Whether anybody but the owner may read a file of secrets.</summary>
    public bool IsReadableByOthers(string file) =>
        !OperatingSystem.IsWindows() && (File.GetUnixFileMode(PathOf(file)) & ~OwnerOnly) != 0;

    // The file is made with its final permissions: there is no moment in which others could open it.
    private void WriteSecret(string name, string content)
    {
        string file = PathOf(name);
        try
        {
            Directory.CreateDirectory(Path);
            FileStreamOptions options = new() { Mode = FileMode.Create, Access = FileAccess.Write };
            if (!OperatingSystem.IsWindows()) options.UnixCreateMode = OwnerOnly;
            using FileStream stream = new(file, options);
            stream.Write(Encoding.UTF8.GetBytes(content));
            stream.Flush(flushToDisk: true);
        }
        catch (Exception trouble) when (trouble is IOException or UnauthorizedAccessException)
        {
            throw new RefusalException(
                ExitCode.LocalState, $"{file} cannot be written ({trouble.Message}); fix that, or choose another --home.", trouble);
        }
    }
}

/// <summary>What a validator signs and proves with.</summary>
internal sealed record SignerKeys(PrivateKey Signing, PrivateKey Vrf) : IDisposable
{
    public void Dispose()
    {
        Signing.Dispose();
        Vrf.Dispose();
    }
}
