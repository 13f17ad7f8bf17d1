using System.Buffers.Binary;
using DePinChain.Modules.Economy;
using DePinChain.Primitives;

namespace DePinChain.Modules.Render;

/// <summary>The numbers and formulas of rendering: integers, with a named rounding.</summary>
/// <remarks>
/// Sources: OTOY's price sheet (tiers, OctaneBench hours, 2 to 4 and 8 to 16 times the work), Render Network Proposals 001 (burn and mint),
/// 006, 019 and 021 (95 % burned), 013 and 022 (15,000 of 17,800 tokens a week for jobs).
/// </remarks>
public static class RenderPolicy
{
    /// <summary>Frames of one job.</summary>
    public const uint FramesMax = 10_000;

    /// <summary>Engines there can be.</summary>
    public const ushort EnginesMax = 64;

    /// <summary>The last tier.</summary>
    public const byte TierMax = 3;

    /// <summary>All tiers of a node.</summary>
    public const byte TiersMask = 7;

    /// <summary>The highest work of one frame, in 1/1,000 OctaneBench hours.</summary>
    public const uint ObhMilliMax = 1_000_000_000;

    /// <summary>The highest OctaneBench score of a node.</summary>
    public const uint ObScoreMax = 1_000_000;

    /// <summary>Frames handed out at one block's start.</summary>
    public const int AssignmentsMax = 200;

    /// <summary>Idle nodes of a tier looked at in one block.</summary>
    public const int NodesMax = 200;

    /// <summary>Work of looking at a tier's idle nodes and at its queues: a set and a record for each.</summary>
    public const ulong UnitsToLook = (2 * NodesMax) + (4 * JobsMax);

    /// <summary>Work of handing a frame out, at most.</summary>
    public const ulong UnitsPerAssignment = 96;

    /// <summary>Jobs of a queue looked at in one block.</summary>
    public const int JobsMax = 64;

    /// <summary>Steps at one block's start.</summary>
    public const int StepsMax = 400;

    /// <summary>Frames that one call approves.</summary>
    public const int ApprovalsMax = 64;

    /// <summary>Epochs that one call claims.</summary>
    public const int ClaimsMax = 64;

    /// <summary>Entries of one page of a view.</summary>
    public const int PageMax = 100;

    /// <summary>Frames whose work makes a median.</summary>
    public const int SamplesMax = 32;

    /// <summary>Blocks from a commitment to the draw: the mix of the block after it is what draws.</summary>
    public const ulong DrawDelay = 2;

    /// <summary>A drawn frame waits for an idle second node so many blocks; the beacon is forgotten after 32,768.</summary>
    public const ulong SecondWaitMin = 20;

    /// <inheritdoc cref="SecondWaitMin"/>
    public const ulong SecondWaitMax = 7_200;

    /// <summary>Approval by silence is tried again after so many blocks when there was no price.</summary>
    public const ulong ApproveRetryBlocks = 5;

    /// <summary>Good frames rejected until a job is put aside.</summary>
    public const uint UpheldMax = 3;

    /// <summary>Parts of a whole.</summary>
    public const uint Bps = 10_000;

    /// <summary>Millionths.</summary>
    public const uint Ppm = 1_000_000;

    /// <summary>Frames rendered twice when a job says nothing: 5 %, in tier 1 all.</summary>
    public static ushort DefaultCheckBps(byte tier) => tier == 1 ? (ushort)10_000 : (ushort)500;

    /// <summary>Second renderings that a deposit covers: twice those that are expected.</summary>
    public static uint ChecksMax(uint frames, ushort checkBps) =>
        (uint)Math.Min(frames, 2 * ((((ulong)frames * checkBps) + Bps - 1) / Bps));

    /// <summary>What binds a node to pixels that nobody else can copy before it reveals: keccak256(pixelHash ‖ salt ‖ node).</summary>
    public static Hash256 Commitment(Hash256 pixelHash, Hash256 salt, Address node)
    {
        Span<byte> preimage = stackalloc byte[(2 * Hash256.Size) + Address.Size];
        pixelHash.CopyTo(preimage);
        salt.CopyTo(preimage[Hash256.Size..]);
        node.CopyTo(preimage[(2 * Hash256.Size)..]);
        return Keccak256.Hash(preimage);
    }

    /// <summary>
    /// keccak256(width ‖ height ‖ channels ‖ samples), numbers in four bytes, big-endian. Of pixels and never of files, which differ by
    /// their time stamps.
    /// </summary>
    /// <param name="width">Pixels of a row.</param>
    /// <param name="height">Rows.</param>
    /// <param name="channels">Samples of a pixel.</param>
    /// <param name="samples">Row by row: a byte each, or binary32 little-endian.</param>
    public static Hash256 PixelHash(uint width, uint height, uint channels, ReadOnlySpan<byte> samples)
    {
        byte[] preimage = new byte[12 + samples.Length];
        BinaryPrimitives.WriteUInt32BigEndian(preimage, width);
        BinaryPrimitives.WriteUInt32BigEndian(preimage.AsSpan(4), height);
        BinaryPrimitives.WriteUInt32BigEndian(preimage.AsSpan(8), channels);
        samples.CopyTo(preimage.AsSpan(12));
        return Keccak256.Hash(preimage);
    }

    /// <summary>What a committee judges: a frame's name.</summary>
    public static Hash256 SubjectOf(ulong job, uint frame)
    {
        Span<byte> name = stackalloc byte[12];
        BinaryPrimitives.WriteUInt64BigEndian(name, job);
        BinaryPrimitives.WriteUInt32BigEndian(name[8..], frame);
        return Keccak256.Hash(name);
    }

    /// <summary>Blocks that a node has for a frame: three times what its score says, at least the least.</summary>
    public static ulong TimeFor(uint obhMilli, uint obScore, in RenderParameters rules)
    {
        ulong milliHours = ((ulong)obhMilli * rules.HourBlocks) + (1_000UL * obScore) - 1;
        return Math.Max(rules.RenderBlocksMin, 3 * (milliHours / (1_000UL * obScore)));
    }

    /// <summary>
    /// Until when a drawn frame waits for a second node: as long as a rendering may take, so that every node that is busy now is idle once.
    /// It is looked for at each block's start before frames are handed out: in a crowded network checks go before new work.
    /// </summary>
    public static ulong SecondWanted(ulong committedAt, uint obhMilli, uint obScore, in RenderParameters rules) =>
        committedAt + DrawDelay + Math.Clamp(TimeFor(obhMilli, obScore, rules), SecondWaitMin, SecondWaitMax);

    /// <summary>What so much work costs, in 10^-9 dollars, rounded down.</summary>
    public static UInt128 Dollars(ulong obhMilli, ulong price) => (UInt128)obhMilli * price / 1_000;

    /// <summary>Work that is paid: what was reported, at most half more than the median of the last frames, or than the estimate.</summary>
    public static uint Accepted(uint reported, uint estimate, ReadOnlySpan<uint> last)
    {
        uint median = estimate;
        if (last.Length > 0)
        {
            uint[] sorted = last.ToArray();
            Array.Sort(sorted);
            median = sorted[(sorted.Length - 1) / 2];
        }

        return (uint)Math.Min(reported, (ulong)median * 3 / 2);
    }

    /// <summary>How crowded a tier is, in 10^-6: half of min(1, U / 0.9) and half of min(1, Q / 24 h).</summary>
    /// <remarks>U is the part of points that is busy, Q the queued work by the points that are there, in hours.</remarks>
    public static uint Congestion(in TierLoad load)
    {
        if (load.OnlineOb == 0) return load.QueuedObhMilli == 0 ? 0 : Ppm;
        ulong busy = Math.Min(Ppm, (ulong)((UInt128)load.BusyOb * Ppm * 10 / ((UInt128)load.OnlineOb * 9)));
        ulong queued = Math.Min(Ppm, (ulong)((UInt128)load.QueuedObhMilli * Ppm / ((UInt128)load.OnlineOb * 24_000)));
        return (uint)((busy + queued) / 2);
    }

    /// <summary>The next prices. Tier 1: p + p · clamp(5 · (U − 0.7), −1, 1) / 8 between a quarter and four times the reference.</summary>
    public static TierPrices Next(in TierPrices prices, in TierLoad one, in TierLoad two, in TierLoad three, ulong reference)
    {
        // Where nobody works in tier 1 nothing says what it is worth.
        long busy = one.OnlineOb == 0 ? 0 : (long)((UInt128)one.BusyOb * Ppm / one.OnlineOb);
        long lean = one.OnlineOb == 0 ? 0 : Math.Clamp(5 * (busy - 700_000), -(long)Ppm, Ppm);
        Int128 price = (Int128)prices.Price + ((Int128)prices.Price * lean / (8 * (long)Ppm));
        ulong bounded = (ulong)Int128.Clamp(price, Math.Max(1, reference / 4), (Int128)reference * 4);
        uint second = Step(prices.Multiplier2, (4 * Ppm) - (2 * Congestion(two)));
        return new TierPrices(bounded, second, Step(prices.Multiplier3, (16 * Ppm) - (8 * Congestion(three))));
    }

    /// <summary>10^-9 dollars for an OctaneBench hour in a tier.</summary>
    public static ulong PriceOf(in TierPrices prices, byte tier) => tier switch
    {
        1 => prices.Price,
        2 => (ulong)((UInt128)prices.Price * Ppm / prices.Multiplier2),
        _ => (ulong)((UInt128)prices.Price * Ppm / prices.Multiplier3),
    };

    /// <summary>A deposit for a job: the estimate for all frames and second renderings with its margin, rounded up.</summary>
    public static Amount Deposit(uint frames, uint checks, uint obhMilli, ulong price, ulong coinPrice, in RenderParameters rules)
    {
        UInt128 dollars = Dollars((ulong)obhMilli * ((ulong)frames + checks), price) * rules.MarginBps;
        return OraclePolicy.ToCoins((dollars + Bps - 1) / Bps, coinPrice, Rounding.Up);
    }

    /// <summary>A payment's parts: what is burned, rounded down, and what the community pool has.</summary>
    public static (Amount Burned, Amount Pool) Split(Amount coins, uint burnBps)
    {
        Amount burned = coins.MulDiv(burnBps, Bps, Rounding.Down);
        return (burned, coins - burned);
    }

    /// <summary>What an epoch may mint: 5.5 % a year of what remains, floor(remaining · 55 / (1,000 · 52.18)).</summary>
    public static Amount EpochEmission(Amount remaining, in RenderParameters rules) =>
        remaining.MulDiv(100 * (UInt128)rules.EmissionPerMille, 1_000 * (UInt128)rules.EpochsPerYearCenti, Rounding.Down);

    /// <summary>A node's part of an epoch, and what it may have of it.</summary>
    /// <param name="epoch">The epoch.</param>
    /// <param name="spent">What was spent on the node, in 10^-9 dollars.</param>
    /// <param name="isAudited">An auditor knows who it is; otherwise it may be its own customer and has less than was burned.</param>
    /// <param name="selfDealBps">Nine tenths, in 1/10,000.</param>
    public static (Amount Share, Amount Reward) Reward(EpochRecord epoch, UInt128 spent, bool isAudited, uint selfDealBps)
    {
        Amount share = epoch.JobPool.MulDiv(spent, epoch.Spent, Rounding.Down);
        if (isAudited) return (share, share);
        return (share, Amount.Min(share, OraclePolicy.ToCoins(spent * selfDealBps / Bps, epoch.Price, Rounding.Down)));
    }

    // By two hundredths an update at most.
    private static uint Step(uint multiplier, uint target)
    {
        uint step = multiplier / 50;
        return Math.Clamp(target, multiplier - step, multiplier + step);
    }
}
