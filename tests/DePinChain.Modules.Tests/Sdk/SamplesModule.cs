using DePinChain.Modules.Sdk;
using DePinChain.Primitives;

namespace DePinChain.Modules.Tests.Sdk;

/// <summary>A module with every shape of function and slot.</summary>
/// <remarks>For tests only.</remarks>
[Module("samples", "0x0000000000000000000000000000000000005a01", Parts = [typeof(SamplesQueue)])]
public sealed partial class SamplesModule(ModuleState state, Logs logs) : IModule
{
    [Slot(0)] public partial Map<Address, Amount> Balances { get; }
    [Slot(1)] public partial Map<(Address, Address), UInt256> Allowances { get; }
    [Slot(2)] public partial CountedMap<string, Slice> Slices { get; }
    [Slot(3)] public partial Item<Plan> Plan { get; }
    [Slot(4)] public partial Set<ulong> Members { get; }
    [Slot(5)] public partial SetMap<Phase, Hash256> ByPhase { get; }
    [Slot(6)] public partial Sequence Ids { get; }
    [Slot(7)] public partial BlobMap<ulong, byte[]> Bodies { get; }
    [Slot(8)] public partial BlobMap<Hash256, Plan> Plans { get; }
    [Slot(9)] public partial Parameters<SamplesParameters> Governed { get; }
    [Slot(10)] public partial Map<(Address, ulong, byte), Score> Scores { get; }
    [Slot(11)] public partial Map<uint, Packed> Words { get; }
    [Slot(12)] public partial Map<UInt256, Unpacked> Longer { get; }
    [Slot(13)] public partial Item<Phase> Phase { get; }

    /// <summary>The example of Solidity's ABI specification.</summary>
    [Function]
    public bool Baz(uint x, bool y) => x > 32 || y;

    /// <summary>The second example of Solidity's ABI specification.</summary>
    [Function]
    public ulong Sam(Call call, byte[] name, bool last, UInt256[] values)
    {
        logs.Emit(new Sampled("sam", call.Sender, values.Length, name));
        return (ulong)values.Length + (last ? 1UL : 0UL);
    }

    /// <summary>Multicall3's shape: an array of dynamic tuples.</summary>
    /// <returns>How many bytes of calldata there were.</returns>
    [Function, Payable]
    public ulong Aggregate3(Call call, Call3[] calls) => calls.Aggregate(0UL, (sum, inner) => sum + (ulong)inner.CallData.Length);

    /// <summary>Every elementary type there and back.</summary>
    [Function]
    public (
        bool Flag, byte A, ushort B, uint C, ulong D, UInt128 E, int F, long G,
        UInt256 H, Amount I, Address J, Hash256 K, Phase L, Rights M) Echo(
        bool flag, byte a, ushort b, uint c, ulong d, UInt128 e, int f, long g,
        UInt256 h, Amount i, Address j, Hash256 k, Phase l, Rights m) =>
        (flag, a, b, c, d, e, f, g, h, i, j, k, l, m);

    /// <summary>A record with everything dynamic there and back, in a list.</summary>
    [Function]
    public IReadOnlyList<Plan> Repeat(Plan plan, [Limit(3)] IReadOnlyList<string[]> words) => [.. words.Select(_ => plan)];

    /// <summary>The block's number.</summary>
    [Function]
    public ulong Now(BlockContext block) => block.Number;

    /// <summary>Costs gas and takes nothing.</summary>
    [Function(Gas = 7_000)]
    public void Work(Call call) => Ids.Next();

    /// <summary>Until the fork.</summary>
    [Function(Until = "aurora")]
    public string Version() => "old";

    /// <summary>Since the fork.</summary>
    [Function(Name = "version", Since = "aurora")]
    public string VersionAfterAurora() => "new";

    /// <summary>Takes one.</summary>
    [Function]
    public ulong Overloaded(ulong one) => one;

    /// <summary>Takes two.</summary>
    [Function]
    public ulong Overloaded(ulong one, ulong two) => one + two;
}

/// <summary>A part that holds slots of its own.</summary>
[ModulePart]
public sealed partial class SamplesQueue(ModuleState state)
{
    [Slot(20)] public partial Schedule<ulong> Due { get; }
    [Slot(21)] public partial Schedule<Plan> Plans { get; }
}

/// <summary>Something was sampled.</summary>
/// <param name="Label">Hashed among the topics.</param>
/// <param name="Count">Signed.</param>
[Event]
public readonly partial record struct Sampled([Indexed] string Label, [Indexed] Address Who, [Indexed] int Count, byte[] Body);

/// <summary>A plan was made.</summary>
[Event]
public readonly partial record struct Planned(Phase Phase, Plan Plan, [Indexed] bool IsFinal);

/// <summary>A plan was refused.</summary>
[Error]
public readonly partial record struct PlanRefused(Plan Plan, Phase Phase);
