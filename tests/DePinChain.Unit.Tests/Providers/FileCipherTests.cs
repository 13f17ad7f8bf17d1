using DePinChain.Client.Files;
using DePinChain.Crypto;

namespace DePinChain.Unit.Tests.Providers;

/// <summary>Private files: what a provider gets opens with the owner's key only, whole and in order only.</summary>
public sealed class FileCipherTests
{
    private readonly PrivateKey _owner = PrivateKey.Parse($"0x{7:x64}");

    [OneTimeTearDown]
    public void Wipe() => _owner.Dispose();

    [TestCase(0)]
    [TestCase(1)]
    [TestCase(FileCipher.SegmentSize - 1)]
    [TestCase(FileCipher.SegmentSize)]
    [TestCase(FileCipher.SegmentSize + 1)]
    [TestCase((3 * FileCipher.SegmentSize) + 17)]
    public void What_was_sealed_opens_again(int size)
    {
        byte[] plain = Bytes(size);
        using FileCipher cipher = FileCipher.ForNew(_owner, (ulong)size);
        byte[][] segments = Seal(cipher, plain);
        Assert.That((ulong)segments.Sum(segment => segment.Length) + FileCipher.HeaderSize,
            Is.EqualTo(FileCipher.SealedSizeOf((ulong)size)));
        using FileCipher again = FileCipher.TryOpen(_owner, cipher.Header)!;
        Assert.That(again.PlainSize, Is.EqualTo((ulong)size));
        Assert.That(segments.SelectMany((segment, index) => again.Open((ulong)index, segment)), Is.EqualTo(plain));
    }

    [Test]
    public void Two_copies_of_a_file_have_nothing_in_common()
    {
        byte[] plain = Bytes(1_000);
        using FileCipher first = FileCipher.ForNew(_owner, 1_000), second = FileCipher.ForNew(_owner, 1_000);
        Assert.That(first.Seal(0, plain), Is.Not.EqualTo(second.Seal(0, plain)));
    }

    [Test]
    public void Segments_that_were_moved_cut_off_or_changed_do_not_open()
    {
        byte[] plain = Bytes(2 * FileCipher.SegmentSize);
        using FileCipher cipher = FileCipher.ForNew(_owner, (ulong)plain.Length);
        byte[][] segments = Seal(cipher, plain);
        byte[] changed = [.. segments[0]];
        changed[5] ^= 1;
        using FileCipher shorter = FileCipher.TryOpen(_owner, WithSize(cipher, FileCipher.SegmentSize))!;
        using (Assert.EnterMultipleScope())
        {
            Assert.Throws<WrongFileKeyException>(() => cipher.Open(1, segments[0]));
            Assert.Throws<WrongFileKeyException>(() => cipher.Open(0, segments[1]));
            Assert.Throws<WrongFileKeyException>(() => cipher.Open(0, changed));
            Assert.Throws<WrongFileKeyException>(() => cipher.Open(0, []));
            Assert.Throws<WrongFileKeyException>(() => shorter.Open(0, segments[0]), "a header that claims a shorter file");
        }
    }

    [Test]
    public void Another_key_opens_nothing()
    {
        using PrivateKey other = PrivateKey.Parse($"0x{8:x64}");
        using FileCipher cipher = FileCipher.ForNew(_owner, 10);
        byte[] segment = cipher.Seal(0, Bytes(10));
        using FileCipher wrong = FileCipher.TryOpen(other, cipher.Header)!;
        Assert.Throws<WrongFileKeyException>(() => wrong.Open(0, segment));
        Assert.That(FileCipher.TryOpen(_owner, Bytes(FileCipher.HeaderSize)), Is.Null);
    }

    [Test]
    public async Task A_stream_gives_the_same_bytes_from_any_place_on()
    {
        string path = Path.GetTempFileName();
        try
        {
            byte[] plain = Bytes((2 * FileCipher.SegmentSize) + 100);
            await File.WriteAllBytesAsync(path, plain);
            using FileCipher cipher = FileCipher.ForNew(_owner, (ulong)plain.Length);
            byte[] whole = await ReadAsync(path, cipher, 0);
            Assert.That((ulong)whole.Length, Is.EqualTo(cipher.SealedSize));
            foreach (int offset in (int[])[1, FileCipher.HeaderSize, FileCipher.HeaderSize + 1, 70_000, whole.Length - 1, whole.Length])
                Assert.That(await ReadAsync(path, cipher, (ulong)offset), Is.EqualTo(whole[offset..]), $"from {offset}");
            Assert.That(await ReadAsync(path, null, 33), Is.EqualTo(plain[33..]));
        }
        finally
        {
            File.Delete(path);
        }
    }

    private static async Task<byte[]> ReadAsync(string path, FileCipher? cipher, ulong offset)
    {
        await using var stream = new SealedFileStream(path, cipher);
        using MemoryStream all = new();
        await foreach (ReadOnlyMemory<byte> block in stream.ReadAsync(offset, CancellationToken.None)) all.Write(block.Span);
        return all.ToArray();
    }

    private static byte[][] Seal(FileCipher cipher, byte[] plain) => [.. Enumerable.Range(0, (int)cipher.Segments).Select(index =>
        cipher.Seal((ulong)index, plain.AsSpan(index * FileCipher.SegmentSize, cipher.SizeOf((ulong)index))))];

    private static byte[] WithSize(FileCipher cipher, ulong size)
    {
        byte[] header = cipher.Header.ToArray();
        System.Buffers.Binary.BinaryPrimitives.WriteUInt64BigEndian(header.AsSpan(40), size);
        return header;
    }

    private static byte[] Bytes(int size)
    {
        byte[] bytes = new byte[size];
        new Random(5).NextBytes(bytes);
        return bytes;
    }
}
