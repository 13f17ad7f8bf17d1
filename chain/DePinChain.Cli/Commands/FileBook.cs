using System.Text.Json;
using System.Text.Json.Serialization;

namespace DePinChain.Cli.Commands;

/// <summary>What this user has stored: names for piece CIDs and deals. The chain knows everything but the names.</summary>
internal sealed class FileBook
{
    private readonly List<StoredFile> _files;

    private FileBook(List<StoredFile> files) => _files = files;

    public IReadOnlyList<StoredFile> Files => _files;

    private static string BookPath => Path.Combine(Path.GetDirectoryName(KeyStore.Default.Folder)!, "files.json");

    public static FileBook Open()
    {
        if (!File.Exists(BookPath)) return new FileBook([]);
        try
        {
            return new FileBook(JsonSerializer.Deserialize(File.ReadAllText(BookPath), FileBookJson.Default.ListStoredFile) ?? []);
        }
        catch (JsonException damaged)
        {
            throw CliFailure.LocalState("FileBookDamaged", $"{BookPath} cannot be read: {damaged.Message}",
                "restore it from a backup, or move it away: files can still be fetched by their piece CID");
        }
    }

    /// <summary>The last file of a name, or the one with a copy of that piece CID, on a chain.</summary>
    public StoredFile? Find(string nameOrCid, ulong chainId) => _files.LastOrDefault(file =>
        file.ChainId == chainId && (file.Name == nameOrCid || file.Copies.Any(copy => copy.Cid == nameOrCid)));

    /// <summary>Puts a file in, in the place of an earlier state of it.</summary>
    public void Save(StoredFile file)
    {
        _files.RemoveAll(known => known.ChainId == file.ChainId && known.Copies.Select(copy => copy.Deal)
            .Intersect(file.Copies.Select(copy => copy.Deal)).Any());
        _files.Add(file);
        Directory.CreateDirectory(Path.GetDirectoryName(BookPath)!);
        string next = BookPath + ".next";
        File.WriteAllText(next, JsonSerializer.Serialize(_files, FileBookJson.Default.ListStoredFile));
        File.Move(next, BookPath, overwrite: true);
    }
}

/// <summary>A file that was stored.</summary>
/// <param name="Name">As its user calls it.</param>
/// <param name="ChainId">On which chain.</param>
/// <param name="Bytes">Its size.</param>
/// <param name="Sha256">Of its bytes.</param>
/// <param name="IsPrivate">Whether the providers see ciphertext only.</param>
/// <param name="Copies">Where it lies.</param>
/// <param name="Wanted">How many copies were asked for: with fewer of them its put was cut off.</param>
internal sealed record StoredFile(
    string Name, ulong ChainId, ulong Bytes, string Sha256, bool IsPrivate, IReadOnlyList<StoredCopy> Copies, int Wanted = 0);

/// <summary>One copy.</summary>
/// <param name="Deal">The deal's number.</param>
/// <param name="Provider">The provider's number.</param>
/// <param name="Cid">The piece.</param>
/// <param name="Header">How a private copy begins, in hex: with it the same piece can be made again; null for a public one.</param>
internal sealed record StoredCopy(ulong Deal, ulong Provider, string Cid, string? Header = null);

/// <summary>How the book is written.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, WriteIndented = true)]
[JsonSerializable(typeof(List<StoredFile>))]
internal sealed partial class FileBookJson : JsonSerializerContext;
