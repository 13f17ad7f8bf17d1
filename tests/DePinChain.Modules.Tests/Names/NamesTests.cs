using DePinChain.Modules.Sdk;
using DePinChain.Primitives;
using static DePinChain.Modules.Tests.Person;

namespace DePinChain.Modules.Tests.Names;

/// <summary>The example of modules/README.md on a real chain of one validator.</summary>
public sealed class NamesTests
{
    private Scenario _chain = null!;

    [SetUp]
    public void Start() => _chain = Scenario
        .With(
            NamesModule.Descriptor,
            scope => new NamesModule(
                scope.StateOf(NamesModule.Descriptor.Address), scope.LogsOf(NamesModule.Descriptor.Address), scope.Bank))
        .Funded(Alice, Amount.FromDpn(100))
        .Funded(Bob, Amount.FromDpn(2));

    [TearDown]
    public void Stop() => _chain.Dispose();

    [Test]
    public void A_free_name_is_leased_against_the_deposit()
    {
        Outcome outcome = _chain.Send(Alice, NamesCalls.Register("alice"), value: NamesPolicy.Deposit).Succeeds();

        NameRecord expected = new(Alice.Address, _chain.Height + NamesPolicy.LeaseBlocks);
        Assert.That(NamesCalls.ResolveResult(_chain.Query(NamesCalls.Resolve("alice")).Succeeds().ReturnData), Is.EqualTo(expected));
        Assert.That(
            outcome.Events<NameRegistered>(), Is.EqualTo(new[] { new NameRegistered(Alice.Address, "alice", expected.ExpiresAt) }));
        Assert.That(_chain.BalanceOf(NamesModule.Descriptor.Address), Is.EqualTo(NamesPolicy.Deposit));
    }

    [Test]
    public void Name_is_free_again_and_the_deposit_refunded_when_the_lease_ends()
    {
        _chain.Send(Alice, NamesCalls.Register("alice"), value: NamesPolicy.Deposit).Succeeds();
        _chain.AdvanceTo(NamesPolicy.LeaseBlocks);
        _chain.Query(NamesCalls.Resolve("alice")).Succeeds();

        _chain.AdvanceTo(NamesPolicy.LeaseBlocks + 1);
        _chain.Query(NamesCalls.Resolve("alice")).RevertsWith(new UnknownName("alice"));
        Assert.That(_chain.BalanceOf(Alice), Is.EqualTo(Amount.FromDpn(100) - _chain.FeesPaidBy(Alice)));
        Assert.That(Outcome.EventsOf<NameExpired>(_chain.StartLogs), Is.EqualTo(new[] { new NameExpired(Alice.Address, "alice") }));
        Assert.That(
            Outcome.EventsOf<NativeTransfer>(_chain.StartLogs),
            Is.EqualTo(new[] { new NativeTransfer(NamesModule.Descriptor.Address, Alice.Address, NamesPolicy.Deposit, Hash256.Zero) }));
        _chain.Send(Bob, NamesCalls.Register("alice"), value: NamesPolicy.Deposit).Succeeds();
    }

    [TestCase("")]
    [TestCase("Alice")]
    [TestCase("al ice")]
    [TestCase("alicé")]
    [TestCase("a23456789012345678901234567890123")]
    public void A_name_outside_the_rules_is_refused(string name) =>
        _chain.Send(Alice, NamesCalls.Register(name), value: NamesPolicy.Deposit).RevertsWith(new InvalidName(name));

    [Test]
    public void The_longest_name_is_accepted() =>
        _chain.Send(Alice, NamesCalls.Register("a2345678901234567890123456789-12"), value: NamesPolicy.Deposit).Succeeds();

    [Test]
    public void A_leased_name_is_refused_and_the_value_stays_with_its_owner()
    {
        _chain.Send(Alice, NamesCalls.Register("alice"), value: NamesPolicy.Deposit).Succeeds();
        _chain.Send(Bob, NamesCalls.Register("alice"), value: NamesPolicy.Deposit).RevertsWith(new NameTaken("alice"));
        Assert.That(_chain.BalanceOf(Bob), Is.EqualTo(Amount.FromDpn(2) - _chain.FeesPaidBy(Bob)));
    }

    [Test]
    public void A_wrong_deposit_is_refused()
    {
        Amount short1 = NamesPolicy.Deposit - Amount.FromWei(1);
        Amount over1 = NamesPolicy.Deposit + Amount.FromWei(1);
        _chain.Send(Alice, NamesCalls.Register("alice"), value: short1).RevertsWith(new WrongDeposit(NamesPolicy.Deposit, short1));
        _chain.Send(Alice, NamesCalls.Register("alice"), value: over1).RevertsWith(new WrongDeposit(NamesPolicy.Deposit, over1));
    }

    [Test]
    public void An_unknown_name_resolves_to_nobody() =>
        _chain.Query(NamesCalls.Resolve("alice")).RevertsWith(new UnknownName("alice"));

    [Test]
    public void A_query_takes_no_value() =>
        _chain.Query(NamesCalls.Resolve("alice"), value: Amount.FromWei(1), from: Alice).RevertsWith(new NotPayable());

    [Test]
    public void No_more_leases_end_in_a_block_than_the_bound_says()
    {
        InMemoryWorld world = new();
        ModuleState state = new(NamesModule.Descriptor.Address, world);
        NamesModule names = new(state, new Logs(state.Module, world), world);
        BlockContext first = Sdk.Stage.BlockAt(1);
        for (int i = 0; i <= NamesPolicy.ExpirationsPerBlockMax; i++)
        {
            world.Fund(state.Module, NamesPolicy.Deposit);
            names.Dispatch(Sdk.Stage.CallBy(Alice.Address, world, first, NamesPolicy.Deposit), NamesCalls.Register($"name-{i}"));
        }

        names.BeginBlock(Sdk.Stage.BlockAt(1 + NamesPolicy.LeaseBlocks));
        Assert.That(world.Logs.Count(log => log.As<NameExpired>() is not null), Is.EqualTo(NamesPolicy.ExpirationsPerBlockMax));
        Assert.That(names.Violations(), Is.Empty);
        names.BeginBlock(Sdk.Stage.BlockAt(2 + NamesPolicy.LeaseBlocks));
        Assert.That(world.Logs.Count(log => log.As<NameExpired>() is not null), Is.EqualTo(NamesPolicy.ExpirationsPerBlockMax + 1));
        Assert.That(world.RecordCount, Is.Zero);
    }

    [Test]
    public void A_missing_deposit_violates_the_invariant()
    {
        Assert.That(NamesInvariants.Of(NamesPolicy.Deposit * 2UL, 2), Is.Empty);
        Assert.That(NamesInvariants.Of(NamesPolicy.Deposit, 2), Is.EqualTo(new[] { "names: 2 live names, but 1 DPN instead of 2 DPN" }));
    }

    [Test]
    public void The_selector_is_that_of_the_signature() =>
        Assert.That(Hex.Encode(NamesCalls.Register("").AsSpan(0, 4)), Is.EqualTo("0xf2c298be"));
}
