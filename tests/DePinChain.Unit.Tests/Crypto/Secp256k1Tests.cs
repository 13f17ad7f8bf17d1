using DePinChain.Crypto;
using DePinChain.Primitives;

namespace DePinChain.Unit.Tests.Crypto;

public sealed class Secp256k1Tests
{
    private static readonly PrivateKey Key = PrivateKey.Parse(new string('1', 64));
    private static readonly Hash256 Digest = Keccak256.Hash("a message"u8);

    [OneTimeTearDown]
    public void Wipe() => Key.Dispose();

    [Test]
    public void A_signature_verifies_under_both_forms_of_its_key_only()
    {
        byte[] signature = Key.Sign(Digest).ToArray()[..64];
        Assert.That(Secp256k1.Verify(Digest, signature, Key.PublicKeyCompressed), Is.True);
        Assert.That(Secp256k1.Verify(Digest, signature, Secp256k1.Decompress(Key.PublicKeyCompressed)), Is.True);
        using PrivateKey other = PrivateKey.Parse(new string('2', 64));
        Assert.That(Secp256k1.Verify(Digest, signature, other.PublicKeyCompressed), Is.False);
        Assert.That(Secp256k1.Verify(Keccak256.Empty, signature, Key.PublicKeyCompressed), Is.False);
        signature[10] ^= 1;
        Assert.That(Secp256k1.Verify(Digest, signature, Key.PublicKeyCompressed), Is.False);
    }

    [Test]
    public void Recovery_gives_the_signer_and_its_public_key()
    {
        Signature signature = Key.Sign(Digest);
        byte[] point = new byte[65];
        Assert.That(Secp256k1.TryRecover(Digest, signature.ToArray().AsSpan(0, 64), signature.YParity, out Address signer), Is.True);
        Assert.That(signer, Is.EqualTo(Key.Address));
        Assert.That(Secp256k1.TryRecoverPublicKey(Digest, signature.ToArray().AsSpan(0, 64), signature.YParity, point), Is.True);
        Assert.That(Secp256k1.Compress(point), Is.EqualTo(Key.PublicKeyCompressed));
        Assert.That(new Signature(signature.ToArray()), Is.EqualTo(signature));
    }

    [Test]
    public void A_high_s_is_refused_everywhere()
    {
        Signature signature = Key.Sign(Digest);
        byte[] flipped = signature.ToArray()[..64];
        (Secp256k1.Order - signature.S.ToUInt256()).WriteBigEndian(flipped.AsSpan(32));
        Assert.That(Secp256k1.IsLowS(flipped.AsSpan(32)), Is.False);
        Assert.That(Secp256k1.TryRecover(Digest, flipped, signature.YParity ^ 1, out _), Is.False);
        Assert.That(Secp256k1.Verify(Digest, flipped, Key.PublicKeyCompressed), Is.False);
    }

    // The border of EIP-2: floor(n / 2) is low, one more is high.
    [Test]
    public void Half_of_the_order_is_the_border_of_a_low_s()
    {
        UInt256 half = Secp256k1.Order / 2;
        Assert.That(Secp256k1.IsLowS(half.ToHash256().ToArray()), Is.True);
        Assert.That(Secp256k1.IsLowS((half + 1).ToHash256().ToArray()), Is.False);
    }

    [Test]
    public void Zeros_numbers_beyond_the_order_and_other_ids_are_refused()
    {
        byte[] good = Key.Sign(Digest).ToArray()[..64];
        Refuse([.. new byte[32], .. good[32..]], 0, "r = 0");
        Refuse([.. good[..32], .. new byte[32]], 0, "s = 0");
        Refuse([.. Secp256k1.Order.ToHash256().ToArray(), .. good[32..]], 0, "r = n");
        Refuse(good, 2, "id 2");
        Refuse(good, -1, "id -1");
        Refuse(good[..63], 0, "63 bytes");
        Refuse([.. good, 0], 0, "65 bytes");
        // x = 5 is no coordinate of the curve: 5³ + 7 = 132 is not a square modulo p.
        Refuse([.. ((UInt256)5).ToHash256().ToArray(), .. good[32..]], 0, "no point");

        static void Refuse(byte[] rs, int recoveryId, string what)
        {
            Assert.That(Secp256k1.TryRecover(Digest, rs, recoveryId, out Address signer), Is.False, what);
            Assert.That(signer, Is.EqualTo(Address.Zero));
        }
    }

    [Test]
    public void What_is_no_public_key_is_refused()
    {
        byte[] compressed = Key.PublicKeyCompressed;
        byte[] uncompressed = Secp256k1.Decompress(compressed);
        byte[] hybrid = [(byte)(0x06 | (uncompressed[64] & 1)), .. uncompressed[1..]];
        byte[] off = [.. uncompressed[..64], (byte)(uncompressed[64] ^ 1)];
        byte[] wrongPrefix = [0x04, .. compressed[1..]];
        foreach (byte[] bytes in new[] { [], compressed[1..], wrongPrefix, hybrid, off, new byte[33], new byte[65], [.. uncompressed, 0] })
        {
            Assert.That(Secp256k1.IsPublicKey(bytes), Is.False);
            Assert.That(Secp256k1.Verify(Digest, new byte[64], bytes), Is.False);
            Assert.That(() => Secp256k1.AddressOf(bytes), Throws.TypeOf<FormatException>());
            Assert.That(() => Secp256k1.Compress(bytes), Throws.TypeOf<FormatException>());
        }

        Assert.That(Secp256k1.AddressOf(compressed), Is.EqualTo(Key.Address));
        Assert.That(Secp256k1.AddressOf(uncompressed), Is.EqualTo(Key.Address));
    }

    // r = s = 1 in DER: SEQUENCE of two INTEGERs 1. A leading zero and trailing bytes are not strict DER.
    [Test]
    public void DER_reads_back_and_is_strict()
    {
        byte[] ones = [.. UInt256.One.ToHash256().ToArray(), .. UInt256.One.ToHash256().ToArray()];
        Assert.That(Hex.Encode(Secp256k1.EncodeDer(ones)), Is.EqualTo("0x3006020101020101"));
        byte[] read = new byte[64];
        Assert.That(Secp256k1.TryParseDer(Hex.Decode("0x3006020101020101"), read), Is.True);
        Assert.That(read, Is.EqualTo(ones));
        Assert.That(Secp256k1.TryParseDer(Hex.Decode("0x300702020001020101"), read), Is.False);
        Assert.That(Secp256k1.TryParseDer(Hex.Decode("0x300602010102010100"), read), Is.False);
        Assert.That(Secp256k1.TryParseDer([], read), Is.False);
        Assert.That(() => Secp256k1.EncodeDer(new byte[63]), Throws.TypeOf<FormatException>());

        byte[] signature = Key.Sign(Digest).ToArray()[..64];
        Assert.That(Secp256k1.TryParseDer(Secp256k1.EncodeDer(signature), read), Is.True);
        Assert.That(read, Is.EqualTo(signature));
    }

    [Test]
    public void Recovery_allocates_nothing()
    {
        byte[] signature = Key.Sign(Digest).ToArray();
        Secp256k1.TryRecover(Digest, signature.AsSpan(0, 64), signature[64], out _);
        long before = GC.GetAllocatedBytesForCurrentThread();
        Secp256k1.TryRecover(Digest, signature.AsSpan(0, 64), signature[64], out _);
        Assert.That(GC.GetAllocatedBytesForCurrentThread() - before, Is.Zero);
    }

    [Test]
    public void A_missing_library_names_the_package_that_brings_it() =>
        Assert.That(
            () => LibSecp256k1.Load(["libsecp256k1-missing.so.9"]),
            Throws.TypeOf<CryptoLibraryException>().With.Message.Contains("install the Debian package libsecp256k1-1"));

    [Test]
    public void One_context_serves_many_threads()
    {
        byte[] signature = Key.Sign(Digest).ToArray();
        int recovered = 0;
        Thread[] threads = new Thread[4];
        for (int i = 0; i < threads.Length; i++)
        {
            threads[i] = new Thread(() =>
            {
                for (int j = 0; j < 100; j++)
                {
                    if (Secp256k1.TryRecover(Digest, signature.AsSpan(0, 64), signature[64], out Address signer) && signer == Key.Address)
                        Interlocked.Increment(ref recovered);
                }
            });
            threads[i].Start();
        }

        foreach (Thread thread in threads) thread.Join();
        Assert.That(recovered, Is.EqualTo(400));
    }
}
