using DePinChain.Client.Files;
using DePinChain.Proofs.Pieces;
using DePinChain.Proofs.Possession;
using DePinChain.Providers.Files;

namespace DePinChain.Unit.Tests.Providers;

/// <summary>A provider's pieces on disk: what a name promises, what a cut leaves, what a lost byte does.</summary>
public sealed class PieceStoreTests
{
    private string _folder = "";

    [SetUp]
    public void Create() => _folder = Directory.CreateTempSubdirectory("depin-pieces-").FullName;

    [TearDown]
    public void Remove() => Directory.Delete(_folder, recursive: true);

    // One chunk and a bit; a whole number of chunks; one byte; 16 chunks and a bit, of which the tree's last quarter is zeros.
    [TestCase(1)]
    [TestCase(127)]
    [TestCase(ChunkLayout.ChunkSize)]
    [TestCase(ChunkLayout.ChunkSize + 1)]
    [TestCase((5 * ChunkLayout.ChunkSize) + 12_345)]
    public async Task Every_chunk_comes_with_the_path_that_shows_it_and_every_leaf_with_its_proof(int size)
    {
        byte[] payload = Bytes(size);
        PieceCid piece = PieceHasher.Of(payload);
        var store = new PieceStore(_folder, 1UL << 30);
        Assert.That((await store.ReceiveAsync(piece, 0, new MemoryStream(payload), default)).Complete, Is.True);
        var again = new PieceStore(_folder, 1UL << 30);
        for (ulong chunk = 0; chunk < ChunkLayout.CountOf(piece); chunk++)
        {
            (byte[] bytes, byte[] path) = await again.ReadChunkAsync(piece, chunk, default);
            Assert.That(bytes, Is.EqualTo(payload.AsSpan((int)chunk * ChunkLayout.ChunkSize, bytes.Length).ToArray()));
            Assert.That(ChunkLayout.Verify(piece, chunk, bytes, path), Is.True);
            bytes[^1] ^= 1;
            Assert.That(ChunkLayout.Verify(piece, chunk, bytes, path), Is.False);
        }

        foreach (ulong leaf in (ulong[])[0, piece.LeafCount / 2, piece.LeafCount - 1])
        {
            PossessionProof proof = await again.ProveAsync(piece, leaf, default);
            Assert.That(proof.Verify(piece, leaf), Is.True);
        }
    }

    [Test]
    public async Task An_upload_goes_on_where_it_was_cut_off()
    {
        byte[] payload = Bytes(300_000);
        PieceCid piece = PieceHasher.Of(payload);
        var store = new PieceStore(_folder, 1UL << 30);
        UploadState state = await store.ReceiveAsync(piece, 0, new MemoryStream(payload, 0, 100_000), default);
        Assert.That(state, Is.EqualTo(new UploadState(100_000, 300_000, false)));
        Assert.That(new PieceStore(_folder, 1UL << 30).StateOf(piece), Is.EqualTo(state), "after a restart too");
        UploadRefusedException wrong = (await Assert.ThrowsAsync<UploadRefusedException>(
            () => store.ReceiveAsync(piece, 50_000, new MemoryStream(payload), default)))!;
        Assert.That((wrong.Refusal.Error, wrong.Refusal.Needed, wrong.Refusal.Had), Is.EqualTo(("WrongOffset", "100000", "50000")));
        state = await store.ReceiveAsync(piece, 100_000, new MemoryStream(payload, 100_000, 200_000), default);
        Assert.That((state.Complete, store.Has(piece), store.UsedBytes), Is.EqualTo((true, true, 300_000UL)));
    }

    [Test]
    public async Task Wrong_bytes_never_become_the_piece()
    {
        byte[] payload = Bytes(5_000);
        PieceCid piece = PieceHasher.Of(payload);
        var store = new PieceStore(_folder, 1UL << 30);
        payload[77] ^= 1;
        UploadRefusedException wrong = (await Assert.ThrowsAsync<UploadRefusedException>(
            () => store.ReceiveAsync(piece, 0, new MemoryStream(payload), default)))!;
        Assert.That((wrong.Refusal.Error, store.Has(piece), store.StateOf(piece).Received), Is.EqualTo(("WrongPiece", false, 0UL)));
        UploadRefusedException more = (await Assert.ThrowsAsync<UploadRefusedException>(
            () => store.ReceiveAsync(piece, 0, new MemoryStream(new byte[6_000]), default)))!;
        Assert.That(more.Refusal.Error, Is.EqualTo("TooManyBytes"));
        payload[77] ^= 1;
        store.DeletePart(piece);
        Assert.That((await store.ReceiveAsync(piece, 0, new MemoryStream(payload), default)).Complete, Is.True);
    }

    [Test]
    public async Task What_is_larger_than_the_room_left_is_refused_before_a_byte_is_taken()
    {
        byte[] payload = Bytes(5_000);
        PieceCid piece = PieceHasher.Of(payload);
        var store = new PieceStore(_folder, 4_999);
        UploadRefusedException full = (await Assert.ThrowsAsync<UploadRefusedException>(
            () => store.ReceiveAsync(piece, 0, new MemoryStream(payload), default)))!;
        Assert.That((full.Refusal.Error, full.Refusal.Needed, full.Refusal.Had), Is.EqualTo(("NoRoom", "5000", "4999")));
    }

    [Test]
    public async Task A_piece_whose_bytes_are_gone_or_changed_is_lost_and_says_so()
    {
        byte[] payload = Bytes(50_000);
        PieceCid piece = PieceHasher.Of(payload);
        var store = new PieceStore(_folder, 1UL << 30);
        await store.ReceiveAsync(piece, 0, new MemoryStream(payload), default);
        string file = Path.Combine(_folder, piece.ToString());
        payload[40_000] ^= 1;
        await File.WriteAllBytesAsync(file, payload);
        await Assert.ThrowsAsync<PieceLostException>(() => store.ProveAsync(piece, 40_000 / 32, default));
        File.Delete(file);
        await Assert.ThrowsAsync<PieceLostException>(() => store.ProveAsync(piece, 0, default));
        await Assert.ThrowsAsync<PieceLostException>(() => store.ReadChunkAsync(piece, 0, default));
    }

    [Test]
    public async Task A_lost_tree_is_made_again_from_the_piece()
    {
        byte[] payload = Bytes(200_000);
        PieceCid piece = PieceHasher.Of(payload);
        await new PieceStore(_folder, 1UL << 30).ReceiveAsync(piece, 0, new MemoryStream(payload), default);
        await File.WriteAllBytesAsync(Path.Combine(_folder, piece + ".tree"), new byte[64]);
        PossessionProof proof = await new PieceStore(_folder, 1UL << 30).ProveAsync(piece, 6_000, default);
        Assert.That(proof.Verify(piece, 6_000), Is.True);
    }

    private static byte[] Bytes(int size)
    {
        byte[] bytes = new byte[size];
        new Random(11).NextBytes(bytes);
        return bytes;
    }
}
