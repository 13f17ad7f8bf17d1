using System.Globalization;
using System.Net;
using System.Text.Json;
using System.Text.RegularExpressions;
using DePinChain.Explorer.Chain;
using DePinChain.Indexer.Rows;
using DePinChain.Indexer.Store;
using DePinChain.Primitives;
using Microsoft.EntityFrameworkCore;

namespace DePinChain.Explorer.Tests;

/// <summary>What pages say, read from their markup, against what the node says about the block that the page names.</summary>
public sealed partial class FactTests
{
    private const int Facts = 500;
    private const int Seed = 20_261_122;

    [Test]
    public async Task Five_hundred_random_facts_on_pages_are_the_nodes_at_the_block_they_name()
    {
        MarkRow mark = await SharedNetwork.UntilIndexedAsync(atLeast: 40);
        var random = new Random(Seed);
        await using IndexContext index = SharedNetwork.Live.Store.Read();
        Address[] accounts = await index.Accounts.OrderBy(row => row.Address).Select(row => row.Address).ToArrayAsync();
        Hash256[] transactions = await index.Transactions.OrderBy(row => row.Id).Select(row => row.Hash).ToArrayAsync();
        int facts = 0, pages = 0;
        while (facts < Facts)
        {
            pages++;
            facts += random.Next(4) switch
            {
                0 => await BlockAsync(random.NextInt64(1, mark.Height + 1)),
                1 => await TransactionAsync(transactions[random.Next(transactions.Length)]),
                2 => await AccountAsync(accounts[random.Next(accounts.Length)]),
                _ => await LeaseAsync(),
            };
        }

        TestContext.Out.WriteLine($"{facts} facts on {pages} pages");
    }

    [Test]
    public async Task What_the_pages_of_emission_add_up_to_is_how_the_supply_changed()
    {
        MarkRow mark = await SharedNetwork.UntilIndexedAsync(atLeast: 40);
        UInt128 minted = 0, burned = 0;
        long from = 10, to = mark.Height;
        await foreach (JsonElement row in RowsAsync("blocks", $"before={to + 1}"))
        {
            if (row.GetProperty("block").GetInt64() <= from) break;
            minted += Wei(row, "minted");
            burned += Wei(row, "burned");
        }

        Assert.That(await SupplyAsync(from) + minted - burned, Is.EqualTo(await SupplyAsync(to)), $"blocks {from + 1} to {to}");

        // And stream by stream: what the events say was minted is what the module says it has minted, at that block.
        var byStream = new SortedDictionary<long, UInt128>();
        await foreach (JsonElement row in RowsAsync("events", $"module=emission&event=Minted&before={RowId.Of(to + 1, 0)}"))
        {
            JsonElement values = row.GetProperty("values");
            long stream = long.Parse(values.GetProperty("stream").GetString()!, CultureInfo.InvariantCulture);
            byStream[stream] = byStream.GetValueOrDefault(stream) + Wei(values, "amount");
        }

        Facts? streams = await new NodeViews(SharedNetwork.Live, to).AskAsync("emission", "streams");
        Assert.That(byStream, Has.Count.GreaterThanOrEqualTo(2), "security and subnets");
        foreach (Facts stream in streams!.Only.Items)
            Assert.That(byStream.GetValueOrDefault(stream["stream"].Number), Is.EqualTo(stream["minted"].Wei), stream.Of("stream"));
    }

    [Test]
    public async Task Each_explained_number_is_recomputed_equal()
    {
        await SharedNetwork.UntilIndexedAsync(atLeast: 60);
        foreach ((string module, string name) in new[] { ("staking", "RedelegationSlashed"), ("clusters", "MemberPunished") })
            await SharedNetwork.UntilEventAsync(module, name);
        Hash256 punishing = await BlockStartAsync(await SharedNetwork.UntilEventAsync("staking", "Slashed"));
        foreach ((string route, int least) in new[]
        {
            ($"/validator/{BreachScenario.Validator}", 3), ("/cluster/1", 1), ($"/tx/{punishing}", 1),
            ("/economy", 1), ("/block/7", 1), ("/block/30", 1), ($"/tx/{SharedNetwork.Transfer}", 1), ($"/lease/{MarketScenario.Lease}", 1),
            ("/subnet/1", 4),
        })
        {
            string page = await SharedNetwork.Web.GetStringAsync(route);
            Assert.That(Regex.Count(page, "recomputed here, equal"), Is.GreaterThanOrEqualTo(least), route);
            Assert.That(page, Does.Not.Contain("the chain says"), route);
        }
    }

    [Test]
    public async Task Each_chart_has_its_table_and_its_files()
    {
        await SharedNetwork.UntilIndexedAsync(atLeast: 40);
        foreach ((string route, string list) in new[]
        {
            ("/economy", "supply-history"), ("/economy", "streams"), ("/economy", "minutes"), ("/validators", "uptime"),
            ("/subnet/1", "weights"), ($"/lease/{MarketScenario.Lease}", "escrow-burn"),
        })
        {
            string page = await SharedNetwork.Web.GetStringAsync(route);
            string file = WebUtility.HtmlDecode(Regex.Match(page, $"/api/v1/{list}.csv[^\"]*").Value);
            Assert.That(file, Is.Not.Empty, $"{route} {list}");
            string[] lines = (await SharedNetwork.Web.GetStringAsync(file)).Split("\r\n", StringSplitOptions.RemoveEmptyEntries);
            Assert.That(lines, Has.Length.GreaterThan(1), file);
            string other = file.Replace(".csv", ".json", StringComparison.Ordinal);
            using var json = JsonDocument.Parse(await SharedNetwork.Web.GetStringAsync(other));
            Assert.That(json.RootElement.GetProperty("rows").GetArrayLength(), Is.GreaterThan(0), file);
        }
    }

    // By hand, with 5 %: 3 of 60, and of 61 it is 3.05, which rounds up.
    [TestCase(60, 3)]
    [TestCase(61, 4)]
    [TestCase(0, 0)]
    public void A_slash_is_its_part_rounded_up(long stake, long slashed) =>
        Assert.That(Recomputation.Slash(stake, 50_000_000_000_000_000), Is.EqualTo((System.Numerics.BigInteger)slashed));

    // By hand: 10 shares for 25 tokens. To take 6 needs 2.4 shares, so 3, which are worth 7.5, so 7; who has 2 loses all, worth 5.
    [TestCase(6, 25, 10, 10, 7)]
    [TestCase(6, 25, 10, 2, 5)]
    [TestCase(5, 25, 10, 10, 5)]
    [TestCase(5, 0, 10, 10, 0)]
    public void What_is_owed_is_taken_in_whole_shares(long owed, long tokens, long shares, long had, long taken) =>
        Assert.That(Recomputation.InShares(owed, tokens, shares, had), Is.EqualTo((System.Numerics.BigInteger)taken));

    // By hand: a target of 30 million. Twice the target adds an eighth; nothing used takes an eighth; the floor holds.
    [TestCase(1_000_000_000, 60_000_000, 1_000_000_000, 1_125_000_000)]
    [TestCase(2_000_000_000, 0, 1_000_000_000, 1_750_000_000)]
    [TestCase(1_000_000_000, 0, 1_000_000_000, 1_000_000_000)]
    [TestCase(1_000_000_000, 30_000_000, 1, 1_000_000_000)]
    [TestCase(7, 30_000_001, 1, 8)]
    public void A_base_fee_follows_EIP_1559(long fee, long used, long floor, long next) =>
        Assert.That(Recomputation.BaseFee(fee, used, 60_000_000, floor), Is.EqualTo((System.Numerics.BigInteger)next));

    [Test]
    public void A_place_costs_half_after_its_half_life_and_never_less_than_the_least()
    {
        const ulong Start = 1_000_000_000, Least = 500_000;
        ulong half = Recomputation.PlacePrice(Start, 30, Least, Start * 100, 30);
        Assert.That(half, Is.InRange((Start / 2) - 100, Start / 2), "rounded down thirty times");
        Assert.That(Recomputation.PlacePrice(Start, 30, Least, Start * 100, 1_000_000), Is.EqualTo(Least));
        Assert.That(Recomputation.PlacePrice(Start, 30, Least, Start * 100, 0), Is.EqualTo(Start));
        Assert.That(Recomputation.PlacePrice(Start, 0, Least, Start * 100, 100), Is.EqualTo(Start), "without a half-life it stands");
    }

    // The transaction that a block begins with.
    private static async Task<Hash256> BlockStartAsync(EventRow row)
    {
        Assert.That(RowId.NumberOf(row.TransactionId), Is.Zero, "evidence is judged before anything else");
        string height = Hex.Quantity((ulong)RowId.BlockOf(row.Id));
        JsonElement block = await SharedNetwork.Network.CallAsync("eth_getBlockByNumber", height, false);
        return Hash256.Parse(block.GetProperty("transactions")[0].GetString()!);
    }

    private static async Task<int> BlockAsync(long number)
    {
        string page = await PageAsync($"/block/{number}");
        JsonElement block = await SharedNetwork.Network.CallAsync("eth_getBlockByNumber", Hex.Quantity((ulong)number), false);
        Assert.That(page, Does.Contain(block.GetProperty("hash").GetString()!).And.Contain(block.GetProperty("parentHash").GetString()!));
        Expect(page, "<dt>Gas</dt><dd>([0-9,]+) of", block, "gasUsed");
        Expect(page, "<dt>Gas</dt><dd>[0-9,]+ of ([0-9,]+)", block, "gasLimit");
        Expect(page, "<dt>Size</dt><dd>([0-9,]+) bytes", block, "size");
        if (number == 1) return 5;
        Expect(page, "<dt>Base fee, wei</dt><dd><strong>([0-9,]+)<", block, "baseFeePerGas");
        return 6;
    }

    private static async Task<int> TransactionAsync(Hash256 hash)
    {
        string page = await PageAsync($"/tx/{hash}");
        JsonElement transaction = await SharedNetwork.Network.CallAsync("eth_getTransactionByHash", hash.ToString());
        JsonElement receipt = await SharedNetwork.Network.CallAsync("eth_getTransactionReceipt", hash.ToString());
        Expect(page, "<dt>Nonce</dt><dd>([0-9,]+)<", transaction, "nonce");
        Expect(page, "<dt>Value</dt><dd><span class=\"amount \" title=\"([0-9,]+) wei", transaction, "value");
        Expect(page, "<dt>Gas</dt><dd>([0-9,]+) of", receipt, "gasUsed");
        Expect(page, "<a href=\"/block/([0-9]+)\">[0-9,]+</a>, place", receipt, "blockNumber");
        UInt128 fee = Quantity(receipt, "gasUsed") * Quantity(receipt, "effectiveGasPrice");
        Assert.That(Read(page, "<dt>Fee</dt><dd><span class=\"amount \" title=\"([0-9,]+) wei"), Is.EqualTo(fee), hash.ToString());
        return 5;
    }

    private static async Task<int> AccountAsync(Address account)
    {
        string page = await PageAsync($"/address/{account}");
        string block = Hex.Quantity((ulong)Read(page, "at block ([0-9,]+), by the node"));
        JsonElement balance = await SharedNetwork.Network.CallAsync("eth_getBalance", account.ToString(), block);
        JsonElement nonce = await SharedNetwork.Network.CallAsync("eth_getTransactionCount", account.ToString(), block);
        UInt128 shown = Read(page, "Balance</span><strong><span class=\"amount \" title=\"([0-9,]+) wei");
        Assert.That(shown, Is.EqualTo(Number(balance)), account.ToString());
        Assert.That(Read(page, "Sent</span><strong>([0-9,]+)<"), Is.EqualTo(Number(nonce)), account.ToString());
        Assert.That(page, Does.Contain("closes"), "its ledger");
        return 3;
    }

    private static async Task<int> LeaseAsync()
    {
        string page = await PageAsync($"/lease/{MarketScenario.Lease}");
        long block = (long)Read(page, "At block ([0-9,]+), as <a href=\"/module/escrow");
        var views = new NodeViews(SharedNetwork.Live, block);
        Facts payment = (await views.AskAsync("escrow", "getPayment", MarketScenario.Lease.ToArray()))!.Only;
        UInt128 price = Read(page, "Price per block</span><strong><span class=\"amount \" title=\"([0-9,]+) wei");
        Assert.That(price, Is.EqualTo(payment["rate"].Wei));
        UInt128 earned = Read(page, "<dt>Earned, base units</dt><dd><strong>([0-9,]+)<");
        Assert.That(earned, Is.EqualTo(payment["pending"].Wei + payment["withdrawn"].Wei));
        return 2;
    }

    // Sixty requests a second are anybody's; more are refused for a moment.
    private static async Task<string> PageAsync(string route)
    {
        for (int tries = 0; ; tries++, await Task.Delay(200))
        {
            using HttpResponseMessage answer = await SharedNetwork.Web.GetAsync(route);
            if (answer.StatusCode == HttpStatusCode.TooManyRequests && tries < 600) continue;
            Assert.That(answer.StatusCode, Is.EqualTo(HttpStatusCode.OK), route);
            return await answer.Content.ReadAsStringAsync();
        }
    }

    private static async IAsyncEnumerable<JsonElement> RowsAsync(string list, string query)
    {
        string? next = $"/api/v1/{list}?limit=200&{query}";
        while (next is not null)
        {
            using var page = JsonDocument.Parse(await PageAsync(next));
            foreach (JsonElement row in page.RootElement.GetProperty("rows").EnumerateArray()) yield return row;
            string rest = Before().Replace(query, "");
            next = page.RootElement.GetProperty("next").GetString() is { } before
                ? $"/api/v1/{list}?limit=200&before={before}&{rest}" : null;
        }
    }

    private static async Task<UInt128> SupplyAsync(long height) =>
        Quantity(await SharedNetwork.Network.CallAsync("depin_getSupply", Hex.Quantity((ulong)height)), "total");

    private static void Expect(string page, string pattern, JsonElement node, string field) =>
        Assert.That(Read(page, pattern), Is.EqualTo(Quantity(node, field)), field);

    private static UInt128 Read(string page, string pattern)
    {
        Match found = Regex.Match(page, pattern);
        Assert.That(found.Success, Is.True, pattern);
        return UInt128.Parse(found.Groups[1].Value.Replace(",", "", StringComparison.Ordinal), CultureInfo.InvariantCulture);
    }

    private static UInt128 Quantity(JsonElement node, string field) => Number(node.GetProperty(field));

    private static UInt128 Number(JsonElement quantity) =>
        Hex.TryParseQuantity(quantity.GetString(), out UInt256 number) ? (UInt128)number : throw new FormatException(quantity.ToString());

    private static UInt128 Wei(JsonElement row, string field) =>
        UInt128.Parse(row.GetProperty(field).GetString()!, CultureInfo.InvariantCulture);

    [GeneratedRegex("&?before=[0-9]+")]
    private static partial Regex Before();
}
