using DePinChain.Blocks;
using DePinChain.LightClient;
using DePinChain.Unit.Tests.Blocks;

namespace DePinChain.Unit.Tests.LightClient;

[TestFixture]
internal sealed class HeaderSearchTests
{
    [Test]
    public void With_the_same_validators_one_header_is_enough()
    {
        HeaderSearch search = new LightChain(200, _ => [0, 1, 2, 3]).Search(1, 200, LightChain.NowAt(200));
        Assert.That(search.IsDone, Is.True, search.Failure?.Why);
        Assert.That(search.Fetched, Is.EqualTo(1));
    }

    [Test]
    public void Over_many_epochs_of_churn_the_way_is_found_by_halving()
    {
        // Four of twelve keys; after every 20th height the lowest leaves and the next joins: after four epochs nobody is left.
        LightChain chain = new(180, height => [.. Enumerable.Range((int)Math.Min((height - 1) / 20, 8), 4)]);
        HeaderSearch search = chain.Search(1, 180, LightChain.NowAt(180));
        Assert.That(search.IsDone, Is.True, search.Failure?.Why);
        Assert.That(search.Trusted.Hash, Is.EqualTo(chain[180].Hash));

        // Eight changes, and a skip over two keeps half of the power: at least four headers, and far fewer than heights.
        Assert.That(search.Fetched, Is.InRange(4, 60));
    }

    [Test]
    public void Even_when_all_validators_change_at_once_the_next_header_leads_over()
    {
        LightChain chain = new(16, height => height < 8 ? [0, 1, 2] : [4, 5, 6]);
        HeaderSearch search = chain.Search(1, 16, LightChain.NowAt(16));
        Assert.That(search.IsDone, Is.True, search.Failure?.Why);
        Assert.That(search.Trusted.Hash, Is.EqualTo(chain[16].Hash));
    }

    [Test]
    public void The_search_goes_back_along_the_parent_hashes_however_old_they_are()
    {
        LightChain chain = new(9, _ => [0, 1, 2, 3]);
        HeaderSearch search = chain.Search(9, 3, now: LightChain.NowAt(9) + 1_000_000);
        Assert.That(search.IsDone, Is.True, search.Failure?.Why);
        Assert.That((search.Trusted.Hash, search.Fetched), Is.EqualTo((chain[3].Hash, 6)));
    }

    [Test]
    public void A_header_that_is_not_the_parent_ends_the_way_back()
    {
        LightChain chain = new(9, _ => [0, 1, 2, 3]);
        LightChain other = new(9, _ => [0, 1, 2, 3], text: "other");
        HeaderSearch search = new(LightChain.Rules, chain[9], 7);
        search.Offer(other[8], LightChain.NowAt(9));
        Assert.That(search.Failure!.Value.Why, Does.Contain("is not the parent of block"));
        Assert.That(search.Wanted, Is.Null);
    }

    [Test]
    public void Being_where_one_wants_to_be_needs_nothing()
    {
        LightChain chain = new(3, _ => [0, 1, 2]);
        HeaderSearch search = new(LightChain.Rules, chain[3], 3);
        Assert.That((search.IsDone, search.Wanted), Is.EqualTo((true, (ulong?)null)));
        search.Offer(chain[2], LightChain.NowAt(3));
        Assert.That(search.Trusted, Is.SameAs(chain[3]));
    }

    [Test]
    public void Another_height_than_the_wanted_one_ends_the_search()
    {
        LightChain chain = new(9, _ => [0, 1, 2]);
        HeaderSearch search = new(LightChain.Rules, chain[1], 9);
        search.Offer(chain[8], LightChain.NowAt(9));
        Assert.That(search.Failure!.Value.Why, Is.EqualTo("height 8 was given for height 9"));
    }

    [Test]
    public void A_forged_header_in_between_ends_the_search()
    {
        LightChain chain = new(16, height => height < 8 ? [0, 1, 2] : [4, 5, 6]);
        HeaderSearch search = new(LightChain.Rules, chain[1], 16);
        search.Offer(chain[16], LightChain.NowAt(16));
        LightBlock middle = chain[search.Wanted!.Value];
        search.Offer(middle with { Commit = middle.Commit with { Round = 1 } }, LightChain.NowAt(16));
        Assert.That(search.Failure!.Value.Outcome, Is.EqualTo(LightOutcome.Refused));
        Assert.That(search.Failure.Value.Why, Does.Contain("is not by"));
    }

    [Test]
    public void An_old_checkpoint_says_that_it_is_too_old()
    {
        LightChain chain = new(9, _ => [0, 1, 2]);
        HeaderSearch search = chain.Search(1, 9, LightChain.TimeOf(1) + 100_000);
        Assert.That(search.Failure!.Value.Outcome, Is.EqualTo(LightOutcome.Expired));
    }

    [Test]
    public void A_witness_with_the_same_header_agrees()
    {
        LightChain chain = new(9, _ => [0, 1, 2, 3]);
        HeaderSearch unused = new(LightChain.Rules, chain[1], 9);
        Assert.That(WitnessCheck.Judge(chain[9], unused, chain[9], out LightClientAttack? attack), Is.EqualTo(WitnessOpinion.Agrees));
        Assert.That(attack, Is.Null);
    }

    [Test]
    public void A_witness_that_cannot_prove_its_header_is_passed_over()
    {
        LightChain chain = new(9, _ => [0, 1, 2, 3]);
        LightChain invented = new(9, _ => [5, 6, 7, 8], text: "invented");
        HeaderSearch search = new(LightChain.Rules, chain[1], 9);
        search.Offer(invented[9], LightChain.NowAt(9));
        Assert.That(WitnessCheck.Judge(chain[9], search, invented[9], out _), Is.EqualTo(WitnessOpinion.Baseless));
    }

    [Test]
    public void Two_certified_histories_are_an_attack_and_name_who_signed_both()
    {
        LightChain chain = new(9, _ => [0, 1, 2, 3]);
        LightChain second = new(9, _ => [0, 1, 2, 3], chain, forkAt: 7, text: "second");
        HeaderSearch search = second.Search(1, 9, LightChain.NowAt(9));
        WitnessOpinion opinion = WitnessCheck.Judge(chain[9], search, second[9], out LightClientAttack? attack);
        Assert.That(opinion, Is.EqualTo(WitnessOpinion.Attack));
        Assert.That(attack!.Kind, Is.EqualTo(AttackKind.Equivocation));
        Assert.That(attack.Signers(), Is.EqualTo(Enumerable.Range(0, 4).Select(index => ConsensusKeys.Key(index).Address)));
        Assert.That(attack.TryVerify(ConsensusKeys.ChainId, out string? why), Is.True, why);
        foreach (DuplicateVote pair in attack.Evidence())
            Assert.That(pair.TryVerify(ConsensusKeys.ChainId, out _, out why), Is.True, why);
        Assert.That(attack.Evidence(), Has.Count.EqualTo(4));
        Assert.That(LightClientAttack.TryDecode(attack.Encode(), out LightClientAttack? read, out why), Is.True, why);
        Assert.That(read!.Encode(), Is.EqualTo(attack.Encode()));
    }

    [Test]
    public void Certificates_of_two_rounds_are_amnesia_which_no_pair_of_votes_proves()
    {
        LightBlock first = new LightChain(5, _ => [0, 1, 2, 3])[5];
        LightBlock other = LightChain.Sign(first.Header with { GasUsed = 21_000 }, first.Preimage, first.Validators, round: 2, 0, 1, 3);
        LightClientAttack attack = LightClientAttack.Between(first, other)!;
        Assert.That((attack.Kind, attack.Evidence().Count), Is.EqualTo((AttackKind.Amnesia, 0)));
        Assert.That(attack.Signers(), Is.EqualTo(new[] { 0, 1, 3 }.Select(index => ConsensusKeys.Key(index).Address)));
        Assert.That(LightClientAttack.Between(first, first), Is.Null);
        Assert.That((attack with { First = attack.Second }).TryVerify(ConsensusKeys.ChainId, out string? why), Is.False);
        Assert.That(why, Does.Contain("ascending order"));
    }
}
