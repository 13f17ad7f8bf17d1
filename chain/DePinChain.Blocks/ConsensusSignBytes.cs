using System.Buffers.Binary;
using DePinChain.Crypto;
using DePinChain.Primitives;

namespace DePinChain.Blocks;

/// <summary>What validators sign: EIP-712 digests under the domain {name: "DePinChain Consensus", version: "1", chainId}.</summary>
public static class ConsensusSignBytes
{
    private const int WordSize = 32;

    private static readonly Hash256 VoteType =
        Eip712.TypeHash("Vote(uint8 kind,uint64 height,uint32 round,int32 validRound,bytes32 blockHash)");

    private static readonly Hash256 ProposalType =
        Eip712.TypeHash("Proposal(uint64 height,uint32 round,int32 validRound,bytes32 blockHash)");

    // A process speaks one chain, so the last separator is nearly always the right one.
    private static volatile Domain? _lastDomain;

    public static Hash256 OfVote(ulong chainId, VoteKind kind, ulong height, uint round, int validRound, in Hash256 blockHash)
    {
        Span<byte> words = stackalloc byte[6 * WordSize];
        words.Clear();
        VoteType.CopyTo(words);
        words[(2 * WordSize) - 1] = (byte)kind;
        WriteSlot(words[(2 * WordSize)..], height, round, validRound, blockHash);
        return Digest(chainId, words);
    }

    public static Hash256 OfProposal(ulong chainId, ulong height, uint round, int validRound, in Hash256 blockHash)
    {
        Span<byte> words = stackalloc byte[5 * WordSize];
        words.Clear();
        ProposalType.CopyTo(words);
        WriteSlot(words[WordSize..], height, round, validRound, blockHash);
        return Digest(chainId, words);
    }

    /// <summary>The EIP-712 domain separator of a chain.</summary>
    public static Hash256 DomainSeparator(ulong chainId) => DomainOf(chainId).Separator;

    private static void WriteSlot(Span<byte> words, ulong height, uint round, int validRound, in Hash256 blockHash)
    {
        BinaryPrimitives.WriteUInt64BigEndian(words[(WordSize - 8)..], height);
        BinaryPrimitives.WriteUInt32BigEndian(words[((2 * WordSize) - 4)..], round);

        // int32 is sign-extended to the word.
        if (validRound < 0) words.Slice(2 * WordSize, WordSize).Fill(0xff);
        BinaryPrimitives.WriteInt32BigEndian(words[((3 * WordSize) - 4)..], validRound);
        blockHash.CopyTo(words[(3 * WordSize)..]);
    }

    private static Hash256 Digest(ulong chainId, ReadOnlySpan<byte> structWords) =>
        Eip712.Digest(DomainOf(chainId).Separator, Keccak256.Hash(structWords));

    private static Domain DomainOf(ulong chainId)
    {
        Domain? domain = _lastDomain;
        if (domain is not null && domain.ChainId == chainId) return domain;
        domain = new Domain(chainId, Eip712.DomainSeparator("DePinChain Consensus", "1", chainId));
        _lastDomain = domain;
        return domain;
    }

    private sealed record Domain(ulong ChainId, Hash256 Separator);
}
