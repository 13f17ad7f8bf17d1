using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using DePinChain.Crypto;
using DePinChain.Engine;
using DePinChain.Primitives;

namespace DePinChain.Node.Maintenance;

/// <summary>What a backup holds: of which chain, up to which block, and every file with its size and hash.</summary>
/// <remarks>
/// Table files never change once they are written and carry RocksDB's own checksums, which a check reads; in a database of more than
/// 1 GiB they are named by size alone, so that a backup takes seconds whatever its size.
/// </remarks>
/// <param name="ChainId">EIP-155 chain id.</param>
/// <param name="Genesis">Hash of block 0.</param>
/// <param name="Height">The last block that is certainly in it.</param>
/// <param name="BlockHash">That block.</param>
/// <param name="Files">By path from the backup's folder, ascending.</param>
internal sealed record BackupManifest(
    ulong ChainId, Hash256 Genesis, ulong Height, Hash256 BlockHash, IReadOnlyList<BackupFile> Files)
{
    public const string FileName = "manifest.json";
    public const string SignatureName = "manifest.sig";
    public const string DatabaseFolder = "database";
    public const string GenesisName = "genesis.json";

    private const string Format = "depin-backup-1";
    private const long HashedMax = 1L << 30;

    /// <summary>Lists what lies in a backup's folder.</summary>
    public static IReadOnlyList<BackupFile> List(string folder)
    {
        string[] paths = [.. Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories)
            .Select(path => Path.GetRelativePath(folder, path))
            .Where(path => path is not (FileName or SignatureName) && Path.GetFileName(path) != "LOCK")
            .Order(StringComparer.Ordinal)];
        bool isSmall = paths.Sum(path => new FileInfo(Path.Combine(folder, path)).Length) <= HashedMax;
        return [.. paths.Select(path => new BackupFile(
            path,
            new FileInfo(Path.Combine(folder, path)).Length,
            isSmall || !path.EndsWith(".sst", StringComparison.Ordinal) ? HashOf(Path.Combine(folder, path)) : null))];
    }

    public byte[] Encode()
    {
        JsonArray files = [.. Files.Select(file => new JsonObject
        {
            ["path"] = file.Path,
            ["size"] = file.Size,
            ["sha256"] = file.Sha256,
        })];
        JsonObject content = new()
        {
            ["format"] = Format,
            ["chainId"] = ChainId,
            ["genesis"] = Genesis.ToString(),
            ["height"] = Height,
            ["blockHash"] = BlockHash.ToString(),
            ["withoutKeysAndMarks"] = true,
            ["files"] = files,
        };
        return Encoding.UTF8.GetBytes(content.ToJsonString(new JsonSerializerOptions { WriteIndented = true }) + "\n");
    }

    /// <exception cref="RefusalException">There is none, or it cannot be understood.</exception>
    public static BackupManifest Read(string folder)
    {
        string path = Path.Combine(folder, FileName);
        try
        {
            JsonNode content = JsonNode.Parse(File.ReadAllBytes(path)) ?? throw new FormatException("it is empty");
            if (Value<string>(content, "format") != Format) throw new FormatException($"its format is not {Format}");
            JsonArray files = content["files"] as JsonArray ?? throw new FormatException("it has no files");
            return new BackupManifest(
                Value<ulong>(content, "chainId"),
                Hash256.Parse(Value<string>(content, "genesis")),
                Value<ulong>(content, "height"),
                Hash256.Parse(Value<string>(content, "blockHash")),
                [.. files.Select(ReadFile)]);
        }
        catch (Exception trouble) when (trouble is JsonException or FormatException or InvalidOperationException or IOException
            or UnauthorizedAccessException)
        {
            throw new RefusalException(ExitCode.LocalState, $"{path} is no manifest of a backup ({trouble.Message}).", trouble);
        }
    }

    /// <summary>Who signed the manifest of a folder; null when nobody did.</summary>
    /// <exception cref="RefusalException">The signature is not one of this manifest.</exception>
    public static Address? FindSigner(string folder)
    {
        string path = Path.Combine(folder, SignatureName);
        if (!File.Exists(path)) return null;
        byte[] manifest = File.ReadAllBytes(Path.Combine(folder, FileName));
        bool isSigned = Hex.TryDecode(File.ReadAllText(path).Trim(), out byte[] bytes) && bytes.Length == Signature.Size;
        if (isSigned && Secp256k1.TryRecover(PersonalMessage.Hash(manifest), bytes.AsSpan(0, 64), bytes[64], out Address signer))
            return signer;
        throw new RefusalException(ExitCode.LocalState, $"{path} is no signature of the manifest beside it.");
    }

    /// <summary>The first file that is not as the manifest says, in words; null when all are.</summary>
    public string? FindDamage(string folder)
    {
        foreach (BackupFile file in Files)
        {
            string path = Path.Combine(folder, file.Path);
            if (!File.Exists(path)) return $"{file.Path} is missing";
            long size = new FileInfo(path).Length;
            if (size != file.Size) return string.Create(CultureInfo.InvariantCulture, $"{file.Path} has {size} bytes, not {file.Size}");
            if (file.Sha256 is not null && HashOf(path) != file.Sha256) return $"{file.Path} is not what it was";
        }

        return null;
    }

    private static string HashOf(string path)
    {
        using FileStream stream = File.OpenRead(path);
        return Hex.Encode(SHA256.HashData(stream));
    }

    // A path that leads out of the folder would let a manifest overwrite what it likes.
    private static BackupFile ReadFile(JsonNode? file)
    {
        string path = Value<string>(file, "path");
        if (Path.IsPathRooted(path) || path.Split('/', '\\').Contains("..")) throw new FormatException($"{path} leads out of the backup");
        return new BackupFile(path, Value<long>(file, "size"), file?["sha256"]?.GetValue<string>());
    }

    private static T Value<T>(JsonNode? node, string name) =>
        node?[name] is { } value ? value.GetValue<T>() : throw new FormatException($"{name} is missing");
}

/// <param name="Path">From the backup's folder.</param>
/// <param name="Size">Bytes.</param>
/// <param name="Sha256">Of the content; null for a table file of a large database.</param>
internal sealed record BackupFile(string Path, long Size, string? Sha256);
