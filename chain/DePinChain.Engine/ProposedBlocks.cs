using DePinChain.Blocks;
using DePinChain.Primitives;

namespace DePinChain.Engine;

/// <summary>Blocks that may still be decided: what consensus knows by hash only.</summary>
/// <remarks>
/// A signer may place two blocks in a round (the second is evidence), within a few rounds and heights: a flood by one
/// validator is bounded by its own slots. Used by the consensus loop only.
/// </remarks>
internal sealed class ProposedBlocks
{
    private const int PerSlotMax = 2;
    private const int PerSignerMax = 8;

    private readonly SortedDictionary<Hash256, Block> _blocks = [];
    private readonly List<(ulong Height, uint Round, Address Signer)> _slots = [];

    public Block? Find(in Hash256 hash) => _blocks.GetValueOrDefault(hash);

    /// <summary>Keeps a block that we built, validated or asked for.</summary>
    public void Add(Block block) => _blocks.TryAdd(block.Hash, block);

    /// <summary>Keeps a block that came with a proposal; false when its signer has used up the room.</summary>
    public bool TryAdd(Block block, Proposal proposal, Address signer)
    {
        if (_blocks.ContainsKey(block.Hash)) return true;
        (ulong Height, uint Round, Address Signer) slot = (proposal.Height, proposal.Round, signer);
        if (_slots.Count(used => used == slot) >= PerSlotMax) return false;
        if (_slots.Count(used => used.Height == slot.Height && used.Signer == signer) >= PerSignerMax) return false;
        _slots.Add(slot);
        _blocks.Add(block.Hash, block);
        return true;
    }

    /// <summary>Drops everything of heights below <paramref name="height"/>.</summary>
    public void ForgetBelow(ulong height)
    {
        Hash256[] below = [.. _blocks.Where(entry => entry.Value.Number < height).Select(entry => entry.Key)];
        foreach (Hash256 hash in below) _blocks.Remove(hash);
        _slots.RemoveAll(slot => slot.Height < height);
    }
}
