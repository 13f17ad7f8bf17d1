using System.Globalization;
using DePinChain.Modules.Sdk;
using DePinChain.Primitives;
using DePinChain.Unit.Tests.Blocks;

namespace DePinChain.Unit.Tests.Execution;

/// <summary>The same input gives the same root: in another culture, in another process, on another thread count.</summary>
public sealed class ReplayTests
{
    // Recorded once from a run of this story. Hash tables seed themselves anew in every process, so a root that hung on their order
    // would not stand here twice. It changes only when the rules of execution do.
    private const string RecordedHash = "0x839eceb299fb3ebbdd0389df1ba628907f53b18cff52fab3dbab80051226cec1";

    [Test]
    public void A_story_ends_in_the_recorded_block() => Assert.That(Story().ToString(), Is.EqualTo(RecordedHash));

    [Test]
    public void A_culture_with_strange_signs_changes_nothing()
    {
        CultureInfo before = CultureInfo.CurrentCulture;
        var strange = (CultureInfo)CultureInfo.InvariantCulture.Clone();
        strange.NumberFormat.NegativeSign = "minus";
        strange.NumberFormat.NumberDecimalSeparator = ",";
        strange.NumberFormat.NumberGroupSeparator = ".";
        try
        {
            CultureInfo.CurrentCulture = strange;
            Assert.That(Story().ToString(), Is.EqualTo(RecordedHash));
        }
        finally
        {
            CultureInfo.CurrentCulture = before;
        }
    }

    private static Hash256 Story()
    {
        using var chain = TestChain.Start(
            (probe, block) =>
            {
                for (ulong i = 0; i < 20; i++) probe.State.Write(ProbeModule.Location(i * 7919 % 101), [(byte)(block.Number + i + 1)]);
                probe.Scope.LogsOf(probe.Address).Emit(default(NativeTransfer));
                probe.Scope.Issuer.Mint(probe.Address, Amount.FromDpn(1));
            },
            (_, block) =>
            {
                if (block.Number % 2 == 0) throw new OverflowException();
            });
        for (ulong height = 1; height <= 5; height++)
        {
            chain.Produce(Enumerable.Range(1, 9).Select(i => TestChain.Sign(
                Keys.Number(i),
                height - 1,
                i % 3 == 0 ? ProbeModule.First : Address.FromLow((ulong)(0x9000 + i)),
                f => f with { Data = i % 3 == 0 ? ProbeModule.Calls(Probe.Write, (ulong)i, height * 40, 3) : [], GasLimit = 500_000 })));
        }
        return chain.Head.Hash;
    }
}
