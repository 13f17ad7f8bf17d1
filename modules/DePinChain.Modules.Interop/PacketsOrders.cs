using DePinChain.Modules.Compute;
using DePinChain.Modules.Sdk;
using DePinChain.Primitives;
using static DePinChain.Modules.Sdk.Guard;

namespace DePinChain.Modules.Interop;

/// <content>Leases on other networks, ordered from here, and orders of other networks here.</content>
public sealed partial class PacketsModule : IOrderWatcher
{
    /// <summary>
    /// Sends coins to the caller's account on another network and orders a lease with them there. The answer comes when that market has
    /// decided: the lease's number, or a refusal with its reason, and the coins back.
    /// </summary>
    /// <param name="call">The tenant; for DPN the value is the amount.</param>
    /// <param name="lane">Over which lane.</param>
    /// <param name="asset">0 for DPN, else the number of a token.</param>
    /// <param name="amount">Base units: the deposit of the order. The fee of the match comes out of the tenant's DPN over there.</param>
    /// <param name="timeout">Unix seconds from which it is not taken any more; at most a week ahead.</param>
    /// <param name="order">
    /// Calldata of computeMarket.createDeployment over there: one group, this deposit, in the token that these coins are there.
    /// </param>
    /// <param name="expiresAt">Unix seconds from which the signature does not count.</param>
    /// <param name="signature">
    /// 65 bytes by the caller: EIP-712, domain "DePinChain Packets" of the other network, RemoteOrder(uint64 lane,address tenant,bytes32
    /// order,uint64 expiresAt) with the lane's number there and keccak of the calldata.
    /// </param>
    /// <returns>The packet's number on the lane.</returns>
    [Function, Payable]
    public ulong Order(
        Call call,
        ulong lane,
        uint asset,
        UInt128 amount,
        ulong timeout,
        [Limit(PacketsPolicy.OrderBytesMax)] byte[] order,
        ulong expiresAt,
        [Limit(65)] byte[] signature)
    {
        RequireCoins(call, asset, amount);
        LaneRecord record = Open(lane, call.Block, timeout);
        Passage passage = new(lane, record.Counterparty, Sequences[lane] + 1, call.Block);
        TransferNote note = _vault.Take(passage, asset, amount, call.Sender, call.Sender, memo: "");
        RemoteOrder remote = new(note.Encode(), order, expiresAt, signature);
        Send(passage, record, timeout, Payload.Of(PacketsPolicy.OrderPort, remote.Encode()));
        return passage.Sequence;
    }

    /// <summary>The lease that an order sent from here became; zero while it has none.</summary>
    /// <param name="lane">The lane.</param>
    /// <param name="sequence">The packet's number.</param>
    [Function]
    public Hash256 LeaseOf(ulong lane, ulong sequence) => _orders.LeaseOf(lane, sequence);

    /// <summary>The packet of another network that an order here waits to answer.</summary>
    /// <param name="order">The order's number in the compute market.</param>
    [Function]
    public PendingOrder OrderFor(Hash256 order)
    {
        PendingOrder? pending = _orders.Find(order);
        Require(pending is not null, new NotAwaited(order));
        return pending!;
    }

    /// <inheritdoc/>
    public void Decided(Hash256 order, Hash256 lease, uint reason, ulong now)
    {
        if (_orders.Answer(order, lease, reason, now, out PendingOrder pending) is { } outcome)
            Acknowledge(pending.Lane, pending.Sequence, outcome);
    }

    private void RequireCoins(Call call, uint asset, UInt128 amount)
    {
        Require(amount != UInt128.Zero, new NothingToSend());
        Require(asset == PacketsPolicy.Native || _tokens.Exists(asset), new UnknownAsset(asset));
        UInt128 value = asset == PacketsPolicy.Native ? amount : UInt128.Zero;
        Require(call.Value.Wei == value, new WrongValue(value, call.Value.Wei));
    }
}
