using System.Globalization;
using System.Net;
using System.Text.Json.Nodes;
using DePinChain.Indexer.Rows;
using DePinChain.Indexer.Store;
using DePinChain.Primitives;
using Microsoft.EntityFrameworkCore;

namespace DePinChain.Explorer.Tests;

/// <summary>An account's statement: opening, every movement, closing.</summary>
public sealed class StatementTests
{
    // dev0 of the well-known mnemonic: it has sent, received, paid fees.
    private const string Account = "0xf39Fd6e51aad88F6F4ce6aB8827279cffFb92266";

    [Test]
    public async Task It_holds_every_entry_of_the_ledger_between_the_opening_and_the_closing_balance()
    {
        await SharedNetwork.UntilIndexedAsync();
        string[][] lines = await ReadAsync($"account={Account}");
        await using IndexContext index = SharedNetwork.Live.Store.Read();
        Address account = Address.Parse(Account);
        long closed = long.Parse(lines[^1][1], CultureInfo.InvariantCulture);
        List<EntryRow> entries = [.. (await index.Entries.Where(row => row.Account == account).OrderBy(row => row.Id).ToListAsync())
            .Where(row => RowId.BlockOf(row.Id) <= closed)];
        Assert.That(lines[0][3], Is.EqualTo("opening"));
        Assert.That(lines[0][8], Is.EqualTo("10000000000000000000000"), "10,000 DPN of genesis/localnet.json");
        Assert.That(lines[^1][3], Is.EqualTo("closing"));
        Assert.That(lines[^1][8], Is.EqualTo(entries[^1].Balance.ToString()));
        Assert.That(lines[1..^1].Select(line => (line[6] + line[7], line[8])), Is.EqualTo(
            entries.Select(row => (row.Amount.ToString(), row.Balance.ToString()))));
        Assert.That(lines[1..^1].Select(line => line[3]), Is.SupersetOf(new[] { "transfer", "base fee" }));
    }

    [Test]
    public async Task A_period_without_movements_opens_and_closes_alike()
    {
        string[][] lines = await ReadAsync($"account={Account}&from=2001-01-01&to=2001-12-31");
        Assert.That(lines.Select(line => line[3]), Is.EqualTo(new[] { "opening", "closing" }));
        lines = await ReadAsync($"account={Account}&from=9000-01-01");
        Assert.That(lines.Select(line => line[3]), Is.EqualTo(new[] { "opening", "closing" }));
        Assert.That(lines[0][8], Is.EqualTo(lines[1][8]));
    }

    [TestCase("account=0x12", "account takes an address")]
    [TestCase("account=" + Account + "&from=yesterday", "from and to take days")]
    [TestCase("account=" + Account + "&from=2026-02-01&to=2026-01-31", "before it begins")]
    public async Task What_is_no_account_or_period_is_refused(string query, string why)
    {
        using HttpResponseMessage answer = await SharedNetwork.Web.GetAsync("/api/v1/statement.csv?" + query);
        Assert.That(answer.StatusCode, Is.EqualTo(HttpStatusCode.BadRequest));
        Assert.That(await answer.Content.ReadAsStringAsync(), Does.Contain(why));
    }

    [Test]
    public async Task The_command_line_writes_it_and_checks_that_it_adds_up()
    {
        string folder = Directory.CreateTempSubdirectory("depin-statement-").FullName, file = Path.Combine(folder, "2026.csv");
        string explorer = SharedNetwork.Web.BaseAddress!.ToString();
        string[] ask = ["export", "tax", "--account", "dev0", "--explorer", explorer, "--out", file, "--json"];
        (int code, string output) = await DepinCommand.RunAsync(ask);
        Assert.That(code, Is.Zero, output);
        JsonNode facts = JsonNode.Parse(output)!;
        Assert.That(facts["adds up"]!.GetValue<string>(), Is.EqualTo("to the base unit"));
        Assert.That(facts["entries"]!.GetValue<long>(), Is.EqualTo(File.ReadLines(file).Count() - 3), "header, opening and closing");
        Assert.That(await DepinCommand.RunAsync(ask), Is.EqualTo((5, "")), "the file is not overwritten");
        Directory.Delete(folder, recursive: true);
    }

    private static async Task<string[][]> ReadAsync(string query)
    {
        string text = await SharedNetwork.Web.GetStringAsync("/api/v1/statement.csv?" + query);
        string[] lines = text.Split("\r\n", StringSplitOptions.RemoveEmptyEntries);
        Assert.That(lines[0], Is.EqualTo("time,block,transaction,kind,counterparty,reason,credit_wei,debit_wei,balance_wei"));
        return [.. lines[1..].Select(line => line.Split(','))];
    }
}
