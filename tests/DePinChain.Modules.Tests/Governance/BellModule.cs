using DePinChain.Modules.Sdk;
using DePinChain.Primitives;
using static DePinChain.Modules.Sdk.Guard;

namespace DePinChain.Modules.Tests.Governance;

/// <summary>A bell that governance alone may ring, and anybody may look at.</summary>
[Module("bell", "0x000000000000000000000000000000000000d00b")]
internal sealed partial class BellModule(ModuleState state) : IModule, IGoverned
{
    [Slot(0)] private partial Item<ulong> Rung { get; }

    /// <summary>Rings.</summary>
    /// <param name="call">Governance.</param>
    /// <param name="times">How often; a bell breaks at 13.</param>
    [Function]
    public void Ring(Call call, ulong times)
    {
        Require(call.Sender == WellKnownAddresses.Governance, new NotForYou(call.Sender));
        Require(times < 13, "it would break");
        Rung.Value += times;
    }

    /// <summary>Paints it: everybody may.</summary>
    /// <param name="call">Anybody.</param>
    [Function]
    public void Paint(Call call) => Rung.Value = 0;

    /// <summary>How often it rang.</summary>
    [Function]
    public ulong Count() => Rung.Value;

    /// <inheritdoc/>
    public bool TakesOrder(uint selector) => selector == Calldata.SelectorOf(BellCalls.Ring(0));
}

/// <summary>Only governance rings.</summary>
[Error(typeof(BellModule))] internal readonly partial record struct NotForYou(Address Caller);
