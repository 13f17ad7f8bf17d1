using System.Buffers.Binary;
using DePinChain.Primitives;

namespace DePinChain.State;

/// <summary>Rows of the flat tables and what the trie's leaves make of them.</summary>
internal static class FlatCodec
{
    /// <summary>keccak(address) ‖ keccak(location).</summary>
    public static byte[] SlotKey(in Hash256 addressHash, in Hash256 locationHash)
    {
        byte[] key = new byte[2 * Hash256.Size];
        addressHash.CopyTo(key);
        locationHash.CopyTo(key.AsSpan(Hash256.Size));
        return key;
    }

    /// <summary>The slim form: as in the trie, but with the empty string for the empty storage root and for no code.</summary>
    public static byte[] SlimAccount(RlpWriter writer, in Account account)
    {
        writer.Clear();
        int list = writer.BeginList();
        writer.Write(account.Nonce);
        writer.Write(account.Balance);
        WriteUnless(writer, account.StorageRoot, MerkleTrie.EmptyRoot);
        WriteUnless(writer, account.CodeHash, Keccak256.Empty);
        writer.EndList(list);
        return writer.ToArray();
    }

    public static Account ReadSlimAccount(ReadOnlySpan<byte> row)
    {
        RlpReader fields = new RlpReader(row).ReadList();
        ulong nonce = fields.ReadUInt64();
        UInt256 balance = fields.ReadUInt256();
        return new Account(nonce, balance, ReadOr(ref fields, MerkleTrie.EmptyRoot), ReadOr(ref fields, Keccak256.Empty));
    }

    /// <summary>The account trie's leaf value: rlp([nonce, balance, storageRoot, codeHash]).</summary>
    public static byte[] AccountLeaf(in Account account) => AccountLeaf(new RlpWriter(128), account);

    /// <inheritdoc cref="AccountLeaf(in Account)"/>
    public static byte[] AccountLeaf(RlpWriter writer, in Account account)
    {
        writer.Clear();
        int list = writer.BeginList();
        writer.Write(account.Nonce);
        writer.Write(account.Balance);
        writer.Write(account.StorageRoot);
        writer.Write(account.CodeHash);
        writer.EndList(list);
        return writer.ToArray();
    }

    /// <summary>A storage trie's leaf value: rlp(record).</summary>
    public static byte[] RecordLeaf(ReadOnlySpan<byte> record) => RecordLeaf(new RlpWriter(record.Length + 3), record);

    /// <inheritdoc cref="RecordLeaf(ReadOnlySpan{byte})"/>
    public static byte[] RecordLeaf(RlpWriter writer, ReadOnlySpan<byte> record)
    {
        writer.Clear();
        writer.Write(record);
        return writer.ToArray();
    }

    public static byte[] BigEndian(ulong value)
    {
        byte[] bytes = new byte[8];
        BinaryPrimitives.WriteUInt64BigEndian(bytes, value);
        return bytes;
    }

    private static void WriteUnless(RlpWriter writer, Hash256 hash, Hash256 usual)
    {
        if (hash == usual)
        {
            writer.Write(ReadOnlySpan<byte>.Empty);
        }
        else
        {
            writer.Write(hash);
        }
    }

    private static Hash256 ReadOr(ref RlpReader fields, Hash256 usual)
    {
        ReadOnlySpan<byte> hash = fields.ReadBytes();
        return hash.IsEmpty ? usual : new Hash256(hash);
    }
}
