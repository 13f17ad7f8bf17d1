using System.Buffers.Binary;
using System.Text;
using DePinChain.Modules.Sdk;
using DePinChain.Primitives;

namespace DePinChain.Modules.Storage;

/// <summary>What the parties of a deal sign, as EIP-712 typed data that wallets show.</summary>
public static class DealSigning
{
    private const string DomainType = "EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)";

    private const string ProposalType =
        "DealProposal(bytes pieceCid,address client,uint64 providerId,uint8 class,uint64 startBlock,uint64 endBlock," +
        "uint128 pricePerBlock,uint256 providerCollateral,uint256 clientCollateral,uint16 pdpChallenges,uint32 retrievalSla," +
        "address payToken,bytes32 labelHash,uint64 nonce)";

    private const string ExtensionType = "DealExtension(uint64 dealId,uint64 endBlock,uint128 pricePerBlock)";

    /// <summary>The digest that a client signs to propose a deal off the chain.</summary>
    public static Hash256 DigestOf(ulong chainId, DealProposal proposal)
    {
        byte[] words = new byte[15 * Hash256.Size];
        HashOf(ProposalType).CopyTo(words);
        Keccak256.Hash(proposal.PieceCid).CopyTo(words.AsSpan(Hash256.Size));
        Write(words, 2, proposal.Client);
        Write(words, 3, proposal.ProviderId);
        Write(words, 4, (ulong)proposal.Class);
        Write(words, 5, proposal.StartBlock);
        Write(words, 6, proposal.EndBlock);
        Write(words, 7, proposal.PricePerBlock);
        Write(words, 8, proposal.ProviderCollateral.Wei);
        Write(words, 9, proposal.ClientCollateral.Wei);
        Write(words, 10, (ulong)proposal.PdpChallenges);
        Write(words, 11, (ulong)proposal.RetrievalSla);
        Write(words, 12, proposal.PayToken);
        proposal.LabelHash.CopyTo(words.AsSpan(13 * Hash256.Size));
        Write(words, 14, proposal.Nonce);
        return Digest(chainId, Keccak256.Hash(words));
    }

    /// <summary>The digest that the other party signs to agree to another end or price.</summary>
    public static Hash256 ExtensionDigestOf(ulong chainId, ulong dealId, ulong endBlock, UInt128 pricePerBlock)
    {
        byte[] words = new byte[4 * Hash256.Size];
        HashOf(ExtensionType).CopyTo(words);
        Write(words, 1, dealId);
        Write(words, 2, endBlock);
        Write(words, 3, pricePerBlock);
        return Digest(chainId, Keccak256.Hash(words));
    }

    private static Hash256 Digest(ulong chainId, in Hash256 structHash)
    {
        byte[] domain = new byte[5 * Hash256.Size];
        HashOf(DomainType).CopyTo(domain);
        HashOf("DePinChain Storage").CopyTo(domain.AsSpan(Hash256.Size));
        HashOf("1").CopyTo(domain.AsSpan(2 * Hash256.Size));
        Write(domain, 3, chainId);
        Write(domain, 4, WellKnownAddresses.StorageMarket);
        byte[] message = new byte[2 + (2 * Hash256.Size)];
        (message[0], message[1]) = (0x19, 0x01);
        Keccak256.Hash(domain).CopyTo(message.AsSpan(2));
        structHash.CopyTo(message.AsSpan(2 + Hash256.Size));
        return Keccak256.Hash(message);
    }

    private static Hash256 HashOf(string text) => Keccak256.Hash(Encoding.ASCII.GetBytes(text));

    private static void Write(Span<byte> words, int word, UInt128 value) =>
        BinaryPrimitives.WriteUInt128BigEndian(words[((word * Hash256.Size) + 16)..], value);

    private static void Write(Span<byte> words, int word, Address value) => value.CopyTo(words[((word * Hash256.Size) + 12)..]);
}
