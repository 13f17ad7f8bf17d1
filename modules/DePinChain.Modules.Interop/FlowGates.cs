using DePinChain.Modules.Sdk;
using static DePinChain.Modules.Sdk.Guard;

namespace DePinChain.Modules.Interop;

/// <summary>
/// How much of an asset a lane moves in a window: what a forged or broken network could take before governance stops it.
/// </summary>
[ModulePart]
internal sealed partial class FlowGates(ModuleState state, Func<PacketsParameters> rules)
{
    [Slot(30)] private partial Map<(ulong Lane, uint Asset), FlowLimit> Limits { get; }
    [Slot(31)] private partial Map<(ulong Lane, uint Asset), FlowRecord> Flows { get; }

    /// <summary>Sets a limit; it holds from the running window on.</summary>
    public void Limit(ulong lane, uint asset, FlowLimit limit) => Limits[(lane, asset)] = limit;

    /// <summary>What holds for an asset on a lane: what governance set, else a bound on DPN that comes back and on nothing else.</summary>
    public FlowLimit LimitOf(ulong lane, uint asset) => Limits.TryGet((lane, asset), out FlowLimit limit)
        ? limit
        : new FlowLimit(asset == PacketsPolicy.Native ? rules().ReleaseMax.Wei : UInt128.MaxValue, UInt128.MaxValue);

    /// <summary>What has moved in the window of a block.</summary>
    public FlowRecord FlowOf(ulong lane, uint asset, ulong height)
    {
        ulong window = height / rules().WindowBlocks;
        FlowRecord flow = Flows.GetOr((lane, asset), default);
        return flow.Window == window ? flow : new FlowRecord(window, UInt128.Zero, UInt128.Zero);
    }

    /// <summary>Counts what comes in.</summary>
    public void CountInward(ulong lane, uint asset, UInt128 amount, ulong height)
    {
        UInt128 most = LimitOf(lane, asset).Inward;
        if (most == UInt128.MaxValue) return;
        FlowRecord flow = FlowOf(lane, asset, height);
        Require(Fits(flow.Inward, amount, most), new FlowLimited(lane, asset, most, flow.Inward, amount));
        Flows[(lane, asset)] = flow with { Inward = flow.Inward + amount };
    }

    /// <summary>Counts what goes out.</summary>
    public void CountOutward(ulong lane, uint asset, UInt128 amount, ulong height)
    {
        UInt128 most = LimitOf(lane, asset).Outward;
        if (most == UInt128.MaxValue) return;
        FlowRecord flow = FlowOf(lane, asset, height);
        Require(Fits(flow.Outward, amount, most), new FlowLimited(lane, asset, most, flow.Outward, amount));
        Flows[(lane, asset)] = flow with { Outward = flow.Outward + amount };
    }

    // A limit that was lowered within a window may lie below what has moved.
    private static bool Fits(UInt128 moved, UInt128 amount, UInt128 most) => moved <= most && amount <= most - moved;
}
