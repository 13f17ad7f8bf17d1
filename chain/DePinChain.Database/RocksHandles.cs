using System.Runtime.InteropServices;

namespace DePinChain.Database;

/// <summary>
/// The open database with its column families and write options. Reference counted by the runtime: it closes when its owner has disposed
/// it and the last call, cursor and snapshot is gone, so a late reader can never touch freed memory.
/// </summary>
internal sealed class RocksHandle : SafeHandle
{
    private readonly nint[] _families;
    private readonly nint _plain;
    private readonly nint _synced;

    public RocksHandle(nint database, nint[] families)
        : base(0, ownsHandle: true)
    {
        SetHandle(database);
        _families = families;
        _plain = RocksNative.WriteOptionsCreate();
        _synced = RocksNative.WriteOptionsCreate();
        RocksNative.WriteOptionsSetSync(_synced, 1);
    }

    public override bool IsInvalid => handle == 0;

    public nint Family(Table table) => _families[(int)table];

    public nint WriteOptions(bool sync) => sync ? _synced : _plain;

    protected override bool ReleaseHandle()
    {
        foreach (nint family in _families)
        {
            RocksNative.ColumnFamilyHandleDestroy(family);
        }

        RocksNative.WriteOptionsDestroy(_plain);
        RocksNative.WriteOptionsDestroy(_synced);
        RocksNative.Close(handle);
        return true;
    }
}

/// <summary>Read options, with a snapshot or without. Holds the database open.</summary>
internal sealed class RocksReadHandle : SafeHandle
{
    private readonly RocksHandle _database;
    private readonly nint _snapshot;

    private RocksReadHandle(RocksHandle database, nint snapshot)
        : base(0, ownsHandle: true)
    {
        _database = database;
        _snapshot = snapshot;
        SetHandle(RocksNative.ReadOptionsCreate());
        if (snapshot != 0)
        {
            RocksNative.ReadOptionsSetSnapshot(handle, snapshot);
        }
    }

    public override bool IsInvalid => handle == 0;

    public static RocksReadHandle Of(RocksHandle database, bool snapshot)
    {
        bool held = false;
        database.DangerousAddRef(ref held);
        return new RocksReadHandle(database, snapshot ? RocksNative.CreateSnapshot(database) : 0);
    }

    protected override bool ReleaseHandle()
    {
        RocksNative.ReadOptionsDestroy(handle);
        if (_snapshot != 0)
        {
            RocksNative.ReleaseSnapshot(_database.DangerousGetHandle(), _snapshot);
        }

        _database.DangerousRelease();
        return true;
    }
}

/// <summary>An iterator. Holds its read options, and through them the database.</summary>
internal sealed class RocksIteratorHandle : SafeHandle
{
    private readonly RocksReadHandle _options;

    public RocksIteratorHandle(RocksHandle database, RocksReadHandle options, Table table)
        : base(0, ownsHandle: true)
    {
        bool held = false;
        options.DangerousAddRef(ref held);
        _options = options;
        SetHandle(RocksNative.CreateIterator(database, options, database.Family(table)));
    }

    public override bool IsInvalid => handle == 0;

    protected override bool ReleaseHandle()
    {
        RocksNative.IteratorDestroy(handle);
        _options.DangerousRelease();
        return true;
    }
}

/// <summary>A batch under construction.</summary>
internal sealed class RocksBatchHandle : SafeHandle
{
    public RocksBatchHandle()
        : base(0, ownsHandle: true) => SetHandle(RocksNative.BatchCreate());

    public override bool IsInvalid => handle == 0;

    protected override bool ReleaseHandle()
    {
        RocksNative.BatchDestroy(handle);
        return true;
    }
}
