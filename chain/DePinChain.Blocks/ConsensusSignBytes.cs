using System.Buffers.Binary;
using System.Text;
using DePinChain.Primitives;

namespace DePinChain.Blocks;

/// <summary>What validators sign: EIP-712 digests under the domain {name: "DePinChain Consensus", version: "1", chainId}.</summary>
public static class ConsensusSignBytes
{
    private const int WordSize = 32;

    private static readonly byte[] VoteType =
        HashOf("Vote(uint8 kind,uint64 height,uint32 round,int32 validRound,bytes32 blockHash)");

    private static readonly byte[] ProposalType = HashOf("Proposal(uint64 height,uint32 round,int32 validRound,bytes32 blockHash)");

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

    private static Hash256 Digest(ulong chainId, ReadOnlySpan<byte> structWords)
    {
        Span<byte> message = stackalloc byte[2 + (2 * WordSize)];
        message[0] = 0x19;
        message[1] = 0x01;
        DomainOf(chainId).Separator.CopyTo(message[2..]);
        Keccak256.Hash(structWords, message[(2 + WordSize)..]);
        return Keccak256.Hash(message);
    }

    private static Domain DomainOf(ulong chainId)
    {
        Domain? domain = _lastDomain;
        if (domain is not null && domain.ChainId == chainId) return domain;
        Span<byte> words = stackalloc byte[4 * WordSize];
        words.Clear();
        HashOf("EIP712Domain(string name,string version,uint256 chainId)").CopyTo(words);
        HashOf("DePinChain Consensus").CopyTo(words[WordSize..]);
        HashOf("1").CopyTo(words[(2 * WordSize)..]);
        BinaryPrimitives.WriteUInt64BigEndian(words[((4 * WordSize) - 8)..], chainId);
        domain = new Domain(chainId, Keccak256.Hash(words));
        _lastDomain = domain;
        return domain;
    }

    private static byte[] HashOf(string text) => Keccak256.Hash(Encoding.UTF8.GetBytes(text)).ToArray();

    private sealed record Domain(ulong ChainId, Hash256 Separator);
}
