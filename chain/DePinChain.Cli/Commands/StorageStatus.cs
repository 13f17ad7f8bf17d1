using System.Globalization;
using System.Text.Json.Nodes;
using DePinChain.Client;
using DePinChain.Primitives;
using DePinChain.Proofs.Pieces;

namespace DePinChain.Cli.Commands;

/// <summary>A deal as its client wants to see it.</summary>
internal static class StorageStatus
{
    public static async Task ShowAsync(Session session, StorageDesk desk, ulong id, CancellationToken cancellation)
    {
        AbiRecord deal = await desk.Market.RecordAsync("getDeal", cancellation, (UInt256)id);
        var piece = new PieceCid(deal.Hash("root"), (byte)deal.Count("height"), deal.Count("padding"));
        ulong head = await desk.HeadAsync(cancellation);
        Amount paid = await PaidAsync(desk, id, head, cancellation);
        (ulong set, ulong replica) = await desk.ContainersOfAsync(id, cancellation);
        List<(string, JsonNode?)> facts =
        [
            ("deal", Text(id)),
            ("state", StorageWords.StateOf(deal.Count("state"))),
            ("client", deal.Address("client").ToString()),
            ("provider", Text(deal.Count("provider"))),
            ("cid", piece.ToString()),
            ("bytes", Text(piece.RawSize)),
            ("from", Text(deal.Count("start"))),
            ("until", Text(deal.Count("end"))),
            ("head", Text(head)),
            ("price", $"{deal.Amount("price")} a proven block"),
            ("locked", deal.Amount("locked").ToString()),
            ("paid", paid.ToString()),
            ("settledUpTo", Text(deal.Count("settledUpTo"))),
            ("collateral", deal.Amount("providerCollateral").ToString()),
        ];
        if (replica != 0)
        {
            AbiRecord sector = await desk.Sectors.RecordAsync("sectorOf", cancellation, (UInt256)replica);
            facts.Add(("sealed", $"sector {sector.Count("sector")} of provider {sector.Count("provider")}"));
        }

        if (set != 0)
        {
            facts.Add(("dataSet", Text(set)));
            await AddDutyAsync(desk, set, head, facts, cancellation);
        }

        session.Output.Facts([.. facts]);
    }

    private static async Task AddDutyAsync(
        StorageDesk desk, ulong set, ulong head, List<(string, JsonNode?)> facts, CancellationToken cancellation)
    {
        try
        {
            AbiRecord record = await desk.Sets.RecordAsync("getDataSet", cancellation, (UInt256)set);
            AbiRecord duty = await desk.Sets.RecordAsync("nextDuty", cancellation, (UInt256)set);
            facts.Add(("faultsInARow", Text(record.Count("faultRun"))));
            if (duty.Count("period") != 0)
                facts.Add(("nextProof", $"period {duty.Count("period")}, blocks {duty.Count("opens")} to {duty.Count("closes")}" +
                    (head >= duty.Count("opens") ? " (due now)" : "")));
        }
        catch (NodeRefusedException)
        {
            facts.Add(("nextProof", "the set is gone"));
        }
    }

    private static async Task<Amount> PaidAsync(StorageDesk desk, ulong id, ulong head, CancellationToken cancellation)
    {
        Amount paid = Amount.Zero;
        foreach (ModuleLog log in await desk.Market.LogsAsync("DealSettled", 0, head, cancellation, LogTopic.Of(id)))
            paid += log.Values.Amount("paid");
        return paid;
    }

    private static string Text(ulong number) => number.ToString(CultureInfo.InvariantCulture);
}
