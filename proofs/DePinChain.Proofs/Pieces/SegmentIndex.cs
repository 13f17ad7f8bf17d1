using System.Numerics;

namespace DePinChain.Proofs.Pieces;

/// <summary>Where the index of an aggregate lies: at its end, sized by the aggregate's size (FRC-0058).</summary>
public static class SegmentIndex
{
    private const ulong EntriesMin = 4;

    /// <summary>Lines of the index: one for 2,048 entries' worth of bytes, a power of two, at least four.</summary>
    public static ulong EntriesOf(ulong paddedSize)
    {
        ulong wanted = paddedSize / 2048 / SegmentEntry.EncodedSize;
        return wanted <= EntriesMin ? EntriesMin : BitOperations.RoundUpToPowerOf2(wanted);
    }

    /// <summary>The place of the first line among all 64-byte places.</summary>
    public static ulong FirstEntry(ulong paddedSize)
    {
        ulong places = paddedSize / SegmentEntry.EncodedSize;
        ulong entries = EntriesOf(paddedSize);
        return entries >= places ? 0 : places - entries;
    }
}
