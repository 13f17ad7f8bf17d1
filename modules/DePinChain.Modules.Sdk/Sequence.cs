using DePinChain.Primitives;

namespace DePinChain.Modules.Sdk;

/// <summary>Numbers things from 1 on; a number is never given twice.</summary>
/// <param name="state">The module's records.</param>
/// <param name="slot">Where the last number lies, as uint64.</param>
public sealed class Sequence(ModuleState state, Hash256 slot)
{
    private readonly RecordCell<ulong> _last = new(state, RecordCodecs.UInt64);

    /// <summary>The last number given; 0 before the first.</summary>
    public ulong Last => _last.Read(slot);

    /// <summary>Gives the next number.</summary>
    public ulong Next()
    {
        ulong next = Last + 1;
        _last.Write(slot, next);
        return next;
    }
}
