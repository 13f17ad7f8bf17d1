using DePinChain.Blocks;
using DePinChain.Crypto;
using DePinChain.Primitives;

namespace DePinChain.Unit.Tests.Blocks;

[TestFixture]
internal sealed class CertificateTests
{
    [Test]
    public void A_certificate_of_more_than_two_thirds_verifies_and_names_its_signers()
    {
        CommitCertificate certificate = ConsensusKeys.Commit(4, 0, 1, 3);
        Assert.That(certificate.TryVerify(ConsensusKeys.ChainId, ConsensusKeys.Set(1, 1, 1, 1), out string? why), Is.True, why);
        Assert.That(certificate.Bitmap, Is.EqualTo(new byte[] { 0b1011 }), "Bit i is validator i, least significant first.");
        Assert.That(Enumerable.Range(0, 4).Where(certificate.HasSigned), Is.EqualTo(new[] { 0, 1, 3 }));
        Assert.That(certificate.PowerOf(ConsensusKeys.Set(1, 2, 4, 8)), Is.EqualTo((UInt128)11));
        Assert.That(certificate.Votes().Select(entry => entry.Index), Is.EqualTo(new[] { 0, 1, 3 }));
        Assert.That(certificate.Votes().All(entry =>
            entry.Vote.TryRecoverSigner(ConsensusKeys.ChainId, out Address signer) && signer == ConsensusKeys.Key(entry.Index).Address));
    }

    [Test]
    public void The_ninth_validator_has_the_first_bit_of_the_second_byte() =>
        Assert.That(ConsensusKeys.Commit(9, 0, 8).Bitmap, Is.EqualTo(new byte[] { 1, 1 }));

    [Test]
    public void Votes_for_anything_else_are_not_collected()
    {
        Vote?[] votes =
        [
            ConsensusKeys.Sign(0, VoteKind.Precommit, 7, 2, ConsensusKeys.Block),
            ConsensusKeys.Sign(1, VoteKind.Precommit, 7, 2, ConsensusKeys.Other),
            ConsensusKeys.Sign(2, VoteKind.Precommit, 7, 1, ConsensusKeys.Block),
            ConsensusKeys.Sign(3, VoteKind.Prevote, 7, 2, ConsensusKeys.Block),
            ConsensusKeys.Sign(4, VoteKind.Precommit, 8, 2, ConsensusKeys.Block),
        ];
        Assert.That(CommitCertificate.Assemble(7, 2, ConsensusKeys.Block, votes), Is.EqualTo(ConsensusKeys.Commit(5, 0)));
    }

    [Test]
    public void Exactly_two_thirds_of_the_power_commit_nothing()
    {
        // 2 of 3 heads; 66 of 99; and one unit more.
        Refuses(ConsensusKeys.Commit(3, 0, 1), ConsensusKeys.Set(1, 1, 1), "more than two thirds");
        Refuses(ConsensusKeys.Commit(3, 0, 1), ConsensusKeys.Set(33, 33, 33), "more than two thirds");
        Assert.That(ConsensusKeys.Commit(3, 0, 1).TryVerify(ConsensusKeys.ChainId, ConsensusKeys.Set(33, 34, 33), out _), Is.True);
    }

    [Test]
    public void ASA_2025_003_a_bitmap_of_the_wrong_length_is_refused()
    {
        CommitCertificate good = ConsensusKeys.Commit(4, 0, 1, 2);
        Refuses(good with { Bitmap = [0b111, 0] }, "bitmap has 2 bytes");
        Refuses(good with { Bitmap = [] }, "bitmap has 0 bytes");
        Refuses(good, ConsensusKeys.Set(1, 1, 1, 1, 1, 1, 1, 1, 1), "9 validators need 2");
    }

    [Test]
    public void Bits_beyond_the_set_are_refused()
    {
        CommitCertificate good = ConsensusKeys.Commit(4, 0, 1, 2);
        Refuses(good with { Bitmap = [0b1_0111] }, "names validator 4 of 4");
        Refuses(good with { Bitmap = [0b1000_0111], Seals = [.. good.Seals, good.Seals[0]] }, "names validator 7 of 4");
    }

    [Test]
    public void As_many_seals_as_bits_are_needed()
    {
        CommitCertificate good = ConsensusKeys.Commit(4, 0, 1, 2);
        Refuses(good with { Seals = [.. good.Seals.Take(2)] }, "3 signers and 2 seals");
        Refuses(good with { Seals = [.. good.Seals, good.Seals[2]] }, "3 signers and 4 seals");
        Refuses(good with { Bitmap = [0b1111] }, "4 signers and 3 seals");
    }

    [Test]
    public void Seals_out_of_order_or_by_others_are_refused()
    {
        CommitCertificate good = ConsensusKeys.Commit(4, 0, 1, 2);
        Refuses(good with { Seals = [good.Seals[1], good.Seals[0], good.Seals[2]] }, "seal for validator 0");
        Refuses(good with { Seals = [good.Seals[0], good.Seals[0], good.Seals[2]] }, "seal for validator 1");
        Refuses(good with { Bitmap = [0b1011] }, "seal for validator 3");
        Refuses(good with { Seals = [good.Seals[0], good.Seals[1], new Signature(Hash256.Zero, Hash256.Zero, 0)] }, "seal for validator 2");
    }

    [Test]
    public void One_bad_seal_spoils_a_certificate_that_would_have_enough_without_it()
    {
        CommitCertificate good = ConsensusKeys.Commit(4, 0, 1, 2, 3);
        Refuses(good with { Seals = [.. good.Seals.Take(3), good.Seals[0]] }, "seal for validator 3");
    }

    [Test]
    public void Seals_over_another_round_block_height_or_chain_are_refused()
    {
        CommitCertificate good = ConsensusKeys.Commit(4, 0, 1, 2);
        Refuses(good with { Round = 3 }, "seal for validator 0");
        Refuses(good with { Height = 8 }, "seal for validator 0");
        Refuses(good with { BlockHash = ConsensusKeys.Other }, "seal for validator 0");
        Assert.That(good.TryVerify(ConsensusKeys.ChainId + 1, ConsensusKeys.Set(1, 1, 1, 1), out _), Is.False);
    }

    [Test]
    public void Precommits_for_nil_commit_nothing()
    {
        Vote?[] votes = [.. Enumerable.Range(0, 4).Select(index => ConsensusKeys.Sign(index, VoteKind.Precommit, 7, 2, Hash256.Zero))];
        Refuses(CommitCertificate.Assemble(7, 2, Hash256.Zero, votes), "nil");
    }

    [Test]
    public void Prevotes_do_not_make_a_commit_nor_precommits_a_polka()
    {
        CommitCertificate commit = ConsensusKeys.Commit(4, 0, 1, 2);
        PolkaCertificate dressed = new(7, 2, -1, ConsensusKeys.Block, commit.Bitmap, commit.Seals);
        Assert.That(dressed.TryVerify(ConsensusKeys.ChainId, ConsensusKeys.Set(1, 1, 1, 1), out _), Is.False);
        PolkaCertificate polka = Polka(validRound: 1);
        CommitCertificate undressed = new(7, 2, ConsensusKeys.Block, polka.Bitmap, polka.Seals);
        Refuses(undressed, "seal for validator 0");
    }

    [Test]
    public void A_polka_certificate_has_one_valid_round()
    {
        PolkaCertificate polka = Polka(validRound: 1);
        Assert.That(polka.TryVerify(ConsensusKeys.ChainId, ConsensusKeys.Set(1, 1, 1, 1), out string? why), Is.True, why);
        Assert.That((polka with { ValidRound = 0 }).TryVerify(ConsensusKeys.ChainId, ConsensusKeys.Set(1, 1, 1, 1), out _), Is.False);
        Vote?[] mixed =
        [
            ConsensusKeys.Sign(0, VoteKind.Prevote, 7, 2, ConsensusKeys.Block, 1),
            ConsensusKeys.Sign(1, VoteKind.Prevote, 7, 2, ConsensusKeys.Block, 0),
            ConsensusKeys.Sign(2, VoteKind.Prevote, 7, 2, ConsensusKeys.Block, 1),
        ];
        Assert.That(PolkaCertificate.Assemble(7, 2, 1, ConsensusKeys.Block, mixed).Seals, Has.Count.EqualTo(2));
    }

    [Test]
    public void The_encoding_is_the_list_of_the_design()
    {
        // RLP [height, round, blockHash, bitmap, [seals]]: 7, 2, 32 bytes, the byte 0b0111 itself, three seals of 65 bytes.
        CommitCertificate certificate = ConsensusKeys.Commit(4, 0, 1, 2);
        RlpWriter expected = new();
        int mark = expected.BeginList();
        expected.Write(7ul);
        expected.Write(2ul);
        expected.Write(ConsensusKeys.Block.ToArray());
        expected.Write([0b0111]);
        int seals = expected.BeginList();
        foreach (int index in (int[])[0, 1, 2])
        {
            expected.Write(ConsensusKeys.Sign(index, VoteKind.Precommit, 7, 2, ConsensusKeys.Block).Seal.ToArray());
        }

        expected.EndList(seals);
        expected.EndList(mark);
        Assert.That(certificate.Encode(), Is.EqualTo(expected.ToArray()));
        Assert.That(certificate.Hash, Is.EqualTo(Keccak256.Hash(expected.Written)));
        Assert.That(CommitCertificate.TryDecode(expected.Written, out CommitCertificate? read, out string? why), Is.True, why);
        Assert.That(read, Is.EqualTo(certificate));
    }

    [Test]
    public void Damaged_bytes_are_refused_and_never_throw()
    {
        byte[] good = ConsensusKeys.Commit(4, 0, 1, 2).Encode();
        for (int cut = 0; cut < good.Length; cut++) Assert.That(CommitCertificate.TryDecode(good.AsSpan(0, cut), out _, out _), Is.False);
        Assert.That(CommitCertificate.TryDecode([.. good, 0], out _, out string? why), Is.False);
        Assert.That(why, Does.Contain("too many"));
        byte[] polka = Polka(validRound: 1).Encode();
        for (int cut = 0; cut < polka.Length; cut++) Assert.That(PolkaCertificate.TryDecode(polka.AsSpan(0, cut), out _, out _), Is.False);
        Assert.That(PolkaCertificate.TryDecode(polka, out PolkaCertificate? read, out _), Is.True);
        Assert.That(read, Is.EqualTo(Polka(validRound: 1)));
    }

    private static PolkaCertificate Polka(int validRound) => PolkaCertificate.Assemble(
        7,
        2,
        validRound,
        ConsensusKeys.Block,
        [.. Enumerable.Range(0, 4).Select(index => ConsensusKeys.Sign(index, VoteKind.Prevote, 7, 2, ConsensusKeys.Block, validRound))]);

    private static void Refuses(CommitCertificate certificate, string reason) =>
        Refuses(certificate, ConsensusKeys.Set(1, 1, 1, 1), reason);

    private static void Refuses(CommitCertificate certificate, ValidatorSet set, string reason)
    {
        Assert.That(certificate.TryVerify(ConsensusKeys.ChainId, set, out string? why), Is.False);
        Assert.That(why, Does.Contain(reason));
    }
}
