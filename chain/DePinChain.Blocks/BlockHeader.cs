using System.Diagnostics.CodeAnalysis;
using DePinChain.Primitives;

namespace DePinChain.Blocks;

/// <summary>A Cancun header of 20 fields; keccak(rlp(header)) is the block's hash (decision 1).</summary>
/// <remarks>Six fields are constant on this chain: ommers, difficulty, nonce, withdrawals, blob gas used and excess blob gas.</remarks>
public sealed record BlockHeader
{
    /// <summary>Bytes of free text a proposer may leave; ethereumjs refuses more.</summary>
    public const int ExtraDataBytesMax = 32;

    /// <summary>keccak(rlp([])): no ommers.</summary>
    public static readonly Hash256 EmptyOmmersHash = Hash256.Parse("0x1dcc4de8dec75d7aab85b567b6ccd41ad312451b948a7413f0a142fd40d49347");

    /// <summary>Root of an empty trie: no withdrawals.</summary>
    public static readonly Hash256 EmptyTrieRoot = Hash256.Parse("0x56e81f171bcc55a6ff8345e692c0f86e5b48e01b996cadc001622fb5e363b421");

    private const int Fields = 20;

    private CachedHash? _hash;

    public required Hash256 ParentHash { get; init; }

    /// <summary>Signing address of the validator that built the block, whichever round decided it.</summary>
    public required Address Miner { get; init; }

    /// <summary>Root of the state after this block.</summary>
    public required Hash256 StateRoot { get; init; }

    public required Hash256 TransactionsRoot { get; init; }

    public required Hash256 ReceiptsRoot { get; init; }

    public required Bloom LogsBloom { get; init; }

    /// <summary>Height; genesis is 0.</summary>
    public required ulong Number { get; init; }

    public required ulong GasLimit { get; init; }

    public required ulong GasUsed { get; init; }

    /// <summary>Unix seconds.</summary>
    public required ulong Timestamp { get; init; }

    /// <summary>At most <see cref="ExtraDataBytesMax"/> bytes.</summary>
    public ReadOnlyMemory<byte> ExtraData { get; init; }

    /// <summary>The randomness after this block: keccak(parent's mix ‖ beta).</summary>
    public required Hash256 MixHash { get; init; }

    /// <summary>Wei per gas, burned.</summary>
    public required UInt256 BaseFeePerGas { get; init; }

    /// <summary>Hash of the <see cref="ConsensusPreimage"/>; the header field <c>parentBeaconBlockRoot</c>.</summary>
    public required Hash256 ConsensusRoot { get; init; }

    /// <summary>keccak(rlp(header)), computed once per instance.</summary>
    public Hash256 Hash
    {
        get
        {
            // "with" copies the field, so the cache names its owner.
            CachedHash? cached = Volatile.Read(ref _hash);
            if (cached is null || !ReferenceEquals(cached.Owner, this))
            {
                cached = new CachedHash(this, Keccak256.Hash(Encode()));
                Volatile.Write(ref _hash, cached);
            }
            return cached.Value;
        }
    }

    public bool Equals(BlockHeader? other) => other is not null && Hash == other.Hash;

    public override int GetHashCode() => Hash.GetHashCode();

    public byte[] Encode()
    {
        var writer = new RlpWriter();
        WriteTo(writer);
        return writer.ToArray();
    }

    /// <summary>Decodes exactly one header; a field with a fixed value must have it.</summary>
    public static bool TryDecode(
        ReadOnlySpan<byte> raw, [NotNullWhen(true)] out BlockHeader? header, [NotNullWhen(false)] out Rejection? rejection)
    {
        header = null;
        try
        {
            var outer = new RlpReader(raw);
            RlpReader list = outer.ReadList();
            outer.ExpectEnd();
            int count = list.CountItems();
            rejection = count == Fields ? Read(list, out header)
                : Rejections.HeaderMalformed.Explain("number of fields").With($"{Fields}", $"{count}");
        }
        catch (RlpException malformed)
        {
            rejection = Rejections.HeaderMalformed.Explain(malformed.Message);
        }
        return rejection is null;
    }

    internal void WriteTo(RlpWriter writer)
    {
        int list = writer.BeginList();
        writer.Write(ParentHash);
        writer.Write(EmptyOmmersHash);
        writer.Write(Miner);
        writer.Write(StateRoot);
        writer.Write(TransactionsRoot);
        writer.Write(ReceiptsRoot);
        writer.Write(LogsBloom.Bits);
        writer.Write(0UL); // difficulty
        writer.Write(Number);
        writer.Write(GasLimit);
        writer.Write(GasUsed);
        writer.Write(Timestamp);
        writer.Write(ExtraData.Span);
        writer.Write(MixHash);
        writer.Write(stackalloc byte[8]); // nonce
        writer.Write(BaseFeePerGas);
        writer.Write(EmptyTrieRoot); // withdrawalsRoot
        writer.Write(0UL); // blobGasUsed
        writer.Write(0UL); // excessBlobGas
        writer.Write(ConsensusRoot);
        writer.EndList(list);
    }

    private static Rejection? Read(RlpReader list, out BlockHeader? header)
    {
        header = null;
        Hash256 parentHash = list.ReadHash256();
        if (list.ReadHash256() != EmptyOmmersHash) return Constant("sha3Uncles");
        Address miner = list.ReadAddress();
        Hash256 stateRoot = list.ReadHash256();
        Hash256 transactionsRoot = list.ReadHash256();
        Hash256 receiptsRoot = list.ReadHash256();
        var logsBloom = new Bloom(list.ReadBytes(Bloom.Size));
        if (list.ReadUInt256() != UInt256.Zero) return Constant("difficulty");
        ulong number = list.ReadUInt64();
        ulong gasLimit = list.ReadUInt64();
        ulong gasUsed = list.ReadUInt64();
        ulong timestamp = list.ReadUInt64();
        byte[] extraData = list.ReadBytes().ToArray();
        if (extraData.Length > ExtraDataBytesMax) return Rejections.ExtraDataTooLong.With($"{ExtraDataBytesMax}", $"{extraData.Length}");
        Hash256 mixHash = list.ReadHash256();
        if (list.ReadBytes(8).ContainsAnyExcept((byte)0)) return Constant("nonce");
        UInt256 baseFee = list.ReadUInt256();
        if (list.ReadHash256() != EmptyTrieRoot) return Constant("withdrawalsRoot");
        if (list.ReadUInt64() != 0) return Constant("blobGasUsed");
        if (list.ReadUInt64() != 0) return Constant("excessBlobGas");
        header = new BlockHeader
        {
            ParentHash = parentHash,
            Miner = miner,
            StateRoot = stateRoot,
            TransactionsRoot = transactionsRoot,
            ReceiptsRoot = receiptsRoot,
            LogsBloom = logsBloom,
            Number = number,
            GasLimit = gasLimit,
            GasUsed = gasUsed,
            Timestamp = timestamp,
            ExtraData = extraData,
            MixHash = mixHash,
            BaseFeePerGas = baseFee,
            ConsensusRoot = list.ReadHash256(),
        };
        return null;

        static Rejection Constant(string field) => Rejections.HeaderConstantWrong.Explain(field);
    }

    private sealed record CachedHash(BlockHeader Owner, Hash256 Value);
}
