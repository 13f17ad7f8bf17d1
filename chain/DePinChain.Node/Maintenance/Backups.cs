using System.Globalization;
using System.Text;
using DePinChain.Blocks;
using DePinChain.Database;
using DePinChain.Engine;
using DePinChain.Ledger;
using DePinChain.Primitives;

namespace DePinChain.Node.Maintenance;

/// <summary>Copies of a node's database: made while it runs, checked anywhere, put back while it stands still.</summary>
internal static class Backups
{
    /// <summary>Makes a backup of a running node; the tables are hard links where the file system is the same.</summary>
    /// <param name="folder">Must not exist yet.</param>
    /// <param name="store">The node's database.</param>
    /// <param name="chain">The node's chain.</param>
    /// <param name="genesis">Goes into the backup, so that it can be used alone.</param>
    /// <exception cref="RefusalException">The folder exists, or cannot be written.</exception>
    public static BackupManifest Create(string folder, IKeyValueStore store, LiveChain chain, GenesisDocument genesis)
    {
        if (Directory.Exists(folder) || File.Exists(folder))
            throw new RefusalException(ExitCode.LocalState, $"{folder} exists; a backup is made in a new folder.");
        try
        {
            Directory.CreateDirectory(folder);

            // The head before the copy: whatever the copy holds beyond it is there as well.
            ChainHead head = chain.Head;
            store.Checkpoint(Path.Combine(folder, BackupManifest.DatabaseFolder));
            DiskFolder target = new(folder);
            target.Replace(BackupManifest.GenesisName, Encoding.UTF8.GetBytes(genesis.ToJson()));
            BackupManifest manifest = new(
                chain.ChainId, chain.GenesisHash, head.Number, head.Block.Hash, BackupManifest.List(folder));
            target.Replace(BackupManifest.FileName, manifest.Encode());
            return manifest;
        }
        catch (Exception trouble) when (trouble is IOException or UnauthorizedAccessException)
        {
            throw new RefusalException(ExitCode.LocalState, $"{folder} cannot be written ({trouble.Message}).", trouble);
        }
    }

    /// <summary>Compares a backup with its manifest.</summary>
    /// <returns>What it is of, and who signed it.</returns>
    /// <exception cref="RefusalException">Something is missing or damaged.</exception>
    public static (BackupManifest Manifest, Address? Signer) Verify(string folder)
    {
        BackupManifest manifest = BackupManifest.Read(folder);
        Address? signer = BackupManifest.FindSigner(folder);
        if (manifest.FindDamage(folder) is { } damage)
            throw new RefusalException(ExitCode.LocalState, $"The backup {folder} is damaged: {damage}.");
        return (manifest, signer);
    }

    /// <summary>Puts a backup into a home; what was there is kept beside it.</summary>
    /// <param name="folder">The backup.</param>
    /// <param name="home">The home of a node that stands still.</param>
    /// <exception cref="RefusalException">The backup is damaged, or the home is in use or ahead of it.</exception>
    public static BackupManifest Restore(string folder, string home)
    {
        (BackupManifest manifest, _) = Verify(folder);
        string target = Path.Combine(home, BackupManifest.DatabaseFolder);
        ulong? has = HeightOf(target);
        if (has >= manifest.Height)
        {
            throw new RefusalException(
                ExitCode.RefusedForSafety,
                $"{target} stands at block {has} and the backup at {manifest.Height}: it would undo blocks that are final. "
                + "To go back all the same, move the folder away by hand.");
        }

        try
        {
            // A copy in full before the change of names: a power cut leaves the old database or the new one.
            string arriving = target + ".arriving";
            if (Directory.Exists(arriving)) Directory.Delete(arriving, recursive: true);
            Copy(Path.Combine(folder, BackupManifest.DatabaseFolder), arriving);
            if (has is not null)
                Directory.Move(target, target + string.Create(CultureInfo.InvariantCulture, $".before-restore-{has}"));
            Directory.Move(arriving, target);
        }
        catch (Exception trouble) when (trouble is IOException or UnauthorizedAccessException)
        {
            throw new RefusalException(ExitCode.LocalState, $"{home} cannot be written ({trouble.Message}).", trouble);
        }

        return manifest;
    }

    // Opening it also tells whether somebody else has it open.
    private static ulong? HeightOf(string database)
    {
        if (!Directory.Exists(database)) return null;
        using RocksDatabase store = RocksDatabase.Open(database, RocksOptions.Localnet);
        return new BlockArchive(store).Head;
    }

    private static void Copy(string from, string to)
    {
        Directory.CreateDirectory(to);
        foreach (string file in Directory.EnumerateFiles(from)) File.Copy(file, Path.Combine(to, Path.GetFileName(file)));
    }
}
