using DePinChain.Blocks;
using DePinChain.Primitives;

namespace DePinChain.Unit.Tests.Blocks;

[TestFixture]
internal sealed class EvidenceTests
{
    private static readonly Vote Low = ConsensusKeys.Sign(0, VoteKind.Prevote, 7, 2, ConsensusKeys.Block);
    private static readonly Vote High = ConsensusKeys.Sign(0, VoteKind.Prevote, 7, 2, ConsensusKeys.Other);

    [Test]
    public void Two_votes_in_one_slot_convict_their_signer()
    {
        DuplicateVote evidence = DuplicateVote.Of(High, Low);
        Assert.That(evidence, Is.EqualTo(new DuplicateVote(Low, High)), "The pair has one order.");
        Assert.That(evidence.TryVerify(ConsensusKeys.ChainId, out Address signer, out string? why), Is.True, why);
        Assert.That(signer, Is.EqualTo(ConsensusKeys.Key(0).Address));
        Assert.That((evidence.Height, evidence.Round), Is.EqualTo((7ul, 2u)));
    }

    [Test]
    public void A_value_and_nil_convict_and_so_do_two_valid_rounds()
    {
        Vote nil = ConsensusKeys.Sign(0, VoteKind.Prevote, 7, 2, Hash256.Zero);
        Vote again = ConsensusKeys.Sign(0, VoteKind.Prevote, 7, 2, ConsensusKeys.Block, validRound: 0);
        Assert.That(DuplicateVote.Of(Low, nil).TryVerify(ConsensusKeys.ChainId, out _, out _), Is.True);
        Assert.That(DuplicateVote.Of(again, Low).TryVerify(ConsensusKeys.ChainId, out _, out _), Is.True);
    }

    [Test]
    public void Two_proposals_in_one_slot_convict_their_signer()
    {
        Proposal first = ConsensusKeys.Propose(1, 7, 2, ConsensusKeys.Block, validRound: 0);
        Proposal second = ConsensusKeys.Propose(1, 7, 2, ConsensusKeys.Block, validRound: 1);
        DuplicateProposal evidence = DuplicateProposal.Of(second, first);
        Assert.That(evidence, Is.EqualTo(new DuplicateProposal(first, second)));
        Assert.That(evidence.TryVerify(ConsensusKeys.ChainId, out Address signer, out _), Is.True);
        Assert.That(signer, Is.EqualTo(ConsensusKeys.Key(1).Address));
    }

    [Test]
    public void Votes_that_can_stand_side_by_side_are_no_evidence()
    {
        Refuses(new DuplicateVote(Low, Low), "say the same");
        Refuses(new DuplicateVote(Low, Low with { Seal = High.Seal }), "say the same");
        Refuses(new DuplicateVote(High, Low), "ascending");
        Refuses(new DuplicateVote(Low, ConsensusKeys.Sign(0, VoteKind.Precommit, 7, 2, ConsensusKeys.Other)), "different kinds");
        Refuses(new DuplicateVote(Low, ConsensusKeys.Sign(0, VoteKind.Prevote, 7, 3, ConsensusKeys.Other)), "different kinds");
        Refuses(new DuplicateVote(Low, ConsensusKeys.Sign(0, VoteKind.Prevote, 8, 2, ConsensusKeys.Other)), "different kinds");
        Refuses(
            new DuplicateProposal(ConsensusKeys.Propose(1, 7, 2, ConsensusKeys.Block), ConsensusKeys.Propose(1, 7, 3, ConsensusKeys.Other)),
            "different heights");
    }

    [Test]
    public void Two_signers_are_no_evidence_and_neither_is_a_seal_that_is_none()
    {
        Vote other = ConsensusKeys.Sign(1, VoteKind.Prevote, 7, 2, ConsensusKeys.Other);
        DuplicateVote framed = new(Low, other);
        Assert.That(framed.TryVerify(ConsensusKeys.ChainId, out _, out string? why), Is.False);
        Assert.That(why, Does.Contain("two signers"));
        DuplicateVote forged = new(Low, High with { Seal = default });
        Assert.That(forged.TryVerify(ConsensusKeys.ChainId, out _, out why), Is.False);
        Assert.That(why, Does.Contain("not a signature"));
        Vote elsewhere = ConsensusKeys.Sign(0, VoteKind.Prevote, 7, 2, ConsensusKeys.Other, chainId: 1);
        DuplicateVote mixed = new(Low, elsewhere);
        Assert.That(mixed.TryVerify(ConsensusKeys.ChainId, out _, out _), Is.False, "Signed for another chain.");
    }

    [Test]
    public void The_list_of_a_block_has_the_hash_of_its_RLP()
    {
        Assert.That(Evidence.HashOf([]), Is.EqualTo(Keccak256.Hash([0xc0])));
        DuplicateVote evidence = new(Low, High);
        RlpWriter expected = new();
        int mark = expected.BeginList();
        int item = expected.BeginList();
        expected.Write(1ul);
        expected.WriteEncoded(Low.Encode());
        expected.WriteEncoded(High.Encode());
        expected.EndList(item);
        expected.EndList(mark);
        Assert.That(Evidence.EncodeList([evidence]), Is.EqualTo(expected.ToArray()));
    }

    [Test]
    public void What_is_encoded_is_decoded()
    {
        DuplicateProposal proposals = new(
            ConsensusKeys.Propose(1, 7, 2, ConsensusKeys.Block), ConsensusKeys.Propose(1, 7, 2, ConsensusKeys.Other));
        foreach (Evidence evidence in (Evidence[])[new DuplicateVote(Low, High), proposals])
        {
            Assert.That(Evidence.TryDecode(evidence.Encode(), out Evidence? read, out string? why), Is.True, why);
            Assert.That(read, Is.EqualTo(evidence));
        }
    }

    [Test]
    public void Unknown_kinds_are_refused()
    {
        byte[] encoded = new DuplicateVote(Low, High).Encode();
        encoded[2] = 9;
        Assert.That(Evidence.TryDecode(encoded, out _, out string? why), Is.False);
        Assert.That(why, Does.Contain("kind 9"));
    }

    private static void Refuses(Evidence evidence, string reason)
    {
        Assert.That(evidence.TryVerify(ConsensusKeys.ChainId, out _, out string? why), Is.False);
        Assert.That(why, Does.Contain(reason));
        Assert.That(Evidence.TryDecode(evidence.Encode(), out _, out why), Is.False);
        Assert.That(why, Does.Contain(reason));
    }
}
