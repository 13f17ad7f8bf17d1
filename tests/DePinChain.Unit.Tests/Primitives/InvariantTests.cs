using DePinChain.Primitives;

namespace DePinChain.Unit.Tests.Primitives;

public sealed class InvariantTests
{
    [Test]
    public void A_broken_invariant_stops_with_its_sentence()
    {
        Invariant.Assert(true, "holds");
        Assert.That(
            () => Invariant.Assert(false, "The sum is zero."),
            Throws.TypeOf<InvariantBrokenException>().With.Message.EqualTo("The sum is zero."));
    }
}
