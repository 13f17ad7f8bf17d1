using DePinChain.Database;
using DePinChain.Ledger;

namespace DePinChain.Node.Maintenance;

/// <summary>Makes again what follows from the blocks: the indexes. What does not follow from them is not invented.</summary>
internal static class DatabaseRepair
{
    private const int BatchBlocks = 256;

    /// <summary>Moves a home's database beside it, so that the node begins anew; its operator deletes it.</summary>
    public static string SetAside(string home)
    {
        string database = Path.Combine(home, BackupManifest.DatabaseFolder);
        int number = 1;
        while (Directory.Exists($"{database}.damaged-{number}")) number++;
        Directory.Move(database, $"{database}.damaged-{number}");
        return $"{database}.damaged-{number}";
    }

    /// <summary>Writes the missing index rows of every kept block and returns how many blocks lacked some.</summary>
    public static int RebuildIndexes(IKeyValueStore store)
    {
        BlockArchive archive = new(store);
        ulong head = archive.Head ?? 0;
        int repaired = 0;
        IWriteBatch batch = store.CreateBatch();
        try
        {
            for (ulong height = archive.FirstBody; height <= head; height++)
            {
                if (archive.FindBlock(height) is not { } block || archive.FindReceipts(height) is not { } receipts) continue;
                if (archive.IsIndexed(block, receipts)) continue;
                BlockArchive.AppendIndexes(batch, block, receipts);
                repaired++;
                if (repaired % BatchBlocks != 0) continue;
                store.Write(batch, sync: false);
                batch.Dispose();
                batch = store.CreateBatch();
            }

            store.Write(batch, sync: true);
        }
        finally
        {
            batch.Dispose();
        }

        return repaired;
    }
}
