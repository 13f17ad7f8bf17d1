using DePinChain.Blocks;
using DePinChain.Primitives;
using FsCheck;
using FsCheck.Fluent;

namespace DePinChain.Unit.Tests.Blocks;

[TestFixture]
internal sealed class ConsensusMessageTests
{
    private static readonly Vote Prevote = ConsensusKeys.Sign(0, VoteKind.Prevote, 300, 5, ConsensusKeys.Block, validRound: 2);

    [Test]
    public void A_vote_is_the_list_of_its_fields()
    {
        // [kind, height, round, validRound + 1, blockHash, seal]: f8 6a = 1 + 3 + 1 + 1 + 33 + 67 = 106 bytes of payload.
        string expected = "0xf86a" + "01" + "82012c" + "05" + "03" + "a0" + new string('b', 64) + "b841" + Hex.Encode(Prevote.Seal.ToArray())[2..];
        Assert.That(Hex.Encode(Prevote.Encode()), Is.EqualTo(expected));
        Assert.That(Vote.TryDecode(Hex.Decode(expected), out Vote? read, out string? why), Is.True, why);
        Assert.That(read, Is.EqualTo(Prevote));
    }

    [Test]
    public void A_nil_precommit_in_round_0_has_two_empty_numbers()
    {
        Vote vote = ConsensusKeys.Sign(0, VoteKind.Precommit, 1, 0, Hash256.Zero);
        Assert.That(Hex.Encode(vote.Encode()), Does.StartWith("0xf868" + "02" + "01" + "80" + "80" + "a0" + new string('0', 64)));
        Assert.That(Vote.TryDecode(vote.Encode(), out Vote? read, out _), Is.True);
        Assert.That(read, Is.EqualTo(vote));
    }

    [Test]
    public void Votes_that_no_validator_casts_are_refused()
    {
        RefusesVote(Prevote with { Kind = 0 }, "kind 0");
        RefusesVote(Prevote with { Kind = (VoteKind)3 }, "kind 3");
        RefusesVote(Prevote with { Kind = VoteKind.Precommit }, "Only a prevote");
        RefusesVote(Prevote with { BlockHash = Hash256.Zero }, "Only a prevote");
        RefusesVote(Prevote with { ValidRound = 5 }, "not before");
        RefusesVote(Prevote with { Round = 1u << 31 }, "2^31");
    }

    [Test]
    public void A_vote_with_a_field_more_or_less_is_refused()
    {
        byte[] payload = Prevote.Encode().AsSpan(2).ToArray();
        Assert.That(Vote.TryDecode(ListOf([.. payload, 0x01]), out _, out string? why), Is.False);
        Assert.That(why, Does.Contain("too many"));
        Assert.That(Vote.TryDecode(ListOf(payload.AsSpan(0, payload.Length - 67)), out _, out why), Is.False);
        Assert.That(why, Does.Contain("missing"));
    }

    [Test]
    public void A_proposal_travels_with_its_block()
    {
        // The block is any list here: [1, [2]].
        byte[] block = Hex.Decode("0xc301c102");
        Proposal proposal = ConsensusKeys.Propose(1, 300, 5, ConsensusKeys.Block, validRound: -1);
        byte[] encoded = new ProposalMessage(proposal, block).Encode();
        string expected = "0xf86d" + "82012c" + "05" + "80" + "a0" + new string('b', 64) + "b841"
            + Hex.Encode(proposal.Seal.ToArray())[2..] + "c301c102";
        Assert.That(Hex.Encode(encoded), Is.EqualTo(expected));
        Assert.That(ProposalMessage.TryDecode(encoded, out ProposalMessage? read, out string? why), Is.True, why);
        Assert.That(read!.Proposal, Is.EqualTo(proposal));
        Assert.That(read.EncodedBlock.ToArray(), Is.EqualTo(block));
        Assert.That(read.Proposal.TryRecoverSigner(ConsensusKeys.ChainId, out Address signer), Is.True);
        Assert.That(signer, Is.EqualTo(ConsensusKeys.Key(1).Address));
    }

    [Test]
    public void A_proposal_without_a_block_or_of_none_is_refused()
    {
        Proposal proposal = ConsensusKeys.Propose(1, 300, 5, ConsensusKeys.Block);
        Assert.That(ProposalMessage.TryDecode(proposal.Encode(), out _, out string? why), Is.False);
        Assert.That(why, Does.Contain("missing"));
        Assert.That(ProposalMessage.TryDecode(new ProposalMessage(proposal, new byte[] { 0x05 }).Encode(), out _, out why), Is.False);
        Assert.That(why, Does.Contain("list"));
        Assert.That(ProposalMessage.TryDecode(new ProposalMessage(proposal, Hex.Decode("0xc0c0")).Encode(), out _, out why), Is.False);
        Assert.That(why, Does.Contain("too many"));
        Assert.That(Proposal.TryDecode((proposal with { BlockHash = Hash256.Zero }).Encode(), out _, out why), Is.False);
        Assert.That(why, Does.Contain("no block"));
        Assert.That(Proposal.TryDecode((proposal with { ValidRound = 5 }).Encode(), out _, out why), Is.False);
        Assert.That(why, Does.Contain("not before"));
    }

    [Test]
    public void Repair_carries_votes_polkas_and_a_commit()
    {
        VoteRequest request = new(7, 2, [0b101], [0]);
        Assert.That(VoteRequest.TryDecode(request.Encode(), out VoteRequest? asked, out string? why), Is.True, why);
        Assert.That(asked, Is.EqualTo(request));
        Assert.That(Enumerable.Range(0, 4).Where(index => request.Has(VoteKind.Prevote, index)), Is.EqualTo(new[] { 0, 2 }));
        Assert.That(request.Has(VoteKind.Precommit, 0), Is.False);
        PolkaCertificate polka = PolkaCertificate.Assemble(300, 5, 2, ConsensusKeys.Block, [Prevote]);
        foreach (CommitCertificate? commit in (CommitCertificate?[])[null, ConsensusKeys.Commit(4, 0, 1, 2)])
        {
            VoteRepair repair = new([Prevote], [polka], commit);
            Assert.That(VoteRepair.TryDecode(repair.Encode(), out VoteRepair? read, out why), Is.True, why);
            Assert.That(read!.Votes, Is.EqualTo(repair.Votes));
            Assert.That(read.Polkas, Is.EqualTo(repair.Polkas));
            Assert.That(read.Commit, Is.EqualTo(commit));
        }
    }

    [Test]
    public void Repair_beyond_its_bounds_is_refused()
    {
        PolkaCertificate polka = PolkaCertificate.Assemble(300, 5, 2, ConsensusKeys.Block, [Prevote]);
        byte[] encoded = new VoteRepair([], [.. Enumerable.Repeat(polka, VoteRepair.PolkasMax + 1)], null).Encode();
        Assert.That(VoteRepair.TryDecode(encoded, out _, out string? why), Is.False);
        Assert.That(why, Does.Contain("5 polkas"));
        encoded = new VoteRepair([.. Enumerable.Repeat(Prevote, VoteRepair.VotesMax + 1)], [], null).Encode();
        Assert.That(VoteRepair.TryDecode(encoded, out _, out why), Is.False);
        Assert.That(why, Does.Contain("4097 votes"));
        Assert.That(VoteRequest.TryDecode(new VoteRequest(1, 0, new byte[257], []).Encode(), out _, out why), Is.False);
        Assert.That(why, Does.Contain("257 bytes"));
    }

    [Test]
    public void No_bytes_from_outside_throw() => Prop.ForAll<byte[]>(bytes =>
    {
        foreach (byte[] tried in (byte[][])[bytes, ListOf(bytes)])
        {
            Vote.TryDecode(tried, out _, out _);
            Proposal.TryDecode(tried, out _, out _);
            ProposalMessage.TryDecode(tried, out _, out _);
            CommitCertificate.TryDecode(tried, out _, out _);
            PolkaCertificate.TryDecode(tried, out _, out _);
            Evidence.TryDecode(tried, out _, out _);
            VoteRequest.TryDecode(tried, out _, out _);
            VoteRepair.TryDecode(tried, out _, out _);
        }
    }).QuickCheckThrowOnFailure();

    private static void RefusesVote(Vote vote, string reason)
    {
        Assert.That(Vote.TryDecode(vote.Encode(), out _, out string? why), Is.False);
        Assert.That(why, Does.Contain(reason));
    }

    private static byte[] ListOf(ReadOnlySpan<byte> payload)
    {
        RlpWriter writer = new();
        int mark = writer.BeginList();
        writer.WriteEncoded(payload);
        writer.EndList(mark);
        return writer.ToArray();
    }
}
