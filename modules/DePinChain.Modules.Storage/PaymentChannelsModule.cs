using DePinChain.Modules.Economy;
using DePinChain.Modules.Sdk;
using DePinChain.Primitives;
using static DePinChain.Modules.Sdk.Guard;

namespace DePinChain.Modules.Storage;

/// <summary>
/// Payments chunk by chunk for retrieval: the payer puts funds aside, signs vouchers off the chain, and the payee redeems the last one of
/// each lane. A voucher's amount is the lane's whole sum, so a lost or late one costs nobody anything.
/// </summary>
/// <remarks>Filecoin's payment channel actor; amounts never fall here, and a redeemed voucher is paid at once.</remarks>
[Module("paymentChannels", "0x0000000000000000000000000000000000001103")]
public sealed partial class PaymentChannelsModule(
    ModuleState state, Logs logs, IBank bank, ICryptography cryptography, ITokens tokens, ITreasury treasury,
    IStorageMarket market)
    : IModule, IInvariants, IGenesis<PaymentChannelsGenesis>
{
    private const uint Dpn = 0;

    [Slot(0)] private partial Sequence Ids { get; }
    [Slot(1)] private partial Map<ulong, ChannelRecord> Channels { get; }
    [Slot(2)] private partial Map<(ulong Channel, ulong Lane), LaneRecord> Lanes { get; }
    [Slot(3)] private partial Map<uint, UInt128> Left { get; }
    [Slot(4)] private partial Set<uint> Known { get; }
    [Slot(5)] private partial Item<Amount> Burned { get; }
    [Slot(100)] private partial Parameters<PaymentChannelsParameters> Rules { get; }

    /// <summary>Puts funds aside for a payee.</summary>
    /// <param name="call">The payer; DPN comes along as the call's value.</param>
    /// <param name="to">The payee.</param>
    /// <param name="token">The token's account, or zero for DPN.</param>
    /// <param name="amount">Base units.</param>
    /// <param name="settleDelay">Blocks the payee has to redeem once the channel is closed.</param>
    /// <returns>The channel's number.</returns>
    [Function, Payable]
    public ulong Open(Call call, Address to, Address token, UInt128 amount, ulong settleDelay)
    {
        Require(!to.IsZero && to != call.Sender, new InvalidPayee(to));
        ulong least = Rules.Value.SettleDelayMin;
        Require(settleDelay >= least, new SettleDelayTooShort(least, settleDelay));
        Require(PayTokens.TryNumber(token, tokens, out uint number), new UnknownPayToken(token));
        Receive(call, number, amount);
        ulong id = Ids.Next();
        Channels[id] = new ChannelRecord(call.Sender, to, number, amount, 0, settleDelay, 0, 0, Address.Zero, 0, 0);
        logs.Emit(new ChannelOpened(id, call.Sender, to, number, amount));
        return id;
    }

    /// <summary>Adds funds. Anybody may; a channel that closes takes none.</summary>
    [Function, Payable]
    public void TopUp(Call call, ulong channel, UInt128 amount)
    {
        ChannelRecord record = Find(channel);
        Require(record.SettlesAt == 0, new AlreadySettling(channel, record.SettlesAt));
        Receive(call, record.Token, amount);
        Channels[channel] = record with { Funded = record.Funded + amount };
        logs.Emit(new ChannelToppedUp(channel, amount));
    }

    /// <summary>Lets a key sign vouchers for the payer, up to a sum and a block; zero ends it.</summary>
    [Function]
    public void SetSessionKey(Call call, ulong channel, Address key, UInt128 limit, ulong expiry)
    {
        ChannelRecord record = Find(channel);
        Require(call.Sender == record.From, new NotPayer(channel, call.Sender));
        Channels[channel] = record with { SessionKey = key, SessionLimit = limit, SessionExpiry = expiry };
        logs.Emit(new SessionKeySet(channel, key, limit, expiry));
    }

    /// <summary>Pays what vouchers add to their lanes, at once.</summary>
    /// <param name="call">The payee.</param>
    /// <param name="channel">The channel.</param>
    /// <param name="vouchers">At most 32; of each lane the last is enough.</param>
    /// <param name="signatures">65 bytes each.</param>
    /// <param name="secrets">What each voucher's secret hash asks for; empty where it asks for nothing.</param>
    /// <returns>What was paid, the network's part included.</returns>
    [Function]
    public UInt128 Redeem(
        Call call,
        ulong channel,
        [Limit(PaymentChannelsPolicy.VouchersPerCallMax)] Voucher[] vouchers,
        [Limit(PaymentChannelsPolicy.VouchersPerCallMax)] byte[][] signatures,
        [Limit(PaymentChannelsPolicy.VouchersPerCallMax)] byte[][] secrets)
    {
        ChannelRecord record = Find(channel);
        Require(call.Sender == record.To, new NotPayee(channel, call.Sender));
        Require(
            record.SettlesAt == 0 || call.Block.Number < record.SettlesAt, new RedemptionOver(channel, record.SettlesAt));
        Require(
            vouchers.Length == signatures.Length && vouchers.Length == secrets.Length,
            new VoucherCount((uint)vouchers.Length, (uint)signatures.Length, (uint)secrets.Length));
        UInt128 before = record.Redeemed;
        for (int index = 0; index < vouchers.Length; index++)
        {
            Voucher voucher = vouchers[index];
            LaneRecord lane = Lanes.TryGet((channel, voucher.Lane), out LaneRecord known) ? known : default;
            VoucherFault fault = FaultOf(call, channel, record, lane, voucher, secrets[index]);
            if (fault == VoucherFault.None)
                record = Spent(call, record, voucher, voucher.Amount - lane.Amount, signatures[index], out fault);
            Require(fault == VoucherFault.None, new VoucherRefused((uint)index, fault));
            Lanes[(channel, voucher.Lane)] = new LaneRecord(voucher.Nonce, voucher.Amount);
            logs.Emit(new VoucherRedeemed(channel, voucher.Lane, voucher.Nonce, voucher.Amount - lane.Amount));
        }

        Channels[channel] = record;
        UInt128 paid = record.Redeemed - before;
        PayOut(record, paid);
        return paid;
    }

    /// <summary>Closes a channel: after its delay, and not before what vouchers demand, the rest is the payer's.</summary>
    [Function]
    public void Settle(Call call, ulong channel)
    {
        ChannelRecord record = Find(channel);
        Require(call.Sender == record.From || call.Sender == record.To, new NotPayer(channel, call.Sender));
        Require(record.SettlesAt == 0, new AlreadySettling(channel, record.SettlesAt));
        ulong settlesAt = Math.Max(call.Block.Number + record.SettleDelay, record.MinSettleBlock);
        Channels[channel] = record with { SettlesAt = settlesAt };
        logs.Emit(new ChannelSettling(channel, settlesAt));
    }

    /// <summary>Returns the rest of a closed channel to its payer. Anybody may ask.</summary>
    [Function]
    public UInt128 Collect(Call call, ulong channel)
    {
        ChannelRecord record = Find(channel);
        Require(
            record.SettlesAt != 0 && call.Block.Number >= record.SettlesAt, new NotSettled(channel, record.SettlesAt));
        Channels.Remove(channel);
        Move(record.Token, record.From, record.Left);
        logs.Emit(new ChannelCollected(channel, record.Left));
        return record.Left;
    }

    /// <summary>A channel.</summary>
    [Function]
    public ChannelRecord GetChannel(ulong channel) => Find(channel);

    /// <summary>What a lane has paid so far.</summary>
    [Function]
    public LaneRecord GetLane(ulong channel, ulong lane) => Lanes.TryGet((channel, lane), out LaneRecord record) ? record : default;

    /// <summary>What the payer signs for a voucher.</summary>
    [Function]
    public Hash256 VoucherDigest(BlockContext block, Voucher voucher) => PaymentChannelsPolicy.DigestOf(block.ChainId, voucher);

    /// <summary>Everything that the network's part of vouchers has burned.</summary>
    [Function]
    public Amount FeesBurned() => Burned.Value;

    /// <inheritdoc/>
    public void Initialize(PaymentChannelsGenesis section, GenesisContext context) => Rules.Value = section.ToParameters();

    /// <inheritdoc/>
    public IEnumerable<string> Violations()
    {
        ulong count = Known.Count;
        for (ulong index = 0; index < count; index++)
        {
            uint token = Known[index];
            UInt128 held = token == Dpn ? bank.BalanceOf(state.Module).Wei : tokens.BalanceOf(token, state.Module);
            foreach (string broken in PaymentChannelsInvariants.Of(token, Left[token], held)) yield return broken;
        }
    }

    private ChannelRecord Find(ulong channel)
    {
        Require(Channels.TryGet(channel, out ChannelRecord? record), new UnknownChannel(channel));
        return record;
    }

    private static VoucherFault FaultOf(
        Call call, ulong channel, ChannelRecord record, in LaneRecord lane, Voucher voucher, byte[] secret)
    {
        ulong now = call.Block.Number;
        if (voucher.Channel != channel) return VoucherFault.Channel;
        if (now < voucher.NotBefore || (voucher.NotAfter != 0 && now > voucher.NotAfter)) return VoucherFault.Time;
        bool isShown = secret.Length <= PaymentChannelsPolicy.SecretMax && Keccak256.Hash(secret) == voucher.SecretHash;
        if (!voucher.SecretHash.IsZero && !isShown) return VoucherFault.Secret;
        if (voucher.Nonce <= lane.Nonce) return VoucherFault.Nonce;
        if (voucher.Amount < lane.Amount) return VoucherFault.Amount;
        return voucher.Amount - lane.Amount > record.Left ? VoucherFault.Funds : VoucherFault.None;
    }

    private ChannelRecord Spent(
        Call call, ChannelRecord record, Voucher voucher, UInt128 added, byte[] signature, out VoucherFault fault)
    {
        Hash256 digest = PaymentChannelsPolicy.DigestOf(call.Block.ChainId, voucher);
        fault = VoucherFault.Signature;
        if (!cryptography.TryRecover(digest, signature, out Address signer)) return record;
        bool isSession = !record.SessionKey.IsZero && signer == record.SessionKey && signer != record.From;
        if (signer != record.From && !isSession) return record;
        fault = isSession && (call.Block.Number > record.SessionExpiry || added > record.SessionLimit)
            ? VoucherFault.Session
            : VoucherFault.None;
        return fault != VoucherFault.None ? record : record with
        {
            Redeemed = record.Redeemed + added,
            MinSettleBlock = Math.Max(record.MinSettleBlock, voucher.MinSettleBlock),
            SessionLimit = isSession ? record.SessionLimit - added : record.SessionLimit,
        };
    }

    private void Receive(Call call, uint token, UInt128 amount)
    {
        Require(amount > UInt128.Zero, new NothingToDeposit());
        Amount expected = token == Dpn ? new Amount(amount) : Amount.Zero;
        Require(call.Value == expected, new WrongValue(expected, call.Value));
        if (token != Dpn) tokens.Move(token, call.Sender, Address, amount);
        Left[token] += amount;
        Known.Add(token);
    }

    // The network's part: half of DPN burns and half goes to the pool, an odd wei too; of other tokens all goes to the pool.
    private void PayOut(ChannelRecord record, UInt128 paid)
    {
        UInt128 take = StorageMarketPolicy.ShareOf(paid, Rules.Value.TakeBps);
        if (take > UInt128.Zero && record.Token != Dpn) treasury.DepositToken(record.Token, Address, take);
        if (take > UInt128.Zero && record.Token == Dpn)
        {
            Amount burned = new(take / 2);
            treasury.Burn(Address, burned);
            treasury.Deposit(Address, new Amount(take) - burned);
            Burned.Value += burned;
            market.CreditBurned(record.To, burned);
        }

        Left[record.Token] -= take;
        Move(record.Token, record.To, paid - take);
    }

    private void Move(uint token, Address to, UInt128 amount)
    {
        if (amount == UInt128.Zero) return;
        Left[token] -= amount;
        if (token == Dpn) bank.Transfer(Address, to, new Amount(amount));
        else tokens.Move(token, Address, to, amount);
    }
}
