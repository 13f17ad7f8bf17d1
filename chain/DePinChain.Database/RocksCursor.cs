using System.Runtime.InteropServices;

namespace DePinChain.Database;

/// <summary>A RocksDB iterator. Its spans point into memory that RocksDB owns until the next step.</summary>
internal sealed unsafe class RocksCursor(RocksIteratorHandle handle, bool reverse, string path) : IKeyValueCursor
{
    private bool _fresh;

    public ReadOnlySpan<byte> Key
    {
        get
        {
            byte* key = RocksNative.IteratorKey(Positioned(), out nuint length);
            return new ReadOnlySpan<byte>(key, checked((int)length));
        }
    }

    public ReadOnlySpan<byte> Value
    {
        get
        {
            byte* value = RocksNative.IteratorValue(Positioned(), out nuint length);
            return new ReadOnlySpan<byte>(value, checked((int)length));
        }
    }

    public bool MoveNext()
    {
        nint iterator = Open();
        if (_fresh)
        {
            _fresh = false;
        }
        else if (RocksNative.IteratorValid(iterator) == 0)
        {
            return false;
        }
        else if (reverse)
        {
            RocksNative.IteratorPrevious(iterator);
        }
        else
        {
            RocksNative.IteratorNext(iterator);
        }

        if (RocksNative.IteratorValid(iterator) != 0)
        {
            return true;
        }

        // The end of the table and a failed read look alike until the error is asked for.
        RocksNative.IteratorError(iterator, out nint error);
        RocksNative.ThrowOn(error, path);
        return false;
    }

    public void Seek(ReadOnlySpan<byte> from)
    {
        nint iterator = Open();
        _fresh = true;
        if (reverse && from.IsEmpty)
        {
            RocksNative.IteratorSeekToLast(iterator);
            return;
        }

        // The pointer lives for the length of the call.
        fixed (byte* pointer = &MemoryMarshal.GetReference(from))
        {
            if (reverse)
            {
                RocksNative.IteratorSeekForPrevious(iterator, pointer, (nuint)from.Length);
            }
            else
            {
                RocksNative.IteratorSeek(iterator, pointer, (nuint)from.Length);
            }
        }
    }

    public void Dispose() => handle.Dispose();

    private nint Open()
    {
        ObjectDisposedException.ThrowIf(handle.IsClosed, this);
        return handle.DangerousGetHandle();
    }

    private nint Positioned()
    {
        nint iterator = Open();
        if (_fresh || RocksNative.IteratorValid(iterator) == 0)
        {
            throw new InvalidOperationException("The cursor stands on no entry.");
        }

        return iterator;
    }
}
