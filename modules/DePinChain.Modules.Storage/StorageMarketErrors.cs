using DePinChain.Modules.Sdk;
using DePinChain.Primitives;

namespace DePinChain.Modules.Storage;

/// <summary>No provider has this number.</summary>
[Error] public readonly partial record struct UnknownProvider(ulong ProviderId);

/// <summary>Only the provider's owner may do this.</summary>
[Error] public readonly partial record struct NotProviderOwner(ulong ProviderId, Address Owner);

/// <summary>Only the provider's owner or operator may do this.</summary>
[Error] public readonly partial record struct NotProvider(ulong ProviderId, Address Caller);

/// <summary>An endpoint is text of 1 to 256 bytes.</summary>
[Error] public readonly partial record struct InvalidEndpoint(string Endpoint);

/// <summary>Nobody proposed the caller as the provider's owner.</summary>
[Error] public readonly partial record struct NotSuccessor(ulong ProviderId, Address Successor);

/// <summary>The pay token is neither zero nor a token's account.</summary>
[Error] public readonly partial record struct UnknownPayToken(Address Token);

/// <summary>The value of the call is not what is to be deposited.</summary>
[Error] public readonly partial record struct WrongValue(Amount Expected, Amount Actual);

/// <summary>The escrow has no account for nobody, and no deposit of nothing.</summary>
[Error] public readonly partial record struct NothingToDeposit();

/// <summary>Less than this is free in the escrow.</summary>
[Error] public readonly partial record struct EscrowTooSmall(Address Account, UInt128 Needed, UInt128 Free);

/// <summary>The deal's terms are refused.</summary>
[Error] public readonly partial record struct DealRefused(DealFault Fault);

/// <summary>As many signatures as proposals, at most 32.</summary>
[Error] public readonly partial record struct SignatureCount(uint Proposals, uint Signatures);

/// <summary>No deal has this number.</summary>
[Error] public readonly partial record struct UnknownDeal(ulong Id);

/// <summary>The deal does not stand where the call needs it.</summary>
[Error] public readonly partial record struct WrongDealState(ulong Id, DealState State);

/// <summary>The caller is not a party of the deal.</summary>
[Error] public readonly partial record struct NotParty(ulong Id, Address Caller);

/// <summary>The caller is not the client.</summary>
[Error] public readonly partial record struct NotClient(Address Client, Address Caller);

/// <summary>The deal is for another provider.</summary>
[Error] public readonly partial record struct DealOfOther(ulong Id, ulong ProviderId);

/// <summary>The deal is for another piece.</summary>
[Error] public readonly partial record struct DealForOtherPiece(ulong Id);

/// <summary>The data came after the deal's start and grace.</summary>
[Error] public readonly partial record struct ActivationTooLate(ulong Id, ulong Deadline);

/// <summary>A deal's end only moves away.</summary>
[Error] public readonly partial record struct NotAnExtension(ulong Id, ulong End);

/// <summary>The other party did not sign this change.</summary>
[Error] public readonly partial record struct NotSignedByCounterparty(Address Counterparty);

/// <summary>A list holds more than a call takes.</summary>
[Error] public readonly partial record struct TooMany(uint Max);

/// <summary>No request has this number, or it is closed.</summary>
[Error] public readonly partial record struct UnknownRequest(ulong Id);

/// <summary>A request asks for 1 to 16 replicas, a term, challenges, a price and a bid deadline inside the market's bounds.</summary>
[Error] public readonly partial record struct InvalidRequest(string Reason);

/// <summary>The request takes no more bids.</summary>
[Error] public readonly partial record struct BiddingOver(ulong Id, ulong Deadline);

/// <summary>The bid asks for more than the request pays.</summary>
[Error] public readonly partial record struct BidTooHigh(UInt128 Price, UInt128 PriceMax);

/// <summary>The bid's collateral is below the least.</summary>
[Error] public readonly partial record struct BidCollateralTooLow(Amount Collateral, Amount Least);

/// <summary>The provider has bid already.</summary>
[Error] public readonly partial record struct AlreadyBid(ulong Id, ulong ProviderId);

/// <summary>The provider has not bid.</summary>
[Error] public readonly partial record struct NoBid(ulong Id, ulong ProviderId);

/// <summary>Before the bid deadline only the client awards, and only the client names winners.</summary>
[Error] public readonly partial record struct AwardIsTheClients(ulong Id, ulong Deadline);

/// <summary>Winners have different owners, and there are no more of them than replicas.</summary>
[Error] public readonly partial record struct InvalidAward(ulong Id);

/// <summary>No container has this number.</summary>
[Error] public readonly partial record struct UnknownContainer(ulong Id);

/// <summary>The deal asks for another kind of container.</summary>
[Error] public readonly partial record struct WrongDealClass(ulong Deal, DealClass Class);

/// <summary>The deal does not renew itself, or it is not the last two periods before its end.</summary>
[Error] public readonly partial record struct NotTimeToRenew(ulong Deal, ulong From, ulong Until);

/// <summary>The provider's standing offer does not take the renewal, or asks for more than the client allows.</summary>
[Error] public readonly partial record struct OfferNotMet(ulong Deal, UInt128 Asked, UInt128 Allowed);

/// <summary>There is no such replica set.</summary>
[Error] public readonly partial record struct UnknownReplicaSet(ulong SetId);

/// <summary>A shard, or the shards that are needed, are not among those there are.</summary>
[Error] public readonly partial record struct ShardCount(uint Named, uint Shards);

/// <summary>Two shards would lie with one provider, or be one piece.</summary>
[Error] public readonly partial record struct ShardsNotDistinct(ulong Deal);

/// <summary>Nothing is left of what the client locked for repairs.</summary>
[Error] public readonly partial record struct PotEmpty(ulong SetId, Amount Bounty, Amount Pot);

/// <summary>The shard was not taken over, or its data is not proven since.</summary>
[Error] public readonly partial record struct ShardNotRepaired(ulong SetId, byte Shard);

/// <summary>Shards of the set are being repaired.</summary>
[Error] public readonly partial record struct RepairUnderWay(ulong SetId, uint Shards);

/// <summary>The account has set no policy, and screens by no list.</summary>
[Error(typeof(StorageMarketModule))] public readonly partial record struct UnknownPolicy(Address Account);

/// <summary>The deal's piece lies in a set already.</summary>
[Error] public readonly partial record struct DealPlacedAlready(ulong Deal, ulong Container);

/// <summary>So much time of the deal is unsettled that it takes another settlement first.</summary>
[Error] public readonly partial record struct SettleFirst(ulong Deal, ulong SettledUpTo, ulong JudgedUpTo);
