using DePinChain.Modules.Sdk;
using DePinChain.Primitives;

namespace DePinChain.Modules.Tests.Sdk;

public sealed class StepRunnerTests
{
    private InMemoryWorld _world = null!;
    private ModuleState _state = null!;
    private SamplesModule _module = null!;
    private Schedule<ulong> _due = null!;
    private StepRunner _runner = null!;

    [SetUp]
    public void Build()
    {
        _world = new InMemoryWorld();
        _state = new ModuleState(SamplesModule.Descriptor.Address, _world);
        Logs logs = new(_state.Module, _world);
        _module = new SamplesModule(_state, logs);
        _due = new SamplesQueue(_state).Due;
        _runner = new StepRunner(_state, logs);
        _world.Fund(Stage.Alice, Amount.One);
    }

    [Test]
    public void A_faulting_item_is_undone_and_put_aside_and_the_others_run()
    {
        for (ulong i = 1; i <= 3; i++) _due.Add(10, i);
        List<ulong> done = [];
        int taken = _runner.ForEachDue(_due, 10, 9, item =>
        {
            _module.Members.Add(item);
            _world.Transfer(Stage.Alice, Stage.Bob, Amount.FromWei(item));
            if (item == 2) throw Revert.WithReason("no");
            done.Add(item);
        });

        Assert.Multiple(() =>
        {
            Assert.That(taken, Is.EqualTo(3));
            Assert.That(done, Is.EqualTo(new ulong[] { 1, 3 }));
            Assert.That(_module.Members.Page(0, 9), Is.EqualTo(new ulong[] { 1, 3 }));
            Assert.That(_world.BalanceOf(Stage.Bob), Is.EqualTo(Amount.FromWei(4)));
            Assert.That(_world.Logs.Select(log => log.As<NativeTransfer>()?.Amount.Wei), Is.EqualTo(new UInt128?[] { 1, null, 3 }));
        });
        InMemoryLog fault = _world.Logs[1];
        Assert.That(fault.Emitter, Is.EqualTo(WellKnownAddresses.System));
        Assert.That(fault.As<ModuleFaulted>()!.Value.Key, Is.EqualTo(new byte[] { 2 }));
        Assert.That(fault.As<ModuleFaulted>()!.Value.Code, Is.EqualTo(FaultCode.Reverted));

        QuarantinedItem aside = _runner.Quarantine.Page(0, 9).Single();
        Assert.That((aside.Schedule, aside.Code, aside.Height), Is.EqualTo((_due.Location, FaultCode.Reverted, 10UL)));
        Assert.That(aside.Item, Is.EqualTo(new byte[] { 2 }));
    }

    [Test]
    public void What_was_put_aside_can_be_planned_again()
    {
        for (ulong i = 1; i <= 3; i++) _due.Add(10, i);
        _runner.ForEachDue(_due, 10, 9, _ => throw Revert.WithReason("no"));
        Assert.That(_runner.Quarantine.Count, Is.EqualTo(3));

        Schedule<Plan> other = new SamplesQueue(_state).Plans;
        Assert.That(_runner.Quarantine.Restore(0, other, 20), Is.False);
        Assert.That(_runner.Quarantine.Restore(3, _due, 20), Is.False);
        Assert.That(_runner.Quarantine.Restore(0, _due, 20), Is.True);
        Assert.That(_runner.Quarantine.Page(0, 9).Select(item => item.Item[0]), Is.EqualTo(new byte[] { 3, 2 }));
        Assert.That(_due.TakeDue(20, 9), Is.EqualTo(new ulong[] { 1 }));
    }

    // A share has 4,000 units and an item may take 2,000: the third item begins with fewer than it may take, and wants 1,500.
    [Test]
    public void An_item_that_exceeds_what_others_left_of_the_budget_waits()
    {
        for (ulong i = 1; i <= 3; i++) _due.Add(10, i);
        _world.Budget = new WorkBudget(WorkBudget.UnitsPerShare);
        List<ulong> done = [];
        int taken = _runner.ForEachDue(_due, 10, 9, item =>
        {
            _world.Charge(1_500 * WorkBudget.GasPerUnit);
            done.Add(item);
        });
        Assert.That(taken, Is.EqualTo(2));
        Assert.That(_runner.Quarantine.Count, Is.Zero);
        Assert.That(_due.Peek(10, 9), Is.EqualTo(new ulong[] { 3 }));

        _world.Budget = new WorkBudget(WorkBudget.UnitsPerShare);
        Assert.That(_runner.ForEachDue(_due, 11, 9, done.Add), Is.EqualTo(1));
        Assert.That(done, Is.EqualTo(new ulong[] { 1, 2, 3 }));
    }

    [Test]
    public void An_item_that_wants_more_than_it_may_have_is_put_aside_out_of_the_reserve()
    {
        _due.Add(10, 1);
        _due.Add(10, 2);
        _world.Budget = new WorkBudget(WorkBudget.UnitsPerShare);
        int taken = _runner.ForEachDue(_due, 10, 9, item => _world.Charge((item == 1 ? 5_000UL : 1) * WorkBudget.GasPerUnit));

        // Nothing was charged for what the first did not get; the second runs on what is left.
        Assert.That(taken, Is.EqualTo(2));
        Assert.That(_runner.Quarantine.Page(0, 9).Single().Code, Is.EqualTo(FaultCode.WorkBudgetExceeded));
        Assert.That(_due.Count, Is.Zero);
    }

    [Test]
    public void Putting_aside_still_works_when_the_budget_is_empty()
    {
        _due.Add(10, 1);
        _world.Budget = new WorkBudget(WorkBudget.UnitsPerItemMax);
        _runner.ForEachDue(_due, 10, 9, _ =>
        {
            while (true) _world.Charge(WorkBudget.GasPerUnit);
        });
        Assert.That(_runner.Quarantine.Count, Is.EqualTo(1));
        Assert.That(_world.Budget.Remaining, Is.InRange(1, WorkBudget.ReserveUnits));
    }

    [Test]
    public void A_step_whose_budget_is_gone_takes_nothing_and_blames_nobody()
    {
        _due.Add(10, 1);
        _world.Budget = new WorkBudget(1);
        Assert.That(_runner.ForEachDue(_due, 10, 9, _ => { }), Is.Zero);
        Assert.That(_due.Count, Is.EqualTo(1));
    }

    [Test]
    public void What_is_no_fault_of_the_module_stops_everything()
    {
        _due.Add(10, 1);
        Assert.That(
            () => _runner.ForEachDue(_due, 10, 9, _ => Invariant.Assert(false, "broken")), Throws.TypeOf<InvariantBrokenException>());
        Assert.That(_runner.Quarantine.Count, Is.Zero);
    }

    [Test]
    public void No_more_items_run_than_the_bound_says()
    {
        for (ulong i = 1; i <= 5; i++) _due.Add(10, i);
        Assert.That(_runner.ForEachDue(_due, 10, 2, _ => { }), Is.EqualTo(2));
        Assert.That(_due.Count, Is.EqualTo(3));
    }

    [TestCase(typeof(OverflowException), FaultCode.Overflow, "11")]
    [TestCase(typeof(DivideByZeroException), FaultCode.DivisionByZero, "12")]
    [TestCase(typeof(IndexOutOfRangeException), FaultCode.MissingElement, "32")]
    [TestCase(typeof(KeyNotFoundException), FaultCode.MissingElement, "32")]
    [TestCase(typeof(ArgumentOutOfRangeException), FaultCode.MissingElement, "32")]
    [TestCase(typeof(ArgumentException), FaultCode.Assertion, "1")]
    [TestCase(typeof(NullReferenceException), FaultCode.Assertion, "1")]
    [TestCase(typeof(InvalidOperationException), FaultCode.Assertion, "1")]
    [TestCase(typeof(OutOfMemoryException), null, null)]
    [TestCase(typeof(IOException), null, null)]
    public void Deterministic_failures_are_faults_in_a_step_and_panics_in_a_transaction(Type type, FaultCode? code, string? panic)
    {
        Exception exception = (Exception)Activator.CreateInstance(type)!;
        Assert.That(Faults.Classify(exception), Is.EqualTo(code));
        Assert.That(
            Faults.AsRevert(exception)?.ReturnData,
            panic is null ? Is.Null : Is.EqualTo((byte[])[.. Hex.Decode("4e487b71"), .. Stage.Words(panic)]));
    }

    [Test]
    public void Computation_counts_in_whole_units()
    {
        WorkBudget budget = new(2);
        budget.Charge(2_999);
        Assert.That(budget.Remaining, Is.EqualTo(2));
        budget.Charge(1);
        Assert.That(budget.Remaining, Is.EqualTo(1));
        Assert.That(() => budget.Take(2), Throws.TypeOf<WorkBudgetExceededException>());
        Assert.That(budget.Remaining, Is.EqualTo(1 + WorkBudget.ReserveUnits));
        Assert.That(() => budget.Take(66), Throws.TypeOf<WorkBudgetExceededException>());
        Assert.That(budget.Remaining, Is.EqualTo(1 + WorkBudget.ReserveUnits));
    }
}
