using DePinChain.Modules.Sdk;
using DePinChain.Primitives;

namespace DePinChain.Modules.Tests.Sdk;

public sealed class ParameterTests
{
    private static readonly SamplesParameters Valid = new(250, Amount.FromDpn(2), true, 5);

    private SamplesModule _module = null!;
    private IModuleParameters _governed = null!;

    [SetUp]
    public void Build()
    {
        InMemoryWorld world = new();
        ModuleState state = new(SamplesModule.Descriptor.Address, world);
        _module = new SamplesModule(state, new Logs(state.Module, world));
        _module.Governed.Value = Valid;
        _governed = _module;
    }

    [Test]
    public void Each_parameter_is_listed_with_its_range() => Assert.That(_governed.ListParameters(), Is.EqualTo(new[]
    {
        new ModuleParameter("feeShare", "uint16", 250, 0, 10_000, "The share that is burned, in basis points."),
        new ModuleParameter("deposit", "uint256", UInt256.Parse("2000000000000000000"), UInt256.Parse("500000000000000000"),
            UInt256.Parse("20000000000000000000"), "What an object costs."),
        new ModuleParameter("isOpen", "bool", 1, 0, 1, "Whether anybody may call."),
        new ModuleParameter(
            "supply", "uint256", 5, 1, UInt256.Parse("340282366920938463463374607431768211456"), "A number beyond 64 bits."),
    }));

    [Test]
    public void One_parameter_changes_and_the_others_stay()
    {
        _governed.SetParameter("deposit", UInt256.Parse("20000000000000000000"));
        _governed.SetParameter("isOpen", 0);
        Assert.That(_module.Governed.Value, Is.EqualTo(Valid with { Deposit = Amount.FromDpn(20), IsOpen = false }));
    }

    [Test]
    public void Values_outside_the_range_and_unknown_names_are_refused()
    {
        byte[] tooMuch = Stage.RevertOf(() => _governed.SetParameter("feeShare", 10_001));
        Assert.That(tooMuch, Is.EqualTo(new ParameterOutOfRange("feeShare", 10_001, 0, 10_000).Encode()));
        Assert.That(Stage.RevertOf(() => _governed.CheckParameter("supply", 0)), Has.Length.GreaterThan(4));
        Assert.That(Stage.RevertOf(() => _governed.SetParameter("FeeShare", 1)), Is.EqualTo(new UnknownParameter("FeeShare").Encode()));
        Assert.That(() => _governed.CheckParameter("feeShare", 10_000), Throws.Nothing);
        Assert.That(() => _module.Governed.Value = Valid with { Deposit = Amount.Zero }, Throws.TypeOf<Revert>());
        Assert.That(_module.Governed.Value, Is.EqualTo(Valid));
    }
}
