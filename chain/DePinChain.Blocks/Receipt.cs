using DePinChain.Primitives;

namespace DePinChain.Blocks;

/// <summary>One log of a transaction: an event of the module at <paramref name="Address"/>, at most four topics.</summary>
public sealed record LogEntry(Address Address, IReadOnlyList<Hash256> Topics, ReadOnlyMemory<byte> Data)
{
    internal void WriteTo(RlpWriter writer)
    {
        int log = writer.BeginList();
        writer.Write(Address);
        int topics = writer.BeginList();
        foreach (Hash256 topic in Topics) writer.Write(topic);
        writer.EndList(topics);
        writer.Write(Data.Span);
        writer.EndList(log);
    }

    internal static LogEntry Read(ref RlpReader reader)
    {
        RlpReader log = reader.ReadList();
        Address address = log.ReadAddress();
        RlpReader topicList = log.ReadList();
        var topics = new List<Hash256>();
        while (!topicList.AtEnd) topics.Add(topicList.ReadHash256());
        byte[] data = log.ReadBytes().ToArray();
        log.ExpectEnd();
        return new LogEntry(address, topics, data);
    }
}

/// <summary>What a transaction came to. The first five members are Ethereum's receipt and enter the receipts root.</summary>
/// <param name="Type">The transaction's type.</param>
/// <param name="Succeeded">Status 1; a failed transaction keeps its fee and nonce and leaves no log.</param>
/// <param name="CumulativeGasUsed">Gas of the block up to and including this transaction.</param>
/// <param name="Bloom">Filter over <paramref name="Logs"/>.</param>
/// <param name="Logs">In order of emission.</param>
public sealed record Receipt(TransactionType Type, bool Succeeded, ulong CumulativeGasUsed, Bloom Bloom, IReadOnlyList<LogEntry> Logs)
{
    // Enough for the bloom and a few small fields: what a plain transfer leaves.
    private const int EncodedBytes = 320;

    /// <summary>Gas of this transaction alone; kept beside the receipt, not hashed.</summary>
    public ulong GasUsed { get; init; }

    /// <summary>Wei per gas paid; kept beside the receipt, not hashed.</summary>
    public UInt256 EffectiveGasPrice { get; init; }

    /// <summary>Revert data of a failed transaction, empty after out of gas; kept beside the receipt, not hashed.</summary>
    public ReadOnlyMemory<byte> RevertData { get; init; }

    /// <summary>EIP-2718 bytes: the leaf of the receipts trie.</summary>
    public byte[] Encode() => Encode(new RlpWriter(EncodedBytes));

    /// <summary><see cref="Encode()"/> of many receipts over one buffer, whose content is lost.</summary>
    public byte[] Encode(RlpWriter writer)
    {
        writer.Clear();
        if (Type != TransactionType.Legacy) writer.WriteEncoded([(byte)Type]);
        WriteConsensusFields(writer);
        return writer.ToArray();
    }

    /// <summary>RLP <c>[type, [status, cumulativeGas, bloom, logs], gasUsed, price, revertData]</c>: what the ledger stores.</summary>
    public byte[] EncodeStored()
    {
        var writer = new RlpWriter(EncodedBytes);
        int list = writer.BeginList();
        writer.Write((ulong)Type);
        WriteConsensusFields(writer);
        writer.Write(GasUsed);
        writer.Write(EffectiveGasPrice);
        writer.Write(RevertData.Span);
        writer.EndList(list);
        return writer.ToArray();
    }

    /// <summary>Reads <see cref="EncodeStored"/>.</summary>
    /// <exception cref="RlpException">The bytes are not a stored receipt.</exception>
    public static Receipt DecodeStored(ReadOnlySpan<byte> bytes)
    {
        var outer = new RlpReader(bytes);
        RlpReader list = outer.ReadList();
        outer.ExpectEnd();
        ulong type = list.ReadUInt64();
        if (type > (ulong)TransactionType.DynamicFee) throw new RlpException($"receipt type {type} is unknown");
        RlpReader fields = list.ReadList();
        ulong status = fields.ReadUInt64();
        if (status > 1) throw new RlpException($"receipt status {status} is neither 0 nor 1");
        ulong cumulativeGas = fields.ReadUInt64();
        var bloom = new Bloom(fields.ReadBytes(Bloom.Size));
        RlpReader logList = fields.ReadList();
        fields.ExpectEnd();
        var logs = new List<LogEntry>();
        while (!logList.AtEnd) logs.Add(LogEntry.Read(ref logList));
        var receipt = new Receipt((TransactionType)type, status == 1, cumulativeGas, bloom, logs)
        {
            GasUsed = list.ReadUInt64(),
            EffectiveGasPrice = list.ReadUInt256(),
            RevertData = list.ReadBytes().ToArray(),
        };
        list.ExpectEnd();
        return receipt;
    }

    private void WriteConsensusFields(RlpWriter writer)
    {
        int list = writer.BeginList();
        writer.Write(Succeeded ? 1UL : 0UL);
        writer.Write(CumulativeGasUsed);
        writer.Write(Bloom.Bits);
        int logs = writer.BeginList();
        foreach (LogEntry log in Logs) log.WriteTo(writer);
        writer.EndList(logs);
        writer.EndList(list);
    }
}
