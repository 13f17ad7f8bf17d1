using DePinChain.Blocks;
using DePinChain.Execution;
using DePinChain.Network;
using DePinChain.Primitives;

namespace DePinChain.Engine;

/// <summary>A decided block, decoded and looked at ahead of its turn.</summary>
/// <param name="Decided">The block and its certificate, which name each other.</param>
/// <param name="VerifiedUnder">Hash of the set under which the certificate was verified; null when it was not, or is wrong.</param>
internal sealed record PreparedBlock(DecidedBlock Decided, Hash256? VerifiedUnder);

/// <summary>A peer's answer, ready to be executed: consecutive blocks from <paramref name="From"/> on, or what is wrong with it.</summary>
internal sealed record PreparedRange(ulong Question, ulong From, IReadOnlyList<PreparedBlock> Blocks, string? Fault);

/// <summary>What of catching up needs no state: decoding, certificates, senders, proofs of randomness.</summary>
/// <remarks>
/// Certificates, senders and proofs that were verified here are found again by the rules of execution, which stay the judge. The basis
/// is the head's view at the time of asking; an epoch that begins in between only costs a second look.
/// </remarks>
internal static class SyncStage
{
    public static PreparedRange Prepare(
        ulong chainId, ConsensusView basis, ulong question, ulong from, IReadOnlyList<ReadOnlyMemory<byte>> chunks)
    {
        List<PreparedBlock> blocks = new(chunks.Count);
        BlockHeader? parent = null;
        foreach (ReadOnlyMemory<byte> chunk in chunks)
        {
            if (!DecidedBlock.TryDecode(chunk, out DecidedBlock? decided))
                return new PreparedRange(question, from, blocks, "a chunk is not a block with its certificate");
            if (Fault(decided, parent, from + (ulong)blocks.Count) is { } fault) return new PreparedRange(question, from, blocks, fault);

            // A wrong certificate is refused when its turn comes: only then is the set known for certain.
            bool isVerified = decided.Block.Consensus.Preimage.ValidatorsHash == basis.Validators.Hash
                && decided.Certificate.TryVerify(chainId, basis.Validators, out _);
            SenderStage.Run(decided.Block.Transactions);
            if (parent is not null) ProveAhead(chainId, basis, decided.Block, parent);
            parent = decided.Block.Header;
            blocks.Add(new PreparedBlock(decided, isVerified ? basis.Validators.Hash : null));
        }

        return new PreparedRange(question, from, blocks, Fault: null);
    }

    private static string? Fault(DecidedBlock decided, BlockHeader? parent, ulong expected)
    {
        Block block = decided.Block;
        if (block.Number != expected) return $"block {block.Number} was sent where {expected} comes next";
        if (parent is not null && block.Header.ParentHash != parent.Hash) return $"block {block.Number} does not follow the one before";
        return decided.Certificate.Height != block.Number || decided.Certificate.BlockHash != block.Hash
            ? "a certificate is for another block"
            : null;
    }

    // What comes of it is remembered by the proof's verifier; a wrong proof is execution's to refuse.
    private static void ProveAhead(ulong chainId, ConsensusView basis, Block block, BlockHeader parent)
    {
        if (basis.FindVrfKey(block.Header.Miner) is { } key)
            Beacon.TryMix(key.Span, chainId, block.Number, parent.MixHash, block.Consensus.VrfProof.Span, out _);
    }
}
