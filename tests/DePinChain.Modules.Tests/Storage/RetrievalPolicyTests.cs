using DePinChain.Modules.Storage;
using DePinChain.Primitives;
using DePinChain.Proofs.Retrieval;

namespace DePinChain.Modules.Tests.Storage;

/// <summary>The formulas of probes, computed by hand.</summary>
public sealed class RetrievalPolicyTests
{
    [TestCase((ushort)10_000, 0U, (ushort)10_000)]
    [TestCase((ushort)10_000, 2_000U, (ushort)10_000)]
    [TestCase((ushort)10_000, 2_001U, (ushort)9_999)] // 10,000 · 17,999 / 18,000 = 9,999.4
    [TestCase((ushort)10_000, 11_000U, (ushort)5_000)]
    [TestCase((ushort)10_000, 19_999U, (ushort)0)] // 10,000 / 18,000 = 0.6
    [TestCase((ushort)10_000, 20_000U, (ushort)0)]
    [TestCase((ushort)10_000, uint.MaxValue, (ushort)0)]
    [TestCase((ushort)3_333, 11_000U, (ushort)1_666)]
    [TestCase((ushort)0, 0U, (ushort)0)]
    public void A_score_is_what_came_times_how_fast(ushort served, uint latency, ushort expected) =>
        Assert.That(RetrievalsPolicy.ScoreOf(served, latency, 2_000, 20_000), Is.EqualTo(expected));

    [TestCase((ushort)0, (ushort)10_000, (ushort)0)]
    [TestCase((ushort)0, (ushort)0, (ushort)2_500)]
    [TestCase((ushort)2_500, (ushort)0, (ushort)4_375)] // 2,500 + 7,500 / 4
    [TestCase((ushort)4_375, (ushort)0, (ushort)5_782)] // 4,375 + ⌈5,625 / 4⌉
    [TestCase((ushort)9_999, (ushort)0, (ushort)10_000)]
    [TestCase((ushort)10_000, (ushort)0, (ushort)10_000)]
    [TestCase((ushort)10_000, (ushort)10_000, (ushort)7_500)]
    [TestCase((ushort)1, (ushort)10_000, (ushort)0)]
    [TestCase((ushort)1_000, (ushort)9_500, (ushort)875)] // 1,000 − 500 / 4
    public void A_loss_goes_a_quarter_of_the_way_and_arrives(ushort before, ushort score, ushort after) =>
        Assert.That(RetrievalsPolicy.LossAfter(before, score), Is.EqualTo(after));

    [TestCase(0UL, 7_200U, 0UL, 0U)]
    [TestCase(1UL, 7_200U, 0UL, 1U)]
    [TestCase(1UL, 7_200U, 1UL, 0U)]
    [TestCase(1UL, 7_200U, 7_200UL, 1U)]
    [TestCase(7_200UL, 7_200U, 5UL, 1U)]
    [TestCase(10_000UL, 7_200U, 2_799UL, 2U)] // one whole and 2,800 of 7,200
    [TestCase(10_000UL, 7_200U, 2_800UL, 1U)]
    [TestCase(1_000_000UL, 7_200U, 0UL, 8U)]
    public void Everybody_has_a_turn_once_an_interval_on_average(ulong providers, uint interval, ulong beacon, uint expected) =>
        Assert.That(RetrievalsPolicy.ProbesOf(providers, interval, beacon), Is.EqualTo(expected));

    [Test]
    public void What_is_kept_is_rounded_down()
    {
        Assert.That(RetrievalsPolicy.KeptOf(new Amount(101), 0), Is.EqualTo(new Amount(101)));
        Assert.That(RetrievalsPolicy.KeptOf(new Amount(101), 2_500), Is.EqualTo(new Amount(75)));
        Assert.That(RetrievalsPolicy.KeptOf(new Amount(101), 10_000), Is.EqualTo(Amount.Zero));
    }

    // keccak256 over 32 bytes 0x11, 20 bytes 0x22 and four bytes of number: by a Keccak of 25 lines of Python.
    [Test]
    public void Each_member_asks_for_chunks_of_its_own()
    {
        Hash256 seed = Hash256.Parse("0x" + new string('1', 64));
        Address verifier = Address.Parse("0x" + new string('2', 40));
        ulong[] chunks = [.. Enumerable.Range(0, 3).Select(number => ProbeChallenge.ChunkOf(seed, verifier, (uint)number, 1_000_003))];
        Assert.That(chunks, Is.EqualTo(new ulong[] { 453_699, 815_155, 136_851 }));
        Assert.That(ProbeChallenge.ChunkOf(seed, verifier, 7, 1), Is.Zero, "a small piece has one chunk");
    }
}
