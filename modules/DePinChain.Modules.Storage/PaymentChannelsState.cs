using DePinChain.Primitives;

namespace DePinChain.Modules.Storage;

/// <summary>Why a voucher is refused.</summary>
public enum VoucherFault : byte
{
    /// <summary>It is not.</summary>
    None = 0,

    /// <summary>It is for another channel.</summary>
    Channel = 1,

    /// <summary>It is not valid yet, or not any more.</summary>
    Time = 2,

    /// <summary>The secret does not hash to what it asks for.</summary>
    Secret = 3,

    /// <summary>A voucher of this lane with the same or a higher number was redeemed.</summary>
    Nonce = 4,

    /// <summary>The lane has paid more already: amounts only grow.</summary>
    Amount = 5,

    /// <summary>The channel does not hold that much.</summary>
    Funds = 6,

    /// <summary>Neither the payer nor its session key signed it.</summary>
    Signature = 7,

    /// <summary>The session key has expired or spent what it may.</summary>
    Session = 8,
}

/// <summary>A promise to pay, worth what it adds to its lane.</summary>
/// <param name="Channel">Of which channel.</param>
/// <param name="Lane">Of which lane; every download has its own.</param>
/// <param name="Nonce">Higher than that of every voucher redeemed before.</param>
/// <param name="Amount">Base units of the whole lane so far.</param>
/// <param name="NotBefore">The first block in which it counts.</param>
/// <param name="NotAfter">The last one; 0 for no end.</param>
/// <param name="MinSettleBlock">The channel does not close before.</param>
/// <param name="SecretHash">keccak of what the payee must show; zero for nothing.</param>
/// <param name="MeterHash">keccak of the delivery log.</param>
public sealed record Voucher(
    ulong Channel, ulong Lane, ulong Nonce, UInt128 Amount, ulong NotBefore, ulong NotAfter, ulong MinSettleBlock, Hash256 SecretHash,
    Hash256 MeterHash);

/// <summary>A channel from one payer to one payee.</summary>
/// <param name="From">Who pays.</param>
/// <param name="To">Who is paid.</param>
/// <param name="Token">In what; 0 is DPN.</param>
/// <param name="Funded">Everything that went in.</param>
/// <param name="Redeemed">Everything that vouchers took out.</param>
/// <param name="SettleDelay">Blocks between closing and collecting.</param>
/// <param name="SettlesAt">The block from which the rest is the payer's; 0 while nobody closes it.</param>
/// <param name="MinSettleBlock">It does not close before.</param>
/// <param name="SessionKey">A key that signs vouchers for the payer; zero for none.</param>
/// <param name="SessionLimit">How much that key may still spend.</param>
/// <param name="SessionExpiry">The last block in which it counts.</param>
public sealed record ChannelRecord(
    Address From, Address To, uint Token, UInt128 Funded, UInt128 Redeemed, ulong SettleDelay, ulong SettlesAt, ulong MinSettleBlock,
    Address SessionKey, UInt128 SessionLimit, ulong SessionExpiry)
{
    /// <summary>What is left in it.</summary>
    public UInt128 Left => Funded - Redeemed;
}

/// <summary>What a lane has paid.</summary>
/// <param name="Nonce">The last voucher's number.</param>
/// <param name="Amount">Base units so far.</param>
public readonly record struct LaneRecord(ulong Nonce, UInt128 Amount);
