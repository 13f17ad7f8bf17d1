using DePinChain.Engine.Blobs;
using DePinChain.Network;
using DePinChain.Primitives;
using DePinChain.Proofs.Availability;

namespace DePinChain.Unit.Tests.Blobs;

/// <summary>The shards of one node on its disk: bounded in bytes and time, whole after a crash, never wrong.</summary>
public sealed class BlobFolderTests
{
    private const uint ChunkBytes = 1_000;

    private string _path = "";

    [SetUp]
    public void MakeFolder() => _path = Directory.CreateTempSubdirectory("depin-blobs-").FullName;

    [TearDown]
    public void RemoveFolder() => Directory.Delete(_path, recursive: true);

    [Test]
    public void What_is_kept_is_there_after_a_restart_and_gone_at_its_height()
    {
        (BlobName name, byte[] blob) = Blob(5_000, custodians: 20);
        BlobFolder.Open(_path, 100_000).Keep(name, blob, 5, until: 50, out _);
        BlobFolder again = BlobFolder.Open(_path, 100_000);
        ShardSet shards = ShardSet.Encode(blob, 20);
        Assert.That(again.FindShard(name.Root, 20, 5), Is.EqualTo(shards.Shards[5]));
        Assert.That(again.FindShard(name.Root, 20, 6), Is.Null, "it keeps one only");
        Assert.That(again.Size, Is.EqualTo(2_500), "20 custodians: two shards of half the blob give it");
        Assert.That(again.TryExtend(name.Root, 20, until: 60));
        again.Sweep(50);
        Assert.That(again.Find(name.Root, 20), Is.Not.Null, "it was extended");
        again.Sweep(60);
        Assert.That(again.Find(name.Root, 20), Is.Null);
        Assert.That(Directory.EnumerateDirectories(_path), Is.Empty);
    }

    [Test]
    public void A_piece_is_shown_with_its_path_to_the_root_over_all_shards()
    {
        (BlobName name, byte[] blob) = Blob(150_000, custodians: 16);
        BlobFolder folder = BlobFolder.Open(_path, 1_000_000);
        BlobSet set = folder.Keep(name, blob, 11, until: 50, out _)!;

        // Shards of 75,000 bytes are pieces of 32,768, 32,768 and 9,464.
        (byte[] piece, Hash256[] path) = folder.FindPiece(name.Root, 16, 11, 2)!.Value;
        Assert.That(piece, Has.Length.EqualTo(9_464));
        Assert.That(ShardSet.Verify(set.ShardRoot, 150_000, 16, 11, 2, piece, path));
        Assert.That(ShardSet.Verify(set.ShardRoot, 150_000, 16, 12, 2, piece, path), Is.False, "not as another shard's");
        Assert.That(folder.FindPiece(name.Root, 16, 11, 3), Is.Null, "there is no fourth");
    }

    [Test]
    public void A_full_store_and_wrong_bytes_are_refused_by_name()
    {
        BlobFolder folder = BlobFolder.Open(_path, 6_000);
        (BlobName first, byte[] blob) = Blob(4_000, custodians: 3);
        (BlobName second, byte[] more) = Blob(4_001, custodians: 3);
        Assert.That(folder.Keep(first, blob, null, 50, out _), Is.Not.Null, "copies lie there once");
        Assert.That(folder.Keep(second, more, 0, 50, out string? fault), Is.Null);
        Assert.That(fault, Is.EqualTo(
            "the blobs' quota is used up: 4000 of 6000 bytes; wait until some expire, or raise \"blobBytesMax\""));
        Assert.That(folder.Keep(first with { Root = second.Root }, blob, 0, 50, out fault), Is.Null);
        Assert.That(fault, Is.EqualTo($"these bytes do not have the root {second.Root}"));
        Assert.That(folder.Keep(first with { Bytes = BlobFolder.BlobBytesMax + 1 }, blob, 0, 50, out fault), Is.Null);
        Assert.That(fault, Is.EqualTo("a blob has 1 to 7340032 bytes, not 7340033"));
    }

    [Test]
    public void A_rotten_shard_is_not_served_and_no_longer_counted()
    {
        (BlobName name, byte[] blob) = Blob(5_000, custodians: 2);
        BlobFolder folder = BlobFolder.Open(_path, 100_000);
        folder.Keep(name, blob, 1, 50, out _);
        string file = Directory.EnumerateFiles(_path, "copy", SearchOption.AllDirectories).Single();
        byte[] bytes = File.ReadAllBytes(file);
        bytes[100] ^= 1;
        File.WriteAllBytes(file, bytes);
        Assert.That(folder.FindShard(name.Root, 2, 1), Is.Null);
        Assert.That(folder.Find(name.Root, 2)!.Has(1), Is.False);
        Assert.That(folder.Restore(name), Is.Null);
    }

    [Test]
    public void What_a_crash_left_without_its_set_goes_at_the_next_start()
    {
        (BlobName name, byte[] blob) = Blob(5_000, custodians: 2);
        BlobFolder.Open(_path, 100_000).Keep(name, blob, 1, 50, out _);
        string left = Directory.EnumerateDirectories(_path).Single();
        File.Delete(Path.Combine(left, "set"));
        Assert.That(BlobFolder.Open(_path, 100_000).Sets, Is.Empty);
        Assert.That(Directory.Exists(left), Is.False);
    }

    [Test]
    public void Receipts_for_an_unknown_blob_and_beyond_the_bound_are_refused()
    {
        (BlobName name, byte[] blob) = Blob(5_000, custodians: 2);
        BlobFolder folder = BlobFolder.Open(_path, 100_000);
        Assert.That(folder.AddReceipt(name.Root, 2, 1, new SignedReceipt(0, new byte[65])), Is.False, "nothing of it lies here");
        folder.Keep(name, blob, 1, 50, out _);
        for (int at = 0; at < BlobReceipts.CountMax; at++)
            Assert.That(folder.AddReceipt(name.Root, 2, 1, new SignedReceipt(0, [.. BitConverter.GetBytes(at), .. new byte[61]])));
        Assert.That(folder.AddReceipt(name.Root, 2, 1, new SignedReceipt(1, new byte[65])), Is.False);
        for (ulong job = 2; job <= 16; job++) Assert.That(folder.AddReceipt(name.Root, 2, job, new SignedReceipt(0, new byte[65])));
        Assert.That(folder.AddReceipt(name.Root, 2, 17, new SignedReceipt(0, new byte[65])), Is.False, "sixteen jobs about one blob");
    }

    private static (BlobName Name, byte[] Blob) Blob(int size, byte custodians)
    {
        byte[] blob = new byte[size];
        new Random(size).NextBytes(blob);
        return (new BlobName(BlobTree.RootOf(blob, ChunkBytes), (ulong)size, ChunkBytes, custodians), blob);
    }
}
