using DePinChain.Modules.Sdk;
using DePinChain.Primitives;

namespace DePinChain.Modules.Storage;

/// <summary>Which proofs a deal asks for.</summary>
public enum DealClass : byte
{
    /// <summary>Hot data: proofs of possession.</summary>
    Possession = 0,

    /// <summary>Cold data: a sealed replica.</summary>
    Sealed = 1,

    /// <summary>Both; a block counts only when both containers count it.</summary>
    Both = 2,
}

/// <summary>Where a deal stands.</summary>
public enum DealState : byte
{
    /// <summary>There is no such deal.</summary>
    None = 0,

    /// <summary>Proposed on the chain; the provider has not accepted.</summary>
    Proposed = 1,

    /// <summary>Agreed; funds are locked, the data is not in a container yet.</summary>
    Published = 2,

    /// <summary>The data is in a container and earns for proven time.</summary>
    Active = 3,

    /// <summary>Served to its end.</summary>
    Completed = 4,

    /// <summary>Ended early by one of its parties.</summary>
    Terminated = 5,

    /// <summary>Ended because its container failed too long.</summary>
    Slashed = 6,

    /// <summary>The proposal was withdrawn or not accepted in time.</summary>
    Cancelled = 7,

    /// <summary>The data was not in a container in time.</summary>
    Expired = 8,
}

/// <summary>Why a deal's terms are refused.</summary>
public enum DealFault : byte
{
    /// <summary>They are not.</summary>
    None = 0,

    /// <summary>The piece CID does not decode, or the piece is empty or larger than 64 GiB.</summary>
    Piece = 1,

    /// <summary>No provider has this number.</summary>
    Provider = 2,

    /// <summary>Deals of this class do not renew themselves.</summary>
    Class = 3,

    /// <summary>The start has passed or is too far away.</summary>
    Start = 4,

    /// <summary>The term is shorter or longer than allowed.</summary>
    Term = 5,

    /// <summary>The number of challenges is not between 5 and 64.</summary>
    Challenges = 6,

    /// <summary>The price is above what any deal may cost.</summary>
    Price = 7,

    /// <summary>The pay token is neither zero nor a token's account.</summary>
    Token = 8,

    /// <summary>The provider's collateral is below the least.</summary>
    Collateral = 9,

    /// <summary>The client's free escrow does not cover what the deal locks.</summary>
    ClientFunds = 10,

    /// <summary>The provider's free escrow does not cover its collateral.</summary>
    ProviderFunds = 11,

    /// <summary>The client's nonce was used.</summary>
    Nonce = 12,

    /// <summary>The signature is not the client's.</summary>
    Signature = 13,

    /// <summary>The client does not present what the provider asks of its clients.</summary>
    Credentials = 14,
}

/// <summary>What somebody keeps in the market's escrow, in base units of one token.</summary>
/// <param name="Total">All of it.</param>
/// <param name="Locked">What deals, bids and requests hold.</param>
public readonly record struct EscrowRecord(UInt128 Total, UInt128 Locked)
{
    /// <summary>What can be withdrawn or locked.</summary>
    public UInt128 Free => Total - Locked;
}

/// <summary>Somebody who stores data.</summary>
/// <param name="Owner">Whose collateral and income it is.</param>
/// <param name="Operator">A hot key that may do the daily work; zero for none.</param>
/// <param name="Successor">Whom the owner has proposed; zero for nobody.</param>
/// <param name="Endpoint">Where clients reach it: an HTTPS address.</param>
/// <param name="PeerId">Its libp2p identity.</param>
public sealed record ProviderRecord(
    Address Owner, Address Operator, Address Successor, [Limit(256)] string Endpoint, [Limit(64)] byte[] PeerId);

/// <summary>A provider's standing offer: proposals that meet it need no acceptance.</summary>
/// <param name="PricePerGiBBlock">Least wei for a GiB of padded piece and a block.</param>
/// <param name="SizeMin">Smallest padded piece.</param>
/// <param name="SizeMax">Largest padded piece; 0 closes the offer.</param>
/// <param name="BlocksMin">Shortest term.</param>
/// <param name="BlocksMax">Longest term.</param>
/// <param name="CollateralMax">Most collateral the provider gives for one deal.</param>
public readonly record struct Offer(
    UInt128 PricePerGiBBlock, ulong SizeMin, ulong SizeMax, ulong BlocksMin, ulong BlocksMax, Amount CollateralMax);

/// <summary>The terms of a deal, as a client signs them.</summary>
/// <param name="PieceCid">The piece, version 2 in binary.</param>
/// <param name="Client">Who pays.</param>
/// <param name="ProviderId">Who stores.</param>
/// <param name="Class">Which proofs.</param>
/// <param name="StartBlock">The last block that is not billed.</param>
/// <param name="EndBlock">The last block that is.</param>
/// <param name="PricePerBlock">Base units of the pay token for a proven block.</param>
/// <param name="ProviderCollateral">DPN the provider may lose to the client.</param>
/// <param name="ClientCollateral">DPN that covers what the client owes at the end.</param>
/// <param name="PdpChallenges">Leaves each proof of possession shows, 5 to 64.</param>
/// <param name="RetrievalSla">What was agreed about retrieval; kept for the parties.</param>
/// <param name="PayToken">The token's account, or zero for DPN.</param>
/// <param name="LabelHash">keccak of whatever the client calls it.</param>
/// <param name="Nonce">Used once for each client.</param>
public sealed record DealProposal(
    [Limit(47)] byte[] PieceCid,
    Address Client,
    ulong ProviderId,
    DealClass Class,
    ulong StartBlock,
    ulong EndBlock,
    UInt128 PricePerBlock,
    Amount ProviderCollateral,
    Amount ClientCollateral,
    ushort PdpChallenges,
    uint RetrievalSla,
    Address PayToken,
    Hash256 LabelHash,
    ulong Nonce);

/// <summary>A deal.</summary>
/// <param name="Client">Who pays.</param>
/// <param name="Provider">Who stores.</param>
/// <param name="Class">Which proofs.</param>
/// <param name="State">Where it stands.</param>
/// <param name="Token">What it is paid in; 0 is DPN.</param>
/// <param name="Price">Base units for a proven block.</param>
/// <param name="Locked">The client's funds it holds.</param>
/// <param name="Arrears">What was earned and could not be paid.</param>
/// <param name="ProviderCollateral">DPN it holds of the provider's owner.</param>
/// <param name="ClientCollateral">DPN it holds of the client.</param>
/// <param name="Collateralist">Whose collateral: the provider's owner when it was agreed.</param>
/// <param name="Start">The last block that is not billed.</param>
/// <param name="End">The last block that is.</param>
/// <param name="SettledUpTo">The block up to which it is settled.</param>
/// <param name="Container">Where its piece lies.</param>
/// <param name="Challenges">Leaves each proof shows.</param>
/// <param name="RetrievalSla">What was agreed about retrieval.</param>
/// <param name="Root">The piece's root.</param>
/// <param name="Height">The piece's height.</param>
/// <param name="Padding">The piece's padding.</param>
/// <param name="LabelHash">keccak of its name.</param>
public sealed record DealRecord(
    Address Client,
    ulong Provider,
    DealClass Class,
    DealState State,
    uint Token,
    UInt128 Price,
    UInt128 Locked,
    UInt128 Arrears,
    Amount ProviderCollateral,
    Amount ClientCollateral,
    Address Collateralist,
    ulong Start,
    ulong End,
    ulong SettledUpTo,
    ulong Container,
    ushort Challenges,
    uint RetrievalSla,
    Hash256 Root,
    byte Height,
    ulong Padding,
    Hash256 LabelHash);

/// <summary>Something that holds pieces and is proven by periods: a data set or a sealed sector.</summary>
/// <param name="Provider">Whose.</param>
/// <param name="Offset">Period n is proven for the blocks (Offset + (n − 1)·Period, Offset + n·Period].</param>
/// <param name="Period">Blocks of a period.</param>
/// <param name="LastClosed">The last period that was judged; 0 for none.</param>
/// <param name="Proven">Periods that were proven.</param>
/// <param name="SlashedAt">The block it failed for good; 0 while it has not.</param>
public readonly record struct ContainerRecord(
    ulong Provider, ulong Offset, ulong Period, ulong LastClosed, ulong Proven, ulong SlashedAt);

/// <summary>256 periods of a container.</summary>
/// <param name="Bits">Bit n: period 256·chunk + n was proven.</param>
/// <param name="Before">Periods proven before these.</param>
public readonly record struct ProvenChunk(UInt256 Bits, ulong Before);

/// <summary>A client's request for bids.</summary>
/// <param name="Client">Who asks.</param>
/// <param name="PieceCid">For which piece.</param>
/// <param name="Duration">For how many blocks.</param>
/// <param name="PriceMax">The most it pays a provider for a block.</param>
/// <param name="Replicas">How many providers it wants.</param>
/// <param name="BidDeadline">The last block that takes bids.</param>
/// <param name="Challenges">Leaves each proof shows.</param>
/// <param name="Locked">What it holds of the client.</param>
/// <param name="Attributes">keccak of further wishes.</param>
/// <param name="Open">False once it was awarded or withdrawn.</param>
public sealed record RequestRecord(
    Address Client,
    byte[] PieceCid,
    ulong Duration,
    UInt128 PriceMax,
    ushort Replicas,
    ulong BidDeadline,
    ushort Challenges,
    UInt128 Locked,
    Hash256 Attributes,
    bool Open);

/// <summary>A bid.</summary>
/// <param name="Owner">Whose collateral is locked.</param>
/// <param name="Price">What the provider wants for a block.</param>
/// <param name="Collateral">What it risks.</param>
public readonly record struct BidRecord(Address Owner, UInt128 Price, Amount Collateral);
