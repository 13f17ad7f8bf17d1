using DePinChain.Modules.Sdk;
using DePinChain.Primitives;
using static DePinChain.Modules.Sdk.Guard;

namespace DePinChain.Modules.Render;

// What rendering shows.
public sealed partial class RenderModule
{
    /// <summary>A job; reverts for one that there is not.</summary>
    [Function]
    public JobRecord GetJob(ulong job) => _jobs.Get(job);

    /// <summary>How many jobs were ever submitted; their numbers are 1 to this.</summary>
    [Function]
    public ulong JobCount() => _jobs.Last;

    /// <summary>A frame, counted from 0; a free one when nobody ever had it.</summary>
    [Function]
    public FrameRecord GetFrame(ulong job, uint frame) => _jobs.FrameOf(job, frame);

    /// <summary>Stages of frames, at most 100, from one on.</summary>
    [Function]
    public FrameStage[] GetStages(ulong job, uint start, uint limit)
    {
        Require(limit <= RenderPolicy.PageMax, new RenderPageTooLarge(RenderPolicy.PageMax));
        uint frames = _jobs.Get(job).Frames;
        uint count = Math.Min(limit, frames - Math.Min(frames, start));
        FrameStage[] stages = new FrameStage[count];
        for (uint i = 0; i < count; i++) stages[i] = _jobs.FrameOf(job, start + i).Stage;
        return stages;
    }

    /// <summary>A node; reverts for one that there is not.</summary>
    [Function]
    public NodeRecord GetNode(Address node) => _nodes.Get(node);

    /// <summary>Nodes, at most 100.</summary>
    [Function]
    public Address[] GetNodes(ulong start, uint limit)
    {
        Require(limit <= RenderPolicy.PageMax, new RenderPageTooLarge(RenderPolicy.PageMax));
        return [.. _nodes.All.Page(start, (int)limit)];
    }

    /// <summary>What an artist's rejections were worth.</summary>
    [Function]
    public ArtistRecord GetArtist(Address artist) => _jobs.ArtistOf(artist);

    /// <summary>What work costs now.</summary>
    [Function]
    public TierPrices GetPrices() => Prices.Value;

    /// <summary>10^-9 dollars for an OctaneBench hour in a tier.</summary>
    [Function]
    public ulong GetPrice(byte tier)
    {
        Require(tier is > 0 and <= RenderPolicy.TierMax, new InvalidJob());
        return RenderPolicy.PriceOf(Prices.Value, tier);
    }

    /// <summary>How crowded a tier is: the inputs of its price.</summary>
    [Function]
    public TierLoad GetLoad(byte tier) => _nodes.LoadOf(tier);

    /// <summary>The least deposit of a job, as of this block.</summary>
    /// <param name="block">This block.</param>
    /// <param name="frames">How many frames.</param>
    /// <param name="obhMilliPerFrame">Work of one, in 1/1,000 OctaneBench hours.</param>
    /// <param name="tier">1 to 3.</param>
    /// <param name="checkBps">Part to render twice, in 1/10,000; 0 for the tier's own.</param>
    [Function]
    public Amount GetDeposit(BlockContext block, uint frames, uint obhMilliPerFrame, byte tier, ushort checkBps)
    {
        ushort part = checkBps == 0 ? RenderPolicy.DefaultCheckBps(tier) : checkBps;
        return RenderPolicy.Deposit(
            frames, RenderPolicy.ChecksMax(frames, part), obhMilliPerFrame, GetPrice(tier), CoinPrice(block.Number), Rules.Value);
    }

    /// <summary>What a settled epoch pays, and by what; all zeros when it paid nothing or is not settled.</summary>
    [Function]
    public EpochRecord GetEpoch(ulong epoch) =>
        Epochs.TryGet(epoch, out EpochRecord? record) ? record : new EpochRecord(Amount.Zero, UInt128.Zero, 0);

    /// <summary>What was spent on a node in an epoch and is not claimed, in 10^-9 dollars.</summary>
    [Function]
    public UInt128 GetSpent(Address node, ulong epoch) => SpentOn[(node, epoch)];

    /// <summary>What later epochs mint from.</summary>
    [Function]
    public Amount GetRemaining() => Remaining.Value;

    /// <summary>The hash of a frame's name: what a committee is asked about.</summary>
    [Function]
    public Hash256 SubjectOf(ulong job, uint frame) => RenderPolicy.SubjectOf(job, frame);

    /// <inheritdoc/>
    public IEnumerable<string> Violations()
    {
        Amount bonds = Amount.Zero;
        for (ulong start = 0; start < _nodes.All.Count; start += RenderPolicy.PageMax)
            foreach (Address node in _nodes.All.Page(start, RenderPolicy.PageMax)) bonds += _nodes.Get(node).Bond;
        Amount deposits = Amount.Zero;
        for (ulong start = 0; start < _jobs.Live.Count; start += RenderPolicy.PageMax)
        {
            foreach (ulong job in _jobs.Live.Page(start, RenderPolicy.PageMax))
            {
                JobRecord record = _jobs.Get(job);
                deposits += record.Escrow;
                for (uint frame = 0; frame < record.Next; frame++)
                {
                    FrameRecord at = _jobs.FrameOf(job, frame);
                    if (at.Stage is FrameStage.Rejected or FrameStage.Judging) deposits += at.RejectionBond;
                }

                foreach (string violation in RenderInvariants.OfJob(job, record, _jobs.FreeOf(job, record))) yield return violation;
            }
        }

        Amount owed = bonds + deposits;
        foreach (string violation in RenderInvariants.OfMoney(owed, Held.Value, _bank.BalanceOf(Address))) yield return violation;
    }
}
