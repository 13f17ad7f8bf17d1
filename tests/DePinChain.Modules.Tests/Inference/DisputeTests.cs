using DePinChain.Modules.Subnets.Inference;
using DePinChain.Primitives;
using static DePinChain.Modules.Tests.Inference.InferenceNetwork;

namespace DePinChain.Modules.Tests.Inference;

/// <summary>Two parties narrow an answer down to one element, and the chain computes it: what turns ask, what losing costs.</summary>
public sealed class DisputeTests
{
    // 3 · 6,000,000 gas · 1 gwei.
    private static readonly Amount Bond = Amount.FromWei(18_000_000_000_000_000);

    private InferenceNetwork _network = null!;
    private DisputedAnswer _answer = null!;

    [TestCase(ModelProfile.ExactF32)]
    [TestCase(ModelProfile.ExactInt8)]
    public void A_wrong_element_costs_the_miner_half_and_earns_the_challenger_half_of_that(ModelProfile profile)
    {
        Begin(profile, lie: 1);
        Amount before = _network.World.BalanceOf(Stranger);
        ToProving();
        Assert.That(_network.World.BalanceOf(Stranger), Is.EqualTo(before - Bond));
        Amount supply = _network.World.TotalSupply;
        _network.Send(Stranger, _answer.ProveCall());

        // Of 10 DPN 5 are lost; 2.5 are the challenger's, 2.5 are burned.
        Amount reward = Amount.Parse("2.5");
        Assert.That(
            _network.EventsOf<ElementComputed>(),
            Is.EqualTo(new[] { new ElementComputed(1, DisputedAnswer.Element, _answer.Right + 1, _answer.Right) }));
        Assert.That(
            _network.EventsOf<DisputeProven>(), Is.EqualTo(new[] { new DisputeProven(1, Miner, Stranger, Amount.FromDpn(5), reward) }));
        Assert.That(_network.World.BalanceOf(Stranger), Is.EqualTo(before + reward));
        Assert.That(_network.World.TotalSupply, Is.EqualTo(supply - reward));
        MinerRecord miner = _network.Standing;
        Assert.That(
            (miner.Deposit, miner.Failed, miner.Faults, miner.Open), Is.EqualTo((Amount.FromDpn(5), 1U, 1U, 0U)));
        Assert.That(_network.Subnets.IsGated(Net, Miner));
        _network.Refuses(Stranger, InferenceCalls.GetDispute(1), new UnknownDispute(1));
        _network.RunTo(_network.Height + 10);
        Assert.That(_network.EventsOf<DisputeProven>(), Has.Count.EqualTo(1), "a planned end of a dispute that is over is void");
    }

    [TestCase(ModelProfile.ExactF32)]
    [TestCase(ModelProfile.ExactInt8)]
    public void A_right_element_costs_the_challenger_its_bond(ModelProfile profile)
    {
        Begin(profile, lie: 0);
        Amount before = _network.World.BalanceOf(Stranger);
        ToProving();
        Amount supply = _network.World.TotalSupply;
        _network.Send(Stranger, _answer.ProveCall());
        Assert.That(_network.EventsOf<DisputeFailed>(), Is.EqualTo(new[] { new DisputeFailed(1, Miner, Stranger, Bond) }));
        Assert.That((_network.World.BalanceOf(Stranger), _network.World.TotalSupply), Is.EqualTo((before - Bond, supply - Bond)));
        Assert.That((_network.Standing.Deposit, _network.Standing.Open), Is.EqualTo((Deposit, 0U)));
        Assert.That(_network.Subnets.IsGated(Net, Miner), Is.False);
    }

    // A turn has 5 blocks: what is begun in block 1 is lost at the start of block 6.
    [TestCase(DisputeStage.Listing, true)]
    [TestCase(DisputeStage.Naming, false)]
    [TestCase(DisputeStage.Showing, true)]
    [TestCase(DisputeStage.Proving, false)]
    public void Whoever_lets_its_turn_pass_has_lost(DisputeStage stage, bool isMiners)
    {
        Begin(ModelProfile.ExactF32, lie: 0);
        _network.Send(Stranger, _answer.OpenCall(), Bond);
        if (stage >= DisputeStage.Naming) _network.Send(Miner, InferenceCalls.ListVectors(1, _answer.Digests));
        if (stage >= DisputeStage.Showing) _network.Send(Stranger, InferenceCalls.NameProduct(1, 0, Projection.Down));
        if (stage >= DisputeStage.Showing) _network.Send(Miner, InferenceCalls.ShowInput(1, _answer.Input)); // half of a turn is none
        if (stage >= DisputeStage.Proving) _network.Send(Miner, InferenceCalls.ShowOutput(1, _answer.Output));
        Assert.That(_network.Inference.GetDispute(1).Stage, Is.EqualTo(stage));
        _network.RunTo(5);
        Assert.That(_network.Inference.GetDispute(1).Until, Is.EqualTo(6UL));
        _network.RunTo(6);
        Assert.That(_network.EventsOf<DisputeProven>(), Has.Count.EqualTo(isMiners ? 1 : 0));
        Assert.That(_network.EventsOf<DisputeFailed>(), Has.Count.EqualTo(isMiners ? 0 : 1));
        Assert.That(_network.Standing.Deposit, Is.EqualTo(isMiners ? Amount.FromDpn(5) : Deposit));
    }

    [Test]
    public void Who_may_open_a_dispute_about_what()
    {
        Begin(ModelProfile.ExactF32, lie: 0);
        byte[] open = _answer.OpenCall();
        _network.Refuses(Stranger, _answer.OpenCall(batch: 2), new UnknownBatch(2), Bond);
        _network.Refuses(Miner, open, new OwnAnswer(), Bond);
        Amount less = Bond - new Amount(1);
        _network.Refuses(Stranger, open, new WrongValue(Bond, less), less);
        Hash256 other = Keccak256.Hash("other"u8);
        Hash256 wrongAnswer = RootWith(Keccak256.Hash([.. _answer.TraceRoot.ToArray(), .. other.ToArray()]));
        _network.Refuses(Stranger, _answer.OpenCall(rest: other), new OtherAnswer(_answer.BatchRoot, wrongAnswer), Bond);
        _network.Refuses(
            Stranger, _answer.OpenCall(index: 2), new OtherAnswer(_answer.BatchRoot, Hash256.Zero), Bond);
        Assert.That(
            Sdk.Stage.RevertOf(() => _network.Send(Stranger, _answer.OpenCall(leaf: other), Bond))[..4],
            Is.EqualTo(new OtherTrace(other, other).Encode()[..4]));
        _network.Send(Stranger, open, Bond);
        _network.Refuses(Stranger, open, new DisputeRuns(1, 1, 1), Bond);
        _network.Send(Owner, open, Bond);
        Assert.That(_network.Standing.Open, Is.EqualTo(2U), "one challenger does not keep another away");
        _network.RunTo(121);
        _network.Refuses(Stranger, open, new UnknownBatch(1), Bond);

        InferenceNetwork tolerant = new InferenceNetwork().Settled(ModelProfile.Tolerant);
        tolerant.Commit();
        tolerant.Refuses(Stranger, open, new NotExact(1), Bond);
    }

    [Test]
    public void What_was_listed_and_shown_can_be_read_until_the_dispute_is_over()
    {
        Begin(ModelProfile.ExactF32, lie: 1);
        InferenceModule module = _network.Inference;
        _network.Refuses(Stranger, InferenceCalls.ListedVectors(1), new UnknownDispute(1));
        _network.Refuses(Stranger, InferenceCalls.IsShown(1, ProductSide.Input), new UnknownDispute(1));
        _network.Send(Stranger, _answer.OpenCall(), Bond);
        Assert.That((module.DisputeOf(1, 1, Stranger), module.DisputeOf(1, 1, Owner), module.DisputeCount()), Is.EqualTo((1UL, 0UL, 1UL)));
        Assert.That(module.ListedVectors(1), Is.Empty);
        _network.Send(Miner, InferenceCalls.ListVectors(1, _answer.Digests));
        Assert.That(module.ListedVectors(1), Is.EqualTo(_answer.Digests));
        _network.Send(Stranger, InferenceCalls.NameProduct(1, 0, Projection.Down));
        _network.Send(Miner, InferenceCalls.ShowInput(1, _answer.Input));
        Assert.That((module.IsShown(1, ProductSide.Input), module.IsShown(1, ProductSide.Output)), Is.EqualTo((true, false)));
        Assert.That(module.ShownVector(1, ProductSide.Input), Is.EqualTo(_answer.Input));
        Assert.That(module.ShownVector(1, ProductSide.Output), Is.Empty);
        _network.Send(Miner, InferenceCalls.ShowOutput(1, _answer.Output));
        Assert.That(module.ShownVector(1, ProductSide.Output), Is.EqualTo(_answer.Output));
        _network.Send(Stranger, _answer.ProveCall());
        _network.Refuses(Stranger, InferenceCalls.ShownVector(1, ProductSide.Output), new UnknownDispute(1));
        Assert.That((module.DisputeOf(1, 1, Stranger), module.DisputeCount()), Is.EqualTo((0UL, 1UL)));
    }

    // The base fee of the block that holds the call may be higher than the one it was planned by.
    [Test]
    public void What_is_more_than_the_bond_comes_back()
    {
        Begin(ModelProfile.ExactF32, lie: 0);
        Amount before = _network.World.BalanceOf(Stranger);
        _network.Send(Stranger, _answer.OpenCall(), Bond * 2);
        Assert.That(_network.World.BalanceOf(Stranger), Is.EqualTo(before - Bond));
        Assert.That(_network.Inference.GetDispute(1).Bond, Is.EqualTo(Bond));
    }

    [Test]
    public void Each_turn_is_one_partys_and_shows_what_was_committed_to()
    {
        Begin(ModelProfile.ExactF32, lie: 0);
        byte[] list = InferenceCalls.ListVectors(1, _answer.Digests), name = InferenceCalls.NameProduct(1, 0, Projection.Down);
        byte[] show = InferenceCalls.ShowOutput(1, _answer.Output), prove = _answer.ProveCall();
        byte[] showInput = InferenceCalls.ShowInput(1, _answer.Input);
        _network.Refuses(Miner, list, new UnknownDispute(1));
        _network.Send(Stranger, _answer.OpenCall(), Bond);
        foreach ((Address who, byte[] call) in new[] { (Stranger, name), (Miner, showInput), (Miner, show), (Stranger, prove) })
            _network.Refuses(who, call, new OtherTurn(1, DisputeStage.Listing));
        _network.Refuses(Miner, InferenceCalls.ListVectors(1, []), new OtherVectors(1));
        _network.Refuses(Miner, InferenceCalls.ListVectors(1, _answer.Digests[..10]), new OtherVectors(1));
        _network.Refuses(Miner, InferenceCalls.ListVectors(1, [.. _answer.Digests.Reverse()]), new OtherVectors(1));
        _network.Send(Miner, list);
        _network.Refuses(Miner, list, new OtherTurn(1, DisputeStage.Naming));
        _network.Refuses(Miner, name, new NotTheChallenger(Stranger));
        _network.Send(Stranger, name);
        _network.Refuses(Miner, InferenceCalls.ShowOutput(1, _answer.Input), new OtherVector(_answer.Digests[10]));
        _network.Refuses(Miner, InferenceCalls.ShowInput(1, _answer.Output), new OtherVector(_answer.Digests[9]));
        _network.Send(Miner, show);
        _network.Refuses(Stranger, prove, new OtherTurn(1, DisputeStage.Showing));
        _network.Send(Miner, showInput);
        _network.Refuses(Miner, prove, new NotTheChallenger(Stranger));
        foreach (byte[] wrong in new[]
        {
            _answer.ProveCall(row: new byte[24]), _answer.ProveCall(row: new byte[12]), _answer.ProveCall(leafOf: 1),
            _answer.ProveCall(leafOf: 3), _answer.ProveCall(element: 4), InferenceCalls.ProveElement(1, 2, new byte[24], 9, 5, []),
            InferenceCalls.ProveElement(1, 2, new byte[24], 1, 5, []), _answer.ProveNextLayerCall(),
        })
        {
            Assert.That(
                Sdk.Stage.RevertOf(() => _network.Send(Stranger, wrong))[..4],
                Is.EqualTo(new OtherRow(Hash256.Zero, Hash256.Zero).Encode()[..4]));
        }

        _network.Send(Stranger, prove);
    }

    // What the miner lists has the model's shape, or it is wrong: else nothing of it could be computed.
    [TestCase(float.PositiveInfinity, 6, 4)]
    [TestCase(float.NaN, 6, 4)]
    [TestCase(0.5f, 5, 4)]
    [TestCase(0.5f, 0, 4)]
    [TestCase(0.5f, 6, 2)]
    [TestCase(0.5f, 6, 0)]
    public void A_vector_that_no_engine_makes_costs_the_miner_as_a_wrong_element_does(float first, int inputs, int outputs)
    {
        foreach (ModelProfile profile in new[] { ModelProfile.ExactF32, ModelProfile.ExactInt8 })
        {
            Begin(new DisputedAnswer(profile, lie: 0, first, inputs: inputs, outputs: outputs), profile);
            ToProving();
            _network.Send(Stranger, _answer.ProveCall());
            ElementComputed computed = _network.EventsOf<ElementComputed>().Single();
            Assert.That(
                (outputs == 4 || computed.Claimed == 0x7fc0_0000, outputs != 4 || computed.Right == 0x7fc0_0000), Is.EqualTo((true, true)));
            Assert.That(_network.EventsOf<DisputeProven>(), Has.Count.EqualTo(1));
            Assert.That(_network.Standing.Deposit, Is.EqualTo(Amount.FromDpn(5)));
        }
    }

    [Test]
    public void A_layer_that_the_list_leaves_out_is_proven_by_a_row_of_it()
    {
        Begin(ModelProfile.ExactF32, lie: 0);
        _network.Send(Stranger, _answer.OpenCall(), Bond);
        _network.Send(Miner, InferenceCalls.ListVectors(1, _answer.Digests));
        _network.Send(Stranger, InferenceCalls.NameProduct(1, 1, Projection.Down));
        Assert.That(_network.Inference.GetDispute(1).Stage, Is.EqualTo(DisputeStage.Proving), "there is nothing to show");
        _network.Send(Stranger, _answer.ProveNextLayerCall());
        Assert.That(
            _network.EventsOf<ElementComputed>(), Is.EqualTo(new[] { new ElementComputed(1, 0, 0x7fc0_0000, 0x7fc0_0000) }));
        Assert.That(_network.EventsOf<DisputeProven>(), Has.Count.EqualTo(1));
    }

    [Test]
    public void From_a_weight_that_is_no_number_nothing_follows()
    {
        Begin(new DisputedAnswer(ModelProfile.ExactF32, lie: 0, weight: float.NaN), ModelProfile.ExactF32);
        ToProving();
        _network.Refuses(Stranger, _answer.ProveCall(), new NotFinite());
    }

    [Test]
    public void A_miner_with_a_dispute_stays()
    {
        Begin(ModelProfile.ExactF32, lie: 0);
        _network.RunTo(119);
        _network.Send(Stranger, _answer.OpenCall(), Bond);
        _network.RunTo(122);
        _network.Refuses(Miner, InferenceCalls.Leave(Net), new MinerBusy(1, 121));
    }

    private void Begin(ModelProfile profile, uint lie) => Begin(new DisputedAnswer(profile, lie), profile);

    private void Begin(DisputedAnswer answer, ModelProfile profile)
    {
        _answer = answer;
        _network = new InferenceNetwork(new InferenceGenesis { ReceiptBlocks = 120, DisputeBlocks = 5 }).Settled(profile: null);
        ModelSpec spec = Spec(profile) with { Format = WeightFormat.Single, RowsRoot = _answer.RowsRoot };
        _network.Send(Owner, InferenceCalls.RegisterModel(spec), Deposit);
        _network.Send(Owner, InferenceCalls.ChooseModel(Net, 1));
        _network.Send(Miner, InferenceCalls.Enter(Net), Deposit);
        _network.Send(Miner, InferenceCalls.CommitReceipts(Net, _answer.BatchRoot, 2, 100));
        Assert.That(_network.Inference.DisputeBond(_network.Block), Is.EqualTo(Bond));
    }

    private void ToProving()
    {
        _network.Send(Stranger, _answer.OpenCall(), Bond);
        _network.Send(Miner, InferenceCalls.ListVectors(1, _answer.Digests));
        _network.Send(Stranger, InferenceCalls.NameProduct(1, 0, Projection.Down));
        _network.Send(Miner, InferenceCalls.ShowInput(1, _answer.Input));
        _network.Send(Miner, InferenceCalls.ShowOutput(1, _answer.Output));
    }

    // Two leaves: keccak(u64 2 ‖ keccak(1 ‖ keccak(0 ‖ first) ‖ keccak(0 ‖ second))).
    private Hash256 RootWith(Hash256 second)
    {
        Hash256 left = Keccak256.Hash([0, .. _answer.Answers[0].ToArray()]), right = Keccak256.Hash([0, .. second.ToArray()]);
        Hash256 tree = Keccak256.Hash([1, .. left.ToArray(), .. right.ToArray()]);
        return Keccak256.Hash([0, 0, 0, 0, 0, 0, 0, 2, .. tree.ToArray()]);
    }
}
