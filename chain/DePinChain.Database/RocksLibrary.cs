using System.Reflection;
using System.Runtime.InteropServices;

namespace DePinChain.Database;

/// <summary>Finds the native library: the version this binding was written against, else whatever the development link names.</summary>
internal static class RocksLibrary
{
    private static readonly string[] Names = ["librocksdb.so.7.8", "librocksdb.so"];

    private static readonly Lazy<nint> Handle = new(Load);

    /// <summary>Registers the library for this assembly's imports; throws with the name of the package when it is missing.</summary>
    public static void Require() => _ = Handle.Value;

    private static nint Load()
    {
        foreach (string name in Names)
        {
            if (NativeLibrary.TryLoad(name, out nint handle))
            {
                NativeLibrary.SetDllImportResolver(
                    Assembly.GetExecutingAssembly(), (library, _, _) => library == RocksNative.Library ? handle : 0);
                return handle;
            }
        }

        throw new DatabaseException(
            DatabaseFault.LibraryMissing,
            "librocksdb.so.7.8 is not installed. On Debian: apt-get install librocksdb7.8.");
    }
}
