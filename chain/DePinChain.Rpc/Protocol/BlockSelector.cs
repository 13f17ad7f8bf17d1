using DePinChain.Primitives;

namespace DePinChain.Rpc.Protocol;

/// <summary>Which block a caller means.</summary>
internal enum BlockSelectorKind : byte
{
    /// <summary>latest, safe and finalized are one block here: a decided block is final.</summary>
    Latest,
    Pending,
    Earliest,
    Number,
    Hash,
}

/// <summary>A tag, a height or a hash (EIP-1898).</summary>
/// <remarks><c>requireCanonical</c> needs no field: every block a node keeps is canonical.</remarks>
internal readonly record struct BlockSelector(BlockSelectorKind Kind, ulong Number = 0, Hash256 Hash = default)
{
    public static BlockSelector Latest => default;

    public static BlockSelector At(ulong number) => new(BlockSelectorKind.Number, number);

    public static BlockSelector Of(Hash256 hash) => new(BlockSelectorKind.Hash, Hash: hash);

    /// <summary>The selector that a tag names; null when the text is no tag.</summary>
    public static BlockSelector? FromTag(ReadOnlySpan<byte> text)
    {
        if (text.SequenceEqual("latest"u8) || text.SequenceEqual("safe"u8) || text.SequenceEqual("finalized"u8)) return Latest;
        if (text.SequenceEqual("pending"u8)) return new BlockSelector(BlockSelectorKind.Pending);
        if (text.SequenceEqual("earliest"u8)) return new BlockSelector(BlockSelectorKind.Earliest);
        return null;
    }
}
