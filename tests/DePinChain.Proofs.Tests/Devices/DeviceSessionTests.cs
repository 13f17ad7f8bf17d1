using System.Security.Cryptography;
using DePinChain.Primitives;
using DePinChain.Proofs.Devices;

namespace DePinChain.Proofs.Tests.Devices;

/// <summary>What members of committees and devices say to each other, byte by byte.</summary>
public sealed class DeviceSessionTests
{
    private static readonly GemmShape Shape = new(32, 8);
    private static readonly Hash256 Drawn = Hash256.Parse("0x" + string.Concat(Enumerable.Repeat("11", 32)));
    private static readonly Hash256 Nonce = Hash256.Parse("0x" + string.Concat(Enumerable.Repeat("22", 32)));
    private static readonly Address Member = Address.FromLow(0xabcd);

    [Test]
    public void A_seed_takes_in_the_chains_part_the_member_its_nonce_and_the_lane()
    {
        byte[] preimage = [.. Drawn.ToArray(), .. Member.ToArray(), .. Nonce.ToArray(), 0, 0, 0, 3];
        Assert.That(DeviceSession.SeedOf(Drawn, Member, Nonce, 3), Is.EqualTo(Keccak256.Hash(preimage)));
    }

    [Test]
    public void Evidence_is_a_digest_of_what_was_asked_what_came_and_how_long_it_took()
    {
        byte[] roots = [.. Enumerable.Repeat((byte)7, 64)];
        byte[] preimage = [.. Drawn.ToArray(), .. Nonce.ToArray(), .. roots, 0, 0, 0, 0, 0, 0, 1, 0];
        Assert.That(DeviceSession.EvidenceOf(Drawn, Nonce, roots, 256).ToArray(), Is.EqualTo(SHA256.HashData(preimage)));
    }

    [TestCase(true)]
    [TestCase(false)]
    public void Rounds_that_went_over_the_wire_are_judged_as_before(bool withProducts)
    {
        Hash256 seed = DeviceSession.SeedOf(Drawn, Member, Nonce, 0), secret = Keccak256.Hash("secret"u8);
        var chain = GemmChain.Run(Shape, seed);
        foreach (RoundOpening shown in chain.Show([0, 3, 6], withProducts))
        {
            byte[] bytes = DeviceSession.Encode(Shape, shown);
            Assert.That(bytes, Has.Length.EqualTo(DeviceSession.SizeOf(Shape, withProducts)));
            RoundOpening came = DeviceSession.Decode(Shape, withProducts, bytes);
            Assert.That(DeviceSession.Encode(Shape, came), Is.EqualTo(bytes));
            Assert.That(
                GemmChain.Check(Shape, seed, chain.Root, came, Shape.FixedMatrix(seed), secret), Is.EqualTo(RoundVerdict.Right));

            // Any byte that is another makes it another round. Of the first round the label before it and its path count for nothing.
            int step = came.Round == 0 ? 1_021 : 499;
            for (int at = 0; at < bytes.Length; at += step)
            {
                if (came.Round == 0 && at >= bytes.Length - (32 * 10) && at < bytes.Length - (32 * 6)) continue;
                byte[] bent = [.. bytes];
                bent[at] ^= 1;
                RoundOpening other = DeviceSession.Decode(Shape, withProducts, bent);
                Assert.That(
                    GemmChain.Check(Shape, seed, chain.Root, other, Shape.FixedMatrix(seed), secret), Is.Not.EqualTo(RoundVerdict.Right),
                    $"round {shown.Round}, byte {at}");
            }
        }
    }

    // 4 for the number, 1,024 cells of one byte and, with products, of four more, two words of 32 · 8, a label and three paths of 3 nodes.
    [TestCase(false, 4 + 1_024 + 512 + 320)]
    [TestCase(true, 4 + 5_120 + 512 + 320)]
    public void A_round_has_one_size_and_no_other_is_read(bool withProducts, int size)
    {
        Assert.That(DeviceSession.SizeOf(Shape, withProducts), Is.EqualTo(size));
        Assert.That(() => DeviceSession.Decode(Shape, withProducts, new byte[size + 1]), Throws.ArgumentException);
        Assert.That(() => DeviceSession.Decode(Shape, withProducts, new byte[size - 1]), Throws.ArgumentException);
    }
}
