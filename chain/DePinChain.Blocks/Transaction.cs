using DePinChain.Primitives;

namespace DePinChain.Blocks;

/// <summary>A decoded transaction with the bytes it came from. Immutable; its hash is computed once.</summary>
public sealed class Transaction
{
    private readonly UnsignedTransaction _fields;

    internal Transaction(UnsignedTransaction fields, byte yParity, UInt256 r, UInt256 s, ReadOnlyMemory<byte> raw)
    {
        _fields = fields;
        YParity = yParity;
        R = r;
        S = s;
        Raw = raw;
        Hash = Keccak256.Hash(raw.Span);
    }

    public TransactionType Type => _fields.Type;

    /// <summary>Null only for the system transaction.</summary>
    public ulong? ChainId => _fields.ChainId;

    public ulong Nonce => _fields.Nonce;

    /// <summary>Wei per gas; the gas price in types 0 and 1.</summary>
    public UInt256 MaxFeePerGas => _fields.MaxFeePerGas;

    /// <summary>Wei per gas; equal to <see cref="MaxFeePerGas"/> in types 0 and 1.</summary>
    public UInt256 MaxPriorityFeePerGas => _fields.MaxPriorityFeePerGas;

    public ulong GasLimit => _fields.GasLimit;

    /// <summary>Never null in what the codec accepts today: contract creation is refused.</summary>
    public Address? To => _fields.To;

    /// <summary>Wei.</summary>
    public UInt256 Value => _fields.Value;

    public ReadOnlyMemory<byte> Data => _fields.Data;

    public IReadOnlyList<AccessListEntry> AccessList => _fields.AccessList;

    /// <summary>0 or 1, whatever form the signature has on the wire.</summary>
    public byte YParity { get; }

    public UInt256 R { get; }

    public UInt256 S { get; }

    /// <summary>The signature's v as JSON-RPC shows it: chainId·2 + 35 + parity (EIP-155) or the parity itself.</summary>
    public UInt256 V => Type != TransactionType.Legacy || ChainId is not { } chainId
        ? YParity
        : (UInt256)chainId * 2 + 35 + YParity;

    public Hash256 Hash { get; }

    /// <summary>EIP-2718 bytes: the type byte in front unless legacy.</summary>
    public ReadOnlyMemory<byte> Raw { get; }

    /// <summary>Bytes of <see cref="Raw"/>.</summary>
    public int Size => Raw.Length;

    /// <summary>Whether this is the chain's own transaction at index 0 (decision 2).</summary>
    public bool IsSystem => ChainId is null;

    /// <summary>Who signed it, once somebody recovered that from the signature.</summary>
    internal KnownSender? Sender { get; set; }

    /// <summary>The digest the sender signed.</summary>
    public Hash256 SigningHash => TransactionCodec.SigningHash(_fields);

    /// <summary>min(maxFee, baseFee + priority fee); the system transaction pays nothing.</summary>
    /// <remarks>EIP-1559. The sum saturates: fees near 2^256 are legal to sign and impossible to fund.</remarks>
    public UInt256 EffectiveGasPrice(UInt256 baseFee)
    {
        if (IsSystem) return UInt256.Zero;
        return UInt256.TryAdd(baseFee, MaxPriorityFeePerGas, out UInt256 sum) ? UInt256.Min(MaxFeePerGas, sum) : MaxFeePerGas;
    }

    public override string ToString() => Hash.ToString();
}

/// <summary>A transaction together with the account its signature recovers to.</summary>
public sealed record SignedTransaction(Transaction Transaction, Address Sender);
