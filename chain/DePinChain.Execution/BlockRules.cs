using DePinChain.Blocks;
using DePinChain.Primitives;

namespace DePinChain.Execution;

/// <summary>The validity of a block, cheapest rules first; each returns null when it is kept.</summary>
internal static class BlockRules
{
    /// <summary>What a proposer's own inputs must satisfy.</summary>
    public static Rejection? CheckInputs(ChainRules rules, BlockHeader parent, ProposalInputs inputs)
    {
        if (inputs.Timestamp < parent.Timestamp || inputs.Timestamp - parent.Timestamp < rules.MinBlockSeconds)
        {
            return Rejections.TimestampTooEarly.Explain($"{inputs.Timestamp}, parent {parent.Timestamp} + {rules.MinBlockSeconds}")
                .With($"{parent.Timestamp} + {rules.MinBlockSeconds}", $"{inputs.Timestamp}");
        }
        return inputs.ExtraData.Length <= BlockHeader.ExtraDataBytesMax ? null
            : Rejections.ExtraDataTooLong.With($"{BlockHeader.ExtraDataBytesMax}", $"{inputs.ExtraData.Length}");
    }

    /// <summary>What can be judged from the two headers and the body alone.</summary>
    public static Rejection? CheckBefore(ChainRules rules, Block block, BlockHeader parent)
    {
        BlockHeader header = block.Header;
        ConsensusPart part = block.Consensus;
        ConsensusPreimage preimage = part.Preimage;
        ulong gasLimit = FeeMarket.NextGasLimit(parent.GasLimit, rules.GasLimitTarget);
        UInt256 baseFee = FeeMarket.NextBaseFee(parent, rules.MinBaseFeePerGas);
        return Same(Rejections.ParentMismatch, parent.Hash, header.ParentHash)
            ?? Same(Rejections.ParentMismatch, parent.Number + 1, header.Number)
            ?? Same(Rejections.GasLimitRuleBroken, gasLimit, header.GasLimit)
            ?? Same(Rejections.BaseFeeMismatch, baseFee, header.BaseFeePerGas)
            ?? Same(Rejections.ConsensusRootMismatch, preimage.Root, header.ConsensusRoot)
            ?? Same(Rejections.LastCommitHashMismatch, ConsensusPart.LastCommitHash(part.LastCommit), preimage.LastCommitHash)
            ?? Same(Rejections.EvidenceHashMismatch, Evidence.HashOf(part.Evidence), preimage.EvidenceHash)
            ?? Same(Rejections.VrfProofHashMismatch, ConsensusPart.VrfProofHash(part.VrfProof.Span), preimage.VrfProofHash)
            ?? Same(Rejections.TransactionsRootMismatch, TransactionsRoot(block.Transactions), header.TransactionsRoot);
    }

    /// <summary>What the parent's state says before anything is executed.</summary>
    public static Rejection? CheckOpened(Block block, BlockRun run) =>
        Same(Rejections.ValidatorsHashMismatch, run.Validators.Hash, block.Consensus.Preimage.ValidatorsHash)
        ?? Same(Rejections.MixHashMismatch, run.Mix, block.Header.MixHash);

    /// <summary>The system transaction is at index 0 exactly when the block's start logged something, and it is the computed one.</summary>
    public static Rejection? CheckSystemTransaction(Block block, Transaction? computed)
    {
        Transaction? given = block.Transactions is [{ IsSystem: true } first, ..] ? first : null;
        return Same(Rejections.SystemTransactionMismatch, computed?.Hash.ToString() ?? "none", given?.Hash.ToString() ?? "none");
    }

    /// <summary>What execution came to, against what the block claims.</summary>
    public static Rejection? CheckAfter(Block given, Block computed)
    {
        BlockHeader expected = computed.Header;
        BlockHeader header = given.Header;
        ConsensusPreimage claims = given.Consensus.Preimage;
        ConsensusPreimage preimage = computed.Consensus.Preimage;
        Rejection? mistake = Same(Rejections.GasUsedMismatch, expected.GasUsed, header.GasUsed)
            ?? Same(Rejections.LogsBloomMismatch, expected.LogsBloom, header.LogsBloom)
            ?? Same(Rejections.ReceiptsRootMismatch, expected.ReceiptsRoot, header.ReceiptsRoot)
            ?? Same(Rejections.EpochMismatch, preimage.Epoch, claims.Epoch)
            ?? Same(Rejections.NextValidatorsHashMismatch, preimage.NextValidatorsHash, claims.NextValidatorsHash)
            ?? Same(Rejections.ParamsHashMismatch, preimage.ParamsHash, claims.ParamsHash)
            ?? Same(Rejections.StateRootMismatch, expected.StateRoot, header.StateRoot);
        Invariant.Assert(mistake is not null || header.Hash == expected.Hash, "every field of a header is judged by a rule of its own");
        return mistake;
    }

    public static Hash256 TransactionsRoot(IReadOnlyList<Transaction> transactions) =>
        MerkleTrie.RootOf([.. transactions.Select(t => t.Raw.ToArray())]);

    private static Rejection? Same<T>(Rejection rule, T needed, T had)
        where T : notnull =>
        EqualityComparer<T>.Default.Equals(needed, had) ? null : rule.With(needed.ToString() ?? "", had.ToString() ?? "");
}
