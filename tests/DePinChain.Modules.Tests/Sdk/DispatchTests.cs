using DePinChain.Modules.Sdk;
using DePinChain.Primitives;

namespace DePinChain.Modules.Tests.Sdk;

public sealed class DispatchTests
{
    private InMemoryWorld _world = null!;
    private SamplesModule _module = null!;

    [SetUp]
    public void Build()
    {
        _world = new InMemoryWorld();
        _module = new SamplesModule(
            new ModuleState(SamplesModule.Descriptor.Address, _world), new Logs(SamplesModule.Descriptor.Address, _world));
    }

    [Test]
    public void Results_are_encoded_as_the_specification_says()
    {
        // baz(69, true) returns x > 32 || y.
        Assert.That(Send(SamplesCalls.Baz(69, true)), Is.EqualTo(Stage.Words("1")));
        Assert.That(Send(SamplesCalls.Baz(3, false)), Is.EqualTo(Stage.Words("0")));
        Assert.That(SamplesCalls.BazResult(Send(SamplesCalls.Baz(69, false))), Is.True);
    }

    [Test]
    public void Every_elementary_type_survives_the_way_there_and_back()
    {
        byte[] returned = Send(SamplesCalls.Echo(
            true, 0xff, 0xfffe, 0xfffffffd, ulong.MaxValue, UInt128.MaxValue, -7, long.MinValue, UInt256.MaxValue,
            new Amount(UInt128.MaxValue),
            Stage.Alice, Stage.Mix, Phase.Paid, Rights.Read | Rights.Write));

        string f = "ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff";
        Assert.That(returned, Is.EqualTo(Stage.Words(
            "1", "ff", "fffe", "fffffffd", "ffffffffffffffff", f[..32], f[..62] + "f9", f[..48] + "8000000000000000", f, f[..32],
            "a11ce", Stage.Mix.ToString()[2..], "5", "3")));
        Assert.That(SamplesCalls.EchoResult(returned), Is.EqualTo((
            true, (byte)0xff, (ushort)0xfffe, 0xfffffffdU, ulong.MaxValue, UInt128.MaxValue, -7, long.MinValue, UInt256.MaxValue,
            new Amount(UInt128.MaxValue), Stage.Alice, Stage.Mix, Phase.Paid, Rights.Read | Rights.Write)));
    }

    [Test]
    public void Nested_records_and_arrays_survive_the_way_there_and_back()
    {
        Plan plan = new("title", [1, 2, 3], new Slice(4, Stage.Bob, 5, true, Phase.Closed), [6, 7], [new Score(8), new Score(9)]);
        IReadOnlyList<Plan> plans = SamplesCalls.RepeatResult(Send(SamplesCalls.Repeat(plan, [["a"], []])));

        Assert.That(plans, Has.Count.EqualTo(2));
        Assert.Multiple(() =>
        {
            Assert.That(plans[1].Title, Is.EqualTo("title"));
            Assert.That(plans[1].Steps, Is.EqualTo(new ulong[] { 1, 2, 3 }));
            Assert.That(plans[1].Part, Is.EqualTo(plan.Part));
            Assert.That(plans[1].Body, Is.EqualTo(new byte[] { 6, 7 }));
            Assert.That(plans[1].Scores, Is.EqualTo(plan.Scores));
        });
    }

    [Test]
    public void A_view_may_ask_for_the_block() =>
        Assert.That(
            SamplesCalls.NowResult(_module.Dispatch(Stage.CallBy(Stage.Alice, _world, Stage.BlockAt(42)), SamplesCalls.Now())),
            Is.EqualTo(42));

    [Test]
    public void Declared_gas_is_charged_before_the_function_runs()
    {
        Send(SamplesCalls.Work());
        Assert.That(_world.GasCharged, Is.EqualTo(7_000));
    }

    [Test]
    public void Overloads_are_told_apart_by_their_selectors()
    {
        Assert.That(SamplesCalls.OverloadedResult(Send(SamplesCalls.Overloaded(5))), Is.EqualTo(5));
        Assert.That(SamplesCalls.OverloadedResult2(Send(SamplesCalls.Overloaded(5, 6))), Is.EqualTo(11));
    }

    [TestCase("", "00000000")]
    [TestCase("cdcd77", "cdcd7700")]
    [TestCase("deadbeef", "deadbeef")]
    [TestCase("deadbeef0000", "deadbeef")]
    public void Unknown_selectors_are_named(string calldata, string selector)
    {
        // bytes4 stands at the left of its word.
        byte[] expected = [.. Hex.Decode("c2a825f5" + selector), .. new byte[28]];
        byte[] data = Stage.RevertOf(() => Send(Hex.Decode(calldata)));
        Assert.That(data, Is.EqualTo(expected));
        Assert.That(UnknownSelector.TryDecode(data, out UnknownSelector decoded), Is.True);
        Assert.That(decoded, Is.EqualTo(new UnknownSelector(Convert.ToUInt32(selector, 16))));
    }

    [Test]
    public void Value_is_refused_by_views_and_functions_that_take_none()
    {
        Assert.That(Stage.RevertOf(() => Send(SamplesCalls.Work(), Amount.FromWei(1))), Is.EqualTo(new NotPayable().Encode()));
        Assert.That(Stage.RevertOf(() => Send(SamplesCalls.Baz(1, true), Amount.FromWei(1))), Is.EqualTo(new NotPayable().Encode()));
        Assert.That(() => Send(SamplesCalls.Aggregate3([]), Amount.FromWei(1)), Throws.Nothing);
        Assert.That(_world.Writes, Is.Zero);
    }

    // baz(uint32,bool) with one thing wrong each.
    [TestCase("", TestName = "no arguments")]
    [TestCase("0000000000000000000000000000000000000000000000000000000000000045", TestName = "one argument short")]
    [TestCase(
        "00000000000000000000000000000000000000000000000000000000000000450000000000000000000000000000000000000000000000000000000000000001",
        true, TestName = "one byte short")]
    [TestCase(
        "00000000000000000000000000000000000000000000000000000001000000450000000000000000000000000000000000000000000000000000000000000001",
        TestName = "uint32 with a dirty bit")]
    [TestCase(
        "00000000000000000000000000000000000000000000000000000000000000450000000000000000000000000000000000000000000000000000000000000002",
        TestName = "bool that is 2")]
    public void Malformed_arguments_are_refused(string arguments, bool cut = false)
    {
        byte[] calldata = Hex.Decode("cdcd77c0" + arguments);
        byte[] data = Stage.RevertOf(() => Send(cut ? calldata[..^1] : calldata));
        Assert.That(MalformedCalldata.TryDecode(data, out MalformedCalldata decoded), Is.True);
        Assert.That(decoded.Reason, Is.Not.Empty);
    }

    [Test]
    public void An_enum_takes_its_members_only()
    {
        byte[] calldata = SamplesCalls.Echo(
            true, 0, 0, 0, 0, 0, 0, 0, default, default, default, default, (Phase)2, Rights.Read);
        AssertMalformed(calldata);
        calldata[4 + (12 * 32) + 31] = 1;
        Assert.That(() => Send(calldata), Throws.Nothing);
        calldata[4 + (13 * 32) + 31] = 4; // Rights has bits 1 and 2.
        AssertMalformed(calldata);
    }

    [Test]
    public void An_amount_beyond_128_bits_is_refused()
    {
        byte[] calldata = SamplesCalls.Echo(true, 0, 0, 0, 0, 0, 0, 0, default, Amount.One, default, default, Phase.Open, Rights.None);
        calldata[4 + (9 * 32) + 15] = 1; // bit 128
        AssertMalformed(calldata);
    }

    [Test]
    public void Lengths_are_limited_before_anything_is_allocated()
    {
        Plan plan = new(new string('a', 17), [], default, [], []);
        AssertMalformed(SamplesCalls.Repeat(plan, []));
        AssertMalformed(SamplesCalls.Repeat(plan with { Title = "", Steps = new ulong[LimitAttribute.ElementsDefault + 1] }, []));
        AssertMalformed(SamplesCalls.Repeat(plan with { Title = "" }, [[], [], [], []]));
        Plan longest = plan with { Title = new string('a', 16), Steps = new ulong[LimitAttribute.ElementsDefault] };
        Assert.That(() => Send(SamplesCalls.Repeat(longest, [[], [], []])), Throws.Nothing);

        // An array that claims 2^32 - 1 elements.
        AssertMalformed([.. Hex.Decode("82ad56cb"), .. Stage.Words("20", "ffffffff")]);
    }

    [TestCase(9UL, "old")]
    [TestCase(10UL, "new")]
    public void A_fork_replaces_a_function_at_its_height(ulong height, string expected)
    {
        ForkSchedule forks = new([KeyValuePair.Create("aurora", 10UL)]);
        byte[] returned = _module.Dispatch(Stage.CallBy(Stage.Alice, _world, Stage.BlockAt(height, forks)), SamplesCalls.Version());
        Assert.That(SamplesCalls.VersionResult(returned), Is.EqualTo(expected));
    }

    [Test]
    public void Each_facade_answers_at_its_own_account()
    {
        Address account = WellKnownAddresses.TokenFacade(7);
        IModule facade = new TokenFacade(new ModuleState(account, _world), new Logs(account, _world));
        Assert.Multiple(() =>
        {
            Assert.That(facade.Address.ToString(), Is.EqualTo("0x0000000000000000000000000000000000002007"));
            Assert.That(facade.Descriptor.Address, Is.EqualTo(account));
            Assert.That(facade.Descriptor.Abi, Is.EqualTo(TokenFacade.Descriptor.Abi));
        });
    }

    private byte[] Send(byte[] calldata, Amount value = default) =>
        _module.Dispatch(Stage.CallBy(Stage.Alice, _world, value: value), calldata);

    private void AssertMalformed(byte[] calldata) =>
        Assert.That(MalformedCalldata.TryDecode(Stage.RevertOf(() => Send(calldata)), out _), Is.True);
}
