using System.Runtime.InteropServices;
using DePinChain.Blocks;
using DePinChain.Crypto;
using DePinChain.Primitives;

namespace DePinChain.Benchmarks;

/// <summary>Sender recovery against the library's own calls, on one thread.</summary>
internal static partial class RecoveryBenchmarks
{
    private const int Count = 4_000;

    public static Task RecoveryAsync()
    {
        Transaction[] transactions = Transactions(Count);
        byte[][] digests = transactions.Select(transaction => transaction.SigningHash.ToArray()).ToArray();
        byte[][] signatures = transactions.Select(Compact).ToArray();
        nint context = ContextCreate(0x301);
        double Ours() => Figures.Seconds(() =>
        {
            for (int index = 0; index < Count; index++)
            {
                if (!Secp256k1.TryRecover(new Hash256(digests[index]), signatures[index], transactions[index].YParity, out _))
                    throw new InvalidOperationException("a signature made here was not recovered");
            }
        });
        double Raw() => Figures.Seconds(() =>
        {
            for (int index = 0; index < Count; index++)
                RawRecover(context, digests[index], signatures[index], transactions[index].YParity);
        });
        (double ours, double raw, double ratio) = Figures.Interleave(7, Ours, Raw);
        Figures.Print("sender recovery, one core", $"{Count / ours:0} /s  (raw libsecp256k1 {Count / raw:0} /s)");
        Figures.Print("sender recovery / raw libsecp256k1", $"{1 / ratio:0.000}", 1 / ratio >= 0.9, "goal 0.9");
        return Task.CompletedTask;
    }

    /// <summary>Signed transfers, each of another sender.</summary>
    public static Transaction[] Transactions(int count) => Enumerable.Range(1, count).Select(index =>
    {
        using PrivateKey key = PrivateKey.FromBytes(Keccak256.Hash(BitConverter.GetBytes(index)).ToArray());
        return TransactionCodec.Sign(new UnsignedTransaction
        {
            ChainId = 1_337_000,
            Nonce = 0,
            MaxFeePerGas = 100_000_000_000UL,
            MaxPriorityFeePerGas = 1_000_000_000UL,
            GasLimit = 21_000,
            To = Keccak256.Hash(BitConverter.GetBytes(-index)) is var target ? new Address(target.ToArray().AsSpan(12)) : null,
            Value = UInt256.One,
        }, key);
    }).ToArray();

    private static byte[] Compact(Transaction transaction)
    {
        byte[] bytes = new byte[64];
        transaction.R.WriteBigEndian(bytes);
        transaction.S.WriteBigEndian(bytes.AsSpan(32));
        return bytes;
    }

    private static void RawRecover(nint context, byte[] digest, byte[] compact, int recovery)
    {
        Span<byte> signature = stackalloc byte[65], key = stackalloc byte[64], serialized = stackalloc byte[65];
        nuint length = 65;
        if (ParseCompact(context, signature, compact, recovery) != 1 || Recover(context, key, signature, digest) != 1 ||
            Serialize(context, serialized, ref length, key, 2) != 1)
            throw new InvalidOperationException("the library refused a signature made here");
    }

    [LibraryImport("libsecp256k1.so.1", EntryPoint = "secp256k1_context_create")]
    private static partial nint ContextCreate(uint flags);

    [LibraryImport("libsecp256k1.so.1", EntryPoint = "secp256k1_ecdsa_recoverable_signature_parse_compact")]
    private static partial int ParseCompact(nint context, Span<byte> signature, ReadOnlySpan<byte> compact, int recovery);

    [LibraryImport("libsecp256k1.so.1", EntryPoint = "secp256k1_ecdsa_recover")]
    private static partial int Recover(nint context, Span<byte> key, ReadOnlySpan<byte> signature, ReadOnlySpan<byte> digest);

    [LibraryImport("libsecp256k1.so.1", EntryPoint = "secp256k1_ec_pubkey_serialize")]
    private static partial int Serialize(nint context, Span<byte> output, ref nuint length, ReadOnlySpan<byte> key, uint flags);
}
