using DePinChain.Explorer.Grids;
using DePinChain.Indexer.Rows;
using DePinChain.Primitives;

namespace DePinChain.Explorer.Chain;

/// <summary>One neuron's part of an epoch.</summary>
/// <param name="Uid">Its place.</param>
/// <param name="Incentive">Part of 2^32 of what miners earn.</param>
/// <param name="Dividends">Part of 2^32 of what validators earn.</param>
/// <param name="MinerPart">Wei, before an owner's own is recycled.</param>
/// <param name="ValidatorPart">Wei, its delegators' included.</param>
public sealed record NeuronPay(long Uid, ulong Incentive, ulong Dividends, UInt128 MinerPart, UInt128 ValidatorPart);

/// <summary>A subnet's last epoch: what the chain reported, and the same computed from the shares that it keeps. Wei.</summary>
/// <remarks>Upstream's split: the owner's cut first, of the rest half to the miners, rounded down, and the other half to the validators
/// (subtensor, run_epoch). Shares are parts of 2^32, each payment is rounded down.</remarks>
public sealed record EpochPay(
    long Number, long Block, ulong Cut, UInt128 Owner, UInt128 Server, UInt128 Validator, UInt128 Recycled, UInt128 Carried,
    IReadOnlyList<(ulong Incentive, ulong Dividends)> Shares)
{
    /// <summary>All that the epoch had.</summary>
    public UInt128 Shared => Owner + Server + Validator + Recycled + Carried;

    public UInt128 OwnerCut => Recomputation.OwnerCut(Shared, Cut);

    /// <summary>The miners' half of what the owner leaves.</summary>
    public UInt128 Miners => (Shared - OwnerCut) / 2;

    public UInt128 Validators => Shared - OwnerCut - Miners;

    public IReadOnlyList<NeuronPay> Pay =>
    [
        .. Shares.Select((one, uid) => new NeuronPay(uid, one.Incentive, one.Dividends,
            Recomputation.PartOf(one.Incentive, Miners), Recomputation.PartOf(one.Dividends, Validators))),
    ];

    /// <summary>Without scores there are no incentives, and the miners' half is recycled whole.</summary>
    public UInt128 MinersPaid => Shares.All(one => one.Incentive == 0) ? Miners
        : Pay.Aggregate((UInt128)0, (sum, one) => sum + one.MinerPart);

    public UInt128 ValidatorsPaid => Pay.Aggregate((UInt128)0, (sum, one) => sum + one.ValidatorPart);

    /// <summary>The last epoch up to the page's block; null before the first.</summary>
    public static async Task<EpochPay?> FindAsync(Site site, ulong netuid)
    {
        var newest = new GridQuery($"{RowId.Of(site.Height + 1, 0)}", 1, new Dictionary<string, string>());
        var found = await EventObjects.FindAsync(site, newest, "subnets", "EpochRun", "netuid", $"{netuid}");
        if (found.Count == 0) return null;
        (long id, Facts run) = found[0];
        Facts? shares = await site.Views.AskAsync("subnets", "shares", (UInt256)netuid);
        ulong cut = (await site.ParameterAsync("subnets", "ownerCut")) ?? 0;
        return new EpochPay(
            run["epoch"].Number, RowId.BlockOf(id), cut, run["owner"].Wei, run["server"].Wei, run["validator"].Wei, run["recycled"].Wei,
            run["carried"].Wei,
            [.. (shares?.Only.Items ?? []).Select(one => ((ulong)one["incentive"].Wei, (ulong)one["dividends"].Wei))]);
    }
}
