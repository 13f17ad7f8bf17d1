using System.Diagnostics.CodeAnalysis;
using DePinChain.Primitives;

namespace DePinChain.Blocks;

/// <summary>A block as it travels: RLP <c>[header, transactions, [], [], consensusPart]</c> (decision 1).</summary>
/// <remarks>Immutable. Whether the parts agree with each other is validity, which Execution judges.</remarks>
public sealed class Block
{
    /// <summary>Bytes of the largest block.</summary>
    public const int SizeMax = 2 * 1024 * 1024;

    /// <summary>Bytes of transactions a proposer may put into a block, leaving room for the rest.</summary>
    public const int TransactionBytesMax = 19 * SizeMax / 20;

    private byte[]? _encoded;

    public Block(BlockHeader header, IReadOnlyList<Transaction> transactions, ConsensusPart consensus)
    {
        Header = header;
        Transactions = transactions;
        Consensus = consensus;
    }

    public BlockHeader Header { get; }

    /// <summary>The system transaction, if any, is at index 0.</summary>
    public IReadOnlyList<Transaction> Transactions { get; }

    public ConsensusPart Consensus { get; }

    public Hash256 Hash => Header.Hash;

    public ulong Number => Header.Number;

    /// <summary>Bytes on the wire.</summary>
    public int Size => Encoded.Length;

    private byte[] Encoded => _encoded ??= Encode(withConsensus: true);

    public byte[] Encode() => [.. Encoded];

    /// <summary>The plain Ethereum block <c>[header, transactions, [], []]</c> that debug_getRawBlock returns.</summary>
    public byte[] EncodePlain() => Encode(withConsensus: false);

    public static bool TryDecode(
        ReadOnlyMemory<byte> raw, [NotNullWhen(true)] out Block? block, [NotNullWhen(false)] out Rejection? rejection)
    {
        block = null;
        if (raw.Length > SizeMax)
        {
            rejection = Rejections.BlockTooLarge.With($"{SizeMax} bytes", $"{raw.Length} bytes");
            return false;
        }
        try
        {
            rejection = Read(raw, out block);
        }
        catch (RlpException malformed)
        {
            rejection = Rejections.BlockMalformed.Explain(malformed.Message);
        }
        return rejection is null;
    }

    private static Rejection? Read(ReadOnlyMemory<byte> raw, out Block? block)
    {
        block = null;
        var outer = new RlpReader(raw.Span);
        RlpReader list = outer.ReadList();
        outer.ExpectEnd();
        if (!BlockHeader.TryDecode(list.ReadRawItem(), out BlockHeader? header, out Rejection? rejection)) return rejection;
        var transactions = new List<Transaction>();
        if (ReadTransactions(list.ReadList(), transactions) is { } mistake) return mistake;
        list.ReadList().ExpectEnd(); // ommers
        list.ReadList().ExpectEnd(); // withdrawals
        ConsensusPart part = ConsensusPart.Read(ref list);
        list.ExpectEnd();
        block = new Block(header, transactions, part) { _encoded = raw.ToArray() };
        return null;
    }

    private static Rejection? ReadTransactions(RlpReader list, List<Transaction> transactions)
    {
        while (!list.AtEnd)
        {
            // A legacy transaction is a list inside the list, a typed one a string that holds its EIP-2718 bytes.
            bool legacy = list.PeekIsList();
            byte[] raw = legacy ? list.ReadRawItem().ToArray() : list.ReadBytes().ToArray();
            if (legacy && transactions.Count == 0 && SystemTransaction.TryDecode(raw, out Transaction? system))
            {
                transactions.Add(system);
                continue;
            }
            if (!legacy && raw is [>= 0xc0, ..]) return Rejections.BlockMalformed.Explain("a legacy transaction is wrapped in a string");
            if (!TransactionCodec.TryDecode(raw, out Transaction? transaction, out Rejection? mistake))
                return Rejections.BlockMalformed.Explain($"transaction {transactions.Count}: {mistake.Message}");
            transactions.Add(transaction);
        }
        return null;
    }

    private byte[] Encode(bool withConsensus)
    {
        var writer = new RlpWriter(4096);
        int list = writer.BeginList();
        Header.WriteTo(writer);
        int body = writer.BeginList();
        foreach (Transaction transaction in Transactions)
        {
            if (transaction.Type == TransactionType.Legacy) writer.WriteEncoded(transaction.Raw.Span);
            else writer.Write(transaction.Raw.Span);
        }
        writer.EndList(body);
        writer.EndList(writer.BeginList()); // ommers
        writer.EndList(writer.BeginList()); // withdrawals
        if (withConsensus) Consensus.WriteTo(writer);
        writer.EndList(list);
        return writer.ToArray();
    }
}
