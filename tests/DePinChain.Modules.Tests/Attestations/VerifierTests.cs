using DePinChain.Modules.Attestations;
using DePinChain.Modules.Sdk;
using DePinChain.Primitives;
using static DePinChain.Modules.Tests.Attestations.AttestationsNetwork;

namespace DePinChain.Modules.Tests.Attestations;

/// <summary>Bonds and workers: who may judge, from when, and how a bond comes back.</summary>
public sealed class VerifierTests
{
    private static readonly Amount Least = Amount.FromDpn(100);

    [Test]
    public void A_bond_weighs_from_the_next_block_on_in_the_roles_of_its_worker()
    {
        AttestationsNetwork network = new();
        network.Enter(1, Least, roles: 0b0_0101);
        Assert.That(network.Module.WeightOfRole(VerifierRole.Storage), Is.EqualTo(UInt128.Zero));
        network.RunTo(2);
        Assert.That(network.Module.WeightOfRole(VerifierRole.Storage), Is.EqualTo(Least.Wei));
        Assert.That(network.Module.WeightOfRole(VerifierRole.Render), Is.EqualTo(Least.Wei));
        Assert.That(network.Module.WeightOfRole(VerifierRole.Compute), Is.EqualTo(UInt128.Zero));
        network.World.Fund(Verifier(1), Amount.One);
        network.Send(Verifier(1), AttestationsCalls.AddBond(), Amount.One);
        network.Send(Verifier(1), AttestationsCalls.DelegateWorker(Worker(2), 0b0_0010, 50));
        network.RunTo(3);
        Assert.That(network.Module.WeightOfRole(VerifierRole.Storage), Is.EqualTo(UInt128.Zero));
        Assert.That(network.Module.WeightOfRole(VerifierRole.Compute), Is.EqualTo((Least + Amount.One).Wei));
        Assert.That(network.Module.OwnerOfWorker(Worker(2)), Is.EqualTo(Verifier(1)));
        Assert.That(network.Module.OwnerOfWorker(Worker(1)), Is.EqualTo(Address.Zero), "the key before has no right any more");
    }

    [Test]
    public void A_worker_is_not_drawn_after_its_time_or_its_revocation()
    {
        AttestationsNetwork network = new AttestationsNetwork().WithVerifiers(100, 100);
        network.Send(Verifier(0), AttestationsCalls.DelegateWorker(Worker(0), 1, 10));
        network.Send(Verifier(1), AttestationsCalls.RevokeWorker());
        network.Refuses(Verifier(1), AttestationsCalls.RevokeWorker(), new NoWorker(Verifier(1)));
        network.RunTo(9);
        Assert.That(network.Module.WeightOfRole(VerifierRole.Storage), Is.EqualTo(Least.Wei));
        network.RunTo(10);
        Assert.That(network.Module.WeightOfRole(VerifierRole.Storage), Is.EqualTo(UInt128.Zero));
        Assert.That(network.EventsOf<WorkerDelegated>()[^1], Is.EqualTo(new WorkerDelegated(Verifier(1), Address.Zero, 0, 0)));
    }

    [Test]
    public void A_bond_comes_back_after_the_unbonding_time_and_an_empty_verifier_is_gone()
    {
        AttestationsNetwork network = new AttestationsNetwork().WithVerifiers(150, 100);
        network.Send(Verifier(0), AttestationsCalls.Unbond(Amount.FromDpn(51)));
        network.RunTo(3);
        Assert.That(network.Module.WeightOfRole(VerifierRole.Storage), Is.EqualTo(Least.Wei), "99 DPN are too little to be drawn");
        network.Refuses(Verifier(0), AttestationsCalls.Withdraw(), new NothingReleased(242));
        network.Send(Verifier(0), AttestationsCalls.Unbond(Amount.FromDpn(99)));
        network.RunTo(242);
        network.Send(Verifier(0), AttestationsCalls.Withdraw());
        Assert.That(network.World.BalanceOf(Verifier(0)), Is.EqualTo(Amount.FromDpn(51)));
        network.RunTo(243);
        network.Send(Verifier(0), AttestationsCalls.Withdraw());
        Assert.That(network.World.BalanceOf(Verifier(0)), Is.EqualTo(Amount.FromDpn(150)));
        Assert.That(network.EventsOf<VerifierPaid>()[^1], Is.EqualTo(new VerifierPaid(Verifier(0), Amount.FromDpn(99), Amount.Zero)));
        network.Refuses(Verifier(0), AttestationsCalls.Withdraw(), new UnknownVerifier(Verifier(0)));
        Assert.That(network.Module.GetVerifiers(0, 100), Is.EqualTo(new[] { Verifier(1) }));
        Assert.That(network.Module.GetVerifier(Verifier(1)).Slot, Is.Zero);
        Assert.That(network.Module.OwnerOfWorker(Worker(0)), Is.EqualTo(Address.Zero));
    }

    [Test]
    public void Registrations_and_delegations_are_refused_with_a_reason()
    {
        AttestationsNetwork network = new AttestationsNetwork().WithVerifiers(100);
        Refused(AttestationsCalls.RegisterVerifier(Worker(5), 1, 50), new BondTooSmall(Least, Amount.FromDpn(99)), Amount.FromDpn(99));
        Refused(AttestationsCalls.RegisterVerifier(Address.Zero, 1, 50), new InvalidWorker(Address.Zero), Least);
        Refused(AttestationsCalls.RegisterVerifier(Stranger, 1, 50), new InvalidWorker(Stranger), Least);
        Refused(AttestationsCalls.RegisterVerifier(Worker(0), 1, 50), new WorkerTaken(Worker(0), Verifier(0)), Least);
        Refused(AttestationsCalls.RegisterVerifier(Worker(5), 0, 50), new InvalidRoles(0), Least);
        Refused(AttestationsCalls.RegisterVerifier(Worker(5), 32, 50), new InvalidRoles(32), Least);
        Refused(AttestationsCalls.RegisterVerifier(Worker(5), 1, 2), new InvalidWorkerTime(2, 2_628_002), Least);
        Refused(AttestationsCalls.RegisterVerifier(Worker(5), 1, 2_628_003), new InvalidWorkerTime(2_628_003, 2_628_002), Least);
        Refused(AttestationsCalls.DelegateWorker(Worker(5), 1, 50), new UnknownVerifier(Stranger));
        Refused(AttestationsCalls.RevokeWorker(), new UnknownVerifier(Stranger));
        Refused(AttestationsCalls.AddBond(), new UnknownVerifier(Stranger), Amount.One);
        network.Refuses(Verifier(0), AttestationsCalls.AddBond(), new NothingBonded());
        network.World.Fund(Verifier(0), Least);
        network.Refuses(Verifier(0), AttestationsCalls.RegisterVerifier(Worker(5), 1, 50), new VerifierExists(Verifier(0)), Least);
        network.Refuses(Stranger, AttestationsCalls.GetVerifiers(0, 101), new VerifierPageTooLarge(100));

        void Refused<TError>(byte[] call, TError error, Amount value = default)
            where TError : struct, IError => network.Refuses(Stranger, call, error, value);
    }

    [Test]
    public void Leaving_is_refused_with_a_reason()
    {
        AttestationsNetwork network = new AttestationsNetwork().WithVerifiers(100);
        network.Refuses(Stranger, AttestationsCalls.Unbond(Amount.One), new UnknownVerifier(Stranger));
        network.Refuses(Stranger, AttestationsCalls.Withdraw(), new UnknownVerifier(Stranger));
        network.Refuses(Stranger, AttestationsCalls.Rejoin(), new UnknownVerifier(Stranger));
        network.Refuses(Verifier(0), AttestationsCalls.Unbond(Amount.Zero), new BondTooSmall(Amount.Zero, Least));
        network.Refuses(
            Verifier(0), AttestationsCalls.Unbond(Least + Amount.One), new BondTooSmall(Least + Amount.One, Least));
        network.Refuses(Verifier(0), AttestationsCalls.Withdraw(), new NothingReleased(0));
        network.Refuses(Verifier(0), AttestationsCalls.Rejoin(), new NotJailed(Verifier(0)));
        for (int i = 0; i < 8; i++) network.Send(Verifier(0), AttestationsCalls.Unbond(new Amount(1)));
        network.Refuses(Verifier(0), AttestationsCalls.Unbond(new Amount(1)), new TooManyUnbondings(8));
    }

    [Test]
    public void Genesis_refuses_times_in_which_a_bond_could_leave_before_its_fault_is_proven()
    {
        // Three committees of 2 + 10 + 5 + 2 blocks and a window of 120: 177.
        Assert.That(Faults(Rules), Is.Empty);
        Assert.That(Faults(new AttestationsGenesis()), Is.Empty);
        Assert.That(Faults(Rules with { UnbondingBlocks = 176 }), Is.EqualTo(new[] { "$.unbondingBlocks" }));
        Assert.That(Faults(Rules with { AuditBlocks = 120 }), Is.EqualTo(new[] { "$.disputeBlocks" }));
        Assert.That(Faults(Rules with { ShardBlocks = 120 }), Is.EqualTo(new[] { "$.disputeBlocks" }));
        Assert.That(Faults(Rules with { MissesMax = 0 }), Is.EqualTo(new[] { "$.missesMax" }));

        static IEnumerable<string> Faults(AttestationsGenesis genesis) => genesis.Validate("$").Select(static fault => fault.Path);
    }
}
