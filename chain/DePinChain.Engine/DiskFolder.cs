using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace DePinChain.Engine;

/// <summary>A folder on a disk, with the fsync discipline of a database.</summary>
public sealed partial class DiskFolder : IFolder
{
    private readonly string _path;

    /// <summary>Opens the folder, creating it when absent.</summary>
    public DiskFolder(string path)
    {
        _path = Path.GetFullPath(path);
        Guarded(_path, () => Directory.CreateDirectory(_path));
    }

    /// <inheritdoc/>
    public string Describe(string name) => Path.Combine(_path, name);

    /// <inheritdoc/>
    public byte[]? Read(string name)
    {
        string path = Describe(name);
        return Guarded(path, () => File.Exists(path) ? File.ReadAllBytes(path) : null);
    }

    /// <inheritdoc/>
    public void Replace(string name, ReadOnlySpan<byte> content)
    {
        string path = Describe(name);
        string temporary = path + ".tmp";
        try
        {
            using (SafeFileHandle file = File.OpenHandle(temporary, FileMode.Create, FileAccess.Write))
            {
                RandomAccess.Write(file, content, fileOffset: 0);
                RandomAccess.FlushToDisk(file);
            }

            File.Move(temporary, path, overwrite: true);
            SyncFolder();
        }
        catch (Exception trouble) when (IsOfTheDisk(trouble))
        {
            throw Trouble(path, trouble);
        }
    }

    /// <inheritdoc/>
    public IAppendFile OpenAppend(string name)
    {
        string path = Describe(name);
        return Guarded(path, () =>
        {
            bool existed = File.Exists(path);
            SafeFileHandle handle = File.OpenHandle(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.Read);
            if (!existed) SyncFolder();
            return new AppendFile(path, handle);
        });
    }

    /// <inheritdoc/>
    public IDisposable Lock(string name)
    {
        string path = Describe(name);
        try
        {
            return File.OpenHandle(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException held)
        {
            throw new RefusalException(
                ExitCode.LocalState,
                $"Another process uses {_path} (it holds {path}); stop that process, or choose another folder with --data.",
                held);
        }
        catch (UnauthorizedAccessException denied)
        {
            throw Trouble(path, denied);
        }
    }

    // A rename is durable only when the folder that holds the name is (fsync(2), notes).
    private void SyncFolder()
    {
        int descriptor = OpenDescriptor(_path, flags: 0);
        if (descriptor < 0) throw new IOException($"The folder {_path} cannot be opened (errno {Marshal.GetLastPInvokeError()}).");
        try
        {
            if (SyncDescriptor(descriptor) != 0)
                throw new IOException($"The folder {_path} cannot be synced (errno {Marshal.GetLastPInvokeError()}).");
        }
        finally
        {
            _ = CloseDescriptor(descriptor);
        }
    }

    private static T Guarded<T>(string path, Func<T> action)
    {
        try
        {
            return action();
        }
        catch (Exception trouble) when (IsOfTheDisk(trouble))
        {
            throw Trouble(path, trouble);
        }
    }

    /// <summary>Whether the disk or its permissions are at fault; a file beyond a size limit (EFBIG) is an argument to .NET.</summary>
    public static bool IsOfTheDisk(Exception trouble) =>
        trouble is IOException or UnauthorizedAccessException or ArgumentOutOfRangeException;

    private static RefusalException Trouble(string path, Exception trouble) => new(
        ExitCode.LocalState,
        $"The disk refused {path} ({trouble.Message.TrimEnd('.')}); free space or fix the permissions, then start again.",
        trouble);

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int OpenDescriptor(string path, int flags);

    [LibraryImport("libc", EntryPoint = "fsync", SetLastError = true)]
    private static partial int SyncDescriptor(int descriptor);

    [LibraryImport("libc", EntryPoint = "close")]
    private static partial int CloseDescriptor(int descriptor);

    private sealed class AppendFile(string path, SafeFileHandle handle) : IAppendFile
    {
        public long Length { get; private set; } = RandomAccess.GetLength(handle);

        public void Append(ReadOnlySpan<byte> bytes)
        {
            try
            {
                RandomAccess.Write(handle, bytes, Length);
                Length += bytes.Length;
            }
            catch (Exception full) when (IsOfTheDisk(full))
            {
                throw Trouble(path, full);
            }
        }

        public void Sync() => Guarded(path, () =>
        {
            RandomAccess.FlushToDisk(handle);
            return true;
        });

        public void Truncate(long length) => Guarded(path, () =>
        {
            RandomAccess.SetLength(handle, length);
            Length = length;
            return true;
        });

        public void Dispose() => handle.Dispose();
    }
}
