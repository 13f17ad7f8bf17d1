using System.Security.Cryptography;
using DePinChain.Primitives;
using DePinChain.Proofs.Verdicts;

namespace DePinChain.Proofs.Tests.Verdicts;

/// <summary>What verifiers commit to and show, by their definitions.</summary>
public sealed class VerdictTests
{
    private static readonly Address Verifier = Address.Parse("0x00000000000000000000000000000000000a11ce");
    private static readonly Hash256 Answer = Keccak256.Hash("answer"u8);
    private static readonly Hash256 Salt = Keccak256.Hash("salt"u8);

    [Test]
    public void A_verdicts_digest_is_over_chain_job_seat_verifier_and_all_it_says()
    {
        byte[] preimage =
        [
            0, 0, 0, 0, 0, 0x14, 0x66, 0xa8, 0, 0, 0, 0, 0, 0, 0, 7, 0x01, 0x02, .. Verifier.ToArray(), 1, .. Answer.ToArray(),
            0, 0, 0, 0, 0, 0, 0, 20, 0, 0, 0, 0, 0, 0, 0x03, 0xe8, .. Salt.ToArray(),
        ];
        Hash256 digest = VerdictDigest.Of(1_337_000, 7, 0x0102, Verifier, 1, Answer, [20, 1_000], Salt);
        Assert.That(digest.ToArray(), Is.EqualTo(SHA256.HashData(preimage)));
    }

    [Test]
    public void A_lane_holds_its_verifier_job_and_number_and_lies_in_the_transcript()
    {
        Hash256[] lanes = [.. Enumerable.Range(0, 5).Select(static i => Transcript.LaneOf(Verifier, 9, (uint)i, [1, 2, 3]))];
        byte[] preimage = [.. Verifier.ToArray(), 0, 0, 0, 0, 0, 0, 0, 9, 0, 0, 0, 4, 1, 2, 3];
        Assert.That(lanes[4].ToArray(), Is.EqualTo(SHA256.HashData(preimage)));
        Hash256 root = Transcript.RootOf(lanes);
        for (uint lane = 0; lane < 5; lane++)
        {
            Hash256[] path = Transcript.PathOf(lanes, lane);
            Assert.That(Transcript.Verify(root, 5, lane, lanes[lane], path), Is.True);
            Assert.That(Transcript.Verify(root, 5, (lane + 1) % 5, lanes[lane], path), Is.False);
            Assert.That(Transcript.Verify(root, 5, lane, lanes[(lane + 1) % 5], path), Is.False);
            Assert.That(Transcript.Verify(root, 16, lane, lanes[lane], path), Is.False);
        }
    }
}
