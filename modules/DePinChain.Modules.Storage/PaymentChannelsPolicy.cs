using System.Buffers.Binary;
using System.Text;
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

    private const string DomainType = "EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)";

    private const string VoucherType =
        "Voucher(uint64 channel,uint64 lane,uint64 nonce,uint128 amount,uint64 notBefore,uint64 notAfter,uint64 minSettleBlock," +
        "bytes32 secretHash,bytes32 meterHash)";

    /// <summary>The digest that the payer, or its session key, signs (EIP-712).</summary>
    public static Hash256 DigestOf(ulong chainId, Voucher voucher)
    {
        byte[] words = new byte[10 * Hash256.Size];
        HashOf(VoucherType).CopyTo(words);
        UInt128[] numbers =
        [
            voucher.Channel, voucher.Lane, voucher.Nonce, voucher.Amount, voucher.NotBefore, voucher.NotAfter, voucher.MinSettleBlock,
        ];
        for (int index = 0; index < numbers.Length; index++) Write(words, index + 1, numbers[index]);
        voucher.SecretHash.CopyTo(words.AsSpan(8 * Hash256.Size));
        voucher.MeterHash.CopyTo(words.AsSpan(9 * Hash256.Size));

        byte[] domain = new byte[5 * Hash256.Size];
        HashOf(DomainType).CopyTo(domain);
        HashOf("DePinChain Payment Channels").CopyTo(domain.AsSpan(Hash256.Size));
        HashOf("1").CopyTo(domain.AsSpan(2 * Hash256.Size));
        Write(domain, 3, chainId);
        WellKnownAddresses.PaymentChannels.CopyTo(domain.AsSpan((4 * Hash256.Size) + 12));
        byte[] message = new byte[2 + (2 * Hash256.Size)];
        (message[0], message[1]) = (0x19, 0x01);
        Keccak256.Hash(domain).CopyTo(message.AsSpan(2));
        Keccak256.Hash(words).CopyTo(message.AsSpan(2 + Hash256.Size));
        return Keccak256.Hash(message);
    }

    private static Hash256 HashOf(string text) => Keccak256.Hash(Encoding.ASCII.GetBytes(text));

    private static void Write(Span<byte> words, int word, UInt128 value) =>
        BinaryPrimitives.WriteUInt128BigEndian(words[((word * Hash256.Size) + 16)..], value);
}
