using DePinChain.Modules.Sdk;
using DePinChain.Primitives;

namespace DePinChain.Execution;

/// <summary>The kernel's own account: past block hashes and randomness, the supply, and which modules are suspended.</summary>
[Module("system", "0x0000000000000000000000000000000000001000")]
internal sealed partial class SystemModule(ModuleState state) : IModule
{
    /// <summary>Past blocks whose hash and mix are kept: 4.5 days at 12 s.</summary>
    public const ulong RingLength = 32_768;

    [Slot(0)] private partial Map<ulong, RingEntry> Ring { get; }
    [Slot(1)] private partial Map<Address, FaultHistory> Faults { get; }
    [Slot(2)] private partial Item<Amount> Supply { get; }

    /// <summary>The supply as the last block left it.</summary>
    public Amount RecordedSupply => Supply.Value;

    /// <summary>The hash of a past block.</summary>
    /// <param name="height">Of the last 32,768 blocks.</param>
    /// <returns>Zero when the block is not past or no longer kept.</returns>
    [Function]
    public Hash256 BlockHash(BlockContext block, ulong height) => FindBlockHash(height, block.Number) ?? Hash256.Zero;

    /// <summary>The randomness after a past block, its header's mixHash. Not a seed: draw from <c>randomness</c>.</summary>
    /// <param name="height">Of the last 32,768 blocks.</param>
    /// <returns>Zero when the block is not past or no longer kept.</returns>
    [Function]
    public Hash256 MixHash(BlockContext block, ulong height) => FindMix(height, block.Number) ?? Hash256.Zero;

    /// <summary>A seed for one purpose out of a past block's randomness: keccak256(domain, chain id, mix, key).</summary>
    /// <param name="height">Of the last 32,768 blocks.</param>
    /// <param name="domain">What the seed is for.</param>
    /// <param name="key">Which object it is for.</param>
    [Function]
    public Hash256 Randomness(BlockContext block, ulong height, string domain, byte[] key) => block.Randomness.At(height, domain, key);

    /// <summary>What all accounts own together, in wei: genesis plus minted less burned.</summary>
    [Function]
    public Amount TotalSupply() => RecordedSupply;

    /// <summary>Whether a module is suspended after faults in three consecutive blocks: its steps are skipped, its functions
    /// refuse.</summary>
    /// <param name="module">The module's account.</param>
    [Function]
    public bool IsSuspended(Address module) => Faults.TryGet(module, out FaultHistory history) && history.IsSuspended;

    /// <summary>A module's faults at the start of blocks.</summary>
    /// <param name="module">The module's account.</param>
    [Function]
    public FaultHistory FaultsOf(Address module) => Faults.GetOr(module, default);

    /// <summary>Keeps the supply as this block leaves it.</summary>
    public void RecordSupply(Amount supply) => Supply.Value = supply;

    /// <summary>Keeps what modules may ask of the parent of the block at <paramref name="height"/>.</summary>
    public void Remember(ulong height, Hash256 parentHash, Hash256 parentMix) =>
        Ring[(height - 1) % RingLength] = new RingEntry(parentHash, parentMix);

    /// <summary>The hash of a block before <paramref name="current"/>, as far as it is kept.</summary>
    public Hash256? FindBlockHash(ulong height, ulong current) => Find(height, current)?.BlockHash;

    /// <summary>The mix of a block before <paramref name="current"/>, as far as it is kept.</summary>
    public Hash256? FindMix(ulong height, ulong current) => Find(height, current)?.Mix;

    /// <summary>Counts a fault; the last of <paramref name="max"/> in consecutive blocks suspends the module.</summary>
    public void RecordFault(Address module, ulong height, byte max)
    {
        FaultHistory history = Faults.GetOr(module, default);
        if (history.Height == height) return;
        byte inARow = history.Height + 1 == height ? (byte)(history.InARow + 1) : (byte)1;
        Faults[module] = new FaultHistory(height, inARow, history.IsSuspended || inARow >= max);
    }

    /// <summary>Lets a module run again: at a fork, or when governance says so.</summary>
    public void ClearSuspension(Address module)
    {
        if (IsSuspended(module)) Faults.Remove(module);
    }

    private RingEntry? Find(ulong height, ulong current) =>
        height < current && current - height <= RingLength && Ring.TryGet(height % RingLength, out RingEntry entry) ? entry : null;
}

/// <summary>What is kept of a past block.</summary>
/// <param name="BlockHash">Its hash.</param>
/// <param name="Mix">Its header's mixHash.</param>
internal readonly record struct RingEntry(Hash256 BlockHash, Hash256 Mix);

/// <summary>A module's faults at block starts.</summary>
/// <param name="Height">The block of the last one.</param>
/// <param name="InARow">In how many consecutive blocks up to that one.</param>
/// <param name="IsSuspended">Whether the module waits for a fork or for governance.</param>
internal readonly record struct FaultHistory(ulong Height, byte InARow, bool IsSuspended);
