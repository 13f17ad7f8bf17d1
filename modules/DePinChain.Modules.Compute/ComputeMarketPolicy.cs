using DePinChain.Primitives;

namespace DePinChain.Modules.Compute;

/// <summary>Numbers and formulas of the market of leases.</summary>
/// <remarks>Sources: Akash x/market (bids, reclamation, rules) and x/deployment of v0.8.2 (bidding blocks); the rest is ours.</remarks>
public static class ComputeMarketPolicy
{
    /// <summary>Bytes of a provider's address in the network.</summary>
    public const int UriBytesMax = 128;

    /// <summary>Bids of one provider for one order.</summary>
    public const int BidsPerProviderMax = 4;

    /// <summary>Bids of an order that can be allowed at all: a match reads each.</summary>
    public const uint BidsCeiling = 100;

    /// <summary>Most blocks an order may take bids: 30 times Akash's old default of 12,342.</summary>
    public const uint BiddingBlocksMax = 370_260;

    /// <summary>The last block that may hold a bid is so many before the match: what the draw tests must stand before its seed.</summary>
    public const ulong BidMarginBlocks = 2;

    /// <summary>Part of a sealed bid's deposit that hiding it costs: a tenth.</summary>
    public const uint UnrevealedDivisor = 10;

    /// <summary>Orders matched at one block start.</summary>
    public const int MatchesPerBlockMax = 200;

    /// <summary>Orders whose bids are settled at one block start, so many bids each time.</summary>
    public const int SettlementsPerBlockMax = 200;

    /// <inheritdoc cref="SettlementsPerBlockMax"/>
    public const int BidsPerSettlement = 16;

    /// <summary>Leases whose start or sign of life is checked at one block start.</summary>
    public const int ChecksPerBlockMax = 500;

    /// <summary>Leases that one heartbeat names.</summary>
    public const int HeartbeatLeasesMax = 64;

    /// <summary>Entries of one page of a view.</summary>
    public const int PageMax = 100;

    /// <summary>Blocks after which counted jobs are halved: 30 days.</summary>
    public const ulong JobsHalvingBlocks = 216_000;

    /// <summary>The mark of a provider without history, and the scale of marks.</summary>
    public const ulong ScoreScale = 1_000_000_000;

    /// <summary>keccak256(abi.encode(owner, dseq, gseq)).</summary>
    public static Hash256 GroupKey(Address owner, ulong dseq, uint gseq)
    {
        AbiWriter words = new(headWords: 3);
        words.WriteAddress(owner);
        words.WriteUInt(dseq);
        words.WriteUInt((ulong)gseq);
        return Keccak256.Hash(words.ToArray());
    }

    /// <summary>keccak256(abi.encode(owner, dseq, gseq, oseq)).</summary>
    public static Hash256 OrderKey(in OrderId id)
    {
        AbiWriter words = new(headWords: 4);
        Write(words, id);
        return Keccak256.Hash(words.ToArray());
    }

    /// <summary>keccak256(abi.encode(owner, dseq, gseq, oseq, provider, bseq)): the number of a bid, its lease and its payment.</summary>
    public static Hash256 BidKey(in OrderId id, Address provider, byte bseq)
    {
        AbiWriter words = new(headWords: 6);
        Write(words, id);
        words.WriteAddress(provider);
        words.WriteUInt((ulong)bseq);
        return Keccak256.Hash(words.ToArray());
    }

    /// <summary>keccak256("dep" ‖ owner ‖ dseq in 8 bytes): the number of a deployment's escrow account.</summary>
    public static Hash256 AccountKey(Address owner, ulong dseq)
    {
        Span<byte> text = stackalloc byte[3 + Address.Size + sizeof(ulong)];
        "dep"u8.CopyTo(text);
        owner.CopyTo(text[3..]);
        System.Buffers.Binary.BinaryPrimitives.WriteUInt64BigEndian(text[(3 + Address.Size)..], dseq);
        return Keccak256.Hash(text);
    }

    /// <summary>keccak256(abi.encode(owner, dseq, gseq, oseq, bseq, price, offer, salt, provider)): what a sealed bid commits to.</summary>
    public static Hash256 Commitment(in OrderId id, byte bseq, UInt128 price, Hash256 offer, Hash256 salt, Address provider)
    {
        AbiWriter words = new(headWords: 9);
        Write(words, id);
        words.WriteUInt((ulong)bseq);
        words.WriteUInt(price);
        words.WriteHash(offer);
        words.WriteHash(salt);
        words.WriteAddress(provider);
        return Keccak256.Hash(words.ToArray());
    }

    /// <summary>What settles a draw of equal bids: keccak256(seed ‖ bid). No bidder can choose it by choosing an address.</summary>
    public static Hash256 TieBreak(in Hash256 seed, in Hash256 bid)
    {
        Span<byte> text = stackalloc byte[2 * Hash256.Size];
        seed.CopyTo(text);
        bid.CopyTo(text[Hash256.Size..]);
        return Keccak256.Hash(text);
    }

    /// <summary>How well a provider's leases ended: (ok + 8) / (all + 10), in 10^-9. Without history, eight of ten.</summary>
    public static ulong JobsScore(uint ok, uint all) => (ok + 8UL) * ScoreScale / (all + 10UL);

    /// <summary>Block at whose start an order is matched by itself, or given up when the tenant has not chosen.</summary>
    public static ulong SettlesAt(in OrderRecord order, in MarketParameters rules) => order.Mode switch
    {
        AuctionMode.AutoLowest => order.ClosesAt,
        AuctionMode.Sealed => order.ClosesAt + rules.RevealBlocks + 1,
        _ => order.ClosesAt + rules.ChoiceBlocks,
    };

    /// <summary>Least deposit of a bid: 300 blocks of its price, in DPN no less than half a coin.</summary>
    public static UInt128 BidDeposit(uint token, UInt128 price, in MarketParameters rules) => UInt128.Max(
        token == AssetVault.Native ? rules.BidDepositMin.Wei : UInt128.Zero, price * rules.BidDepositBlocks);

    /// <summary>Blocks of notice that a provider who leaves a lease now has not given.</summary>
    public static ulong NoticeLeft(in LeaseRecord lease, ulong now, in MarketParameters rules)
    {
        if (lease.ReclaimDeadline == 0) return lease.ReclaimBlocks == 0 ? rules.ReclaimBlocksMin : lease.ReclaimBlocks;
        return lease.ReclaimDeadline > now ? lease.ReclaimDeadline - now : 0;
    }

    private static void Write(AbiWriter words, in OrderId id)
    {
        words.WriteAddress(id.Owner);
        words.WriteUInt(id.Dseq);
        words.WriteUInt((ulong)id.Gseq);
        words.WriteUInt((ulong)id.Oseq);
    }
}
