using DePinChain.Modules.Sdk;
using DePinChain.Primitives;

namespace DePinChain.Modules.Tests.Staking;

/// <summary>
/// Counts the units of a block's start over an <see cref="InMemoryWorld"/> as the kernel does: one for the first
/// touch of
/// a record, one for a log, and one for each 3,000 gas of repeated touches and of bytes beyond a word.
/// </summary>
internal sealed class MeteredWorld(InMemoryWorld world) : IModuleStorage
{
    private const ulong TouchAgain = 100;
    private const ulong BytesOfWord = 32;
    private const ulong GasPerWrittenByte = 16;
    private const ulong GasPerCreatedByte = 200;

    private readonly SortedSet<(Address, Hash256)> _touched = [];
    private ulong _gas;
    private int _logsBefore;

    /// <summary>Units since <see cref="Start"/>. A move of coins touches two accounts beside its log.</summary>
    public ulong Units
    {
        get
        {
            InMemoryLog[] logs = [.. world.Logs.Skip(_logsBefore)];
            ulong moves = (ulong)logs.Count(static log => log.Emitter == WellKnownAddresses.System);
            return (ulong)_touched.Count + (ulong)logs.Length + (2 * moves) + (_gas / WorkBudget.GasPerUnit);
        }
    }

    public ulong UnitsLeft => world.UnitsLeft;

    public void Start()
    {
        _touched.Clear();
        _gas = 0;
        _logsBefore = world.Logs.Count;
    }

    public byte[]? Read(Address module, in Hash256 location)
    {
        Touch(module, location);
        return world.Read(module, location);
    }

    public void Write(Address module, in Hash256 location, byte[]? value)
    {
        Touch(module, location);
        bool existed = world.Read(module, location) is not null;
        _gas += Beyond(value) * (existed ? GasPerWrittenByte : GasPerCreatedByte);
        world.Write(module, location, value);
    }

    public byte[]? ReadBlob(in Hash256 hash)
    {
        Touch(Address.Zero, hash);
        return world.ReadBlob(hash);
    }

    public void PutBlob(in Hash256 hash, byte[] body)
    {
        Touch(Address.Zero, hash);
        _gas += Beyond(body) * GasPerCreatedByte;
        world.PutBlob(hash, body);
    }

    public void ReleaseBlob(in Hash256 hash)
    {
        Touch(Address.Zero, hash);
        world.ReleaseBlob(hash);
    }

    public void Establish(Address account) => world.Establish(account);

    public int Snapshot() => world.Snapshot();

    public void Revert(int snapshot) => world.Revert(snapshot);

    private static ulong Beyond(byte[]? value) => (ulong)(value?.Length ?? 0) is var size && size > BytesOfWord ? size - BytesOfWord : 0;

    private void Touch(Address module, in Hash256 location)
    {
        if (!_touched.Add((module, location))) _gas += TouchAgain;
    }
}
