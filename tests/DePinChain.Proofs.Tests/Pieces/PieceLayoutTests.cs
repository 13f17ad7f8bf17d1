using DePinChain.Primitives;
using DePinChain.Proofs.Hashing;
using DePinChain.Proofs.Pieces;
using DePinChain.Proofs.Replication;

namespace DePinChain.Proofs.Tests.Pieces;

/// <summary>A sector's commD from its pieces' roots against the root over the bytes laid out.</summary>
public sealed class PieceLayoutTests
{
    [TestCase(new int[0])]
    [TestCase(new[] { 2_032 })]
    [TestCase(new[] { 127 })]
    [TestCase(new[] { 127, 127, 254 })]
    [TestCase(new[] { 127, 508, 127, 254 })]
    [TestCase(new[] { 100, 300, 900 })]
    public void The_root_of_the_pieces_is_that_of_the_bytes(int[] sizes)
    {
        byte[] padded = new byte[2_048];
        PieceCid[] pieces = [.. sizes.Select(static (size, number) => PieceHasher.Of(Payload(number, size)))];
        ulong[] starts = PieceLayout.StartsOf(pieces);
        for (int at = 0; at < pieces.Length; at++)
        {
            byte[] raw = new byte[pieces[at].PaddedSize / 128 * 127];
            Payload(at, sizes[at]).CopyTo(raw, 0);
            Fr32.Pad(raw, padded.AsSpan((int)starts[at] * NodeHash.Size, (int)pieces[at].PaddedSize));
        }

        Assert.That(PieceLayout.TryCommD(6, pieces, out Hash256 commD, out string? fault), Is.True, fault);
        Assert.That(commD, Is.EqualTo(SealedReplica.CommDOf(padded)));
    }

    [Test]
    public void Pieces_that_do_not_fit_are_refused()
    {
        PieceCid small = PieceHasher.Of(Payload(1, 127));
        PieceCid half = PieceHasher.Of(Payload(2, 1_016));
        Assert.That(PieceLayout.TryCommD(6, [half, half], out _, out _), Is.True);
        Assert.That(PieceLayout.TryCommD(6, [small, half, half], out _, out string? fault), Is.False, "the half begins at the middle");
        Assert.That(fault, Is.EqualTo("the pieces need more than 2^6 nodes"));
    }

    private static byte[] Payload(int number, int size) => [.. Enumerable.Range(0, size).Select(i => (byte)(((i * 7) + number + 3) & 255))];
}
