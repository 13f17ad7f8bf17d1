using DePinChain.Modules.Sdk;
using DePinChain.Primitives;

namespace DePinChain.Modules.Storage;

/// <summary>Somebody put funds aside for a payee.</summary>
[Event(typeof(PaymentChannelsModule))]
public readonly partial record struct ChannelOpened(
    [Indexed] ulong Channel, [Indexed] Address From, [Indexed] Address To, uint Token, UInt128 Amount);

/// <summary>More funds are in a channel.</summary>
[Event(typeof(PaymentChannelsModule))]
public readonly partial record struct ChannelToppedUp([Indexed] ulong Channel, UInt128 Amount);

/// <summary>A voucher was paid: what it added to its lane.</summary>
[Event(typeof(PaymentChannelsModule))]
public readonly partial record struct VoucherRedeemed([Indexed] ulong Channel, ulong Lane, ulong Nonce, UInt128 Amount);

/// <summary>A key may sign vouchers for the payer.</summary>
[Event(typeof(PaymentChannelsModule))]
public readonly partial record struct SessionKeySet([Indexed] ulong Channel, Address Key, UInt128 Limit, ulong Expiry);

/// <summary>A channel is closing; the payee redeems until this block.</summary>
[Event(typeof(PaymentChannelsModule))]
public readonly partial record struct ChannelSettling([Indexed] ulong Channel, ulong SettlesAt);

/// <summary>A channel is gone; the rest went back.</summary>
[Event(typeof(PaymentChannelsModule))]
public readonly partial record struct ChannelCollected([Indexed] ulong Channel, UInt128 Returned);

/// <summary>No channel has this number.</summary>
[Error] public readonly partial record struct UnknownChannel(ulong Channel);

/// <summary>Only the payer may do this.</summary>
[Error] public readonly partial record struct NotPayer(ulong Channel, Address Caller);

/// <summary>Only the payee may do this.</summary>
[Error] public readonly partial record struct NotPayee(ulong Channel, Address Caller);

/// <summary>A payee is an account other than zero and the payer.</summary>
[Error] public readonly partial record struct InvalidPayee(Address Payee);

/// <summary>The payee needs at least this many blocks to redeem.</summary>
[Error] public readonly partial record struct SettleDelayTooShort(ulong Least, ulong Actual);

/// <summary>As many vouchers as signatures and secrets.</summary>
[Error] public readonly partial record struct VoucherCount(uint Vouchers, uint Signatures, uint Secrets);

/// <summary>A voucher is refused, and none of the call's is paid.</summary>
[Error] public readonly partial record struct VoucherRefused(uint Index, VoucherFault Fault);

/// <summary>The channel is closing already.</summary>
[Error] public readonly partial record struct AlreadySettling(ulong Channel, ulong SettlesAt);

/// <summary>The channel's rest is not free before this block; 0 when nobody closes it.</summary>
[Error] public readonly partial record struct NotSettled(ulong Channel, ulong SettlesAt);

/// <summary>The time to redeem is over.</summary>
[Error] public readonly partial record struct RedemptionOver(ulong Channel, ulong SettlesAt);
