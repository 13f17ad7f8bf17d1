using DePinChain.Modules.Sdk;
using DePinChain.Primitives;

namespace DePinChain.Modules.Attestations;

/// <summary>Pieces of shards that were asked for on the chain, with what is paid for serving them.</summary>
[ModulePart]
internal sealed partial class Custody(ModuleState state)
{
    [Slot(40)] private partial Map<(ulong Job, uint Shard), ShardRequest> Requests { get; }
    [Slot(41)] private partial Schedule<Duty> Planned { get; }
    [Slot(42)] private partial Item<Amount> DepositsHeld { get; }

    /// <summary>Requests whose time is over.</summary>
    public Schedule<Duty> Ends => Planned;

    /// <summary>Deposits of open requests.</summary>
    public Amount Deposits => DepositsHeld.Value;

    public bool TryGet(ulong job, uint shard, out ShardRequest? request) => Requests.TryGet((job, shard), out request);

    public void Open(ulong job, uint shard, ShardRequest request)
    {
        Requests[(job, shard)] = request;
        Planned.Add(request.Until, new Duty(job, shard));
        DepositsHeld.Value += request.Deposit;
    }

    public void Close(ulong job, uint shard, ShardRequest request)
    {
        Requests.Remove((job, shard));
        DepositsHeld.Value -= request.Deposit;
    }

    /// <summary>True when a mask of receipts has a custodian's.</summary>
    public static bool HasSigned(byte[] receipts, uint custodian) =>
        custodian / 8 < (uint)receipts.Length && (receipts[custodian / 8] & (1 << (int)(custodian % 8))) != 0;
}
