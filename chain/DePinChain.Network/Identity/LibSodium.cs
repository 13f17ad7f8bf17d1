using System.Runtime.InteropServices;
using DePinChain.Crypto;

namespace DePinChain.Network.Identity;

/// <summary>The C interface of libsodium: the two curves that the base library lacks.</summary>
internal static unsafe partial class LibSodium
{
    private const string Library = "libsodium";

    // Debian 12 has .so.23; .so.26 is libsodium 1.0.19 and later with the same functions.
    private static readonly string[] Names = ["libsodium.so.23", "libsodium.so.26", "libsodium.so"];

    static LibSodium()
    {
        nint handle = 0;
        foreach (string name in Names)
        {
            if (NativeLibrary.TryLoad(name, out handle)) break;
        }

        NativeLibrary.SetDllImportResolver(typeof(LibSodium).Assembly, (library, _, _) => library == Library ? handle : 0);
        IsInstalled = handle != 0 && Initialise() >= 0;
    }

    private static bool IsInstalled { get; }

    /// <exception cref="CryptoLibraryException">The library is not installed.</exception>
    internal static void Require()
    {
        if (!IsInstalled)
            throw new CryptoLibraryException("libsodium is not installed: apt-get install libsodium23, or run chain/install.sh.");
    }

    [LibraryImport(Library, EntryPoint = "crypto_scalarmult_curve25519")]
    internal static partial int ScalarMultiply(byte* product, byte* scalar, byte* point);

    [LibraryImport(Library, EntryPoint = "crypto_scalarmult_curve25519_base")]
    internal static partial int ScalarMultiplyBase(byte* product, byte* scalar);

    [LibraryImport(Library, EntryPoint = "crypto_sign_ed25519_verify_detached")]
    internal static partial int VerifyEd25519(byte* signature64, byte* message, ulong length, byte* publicKey32);

    [LibraryImport(Library, EntryPoint = "sodium_init")]
    private static partial int Initialise();
}
