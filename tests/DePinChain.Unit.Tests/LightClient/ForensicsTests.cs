using DePinChain.Blocks;
using DePinChain.LightClient;
using DePinChain.Primitives;
using DePinChain.Unit.Tests.Blocks;

namespace DePinChain.Unit.Tests.LightClient;

/// <summary>Four validators of equal power, of whom each scenario says who did what; who is named follows from the paper's rules.</summary>
[TestFixture]
internal sealed class ForensicsTests
{
    private const ulong Height = 9;
    private static readonly Hash256 V = ConsensusKeys.Block;
    private static readonly Hash256 W = ConsensusKeys.Other;
    private static readonly ValidatorSet Set = ConsensusKeys.Set(10, 10, 10, 10);

    private readonly List<Vote> _votes = [];

    [SetUp]
    public void Forget() => _votes.Clear();

    [Test]
    public void A_fork_in_two_rounds_names_the_amnesiacs_and_only_them()
    {
        // 0, 2 and 3 decide v in round 0; in round 1 the amnesiacs 2 and 3 decide w with 1, who was never locked.
        Prevote(0, V, -1, 0, 2, 3);
        Precommit(0, V, 0, 2, 3);
        Prevote(1, W, -1, 1, 2, 3);
        Precommit(1, W, 1, 2, 3);
        ForensicReport report = Examine();
        Assert.That(report.IsFork, Is.True);
        Assert.That(Named(report, OffenceKind.Amnesia), Is.EqualTo(new[] { 2, 3 }));
        Assert.That(report.Offences, Has.Count.EqualTo(2));
        Assert.That((report.AccusedPower, report.IsExplained), Is.EqualTo(((UInt128)20, true)));
    }

    [Test]
    public void A_fork_in_one_round_names_the_equivocators_with_their_votes()
    {
        Prevote(0, V, -1, 0, 2, 3);
        Precommit(0, V, 0, 2, 3);
        Prevote(0, W, -1, 1, 2, 3);
        Precommit(0, W, 1, 2, 3);
        ForensicReport report = Examine();
        Assert.That(report.IsFork, Is.True);
        Assert.That(Named(report, OffenceKind.Equivocation), Is.EqualTo(new[] { 2, 2, 3, 3 }), "prevotes and precommits");
        Assert.That(report.IsExplained, Is.True);
        Offence first = report.Offences[0];
        Assert.That(DuplicateVote.Of(first.First, first.Second).TryVerify(ConsensusKeys.ChainId, out Address signer, out _), Is.True);
        Assert.That(signer, Is.EqualTo(Set[2].Address), "what is found is evidence as it stands");
    }

    [Test]
    public void Following_a_later_polka_is_no_offence()
    {
        // L28: locked on v in round 0; w got its polka in round 1, and comes again in round 2 with that as its valid round.
        Precommit(0, V, 0);
        Prevote(1, W, -1, 1, 2, 3);
        Prevote(2, W, 1, 0, 1, 2, 3);
        Assert.That(Examine().Offences, Is.Empty);
    }

    [Test]
    public void A_new_lock_in_between_is_no_offence()
    {
        // 0 saw the polka for w in round 1 late, moved its lock (L36), and may prevote w when it comes as a fresh block (L22).
        Precommit(0, V, 0);
        Prevote(1, W, -1, 1, 2, 3);
        Precommit(1, W, 0);
        Prevote(2, W, -1, 0);
        Assert.That(Examine().Offences, Is.Empty);
    }

    [Test]
    public void Without_the_polka_of_the_new_lock_the_same_votes_are_a_suspicion_and_another_nodes_record_clears_it()
    {
        Precommit(0, V, 0);
        Prevote(2, W, -1, 0);
        ForensicReport alone = Examine();
        Assert.That(Named(alone, OffenceKind.Suspicion), Is.EqualTo(new[] { 0 }));
        Assert.That((alone.AccusedPower, alone.IsExplained), Is.EqualTo((UInt128.Zero, false)));
        Vote?[] prevotes = new Vote?[4];
        foreach (int index in (int[])[1, 2, 3]) prevotes[index] = ConsensusKeys.Sign(index, VoteKind.Prevote, Height, 1, W);
        PolkaCertificate polka = PolkaCertificate.Assemble(Height, 1, -1, W, prevotes);
        Assert.That(Forensics.Examine(Record().With(polka)).Offences, Is.Empty);
    }

    [Test]
    public void Votes_of_strangers_and_of_other_heights_accuse_nobody()
    {
        _votes.Add(ConsensusKeys.Sign(7, VoteKind.Prevote, Height, 0, V));
        _votes.Add(ConsensusKeys.Sign(7, VoteKind.Prevote, Height, 0, W));
        _votes.Add(ConsensusKeys.Sign(0, VoteKind.Prevote, Height + 1, 0, V));
        _votes.Add(ConsensusKeys.Sign(0, VoteKind.Prevote, Height, 0, W, chainId: 5));
        ForensicReport report = Examine();
        Assert.That((report.Offences.Count, report.Strangers), Is.EqualTo((0, 4)));
    }

    [Test]
    public void A_record_outlives_the_wire_and_damage_is_refused_or_read_as_it_stands()
    {
        Prevote(0, V, -1, 0, 2, 3);
        Precommit(0, V, 0, 2, 3);
        byte[] good = Record().Encode();
        Assert.That(VoteRecord.TryDecode(good, out VoteRecord? read, out string? why), Is.True, why);
        Assert.That(read!.Votes, Is.EqualTo(_votes));
        Assert.That(read.Validators, Is.EqualTo(Set));
        Random random = new(3);
        for (int round = 0; round < 2_000; round++)
        {
            byte[] bad = [.. good];
            bad[random.Next(bad.Length)] ^= (byte)(1 << random.Next(8));
            if (VoteRecord.TryDecode(bad, out VoteRecord? other, out _)) Assert.That(other.Encode(), Is.EqualTo(bad), $"round {round}");
        }
    }

    private ForensicReport Examine() => Forensics.Examine(Record());

    private VoteRecord Record() => new(ConsensusKeys.ChainId, Height, Set, [.. _votes]);

    private static IEnumerable<int> Named(ForensicReport report, OffenceKind kind) =>
        report.Offences.Where(offence => offence.Kind == kind).Select(offence => offence.Index);

    private void Prevote(uint round, Hash256 block, int validRound, params int[] validators) => _votes.AddRange(
        validators.Select(index => ConsensusKeys.Sign(index, VoteKind.Prevote, Height, round, block, validRound)));

    private void Precommit(uint round, Hash256 block, params int[] validators) => _votes.AddRange(
        validators.Select(index => ConsensusKeys.Sign(index, VoteKind.Precommit, Height, round, block)));
}
