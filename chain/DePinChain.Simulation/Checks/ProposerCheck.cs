using System.Numerics;
using DePinChain.Blocks;
using DePinChain.Execution;
using DePinChain.Primitives;

namespace DePinChain.Simulation.Checks;

/// <summary>Whose turn it is, worked out a second time: CometBFT's weighted round robin in big integers, step by step.</summary>
/// <remarks>
/// Source: cometbft spec/consensus/proposer-selection.md. Nothing of the product's rotation is used, only its sets and epochs.
/// </remarks>
internal sealed class ProposerCheck
{
    private readonly List<Epoch> _epochs = [];

    /// <summary>Learns the validators of the next height from a decided block's state.</summary>
    public void Learn(ConsensusView view)
    {
        if (_epochs.Count == 0)
        {
            _epochs.Add(new Epoch(view.EpochStart, view.Validators, new BigInteger[view.Validators.Count]));
            return;
        }

        Epoch last = _epochs[^1];
        if (view.EpochStart <= last.Start) return;
        BigInteger[] end = last.PrioritiesAfter((int)(view.EpochStart - last.Start));
        BigInteger[] carried = Carry(last.Set, end, view.Validators);
        IReadOnlyList<long> kept = view.Rotation.PrioritiesAfter(0);
        for (int index = 0; index < carried.Length; index++)
        {
            bool isEqual = carried[index] == kept[index];
            Referee.Require(isEqual, $"epoch {view.EpochStart} begins with priority {kept[index]}, not {carried[index]}");
        }

        _epochs.Add(new Epoch(view.EpochStart, view.Validators, carried));
    }

    /// <summary>The proposer of a round, or null while its epoch is not known here.</summary>
    public Address? ProposerOf(ulong height, uint round)
    {
        // Only the height after a decided one is ever asked for, so the latest epoch that has begun is its epoch.
        Epoch? epoch = _epochs.FindLast(known => known.Start <= height);
        return epoch?.ProposerAt((int)(height - epoch.Start) + (int)round);
    }

    /// <summary>A decided block was built by whoever had a turn in a round up to the one that decided.</summary>
    public void CheckMiner(Block block, CommitCertificate commit)
    {
        for (uint round = 0; round <= commit.Round; round++)
        {
            if (ProposerOf(block.Number, round) is not { } proposer || proposer == block.Header.Miner) return;
        }

        Referee.Require(false, $"block {block.Number} of round {commit.Round} was built by {block.Header.Miner}, who had no turn");
    }

    private static BigInteger[] Carry(ValidatorSet old, BigInteger[] end, ValidatorSet set)
    {
        // Total with the changes and before the removals.
        BigInteger total = (BigInteger)set.TotalPower;
        foreach (Validator gone in old.Where(member => !set.Contains(member.Address))) total += gone.Power;
        BigInteger[] priorities = new BigInteger[set.Count];
        for (int index = 0; index < set.Count; index++)
        {
            int before = old.IndexOf(set[index].Address);
            priorities[index] = before >= 0 ? end[before] : -(total + (total >> 3));
        }

        Level(set, priorities);
        return priorities;
    }

    private static void Level(ValidatorSet set, BigInteger[] priorities)
    {
        BigInteger window = 2 * (BigInteger)set.TotalPower;
        BigInteger spread = priorities.Max() - priorities.Min();
        if (spread > window)
        {
            BigInteger ratio = (spread + window - 1) / window;
            for (int index = 0; index < priorities.Length; index++) priorities[index] /= ratio;
        }

        BigInteger sum = priorities.Aggregate(BigInteger.Zero, (all, one) => all + one);
        BigInteger average = BigInteger.DivRem(sum, priorities.Length, out BigInteger remainder);
        if (remainder < 0) average -= 1;
        for (int index = 0; index < priorities.Length; index++) priorities[index] -= average;
    }

    private sealed class Epoch(ulong start, ValidatorSet set, BigInteger[] checkpoint)
    {
        private readonly BigInteger[] _running = [.. checkpoint];
        private readonly List<Address> _turns = [];

        public ulong Start => start;

        public ValidatorSet Set => set;

        public Address ProposerAt(int step)
        {
            while (_turns.Count <= step) _turns.Add(Advance(_running));
            return _turns[step];
        }

        public BigInteger[] PrioritiesAfter(int steps)
        {
            BigInteger[] priorities = [.. checkpoint];
            for (int step = 0; step < steps; step++) Advance(priorities);
            return priorities;
        }

        private Address Advance(BigInteger[] priorities)
        {
            Level(set, priorities);
            int highest = 0;
            for (int index = 0; index < priorities.Length; index++)
            {
                priorities[index] += set[index].Power;
                if (priorities[index] > priorities[highest]) highest = index;
            }

            priorities[highest] -= (BigInteger)set.TotalPower;
            return set[highest].Address;
        }
    }
}
