using DePinChain.Modules.Compute;
using DePinChain.Modules.Sdk;
using DePinChain.Primitives;
using static DePinChain.Modules.Sdk.Guard;

namespace DePinChain.Modules.Interop;

/// <summary>
/// Orders for leases out of other networks: opened with the coins that came along, answered when the market has decided. Where nobody
/// serves an order, the coins go back the way they came.
/// </summary>
[ModulePart]
internal sealed partial class RemoteOrders(
    ModuleState state, Logs logs, IBank bank, ICryptography cryptography, IMeter meter, TransferVault vault, ComputeMarketModule market)
    : IPort
{
    // Words of createDeployment's head: dseq, manifest, groups, mode, biddingBlocks, reclaimMin, token, deposit.
    private const int HeadBytes = sizeof(uint) + (8 * Hash256.Size);
    private const int DseqWord = 0, GroupsWord = 2, TokenWord = 6, DepositWord = 7;

    // First four bytes of keccak256 of its signature: createDeployment(uint64,bytes32,tuple[],uint8,uint32,uint32,uint32,uint128).
    private static readonly uint Selector = Calldata.SelectorOf(
        ComputeMarketCalls.CreateDeployment(0, default, [], AuctionMode.AutoLowest, 0, 0, 0, UInt128.Zero));

    private readonly StepRunner _runner = new(state, logs);

    [Slot(40)] private partial Map<Hash256, PendingOrder> Pending { get; }
    [Slot(41)] private partial Map<(ulong Lane, ulong Sequence), Hash256> Leases { get; }

    /// <inheritdoc/>
    public string Name => PacketsPolicy.OrderPort;

    /// <summary>The lease that an order sent from here became; zero while it has none.</summary>
    public Hash256 LeaseOf(ulong lane, ulong sequence) => Leases.GetOr((lane, sequence), Hash256.Zero);

    /// <summary>The packet that an order here waits to answer.</summary>
    public PendingOrder? Find(Hash256 order) => Pending.TryGet(order, out PendingOrder? pending) ? pending : null;

    /// <inheritdoc/>
    public byte[]? Receive(in Passage passage, byte[] body)
    {
        bool isRead = RemoteOrder.TryDecode(body, out RemoteOrder? remote, out string? why);
        Require(isRead, new InvalidMessage(why ?? string.Empty));
        (uint asset, TransferNote note) = vault.Arrive(passage, remote!.Note);
        Address tenant = note.Receiver;
        Require(passage.Block.Timestamp < remote.ExpiresAt, new OrderExpired(remote.ExpiresAt, passage.Block.Timestamp));
        byte[] order = remote.Order;
        Hash256 digest = PacketsPolicy.OrderDigestOf(
            passage.Block.ChainId, passage.Lane, tenant, cryptography.Keccak(order), remote.ExpiresAt);
        bool isSigned = cryptography.TryRecover(digest, remote.Signature, out Address signer) && signer == tenant;
        Require(isSigned, new NotSignedByTenant(tenant));
        Require(order.Length >= HeadBytes && Calldata.SelectorOf(order) == Selector, new NotAnOrder());
        UInt256 groups = GroupsOf(order);
        Require(groups == UInt256.One, new OneGroupOnly(groups));
        (UInt256 token, UInt256 deposit) = (WordOf(order, TokenWord), WordOf(order, DepositWord));
        Require(token == asset && deposit == note.Amount, new OrderMismatch(asset, note.Amount, token, deposit));

        // The tenant's own account orders, with the coins that have just come and the fee out of its purse.
        Amount value = asset == PacketsPolicy.Native ? new Amount(note.Amount) + market.MatchFee : market.MatchFee;
        bank.Transfer(tenant, market.Address, value);
        market.Dispatch(
            new Call { Sender = tenant, Origin = tenant, Value = value, Block = passage.Block, Meter = meter }, order);
        ulong dseq = (ulong)WordOf(order, DseqWord); // as the market has read it
        Hash256 key = ComputeMarketPolicy.OrderKey(new OrderId(tenant, dseq, Gseq: 1, Oseq: 1));
        Pending[key] = new PendingOrder(
            passage.Lane, passage.Counterparty, passage.Sequence, asset, note.Amount, tenant, dseq);
        logs.Emit(new RemoteOrderOpened(passage.Lane, passage.Sequence, tenant, dseq, key));
        return null;
    }

    /// <summary>What to answer when the market has decided; null for an order that nobody waits for.</summary>
    public Acknowledgement? Answer(Hash256 order, Hash256 lease, uint reason, ulong now, out PendingOrder pending)
    {
        bool isAwaited = Pending.TryGet(order, out PendingOrder? found);
        pending = found!;
        if (!isAwaited) return null;
        Pending.Remove(order);
        PendingOrder one = pending;
        bool isUnserved = reason is CloseReason.NoBids or CloseReason.NoEligibleBid
            && _runner.Attempt(() => TakeBack(one, now), out _) is null;
        logs.Emit(new RemoteOrderDecided(one.Lane, one.Sequence, one.Tenant, lease, reason));
        return isUnserved
            ? Acknowledgement.Failure(new NobodyServes(reason).Encode())
            : new Acknowledgement(true, [lease.ToArray()]);
    }

    /// <inheritdoc/>
    public void Complete(in Passage passage, byte[] body, byte[] result)
    {
        Require(result.Length == Hash256.Size, new InvalidAcknowledgement("a lease has 32 bytes"));
        Hash256 lease = new(result);
        if (!lease.IsZero) Leases[(passage.Lane, passage.Sequence)] = lease;
        logs.Emit(new RemoteLeaseReported(passage.Lane, passage.Sequence, lease));
    }

    /// <inheritdoc/>
    public void Undo(in Passage passage, byte[] body)
    {
        bool isRead = RemoteOrder.TryDecode(body, out RemoteOrder? remote, out _);
        Invariant.Assert(isRead, "what was sent from here could be read");
        vault.Undo(passage, remote!.Note);
    }

    private static UInt256 WordOf(byte[] order, int word) =>
        UInt256.FromBigEndian(order.AsSpan(sizeof(uint) + (word * Hash256.Size), Hash256.Size));

    // How many groups the list behind the head has, before the market reads it strictly.
    private static UInt256 GroupsOf(byte[] order)
    {
        UInt256 offset = WordOf(order, GroupsWord);
        int last = order.Length - sizeof(uint) - Hash256.Size;
        return offset <= (ulong)last
            ? UInt256.FromBigEndian(order.AsSpan(sizeof(uint) + (int)(ulong)offset, Hash256.Size))
            : UInt256.Zero;
    }

    // Nothing was paid out of the deposit, since it never had a lease: all of it comes back to the tenant, and leaves again.
    private void TakeBack(PendingOrder one, ulong now)
    {
        market.EndDeployment(one.Tenant, one.Dseq, now);
        vault.TakeBack(one.Lane, one.Sequence, one.Asset, one.Amount, one.Tenant);
    }
}
