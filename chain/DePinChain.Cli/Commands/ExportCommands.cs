using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;
using DePinChain.Primitives;

namespace DePinChain.Cli.Commands;

/// <summary>Taking one's own history out, for books and tax returns.</summary>
internal static class ExportCommands
{
    private const int Columns = 9;
    private const int CreditColumn = 6;
    private const int DebitColumn = 7;
    private const int BalanceColumn = 8;

    private static readonly Option<string> Account = new("--account") { Description = "Whose ledger.", Required = true };
    private static readonly Option<string> From = new("--from")
    {
        Description = "First day (UTC), as 2026-01-01; the beginning if left out.",
    };
    private static readonly Option<string> To = new("--to") { Description = "Last day (UTC), as 2026-12-31; until now if left out." };
    private static readonly Option<string> Explorer = new("--explorer")
    {
        Description = "The explorer that has the ledger.",
        DefaultValueFactory = _ => "http://127.0.0.1:4000",
    };
    private static readonly Option<string> Out = new("--out", "-o") { Description = "The file to write; must not exist.", Required = true };

    public static Command Build() => new("export", "Take an account's history out of an explorer.") { Tax() };

    private static Command Tax()
    {
        var command = new Command("tax", "Every movement of coins of an account in a period as CSV, checked to the base unit.")
        {
            Account, From, To, Explorer, Out,
        };
        command.Runs(async (session, parse, cancellation) =>
        {
            Address account = Session.AddressOf(parse.GetValue(Account)!);
            string file = parse.GetValue(Out)!;
            if (File.Exists(file)) throw CliFailure.LocalState("FileExists", $"{file} exists already", "name another file with --out");
            string query = $"account={account}" + Day("from", parse.GetValue(From)) + Day("to", parse.GetValue(To));
            bool isAddress = Uri.TryCreate(parse.GetValue(Explorer), UriKind.Absolute, out Uri? explorer)
                && (explorer.Scheme == "http" || explorer.Scheme == "https");
            if (!isAddress)
                throw CliFailure.Usage($"--explorer takes an http address, not '{parse.GetValue(Explorer)}'", "http://127.0.0.1:4000");
            var address = new Uri(explorer!, $"/api/v1/statement.csv?{query}"); // it was parsed
            await DownloadAsync(address, file, cancellation);
            Sums sums;
            try
            {
                sums = Check(file);
            }
            catch (Exception wrong) when (wrong is FormatException or OverflowException)
            {
                File.Delete(file);
                throw new CliFailure(ExitCode.LocalState, "StatementWrong", wrong.Message)
                {
                    Hint = "ask another explorer, or have this one compare itself with its node: DePinChain.Explorer check",
                };
            }

            session.Output.Facts(
                ("file", file), ("account", account.ToString()), ("entries", sums.Entries),
                ("opening", new Amount(sums.Opening).ToString()),
                ("credits", new Amount(sums.Credits).ToString()), ("debits", new Amount(sums.Debits).ToString()),
                ("closing", new Amount(sums.Closing).ToString()), ("adds up", JsonValue.Create("to the base unit")));
        });
        return command;
    }

    private static string Day(string name, string? day)
    {
        if (day is null) return "";
        return DateOnly.TryParseExact(day, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out _) ? $"&{name}={day}"
            : throw CliFailure.Usage($"--{name} takes a day, not '{day}'", "as 2026-01-31");
    }

    private static async Task DownloadAsync(Uri address, string file, CancellationToken cancellation)
    {
        try
        {
            using var client = new HttpClient();
            using HttpResponseMessage answer = await client.GetAsync(address, HttpCompletionOption.ResponseHeadersRead, cancellation);
            if (!answer.IsSuccessStatusCode)
            {
                throw new CliFailure(ExitCode.RejectedByChain, "ExplorerRefused",
                    $"{address.GetLeftPart(UriPartial.Authority)} answered {(int)answer.StatusCode}: "
                    + await answer.Content.ReadAsStringAsync(cancellation));
            }

            await using FileStream target = new(file, FileMode.CreateNew);
            await answer.Content.CopyToAsync(target, cancellation);
        }
        catch (HttpRequestException silent)
        {
            throw new CliFailure(ExitCode.Unreachable, "ExplorerUnreachable",
                $"no explorer answers at {address.GetLeftPart(UriPartial.Authority)}: {silent.Message}")
            {
                Hint = "a localnet starts one on port 4000; --explorer names another",
            };
        }
    }

    /// <summary>Goes through the statement line by line; it must begin, add up and end.</summary>
    private static Sums Check(string file)
    {
        var sums = new Sums();
        UInt128? balance = null;
        bool isClosed = false;
        foreach (string line in File.ReadLines(file).Skip(1))
        {
            string[] fields = line.Split(',');
            if (fields.Length != Columns) throw new FormatException($"a line of the statement has {fields.Length} fields, not {Columns}");
            if (isClosed) throw new FormatException("the statement goes on behind its closing balance");
            (UInt128 credit, UInt128 debit) = (Wei(fields[CreditColumn]), Wei(fields[DebitColumn]));
            UInt128 after = Wei(fields[BalanceColumn]);
            if (balance is null) (balance, sums.Opening) = (after, after);
            if (balance.Value + credit != after + debit)
            {
                throw new FormatException(
                    $"the statement does not add up at block {fields[1]}: {balance} + {credit} - {debit} is not {after}");
            }

            balance = after;
            sums.Credits += credit;
            sums.Debits += debit;
            isClosed = fields[3] == "closing";
            if (fields[3] is not ("opening" or "closing")) sums.Entries++;
        }

        if (!isClosed) throw new FormatException("the statement was cut off before its closing balance");
        sums.Closing = balance!.Value; // a closing line was read
        return sums;
    }

    private static UInt128 Wei(string text) => text.Length == 0 ? 0
        : UInt128.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out UInt128 wei) ? wei
        : throw new FormatException($"'{text}' is no amount of wei");

    private sealed class Sums
    {
        public long Entries { get; set; }

        public UInt128 Opening { get; set; }

        public UInt128 Credits { get; set; }

        public UInt128 Debits { get; set; }

        public UInt128 Closing { get; set; }
    }
}
