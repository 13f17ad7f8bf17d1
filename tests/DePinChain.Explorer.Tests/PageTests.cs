using System.Globalization;
using System.Net;
using System.Text.RegularExpressions;
using DePinChain.Explorer.Grids;
using DePinChain.Indexer.Decoding;
using DePinChain.Primitives;

namespace DePinChain.Explorer.Tests;

public sealed partial class PageTests
{
    private const string Operator = "0x8C8d35429F74ec245F8Ef2f4Fd1e551cFF97d650";

    private static readonly string[] Routes =
    [
        "/", "/blocks", "/block/0", "/block/3", "/txs", "/events", "/validators", $"/validator/{Operator}", $"/address/{Operator}",
            "/storage",
        "/storage/providers/1", "/compute", "/subnets", "/workers", "/governance", "/proposal/1", "/render", "/economy",
        "/modules",
        "/module/staking", "/network", "/errors", "/api",
        "/add-network", "/faucet", "/status", "/search?q=delegate", "/module/system?call=totalSupply()",
        "/deal/1", "/subnet/1",
    ];

    [TestCaseSource(nameof(Routes))]
    public async Task A_page_answers_and_asks_nobody_else(string route)
    {
        using HttpResponseMessage answer = await SharedNetwork.Web.GetAsync(route);
        string page = await answer.Content.ReadAsStringAsync();
        Assert.That(answer.StatusCode, Is.EqualTo(HttpStatusCode.OK), page);
        Assert.That(Loaded().Matches(page).Select(match => match.Groups[1].Value), Is.All.StartsWith("/"));
        Assert.That(page, Does.Not.Contain("style=").And.Not.Contain("javascript:"));
        Assert.That(answer.Headers.GetValues("Content-Security-Policy").Single(),
            Does.Contain("default-src 'none'").And.Contain("script-src 'self'"));
    }

    [Test]
    public async Task Objects_of_the_markets_have_their_pages()
    {
        await SharedNetwork.UntilIndexedAsync();
        string[] routes =
            [$"/lease/{MarketScenario.Lease}", $"/order/{MarketScenario.Order}", $"/escrow/{MarketScenario.Escrow}"];
        foreach (string route in routes) await A_page_answers_and_asks_nobody_else(route);
    }

    [TestCase("/block/99999999", "99999999")]
    [TestCase("/block/abc", "abc")]
    [TestCase("/deal/77", "77")]
    [TestCase("/subnet/12345", "12345")]
    [TestCase("/proposal/12345", "12345")]
    [TestCase("/job/12345", "12345")]
    [TestCase("/cluster/12345", "12345")]
    [TestCase("/render/12345", "12345")]
    [TestCase("/address/0x12", "0x12")]
    [TestCase("/tx/0xzz", "0xzz")]
    [TestCase("/module/nothing", "nothing")]
    [TestCase("/nowhere", "nowhere")]
    [TestCase("/search?q=zzzzqqq", "zzzzqqq")]
    public async Task What_is_not_there_is_said_with_what_was_looked_for(string route, string searched)
    {
        using HttpResponseMessage answer = await SharedNetwork.Web.GetAsync(route);
        Assert.That(answer.StatusCode, Is.EqualTo(HttpStatusCode.NotFound));
        Assert.That(await answer.Content.ReadAsStringAsync(), Does.Contain("Not found").And.Contain(searched));
    }

    [Test]
    public async Task Names_of_strangers_are_shown_and_do_nothing()
    {
        string[] routes =
        [
            "/storage", "/events?module=storageMarket", "/storage/providers/1", "/storage/providers/4", "/governance", "/proposal/1",
        ];
        foreach (string route in routes)
        {
            string page = await SharedNetwork.Web.GetStringAsync(route);
            Assert.That(page, Does.Not.Contain("<script>alert").And.Not.Contain("<img src=x").And.Not.Contain("\u202E"), route);
        }

        Assert.That(await SharedNetwork.Web.GetStringAsync("/storage"), Does.Contain("&lt;script&gt;alert(1)&lt;/script&gt;"));
        string csv = await SharedNetwork.Web.GetStringAsync("/api/v1/storage-providers.csv");
        Assert.That(csv, Does.Contain("\"'=HYPERLINK(\"\"http://evil.example\"\")\""), "a spreadsheet must see a text");
    }

    [Test]
    public async Task A_search_for_each_kind_of_thing_leads_to_its_page()
    {
        foreach ((string question, string page) in new[]
        {
            ("3", "/block/3"), ("#3", "/block/3"), (SharedNetwork.Transfer.ToString(), $"/tx/{SharedNetwork.Transfer}"),
            (Operator, $"/address/{Operator}"), ("deal 7", "/deal/7"), ("proposal 1", "/proposal/1"), ("dataset 2", "/dataset/2"),
            ("subnet 1", "/subnet/1"),
            ("staking.totalBonded", "/module/staking#fn-totalBonded"), ("=hyperlink", "/storage/providers/2"),
        })
        {
            using HttpResponseMessage answer = await SharedNetwork.Web.GetAsync("/search?q=" + Uri.EscapeDataString(question));
            string where = answer.Headers.Location?.ToString() ?? await answer.Content.ReadAsStringAsync();
            Assert.That(WebUtility.HtmlDecode(where), Does.Contain(page), question);
        }
    }

    [Test]
    public async Task A_failed_call_says_the_modules_own_reason()
    {
        string page = await SharedNetwork.Web.GetStringAsync($"/tx/{SharedNetwork.Failure}");
        Assert.That(page, Does.Contain("Why it failed").And.Contain("staking").And.Contain("failed"));
        Assert.That(page, Does.Not.Contain("Why it failed: Revert"));
    }

    [Test]
    public async Task Facts_on_the_pages_are_the_nodes()
    {
        await SharedNetwork.UntilIndexedAsync();
        for (ulong number = 0; number <= 5; number++)
        {
            var block = await SharedNetwork.Network.CallAsync("eth_getBlockByNumber", Hex.Quantity(number), false);
            string page = await SharedNetwork.Web.GetStringAsync($"/block/{number}");
            Assert.That(page, Does.Contain(block.GetProperty("hash").GetString()!)
                .And.Contain(block.GetProperty("parentHash").GetString()!));
        }

        string economy = await SharedNetwork.Web.GetStringAsync("/economy");
        Assert.That(Regex.Count(economy, "to the base unit"), Is.EqualTo(4), "genesis, minted, burned, supply");
        Assert.That(economy, Does.Contain("recomputed here, equal"));
    }

    [Test]
    public async Task A_page_of_a_list_goes_on_where_the_last_one_ended()
    {
        var seen = new List<long>();
        string? before = null;
        do
        {
            string address = "/api/v1/blocks?limit=3" + (before is null ? "" : $"&before={before}");
            using var page = System.Text.Json.JsonDocument.Parse(await SharedNetwork.Web.GetStringAsync(address));
            seen.AddRange(page.RootElement.GetProperty("rows").EnumerateArray().Select(row => row.GetProperty("block").GetInt64()));
            before = page.RootElement.GetProperty("next").GetString();
        }
        while (before is not null);

        Assert.That(seen, Is.EqualTo(Enumerable.Range(0, (int)seen[0] + 1).Select(i => seen[0] - i)));
    }

    [TestCase("//evil.example/", "/")]
    [TestCase("https://evil.example/", "/")]
    [TestCase("/\\evil.example", "/")]
    [TestCase("/blocks", "/blocks")]
    public async Task Changing_colours_leads_back_to_this_site_only(string back, string expected)
    {
        using var form = new FormUrlEncodedContent([new("to", "dark"), new("back", back)]);
        using HttpResponseMessage answer = await SharedNetwork.Web.PostAsync("/theme", form);
        Assert.That(answer.Headers.Location?.ToString(), Is.EqualTo(expected));
    }

    [TestCase("1000000000000000000", "1")]
    [TestCase("1500000000000000001", "1.5")]
    [TestCase("1", "<0.000001")]
    [TestCase("-123456789000000000000000", "−123,456.789")]
    [TestCase("0", "0")]
    public void Wei_are_shown_in_DPN_and_never_rounded_up(string wei, string shown) =>
        Assert.That(Parts.Show.Dpn(wei), Is.EqualTo(shown));

    [TestCase("a\u202Eb", "a\uFFFDb")]
    [TestCase("a\u0000\u200B\u2066b", "a\uFFFD\uFFFD\uFFFDb")]
    [TestCase("Zürich 東京 🚀", "Zürich 東京 🚀")]
    public void Invisible_letters_become_visible(string text, string shown) => Assert.That(SafeText.Of(text), Is.EqualTo(shown));

    [TestCase("=1+1", "'=1+1")]
    [TestCase("@SUM(A1)", "'@SUM(A1)")]
    [TestCase("-5", "'-5")]
    [TestCase("a,\"b\"", "\"a,\"\"b\"\"\"")]
    [TestCase("plain", "plain")]
    public void A_text_in_CSV_is_never_a_formula(string text, string field)
    {
        var grid = new Grid("g", "G", [new("a", "A"), new("b", "B")], [], (_, _) => Task.FromResult(GridPage.None));
        string csv = GridFiles.ToCsv(grid, new GridPage([[Cell.Text(text), Cell.Number(-5)]], null));
        Assert.That(csv, Is.EqualTo(string.Create(CultureInfo.InvariantCulture, $"a,b\r\n{field},-5\r\n")));
    }

    [GeneratedRegex("""(?:src|rel="stylesheet" href|type="image/svg\+xml" href)="([^"]+)""")]
    private static partial Regex Loaded();
}
