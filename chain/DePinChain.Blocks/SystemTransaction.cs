using System.Diagnostics.CodeAnalysis;
using DePinChain.Primitives;

namespace DePinChain.Blocks;

/// <summary>The chain's own transaction at index 0: the carrier of the logs of the block's scheduled work (decision 2).</summary>
/// <remarks>
/// An unsigned legacy transaction, because ethers, viem, web3 and ethereumjs all read it back byte for byte; a type of our own
/// makes ethereumjs refuse the whole block.
/// </remarks>
public static class SystemTransaction
{
    /// <summary>Whom explorers show as the sender; nobody has its key.</summary>
    public static readonly Address Sender = Address.Parse("0xfffffffffffffffffffffffffffffffffffffffe");

    /// <summary>The System module.</summary>
    public static readonly Address To = Address.FromLow(0x1000);

    /// <summary>The first four bytes of keccak("systemBegin(uint256,uint64,bytes32)").</summary>
    private static readonly byte[] Selector = Keccak256.Hash("systemBegin(uint256,uint64,bytes32)"u8).ToArray()[..4];

    /// <summary>The one system transaction a block of this height on this parent can have.</summary>
    public static Transaction Create(ulong chainId, ulong height, in Hash256 parentHash)
    {
        byte[] data = new byte[4 + 3 * 32];
        Selector.CopyTo(data, 0);
        ((UInt256)chainId).WriteBigEndian(data.AsSpan(4, 32));
        ((UInt256)height).WriteBigEndian(data.AsSpan(36, 32));
        parentHash.CopyTo(data.AsSpan(68, 32));
        return FromFields(height, data);
    }

    /// <summary>Decodes the unsigned form; only a block body may hold it, and only at index 0.</summary>
    internal static bool TryDecode(ReadOnlySpan<byte> raw, [NotNullWhen(true)] out Transaction? transaction)
    {
        transaction = null;
        try
        {
            var outer = new RlpReader(raw);
            RlpReader list = outer.ReadList();
            outer.ExpectEnd();
            ulong height = list.ReadUInt64();
            bool free = list.ReadUInt64() == 0 && list.ReadUInt64() == 0;
            bool toSystem = list.ReadOptionalAddress() == To;
            bool noValue = list.ReadUInt64() == 0;
            byte[] data = list.ReadBytes().ToArray();
            bool unsigned = list.ReadBytes().IsEmpty && list.ReadBytes().IsEmpty && list.ReadBytes().IsEmpty;
            list.ExpectEnd();
            if (!free || !toSystem || !noValue || !unsigned) return false;
            Transaction candidate = FromFields(height, data);
            if (!candidate.Raw.Span.SequenceEqual(raw)) return false;
            transaction = candidate;
            return true;
        }
        catch (RlpException)
        {
            return false;
        }
    }

    private static Transaction FromFields(ulong height, byte[] data)
    {
        var writer = new RlpWriter();
        int list = writer.BeginList();
        writer.Write(height);
        writer.Write(0UL);
        writer.Write(0UL);
        writer.Write(To);
        writer.Write(0UL);
        writer.Write(data);
        writer.Write(ReadOnlySpan<byte>.Empty);
        writer.Write(ReadOnlySpan<byte>.Empty);
        writer.Write(ReadOnlySpan<byte>.Empty);
        writer.EndList(list);
        var fields = new UnsignedTransaction
        {
            Type = TransactionType.Legacy,
            ChainId = null,
            Nonce = height,
            MaxFeePerGas = UInt256.Zero,
            GasLimit = 0,
            To = To,
            Data = data,
        };
        return new Transaction(fields, 0, UInt256.Zero, UInt256.Zero, writer.ToArray());
    }
}
