using System.Globalization;
using System.Text;
using DePinChain.Crypto;
using DePinChain.Primitives;
using DePinChain.Proofs.Pieces;

namespace DePinChain.Client.Files;

/// <summary>What clients of the storage market sign off the chain.</summary>
public static class StorageSigning
{
    private static readonly Hash256 ExtensionType = Eip712.TypeHash("DealExtension(uint64 dealId,uint64 endBlock,uint128 pricePerBlock)");

    private static readonly Hash256 VoucherType = Eip712.TypeHash(
        "Voucher(uint64 channel,uint64 lane,uint64 nonce,uint128 amount,uint64 notBefore,uint64 notAfter,uint64 minSettleBlock," +
        "bytes32 secretHash,bytes32 meterHash)");

    private static readonly AbiType Word = AbiType.Parse("uint256");
    private static readonly AbiType Bytes32 = AbiType.Parse("bytes32");

    /// <summary>What a client signs (EIP-191) to bring a deal's data: it holds for this piece at this provider only.</summary>
    public static Hash256 UploadDigest(ulong chainId, ulong provider, ulong deal, in PieceCid piece) =>
        PersonalMessage.Hash(Encoding.ASCII.GetBytes(string.Create(
            CultureInfo.InvariantCulture, $"DePinChain storage upload\nchain {chainId}\nprovider {provider}\ndeal {deal}\npiece {piece}")));

    /// <summary>What a client signs (EIP-712) to move a deal's end.</summary>
    /// <param name="chainId">The chain.</param>
    /// <param name="market">The StorageMarket module.</param>
    /// <param name="deal">The deal.</param>
    /// <param name="endBlock">Its new end.</param>
    /// <param name="price">Its new price for a block.</param>
    public static Hash256 ExtensionDigest(ulong chainId, Address market, ulong deal, ulong endBlock, UInt128 price) => Digest(
        "DePinChain Storage", chainId, market, [Bytes32, Word, Word, Word],
        [ExtensionType.ToArray(), (UInt256)deal, (UInt256)endBlock, (UInt256)price]);

    /// <summary>What a payer signs (EIP-712) for a lane's whole sum so far.</summary>
    /// <param name="chainId">The chain.</param>
    /// <param name="channels">The PaymentChannels module.</param>
    /// <param name="channel">The channel.</param>
    /// <param name="lane">The lane.</param>
    /// <param name="nonce">Higher than the last one's.</param>
    /// <param name="amount">Everything the lane has paid.</param>
    public static Hash256 VoucherDigest(ulong chainId, Address channels, ulong channel, ulong lane, ulong nonce, UInt128 amount) => Digest(
        "DePinChain Payment Channels", chainId, channels, [Bytes32, Word, Word, Word, Word, Word, Word, Word, Bytes32, Bytes32],
        [
            VoucherType.ToArray(), (UInt256)channel, (UInt256)lane, (UInt256)nonce, (UInt256)amount, UInt256.Zero, UInt256.Zero,
            UInt256.Zero, new byte[Hash256.Size], new byte[Hash256.Size],
        ]);

    private static Hash256 Digest(string name, ulong chainId, Address module, AbiType[] types, object?[] values) => Eip712.Digest(
        Eip712.DomainSeparator(name, "1", chainId, module), Keccak256.Hash(AbiCodec.Encode(types, values)));
}
