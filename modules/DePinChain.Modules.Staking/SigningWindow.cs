namespace DePinChain.Modules.Staking;

/// <summary>Which of a validator's last blocks lack its seal: a ring of bits, one for each block of the window.</summary>
/// <remarks>
/// The bit of height h is h mod window, so a block that finds its bit as it must be changes nothing and writes nothing
/// (cosmos-sdk x/slashing, "liveness tracking").
/// </remarks>
public sealed class SigningWindow
{
    private readonly byte[] _missed;

    /// <param name="blocks">Length of the window in blocks.</param>
    /// <param name="missed">The stored bits, least significant first; null or another length starts an empty window.</param>
    public SigningWindow(ulong blocks, byte[]? missed)
    {
        Blocks = blocks;
        int size = (int)((blocks + 7) / 8);
        _missed = missed is not null && missed.Length == size ? (byte[])missed.Clone() : new byte[size];
    }

    /// <summary>Length of the window in blocks.</summary>
    public ulong Blocks { get; }

    /// <summary>The bits as they are stored.</summary>
    public byte[] Bits => _missed;

    /// <summary>True when the block at <paramref name="height"/> lacks the seal.</summary>
    public bool IsMissed(ulong height)
    {
        int index = (int)(height % Blocks);
        return (_missed[index / 8] & (1 << (index % 8))) != 0;
    }

    /// <summary>Notes whether the block at <paramref name="height"/> lacks the seal.</summary>
    /// <returns>How the count of missed blocks changes: −1, 0 or 1. Zero means that nothing was written.</returns>
    public int Mark(ulong height, bool missed)
    {
        if (IsMissed(height) == missed) return 0;
        int index = (int)(height % Blocks);
        _missed[index / 8] ^= (byte)(1 << (index % 8));
        return missed ? 1 : -1;
    }
}
