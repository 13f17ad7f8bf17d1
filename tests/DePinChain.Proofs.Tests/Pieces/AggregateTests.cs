using DePinChain.Proofs.Hashing;
using DePinChain.Proofs.Pieces;

namespace DePinChain.Proofs.Tests.Pieces;

public sealed class AggregateTests
{
    private static readonly PieceCid[] Pieces =
        [.. new[] { 127, 1000, 127, 5000, 400 }.Select((size, i) => PieceHasher.Of(KnownAnswers.Affine(size, i)))];

    // 2^11 leaves are 64 KiB; the index has at least four lines: FRC-0058.
    private static readonly PieceAggregate Sample = PieceAggregate.Build(11, Pieces[..4]);

    [Test]
    public void An_index_has_one_line_for_2048_entries_and_at_least_four()
    {
        // 32 GiB / 2048 / 64 = 262,144.
        Assert.That(SegmentIndex.EntriesOf(32UL << 30), Is.EqualTo(262_144));
        Assert.That(SegmentIndex.EntriesOf(65_536), Is.EqualTo(4));
        Assert.That(SegmentIndex.EntriesOf(1UL << 20), Is.EqualTo(8));
        Assert.That(SegmentIndex.FirstEntry(65_536), Is.EqualTo(1024 - 4));
    }

    [Test]
    public void Pieces_lie_at_multiples_of_their_sizes_in_order() => Assert.That(
        Sample.Entries.Select(static entry => (entry.Offset, entry.Size)),

        // Sizes 128, 1024, 128 and 8192: each begins at the next multiple of its own.
        Is.EqualTo(new (ulong, ulong)[] { (0, 128), (1024, 1024), (2048, 128), (8192, 8192) }));

    [Test]
    public void The_aggregate_is_the_tree_over_pieces_and_index()
    {
        byte[] leaves = new byte[65_536];
        int[] sizes = [127, 1000, 127, 5000];
        for (int at = 0; at < sizes.Length; at++)
        {
            byte[] raw = new byte[Sample.Entries[at].Size / 128 * 127];
            KnownAnswers.Affine(sizes[at], at).CopyTo(raw, 0);
            Fr32.Pad(raw, leaves.AsSpan((int)Sample.Entries[at].Offset));
            Sample.Entries[at].Encode().CopyTo(leaves.AsSpan(65_536 - 256 + (64 * at)));
        }

        Assert.That(Sample.Cid, Is.EqualTo(new PieceCid(NodeHash.RootInPlace(leaves), 11, 0)));
    }

    [Test]
    public void Every_piece_is_proven_to_lie_in_it()
    {
        for (int at = 0; at < 4; at++)
        {
            byte[] encoded = Sample.Prove(at).Encode();
            Assert.That(SegmentInclusion.TryDecode(encoded, out SegmentInclusion? proof), Is.True);
            Assert.That(proof!.Verify(Pieces[at], Sample.Cid, out string? fault), Is.True, fault);
        }
    }

    [Test]
    public void A_piece_that_is_not_in_it_is_not_proven()
    {
        SegmentInclusion good = Sample.Prove(1);
        PieceCid other = PieceHasher.Of(KnownAnswers.Affine(1000, 77));
        Refused(good, other, Sample.Cid, "another root");
        Refused(good, Pieces[1], Sample.Cid with { Root = other.Root }, "another root");
        Refused(good, Pieces[0], Sample.Cid, "piece's path does not end");
        Refused(good, Pieces[1], Sample.Cid with { Height = 12 }, "piece's path does not end");
        Refused(good with { PiecePath = good.PiecePath[..^1] }, Pieces[1], Sample.Cid, "row of nodes");
        Refused(good with { EntryPath = good.EntryPath[..^32] }, Pieces[1], Sample.Cid, "entry's path does not end");
        Refused(good with { PieceIndex = good.PieceIndex + 64 }, Pieces[1], Sample.Cid, "piece lies outside");
        Refused(good with { EntryIndex = good.EntryIndex + 1024 }, Pieces[1], Sample.Cid, "entry lies outside");
        Refused(good with { EntryIndex = good.EntryIndex - 4 }, Pieces[1], Sample.Cid, "not lie in the index");
        Refused(good with { EntryIndex = good.EntryIndex ^ 1 }, Pieces[1], Sample.Cid, "entry's path leads");
        Refused(good with { EntryPath = Flipped(good.EntryPath, 40) }, Pieces[1], Sample.Cid, "entry's path leads");
        Refused(good with { PiecePath = Flipped(good.PiecePath, 0) }, Pieces[1], Sample.Cid, "piece's path leads");
    }

    [Test]
    public void Encoded_proofs_that_are_cut_or_too_long_are_refused()
    {
        byte[] good = Sample.Prove(0).Encode();
        for (int length = 0; length < good.Length; length += 13)
            Assert.That(SegmentInclusion.TryDecode(good.AsSpan(0, length), out _), Is.False);
        Assert.That(SegmentInclusion.TryDecode([.. good, 0], out _), Is.False);
        byte[] high = (byte[])good.Clone();
        high[8] = 51;
        Assert.That(SegmentInclusion.TryDecode(high, out _), Is.False);
    }

    [Test]
    public void An_entry_reads_back_and_a_damaged_one_is_skipped()
    {
        SegmentEntry entry = Sample.Entries[3];
        Assert.That(SegmentEntry.TryDecode(entry.Encode(), out SegmentEntry read), Is.True);
        Assert.That(read, Is.EqualTo(entry));
        Assert.That(SegmentEntry.TryDecode(Flipped(entry.Encode(), 33), out _), Is.False);
        Assert.That(SegmentEntry.TryDecode(entry.Encode().AsSpan(0, 63), out _), Is.False);
    }

    [Test]
    public void What_does_not_fit_is_refused()
    {
        Assert.Throws<ArgumentException>(() => PieceAggregate.Build(11, Pieces), "five pieces, four lines");
        Assert.Throws<ArgumentException>(() => PieceAggregate.Build(8, Pieces[3..4]), "the piece would cover the index");
    }

    private static byte[] Flipped(byte[] bytes, int at)
    {
        byte[] copy = (byte[])bytes.Clone();
        copy[at] ^= 1;
        return copy;
    }

    private static void Refused(SegmentInclusion proof, PieceCid piece, PieceCid aggregate, string reason)
    {
        Assert.That(proof.Verify(piece, aggregate, out string? fault), Is.False);
        Assert.That(fault, Does.Contain(reason));
    }
}
