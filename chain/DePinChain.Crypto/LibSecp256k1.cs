using System.Reflection;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace DePinChain.Crypto;

/// <summary>The C interface of libsecp256k1 with one shared context.</summary>
/// <remarks>
/// The context is never changed after it was randomised, so any number of threads may use it. Every function takes it, and making it
/// installs the resolver, so the library is always found before it is called.
/// </remarks>
internal static unsafe partial class LibSecp256k1
{
    internal const int PublicKeySize = 64; // The library's own form, not a serialization.
    internal const int SignatureSize = 64;
    internal const int RecoverableSignatureSize = 65;
    internal const uint Compressed = 0x102; // SECP256K1_EC_COMPRESSED
    internal const uint Uncompressed = 0x002; // SECP256K1_EC_UNCOMPRESSED

    private const string Library = "libsecp256k1";
    private const uint SignAndVerify = 0x301; // SECP256K1_CONTEXT_SIGN | SECP256K1_CONTEXT_VERIFY

    // Debian 12 has .so.1; .so.0 and .so.2 are the releases before and after with the same functions.
    private static readonly string[] Names = ["libsecp256k1.so.1", "libsecp256k1.so.0", "libsecp256k1.so.2", "libsecp256k1.so"];

    private static readonly Lock Loading = new();
    private static nint _handle;
    private static nint _context;

    /// <exception cref="CryptoLibraryException">The library is not installed.</exception>
    internal static nint Context
    {
        get
        {
            nint context = Volatile.Read(ref _context);
            return context != 0 ? context : CreateContext();
        }
    }

    /// <summary>The nonces of RFC 6979 with SHA-256: (nonce32, message32, key32, algorithm16 or null, data or null, attempt).</summary>
    internal static delegate* unmanaged[Cdecl]<byte*, byte*, byte*, byte*, void*, uint, int> NonceRfc6979
    {
        get
        {
            _ = Context;
            // The export is a variable that holds the function's address.
            nint variable = NativeLibrary.GetExport(_handle, "secp256k1_nonce_function_rfc6979");
            return (delegate* unmanaged[Cdecl]<byte*, byte*, byte*, byte*, void*, uint, int>)(*(nint*)variable);
        }
    }

    /// <summary>The first of the libraries that is installed.</summary>
    /// <exception cref="CryptoLibraryException">None is.</exception>
    internal static nint Load(IReadOnlyList<string> names)
    {
        foreach (string name in names)
        {
            if (NativeLibrary.TryLoad(name, out nint handle)) return handle;
        }

        throw new CryptoLibraryException(
            $"libsecp256k1 was not found (tried {string.Join(", ", names)}): install the Debian package libsecp256k1-1.");
    }

    [LibraryImport(Library, EntryPoint = "secp256k1_ec_seckey_verify")]
    internal static partial int SecretKeyVerify(nint context, byte* secret);

    [LibraryImport(Library, EntryPoint = "secp256k1_ec_seckey_tweak_add")]
    internal static partial int SecretKeyAdd(nint context, byte* secret, byte* tweak);

    [LibraryImport(Library, EntryPoint = "secp256k1_ec_seckey_tweak_mul")]
    internal static partial int SecretKeyMultiply(nint context, byte* secret, byte* tweak);

    [LibraryImport(Library, EntryPoint = "secp256k1_ec_pubkey_create")]
    internal static partial int PublicKeyCreate(nint context, byte* key, byte* secret);

    [LibraryImport(Library, EntryPoint = "secp256k1_ec_pubkey_parse")]
    internal static partial int PublicKeyParse(nint context, byte* key, byte* bytes, nuint length);

    [LibraryImport(Library, EntryPoint = "secp256k1_ec_pubkey_serialize")]
    internal static partial int PublicKeySerialize(nint context, byte* bytes, nuint* length, byte* key, uint form);

    [LibraryImport(Library, EntryPoint = "secp256k1_ec_pubkey_negate")]
    internal static partial int PublicKeyNegate(nint context, byte* key);

    [LibraryImport(Library, EntryPoint = "secp256k1_ec_pubkey_tweak_mul")]
    internal static partial int PublicKeyMultiply(nint context, byte* key, byte* tweak);

    [LibraryImport(Library, EntryPoint = "secp256k1_ec_pubkey_combine")]
    internal static partial int PublicKeyCombine(nint context, byte* sum, byte** keys, nuint count);

    [LibraryImport(Library, EntryPoint = "secp256k1_ecdsa_signature_parse_compact")]
    internal static partial int SignatureParse(nint context, byte* signature, byte* compact);

    [LibraryImport(Library, EntryPoint = "secp256k1_ecdsa_signature_serialize_compact")]
    internal static partial int SignatureSerialize(nint context, byte* compact, byte* signature);

    [LibraryImport(Library, EntryPoint = "secp256k1_ecdsa_signature_parse_der")]
    internal static partial int SignatureParseDer(nint context, byte* signature, byte* der, nuint length);

    [LibraryImport(Library, EntryPoint = "secp256k1_ecdsa_signature_serialize_der")]
    internal static partial int SignatureSerializeDer(nint context, byte* der, nuint* length, byte* signature);

    [LibraryImport(Library, EntryPoint = "secp256k1_ecdsa_verify")]
    internal static partial int Verify(nint context, byte* signature, byte* digest, byte* key);

    [LibraryImport(Library, EntryPoint = "secp256k1_ecdsa_sign_recoverable")]
    internal static partial int SignRecoverable(
        nint context,
        byte* signature,
        byte* digest,
        byte* secret,
        nint nonceFunction,
        void* nonceSeed);

    [LibraryImport(Library, EntryPoint = "secp256k1_ecdsa_recoverable_signature_serialize_compact")]
    internal static partial int RecoverableSerialize(nint context, byte* compact, int* recoveryId, byte* signature);

    [LibraryImport(Library, EntryPoint = "secp256k1_ecdsa_recoverable_signature_parse_compact")]
    internal static partial int RecoverableParse(nint context, byte* signature, byte* compact, int recoveryId);

    [LibraryImport(Library, EntryPoint = "secp256k1_ecdsa_recover")]
    internal static partial int Recover(nint context, byte* key, byte* signature, byte* digest);

    /// <summary>Constant-time multiplication of a point by a secret; <paramref name="hash"/> gets the product's coordinates.</summary>
    [LibraryImport(Library, EntryPoint = "secp256k1_ecdh")]
    internal static partial int Ecdh(
        nint context,
        byte* output,
        byte* key,
        byte* secret,
        delegate* unmanaged[Cdecl]<byte*, byte*, byte*, void*, int> hash,
        void* data);

    [LibraryImport(Library, EntryPoint = "secp256k1_context_create")]
    private static partial nint ContextCreate(uint flags);

    [LibraryImport(Library, EntryPoint = "secp256k1_context_randomize")]
    private static partial int ContextRandomize(nint context, byte* seed);

    [LibraryImport(Library, EntryPoint = "secp256k1_context_set_illegal_callback")]
    private static partial void ContextSetIllegalCallback(
        nint context,
        delegate* unmanaged[Cdecl]<byte*, void*, void> callback,
        void* data);

    private static nint CreateContext()
    {
        lock (Loading)
        {
            if (_context != 0) return _context;
            if (_handle == 0)
            {
                _handle = Load(Names);
                NativeLibrary.SetDllImportResolver(typeof(LibSecp256k1).Assembly, Resolve);
            }

            nint context = ContextCreate(SignAndVerify);
            // Without this the library aborts the process on an argument it does not accept; with it the call returns 0.
            ContextSetIllegalCallback(context, &OnIllegalArgument, null);
            // Blinds multiplications by secrets against side channels.
            Span<byte> seed = stackalloc byte[32];
            RandomNumberGenerator.Fill(seed);
            fixed (byte* pointer = seed)
            {
                if (ContextRandomize(context, pointer) != 1)
                    throw new CryptoLibraryException("libsecp256k1 could not randomise its context.");
            }

            Volatile.Write(ref _context, context);
            return context;
        }
    }

    private static nint Resolve(string name, Assembly assembly, DllImportSearchPath? path) => name == Library ? _handle : 0;

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static void OnIllegalArgument(byte* message, void* data)
    {
    }
}
