using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using DePinChain.Client.Programs;
using DePinChain.Client;
using DePinChain.Primitives;

namespace DePinChain.Providers.Containers;

/// <summary>Bids for orders: each is looked at once, and the log says why there is no bid for one.</summary>
internal sealed class BidDesk(ComputeSettings settings, ComputeChain chain, ProgramLog log)
{
    // An order that was opened longer ago is rare: who wants its bid opens another.
    private const ulong LookBack = 10_000;
    private const ulong Margin = 2, StillValid = 100_000;
    private const ulong AutoLowest = 0, TenantChoice = 1;

    private readonly Dictionary<Hash256, ModuleLog> _open = [];
    private ulong _next;

    /// <summary>What the check of the isolation found missing: then only trusted tenants are served.</summary>
    public IReadOnlyList<string> Missing { get; set; } = [];

    /// <summary>Bids that were placed since the start.</summary>
    public int Placed { get; private set; }

    public async Task RunAsync(ulong head, CancellationToken cancellation)
    {
        if (_next == 0) _next = head > LookBack ? head - LookBack : 1;
        foreach (ModuleLog opened in await chain.Market.LogsAsync("OrderOpened", _next, head, cancellation))
            _open[opened.Values.Hash("order")] = opened;
        _next = head + 1;
        foreach ((Hash256 key, ModuleLog opened) in _open.ToArray())
        {
            _open.Remove(key);
            AbiRecord order = await chain.OrderAsync(key, cancellation);
            if (order.Count("state") != 1 || head + 1 + Margin > order.Count("closesAt")) continue;
            try
            {
                if (await WhyNotAsync(key, order, cancellation) is { } why) log.Tell("no bid", ("order", key), ("why", why));
            }
            catch (NodeRefusedException refused)
            {
                log.Tell("no bid", ("order", key), ("why", chain.Account.Words(refused)));
            }
        }
    }

    private async Task<string?> WhyNotAsync(Hash256 key, AbiRecord order, CancellationToken cancellation)
    {
        AbiRecord id = order.Record("id");
        Address owner = id.Address("owner");
        if (settings.DeniedTenants.Contains(owner.ToString(), StringComparer.OrdinalIgnoreCase)) return "the tenant is denied";
        if (Missing.Count > 0 && !settings.TrustedTenants.Contains(owner.ToString(), StringComparer.OrdinalIgnoreCase))
            return $"the tenant is not trusted, and isolation is missing: {string.Join(", ", Missing)}";
        if (order.Count("mode") is not (AutoLowest or TenantChoice)) return "sealed bids are not placed";
        AbiRecord deployment = await chain.Market.RecordAsync("getDeployment", cancellation, owner, id["dseq"]);
        if (deployment.Count("token") != 0) return "it pays in a token, and prices here are in DPN";
        Hash256 bid = chain.BidOf(id);
        if ((await chain.Market.RecordAsync("getBid", cancellation, bid.ToArray())).Count("state") != 0) return null;
        AbiRecord spec = await chain.Market.RecordAsync("getSpec", cancellation, owner, id["dseq"], id["gseq"]);
        if (spec.Records("units").Any(static unit => unit.Count("gpus") > 0)) return "this agent puts no GPUs into containers yet";
        AbiRecord group = await chain.Market.RecordAsync("getGroup", cancellation, owner, id["dseq"], id["gseq"]);
        UInt128 ceiling = (UInt128)group.Number("ceiling");
        (UInt128? price, string? why) = await PriceAsync(owner, spec, cancellation);
        if (price is not { } asked) return why;
        if (asked > ceiling) return $"the price here is {asked} base units a block, the order pays at most {ceiling}";
        await PlaceAsync(order, deployment, spec, asked, cancellation);
        log.Tell("bid", ("order", key), ("price", new Amount(asked)), ("bid", bid));
        return null;
    }

    private async Task PlaceAsync(
        AbiRecord order, AbiRecord deployment, AbiRecord spec, UInt128 price, CancellationToken cancellation)
    {
        AbiRecord id = order.Record("id");
        UInt128 least = (UInt128)chain.Parameters["computeMarket", "bidDepositMin"];
        UInt128 deposit = UInt128.Max(least, price * chain.Blocks("bidDepositBlocks"));
        ulong notice = Math.Max(deployment.Count("reclaimMin"), settings.NoticeBlocks);
        byte[] offer = SHA256.HashData(Encoding.UTF8.GetBytes(OrderText(id.Address("owner"), spec).ToJsonString()));
        object?[] name = [id.Address("owner"), id["dseq"], id["gseq"], id["oseq"]];
        TransactionPlan plan = chain.Market.Plan(
            "createBid", new Amount(deposit), name, UInt256.Zero, (UInt256)price, offer, (UInt256)notice,
            (UInt256)(order.Count("closesAt") + StillValid), (UInt256)deposit);
        await chain.Account.SendAsync(plan, cancellation);
        Placed++;
    }

    private async Task<(UInt128? Price, string? Why)> PriceAsync(Address owner, AbiRecord spec, CancellationToken cancellation)
    {
        if (settings.PriceScript is { } script)
            return await BidPricing.AskScriptAsync(script, OrderText(owner, spec), cancellation);
        UInt128? price = BidPricing.WeiOf(BidPricing.Price(settings.Prices, WantedOf(spec)));
        return price is null ? (null, "the prices in compute.json come to nothing, which nobody may bid") : (price, null);
    }

    /// <summary>What a requirement adds up to over its replicas.</summary>
    private static Wanted WantedOf(AbiRecord spec)
    {
        ulong cpu = 0, memory = 0, disk = 0, ports = 0;
        foreach (AbiRecord unit in spec.Records("units"))
        {
            ulong count = unit.Count("count");
            cpu += unit.Count("cpuMilli") * count;
            memory += unit.Count("memMiB") * count;
            ports += unit.Count("ports") * count;
            foreach (AbiRecord volume in unit.Records("volumes"))
            {
                if (volume.Count("class") == 16) memory += volume.Count("sizeMiB") * count;
                else disk += volume.Count("sizeMiB") * count;
            }
        }

        return new Wanted(cpu, (System.Numerics.BigInteger)memory << 20, (System.Numerics.BigInteger)disk << 20, ports, []);
    }

    private static JsonObject OrderText(Address owner, AbiRecord spec) => new()
    {
        ["owner"] = owner.ToString(),
        ["units"] = new JsonArray([.. spec.Records("units").Select(static unit => (JsonNode?)new JsonObject
        {
            ["cpuMilli"] = unit.Count("cpuMilli"),
            ["memMiB"] = unit.Count("memMiB"),
            ["gpus"] = unit.Count("gpus"),
            ["gpuModels"] = new JsonArray([.. unit.List("gpuModels").Select(static model => (JsonNode?)(ulong)(UInt256)model!)]),
            ["ports"] = unit.Count("ports"),
            ["count"] = unit.Count("count"),
            ["maxPrice"] = unit.Number("maxPrice").ToString(),
            ["volumes"] = new JsonArray([.. unit.Records("volumes").Select(static volume => (JsonNode?)new JsonObject
            {
                ["sizeMiB"] = volume.Count("sizeMiB"),
                ["class"] = volume.Count("class"),
            })]),
        })]),
    };
}
