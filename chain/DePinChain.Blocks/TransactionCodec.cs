using System.Diagnostics.CodeAnalysis;
using DePinChain.Crypto;
using DePinChain.Primitives;

namespace DePinChain.Blocks;

/// <summary>EIP-2718 bytes to transactions and back; strict, so that one transaction has one encoding and one hash.</summary>
public static class TransactionCodec
{
    /// <summary>Bytes of the largest transaction, as in geth's pool.</summary>
    public const int TransactionBytesMax = 128 * 1024;

    // EIP-2: a larger s has an equally valid mirror image, so the hash of the transaction could be changed by anyone.
    private static readonly UInt256 HalfOrder = Secp256k1.Order >> 1;

    private const int LegacyFields = 9;
    private const int AccessListFields = 11;
    private const int DynamicFeeFields = 12;

    /// <summary>Decodes a signed transaction and checks everything that needs neither the chain id nor the state.</summary>
    /// <remarks>The signature's form is checked here (range, low s); who signed is <see cref="SenderRecovery"/>'s question.</remarks>
    public static bool TryDecode(
        ReadOnlyMemory<byte> raw, [NotNullWhen(true)] out Transaction? transaction, [NotNullWhen(false)] out Rejection? rejection)
    {
        transaction = null;
        if (raw.Length > TransactionBytesMax)
        {
            rejection = Rejections.TransactionTooLarge.Explain($"transaction size {raw.Length}, limit {TransactionBytesMax}")
                .With($"{TransactionBytesMax}", $"{raw.Length}");
            return false;
        }
        if (raw.IsEmpty)
        {
            rejection = Rejections.TransactionMalformed.Explain("the transaction is empty");
            return false;
        }
        try
        {
            byte first = raw.Span[0];
            rejection = first switch
            {
                >= 0xc0 => DecodeLegacy(raw, out transaction),
                (byte)TransactionType.AccessList or (byte)TransactionType.DynamicFee =>
                    DecodeTyped(raw, (TransactionType)first, out transaction),
                <= 0x7f => Rejections.TransactionTypeNotSupported.Explain($"type {first}"),
                _ => Rejections.TransactionMalformed.Explain("expected a list or a type byte"),
            };
        }
        catch (RlpException malformed)
        {
            rejection = Rejections.TransactionMalformed.Explain(malformed.Message);
        }
        return rejection is null;
    }

    /// <summary>The bytes of a signed transaction.</summary>
    public static byte[] Encode(UnsignedTransaction fields, Signature signature)
    {
        var writer = new RlpWriter();
        int list = writer.BeginList();
        WriteFields(writer, fields);
        writer.Write(V(fields, signature.YParity));
        writer.Write(signature.R.ToUInt256());
        writer.Write(signature.S.ToUInt256());
        writer.EndList(list);
        return WithType(fields.Type, writer);
    }

    /// <summary>Signs for clients and tests; the node itself signs no transaction.</summary>
    public static Transaction Sign(UnsignedTransaction fields, PrivateKey key)
    {
        UnsignedTransaction normal = Normalized(fields);
        Signature signature = key.Sign(SigningHash(normal));
        byte[] raw = Encode(normal, signature);
        return new Transaction(normal, signature.YParity, signature.R.ToUInt256(), signature.S.ToUInt256(), raw);
    }

    /// <summary>EIP-155 for legacy transactions, keccak(type ‖ rlp(fields)) for typed ones.</summary>
    internal static Hash256 SigningHash(UnsignedTransaction fields)
    {
        var writer = new RlpWriter();
        if (fields.Type != TransactionType.Legacy) writer.WriteEncoded([(byte)fields.Type]);
        int list = writer.BeginList();
        WriteFields(writer, fields);
        if (fields is { Type: TransactionType.Legacy, ChainId: { } chainId })
        {
            writer.Write(chainId);
            writer.Write(0UL);
            writer.Write(0UL);
        }
        writer.EndList(list);
        return Keccak256.Hash(writer.Written);
    }

    private static UnsignedTransaction Normalized(UnsignedTransaction fields) => fields.Type switch
    {
        TransactionType.Legacy => fields with { MaxPriorityFeePerGas = fields.MaxFeePerGas, AccessList = [] },
        TransactionType.AccessList => fields with { MaxPriorityFeePerGas = fields.MaxFeePerGas },
        _ => fields,
    };

    private static UInt256 V(UnsignedTransaction fields, byte yParity) =>
        fields is { Type: TransactionType.Legacy, ChainId: { } chainId } ? (UInt256)chainId * 2 + 35 + yParity : yParity;

    private static byte[] WithType(TransactionType type, RlpWriter writer) =>
        type == TransactionType.Legacy ? writer.ToArray() : [(byte)type, .. writer.Written];

    private static void WriteFields(RlpWriter writer, UnsignedTransaction fields)
    {
        if (fields.Type != TransactionType.Legacy) writer.Write(fields.ChainId.GetValueOrDefault());
        writer.Write(fields.Nonce);
        if (fields.Type == TransactionType.DynamicFee) writer.Write(fields.MaxPriorityFeePerGas);
        writer.Write(fields.MaxFeePerGas);
        writer.Write(fields.GasLimit);
        writer.Write(fields.To);
        writer.Write(fields.Value);
        writer.Write(fields.Data.Span);
        if (fields.Type != TransactionType.Legacy) WriteAccessList(writer, fields.AccessList);
    }

    private static void WriteAccessList(RlpWriter writer, IReadOnlyList<AccessListEntry> accessList)
    {
        int list = writer.BeginList();
        foreach (AccessListEntry entry in accessList)
        {
            int item = writer.BeginList();
            writer.Write(entry.Address);
            int keys = writer.BeginList();
            foreach (Hash256 key in entry.StorageKeys) writer.Write(key);
            writer.EndList(keys);
            writer.EndList(item);
        }
        writer.EndList(list);
    }

    private static Rejection? DecodeLegacy(ReadOnlyMemory<byte> raw, out Transaction? transaction)
    {
        transaction = null;
        var outer = new RlpReader(raw.Span);
        RlpReader list = outer.ReadList();
        if (!outer.AtEnd) return Rejections.TransactionTrailingBytes;
        if (FieldCountMistake(list, LegacyFields) is { } mistake) return mistake;

        ulong nonce = list.ReadUInt64();
        UInt256 gasPrice = list.ReadUInt256();
        var fields = new UnsignedTransaction
        {
            Type = TransactionType.Legacy,
            ChainId = null,
            Nonce = nonce,
            MaxFeePerGas = gasPrice,
            MaxPriorityFeePerGas = gasPrice,
            GasLimit = list.ReadUInt64(),
            To = list.ReadOptionalAddress(),
            Value = list.ReadUInt256(),
            Data = list.ReadBytes().ToArray(),
        };
        UInt256 v = list.ReadUInt256();
        UInt256 r = list.ReadUInt256();
        UInt256 s = list.ReadUInt256();
        list.ExpectEnd();

        if (v.IsZero && r.IsZero && s.IsZero) return Rejections.TransactionUnsigned;
        if (v == 27 || v == 28) return Rejections.TransactionNotProtected;
        if (v < 35) return Rejections.InvalidSignature;
        UInt256 chainId = (v - 35) >> 1;
        if (!chainId.FitsUInt64) return Rejections.WrongChainId.Explain($"have {chainId}");
        byte yParity = (byte)(ulong)((v - 35) & UInt256.One);
        return Finish(fields with { ChainId = (ulong)chainId }, yParity, r, s, raw, out transaction);
    }

    private static Rejection? DecodeTyped(ReadOnlyMemory<byte> raw, TransactionType type, out Transaction? transaction)
    {
        transaction = null;
        var outer = new RlpReader(raw.Span[1..]);
        RlpReader list = outer.ReadList();
        if (!outer.AtEnd) return Rejections.TransactionTrailingBytes;
        bool dynamicFee = type == TransactionType.DynamicFee;
        if (FieldCountMistake(list, dynamicFee ? DynamicFeeFields : AccessListFields) is { } mistake) return mistake;

        ulong chainId = list.ReadUInt64();
        ulong nonce = list.ReadUInt64();
        UInt256 first = list.ReadUInt256();
        UInt256 maxFee = dynamicFee ? list.ReadUInt256() : first;
        var fields = new UnsignedTransaction
        {
            Type = type,
            ChainId = chainId,
            Nonce = nonce,
            MaxFeePerGas = maxFee,
            MaxPriorityFeePerGas = first,
            GasLimit = list.ReadUInt64(),
            To = list.ReadOptionalAddress(),
            Value = list.ReadUInt256(),
            Data = list.ReadBytes().ToArray(),
            AccessList = ReadAccessList(list.ReadList()),
        };
        ulong yParity = list.ReadUInt64();
        UInt256 r = list.ReadUInt256();
        UInt256 s = list.ReadUInt256();
        list.ExpectEnd();
        if (yParity == 0 && r.IsZero && s.IsZero) return Rejections.TransactionUnsigned;
        if (yParity > 1) return Rejections.InvalidSignature;
        return Finish(fields, (byte)yParity, r, s, raw, out transaction);
    }

    // geth says "rlp: too few elements" and "rlp: too many elements"; a missing field must not be read as an absent value.
    private static Rejection? FieldCountMistake(RlpReader list, int expected)
    {
        int count = list.CountItems();
        return count == expected ? null
            : Rejections.TransactionMalformed.Explain(count < expected ? "too few elements" : "too many elements")
                .With($"{expected} fields", $"{count} fields");
    }

    private static List<AccessListEntry> ReadAccessList(RlpReader list)
    {
        var entries = new List<AccessListEntry>();
        while (!list.AtEnd)
        {
            RlpReader item = list.ReadList();
            Address address = item.ReadAddress();
            RlpReader keys = item.ReadList();
            item.ExpectEnd();
            var storageKeys = new List<Hash256>();
            while (!keys.AtEnd) storageKeys.Add(keys.ReadHash256());
            entries.Add(new AccessListEntry(address, storageKeys));
        }
        return entries;
    }

    private static Rejection? Finish(
        UnsignedTransaction fields, byte yParity, UInt256 r, UInt256 s, ReadOnlyMemory<byte> raw, out Transaction? transaction)
    {
        transaction = null;
        if (fields.To is null) return Rejections.ContractCreationNotSupported;
        if (r.IsZero || s.IsZero || r >= Secp256k1.Order || s > HalfOrder) return Rejections.InvalidSignature;
        transaction = new Transaction(fields, yParity, r, s, raw);
        return null;
    }
}
