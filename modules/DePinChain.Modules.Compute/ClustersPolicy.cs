using System.Buffers.Binary;
using DePinChain.Primitives;

namespace DePinChain.Modules.Compute;

/// <summary>The numbers and formulas of clusters. Money is base units, rounded in favour of who pays.</summary>
public static class ClustersPolicy
{
    /// <summary>Devices of one cluster.</summary>
    public const int DevicesMax = 256;

    /// <summary>Devices and spares of one cluster.</summary>
    public const int RosterMax = DevicesMax + (DevicesMax / DevicesPerSpare);

    /// <summary>One spare for so many devices begun.</summary>
    public const int DevicesPerSpare = 16;

    /// <summary>Regions of one request.</summary>
    public const int RegionsMax = 8;

    /// <summary>Longest booking: a year.</summary>
    public const uint HoursMax = 8_766;

    /// <summary>Offers that entering one passes over.</summary>
    public const int WalkMax = 64;

    /// <summary>Devices of one heartbeat.</summary>
    public const int HeartbeatMax = 64;

    /// <summary>Rounds without a sign of life after which a member is lost.</summary>
    public const uint RoundsMissed = 3;

    /// <summary>Places of a roster that one step visits: with what it writes for each, far below the work of one item.</summary>
    public const int PlacesPerStep = 32;

    /// <summary>Steps at one block's start.</summary>
    public const int StepsPerBlockMax = 200;

    /// <summary>An auction of fees begins at 105 % of the average price, in 1/10,000.</summary>
    public const uint AuctionStartBps = 10_500;

    /// <summary>And ends at 97 %.</summary>
    public const uint AuctionEndBps = 9_700;

    // The least mark of each tier: the steps at 100/75, 400/300 and 1,600/1,200 Mbit/s (Render RNP-006, RNP-019).
    private static readonly long[] TierMarks = [0, DeviceScores.One / 5, DeviceScores.One * 2 / 5, DeviceScores.One];

    /// <summary>The highest tier.</summary>
    public static int TierMax => TierMarks.Length - 1;

    /// <summary>The list in which offers of a model, region and token stand.</summary>
    public static Hash256 ListKey(uint model, ushort region, uint token)
    {
        Span<byte> key = stackalloc byte[10];
        BinaryPrimitives.WriteUInt32BigEndian(key, model);
        BinaryPrimitives.WriteUInt16BigEndian(key[4..], region);
        BinaryPrimitives.WriteUInt32BigEndian(key[6..], token);
        return Keccak256.Hash(key);
    }

    /// <summary>Offers that a booking looks at: 4 · devices + 64.</summary>
    public static int ScanMax(int devices) => (4 * devices) + 64;

    /// <summary>Spares of a cluster: ceil(devices / 16).</summary>
    public static int Spares(int devices) => (devices + DevicesPerSpare - 1) / DevicesPerSpare;

    /// <summary>True when a connection is of a tier.</summary>
    public static bool IsOfTier(long bandwidth, byte tier) => bandwidth >= TierMarks[tier];

    /// <summary>What a booking costs: T, floor(T · 25 / 10,000), and in a stable token floor(T · 200 / 10,000).</summary>
    public static BookingCost Cost(UInt128 hourly, uint hours, uint token, in ClusterParameters rules)
    {
        UInt128 total = hourly * hours;
        return new BookingCost(
            total, Part(total, rules.ReservationBps), token == AssetVault.Native ? UInt128.Zero : Part(total, rules.TokenBps));
    }

    /// <summary>What a member is paid less: the same parts of what it earned.</summary>
    public static UInt128 SupplierFee(UInt128 gross, uint token, in ClusterParameters rules) =>
        Part(gross, rules.ReservationBps) + (token == AssetVault.Native ? UInt128.Zero : Part(gross, rules.TokenBps));

    /// <summary>floor(amount · bps / 10,000).</summary>
    public static UInt128 Part(UInt128 amount, uint bps) => new Amount(amount).MulDiv(bps, EscrowPolicy.BpsScale, Rounding.Down).Wei;

    /// <summary>What a member earns in so many blocks, rounded down.</summary>
    public static UInt128 Earned(UInt128 hourly, ulong blocks, uint hourBlocks) =>
        new Amount(hourly).MulDiv(blocks, hourBlocks, Rounding.Down).Wei;

    /// <summary>The end of the hour that runs at a block, counted from the start.</summary>
    public static ulong HourEnd(ulong startedAt, ulong now, uint hourBlocks) =>
        startedAt + ((now - startedAt + hourBlocks - 1) / hourBlocks * hourBlocks);

    /// <summary>What a lot costs at a block of the auction: on a line from 105 % to 97 % of its worth, rounded up.</summary>
    /// <param name="worth">What it is worth at the average price.</param>
    /// <param name="block">0 for the first block.</param>
    /// <param name="blocks">Blocks of the auction.</param>
    public static Amount AuctionPrice(Amount worth, uint block, uint blocks)
    {
        uint bps = AuctionStartBps - ((AuctionStartBps - AuctionEndBps) * block / (blocks - 1));
        return worth.MulDiv(bps, EscrowPolicy.BpsScale, Rounding.Up);
    }
}
