using System.Buffers.Binary;
using DePinChain.Modules.Subnets;
using DePinChain.Primitives;
using static DePinChain.Modules.Tests.Subnets.SubnetsNetwork;

namespace DePinChain.Modules.Tests.Subnets;

/// <summary>Anybody may ask a validator to show one of the checks behind its scores; who cannot has no say in the epoch.</summary>
public sealed class EvidenceChallengeTests
{
    private static readonly Hash256 Salt = Keccak256.Hash("salt"u8);
    private static readonly Amount Deposit = Amount.FromWei(100_000_000_000_000_000);

    private Scenario _chain = null!;
    private byte[][] _leaves = [];
    private Hash256 _root;

    // Weights with evidence of three checks of epoch 2, shown at block 61; the next epoch is at 80.
    [SetUp]
    public void Start()
    {
        _chain = SubnetsNetwork.Start();
        _chain.Settle();
        _leaves = [LeafOf(status: 200), LeafOf(status: 0), LeafOf(status: 200)];
        Hash256[] nodes = [.. _leaves.Select(static leaf => Keccak256.Hash([0, .. leaf]))];
        Hash256 tree = Join(Join(nodes[0], nodes[1]), nodes[2]);
        _root = Keccak256.Hash([0, 0, 0, 0, 0, 0, 0, 3, .. tree.ToArray()]);
        _chain.AdvanceTo(40);
        byte[] weights = Pack((2, 7));
        Hash256 commitment = SubnetsNetwork.Commitment(Judge.Address, 2, weights, Salt, _root);
        _chain.Send(Judge, SubnetsCalls.CommitWeights(1, commitment), Amount.One).Succeeds();
        _chain.AdvanceTo(60);
        _chain.Send(Judge, SubnetsCalls.RevealWeights(1, weights, 0, _root, Salt)).Succeeds();
    }

    [TearDown]
    public void Stop() => _chain.Dispose();

    [Test]
    public void A_leaf_that_is_shown_earns_the_validator_the_deposit()
    {
        Outcome asked = Challenge(leaf: 1);

        // 16 blocks at a tempo of 20: five sixths.
        Assert.That(
            asked.Events<EvidenceChallenged>(),
            Is.EqualTo(new[] { new EvidenceChallenged(1, Judge.Address, 1, 2, 1, _chain.Height + 16) }));
        Amount before = _chain.BalanceOf(Judge) + _chain.FeesPaidBy(Judge);
        Outcome shown = _chain.Send(Judge, Open(1, 1)).Succeeds();
        Assert.That(shown.Events<EvidenceOpened>(), Is.EqualTo(new[] { new EvidenceOpened(1, Judge.Address, 1) }));
        Assert.That(_chain.BalanceOf(Judge) + _chain.FeesPaidBy(Judge), Is.EqualTo(before + Deposit));
        _chain.AdvanceTo(80);
        Assert.That(Outcome.EventsOf<EpochRun>(_chain.StartLogs).Single().Server.IsZero, Is.False, "the validator has its say");
    }

    [Test]
    public void Whoever_shows_nothing_in_time_has_no_say_in_the_epoch_and_the_deposit_goes_back()
    {
        Amount before = _chain.BalanceOf(Nominator) + _chain.FeesPaidBy(Nominator);
        ulong endsAt = Challenge(leaf: 0).Events<EvidenceChallenged>().Single().EndsAt;
        _chain.AdvanceTo(endsAt - 1);
        Assert.That(_chain.BalanceOf(Nominator) + _chain.FeesPaidBy(Nominator), Is.EqualTo(before - Deposit));
        _chain.AdvanceTo(endsAt);
        Assert.That(
            Outcome.EventsOf<EvidenceNotShown>(_chain.StartLogs), Is.EqualTo(new[] { new EvidenceNotShown(1, Judge.Address, 1) }));
        Assert.That(_chain.BalanceOf(Nominator) + _chain.FeesPaidBy(Nominator), Is.EqualTo(before));
        _chain.Send(Judge, Open(1, 0)).RevertsWith(new UnknownChallenge(1));

        // Nobody else scores: without the validator's word there is no incentive, and the miners' half is recycled.
        _chain.AdvanceTo(80);
        EpochRun silent = Outcome.EventsOf<EpochRun>(_chain.StartLogs).Single();
        Assert.That((silent.Server.IsZero, silent.Recycled.IsZero), Is.EqualTo((true, false)));
        _chain.AdvanceTo(100);
        Assert.That(Outcome.EventsOf<EpochRun>(_chain.StartLogs).Single().Server.IsZero, Is.False, "for one epoch only");
    }

    [Test]
    public void Whoever_has_fewer_leaves_shows_how_many()
    {
        Challenge(leaf: 99);
        _chain.Send(Judge, Open(1, 2)).Succeeds();
    }

    [Test]
    public void A_challenge_costs_its_deposit_and_asks_for_evidence_that_is_there_and_young()
    {
        _chain.Send(Nominator, SubnetsCalls.ChallengeEvidence(9, 1, 0), Deposit).RevertsWith(new UnknownSubnet(9));
        _chain.Send(Nominator, SubnetsCalls.ChallengeEvidence(1, 3, 0), Deposit).RevertsWith(new UnknownUid(3));
        _chain.Send(Nominator, SubnetsCalls.ChallengeEvidence(1, 2, 0), Deposit).RevertsWith(new NoEvidence(1, 2));
        _chain.Send(Nominator, SubnetsCalls.ChallengeEvidence(1, 1, 0), Amount.One).RevertsWith(new WrongDeposit(Deposit, Amount.One));
        Challenge(leaf: 0);
        _chain.Send(Nominator, SubnetsCalls.ChallengeEvidence(1, 1, 1), Deposit).RevertsWith(new ChallengeOpen(1));
        _chain.Send(Judge, Open(1, 0)).Succeeds();
        ulong until = SubnetsCalls.EvidenceResult(_chain.Query(SubnetsCalls.Evidence(1, 1)).Succeeds().ReturnData).ShownAt + 20;
        _chain.AdvanceTo(until);
        _chain.Send(Nominator, SubnetsCalls.ChallengeEvidence(1, 1, 1), Deposit).RevertsWith(new EvidenceTooOld(until));
    }

    [Test]
    public void What_is_shown_is_the_leaf_that_was_asked_for_and_leads_to_the_root_and_is_signed_by_its_miner()
    {
        Challenge(leaf: 1);
        _chain.Send(Judge, Open(7, 1)).RevertsWith(new UnknownChallenge(7));
        _chain.Send(Judge, Open(1, 0)).RevertsWith(new OtherLeaf(1, 0));
        byte[] forged = [.. _leaves[1]];
        forged[194] ^= 1;
        Outcome mismatch = _chain.Send(Judge, SubnetsCalls.OpenEvidence(1, forged, 1, 3, PathOf(1)));
        Hash256 other = Keccak256.Hash(
        [
            0, 0, 0, 0, 0, 0, 0, 3,
            .. Join(Join(Keccak256.Hash([0, .. _leaves[0]]), Keccak256.Hash([0, .. forged])), Keccak256.Hash([0, .. _leaves[2]])).ToArray(),
        ]);
        mismatch.RevertsWith(new EvidenceMismatch(_root, other));
        _chain.Send(Judge, SubnetsCalls.OpenEvidence(1, _leaves[1], 1, 3, [])).RevertsWith(new EvidenceMismatch(_root, Hash256.Zero));
        _chain.Send(Judge, SubnetsCalls.OpenEvidence(1, _leaves[1], 1, 3, [.. PathOf(1), Salt]))
            .RevertsWith(new EvidenceMismatch(_root, Hash256.Zero));
    }

    [TestCase(false)]
    [TestCase(true)]
    public void A_leaf_of_another_epoch_or_without_its_miners_signature_is_no_evidence(bool isOldEpoch)
    {
        byte[] leaf = LeafOf(status: 200);
        if (isOldEpoch) leaf[8] = 1;
        else leaf[129] ^= 1;
        Hash256 root = Keccak256.Hash([0, 0, 0, 0, 0, 0, 0, 1, .. Keccak256.Hash([0, .. leaf]).ToArray()]);
        _chain.AdvanceTo(62);
        Hash256 commitment = SubnetsNetwork.Commitment(Judge.Address, 3, Pack((2, 7)), Salt, root);
        _chain.Send(Judge, SubnetsCalls.CommitWeights(1, commitment), Amount.One).Succeeds();
        _chain.AdvanceTo(80);
        _chain.Send(Judge, SubnetsCalls.RevealWeights(1, Pack((2, 7)), 0, root, Salt)).Succeeds();
        Challenge(leaf: 0);
        _chain.Send(Judge, SubnetsCalls.OpenEvidence(1, leaf, 0, 1, [])).RevertsWith(new UnsoundEvidence(1));
    }

    [Test]
    public void Shares_say_to_the_wei_what_the_epoch_paid()
    {
        _chain.AdvanceTo(80);
        EpochRun run = Outcome.EventsOf<EpochRun>(_chain.StartLogs).Single();
        ShareReport[] shares = SubnetsCalls.SharesResult(_chain.Query(SubnetsCalls.Shares(1)).Succeeds().ReturnData).ToArray();
        UInt128 shared = (run.Owner + run.Server + run.Validator + run.Recycled + run.Carried).Wei;
        UInt128 rest = shared - (shared * 11_796 / 65_535), half = rest / 2;
        using (Assert.EnterMultipleScope())
        {
            Assert.That(shares.Select(share => half * share.Incentive >> 32).Aggregate((a, b) => a + b), Is.EqualTo(run.Server.Wei));
            Assert.That(
                shares.Select(share => (rest - half) * share.Dividends >> 32).Aggregate((a, b) => a + b), Is.EqualTo(run.Validator.Wei));
            Assert.That(shares[2].Incentive, Is.EqualTo(1UL << 32), "the only miner that is scored");
        }
    }

    private Outcome Challenge(ulong leaf) =>
        _chain.Send(Nominator, SubnetsCalls.ChallengeEvidence(1, 1, leaf), Deposit).Succeeds();

    private byte[] Open(ulong challenge, int index) =>
        SubnetsCalls.OpenEvidence(challenge, _leaves[index], (ulong)index, 3, PathOf(index));

    // Three leaves: the third has no neighbour below, and moves up.
    private Hash256[] PathOf(int index)
    {
        Hash256[] nodes = [.. _leaves.Select(static leaf => Keccak256.Hash([0, .. leaf]))];
        return index == 2 ? [Join(nodes[0], nodes[1])] : [nodes[1 - index], nodes[2]];
    }

    private static Hash256 Join(Hash256 left, Hash256 right) => Keccak256.Hash([1, .. left.ToArray(), .. right.ToArray()]);

    // The bytes as the README has them, by hand; a miner signs keccak("DPC-RES1" ‖ request ‖ status ‖ body ‖ work).
    private static byte[] LeafOf(ushort status)
    {
        byte[] request = Keccak256.Hash("request"u8).ToArray(), body = Keccak256.Hash("body"u8).ToArray();
        byte[] work = Keccak256.Hash("work"u8).ToArray(), code = new byte[2];
        BinaryPrimitives.WriteUInt16BigEndian(code, status);
        Hash256 digest = Keccak256.Hash([.. "DPC-RES1"u8, .. request, .. code, .. body, .. work]);
        byte[] signature = status == 0 ? new byte[65] : Miner.Key.Sign(digest).ToArray();
        return
        [
            1, 0, 0, 0, 0, 0, 0, 0, 2, 0, 2, .. Miner.Address.ToArray(), .. request, .. code, .. body, .. work, .. signature,
            (byte)(status == 0 ? 2 : 0), 0, 1, 0, 0, .. new byte[81],
        ];
    }
}
