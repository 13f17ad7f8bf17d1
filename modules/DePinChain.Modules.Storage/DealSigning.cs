using DePinChain.Modules.Sdk;
using DePinChain.Primitives;

namespace DePinChain.Modules.Storage;

/// <summary>What the parties of a deal sign, as EIP-712 typed data that wallets show.</summary>
public static class DealSigning
{
    private const string Domain = "DePinChain Storage";

    private const string ProposalType =
        "DealProposal(bytes pieceCid,address client,uint64 providerId,uint8 class,uint64 startBlock,uint64 endBlock," +
        "uint128 pricePerBlock,uint256 providerCollateral,uint256 clientCollateral,uint16 pdpChallenges,uint32 retrievalSla," +
        "address payToken,bytes32 labelHash,uint64 nonce)";

    private const string ExtensionType = "DealExtension(uint64 dealId,uint64 endBlock,uint128 pricePerBlock)";

    /// <summary>The digest that a client signs to propose a deal off the chain.</summary>
    public static Hash256 DigestOf(ulong chainId, DealProposal proposal) =>
        SignedStruct.Of(ProposalType)
            .Add(Keccak256.Hash(proposal.PieceCid))
            .Add(proposal.Client)
            .Add(proposal.ProviderId)
            .Add((ulong)proposal.Class)
            .Add(proposal.StartBlock)
            .Add(proposal.EndBlock)
            .Add(proposal.PricePerBlock)
            .Add(proposal.ProviderCollateral.Wei)
            .Add(proposal.ClientCollateral.Wei)
            .Add(proposal.PdpChallenges)
            .Add(proposal.RetrievalSla)
            .Add(proposal.PayToken)
            .Add(proposal.LabelHash)
            .Add(proposal.Nonce)
            .DigestFor(Domain, chainId, WellKnownAddresses.StorageMarket);

    /// <summary>The digest that the other party signs to agree to another end or price.</summary>
    public static Hash256 ExtensionDigestOf(ulong chainId, ulong dealId, ulong endBlock, UInt128 pricePerBlock) =>
        SignedStruct.Of(ExtensionType).Add(dealId).Add(endBlock).Add(pricePerBlock)
            .DigestFor(Domain, chainId, WellKnownAddresses.StorageMarket);
}
