using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json.Nodes;
using DePinChain.Client;
using DePinChain.Client.Containers;
using DePinChain.Client.Files;
using DePinChain.Primitives;

namespace DePinChain.Cli.Commands;

/// <summary>From a file to a running container: order, bids, lease, manifest, and where its ports are reached.</summary>
internal sealed class ComputeDeploy(Session session, ComputeDesk desk)
{
    private static readonly TimeSpan Poll = TimeSpan.FromMilliseconds(300);
    private readonly ProgressLine _progress = new(session.Output.IsForPeople);

    /// <param name="groups">What is deployed.</param>
    /// <param name="deposit">Into its escrow account.</param>
    /// <param name="mode">0 the lowest bid, 1 the tenant's choice.</param>
    /// <param name="bidding">Blocks of bidding; 0 for the network's.</param>
    /// <param name="notice">Least notice of a provider, in blocks.</param>
    /// <param name="cancellation">Ends it.</param>
    public async Task RunAsync(
        IReadOnlyList<PlannedGroup> groups, Amount deposit, ulong mode, ulong bidding, ulong notice, CancellationToken cancellation)
    {
        byte[][] bytes = [.. groups.Select(static group => group.Manifest.Encode())];
        byte[] hash = LeaseManifest.HashOf(bytes.Select(SHA256.HashData));
        ulong dseq = await desk.HeadAsync(cancellation);
        while ((await desk.DeploymentAsync(dseq, cancellation)).Count("state") != 0) dseq++;
        UInt128 ceiling = groups.Aggregate(UInt128.Zero, static (sum, group) => sum + group.Ceiling);
        Amount fee = new(desk.Parameters.Amount("computeMarket", "matchFee").Wei * (UInt128)groups.Count);
        TransactionPlan plan = desk.Market.Plan(
            "createDeployment", deposit + fee, (UInt256)dseq, hash, groups.Select(static group => (object?)group.Spec).ToArray(),
            (UInt256)mode, (UInt256)bidding, (UInt256)notice, UInt256.Zero, deposit.ToUInt256());
        string lasts = ceiling == 0 ? "-" : (deposit.Wei / ceiling).ToString(CultureInfo.InvariantCulture);
        (string, JsonNode?)[] effects =
        [
            ("deposit", $"{deposit}, the rest comes back"), ("fee", fee.ToString()), ("atMost", $"{new Amount(ceiling)} a block"),
            ("lasts", $"{lasts} blocks at that price"),
        ];
        if (session.IsDryRun)
        {
            session.Output.Facts([.. effects, ("sent", "no (--dry-run)")]);
            return;
        }

        Confirmation.Ask(session, $"deploy {groups.Count} groups", effects);
        var book = new ComputeBook(desk.ChainId, desk.Key.Address.ToString(), dseq, [.. bytes.Select(Convert.ToBase64String)]);
        book.Save();
        await desk.SendAsync(plan, cancellation);
        if (mode == 1 || !session.Waits)
        {
            session.Output.Facts(("deployment", Text(dseq)), ("escrow", deposit.ToString()),
                ("next", mode == 1 ? $"depin compute bids {dseq}, then depin compute accept BID" : $"depin compute send {dseq}"));
            return;
        }

        await MatchedAsync(dseq, cancellation);
        await SendAsync(dseq, book, cancellation);
        await ShowAsync(dseq, cancellation);
    }

    /// <summary>Starts the groups that are paused, and waits until they run.</summary>
    public async Task RestartAsync(ulong dseq, CancellationToken cancellation)
    {
        ComputeBook book = ComputeBook.Open(desk.ChainId, desk.Key.Address, dseq);
        foreach (GroupView group in await desk.GroupsAsync(dseq, cancellation))
        {
            if (ComputeDesk.GroupState(group.Group.Count("state")) != "paused") continue;
            await desk.SendAsync(desk.Market.Plan(
                "startGroup", desk.Parameters.Amount("computeMarket", "matchFee"), (UInt256)dseq, (UInt256)group.Gseq), cancellation);
        }

        await MatchedAsync(dseq, cancellation);
        await SendAsync(dseq, book, cancellation);
        await ShowAsync(dseq, cancellation);
    }

    /// <summary>Brings the manifest to every live lease of a deployment that waits for it, and waits until all run.</summary>
    public async Task SendAsync(ulong dseq, ComputeBook book, CancellationToken cancellation)
    {
        foreach (GroupView group in await desk.GroupsAsync(dseq, cancellation))
        {
            if (!group.IsLive) continue;
            using ComputeLink link = await desk.LinkAsync(group.Record!.Address("provider"), cancellation);
            await DeliverAsync(link, group, ComputeDesk.DeliveryOf(book, group.Gseq), cancellation);
        }

        for (DateTime limit = DateTime.UtcNow + session.Timeout; ; await Task.Delay(Poll, cancellation))
        {
            IReadOnlyList<GroupView> groups = await desk.GroupsAsync(dseq, cancellation);
            foreach (GroupView group in groups) await RequireGoodAsync(group, cancellation);
            if (groups.All(static group => group.Record?.Count("state") is not 1)) break;
            _progress.Say("the provider starts it");
            if (DateTime.UtcNow > limit)
            {
                throw new CliFailure(ExitCode.Timeout, "NotStarted", "the provider has not started it yet")
                {
                    Hint = $"look again with: depin compute status {dseq}; it pays from its start on, and its provider's deposit " +
                        $"answers for it",
                };
            }
        }

        _progress.End();
    }

    /// <summary>Where everything of a deployment is reached.</summary>
    public async Task ShowAsync(ulong dseq, CancellationToken cancellation)
    {
        var leases = new JsonArray();
        foreach (GroupView group in await desk.GroupsAsync(dseq, cancellation))
        {
            if (!group.IsLive) continue;
            using ComputeLink link = await desk.LinkAsync(group.Record!.Address("provider"), cancellation);
            LeaseStanding standing = await link.StandingAsync(group.Lease, cancellation);
            leases.Add(new JsonObject
            {
                ["lease"] = group.Lease.ToString(),
                ["provider"] = group.Record.Address("provider").ToString(),
                ["price"] = group.Record.Amount("price").ToString(),
                ["startedAt"] = group.Record.Count("startedAt"),
                ["state"] = standing.State,
                ["services"] = ComputeCommands.ServicesOf(standing),
            });
        }

        session.Output.Facts(("deployment", Text(dseq)), ("leases", leases));
    }

    private async Task MatchedAsync(ulong dseq, CancellationToken cancellation)
    {
        var shown = new HashSet<string>(StringComparer.Ordinal);
        for (DateTime limit = DateTime.UtcNow + session.Timeout; ; await Task.Delay(Poll, cancellation))
        {
            IReadOnlyList<GroupView> groups = await desk.GroupsAsync(dseq, cancellation);
            ulong head = await desk.HeadAsync(cancellation);
            foreach (GroupView group in groups)
            {
                if (group.Order.Count("state") == 3 && group.Lease.IsZero) throw NoBids(dseq);
                foreach (BidView bid in await ComputeCommands.BidsAsync(desk, group.OrderKey, cancellation))
                {
                    if (shown.Add(bid.Bid.ToString()))
                        session.Output.Say($"bid  {bid.Price} a block  {bid.Provider}  {bid.Uri}  leases kept {bid.Score / 1e7:0.0} %");
                }
            }

            if (groups.All(static group => group.IsLive)) break;
            ulong closes = groups.Max(static group => group.Order.Count("closesAt"));
            _progress.Say($"bids until block {closes}, now {head}: {shown.Count} bids");
            if (DateTime.UtcNow > limit)
            {
                throw new CliFailure(ExitCode.Timeout, "NotMatched", $"bidding goes on until block {closes}, now {head}")
                {
                    Hint = $"when it is over: depin compute send {dseq}",
                };
            }
        }

        _progress.End();
    }

    private async Task DeliverAsync(ComputeLink link, GroupView group, ManifestDelivery delivery, CancellationToken cancellation)
    {
        for (DateTime limit = DateTime.UtcNow + session.Timeout; ; await Task.Delay(Poll, cancellation))
        {
            try
            {
                await link.DeliverAsync(group.Lease, delivery, cancellation);
                return;
            }
            catch (ProviderUnreachableException) when (DateTime.UtcNow < limit)
            {
                _progress.Say($"the provider at {link.Endpoint} does not answer yet");
            }
        }
    }

    private async Task RequireGoodAsync(GroupView group, CancellationToken cancellation)
    {
        if (group.Record is { } ended && !group.IsLive)
            throw new CliFailure(ExitCode.RejectedByChain, "LeaseEnded",
                $"the lease is over: {ComputeDesk.ReasonOf(ended.Count("reason"))}");
        if (!group.IsLive) return;
        using ComputeLink link = await desk.LinkAsync(group.Record!.Address("provider"), cancellation);
        LeaseStanding standing = await link.StandingAsync(group.Lease, cancellation);
        if (standing.State == "refused")
        {
            throw new CliFailure(ExitCode.RejectedByChain, "ManifestRefused", standing.Reason ?? "the provider refused the manifest")
            {
                Hint = "nothing is paid for it; mend the file, close this deployment and deploy again",
            };
        }
    }

    private static CliFailure NoBids(ulong dseq) => new(ExitCode.RejectedByChain, "NoBids", "nobody bid: the order is closed")
    {
        Hint = $"depin compute quote FILE says why; depin compute close {dseq} brings the deposit back",
    };

    private static string Text(ulong number) => number.ToString(CultureInfo.InvariantCulture);
}
