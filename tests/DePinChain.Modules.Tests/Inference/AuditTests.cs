using DePinChain.Modules.Attestations;
using DePinChain.Modules.Subnets;
using DePinChain.Modules.Subnets.Inference;
using DePinChain.Primitives;
using static DePinChain.Modules.Tests.Inference.InferenceNetwork;

namespace DePinChain.Modules.Tests.Inference;

/// <summary>The way of a receipt: committed, drawn or asked for, judged, and what it costs whom.</summary>
public sealed class AuditTests
{
    // All of a newcomer's batches are audited: committed in block 2, drawn at the start of block 4 by the mix of block 3.
    [Test]
    public void A_newcomers_batch_is_audited_by_the_mix_of_the_next_block()
    {
        InferenceNetwork network = new InferenceNetwork().Settled().Judged();
        ulong batch = network.Commit();
        network.RunTo(3);
        Assert.That(network.EventsOf<AuditOpened>(), Is.Empty);
        network.RunTo(4);
        Hash256 word = network.Block.Randomness.At(3, "inference/audit", batch);
        byte[] bytes = word.ToArray();
        uint expected = (uint)(System.Buffers.Binary.BinaryPrimitives.ReadUInt64BigEndian(bytes.AsSpan(8)) % 4);
        Assert.That(
            network.EventsOf<AuditOpened>(), Is.EqualTo(new[] { new AuditOpened(batch, Miner, expected, 1, Address.Zero, Fee) }));
        Assert.That(network.Standing.Deposit, Is.EqualTo(Deposit - Fee), "the miner pays what the beacon draws");
        Assert.That(
            network.Inference.GetAudit(1), Is.EqualTo(new AnswerAudit(batch, expected, 1, 1, Root, 4, Address.Zero, Fee)));
    }

    [Test]
    public void An_answer_that_four_of_five_find_right_counts_for_the_miner()
    {
        InferenceNetwork network = new InferenceNetwork().Settled().Judged();
        network.Commit();
        network.RunTo(4);
        network.Decide(Verdict.Valid, Right);
        MinerRecord miner = network.Standing;
        Assert.That(
            (miner.Passed, miner.Failed, miner.Faults, miner.Open, miner.Answers), Is.EqualTo((1U, 0U, 0U, 0U, 4UL)));
        Assert.That(network.EventsOf<AuditPassed>(), Has.Count.EqualTo(1));
        Assert.That(network.Subnets.IsGated(Net, Miner), Is.False);
        Assert.That(network.Subnets.WorkOf(Net), Is.EqualTo(new WorkRecord(0, 1, 1)), "the subnet's work of this epoch");
    }

    // Half of 10 DPN less the drawn fee, rounded down, is lost; who asked has its fee back, the rest is burned.
    [Test]
    public void A_wrong_answer_costs_half_the_deposit_and_whoever_asked_has_the_fee_back()
    {
        InferenceNetwork network = new InferenceNetwork(new InferenceGenesis { NewcomerAnswers = 0, RateFloorBps = 0, ReceiptBlocks = 120 })
            .Settled().Judged();
        ulong batch = network.Commit();
        Amount before = network.World.BalanceOf(Stranger), supply = network.World.TotalSupply;
        network.Send(Stranger, InferenceCalls.RequestAudit(batch, 2), Fee * 3);
        Assert.That(network.World.BalanceOf(Stranger), Is.EqualTo(before - Fee), "what is more than the fee comes back");
        network.Decide(Verdict.Invalid, Right);
        Amount slashed = Amount.FromDpn(5);
        Assert.That(network.EventsOf<AuditFailed>(), Is.EqualTo(new[] { new AuditFailed(batch, Miner, 2, slashed) }));
        Assert.That(network.Subnets.WorkOf(Net), Is.EqualTo(new WorkRecord(0, 0, 1)));
        Assert.That(network.World.BalanceOf(Stranger), Is.EqualTo(before));
        Assert.That((network.Standing.Deposit, network.Standing.Failed, network.Standing.Faults), Is.EqualTo((slashed, 1U, 1U)));

        // Four blocks of one DPN were minted; of the fee of 0.0006 DPN the committee has 80 %, the rest is burned by Attestations.
        Amount committee = network.World.BalanceOf(network.Attestations.Address) - Amount.FromDpn(500);
        Amount minted = Amount.One * 4;
        Assert.That(network.World.TotalSupply, Is.EqualTo(supply + minted - (slashed - Fee) - (Fee - committee)));
        Assert.That(network.EventsOf<IncentiveGated>(network.Subnets), Is.EqualTo(new[] { new IncentiveGated(Net, Miner, 0) }));
    }

    [Test]
    public void An_answer_that_is_not_served_costs_a_tenth()
    {
        InferenceNetwork network = new InferenceNetwork().Settled().Judged();
        ulong batch = network.Commit();
        network.RunTo(4);
        network.Decide(Verdict.Unavailable);
        Amount expected = (Deposit - Fee).MulDiv(1, 10, Rounding.Down);
        Assert.That(network.EventsOf<AuditUnserved>().Single().Slashed, Is.EqualTo(expected));
        Assert.That((network.Standing.Unserved, network.Standing.Failed, network.Standing.Faults), Is.EqualTo((1U, 0U, 1U)));
        Assert.That(network.Subnets.IsGated(Net, Miner));
        Assert.That(network.Inference.GetBatch(batch).Count, Is.EqualTo(4U));
    }

    [Test]
    public void A_tolerant_method_takes_incentive_but_never_a_deposit()
    {
        InferenceNetwork network = new InferenceNetwork().Settled(ModelProfile.Tolerant).Judged();
        network.Commit();
        network.RunTo(4);
        network.Decide(Verdict.Invalid, Right);
        Assert.That((network.Standing.Failed, network.Standing.Deposit), Is.EqualTo((1U, Deposit - Fee)));
        Assert.That(network.Subnets.IsGated(Net, Miner));
    }

    // Three committees say nothing: nobody decided, the fee comes back, nothing else happens.
    [TestCase(false)]
    [TestCase(true)]
    public void Without_a_decision_nothing_changes_and_the_fee_comes_back(bool isAsked)
    {
        InferenceNetwork network = new InferenceNetwork(
            new InferenceGenesis { NewcomerAnswers = isAsked ? 0U : 50, RateFloorBps = 0, ReceiptBlocks = 120 }).Settled().Judged();
        ulong batch = network.Commit();
        Amount before = network.World.BalanceOf(Stranger);
        if (isAsked) network.Send(Stranger, InferenceCalls.RequestAudit(batch, 0), Fee);
        else network.RunTo(4);
        while (network.Attestations.GetLiveJobs(0, 10).Length > 0) network.RunTo(network.Height + 1);
        Assert.That(network.EventsOf<AuditUndetermined>(), Has.Count.EqualTo(1));
        Assert.That((network.Standing.Deposit, network.Standing.Open), Is.EqualTo((Deposit, 0U)));
        Assert.That(network.World.BalanceOf(Stranger), Is.EqualTo(before));
        Assert.That(network.Subnets.IsGated(Net, Miner), Is.False);
    }

    [Test]
    public void Without_verifiers_a_drawn_answer_is_not_audited_and_nobody_pays()
    {
        InferenceNetwork network = new InferenceNetwork().Settled();
        network.Commit();
        network.RunTo(4);
        Assert.That(network.EventsOf<AuditSkipped>(), Has.Count.EqualTo(1));
        Assert.That(network.Standing.Deposit, Is.EqualTo(Deposit));
    }

    // The owner's hotkey scores the miner alone, so all the miners' half is the miner's; a failed audit recycles it for one epoch.
    [Test]
    public void A_failed_audit_takes_the_incentive_of_one_epoch_and_recycles_it()
    {
        InferenceNetwork network = new InferenceNetwork(
            new InferenceGenesis { NewcomerAnswers = 0, RateFloorBps = 0, ReceiptBlocks = 120 }).Settled().Judged();

        // Stake counts, and so a permit comes, from the second epoch on.
        network.RunTo(41);
        network.Send(OwnerHotkey, network.Subnets, SubnetsCalls.SetWeights(Net, [0, 1, 255, 255], 0, Hash256.Zero));
        network.RunTo(61);
        EpochRun paid = network.EventsOf<EpochRun>(network.Subnets)[^1];
        Assert.That((paid.Server.IsZero, paid.Recycled.IsZero), Is.EqualTo((false, true)));
        ulong batch = network.Commit();
        network.Send(Stranger, InferenceCalls.RequestAudit(batch, 2), Fee);
        network.Decide(Verdict.Invalid, Right);
        network.RunTo(81);
        EpochRun gated = network.EventsOf<EpochRun>(network.Subnets)[^1];
        Assert.That((gated.Server, gated.Recycled), Is.EqualTo((Amount.Zero, paid.Server)));
        NeuronReport neuron = network.Subnets.Neurons(Net)[1];
        Assert.That((neuron.Incentive, neuron.Emission), Is.EqualTo(((ushort)0, 0UL)), "it is the first to be pruned, too");
        Assert.That(network.Subnets.Shares(Net)[1].Incentive, Is.Zero, "what an explanation multiplies");
        network.RunTo(101);
        Assert.That(network.EventsOf<EpochRun>(network.Subnets)[^1].Server, Is.EqualTo(paid.Server), "one epoch only");
    }

    // Newcomer: all. Then 2 %, doubled by each fault: 4 %, 8 % … all from the sixth on.
    [TestCase(49UL, 0U, 10_000U)]
    [TestCase(50UL, 0U, 200U)]
    [TestCase(50UL, 1U, 400U)]
    [TestCase(50UL, 3U, 1_600U)]
    [TestCase(50UL, 6U, 10_000U)]
    [TestCase(50UL, 4_000U, 10_000U)]
    public void Rates(ulong answers, uint faults, uint expected)
    {
        MinerRecord miner = new(Net, Miner, Deposit, answers, 0, 0, 0, faults, 0, 0);
        Assert.That(InferencePolicy.RateOf(miner, InferenceParameters.Mainnet), Is.EqualTo(expected));
    }

    // 10 answers at 2 %: one batch in five. In 20,000 words 4,000 expected, deviation 57: five of them either way.
    [Test]
    public void A_batch_is_drawn_as_often_as_its_answers_say()
    {
        uint chance = InferencePolicy.ChanceOf(200, 10);
        Assert.That((chance, InferencePolicy.ChanceOf(200, 4_096)), Is.EqualTo((2_000U, 10_000U)));
        int drawn = 0;
        int[] places = new int[10];
        for (int at = 0; at < 20_000; at++)
        {
            if (InferencePolicy.Drawn(Keccak256.Hash(BitConverter.GetBytes(at)), chance, 10) is not { } index) continue;
            drawn++;
            places[index]++;
        }

        Assert.That(drawn, Is.InRange(3_717, 4_283));
        Assert.That(places, Has.All.InRange(300, 500));
    }
}
