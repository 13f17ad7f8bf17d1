using DePinChain.Modules.Subnets;
using DePinChain.Modules.Subnets.Inference;
using DePinChain.Primitives;
using static DePinChain.Modules.Tests.Inference.InferenceNetwork;

namespace DePinChain.Modules.Tests.Inference;

/// <summary>Each refusal of Inference, with its reason.</summary>
public sealed class InferenceRefusalTests
{
    [Test]
    public void Models()
    {
        InferenceNetwork network = new();
        ModelSpec good = Spec();
        foreach (ModelSpec bad in new[]
        {
            good with { Profile = ModelProfile.None }, good with { Format = WeightFormat.None }, good with { WeightsRoot = default },
            good with { RowsRoot = default }, good with { ConfigHash = default }, good with { TokenizerHash = default },
            good with { WeightsBytes = 0 },
        })
            network.Refuses(Owner, InferenceCalls.RegisterModel(bad), new InvalidModel(), Deposit);

        // An exact model has nothing to tolerate, and a tolerant one not more than forged proofs would pass.
        Thresholds sound = Tolerances;
        network.Refuses(Owner, InferenceCalls.RegisterModel(good with { Thresholds = sound }), new InvalidThresholds(), Deposit);
        ModelSpec tolerant = Spec(ModelProfile.Tolerant);
        foreach (Thresholds loose in new[]
        {
            default, sound with { Exponents = 65 }, sound with { MeanQ16 = (40 << 16) + 1 }, sound with { Median = 33 },
            sound with { TieMarginQ16 = (4 << 16) + 1 }, sound with { ExactPermille = 499 }, sound with { ExactPermille = 1_001 },
            sound with { MeanMarginQ16 = (1 << 16) + 1 },
        })
            network.Refuses(Owner, InferenceCalls.RegisterModel(tolerant with { Thresholds = loose }), new InvalidThresholds(), Deposit);
        network.Refuses(Owner, InferenceCalls.RegisterModel(good), new WrongValue(Deposit, Amount.One), Amount.One);
        network.Send(Owner, InferenceCalls.RegisterModel(good), Deposit);
        network.Refuses(Stranger, InferenceCalls.RegisterModel(good with { Uri = "elsewhere" }), new ModelExists(1), Deposit);
        network.Refuses(Stranger, InferenceCalls.RetireModel(1), new NotModelOwner(Owner, Stranger));
        network.Refuses(Owner, InferenceCalls.RetireModel(2), new UnknownModel(2));
        network.Refuses(Owner, InferenceCalls.WithdrawModel(1), new ModelInUse(1, 0));
        network.Refuses(Stranger, InferenceCalls.WithdrawModel(1), new NotModelOwner(Owner, Stranger));
        network.Send(Owner, InferenceCalls.RetireModel(1));
        network.Refuses(Owner, InferenceCalls.RetireModel(1), new ModelIsRetired(1));
        network.Send(Owner, InferenceCalls.WithdrawModel(1));
        network.Refuses(Owner, InferenceCalls.WithdrawModel(1), new NoModelDeposit(1));
        network.Refuses(Owner, InferenceCalls.ChooseModel(9, 1), new UnknownSubnet(9));
        network.Settled(profile: null);
        network.Refuses(Stranger, InferenceCalls.ChooseModel(Net, 1), new NotOwnerOfSubnet(Owner, Stranger));
        network.Refuses(Owner, InferenceCalls.ChooseModel(Net, 1), new ModelIsRetired(1));
        network.Send(Owner, InferenceCalls.RegisterModel(Spec(ModelProfile.ExactF32)), Deposit);
        network.Send(Owner, InferenceCalls.ChooseModel(Net, 2));
        network.Refuses(Owner, InferenceCalls.ChooseModel(Net, 2), new SameModel(2));
        network.Send(Owner, InferenceCalls.RetireModel(2));
        network.Refuses(Owner, InferenceCalls.WithdrawModel(2), new ModelInUse(2, 1));

        // A dissolved subnet's model is anybody's to release, once.
        network.Refuses(Stranger, InferenceCalls.ReleaseModel(Net), new SubnetLives(Net));
        network.Send(Owner, network.Subnets, SubnetsCalls.DissolveSubnet(Net));
        network.Send(Stranger, InferenceCalls.ReleaseModel(Net));
        network.Refuses(Stranger, InferenceCalls.ReleaseModel(Net), new NoModel(Net));
        Assert.That(network.EventsOf<ModelReleased>(), Is.EqualTo(new[] { new ModelReleased(Net, 2) }));
        network.Send(Owner, InferenceCalls.WithdrawModel(2));
    }

    [Test]
    public void Miners()
    {
        InferenceNetwork network = new InferenceNetwork().Settled(profile: null);
        Amount less = Deposit - new Amount(1);
        network.Refuses(Stranger, InferenceCalls.Enter(Net), new NoPlace(Net, Stranger), Deposit);
        network.Refuses(Miner, InferenceCalls.Enter(Net), new DepositTooSmall(Deposit, less), less);
        network.Refuses(Miner, InferenceCalls.Leave(Net), new NotEntered(Net, Miner));
        network.Refuses(Miner, InferenceCalls.GetMiner(Net, Miner), new NotEntered(Net, Miner));
        network.Refuses(Miner, InferenceCalls.MinerAt(1), new UnknownMiner(1));
        network.Refuses(Miner, InferenceCalls.GetMiners(0, 101), new MinerPageTooLarge(100));
        byte[] commit = InferenceCalls.CommitReceipts(Net, Root, 4, 100);
        network.Refuses(Miner, commit, new NotEntered(Net, Miner));
        network.Send(Miner, InferenceCalls.Enter(Net), Deposit);
        network.Refuses(Miner, commit, new NoModel(Net));
        network.Send(Owner, InferenceCalls.RegisterModel(Spec()), Deposit);
        network.Send(Owner, InferenceCalls.ChooseModel(Net, 1));
        network.Refuses(Miner, InferenceCalls.CommitReceipts(Net, Hash256.Zero, 4, 100), new InvalidBatch(4, 100));
        network.Refuses(Miner, InferenceCalls.CommitReceipts(Net, Root, 0, 100), new InvalidBatch(0, 100));
        network.Refuses(Miner, InferenceCalls.CommitReceipts(Net, Root, 4_097, 9_999), new InvalidBatch(4_097, 9_999));
        network.Refuses(Miner, InferenceCalls.CommitReceipts(Net, Root, 4, 3), new InvalidBatch(4, 3));

        // Its answers can be audited until block 121.
        network.Send(Miner, commit);
        network.Refuses(Miner, InferenceCalls.Leave(Net), new MinerBusy(0, 121));
        network.RunTo(120);
        network.Refuses(Miner, InferenceCalls.Leave(Net), new MinerBusy(0, 121));
        network.RunTo(121);
        Amount before = network.World.BalanceOf(Miner);
        network.Send(Miner, InferenceCalls.Leave(Net));
        Assert.That(network.World.BalanceOf(Miner), Is.EqualTo(before + Deposit));
        Assert.That(network.EventsOf<MinerLeft>(), Is.EqualTo(new[] { new MinerLeft(Net, Miner, Deposit) }));
        network.Refuses(Miner, commit, new NotEntered(Net, Miner));
    }

    [Test]
    public void Audits()
    {
        InferenceNetwork network = new InferenceNetwork().Settled();
        network.Refuses(Stranger, InferenceCalls.RequestAudit(1, 0), new UnknownBatch(1), Fee);
        network.Refuses(Stranger, InferenceCalls.GetBatch(1), new UnknownBatch(1));
        network.Refuses(Stranger, InferenceCalls.GetAudit(1), new UnknownAudit(1));
        ulong batch = network.Commit();
        network.Refuses(Stranger, InferenceCalls.RequestAudit(batch, 0), new NoVerifiers(), Fee);
        network.Judged();
        network.Refuses(Stranger, InferenceCalls.RequestAudit(batch, 4), new UnknownAnswer(batch, 4, 4), Fee);
        network.Refuses(Stranger, InferenceCalls.RequestAudit(batch, 3), new WrongValue(Fee, Amount.Zero));
        network.Send(Stranger, InferenceCalls.RequestAudit(batch, 3), Fee);
        network.Refuses(Stranger, InferenceCalls.RequestAudit(batch, 3), new AuditRuns(batch, 3, 1), Fee);
        network.RunTo(121);
        network.Refuses(Stranger, InferenceCalls.RequestAudit(batch, 2), new UnknownBatch(batch), Fee);
    }

    [Test]
    public void A_miner_that_lost_its_place_or_a_part_of_its_deposit_commits_to_nothing()
    {
        InferenceNetwork network = new InferenceNetwork().Settled().Judged();
        ulong batch = network.Commit();
        network.Send(Stranger, InferenceCalls.RequestAudit(batch, 0), Fee);
        network.Decide(Modules.Attestations.Verdict.Invalid, Right);
        Amount left = network.Standing.Deposit;
        byte[] commit = InferenceCalls.CommitReceipts(Net, Root, 4, 100);
        network.Refuses(Miner, commit, new DepositTooSmall(Deposit, left));
        Address next = Address.FromLow(0x777);
        network.Send(Coldkey, network.Subnets, SubnetsCalls.SwapHotkey(Miner, next), SubnetsPolicy.SwapPrice);
        network.Refuses(Miner, commit, new NoPlace(Net, Miner));
        Assert.That(network.Subnets.IsGated(Net, next), "the gate follows the new hotkey");
    }
}
