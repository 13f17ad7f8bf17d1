using DePinChain.Modules.Sdk;
using DePinChain.Primitives;

namespace DePinChain.Modules.Economy;

/// <summary>What new DPN is minted for. Each stream has its own cap and its own schedule, kept by the module that pays it out.</summary>
public enum EmissionStream : byte
{
    /// <summary>Validators and their delegators.</summary>
    Security = 0,

    /// <summary>Storage providers.</summary>
    Storage = 1,

    /// <summary>Compute providers.</summary>
    Compute = 2,

    /// <summary>Render node operators.</summary>
    Render = 3,

    /// <summary>Miners and validators of subnets.</summary>
    Subnets = 4,
}

/// <summary>Why coins exist but cannot move.</summary>
public enum LockedFor : byte
{
    /// <summary>Staked with validators, or on the way back from there.</summary>
    Bond = 0,

    /// <summary>Pledged by storage providers.</summary>
    Pledge = 1,

    /// <summary>Earned, but not yet free.</summary>
    Vesting = 2,
}

/// <summary>One stream's account.</summary>
/// <param name="Cap">Most it may ever have outstanding.</param>
/// <param name="Minted">What it has minted since genesis.</param>
/// <param name="Recycled">What was destroyed to be minted again.</param>
public readonly record struct StreamRecord(Amount Cap, Amount Minted, Amount Recycled)
{
    /// <summary>Minted less recycled: what the cap bounds, and what subnets halve by.</summary>
    public Amount Issuance => Minted - Recycled;

    /// <summary>What may still be minted.</summary>
    public Amount Remaining => Cap - Issuance;
}

/// <summary>What sizes the security stream. Rates are in 10^-18.</summary>
/// <param name="RateChangeWad">How far the yearly rate may move in a year.</param>
/// <param name="RateMinWad">Lowest yearly rate.</param>
/// <param name="RateMaxWad">Highest yearly rate.</param>
/// <param name="GoalBondedWad">Bonded part of the supply at which the rate stands still.</param>
/// <param name="BlocksPerYear">Blocks in this stream's year.</param>
public readonly record struct SecurityParameters(
    [Bounds(0, EmissionPolicy.Wad)] ulong RateChangeWad,
    [Bounds(0, EmissionPolicy.Wad / 5)] ulong RateMinWad,
    [Bounds(0, EmissionPolicy.Wad / 5)] ulong RateMaxWad,
    [Bounds(EmissionPolicy.Wad / 100, EmissionPolicy.Wad)] ulong GoalBondedWad,
    [Bounds(1_000, 1_000_000_000)] ulong BlocksPerYear)
{
    /// <summary>Moving by 13 % a year between 7 % and 20 %, towards 67 % bonded.</summary>
    public static SecurityParameters Default { get; } = new(
        EmissionPolicy.RateChangeWad, EmissionPolicy.RateMinWad, EmissionPolicy.RateMaxWad, EmissionPolicy.GoalBondedWad,
        EmissionPolicy.BlocksPerYear);
}

/// <summary>The supply and where it stands.</summary>
/// <param name="Genesis">What block 0 held.</param>
/// <param name="Minted">What all streams have minted.</param>
/// <param name="Burned">What was destroyed: base fees, slashes, burned and recycled fees.</param>
/// <param name="Total">Genesis + minted − burned.</param>
/// <param name="Locked">Bonded, pledged and vesting coins, as of the start of the block.</param>
/// <param name="Pool">The community pool.</param>
/// <param name="Circulating">Total − locked − pool.</param>
/// <param name="Cap">Most that may ever exist: genesis plus the caps of all streams.</param>
public readonly record struct SupplyReport(
    Amount Genesis, Amount Minted, Amount Burned, Amount Total, Amount Locked, Amount Pool, Amount Circulating, Amount Cap);

/// <summary>A stream as a view shows it.</summary>
/// <param name="Stream">Which.</param>
/// <param name="Cap">Most it may ever have outstanding.</param>
/// <param name="Minted">What it has minted since genesis.</param>
/// <param name="Recycled">What was destroyed to be minted again.</param>
/// <param name="Remaining">What may still be minted.</param>
public readonly record struct StreamReport(EmissionStream Stream, Amount Cap, Amount Minted, Amount Recycled, Amount Remaining);

/// <summary>What the next block's security emission will be computed from.</summary>
/// <param name="RateWad">Yearly rate of the last block, in 10^-18.</param>
/// <param name="Bonded">Bonded stake the last block used.</param>
/// <param name="Supply">Total supply now.</param>
/// <param name="Remaining">What the stream may still mint.</param>
/// <param name="Last">What the last block minted.</param>
public readonly record struct SecurityReport(ulong RateWad, Amount Bonded, Amount Supply, Amount Remaining, Amount Last);

/// <summary>What one block of the security stream leaves behind.</summary>
/// <param name="RateWad">Yearly rate, in 10^-18.</param>
/// <param name="Bonded">Bonded stake it was computed from.</param>
/// <param name="Provision">What was minted.</param>
public readonly record struct SecurityState(ulong RateWad, Amount Bonded, Amount Provision);
