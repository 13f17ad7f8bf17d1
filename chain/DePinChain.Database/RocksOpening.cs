using System.Runtime.InteropServices;
using System.Text;

namespace DePinChain.Database;

/// <summary>Sets RocksDB's options and opens a folder with one column family per table.</summary>
internal static unsafe class RocksOpening
{
    private const int CompressionNone = 0;
    private const int CompressionLz4 = 4;
    private const int LogLevelWarn = 2;

    // One cache for all databases of a process: four localnet nodes share 64 MiB instead of taking it each.
    private const int BlockCacheBytes = 64 << 20;

    // Arena blocks are touched as soon as a table is written; RocksDB's default of an eighth of the buffer would cost 19 MiB when idle.
    private const int ArenaBlockBytes = 128 << 10;

    // Each shard evicts for itself. Sixty-four shards, RocksDB's choice, of 1 MiB cannot hold a large block beside anything else.
    private const int BlockCacheShardBits = 3;

    private const int BinarySearchAndHash = 1;

    private static readonly Lazy<nint> BlockCache = new(MakeBlockCache);

    public static RocksHandle Open(string path, RocksOptions options)
    {
        string[] names = ["default", .. Enum.GetNames<Table>()];
        nint database = DatabaseOptions(options);
        nint hashes = TableOptions(options, CompressionNone);
        nint records = TableOptions(options, CompressionLz4);
        nint[] namePointers = [.. names.Select(Marshal.StringToCoTaskMemUTF8)];
        nint[] familyOptions = [.. names.Select(name => name.StartsWith("Trie", StringComparison.Ordinal) ? hashes : records)];
        nint[] families = new nint[names.Length];
        try
        {
            // All arrays are pinned for the length of the call; RocksDB copies names and options.
            fixed (byte* pathPointer = Encoding.UTF8.GetBytes(path + "\0"))
            fixed (nint* namesPointer = namePointers, optionsPointer = familyOptions, familiesPointer = families)
            {
                nint handle = RocksNative.Open(
                    database, pathPointer, names.Length, (byte**)namesPointer, optionsPointer, familiesPointer, out nint error);
                RocksNative.ThrowOn(error, path);
                RocksNative.ColumnFamilyHandleDestroy(families[0]);
                return new RocksHandle(handle, families[1..]);
            }
        }
        finally
        {
            RocksNative.OptionsDestroy(database);
            RocksNative.OptionsDestroy(hashes);
            RocksNative.OptionsDestroy(records);
            Array.ForEach(namePointers, Marshal.FreeCoTaskMem);
        }
    }

    private static nint MakeBlockCache()
    {
        nint options = RocksNative.CacheOptionsCreate();
        RocksNative.CacheOptionsSetCapacity(options, BlockCacheBytes);
        RocksNative.CacheOptionsSetShardBits(options, BlockCacheShardBits);
        nint cache = RocksNative.CacheCreate(options);
        RocksNative.CacheOptionsDestroy(options);
        return cache;
    }

    private static nint DatabaseOptions(RocksOptions options)
    {
        nint native = RocksNative.OptionsCreate();
        RocksNative.OptionsSetCreateIfMissing(native, 1);
        RocksNative.OptionsSetCreateMissingColumnFamilies(native, 1);
        RocksNative.OptionsSetDbWriteBufferSize(native, (nuint)options.WriteBufferBytes);
        RocksNative.OptionsSetMaxTotalWalSize(native, 2 * (ulong)options.WriteBufferBytes);
        RocksNative.OptionsSetMaxOpenFiles(native, options.OpenFilesMax);
        RocksNative.OptionsSetMaxBackgroundJobs(native, 2);
        RocksNative.OptionsSetInfoLogLevel(native, LogLevelWarn);
        RocksNative.OptionsSetMaxLogFileSize(native, 4 << 20);
        RocksNative.OptionsSetKeepLogFileNum(native, 4);
        RocksNative.OptionsSetStatsDumpPeriod(native, 0);
        RocksNative.OptionsSetStatsPersistPeriod(native, 0);
        return native;
    }

    private static nint TableOptions(RocksOptions options, int compression)
    {
        nint table = RocksNative.TableOptionsCreate();
        RocksNative.TableOptionsSetBlockCache(table, BlockCache.Value);
        RocksNative.TableOptionsSetFilterPolicy(table, RocksNative.FilterPolicyCreateBloomFull(10));

        // A get looks into a block by hash instead of by bisection. Index and filter stay with the open file, about 1 MiB for each at most,
        // so the number of open files bounds their memory; in the block cache every get would look them up there.
        RocksNative.TableOptionsSetDataBlockIndexType(table, BinarySearchAndHash);
        RocksNative.TableOptionsSetDataBlockHashRatio(table, 0.75);
        RocksNative.TableOptionsSetFormatVersion(table, 5);

        nint native = RocksNative.OptionsCreate();
        RocksNative.OptionsSetBlockBasedTableFactory(native, table);
        RocksNative.OptionsSetCompression(native, compression);
        RocksNative.OptionsSetWriteBufferSize(native, (nuint)options.WriteBufferBytes);
        RocksNative.OptionsSetArenaBlockSize(native, ArenaBlockBytes);
        RocksNative.OptionsSetDynamicLevelBytes(native, 1);
        RocksNative.TableOptionsDestroy(table);
        return native;
    }
}
