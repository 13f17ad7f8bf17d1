using DePinChain.Explorer.Chain;
using DePinChain.Indexer.Store;
using DePinChain.Primitives;

namespace DePinChain.Explorer.Grids;

/// <summary>Validators and the chain's parameters, from the node's views.</summary>
public static class StakingGrids
{
    private const int PageMax = 100;
    private const ulong WadPerBasisPoint = 100_000_000_000_000;

    public static readonly Grid Validators = new(
        "validators", "Validators",
        [
            new("validator", "Validator"), new("status", "Status"), new("power", "Power", true), new("share", "Share"),
            new("stake", "Stake", true), new("selfBond", "Own stake", true, true), new("commission", "Commission", true),
            new("signed", "Signed of last 1,000"), new("missed", "Missed", true, true),
        ],
        [], ReadValidators)
    { Module = "staking", Empty = "No validator." };

    public static readonly Grid Parameters = new(
        "parameters", "Governed parameters",
        [
            new("module", "Module"), new("key", "Parameter"), new("value", "Value", true), new("min", "At least", true, true),
            new("max", "At most", true, true), new("meaning", "Meaning"),
        ],
        ["module"], ReadParameters);

    private static async Task<GridPage> ReadValidators(Site site, GridQuery query)
    {
        ulong offset = ulong.TryParse(query.Before, out ulong from) ? from : 0;
        Facts? list = await site.Views.AskAsync("staking", "getValidators", (UInt256)0UL, (UInt256)offset, (UInt256)(ulong)PageMax);
        if (list is null) return GridPage.None;
        await using IndexContext index = site.Store.Read();
        UptimeMap uptime = await UptimeMap.ReadAsync(index, site.Height, site.Cancelled);
        IReadOnlyList<Facts> all = list.Only.Items;
        UInt128 power = all.Aggregate((UInt128)0, (sum, one) => sum + one["power"].Wei);
        var rows = all.OrderByDescending(one => one["power"].Wei).Select(one =>
        {
            Address owner = one["validator"].Account;
            (int missed, int seats) = uptime.Count(owner);
            string status = ModuleTexts.WordOf(site.Chain, "staking", "ValidatorStatus", one["status"].Number);
            return (IReadOnlyList<Cell>)
            [
                new Cell(CellKind.Account, owner.ToString(), $"/validator/{owner}"),
                Cell.Tag(status, status switch { "Active" => "good", "Jailed" or "Tombstoned" => "bad", _ => null }),
                Cell.Number(one.Of("power")),
                Cell.Share(power == 0 ? 0 : (long)(one["power"].Wei * 10_000 / power)),
                Cell.Wei(one["tokens"].Wei), Cell.Wei(one["selfBond"].Wei),
                Cell.Text(Parts.Show.Wad(one["commissionWad"].Wei)),
                seats == 0 ? Cell.Text("no seat") : Cell.Share((long)(seats - missed) * 10_000 / seats, missed * 20 > seats ? "bad" : null),
                Cell.Number(missed, null, missed > 0 ? "bad" : null),
            ];
        });
        return new GridPage([.. rows], all.Count == PageMax ? $"{offset + PageMax}" : null);
    }

    private static async Task<GridPage> ReadParameters(Site site, GridQuery query)
    {
        string block = Hex.Quantity((ulong)Math.Max(0, site.Height));
        var answer = new Facts(await site.Node.CallAsync("depin_getParams", site.Cancelled, block));
        string? module = query.Find("module");
        return new GridPage(
            [
                .. answer.Items.Where(one => module is null || one.Of("module") == module).Select(one => (IReadOnlyList<Cell>)
                [
                    Cell.Text(one.Of("module"), $"/module/{one.Of("module")}"), Cell.Text(one.Of("key")), Value(one, "value"),
                    Value(one, "min"), Value(one, "max"), Cell.Text(one.Of("documentation")),
                ]),
            ],
            null);
    }

    // Wads are parts of one; the exact number is what files carry.
    private static Cell Value(Facts parameter, string field)
    {
        if (!Hex.TryParseQuantity(parameter.Of(field), out UInt256 value)) return Cell.Text(parameter.Of(field));
        bool isWad = parameter.Of("key").EndsWith("Wad", StringComparison.Ordinal) && value.FitsUInt128;
        return isWad && (UInt128)value % WadPerBasisPoint == 0
            ? Cell.Text(Parts.Show.Wad((UInt128)value))
            : Cell.Number(value.ToString());
    }
}
