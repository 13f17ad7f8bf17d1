using DePinChain.Blocks;
using DePinChain.Node;
using DePinChain.Primitives;

namespace DePinChain.Simulation.Checks;

/// <summary>Every height has one block, one state, and a certificate by more than two thirds of its validators.</summary>
internal sealed class AgreementCheck(SealBook seals)
{
    private readonly List<Block> _chain = [];
    private readonly SortedDictionary<ulong, ValidatorSet> _sets = [];
    private readonly SortedSet<Hash256> _invalid = [];

    /// <summary>The highest block that anybody has decided.</summary>
    public ulong HeightMax => (ulong)_chain.Count;

    /// <summary>The validators of a height, once the height before it is decided somewhere.</summary>
    public ValidatorSet? SetOf(ulong height) => _sets.GetValueOrDefault(height);

    /// <summary>The decided block of a height, or null.</summary>
    public Block? BlockAt(ulong height) => height >= 1 && height <= HeightMax ? _chain[(int)height - 1] : null;

    /// <summary>Learns who validates after a decided block, or that all agree on it.</summary>
    public void Learn(Machine machine, ulong height, ValidatorSet set)
    {
        if (_sets.TryAdd(height, set)) return;
        Referee.Require(_sets[height].Equals(set), $"{machine.Name} has other validators for {height}");
    }

    /// <summary>A liar has made this block, and it breaks a rule: nobody may ever decide it.</summary>
    public void Outlaw(in Hash256 block) => _invalid.Add(block);

    /// <summary>Whether a liar has made a block that breaks a rule.</summary>
    public bool IsOutlawed(in Hash256 block) => _invalid.Contains(block);

    /// <summary>A machine has committed a height; heights come in ascending order for each machine.</summary>
    public void OnCommitted(Machine machine, ValidatorNode node, ulong height)
    {
        Block? block = node.Stores.Archive.FindBlock(height);
        Referee.Require(block is not null, $"{machine.Name} has no block {height} below its head");
        if (height > HeightMax)
        {
            _chain.Add(block);
            bool follows = height == 1 || block.Header.ParentHash == _chain[^2].Hash;
            Referee.Require(follows, $"block {height} does not follow block {height - 1}");
        }

        Referee.Require(!_invalid.Contains(block.Hash), $"{machine.Name} decided the invalid block {block.Hash}");
        Block first = _chain[(int)height - 1];
        Referee.Require(block.Hash == first.Hash, $"{machine.Name} decided {block.Hash} at {height}, another {first.Hash}");
        if (height != node.Chain.Head.Number) return;
        Referee.Require(node.Stores.State.Height == height, $"{machine.Name} has the state of {node.Stores.State.Height} at {height}");
        Referee.Require(node.Stores.State.Root == block.Header.StateRoot, $"{machine.Name} has another state than block {height} says");
        Learn(machine, height + 1, node.Chain.Head.View.Validators);
        CheckCertificate(machine, node, block);
    }

    private void CheckCertificate(Machine machine, ValidatorNode node, Block block)
    {
        if (SetOf(block.Number) is not { } set || node.Chain.Head.Commit is not { } commit) return;
        Referee.Require(
            commit.Height == block.Number && commit.BlockHash == block.Hash, $"{machine.Name} has a certificate for another block");
        UInt128 power = 0;
        foreach ((int index, Vote vote) in commit.Votes())
        {
            Referee.Require(
                index < set.Count && seals.TryFind(vote, out Address signer) && signer == set[index].Address,
                $"{machine.Name}'s certificate of {block.Number} holds a seal at another's place");
            power += set[index].Power;
        }

        // Counted here and not by the product's own rule, which may be what is wrong.
        Referee.Require(3 * power > 2 * set.TotalPower, $"{machine.Name} decided {block.Number} by {power} of {set.TotalPower}");
    }
}
