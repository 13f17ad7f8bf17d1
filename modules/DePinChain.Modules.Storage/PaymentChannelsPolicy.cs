using DePinChain.Modules.Sdk;
using DePinChain.Primitives;

namespace DePinChain.Modules.Storage;

/// <summary>The numbers of payment channels, and what a payer signs.</summary>
public static class PaymentChannelsPolicy
{
    /// <summary>Vouchers redeemed in one call.</summary>
    public const int VouchersPerCallMax = 32;

    /// <summary>Bytes of a secret.</summary>
    public const int SecretMax = 256;

    private const string VoucherType =
        "Voucher(uint64 channel,uint64 lane,uint64 nonce,uint128 amount,uint64 notBefore,uint64 notAfter,uint64 minSettleBlock," +
        "bytes32 secretHash,bytes32 meterHash)";

    /// <summary>The digest that the payer, or its session key, signs (EIP-712).</summary>
    public static Hash256 DigestOf(ulong chainId, Voucher voucher) =>
        SignedStruct.Of(VoucherType)
            .Add(voucher.Channel)
            .Add(voucher.Lane)
            .Add(voucher.Nonce)
            .Add(voucher.Amount)
            .Add(voucher.NotBefore)
            .Add(voucher.NotAfter)
            .Add(voucher.MinSettleBlock)
            .Add(voucher.SecretHash)
            .Add(voucher.MeterHash)
            .DigestFor("DePinChain Payment Channels", chainId, WellKnownAddresses.PaymentChannels);
}
