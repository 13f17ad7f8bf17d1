using DePinChain.Blocks;
using DePinChain.Execution;
using DePinChain.Mempool;
using DePinChain.Primitives;
using DePinChain.State;

namespace DePinChain.Engine;

/// <summary>Builds the block we propose: the best of the pool on top of what is decided.</summary>
public sealed class BlockBuilder(BlockExecutor executor, TransactionPool pool, EvidencePool evidence, StateTree state, TimeProvider clock)
{
    // A quarter of the localnet's propose timeout: the block must still travel and be executed by everybody.
    private static readonly TimeSpan FillingMax = TimeSpan.FromMilliseconds(500);

    /// <summary>Builds and executes a block.</summary>
    /// <param name="parent">The decided head.</param>
    /// <param name="parentState">The state after it.</param>
    /// <param name="signer">Who proposes.</param>
    /// <param name="nowSeconds">Unix time; the timestamp is never below what the rules ask.</param>
    /// <param name="lastCommit">The fullest certificate of the parent; null on genesis.</param>
    public BlockVerdict Build(
        ChainHead parent, StateSnapshot parentState, IValidatorSigner signer, ulong nowSeconds, CommitCertificate? lastCommit)
    {
        ulong height = parent.Number + 1;
        ProposalInputs inputs = new()
        {
            Miner = signer.Address,
            Timestamp = Math.Max(nowSeconds, parent.Header.Timestamp + executor.Rules.MinBlockSeconds),
            LastCommit = lastCommit,
            Evidence = Fitting(executor.FindPunishable(evidence.Pending, parentState, height)),
            VrfProof = signer.Prove(height, parent.Header.MixHash),
        };
        UInt256 baseFee = FeeMarket.NextBaseFee(parent.Header, executor.Rules.MinBaseFeePerGas);
        return executor.Build(parent.Header, inputs, InTime(pool.Best(baseFee)), parentState, state.Seal);
    }

    private IEnumerable<SignedTransaction> InTime(IEnumerable<SignedTransaction> candidates)
    {
        long began = clock.GetTimestamp();
        foreach (SignedTransaction candidate in candidates)
        {
            yield return candidate;
            if (clock.GetElapsedTime(began) > FillingMax) yield break;
        }
    }

    private static List<Evidence> Fitting(IReadOnlyList<Evidence> pending)
    {
        List<Evidence> taken = [];
        int size = 0;
        foreach (Evidence item in pending)
        {
            size += item.Encode().Length;
            if (size > ConsensusPart.EvidenceBytesMax - ListOverhead) break;
            taken.Add(item);
        }

        return taken;
    }

    // The list's own RLP header.
    private const int ListOverhead = 9;
}
